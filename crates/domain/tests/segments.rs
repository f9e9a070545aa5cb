//! Segments as the sender's bill and the reader's screen care about them: counted as the reference
//! counts, never fewer for a longer text, no character cut in two.

use std::path::Path;

use proptest::prelude::*;
use sendbox_domain::segments::{Encoding, Segments, segment};
use serde_json::Value;

/// The GSM 03.38 alphabet with its extension table, written out apart from the code under test.
const GSM: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡\
    ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà\u{c}^{}\\[~]|€";

fn counted(text: &str) -> (Encoding, u32) {
    let Segments { encoding, segments, .. } = segment(text);
    (encoding, segments)
}

#[test]
fn every_text_is_counted_as_the_reference_counts_it() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/segments.jsonl");
    let lines = std::fs::read_to_string(path).expect("the vectors stand beside the tests");
    assert_eq!(lines.lines().count(), 595);
    for line in lines.lines() {
        let wanted: Value = serde_json::from_str(line).expect("each line is JSON");
        let text = wanted["text"].as_str().expect("each line has a text");
        let got = serde_json::to_value(segment(text)).expect("segments are JSON");
        assert_eq!(got["encoding"], wanted["encoding"], "{text:?}");
        assert_eq!(got["segments"], wanted["segments"], "{text:?}");
    }
}

#[test]
fn an_empty_text_is_one_message_with_all_its_room_left() {
    let empty = segment("");
    assert_eq!((empty.segments, empty.units, empty.units_left_in_last), (1, 0, 160));
}

#[test]
fn a_latin_text_fills_160_septets_and_then_segments_of_153() {
    assert_eq!(counted(&"a".repeat(160)), (Encoding::Gsm7, 1));
    assert_eq!(counted(&"a".repeat(161)), (Encoding::Gsm7, 2));
    assert_eq!(counted(&"a".repeat(306)), (Encoding::Gsm7, 2));
    assert_eq!(counted(&"a".repeat(307)), (Encoding::Gsm7, 3));
}

#[test]
fn a_kazakh_text_fills_70_units_and_then_segments_of_67() {
    assert_eq!(counted(&"қ".repeat(70)), (Encoding::Ucs2, 1));
    assert_eq!(counted(&"қ".repeat(71)), (Encoding::Ucs2, 2));
    assert_eq!(counted(&"қ".repeat(134)), (Encoding::Ucs2, 2));
    assert_eq!(counted(&"қ".repeat(135)), (Encoding::Ucs2, 3));
}

#[test]
fn a_tenge_sign_moves_a_latin_text_out_of_septets() {
    assert_eq!(counted("Total 100 KZT").0, Encoding::Gsm7);
    assert_eq!(counted("Total 100 ₸").0, Encoding::Ucs2);
}

#[test]
fn an_escaped_character_is_not_parted_from_its_escape() {
    let text = format!("{}€{}", "a".repeat(152), "a".repeat(151));
    let whole = segment(&text);
    assert_eq!(whole.units, 305);
    assert_eq!((whole.segments, whole.units_left_in_last), (2, 0));
    assert_eq!(segment(&format!("{text}a")).segments, 3);
}

#[test]
fn a_surrogate_pair_is_not_parted() {
    let text = format!("{}😀{}", "қ".repeat(66), "қ".repeat(65));
    let whole = segment(&text);
    assert_eq!(whole.units, 133);
    assert_eq!((whole.segments, whole.units_left_in_last), (2, 0));
    assert_eq!(segment(&format!("{text}қ")).segments, 3);
}

#[test]
fn a_flag_and_a_family_are_not_parted() {
    for (character, units) in [("🇰🇿", 4), ("👩‍👩‍👧", 8)] {
        let text = format!("{}{character}{}", "қ".repeat(66), "қ".repeat(4));
        assert_eq!(segment(&text).units_left_in_last, 67 - units - 4, "{character}");
    }
}

#[test]
fn a_character_longer_than_a_segment_is_parted_because_it_must_be() {
    let laden = format!("e{}", "\u{301}".repeat(200));
    assert_eq!(counted(&laden), (Encoding::Ucs2, 3));
    assert_eq!(segment(&laden).units_left_in_last, 0);
}

#[test]
fn a_segment_says_how_much_room_is_left() {
    assert_eq!(segment("Hello").units_left_in_last, 155);
    assert_eq!(segment("Сәлем").units_left_in_last, 65);
    assert_eq!(segment(&"a".repeat(161)).units_left_in_last, 145);
}

/// Characters of messages: Latin, Kazakh and Russian letters, signs, emoji and what joins them.
fn message() -> impl Strategy<Value = String> {
    let letter = prop_oneof![
        6 => prop::sample::select(GSM.chars().collect::<Vec<_>>()),
        3 => prop::sample::select("әғқңөұүһіӘҚабвя₸№«»—😀🎉🇰🇿👩👧\u{200d}\u{301}\u{fe0f}".chars().collect::<Vec<_>>()),
        1 => any::<char>(),
    ];
    let gsm = prop::collection::vec(prop::sample::select(GSM.chars().collect::<Vec<_>>()), 0..400);
    prop_oneof![gsm, prop::collection::vec(letter, 0..400)].prop_map(String::from_iter)
}

proptest! {
    #[test]
    fn a_longer_text_never_takes_fewer_segments(text in message(), added in message()) {
        let longer = format!("{text}{added}");
        prop_assert!(segment(&longer).segments >= segment(&text).segments);
    }

    #[test]
    fn a_text_leaves_septets_exactly_for_a_character_outside_the_alphabet(text in message()) {
        let outside = text.chars().any(|character| !GSM.contains(character));
        prop_assert_eq!(segment(&text).encoding == Encoding::Ucs2, outside);
    }

    #[test]
    fn the_segments_hold_the_text_and_none_of_them_is_idle(text in message()) {
        let Segments { segments, units, units_per_segment, units_left_in_last, .. } = segment(&text);
        let room = segments * units_per_segment;
        prop_assert!(units + units_left_in_last <= room);
        // A character of up to a whole segment may leave room behind it, never a whole segment.
        prop_assert!(segments == 1 || units_left_in_last < units_per_segment);
        prop_assert!(segments == 1 || units > units_per_segment);
    }

    #[test]
    fn no_text_whatever_stops_the_count(text in any::<String>()) {
        prop_assert!(segment(&text).segments >= 1);
    }
}
