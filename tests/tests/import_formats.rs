//! How a file is written: shown before it is read, set by hand, and remembered for the next one.

use sendbox_tests::workbooks::{Sheet, workbook_of};
use sendbox_tests::{Account, Answer, Fields, Platform, Request, mobile};
use serde_json::{Value, json};

fn path(import: &str) -> String {
    format!("/v1/contacts/imports/{import}/format")
}

/// Announces a file whose format is confirmed, and sends it.
fn send(shop: &Account<'_>, file: impl Into<Vec<u8>>) -> String {
    let import = shop.announce_confirmed_upload();
    let sent = shop.send_file(&import, file).is(202).json();
    assert_eq!(sent.text("/state"), "awaiting_format");
    import
}

fn shown(shop: &Account<'_>, import: &str) -> Value {
    shop.browser.get(&path(import)).ok()
}

fn confirm(shop: &Account<'_>, import: &str, choice: &Value) -> Value {
    shop.browser.put(&path(import), choice).any_of(&[200, 202]);
    shop.completed(import)
}

fn refused(shop: &Account<'_>, import: &str, choice: &Value, code: &str) {
    shop.browser.put(&path(import), choice).refused(422, code);
    assert_eq!(shop.settled(import).text("/state"), "awaiting_format", "nothing is half done");
}

fn kept(shown: &Value) -> Vec<String> {
    shown.list("/columns").iter().map(|column| column.text("/kept_as")).collect()
}

fn list(first: u32) -> String {
    format!(
        "Контакт;Клиент;Город;Бонус\n{};Қалиева Әсем;Алматы;7\n{};Иванов;Семей;\n",
        mobile(first),
        mobile(first + 1)
    )
}

/// R70: the owner sees how a file is understood, and nobody is in the base before they said so.
#[test]
fn a_file_is_shown_before_it_is_read() {
    let shop = Account::sign_up(Platform::shared());
    let import = send(&shop, list(1));
    let shown = shown(&shop, &import);
    let understood = (shown.text("/encoding"), shown.text("/delimiter"), shown.integer("/header_line"));
    assert_eq!(understood, ("utf-8".to_owned(), ";".to_owned(), 1));
    assert_eq!(shown.text("/format_by"), "recognised");
    assert_eq!(kept(&shown)[0], "phone");
    let rows = shown.list("/rows");
    assert_eq!((rows.len(), rows[0].integer("/line")), (2, 2));
    assert_eq!(rows[0].at("/cells/2"), "Алматы");
    shop.platform().tick("jobs");
    assert!(shop.contacts().is_empty());
    let done = confirm(&shop, &import, &json!({}));
    assert_eq!((done.integer("/imported"), done.text("/format_by").as_str()), (2, "recognised"));
    shop.browser.put(&path(&import), &json!({})).refused(409, "import_awaits_no_format");
    shop.browser.get(&path(&import)).refused(409, "import_awaits_no_format");
}

/// R63, R70: what is set by hand goes before what is recognised, and is remembered for the next file with these columns.
#[test]
fn what_is_set_by_hand_is_remembered_for_the_next_file() {
    let shop = Account::sign_up(Platform::shared());
    let choice = json!({"columns": [
        {"number": 1, "kept_as": "phone"},
        {"number": 2, "kept_as": "name"},
        {"number": 3, "kept_as": "consent_source"},
        {"number": 4, "kept_as": "field", "field": "bonus"},
    ]});
    let done = confirm(&shop, &send(&shop, list(1)), &choice);
    assert_eq!(done.text("/format_by"), "hand");
    assert_eq!(done.at("/fields"), &json!([{"number": 4, "name": "bonus"}]));
    assert_eq!(done.at("/dropped_columns"), &json!([]));
    let contacts = shop.contacts();
    let asem = contacts.iter().find(|contact| contact.text("/phone") == mobile(1)).expect("there");
    assert_eq!((asem.text("/name").as_str(), asem.at("/fields")), ("Қалиева Әсем", &json!({"bonus": "7"})));
    let proof = shop.browser.get(&format!("/v1/contacts/{}/consent", asem.text("/id"))).ok();
    assert_eq!(proof.text("/source"), "Алматы");

    // Nobody has to say it again.
    let next = shop.upload(list(3));
    assert_eq!((next.text("/format_by").as_str(), next.at("/fields")), ("remembered", done.at("/fields")));
    let shown = shown(&shop, &send(&shop, list(5)));
    assert_eq!(shown.text("/format_by"), "remembered");
    assert_eq!(kept(&shown), ["phone", "name", "consent_source", "field"]);
    assert_eq!(shown.text("/columns/3/field"), "bonus");

    // Other columns are another shape, and what one account chose is no other's.
    let other = shop.upload(list(7).replace("Бонус", "Скидка"));
    assert_eq!((other.text("/format_by").as_str(), other.at("/fields")), ("recognised", &json!([])));
    let stranger = Account::sign_up(Platform::shared());
    assert_eq!(stranger.upload(list(1)).text("/format_by"), "recognised");
}

/// R20, R70: what may never be kept is not kept by a choice either, and a choice that cannot be is refused as a whole.
#[test]
fn a_choice_that_cannot_be_is_refused_and_changes_nothing() {
    let shop = Account::sign_up(Platform::shared());
    let import = send(&shop, list(1));
    let column = |number: i64, kept_as: &str| json!({"number": number, "kept_as": kept_as});
    let field = |number: i64, name: &str| json!({"number": number, "kept_as": "field", "field": name});
    let many: Vec<Value> = (2..=22).map(|number| column(number, "field")).collect();
    let phone = column(1, "phone");
    for (columns, code) in [
        (json!([column(2, "name")]), "csv_phone_column_missing"),
        (json!([column(9, "phone")]), "csv_column_missing"),
        (json!([phone, column(2, "phone")]), "csv_column_chosen_twice"),
        (json!([phone, column(1, "name")]), "csv_column_chosen_twice"),
        (json!([phone, field(2, "Диагноз")]), "csv_special_category_column"),
        (json!([phone, field(2, " ")]), "invalid_field"),
        (json!([phone, field(2, "a"), field(3, "a")]), "invalid_field"),
        (json!([phone, field(2, &"x".repeat(61))]), "invalid_field"),
        (json!([phone, column(2, "soul")]), "invalid_field"),
        (Value::Array([vec![phone.clone()], many].concat()), "csv_too_many_fields"),
    ] {
        refused(&shop, &import, &json!({"columns": columns}), code);
    }
    for (choice, code) in [
        (json!({"delimiter": ":"}), "csv_delimiter_unknown"),
        (json!({"delimiter": ";;"}), "csv_delimiter_unknown"),
        (json!({"header_line": 9}), "csv_header_line_missing"),
        (json!({"header_line": -1}), "invalid_field"),
        (json!({"encoding": "koi8-r"}), "invalid_field"),
        (json!({"encoding": "utf-16be"}), "csv_phone_column_missing"),
        (json!({"sheet": "x"}), "unknown_field"),
    ] {
        refused(&shop, &import, &choice, code);
    }
    assert_eq!(shop.upload(list(3)).text("/format_by"), "recognised", "nothing was remembered");
}

/// R20: a file with such a column is not kept for a word that could not save it.
#[test]
fn a_file_with_a_special_category_is_refused_before_anybody_looks() {
    let shop = Account::sign_up(Platform::shared());
    let import = shop.announce_confirmed_upload();
    let file = format!("phone,Диагноз\n{},x\n", mobile(1));
    let problem = shop.send_file(&import, file).refused(422, "csv_special_category_column");
    assert_eq!(problem.integer("/line"), 1);
    assert_eq!(shop.settled(&import).text("/state"), "failed");
}

/// R70: a file that nobody understands by itself is read by its owner's word.
#[test]
fn what_is_not_recognised_is_set_by_hand() {
    let shop = Account::sign_up(Platform::shared());
    let import = send(&shop, format!("{}|Әсем\n{}|Ғабит\n", mobile(1), mobile(2)));
    let other: Answer = shop.browser.get(&format!("{}?delimiter=%3B&header_line=1", path(&import)));
    let other = other.ok();
    assert_eq!((other.text("/delimiter").as_str(), other.list("/columns").len()), (";", 1));
    assert_eq!((other.integer("/header_line"), other.list("/rows").len()), (1, 1));
    for query in ["encoding=koi8", "header_line=-1", "header_line=x"] {
        let field = query.split('=').next().expect("a name");
        shop.browser.get(&format!("{}?{query}", path(&import))).refused_field(422, "invalid_field", field);
    }
    let columns = json!([{"number": 1, "kept_as": "phone"}, {"number": 2, "kept_as": "name"}]);
    let done = confirm(&shop, &import, &json!({"delimiter": "|", "header_line": 0, "columns": columns}));
    assert_eq!((done.integer("/imported"), done.at("/columns/header_line")), (2, &Value::Null));
    // No column seems to hold numbers: the rows are shown all the same.
    let import = send(&shop, "Клиент;Город\nӘсем;Алматы\n");
    assert!(!kept(&shown(&shop, &import)).contains(&"phone".to_owned()));
    refused(&shop, &import, &json!({}), "csv_phone_column_missing");
}

/// R70: names without their Kazakh letters are noticed, whoever looks, with what helps.
#[test]
fn lost_letters_are_told_with_what_helps() {
    let shop = Account::sign_up(Platform::shared());
    let file = format!("Телефон;ФИО\n{};?алиева ?сем\n{};Н?рлан Са?ытов\n", mobile(1), mobile(2));
    let warnings = |import: &Value| -> Vec<String> {
        import.list("/warnings").iter().map(|warning| warning.text("/code")).collect()
    };
    let import = send(&shop, file.clone());
    assert_eq!(warnings(&shown(&shop, &import)), ["csv_letters_lost"]);
    let read = shop.upload(file);
    assert_eq!(warnings(&read), ["csv_letters_lost"]);
    assert!(read.text("/warnings/0/message").contains("XLSX"));
    assert!(warnings(&shop.upload(list(5))).is_empty());
}

/// R70: of a workbook another sheet is shown without sending it again; its text is ours, and so is how it is written.
#[test]
fn a_workbook_is_shown_sheet_by_sheet() {
    let shop = Account::sign_up(Platform::shared());
    let file = workbook_of(&[
        Sheet::of("Old", &[&["phone"], &[&mobile(1)]]),
        Sheet::of("New", &[&["phone", "city"], &[&mobile(2), "Semey"]]),
    ]);
    let import = shop.announce_confirmed_upload();
    let sent = shop.send_workbook(&import, "", file.clone()).is(202).json();
    assert_eq!((sent.text("/state").as_str(), sent.boolean("/sheets/0/is_read")), ("awaiting_format", true));
    assert_eq!(shown(&shop, &import).list("/columns").len(), 1);
    let request = Request::new("PUT", &format!("/v1/contacts/workbooks/{import}?sheet=New"));
    shop.browser.send(request.header("upload-offset", &file.len().to_string())).is(202);
    let shown = shown(&shop, &import);
    assert_eq!((shown.list("/columns").len(), shown.text("/delimiter").as_str()), (2, "\t"));
    for (choice, field) in
        [(json!({"encoding": "windows-1251"}), "encoding"), (json!({"delimiter": ","}), "delimiter")]
    {
        shop.browser.put(&path(&import), &choice).refused_field(422, "invalid_field", field);
    }
    let columns = json!([{"number": 1, "kept_as": "phone"}, {"number": 2, "kept_as": "field"}]);
    confirm(&shop, &import, &json!({"encoding": "utf-8", "delimiter": "\t", "columns": columns}));
    let contacts = shop.contacts();
    assert_eq!((contacts.len(), contacts[0].text("/phone")), (1, mobile(2)));
    assert_eq!(contacts[0].at("/fields"), &json!({"city": "Semey"}));
}

/// R70: a value that no contact may have ends its row, not the file.
#[test]
fn a_row_with_a_long_value_of_a_field_is_rejected() {
    let shop = Account::sign_up(Platform::shared());
    let file = format!("phone;note\n{};{}\n{};short\n", mobile(1), "x".repeat(501), mobile(2));
    let columns = json!([{"number": 1, "kept_as": "phone"}, {"number": 2, "kept_as": "field"}]);
    let import = send(&shop, file);
    let done = confirm(&shop, &import, &json!({"columns": columns}));
    assert_eq!((done.integer("/imported"), done.integer("/rejected")), (1, 1));
    let problems = shop.browser.list(&format!("/v1/contacts/imports/{import}/problems"));
    assert_eq!((problems[0].integer("/line"), problems[0].text("/code").as_str()), (2, "field_too_long"));
}

/// R182: another's file is neither shown nor set.
#[test]
fn another_accounts_file_is_not_found() {
    let shop = Account::sign_up(Platform::shared());
    let import = send(&shop, list(1));
    let stranger = Account::sign_up(Platform::shared());
    stranger.browser.get(&path(&import)).refused(404, "not_found");
    stranger.browser.put(&path(&import), &json!({})).refused(404, "not_found");
    assert_eq!(shop.settled(&import).text("/state"), "awaiting_format");
}
