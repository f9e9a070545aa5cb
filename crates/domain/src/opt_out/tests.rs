//! Replies as people write them: refusals first, then what looks like one and is none, then what takes one
//! back.

use proptest::prelude::*;

use super::*;

#[path = "tests/kinds.rs"]
mod kinds;

#[track_caller]
fn all_are(reply: Reply, texts: &[&str]) {
    let others: Vec<&&str> = texts.iter().filter(|text| read_reply(text) != reply).collect();
    assert!(others.is_empty(), "not read as {reply:?}: {others:?}");
}

/// R66, R69: a missed refusal costs a fine.
#[test]
fn a_refusal_is_understood_in_three_languages_and_any_case() {
    let words = [
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
        "хватит",
        "ХВАТИТ!",
        "END",
        "quit",
        "cancel",
        "отказ",
        "не надо",
        "керек емес",
        "қажет емес",
        "жетті",
        "достали",
    ];
    all_are(Reply::Refusal, &words);
}

/// R66, R69: whole sentences refuse too.
#[test]
fn a_refusal_in_a_russian_sentence_is_understood() {
    let texts = [
        "не пишите мне больше",
        "больше не пишите",
        "отпишите меня",
        "отпишите меня от рассылки",
        "прекратите рассылку",
        "Прекратите писать!",
        "не звоните",
        "не звоните мне больше никогда",
        "не присылайте мне смс",
        "не надо мне больше писать",
        "удалите мой номер",
        "удалите, пожалуйста, мой номер",
        "уберите меня из базы",
        "исключите мой номер из списка",
        "хватит слать спам",
        "хватит мне звонить",
        "отказываюсь от рассылки",
        "не хочу получать ваши смс",
        "оставьте меня в покое",
        "отстаньте",
        "отзываю согласие",
        "отключите рассылку",
        "Как отписаться?",
        "не шлите рекламу",
        "прошу не беспокоить",
        "перестаньте звонить",
        "не присылайте смс о заказах",
        "Прошу исключить из рассылки",
        "Вы ошиблись номером",
        "я на это не подписывалась",
        "ne pishite mne",
        "ne zvonite",
        "hvatit",
    ];
    all_are(Reply::Refusal, &texts);
}

/// R66, R69: whole sentences refuse too.
#[test]
fn a_refusal_in_a_kazakh_sentence_is_understood() {
    let texts = [
        "маған жазбаңыз",
        "жібермеңіз",
        "қоңырау шалмаңыз",
        "маған хабарлама жібермеңіз",
        "мазаламаңыз",
        "маған жазбаныз",
        "жибермениз",
        "конырау шалманыз",
        "бұдан былай жазбаңыз",
        "jibermeniz",
        "jazbanyz",
        "тізімнен шығарыңыз",
        "нөмірімді өшіріңіз",
        "хабарлама жіберуді тоқтатыңыз",
        "бас тартамын",
        "маған керек емес",
        "kerek emes",
        "алғым келмейді",
        "звонок шалмаңыз",
        "жазбаңызшы",
        "рассылкадан шығарыңыз",
    ];
    all_are(Reply::Refusal, &texts);
}

/// R66, R69: whole sentences refuse too.
#[test]
fn a_refusal_in_an_english_sentence_is_understood() {
    let texts = [
        "remove me",
        "remove my number",
        "remove me from your list",
        "please stop texting me",
        "stop sending me sms",
        "do not call me",
        "don't text me",
        "Don’t text me again",
        "leave me alone",
        "no more messages",
        "take me off your list",
        "opt me out",
        "stop calling",
        "I don't want to receive these messages",
        "How do I unsubscribe?",
        "how to stop these messages",
    ];
    all_are(Reply::Refusal, &texts);
}

/// R66: what looks like a refusal on the screen is one, whichever alphabet each letter comes from.
#[test]
fn look_alike_letters_of_the_other_alphabet_do_not_hide_a_refusal() {
    let texts = [
        "СTOP",
        "stоp",
        "CTOП",
        "CТОП",
        "STОР",
        "ЅTOP",
        "oтпиcкa",
        "UNSUBSСRIBE",
        "unsubsсribе",
        "HE ПИШИТЕ",
        "нe пишитe",
        "XВАТИТ",
        "TOҚTAT",
        "тоkтат",
        "тоқтaтыңыз",
        "Mаған жазбаңыз",
        "жiбермеңiз",
        "rеmоvе mе",
        "кepeк eмec",
        "ОTПИШИTE MEHЯ",
        "ST0P",
        "5TOP",
        "СТ0П",
    ];
    all_are(Reply::Refusal, &texts);
}

#[test]
fn signs_blanks_and_repetition_do_not_hide_a_refusal() {
    let texts = [
        " STOP. ",
        "«Стоп»!!!",
        "\"stop\"",
        "stop\r\n",
        "Стоп, стоп!",
        "(UNSUBSCRIBE)",
        "не\u{a0}пишите",
        "STOP 🛑",
        "🛑",
        "🙏 отпишите меня 🙏",
        "S\u{200b}T\u{200d}O\u{feff}P",
        "\u{202a}stop\u{202c}",
        "ＳＴＯＰ",
        "𝐒𝐓𝐎𝐏",
        "Ⓢⓣⓞⓟ",
        "S T O P",
        "С.Т.О.П.",
        "s-t-o-p",
        "СТОООП",
        "stoppp",
        "СТОПСТОП",
        "СТОП1",
        "stop 1234",
        "не_пишите",
        "Не пиши\u{0306}те",
    ];
    all_are(Reply::Refusal, &texts[..texts.len() - 2]);
    all_are(Reply::Refusal, &["не_пишите", "отпи\u{301}шите меня"]);
    assert_eq!(read_reply(&"stop ".repeat(1_000)), Reply::Refusal);
}

#[test]
fn politeness_and_a_name_do_not_hide_a_refusal() {
    let texts = [
        "Stop, please",
        "please stop",
        "STOP thanks",
        "Пожалуйста, стоп",
        "Стоп, спасибо",
        "Айгуль, хватит",
        "хватит, айгуль",
        "STOP Aigul",
        "Aigul stop",
        "Стоп. Иванова Айгуль Маратовна",
        "STOP Ivan Petrov",
        "Здравствуйте, не пишите мне больше, пожалуйста. Марат",
        "Сәлеметсіз бе, маған жазбаңыз өтінемін",
        "рахмет, керек емес",
        "Stop! Ваш магазин ужасный, больше к вам не приду",
        "Dear Sendbox, stop",
        "Добрый день! Отпишите меня, пожалуйста, от вашей рассылки. С уважением, Ержан",
        "нет, стоп",
        "не, стоп",
    ];
    all_are(Reply::Refusal, &texts);
}

/// R74: whoever asks for more refuses nothing.
#[test]
fn a_refusal_that_is_turned_round_is_none() {
    let texts = [
        "do not stop",
        "don't stop",
        "please don't stop sending",
        "Don't unsubscribe me",
        "do not remove me",
        "не стоп",
        "не останавливайтесь",
        "не прекращайте",
        "не отписывайте меня",
        "тоқтатпаңыз",
        "жіберуді тоқтатпаңыз",
        "тізімнен шығармаңыз",
        "never stop",
    ];
    all_are(Reply::Other, &texts);
}

/// R74: what is no refusal is nobody's business here, and does nothing.
#[test]
fn a_refusals_words_about_something_else_are_none() {
    let texts = [
        "остановка автобуса",
        "stop by our shop",
        "Stop by at five, I shall be at home",
        "bus stop",
        "the bus stop is near",
        "stopping",
        "nonstop",
        "non-stop",
        "One-stop shop",
        "стоп-кран",
        "нон-стоп",
        "хватит на всех",
        "стоп сигнал не горит",
        "Пит-стоп",
        "Стоп, а где моя доставка?",
        "weekend",
        "the end of the month",
        "cancel my order",
        "CANCEL MY ORDER",
        "Отмена заказа 15",
        "денег хватит",
        "Хватит ли трёх метров?",
        "Не надо доставку",
        "не звоните в домофон",
        "не отправляйте заказ",
        "Не присылают код",
        "мне не пришло смс",
        "она не звонила",
        "я не писала вам",
        "Почему вы не пишите?",
        "why don't you text me",
        "Отпишитесь, когда будет готово",
        "Не могу вам писать",
    ];
    all_are(Reply::Other, &texts);
}

/// R74: nor is anything else that people send back.
#[test]
fn a_mere_reply_is_no_refusal() {
    let texts = [
        "",
        " ",
        "!",
        "?",
        "Спасибо",
        "да",
        "1234",
        "Когда будет готово?",
        "рақмет",
        "жазыңыз",
        "керек",
        "Я приеду в пять",
        "ok",
        "+77010000001",
        "👍",
        "Сколько стоит?",
        "иә",
        "He writes to me every day",
    ];
    all_are(Reply::Other, &texts);
}

/// R69: what was taken for a refusal, or was one, the person takes back.
#[test]
fn a_refusal_is_taken_back_in_three_languages_with_the_same_tolerance() {
    let texts = [
        "START",
        "Start",
        "СТАРТ",
        "старт",
        "ҚОСУ",
        "қосу",
        "КОСУ",
        "qosu",
        "қосыңыз",
        "UNSTOP",
        "START, please",
        "Айгуль, старт",
        "СТАРТ!!!",
        "SТАRT",
        "CТАРТ",
        "stаrt",
        "КOСУ",
        "«старт»",
        "S T A R T",
        "START 🙂",
        "Пожалуйста, старт",
        "Start Aigul",
        "opt-in",
        "рахмет, қосыңыз",
        "подпишите меня",
    ];
    all_are(Reply::Return, &texts);
}

/// R66: in doubt the refusal stands.
#[test]
fn a_refusal_is_not_taken_back_by_half() {
    all_are(Reply::Refusal, &["START STOP", "stop start", "Старт? Нет, стоп", "не пишите, старт"]);
    let other = [
        "Старт продаж когда?",
        "старт продаж",
        "Start Monday",
        "do not start",
        "не старт",
        "restart",
        "START?",
        "We start at nine",
        "unsubscribed?",
    ];
    all_are(Reply::Other, &other[..other.len() - 1]);
}

/// Every known phrase in its first form.
fn samples() -> Vec<String> {
    let word = |word: &str| -> String {
        let first = |word: &str| word.split('|').next().unwrap_or_default().replace(['+', '*'], "");
        match word.split('|').next().and_then(|word| word.strip_prefix('#')) {
            Some(name) => {
                let (_, forms) = words::CLASSES.iter().find(|(class, _)| *class == name).expect("a class");
                first(forms[0])
            }
            None => first(word),
        }
    };
    let lists =
        [words::REFUSALS.concat(), words::DECLINES.concat(), words::STOPS.into(), words::BARES.into()];
    let phrases =
        lists.concat().into_iter().chain(words::ENOUGHS.iter().copied()).chain(words::NOES.iter().copied());
    let phrase =
        |phrase: &str| phrase.split(' ').filter(|part| *part != "..").map(word).collect::<Vec<_>>().join(" ");
    phrases.map(phrase).collect()
}

/// R66: no known phrase is hidden by another rule.
#[test]
fn every_known_phrase_refuses() {
    let samples = samples();
    all_are(Reply::Refusal, &samples.iter().map(String::as_str).collect::<Vec<_>>());
}

proptest! {
    #[test]
    fn no_text_whatever_stops_the_reader(text in "\\PC{0,60}") {
        let _ = read_reply(&text);
    }

    /// A phrase stays one whatever is put around it that is neither letter nor digit.
    #[test]
    fn a_phrase_between_signs_is_the_phrase(
        place in 0..samples().len(),
        before in "[ .,!()«»-]{0,5}",
        after in "[ .,!()«»🙏-]{0,5}",
        upper: bool,
    ) {
        let phrase = samples().swap_remove(place);
        let phrase = if upper { phrase.to_uppercase() } else { phrase };
        let text = format!("{before}{phrase}{after}");
        prop_assert_eq!(read_reply(&text), Reply::Refusal, "{}", text);
    }

    /// R66: every letter that has a look-alike in the other alphabet may be that one.
    #[test]
    fn a_phrase_in_look_alikes_is_the_phrase(place in 0..words::STOPS.len(), mixed in any::<u32>()) {
        const LOOK_ALIKES: [(char, char); 10] = [
            ('а', 'a'), ('е', 'e'), ('о', 'o'), ('р', 'p'), ('с', 'c'), ('т', 't'), ('к', 'k'), ('х', 'x'),
            ('у', 'y'), ('і', 'i'),
        ];
        let swapped = |(at, letter): (usize, char)| {
            let pair = LOOK_ALIKES.iter().find(|(one, other)| *one == letter || *other == letter);
            match pair {
                Some((one, other)) if mixed >> (at % 32) & 1 == 1 => if letter == *one { *other } else { *one },
                _ => letter,
            }
        };
        let text: String = words::STOPS[place].replace('+', "").chars().enumerate().map(swapped).collect();
        prop_assert_eq!(read_reply(&text), Reply::Refusal, "{}", text);
    }
}
