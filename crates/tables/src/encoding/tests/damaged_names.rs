//! Made-up names of each kind: those whose letters were lost on saving, and those with a question mark of their own.

use super::*;

fn is_noticed(names: &[&str]) -> bool {
    lost_letters(names.iter().copied())
}

/// A name as it comes back from a file that was saved in Windows-1251.
fn after_saving(name: &str) -> String {
    let bytes = saved(Encoding::Windows1251, name);
    decoded(Encoding::Windows1251, &bytes, bytes.len()).expect("read")
}

/// R70: the letters are gone for good; their owner is told before anybody is written to by such a name.
#[test]
fn names_that_lost_their_letters_are_noticed() {
    for name in [
        "Қалиев",
        "Айкерім Жүніс",
        "Әлия",
        "Нұрлан Ғабитұлы",
        "Өмірзақ",
        "Үміт",
        "АҚЖАН",
        "«Нұр» ЖШС",
        "Гүлнәр",
        "Теңізбай",
        "Жаһан",
        "ТОО Құрылыс",
        "Аққу",
    ] {
        let damaged = after_saving(name);
        assert!(damaged.contains('?') && is_noticed(&[&damaged]), "{damaged}");
        let among_others = [&["Иванов Иван"; 150][..], &[&damaged]].concat();
        assert!(is_noticed(&among_others), "{damaged}");
        assert!(!is_noticed(&[name]), "{name}");
    }
    assert!(is_noticed(&["Н\u{fffd}рлан"]));
}

/// R70
#[test]
fn a_question_mark_of_its_own_is_no_damage() {
    for name in [
        "Иванов?",
        "Иванов Иван (?)",
        "?Иванов",
        "? Асель",
        "Асель ?",
        "Иванов?Петров",
        "??",
        "????? ??????",
        "",
        "Кто это?",
        "M?ller",
        "What?ever",
        "Жан?",
        "перезвонить?да или нет,узнать?потом у жены его",
        "8701?",
        "Ак???ев",
    ] {
        assert!(!is_noticed(&[name]), "{name}");
    }
}

/// R70: a file that still has such letters lost none on saving, and one mark among thousands of names is a slip.
#[test]
fn one_mark_among_many_names_or_beside_whole_letters_is_no_damage() {
    let many = [&["Иванов Иван"; 1_000][..], &["Ай?ерім"]].concat();
    assert!(!is_noticed(&many));
    assert!(!is_noticed(&["Ай?ерім", "Қуат"]));
}
