//! Uploads and the blacklist: a file is taken whole or not at all, and every row is accounted for.

use sendbox_tests::{Account, Fields, Platform, Request, csv_of, instant, mobile, mobiles, raw};
use serde_json::json;

/// Files that are wrong, with the code that each must answer.
fn wrong_files() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let good = mobile(1);
    let row = |columns: &str, value: &str| format!("{columns}\n{good},{value}\n").into_bytes();
    vec![
        ("an open quote", format!("phone,name\n{good},\"open\n").into_bytes(), "csv_malformed"),
        ("broken utf-8", b"\xef\xbb\xbfphone,name\n+77015550001,\xc0\xf1\xe5\n".to_vec(), "csv_not_utf8"),
        ("no phone column", b"name,city\nAsel,Almaty\n".to_vec(), "csv_phone_column_missing"),
        ("nothing at all", Vec::new(), "csv_phone_column_missing"),
        ("religion", row("phone,religion", "x"), "csv_special_category_column"),
        ("nationality", row("phone,ұлты", "x"), "csv_special_category_column"),
        ("health", row("телефон,диагноз", "x"), "csv_special_category_column"),
        ("a long line", row("phone,name", &"x".repeat(5_000)), "csv_line_too_long"),
    ]
}

/// R20, R62, R70: a file that is refused leaves no row, says why, and stands in nobody's way.
#[test]
fn a_refused_file_leaves_no_row() {
    let shop = Account::sign_up(Platform::shared());
    for (what, file, code) in wrong_files() {
        let import = shop.announce_upload();
        let answer = shop.send_file(&import, file);
        assert_eq!(answer.status, 422, "{what}: {}", answer.text_body());
        answer.refused(422, code);
        let import = shop.browser.get(&format!("/v1/contacts/imports/{import}")).ok();
        assert_eq!(import.text("/state"), "failed", "{what}");
        assert_eq!(import.text("/problem_code"), code, "{what}");
    }
    assert!(shop.contacts().is_empty(), "a refused file left rows");
    assert_eq!(shop.upload(csv_of(&mobiles(0, 2))).integer("/imported"), 2);
}

/// The fault stands at the very end of a file that was being taken in batches.
#[test]
fn a_fault_in_the_last_line_takes_back_everything() {
    let shop = Account::sign_up(Platform::shared());
    let mut file = csv_of(&mobiles(0, 9_000));
    file.push_str("+77015559001,\"open");
    let import = shop.announce_upload();
    shop.send_file(&import, file).refused(422, "csv_malformed");
    assert!(shop.contacts().is_empty(), "{} rows stayed", shop.contacts().len());
}

#[test]
fn a_file_beyond_the_limit_is_refused_by_its_announced_length() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    let import = shop.announce_upload();
    let cookie = shop.browser.cookie_header();
    let headers: [(&str, &[u8]); 3] =
        [("content-type", b"text/csv"), ("cookie", cookie.as_bytes()), ("sec-fetch-site", b"same-origin")];
    let path = format!("/v1/contacts/imports/{import}/file");
    let announced = (2 << 30) + 1;
    // Nothing of the file follows: a host that closes on bytes it has not read takes its answer back with them.
    let answer = raw::send_announcing(platform, "PUT", &path, &headers, b"", announced);
    answer.refused(413, "body_too_large");
    assert!(shop.contacts().is_empty());
}

#[test]
fn a_file_of_another_type_is_refused() {
    let shop = Account::sign_up(Platform::shared());
    let import = shop.announce_upload();
    let path = format!("/v1/contacts/imports/{import}/file");
    let request = Request::new("PUT", &path).json(&json!({"phones": [mobile(1)]}));
    shop.browser.send(request).refused(415, "unsupported_media_type");
    assert!(shop.contacts().is_empty());
}

/// R62: no upload without the guarantee that the recipients agreed.
#[test]
fn an_upload_without_the_attestation_is_refused() {
    let shop = Account::sign_up(Platform::shared());
    let attestation = shop.attestation("recipients_attestation");
    let announce = |attestation: &serde_json::Value| {
        let body = json!({"name": "clients.csv", "attestation": attestation});
        shop.browser.post("/v1/contacts/imports", &body)
    };
    let mut not_accepted = attestation.clone();
    not_accepted["accepted"] = json!(false);
    announce(&not_accepted).refused(422, "attestation_not_given");
    let mut stale = attestation;
    stale["version"] = json!("2020-01-01");
    announce(&stale).refused(409, "document_version_stale");
    let of_another = shop.attestation("content_attestation");
    announce(&of_another).refused(422, "document_text_mismatch");
    let without = json!({"name": "clients.csv"});
    shop.browser.post("/v1/contacts/imports", &without).refused(422, "attestation_not_given");
    assert!(shop.browser.list("/v1/contacts/imports").is_empty());
}

#[test]
fn an_import_takes_one_file() {
    let shop = Account::sign_up(Platform::shared());
    let import = shop.upload(csv_of(&mobiles(0, 2))).text("/id");
    let again = shop.send_file(&import, csv_of(&mobiles(2, 2)));
    again.refused(409, "import_already_has_file");
    assert_eq!(shop.contacts().len(), 2);
}

/// R19, R70: every spelling of a number is one number; what is not a number of Kazakhstan is
/// reported line by line.
#[test]
fn every_row_is_accounted_for() {
    let shop = Account::sign_up(Platform::shared());
    let file = "phone,name\n\
        +7 701 555 00 01,A\n\
        8 (701) 555-00-01,A again\n\
        77015550002,B\n\
        7015550003,C\n\
        not a number,D\n\
        +1 202 555 0143,E\n\
        ,F\n";
    let import = shop.upload(file);
    assert_eq!(import.integer("/rows"), 7);
    assert_eq!(import.integer("/imported"), 3);
    assert_eq!(import.integer("/duplicates"), 1);
    assert_eq!(import.integer("/rejected"), 3);
    let mut phones: Vec<String> = shop.contacts().iter().map(|contact| contact.text("/phone")).collect();
    phones.sort();
    assert_eq!(phones, mobiles(1, 3));

    let path = format!("/v1/contacts/imports/{}/problems", import.text("/id"));
    let problems: Vec<(i64, String)> = shop
        .browser
        .list(&path)
        .iter()
        .map(|problem| (problem.integer("/line"), problem.text("/code")))
        .collect();
    let expected = [
        (3, "duplicate_in_file"),
        (6, "phone_unparseable"),
        (7, "phone_outside_kazakhstan"),
        (8, "phone_unparseable"),
    ];
    assert_eq!(problems, expected.map(|(line, code)| (line, code.to_owned())));
}

/// R70: a second upload of the same people adds nobody, and says what it changed.
#[test]
fn a_contact_that_is_already_there_is_updated_or_stays() {
    let shop = Account::sign_up(Platform::shared());
    shop.upload(format!("phone,name\n{},Асель\n{},Ару\n", mobile(1), mobile(2)));
    let second =
        shop.upload(format!("phone,name\n{},Асель\n{},Айару\n{},Дана\n", mobile(1), mobile(2), mobile(3)));
    let counts = ["imported", "updated", "unchanged"].map(|count| second.integer(&format!("/{count}")));
    assert_eq!(counts, [1, 1, 1]);
    let mut names: Vec<String> = shop.contacts().iter().map(|contact| contact.text("/name")).collect();
    names.sort();
    assert_eq!(names, ["Айару", "Асель", "Дана"]);
}

/// R70: what sending does not need is not kept, and the owner is told.
#[test]
fn columns_that_nobody_needs_are_dropped_and_listed() {
    let shop = Account::sign_up(Platform::shared());
    let file = format!("Телефон;Имя;Город;Примечание\r\n{};Асель;Зайсан-нигде;заметка\r\n", mobile(1));
    let import = shop.upload(file);
    let dropped: Vec<&str> =
        import.list("/dropped_columns").iter().filter_map(|column| column.as_str()).collect();
    assert_eq!(dropped, ["Город", "Примечание"]);
    let contacts = shop.browser.get("/v1/contacts").is(200).text_body();
    assert!(contacts.contains("Асель") && !contacts.contains("Зайсан"), "{contacts}");
}

/// Spreadsheets of this country write in several ways.
#[test]
fn files_as_spreadsheets_write_them_are_understood() {
    for file in [
        "\u{feff}phone,name\r\n+77015550001,\"Доу, \"\"Джон\"\"\"\r\n\r\n",
        "нөмір\tаты\n8 701 555 00 01\tӘсел\n",
        "name;телефон\nАсель;+7 (701) 555-00-01\n",
        "PHONE\n77015550001",
    ] {
        let shop = Account::sign_up(Platform::shared());
        let import = shop.upload(file);
        assert_eq!(import.integer("/imported"), 1, "{file:?}: {import}");
        assert_eq!(shop.contacts()[0].text("/phone"), mobile(1));
    }
}

/// R70: whatever programs call it; what it is its content says.
#[test]
fn a_csv_file_is_taken_under_all_names_that_programs_give_it() {
    let shop = Account::sign_up(Platform::shared());
    for kind in [
        "Text/CSV; Charset=\"UTF-8\"; header=present",
        "TEXT/CSV;charset=utf-8",
        "application/vnd.ms-excel",
        "Application/Vnd.MS-Excel; name=x.csv",
        "text/plain; charset=utf-8",
        "text/x-comma-separated-values",
        "application/octet-stream",
        "application/x-www-form-urlencoded",
        "",
    ] {
        let path = format!("/v1/contacts/imports/{}/file", shop.announce_upload());
        let request = Request::new("PUT", &path).header("content-type", kind).bytes(csv_of(&mobiles(0, 2)));
        assert_eq!(shop.browser.send(request).ok().integer("/rows"), 2, "{kind}");
    }
    for kind in ["application/json", "multipart/form-data", "application/pdf", "text", "csv"] {
        let path = format!("/v1/contacts/imports/{}/file", shop.announce_upload());
        let request = Request::new("PUT", &path).header("content-type", kind).bytes(csv_of(&mobiles(0, 2)));
        shop.browser.send(request).refused(415, "unsupported_media_type");
    }
}

/// R19: each cell that may be somebody else's number is refused with its reason, and of several the first is taken.
#[test]
fn no_stranger_gets_in_by_a_cell_that_a_spreadsheet_or_a_person_spoilt() {
    let shop = Account::sign_up(Platform::shared());
    let import = shop.upload(
        "№;ФИО;Телефон\n\
         1;A;7015550001.0\n\
         2;B;7,7015550002e10\n\
         3;C;7.70123E+10\n\
         4;D;7015550003.5\n\
         5;E;701 555 00 04/9\n\
         6;F;8 701 555 00 05 (3)\n\
         7;G;\"87015550006, 87015550007\"\n\
         8;H;\"87015550008\n87015550009\"\n\
         9;I;8\u{202f}701\u{a0}555\u{2011}00\u{200b}1٠\n",
    );
    let mut phones: Vec<String> = shop.contacts().iter().map(|contact| contact.text("/phone")).collect();
    phones.sort();
    assert_eq!(phones, [1, 2, 6, 8, 10].map(mobile));
    assert_eq!(
        (import.integer("/imported"), import.integer("/rejected"), import.integer("/several")),
        (5, 4, 2)
    );
    let path = format!("/v1/contacts/imports/{}/problems", import.text("/id"));
    let problems = shop.browser.list(&path);
    let problems: Vec<_> = problems.iter().map(|row| (row.integer("/line"), row.text("/code"))).collect();
    let expected = [
        (4, "phone_rounded"),
        (5, "phone_rounded"),
        (6, "phone_ambiguous"),
        (7, "phone_ambiguous"),
        (8, "phone_several"),
        (9, "phone_several"),
    ];
    assert_eq!(problems, expected.map(|(line, code)| (line, code.to_owned())));
}

/// R63, R70: its owner sees which columns were taken for what, then and later.
#[test]
fn what_was_chosen_in_a_file_is_in_the_answer() {
    let shop = Account::sign_up(Platform::shared());
    let import = shop.upload(
        "sep=;\nКлиенты\n\n№;ФИО;Телефон;Келісім көзі;Дата согласия\n1;Асель;87015550001;сайт;2026-07-12\n",
    );
    let expected = json!({
        "header_line": 4, "delimiter": ";",
        "phone": {"number": 3, "name": "Телефон"}, "name": {"number": 2, "name": "ФИО"},
        "consent_source": {"number": 4, "name": "Келісім көзі"},
        "consent_date": {"number": 5, "name": "Дата согласия"},
        "decision_consent": null,
    });
    assert_eq!(import.at("/columns"), &expected);
    let again = shop.browser.get(&format!("/v1/contacts/imports/{}", import.text("/id"))).ok();
    assert_eq!(again.at("/columns"), &expected);
    let bare = shop.upload("87015550002\n87015550003\n");
    assert_eq!((bare.integer("/imported"), bare.integer("/columns/phone/number")), (2, 1));
    assert!(bare.at("/columns/header_line").is_null() && bare.at("/columns/phone/name").is_null());
}

/// R70: where to look.
#[test]
fn a_quote_that_is_never_closed_is_named_by_its_line() {
    let shop = Account::sign_up(Platform::shared());
    let mut file = csv_of(&mobiles(0, 9_000));
    file.push_str("+77015559001,\"open\n");
    file.push_str(&"+77015559002,B\n".repeat(9_000));
    let import = shop.announce_upload();
    let problem = shop.send_file(&import, file).refused(422, "csv_malformed");
    assert_eq!(problem.integer("/line"), 9_002);
    let import = shop.browser.get(&format!("/v1/contacts/imports/{import}")).ok();
    assert_eq!(import.integer("/problem_line"), 9_002);
    assert!(shop.contacts().is_empty());
}

/// R67: the owner deletes one, or all, and keeps a receipt that stands in the log.
#[test]
fn contacts_are_deleted_one_by_one_and_all_at_once() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    shop.upload(csv_of(&mobiles(0, 5)));
    let one = shop.contacts()[0].text("/id");
    let answer = shop.browser.delete(&format!("/v1/contacts/{one}"));
    assert!([200, 204].contains(&answer.status), "{}", answer.text_body());
    shop.browser.delete(&format!("/v1/contacts/{one}")).refused(404, "not_found");
    assert_eq!(shop.contacts().len(), 4);
    let receipt = shop.browser.delete("/v1/contacts").ok();
    assert_eq!(receipt.integer("/deleted"), 4);
    assert!(receipt.integer("/log_index") >= 0);
    assert!((platform.now() - instant(&receipt.text("/at"))).num_minutes() < 5);
    assert!(shop.contacts().is_empty());
}

/// R66: who is on the blacklist is not taken in, and the owner is told.
#[test]
fn a_listed_number_is_refused_at_the_upload() {
    let shop = Account::sign_up(Platform::shared());
    shop.blacklist(&mobiles(1, 1));
    let import = shop.upload(csv_of(&mobiles(0, 3)));
    assert_eq!((import.integer("/imported"), import.integer("/blacklisted")), (2, 1));
    assert_eq!(shop.contacts().len(), 2);
    let problems = shop.browser.list(&format!("/v1/contacts/imports/{}/problems", import.text("/id")));
    assert_eq!(problems[0].text("/code"), "blacklisted");
}

/// R65, R66: the list says what it took, what it had and what is no number.
#[test]
fn the_blacklist_accounts_for_every_number() {
    let shop = Account::sign_up(Platform::shared());
    shop.blacklist(&mobiles(0, 1));
    let phones =
        ["8 701 555 00 00", "+77015550001", "rubbish", "87015550002, 87015550003", "701 555 00 04/5"]
            .map(str::to_owned);
    let answer = shop.blacklist(&phones);
    assert_eq!(answer.integer("/added"), 1);
    assert_eq!(answer.integer("/already_listed"), 1);
    let rejected = answer.list("/rejected");
    let rejected: Vec<_> = rejected.iter().map(|one| (one.integer("/index"), one.text("/code"))).collect();
    let expected = [(2, "phone_unparseable"), (3, "phone_several"), (4, "phone_ambiguous")];
    assert_eq!(rejected, expected.map(|(index, code)| (index, code.to_owned())));
    let listed = shop.browser.list("/v1/blacklist");
    assert_eq!(listed.len(), 2);
    assert!(listed.iter().all(|entry| entry.text("/source") == "account"));
    shop.browser.delete(&format!("/v1/blacklist/{}", listed[0].text("/id"))).no_content();
    assert_eq!(shop.browser.list("/v1/blacklist").len(), 1);
}

#[test]
fn more_than_ten_thousand_numbers_at_once_are_refused() {
    let shop = Account::sign_up(Platform::shared());
    let body = json!({"phones": mobiles(0, 10_001), "reason": "many"});
    shop.browser.post("/v1/blacklist", &body).refused_field(422, "invalid_field", "phones");
    assert!(shop.browser.list("/v1/blacklist").is_empty());
}

/// R66: a number listed after its upload is marked among the contacts, and back when it is taken off.
#[test]
fn a_contact_shows_whether_it_is_blacklisted() {
    let shop = Account::sign_up(Platform::shared());
    shop.upload(csv_of(&mobiles(0, 1)));
    assert!(!shop.contacts()[0].boolean("/blacklisted"));
    shop.blacklist(&mobiles(0, 1));
    assert!(shop.contacts()[0].boolean("/blacklisted"));
    let entry = shop.browser.list("/v1/blacklist")[0].text("/id");
    shop.browser.delete(&format!("/v1/blacklist/{entry}")).no_content();
    assert!(!shop.contacts()[0].boolean("/blacklisted"));
}

/// R18, R61: a program uploads as a person does.
#[test]
fn a_program_uploads_with_its_key() {
    let shop = Account::sign_up(Platform::shared());
    let program = shop.program();
    let body = json!({"name": "crm.csv", "attestation": shop.attestation("recipients_attestation")});
    let import = program.post("/v1/contacts/imports", &body).created().text("/id");
    let path = format!("/v1/contacts/imports/{import}/file");
    let file = Request::new("PUT", &path).header("content-type", "text/csv").bytes(csv_of(&mobiles(0, 2)));
    assert_eq!(program.send(file).ok().integer("/imported"), 2);
    assert_eq!(shop.contacts().len(), 2);
}

/// Lists come in pages that neither lose nor repeat anybody.
#[test]
fn the_pages_of_a_list_hold_everybody_once() {
    let shop = Account::sign_up(Platform::shared());
    shop.upload(csv_of(&mobiles(0, 25)));
    let pages = shop.browser.list("/v1/contacts?limit=10");
    let mut phones: Vec<String> = pages.iter().map(|contact| contact.text("/phone")).collect();
    phones.sort();
    assert_eq!(phones, mobiles(0, 25));
}
