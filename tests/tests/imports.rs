//! Imports as programs and people use them: sent in parts, cut off, in every encoding, and by hand.

use sendbox_tests::{Account, Answer, Fields, Platform, Request, csv_of, mobile, mobiles};
use serde_json::{Value, json};

fn send_part(shop: &Account<'_>, import: &str, from: usize, bytes: &[u8], is_last: bool) -> Answer {
    let path = format!("/v1/contacts/imports/{import}/file");
    let request = Request::new("PUT", &path)
        .header("content-type", "text/csv")
        .header("upload-offset", &from.to_string())
        .header("upload-complete", if is_last { "?1" } else { "?0" });
    shop.browser.send(request.bytes(bytes))
}

fn put(shop: &Account<'_>, contacts: &Value) -> Answer {
    let attestation = shop.attestation("recipients_attestation");
    let body = json!({"name": "by hand", "attestation": attestation, "contacts": contacts});
    shop.browser.post("/v1/contacts", &body)
}

fn base(shop: &Account<'_>) -> Vec<(String, String)> {
    let of = |contact: &Value| (contact.text("/phone"), contact.text("/name"));
    let mut base: Vec<_> = shop.contacts().iter().map(of).collect();
    base.sort();
    base
}

/// R61: a part that does not fit, or that nobody could place, changes nothing.
#[test]
fn a_part_from_the_wrong_byte_is_refused() {
    let shop = Account::sign_up(Platform::shared());
    let import = shop.announce_upload();
    send_part(&shop, &import, 0, b"phone,name\n", false).is(202);
    send_part(&shop, &import, 5, b"x", true).refused(409, "upload_offset_mismatch");
    send_part(&shop, &import, usize::MAX, b"x", true).refused(413, "body_too_large");
    let path = format!("/v1/contacts/imports/{import}/file");
    for (header, value) in [("upload-offset", "-1"), ("upload-offset", "x"), ("upload-complete", "yes")] {
        let request = Request::new("PUT", &path).header("content-type", "text/csv").header(header, value);
        shop.browser.send(request.bytes(b"x".as_slice())).refused_field(422, "invalid_field", header);
    }
    let import = shop.browser.get(&format!("/v1/contacts/imports/{import}")).ok();
    assert_eq!((import.text("/state").as_str(), import.integer("/received_bytes")), ("receiving", 11));
}

/// R61: a file that comes in parts, cut wherever, ends as one that came whole.
#[test]
fn a_file_in_parts_ends_as_a_whole_one() {
    let file = csv_of(&mobiles(0, 40)).into_bytes();
    let whole = Account::sign_up(Platform::shared());
    whole.upload(file.clone());
    for cuts in [vec![1, 2, 3], vec![10, 11, 500], vec![file.len() / 2], vec![file.len() - 1]] {
        let shop = Account::sign_up(Platform::shared());
        let import = shop.announce_upload();
        let mut from = 0;
        for cut in cuts {
            let part = send_part(&shop, &import, from, &file[from..cut], false).is(202).json();
            assert_eq!(part.integer("/received_bytes"), cut as i64);
            from = cut;
        }
        send_part(&shop, &import, from, &file[from..], true).any_of(&[200, 202]);
        assert_eq!(shop.completed(&import).integer("/imported"), 40);
        assert_eq!(base(&shop), base(&whole));
    }
}

/// R61: whoever begins anew has not half of the old file in the new one.
#[test]
fn a_file_that_begins_anew_forgets_what_came_before() {
    let shop = Account::sign_up(Platform::shared());
    let import = shop.announce_upload();
    send_part(&shop, &import, 0, csv_of(&mobiles(0, 30)).as_bytes(), false).is(202);
    shop.send_file(&import, csv_of(&mobiles(50, 2))).any_of(&[200, 202]);
    assert_eq!(shop.completed(&import).integer("/rows"), 2);
    assert_eq!(shop.contacts().len(), 2);
}

/// R70: what a spreadsheet of this country saves gives the same people, whatever it calls its letters and cells.
#[test]
fn one_list_in_every_encoding_and_delimiter_gives_the_same_people() {
    let list = format!("Телефон;Имя\r\n{};Асель Иванова\r\n{};\"Пётр; сын\"\r\n", mobile(1), mobile(2));
    let utf_16 = |bytes: fn(u16) -> [u8; 2], mark: [u8; 2]| {
        mark.into_iter().chain(list.encode_utf16().flat_map(bytes)).collect::<Vec<u8>>()
    };
    let windows_1251: Vec<u8> = list
        .chars()
        .map(|letter| match letter {
            'ё' => 0xb8,
            'А'..='я' => (letter as u32 - 'А' as u32 + 0xc0) as u8,
            other => other as u8,
        })
        .collect();
    let files = [
        list.clone().into_bytes(),
        utf_16(u16::to_le_bytes, [0xff, 0xfe]),
        utf_16(u16::to_be_bytes, [0xfe, 0xff]),
        windows_1251,
        list.replace("\"Пётр; сын\"", "Пётр; сын")
            .replace(';', "\t")
            .replace("Пётр\t сын", "Пётр; сын")
            .into_bytes(),
    ];
    for (number, file) in files.into_iter().enumerate() {
        let shop = Account::sign_up(Platform::shared());
        shop.upload(file);
        let expected = [(mobile(1), "Асель Иванова".to_owned()), (mobile(2), "Пётр; сын".to_owned())];
        assert_eq!(base(&shop), expected, "file {number}");
    }
}

/// R70: two lists at once end as one behind the other would.
#[test]
fn two_uploads_at_once_do_no_harm() {
    let shop = Account::sign_up(Platform::shared());
    let imports = [shop.announce_upload(), shop.announce_upload()];
    std::thread::scope(|scope| {
        for (import, from) in imports.iter().zip([0, 200]) {
            let shop = &shop;
            scope.spawn(move || {
                shop.send_file(import, csv_of(&mobiles(from, 400))).any_of(&[200, 202]);
            });
        }
    });
    let ended = imports.map(|import| shop.completed(&import));
    let sum = |count: &str| ended.iter().map(|import| import.integer(count)).sum::<i64>();
    assert_eq!((sum("/rows"), sum("/imported"), sum("/unchanged") + sum("/updated")), (800, 600, 200));
    assert_eq!(shop.contacts().len(), 600);
}

/// R61, R70: what was rejected comes back as it stands in the file, with the reason in the caller's language.
#[test]
fn rejected_rows_come_back_with_the_reason() {
    let shop = Account::sign_up(Platform::shared());
    let import = shop.upload(format!("phone,name,city\n{},A,Semey\n123,B,Semey\n,C,Semey\n", mobile(1)));
    let path = format!("/v1/contacts/imports/{}/rejected", import.text("/id"));
    let rows = shop.browser.list(&path);
    let lines: Vec<i64> = rows.iter().map(|row| row.integer("/line")).collect();
    assert_eq!(lines, [3, 4]);
    assert_eq!(
        rows[0].at("/cells"),
        &json!(["123", "B", "", ""]),
        "what is not kept is not kept here either"
    );
    assert!(!rows[0].text("/message").is_empty());
    let stranger = Account::sign_up(Platform::shared());
    stranger.browser.get(&path).refused(404, "not_found");
}

/// R20, R61: what no contact may have is refused, and nobody of the request is put in.
#[test]
fn contacts_put_in_with_what_may_not_be_kept_are_refused() {
    let shop = Account::sign_up(Platform::shared());
    let good = json!({"phone": mobile(1)});
    let long = "x".repeat(501);
    for (contact, code) in [
        (json!({"phone": mobile(2), "fields": {"диагноз": "x"}}), "csv_special_category_column"),
        (json!({"phone": mobile(2), "fields": {"": "x"}}), "invalid_field"),
        (json!({"phone": mobile(2), "fields": {"city": long}}), "invalid_field"),
        (json!({"phone": mobile(2), "name": "x".repeat(201)}), "invalid_field"),
        (json!({"phone": mobile(2), "consent_source": long}), "invalid_field"),
        (json!({"phone": mobile(2), "surname": "x"}), "unknown_field"),
    ] {
        put(&shop, &json!([good, contact])).refused(422, code);
    }
    put(&shop, &json!([])).refused_field(422, "invalid_field", "contacts");
    let body = json!({"name": "n", "contacts": [good]});
    shop.browser.post("/v1/contacts", &body).refused(422, "attestation_not_given");
    assert!(shop.contacts().is_empty());
}

/// R61, R63: a program puts people in and changes them, and shows later how one consented.
#[test]
fn a_program_puts_contacts_in_and_shows_their_consent() {
    let shop = Account::sign_up(Platform::shared());
    let contacts = json!([
        {"phone": "8 (701) 555-00-01", "name": "Асель", "fields": {"city": "Semey"},
         "consent_source": "site", "consent_date": "2026-07-12"},
        {"phone": "rubbish"},
    ]);
    let answer = put(&shop, &contacts).ok();
    assert_eq!(answer.integer("/import/imported"), 1);
    assert_eq!(answer.at("/rejected"), &json!([{"index": 1, "code": "phone_unparseable"}]));
    let changed = put(&shop, &json!([{"phone": mobile(1), "fields": {"bonus": "7"}}])).ok();
    assert_eq!(changed.integer("/import/updated"), 1);
    let contact = shop.contacts().remove(0);
    assert_eq!(
        (contact.text("/name").as_str(), contact.at("/fields")),
        ("Асель", &json!({"bonus": "7", "city": "Semey"}))
    );
    let proof = format!("/v1/contacts/{}/consent", contact.text("/id"));
    let shown = json!({"source": "site", "date": "2026-07-12"});
    assert_eq!(shop.browser.get(&proof).ok(), shown);
    shop.browser.delete(&format!("/v1/contacts/{}", contact.text("/id"))).ok();
    assert_eq!(shop.browser.get(&proof).ok(), shown, "also once the contact is deleted");
    let stranger = Account::sign_up(Platform::shared());
    stranger.browser.get(&proof).refused(404, "not_found");
}
