//! A person's request through HTTP: found, shown, corrected, blocked, withdrawn, deleted; and what staff answer a
//! complaint by.

use sendbox_tests::{Account, Answer, Fields, Platform, csv_of, instant, mobile, mobiles, tenge};
use serde_json::{Value, json};

fn find(shop: &Account<'_>, phone: &str) -> Answer {
    shop.browser.post("/v1/people/find", &json!({"phone": phone}))
}

fn ask(shop: &Account<'_>, what: &str, phone: &str) -> Answer {
    shop.browser.post(&format!("/v1/people/{what}"), &json!({"phone": phone, "said": "Letter 7"}))
}

fn document(shop: &Account<'_>, form: &str, language: &str) -> Answer {
    let body = json!({"phone": mobile(0), "form": form, "language": language});
    shop.browser.post("/v1/people/document", &body)
}

/// A shop that wrote to both of its clients on a Thursday morning.
fn wrote(platform: &Platform) -> Account<'_> {
    platform.set_clock(instant("2026-12-03T10:00:00+05:00"));
    let shop = Account::sign_up(platform);
    shop.upload(csv_of(&mobiles(0, 2)));
    shop.top_up(&tenge(10_000));
    let campaign = shop.draft("Hello");
    campaign.start();
    campaign.send_all();
    shop
}

/// R69, R182, R183: by any spelling, in no address; of another account nothing is found, and nothing can be done.
#[test]
fn a_person_is_found_by_their_number_in_their_own_account_only() {
    let platform = Platform::fresh();
    let shop = wrote(&platform);
    let person = find(&shop, "8 (701) 555-00-00").ok();
    assert_eq!((person.text("/phone"), person.text("/contact/phone")), (mobile(0), mobile(0)));
    let messages = person.list("/messages/items");
    assert_eq!((messages.len(), messages[0].text("/phone")), (1, mobile(0)));
    assert!(person["messages"]["next_cursor"].is_null());
    let stranger = Account::sign_up(&platform);
    find(&stranger, &mobile(0)).refused(404, "person_unknown");
    for act in ["withdraw", "delete"] {
        ask(&stranger, act, &mobile(0)).refused(404, "person_unknown");
    }
    document(&stranger, "text", "ru").refused(404, "person_unknown");
    find(&shop, "not a number").refused_field(422, "phone_unparseable", "phone");
    ask(&stranger, "block", &mobile(0)).ok();
    assert!(find(&shop, &mobile(0)).ok().list("/blacklist").is_empty());
}

/// R67, R92, R183: the receipt says what goes and what stays; the person stays away although the next file has them.
#[test]
fn a_deleted_person_does_not_come_back_with_the_next_file() {
    let platform = Platform::fresh();
    let shop = wrote(&platform);
    let receipt = ask(&shop, "delete", &mobile(0)).ok();
    assert!(receipt.boolean("/contact_deleted") && receipt.boolean("/blacklisted"));
    let kept: Vec<String> = receipt.list("/kept").iter().map(|kept| kept.text("/what")).collect();
    assert_eq!(kept, ["blacklist", "history"]);
    let import = shop.upload(csv_of(&mobiles(0, 2)));
    assert_eq!(import.integer("/blacklisted"), 1);
    let person = find(&shop, &mobile(0)).ok();
    assert!(person["contact"].is_null());
    assert_eq!(person.list("/messages/items").len(), 1, "the history stays");
    assert_eq!(person.list("/requests")[0]["id"], receipt["id"]);
    assert_eq!(person.list("/requests")[0].text("/said"), "Letter 7");
}

/// R65, R183: the withdrawal is the person's: the shop sees who took it down, and cannot take it off.
#[test]
fn a_withdrawal_is_listed_as_the_persons_word() {
    let platform = Platform::fresh();
    let shop = wrote(&platform);
    ask(&shop, "withdraw", &mobile(1)).ok();
    let entry = shop.browser.list("/v1/blacklist")[0].clone();
    assert_eq!((entry.text("/source"), entry.text("/channel")), ("opt_out".to_owned(), "cabinet".to_owned()));
    assert!(entry.text("/actor").starts_with("ses_"));
    assert_eq!(entry.text("/reason"), "Letter 7");
    shop.browser.delete(&format!("/v1/blacklist/{}", entry.text("/id"))).refused(404, "not_found");
    let person = find(&shop, &mobile(1)).ok();
    assert_eq!(person.text("/stance/stance"), "withdrawn");
}

/// R183: what was wrong is right from then on; what no contact may have is refused as everywhere.
#[test]
fn a_correction_is_kept_and_bad_fields_are_refused() {
    let shop = Account::sign_up(Platform::shared());
    shop.upload(csv_of(&mobiles(0, 1)));
    let correct = |body: Value| shop.browser.post("/v1/people/correct", &body);
    let receipt = correct(json!({"phone": mobile(0), "name": "Ару", "fields": {"city": "Алматы"}})).ok();
    assert_eq!(receipt["corrected"], json!(["name", "fields"]));
    let person = find(&shop, &mobile(0)).ok();
    assert_eq!(
        (person.text("/contact/name"), person.text("/contact/fields/city")),
        ("Ару".to_owned(), "Алматы".to_owned())
    );
    correct(json!({"phone": mobile(0)})).refused_field(422, "invalid_field", "name");
    let special = json!({"phone": mobile(0), "fields": {"diagnosis": "x"}});
    correct(special).refused(422, "csv_special_category_column");
    correct(json!({"phone": mobile(9), "name": "Ару"})).refused(404, "person_unknown");
}

/// R69, R183: what a person is given, in their language, safe to be opened; and that it was given is written down.
#[test]
fn a_document_is_given_in_three_forms_and_three_languages_and_written_down() {
    let platform = Platform::fresh();
    let shop = wrote(&platform);
    shop.browser.post("/v1/people/correct", &json!({"phone": mobile(0), "name": "=1+1"})).ok();
    for (language, word) in
        [("kk", "операторға берілді"), ("ru", "передано оператору"), ("en", "handed to the operator")]
    {
        let text = document(&shop, "text", language).is(200).text_body();
        assert!(text.contains(word) && text.contains(&mobile(0)), "{text}");
    }
    let table = document(&shop, "csv", "en").is(200).text_body();
    assert!(table.starts_with('\u{feff}') && table.contains(",'=1+1\r\n"), "{table}");
    let given = document(&shop, "json", "en").ok();
    assert_eq!(given.text("/person/contact/name"), "=1+1");
    assert_eq!(given.text("/receipt/kind"), "shown");
    let shown = find(&shop, &mobile(0)).ok();
    let kinds = shown.list("/requests").iter().filter(|one| one.text("/kind") == "shown").count();
    assert_eq!(kinds, 5);
}

/// R90: staff see every message to a number with its hours, whoever sent it; the account's log says who looked. The
/// scheduler and owners do not see it.
#[test]
fn staff_find_what_was_sent_to_a_number_by_every_account() {
    let platform = Platform::fresh();
    let (first, second) = (wrote(&platform), wrote(&platform));
    let path = "/internal/people/lookup";
    let body = json!({"phone": mobile(0), "by": "Duty lawyer", "basis": "Complaint 12"});
    platform.scheduler().post(path, &body).refused(401, "unauthenticated");
    first.browser.post(path, &body).refused(401, "unauthenticated");
    let found = platform.staff().post(path, &body).ok();
    assert!(found["next_cursor"].is_null());
    let mut accounts: Vec<String> = found.list("/items").iter().map(|item| item.text("/account")).collect();
    accounts.sort();
    let mut expected = [first.id.clone(), second.id.clone()];
    expected.sort();
    assert_eq!(accounts, expected);
    for item in found.list("/items") {
        assert_eq!(item.text("/by"), "text");
        assert!(item.boolean("/in_hours") && item.boolean("/outside_the_night"), "{item}");
        assert_eq!(item.integer("/offset_minutes"), 300);
        assert!(item.text("/message/handed_over_local").starts_with("2026-12-03T10:"));
        assert_eq!(item.text("/message/state"), "handed_over");
    }
    let nobody = json!({"phone": mobile(7), "by": "Duty lawyer", "basis": "Complaint 13"});
    assert!(platform.staff().post(path, &nobody).ok().list("/items").is_empty());
    let silent = json!({"phone": mobile(0), "by": " ", "basis": "Complaint 13"});
    platform.staff().post(path, &silent).refused_field(422, "invalid_field", "by");
}
