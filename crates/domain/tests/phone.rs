//! Phone numbers as the law and the sender care about them: judged as the reference judges, one
//! number for every spelling of it, nobody abroad by accident, and nothing of it in a log.

use std::path::Path;

use proptest::prelude::*;
use sendbox_domain::phone::{Kind, Phone, PhoneError, read};
use serde_json::Value;

fn vectors() -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/phones.jsonl");
    let lines = std::fs::read_to_string(path).expect("the vectors stand beside the tests");
    lines.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect()
}

fn refused(raw: &str) -> &'static str {
    Phone::parse_recipient(raw).expect_err(raw).code()
}

#[test]
fn every_number_is_read_as_the_reference_reads_it() {
    let vectors = vectors();
    assert_eq!(vectors.len(), 1500);
    for mut wanted in vectors {
        let fields = wanted.as_object_mut().expect("each line is an object");
        let raw = fields.remove("raw").expect("each line has a raw text");
        let raw = raw.as_str().expect("the raw text is a text");
        assert_eq!(serde_json::to_value(read(raw)).expect("a reading is JSON"), wanted, "{raw:?}");
    }
}

#[test]
fn only_kazakh_numbers_that_a_message_can_reach_become_recipients_r19() {
    for vector in vectors() {
        let raw = vector["raw"].as_str().expect("the raw text is a text");
        let reachable = vector["region"] == "KZ"
            && (vector["type"] == "mobile" || vector["type"] == "fixed_line")
            && vector["extension"] == "";
        let wanted = reachable.then(|| vector["e164"].as_str().expect("a valid line has a number"));
        // The reference reads neither what a spreadsheet made of a number nor how it is dialled elsewhere.
        if raw.ends_with(".0") || raw.starts_with("00") {
            continue;
        }
        let parsed = Phone::parse_recipient(raw).ok();
        assert_eq!(parsed.as_ref().map(Phone::e164), wanted, "{raw:?}");
    }
}

#[test]
fn a_text_that_is_no_number_is_refused_as_unparseable() {
    assert_eq!(refused(""), "phone_unparseable");
    assert_eq!(refused("rubbish"), "phone_unparseable");
    assert_eq!(refused("+"), "phone_unparseable");
}

#[test]
fn a_telephone_address_turned_round_is_refused_and_stops_nobody() {
    assert_eq!(refused(";phone-context=x;phone-context=tel:"), "phone_unparseable");
    assert_eq!(refused("+77015550123;phone-context=+7tel:"), "phone_ambiguous");
}

#[test]
fn a_text_too_long_for_a_number_is_refused_whatever_it_holds() {
    assert_eq!(refused(&format!("+7 701 555 01 23{}", " ".repeat(240))), "phone_unparseable");
}

#[test]
fn a_number_that_no_plan_has_is_refused_as_invalid() {
    assert_eq!(refused("+7 703 555 01 23"), "phone_invalid");
    assert_eq!(refused("+7 701 555 01 2"), "phone_invalid");
}

#[test]
fn a_number_with_a_letter_for_a_digit_is_refused_rather_than_guessed() {
    assert_eq!(refused("+7 701 123 45 6O"), "phone_invalid");
    assert_eq!(refused("8 701 FLOWERS"), "phone_invalid");
}

#[test]
fn a_number_abroad_is_refused_as_outside_kazakhstan_r19() {
    assert_eq!(refused("+7 999 900-93-43"), "phone_outside_kazakhstan");
    assert_eq!(refused("+996 555 123456"), "phone_outside_kazakhstan");
    assert_eq!(refused("+1 202 555 0143"), "phone_outside_kazakhstan");
}

#[test]
fn a_service_number_is_refused_as_nobodys_phone() {
    for raw in ["8 800 080 00 00", "+7 751 761 39 63", "8 809 555 01 23", "112", "1414", "30303"] {
        assert_eq!(refused(raw), "phone_not_reachable_by_text", "{raw}");
    }
}

#[test]
fn a_number_behind_an_extension_is_refused() {
    assert_eq!(refused("+7701 123 4567 доб. 5"), "phone_has_extension");
    assert_eq!(refused("+7 727 312 36 11 ext. 204"), "phone_has_extension");
}

#[test]
fn a_fixed_line_is_a_recipient_of_calls_but_not_of_texts() {
    let office = Phone::parse_recipient("8 (727) 312-36-11").expect("a fixed line takes calls");
    let mobile = Phone::parse_recipient("8 (701) 555-01-23").expect("a mobile takes both");
    assert!(!office.can_receive_text());
    assert!(mobile.can_receive_text());
}

#[test]
fn an_account_holder_may_have_a_number_of_any_country_r7() {
    let phone = Phone::parse("+44 20 7946 0958").expect("a valid number");
    assert_eq!(phone.e164(), "+442079460958");
    assert_eq!(phone.kind(), Some(Kind::FixedLine));
    assert_eq!(Phone::parse("+7 703 555 01 23"), Err(PhoneError::Invalid));
}

#[test]
fn a_stored_number_comes_back_and_a_damaged_one_does_not() {
    let phone = Phone::parse_recipient("8 701 555 01 23").expect("a valid number");
    assert_eq!(Phone::from_stored(phone.e164()), Ok(phone));
    for damaged in
        ["", "+", "77015550123", "+7 7015550123", "+7701555012345678", "+07015550123", "+7701555O123"]
    {
        assert_eq!(Phone::from_stored(damaged), Err(PhoneError::Unparseable), "{damaged:?}");
    }
}

#[test]
fn a_number_printed_for_debugging_shows_four_digits_at_most() {
    let phone = Phone::parse_recipient("+7 701 555 01 23").expect("a valid number");
    assert_eq!(format!("{phone:?}"), "Phone(+7••••••0123)");
    let reading = format!("{:?}", read("+7 701 555 01 23 ext. 4567"));
    assert!(!reading.contains("555") && !reading.contains("4567"), "{reading}");
}

/// Ten national digits of a Kazakh mobile number, parted as `701 555 01 23`.
fn national() -> impl Strategy<Value = [String; 4]> {
    let code =
        prop::sample::select(vec!["700", "701", "702", "705", "707", "708", "747", "771", "777", "778"]);
    (code, 0..1000, 0..100, 0..100).prop_map(|(code, a, b, c)| {
        [code.to_owned(), format!("{a:03}"), format!("{b:02}"), format!("{c:02}")]
    })
}

/// The same digits in the full-width forms of East Asian keyboards.
fn full_width(text: &str) -> String {
    let widened = |digit: char| char::from_u32(u32::from(digit) + 0xFEE0).unwrap_or(digit);
    text.chars().map(|c| if c.is_ascii_digit() { widened(c) } else { c }).collect()
}

proptest! {
    #[test]
    fn every_spelling_of_a_number_is_the_same_recipient(
        parts in national(),
        start in prop::sample::select(vec!["+7", "8", "7", "", "+7 ", "8-", "tel:+7", "8 10 7", "\u{FF0B}7", "'+7"]),
        gap in prop::sample::select(vec!["", " ", "-", ".", "\u{A0}", "\u{2011}", "\u{2013}", "  ", "\u{2060}"]),
        brackets in prop::sample::select(vec![("", ""), ("(", ")"), (" (", ") "), ("\u{FF08}", "\u{FF09}")]),
        outside in prop::sample::select(vec!["", " ", "\u{A0}", "\t", "\n"]),
        wide in any::<bool>(),
    ) {
        let [code, a, b, c] = &parts;
        let (open, close) = brackets;
        let spelt = format!("{outside}{start}{open}{code}{close}{gap}{a}{gap}{b}{gap}{c}{outside}");
        let spelt = if wide { full_width(&spelt) } else { spelt };
        let phone = Phone::parse_recipient(&spelt);
        let wanted = format!("+7{code}{a}{b}{c}");
        prop_assert_eq!(phone.as_ref().map(Phone::e164), Ok(wanted.as_str()), "{:?}", spelt);
    }

    #[test]
    fn no_text_whatever_stops_the_reader(raw in any::<String>()) {
        let reading = read(&raw);
        let recipient = Phone::parse_recipient(&raw);
        prop_assert!(recipient.is_err() || !reading.e164.is_empty());
    }

    #[test]
    fn no_text_that_looks_like_a_number_stops_the_reader(
        raw in "(tel:|;phone-context=|;ext=|доб\\.?|[+0-9 ()/x#*٠-٩.A-Z-]){0,40}"
    ) {
        let reading = read(&raw);
        let recipient = Phone::parse_recipient(&raw);
        prop_assert!(recipient.is_err() || !reading.e164.is_empty());
    }

    #[test]
    fn a_recipient_read_again_is_the_same_recipient(parts in national()) {
        let phone = Phone::parse_recipient(&parts.concat()).expect("a valid number");
        prop_assert_eq!(Phone::parse_recipient(phone.e164()), Ok(phone));
    }
}
