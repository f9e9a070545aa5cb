//! Lists of clients as XLSX: sent like files of text, read sheet by sheet, and refused for what they are.

use sendbox_tests::workbooks::{Sheet, bomb, packed, workbook, workbook_of};
use sendbox_tests::{Account, Answer, Fields, Platform, Request, mobile};
use serde_json::Value;

fn send_part(shop: &Account<'_>, import: &str, from: usize, bytes: &[u8], is_last: bool) -> Answer {
    let request = Request::new("PUT", &format!("/v1/contacts/workbooks/{import}"))
        .header("upload-offset", &from.to_string())
        .header("upload-complete", if is_last { "?1" } else { "?0" });
    shop.browser.send(request.bytes(bytes))
}

fn state(shop: &Account<'_>, import: &str) -> Value {
    shop.browser.get(&format!("/v1/contacts/imports/{import}")).ok()
}

fn base(shop: &Account<'_>) -> Vec<(String, String)> {
    let of = |contact: &Value| (contact.text("/phone"), contact.text("/name"));
    let mut base: Vec<_> = shop.contacts().iter().map(of).collect();
    base.sort();
    base
}

fn clients() -> Vec<u8> {
    workbook(&[
        &["Телефон", "ФИО", "Город"],
        &[&mobile(1), "Қалиева Әсем", "Алматы"],
        &["8 (701) 555-00-02", "Пётр; сын", "Өскемен"],
    ])
}

/// R61, R70: a workbook gives the people that the same list as text gives.
#[test]
fn a_workbook_gives_the_same_people_as_its_list_as_text() {
    let shop = Account::sign_up(Platform::shared());
    let import = shop.upload_workbook(clients());
    assert_eq!((import.integer("/rows"), import.integer("/imported")), (2, 2));
    assert_eq!(import.text("/columns/name/name"), "ФИО");
    assert_eq!(import.at("/dropped_columns"), &serde_json::json!(["Город"]));
    let other = Account::sign_up(Platform::shared());
    other.upload(format!(
        "Телефон,ФИО,Город\n{},Қалиева Әсем,Алматы\n8 (701) 555-00-02,Пётр; сын,Өскемен\n",
        mobile(1)
    ));
    assert_eq!(base(&shop), base(&other));
    assert_eq!(base(&shop).len(), 2);
}

/// R61: a workbook that comes in parts, cut wherever, ends as one that came whole.
#[test]
fn a_workbook_in_parts_ends_as_a_whole_one() {
    let file = clients();
    let whole = Account::sign_up(Platform::shared());
    whole.upload_workbook(file.clone());
    for cuts in [vec![1, 2, 3], vec![4, 15, 17, 400], vec![file.len() - 1], vec![file.len()]] {
        let shop = Account::sign_up(Platform::shared());
        let import = shop.announce_upload();
        let mut from = 0;
        for cut in cuts {
            let part = send_part(&shop, &import, from, &file[from..cut], false).is(202).json();
            assert_eq!(part.integer("/received_bytes"), cut as i64);
            from = cut;
        }
        send_part(&shop, &import, from + 1, b"", true).refused(409, "upload_offset_mismatch");
        send_part(&shop, &import, from, &file[from..], true).any_of(&[200, 202]);
        shop.completed(&import);
        assert_eq!(base(&shop), base(&whole));
    }
}

/// R70: whoever sends a file to the other's place is told the right one, and the same upload takes it there.
#[test]
fn a_file_in_the_wrong_place_is_told_the_right_one() {
    let shop = Account::sign_up(Platform::shared());
    let list = format!("phone,name\n{},A\n", mobile(1));
    let import = shop.announce_upload();
    shop.send_file(&import, clients()).refused(422, "csv_is_workbook");
    shop.send_workbook(&import, "", list.clone()).refused(422, "workbook_is_text");
    assert_eq!(state(&shop, &import).integer("/received_bytes"), 0);
    shop.send_workbook(&import, "", clients()).any_of(&[200, 202]);
    assert_eq!(shop.completed(&import).integer("/rows"), 2);

    // Cut before it tells what it is, it is refused once it is whole.
    let import = shop.announce_upload();
    let path = format!("/v1/contacts/imports/{import}/file");
    let part = Request::new("PUT", &path).header("content-type", "text/csv").header("upload-complete", "?0");
    shop.browser.send(part.bytes(&clients()[..3])).is(202);
    let rest = Request::new("PUT", &path).header("content-type", "text/csv").header("upload-offset", "3");
    shop.browser.send(rest.bytes(&clients()[3..])).any_of(&[202, 422]);
    assert_eq!(shop.settled(&import).text("/problem_code"), "csv_is_workbook");
    let import = shop.announce_upload();
    send_part(&shop, &import, 0, &list.as_bytes()[..5], false).is(202);
    send_part(&shop, &import, 5, &list.as_bytes()[5..], true).refused(422, "workbook_is_text");
    assert_eq!(state(&shop, &import).text("/state"), "failed");
}

/// R61: the sheet can be chosen, the others are shown, and no file is sent again for it.
#[test]
fn another_sheet_of_the_same_file_can_be_read() {
    let shop = Account::sign_up(Platform::shared());
    let file = workbook_of(&[
        Sheet::of("Пусто", &[]),
        Sheet::of("2025", &[&["phone"], &[&mobile(1)]]),
        Sheet::of("2026 & новые", &[&["phone"], &[&mobile(2)], &[&mobile(3)]]),
    ]);
    // Names on tabs are XML.
    let file_of = |name: &str| format!("?sheet={name}");
    let import = shop.announce_upload();
    shop.send_workbook(&import, &file_of("2024"), file.clone()).refused_field(
        422,
        "workbook_sheet_missing",
        "sheet",
    );
    let waiting = state(&shop, &import);
    assert_eq!(waiting.text("/state"), "receiving", "the file stays");
    let names: Vec<String> = waiting.list("/sheets").iter().map(|sheet| sheet.text("/name")).collect();
    assert_eq!(names, ["Пусто", "2025", "2026 & новые"]);
    let rest = |query: &str| {
        let path = format!("/v1/contacts/workbooks/{import}{query}");
        shop.browser.send(Request::new("PUT", &path).header("upload-offset", &file.len().to_string()))
    };
    rest(&file_of("")).refused_field(422, "invalid_field", "sheet");
    rest(&file_of("2026%20%26%20%D0%BD%D0%BE%D0%B2%D1%8B%D0%B5")).any_of(&[200, 202]);
    let import = shop.completed(&import);
    assert_eq!((import.integer("/rows"), import.boolean("/sheets/2/is_read")), (2, true));
    // Without a word the first that has something in it.
    let other = Account::sign_up(Platform::shared());
    assert_eq!(other.upload_workbook(file).integer("/rows"), 1);
    assert_eq!(other.contacts()[0].text("/phone"), mobile(1));
}

/// R118: what is turned into text already costs nothing to be asked for again; another sheet does, and only so often.
#[test]
fn a_workbook_is_turned_into_text_no_oftener_than_it_has_to_be() {
    let shop = Account::sign_up(Platform::shared());
    let file = workbook_of(&[
        // In which nothing stands: without a word it is the next that is read.
        Sheet::of("0", &[]),
        Sheet::of("A", &[&["phone"], &[&mobile(1)]]),
        Sheet::of("B", &[&["phone"], &[&mobile(2)], &[&mobile(3)]]),
    ]);
    let import = shop.announce_confirmed_upload();
    shop.send_workbook(&import, "", file.clone()).is(202);
    let again = |query: &str| {
        let path = format!("/v1/contacts/workbooks/{import}{query}");
        shop.browser.send(Request::new("PUT", &path).header("upload-offset", &file.len().to_string()))
    };
    for query in ["", "?sheet=A"].into_iter().cycle().take(50) {
        let waiting = again(query).is(202).json();
        assert_eq!(waiting.text("/state"), "awaiting_format");
        assert!(waiting.boolean("/sheets/1/is_read") && waiting.boolean("/sheets/1/is_default"));
    }
    let others = ["?sheet=B", "?sheet=A"].into_iter().cycle().take(50);
    let turned = others.take_while(|query| again(query).status == 202).count();
    assert_eq!(turned, 19, "the first time counts too");
    again("?sheet=A").refused(409, "workbook_read_too_often");
    // What was read last is there still.
    assert_eq!(again("?sheet=B").is(202).json().text("/state"), "awaiting_format");
    shop.browser
        .put(&format!("/v1/contacts/imports/{import}/format"), &serde_json::json!({}))
        .any_of(&[200, 202]);
    assert_eq!(shop.completed(&import).integer("/imported"), 2);
}

/// R61, R70: a remark names the row that its owner sees in the table.
#[test]
fn remarks_name_the_rows_of_the_sheet() {
    let shop = Account::sign_up(Platform::shared());
    let row = |number: i64, cells: &[&str]| {
        let cell = |text: &&str| format!("<c t=\"str\"><v>{text}</v></c>");
        format!("<row r=\"{number}\">{}</row>", cells.iter().map(cell).collect::<String>())
    };
    let rows = [
        row(3, &["Телефон", "Имя\nклиента"]),
        row(7, &[&mobile(1), "A\nB"]),
        row(1_048_575, &["123", "C"]),
        row(1_048_576, &[&mobile(2), "D"]),
    ];
    let import = shop.upload_workbook(workbook_of(&[Sheet { name: "Л", rows: rows.concat() }]));
    assert_eq!((import.integer("/rows"), import.integer("/rejected")), (3, 1));
    assert_eq!(import.integer("/columns/header_line"), 3);
    let problems = shop.browser.list(&format!("/v1/contacts/imports/{}/problems", import.text("/id")));
    assert_eq!(problems[0].integer("/line"), 1_048_575);
    assert_eq!(base(&shop), [(mobile(1), "A B".to_owned()), (mobile(2), "D".to_owned())]);
}

/// A file in the older form of Microsoft, with a stream of that name.
fn streams(name: &str) -> Vec<u8> {
    let mut file = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    file.resize(512, 0);
    file.extend(name.encode_utf16().flat_map(u16::to_le_bytes));
    file
}

/// R70: each file that is no list, or none that can be read, is refused for what it is, and nothing of it is kept.
#[test]
fn a_file_that_cannot_be_read_is_refused_for_what_it_is() {
    let shop = Account::sign_up(Platform::shared());
    let parts = |names: &[&str]| -> Vec<u8> {
        packed(&names.iter().map(|name| ((*name).to_owned(), b"<x/>".to_vec())).collect::<Vec<_>>())
    };
    let rows = |rows: &str| workbook_of(&[Sheet { name: "Л", rows: rows.to_owned() }]);
    let good = format!("<row r=\"1\"><c><v>{}</v></c></row>", &mobile(1)[1..]);
    let long = "x".repeat(5_000);
    let cut = &clients()[..clients().len() / 2];
    for (what, file, code) in [
        ("a password", streams("EncryptedPackage"), "workbook_encrypted"),
        ("XLS", streams("Workbook"), "workbook_old_format"),
        ("ODS", parts(&["mimetype", "content.xml"]), "workbook_other_format"),
        ("Numbers", parts(&["Index/Document.iwa"]), "workbook_other_format"),
        ("a page named .xls", b"<html><body><table><tr><td>8701".to_vec(), "workbook_other_format"),
        ("an archive", parts(&["photo.jpg"]), "workbook_not_a_table"),
        ("PDF", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n\0\x01\0\x02\x03\0obj".to_vec(), "workbook_not_a_table"),
        ("nothing", Vec::new(), "workbook_not_a_table"),
        ("half of a file", cut.to_vec(), "workbook_malformed"),
        ("no rows", rows(""), "workbook_without_rows"),
        ("a broken row behind a good one", rows(&format!("{good}<row r=\"x\"/>")), "workbook_malformed"),
        ("a row that comes twice", rows(&format!("{good}{good}")), "workbook_malformed"),
        ("a text that is not there", rows("<row><c t=\"s\"><v>7</v></c></row>"), "workbook_malformed"),
        ("a bomb", bomb(1_100_000_000), "workbook_too_large"),
        ("rows far to the right", rows("<row><c r=\"XFD1\"><v>1</v></c></row>"), "workbook_too_large"),
        (
            "a long row",
            rows(&format!("{good}<row><c t=\"str\"><v>{long}</v></c></row>")),
            "csv_line_too_long",
        ),
        ("no numbers", workbook(&[&["ФИО"], &["Әсем"]]), "csv_phone_column_missing"),
        (
            "what may not be kept",
            workbook(&[&["Телефон", "Диагноз"], &[&mobile(1), "x"]]),
            "csv_special_category_column",
        ),
    ] {
        let import = shop.announce_upload();
        let answer = shop.send_workbook(&import, "", file);
        assert!(matches!(answer.status, 202 | 422), "{what}: {}", answer.status);
        let ended = shop.settled(&import);
        if ended.text("/state") == "failed" {
            assert_eq!(ended.text("/problem_code"), code, "{what}");
        } else {
            assert_eq!(
                (answer.refused(422, code).text("/code").as_str(), ended.integer("/received_bytes")),
                (code, 0)
            );
        }
    }
    assert!(shop.contacts().is_empty());
    assert_eq!(shop.upload_workbook(clients()).integer("/imported"), 2, "and the next one is read");
}

/// R61: what is more than fits is refused by its length, before it is taken in.
#[test]
fn a_workbook_over_the_limit_is_refused() {
    let shop = Account::sign_up(Platform::shared());
    let import = shop.announce_upload();
    send_part(&shop, &import, 50 * 1024 * 1024, b"x", true).refused(422, "workbook_too_large");
    assert_eq!(state(&shop, &import).text("/state"), "awaiting_file");
}

/// R182: another's upload is not found.
#[test]
fn a_workbook_for_another_accounts_upload_is_not_taken() {
    let shop = Account::sign_up(Platform::shared());
    let import = shop.announce_upload();
    let stranger = Account::sign_up(Platform::shared());
    stranger.send_workbook(&import, "", clients()).refused(404, "not_found");
    assert_eq!(state(&shop, &import).text("/state"), "awaiting_file");
}
