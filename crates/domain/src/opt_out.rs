//! A recipient's refusal of further messages: the words by which a reply says it (R65, R66, R69).

/// Longer texts say something else too, and are no mere refusal.
const CHARACTERS_MAX: usize = 40;

/// In lower case, with one space between words. English ones are those that networks act on themselves, so
/// that their list and ours agree.
const PHRASES: &[&str] = &[
    // English.
    "stop",
    "stopall",
    "stop all",
    "stop sms",
    "unsubscribe",
    "optout",
    "opt out",
    "cancel",
    "end",
    "quit",
    "revoke",
    // Russian.
    "стоп",
    "стоп смс",
    "отписка",
    "отписаться",
    "отпишите",
    "отпишите меня",
    "отпиши",
    "не писать",
    "не пишите",
    "не беспокоить",
    "не беспокойте",
    "отказ от рассылки",
    "отменить подписку",
    "otpiska",
    "otpisatsya",
    // Kazakh, also as it is typed without its own letters.
    "тоқтат",
    "тоқтату",
    "тоқтатыңыз",
    "тоқтатыңдар",
    "токтат",
    "токтату",
    "токтатыныз",
    "жазбаңыз",
    "жазбаныз",
    "мазаламаңыз",
    "мазаламаныз",
    "бас тарту",
    "бас тартамын",
    "жазылудан бас тарту",
    "toqtat",
    "toqtatu",
    "toktat",
    "toktatu",
];

/// Latin letters that look like Cyrillic ones: keyboards mix them, and people do not see it.
const LOOK_ALIKES: &[(char, char)] = &[
    ('a', 'а'),
    ('c', 'с'),
    ('e', 'е'),
    ('k', 'к'),
    ('m', 'м'),
    ('o', 'о'),
    ('p', 'р'),
    ('t', 'т'),
    ('x', 'х'),
    ('y', 'у'),
];

/// Whether a reply is one of the words by which people refuse further messages, in any case, with whatever
/// punctuation around and between the words, and however often it is repeated.
pub fn is_opt_out_reply(text: &str) -> bool {
    if text.chars().count() > CHARACTERS_MAX {
        return false;
    }
    let lower = text.to_lowercase();
    let is_cyrillic = |letter: char| ('\u{0400}'..='\u{04ff}').contains(&letter);
    let mixed = lower.chars().any(is_cyrillic);
    let read: String = lower
        .chars()
        .map(|letter| {
            let look_alike = LOOK_ALIKES.iter().find(|(latin, _)| mixed && *latin == letter);
            look_alike.map_or(letter, |(_, cyrillic)| *cyrillic)
        })
        .collect();
    let mut words: Vec<&str> =
        read.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    // "Stop, stop!!" is "stop".
    words.dedup();
    let said = words.join(" ");
    PHRASES.contains(&said.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_refusal_is_understood_in_three_languages_and_any_case() {
        for text in [
            "STOP",
            "Stop",
            "stop",
            "СТОП",
            "Стоп",
            "ТОҚТАТ",
            "тоқтату",
            "Тоқтатыңыз",
            "ТОКТАТ",
            "UNSUBSCRIBE",
            "ОТПИСКА",
            "Отписаться",
            "не пишите",
            "Opt-out",
            "Бас тарту",
            "toqtat",
        ] {
            assert!(is_opt_out_reply(text), "{text}");
        }
    }

    #[test]
    fn punctuation_spaces_and_repetition_do_not_hide_a_refusal() {
        for text in [
            " STOP. ",
            "«Стоп»!!!",
            "\"stop\"",
            "stop\r\n",
            "Стоп, стоп!",
            "(UNSUBSCRIBE)",
            "не\u{a0}пишите",
            "STOP 🛑",
        ] {
            assert!(is_opt_out_reply(text), "{text:?}");
        }
    }

    /// What looks like a refusal on the screen is one.
    #[test]
    fn latin_letters_among_cyrillic_ones_do_not_hide_a_refusal() {
        assert!(is_opt_out_reply("CTOП"));
        assert!(is_opt_out_reply("oтпиcкa"));
    }

    /// R74: what is no refusal is nobody's business here, and does nothing.
    #[test]
    fn other_replies_are_no_refusal() {
        for text in [
            "",
            " ",
            "!",
            "Спасибо",
            "Stop by at five, I shall be at home",
            "не стоп",
            "bus stop",
            "stopping",
            "да",
            "1234",
            "Когда будет готово?",
            "рақмет",
            "unstop",
            "S T O P",
        ] {
            assert!(!is_opt_out_reply(text), "{text}");
        }
        assert!(!is_opt_out_reply(&"stop ".repeat(1_000)));
    }

    proptest! {
        #[test]
        fn no_text_whatever_stops_the_reader(text in "\\PC{0,60}") {
            let _ = is_opt_out_reply(&text);
        }

        /// A phrase stays one whatever is put around it that is neither letter nor digit.
        #[test]
        fn a_phrase_between_signs_is_the_phrase(place in 0..PHRASES.len(), before in "[ .,!?()-]{0,5}", after in "[ .,!?()-]{0,5}") {
            let text = format!("{before}{}{after}", PHRASES[place].to_uppercase());
            prop_assert!(is_opt_out_reply(&text), "{}", text);
        }
    }
}
