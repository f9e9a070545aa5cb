//! Replies of each kind in which refusals hide, or which look like one: run together, misspelled, transcribed,
//! drawn, in every mood, and about something else.

use super::all_are;
use crate::opt_out::Reply;

/// R66: "not" is often written together with its verb, and a vowel as it is heard.
#[test]
fn a_refusal_run_together_or_misspelled_is_understood() {
    let texts = [
        "непишите",
        "непишите мне",
        "незвоните",
        "неприсылайте",
        "небеспокойте",
        "ненадо",
        "нехочу",
        "неинтересует",
        "нешлите рекламу",
        "отпишитеменя",
        "керекемес",
        "бастартамын",
        "nepishite",
        "dontcall",
        "отпешите меня",
        "отпишыте меня",
        "атпишите меня",
        "отпшите меня",
        "не званите",
        "удолите номер",
        "unsuscribe",
        "unsubcribe",
        "unsubscibe",
        "Стопэ",
    ];
    all_are(Reply::Refusal, &texts);
}

/// R66: a telephone without Cyrillic letters says the same.
#[test]
fn a_refusal_in_latin_transcription_is_understood() {
    let texts = [
        "ne prisylaite",
        "ne prisylajte",
        "ne bespokoyte",
        "magan jazbanyzshy",
        "magan zhazbanyz",
        "jazbaniz",
        "bas tartamyn",
        "kerek emes rahmet",
        "hvatit spamit",
        "xvatit",
        "otstante",
        "otkazyvayus",
        "otkazyvajus",
        "otkluchite",
        "otklyuchite",
        "otpisatsya",
        "udalite menya",
        "ne nuzhno",
        "dogarynyz",
        "net",
    ];
    all_are(Reply::Refusal, &texts);
}

/// R66: what is drawn like the word is the word.
#[test]
fn signs_and_styled_letters_that_look_like_a_refusal_are_one() {
    let texts = [
        "$top",
        "st*p",
        "ст*п",
        "ꜱᴛᴏᴘ",
        "𝓈𝓉ℴ𝓅",
        "ˢᵗᵒᵖ",
        "⒮⒯⒪⒫",
        "🅢🅣🅞🅟",
        "⛔",
        "⛔️",
        "🚫",
        "🚫 смс",
        "📵",
        "🔕",
    ];
    all_are(Reply::Refusal, &texts);
}

/// R66, R69: Kazakh in its moods, with auxiliary verbs and words put in between.
#[test]
fn a_refusal_in_any_kazakh_mood_is_understood() {
    let texts = [
        "доғарыңыз",
        "доғар",
        "смс жіберуді доғарыңыз",
        "қойыңыз",
        "жазуды қойыңыз",
        "жазуды қойсаңыз",
        "тоқтата салыңыз",
        "тоқтатып қойыңызшы",
        "жаза бермеңіз",
        "жібере бермеңізші",
        "жазбай қойыңыз",
        "жазбауыңызды сұраймын",
        "жазбасаңыз екен",
        "смс салмаңыз",
        "смс тастамаңыз",
        "смс жазбаңдаршы",
        "звонить етпеңіз",
        "базадан өшіріңіз",
        "базадан алып тастаңыз",
        "мені базадан шығарыңыз",
        "нөмірімді базадан алып тастаңыз",
        "менің нөмірімді тізімнен өшіріп тастаңызшы",
        "маған мұның керегі жоқ",
        "маған жазудың қажеті жоқ",
        "керек жоқ",
        "жарнамаларыңыз керек емес",
        "мазамды алма",
        "мазамды алмаңыздаршы",
        "хабарласпа",
        "Шалма маған",
        "ешқашан жазбаңыз",
        "қате нөмір",
        "нөмір қате",
        "болды",
        "болды жазба",
        "жетеді",
        "рақмет, жоқ",
        "келіспеймін",
    ];
    all_are(Reply::Refusal, &texts);
}

/// R66, R69: Russian as it is really sent.
#[test]
fn a_refusal_in_everyday_russian_is_understood() {
    let words = [
        "отключите",
        "отключить",
        "удалите",
        "удалить",
        "уберите",
        "исключите",
        "вычеркните",
        "отмените",
        "остановить",
        "Нет",
        "нет спасибо",
        "заколебали",
        "отцепитесь",
        "откуда у вас мой номер? удалите",
    ];
    let about_messages = [
        "отключите рекламу",
        "убрать из базы",
        "снимите с рассылки",
        "снять с рассылки",
        "снимите мой номер",
        "из базы уберите меня",
        "отказ от получения смс",
        "хватит названивать",
        "хватит беспокоить",
        "Хватит меня доставать",
        "хватит каждый день звонить",
        "не рассылайте",
        "не рекламируйте",
        "не досаждайте",
        "не нужна мне ваша реклама",
        "мне не нужна ваша рассылка",
        "ваша реклама мне не нужна",
        "не хочу этих смс",
        "закончите рассылку",
        "завязывайте с рассылкой",
        "кончайте спамить",
        "нет рассылке",
        "нет рекламе",
        "нет спаму",
        "без рекламы пожалуйста",
        "против рассылки",
        "ваш спам достал",
        "не могу отписаться",
        "не интересно удалите меня",
        "не пишите на два номера",
    ];
    for texts in [&words[..], &about_messages[..]] {
        all_are(Reply::Refusal, texts);
    }
}

/// R66, R69: Russian about a person's rights and number, and in anger.
#[test]
fn a_refusal_by_right_or_in_anger_is_understood() {
    let texts = [
        "запрещаю использовать мой номер",
        "запрещаю обработку данных",
        "согласия не давал",
        "я не давал вам свой номер",
        "добавьте в черный список",
        "внесите меня в стоп-лист",
        "в ЧС",
        "неверный номер",
        "не туда пишете",
        "номер сменился, это другой человек",
        "абонент умер",
        "идите на хуй",
        "идите на х*й",
        "пошли вы нахрен",
        "отъебитесь",
        "заебали",
        "пошли вон",
    ];
    all_are(Reply::Refusal, &texts);
}

/// R66, R69: English as it is really sent.
#[test]
fn a_refusal_in_everyday_english_is_understood() {
    let texts = [
        "never message me again",
        "never ever call me",
        "delete my data",
        "please delete",
        "erase my details",
        "I do not consent",
        "I never signed up for this",
        "block",
        "go away",
        "get lost",
        "fuck off",
        "f*ck off",
        "wrong person",
        "this is spam",
        "I don't want this",
        "that's enough",
        "cease and desist",
        "lose this number",
        "STOP or START?",
        "стоп или старт?",
        "no",
        "no thanks",
        "stop annoying me",
        "please do not email me",
        "I can't unsubscribe",
    ];
    all_are(Reply::Refusal, &texts);
}

/// R74: an order declined, a result asked for and a question are no refusals of messages.
#[test]
fn what_is_declined_or_asked_about_something_else_is_no_refusal() {
    let texts = [
        "отказываюсь от заказа",
        "отказываюсь от доставки",
        "откажусь от заказа",
        "тапсырыстан бас тартамын",
        "бізге жетті ме?",
        "перестаньте опаздывать",
        "прекратите хамить клиентам",
        "кешігуді тоқтатыңыз",
        "stop being late",
        "Отпишите результат",
        "отпишите, когда приедете",
        "what stop do I get off",
        "отписка от чего?",
        "unsubscribe from what?",
        "отпишусь позже",
        "отпишусь завтра",
        "you don't write to me",
        "You do not call me any more",
        "why did you unsubscribe me?",
        "не надо стоп",
        "не хочу отписываться",
        "не хочу отписаться",
        "больше не надо, двух достаточно",
        "Опишите результат",
        "она не звонит",
        "вы не присылаете чек",
        "Нет, приду завтра",
        "нет, приеду",
        "No problem",
        "отмените заказ",
        "удалите позицию из заказа",
        "Отмените, пожалуйста, запись",
        "дайын болды",
        "маған жазыңыз",
        "тапсырысты жібермеңіз",
    ];
    all_are(Reply::Other, &texts);
}

/// R69: returning is said in more ways than "START".
#[test]
fn a_refusal_is_taken_back_in_everyday_words() {
    let texts = [
        "қос",
        "қосылу",
        "қайта қос",
        "қайта қосыңызшы",
        "подпишите обратно",
        "подпишите меня снова",
        "подписаться обратно",
        "верните меня",
        "верните меня обратно",
        "хочу снова получать",
        "хочу снова получать смс",
        "Старт. Отправлено с iPhone",
        "Старт. Отправлено с моего Samsung Galaxy",
        "Start. Sent from my iPhone",
    ];
    all_are(Reply::Return, &texts);
    all_are(
        Reply::Refusal,
        &["не хочу снова получать", "Стоп. Отправлено с iPhone", "Отправлено с iPhone. Стоп"],
    );
}

/// R66, R69: as people write in haste.
#[test]
fn refusals_that_run_together_or_stand_in_latin_letters_are_understood() {
    let texts = [
        "недоставайте меня",
        "нерассылайте",
        "нехочу получать смс",
        "ненужна мне ваша реклама",
        "неподписывался",
        "Незвоните мне больше никогда!!!",
        "ne zvonite mne bolshe",
        "ne otpravlyaite mne sms",
        "ne nado mne vash spam",
        "udalite moi nomer",
        "uberite menya iz bazy",
        "prekratite rassylku",
        "maghan habarlaspanyz",
        "nomirimdi oshirinizshi",
        "bazadan alyp tastanyz",
        "zhibermenizshi",
    ];
    all_are(Reply::Refusal, &texts);
}

/// R66, R69: other refusals of the same kinds.
#[test]
fn other_refusals_of_the_same_kinds_are_understood() {
    let texts = [
        "мені мазаламаңызшы",
        "Маған енді жібермей қойыңызшы",
        "хабарлама жіберуді қойыңыз",
        "қоңырау шалуды тоқтатыңызшы",
        "смс жазуды доғарыңыздаршы",
        "рассылкаңыздан мені алып тастаңыздаршы",
        "спам жібермеңдер",
        "жарнама салмаңыз",
        "мобильный номер мой удалите пожалуйста из вашей базы",
        "Уважаемые, уберите пожалуйста мой телефон из рассылки",
        "прошу удалить мои персональные данные",
        "выключите рассылку",
        "хватит засорять мне телефон, удалите",
        "не присылайте больше эту рекламу",
        "мне ваши акции не интересны",
        "больше не хочу от вас ничего получать",
        "ваша реклама надоела",
        "достали уже своей рекламой",
        "задолбали своими смс",
        "вы мне надоели",
        "отказ от рекламных рассылок",
        "согласие на рассылку не давала",
        "я своё согласие не давал",
        "занесите мой номер в чёрный список",
        "вы не туда попали",
        "это чужой номер",
        "она умерла",
        "пошли вы",
        "отвянь",
        "STOP SPAM",
        "stop contacting this number please",
        "please remove this number from your database",
        "I never gave you my number",
        "stop it",
        "not interested, thanks",
        "I'm not interested",
        "who is this? stop texting",
        "take this number off the list",
        "please take me off of this",
        "do not want",
        "no spam please",
        "no sms",
        "S.T.O.P",
        "стoп!",
        "ＳＴＯＰ please",
        "ⓤⓝⓢⓤⓑ",
        "🚫🚫🚫",
        "не пиши сюда",
        "заблокируйте мой номер",
        "Отписаться от всего",
    ];
    all_are(Reply::Refusal, &texts);
}

/// R74: other texts of the same kinds that refuse nothing.
#[test]
fn other_texts_of_the_same_kinds_refuse_nothing() {
    let texts = [
        "отказываюсь от записи",
        "отказываюсь от кредита",
        "жеткізуден бас тартамын",
        "прекратите курить",
        "хватит одного",
        "Нам хватит двух",
        "отпишите цену",
        "отпишитесь как приедете",
        "отпишу вечером",
        "where do you stop",
        "does the train stop here",
        "stop smoking",
        "why am I unsubscribed?",
        "почему меня отписали?",
        "они не пишут",
        "курьер не звонил",
        "вы мне не звонили",
        "никто не звонит",
        "удалите второй заказ",
        "уберите лук из заказа",
        "отключите домофон",
        "Нет, спасибо, я уже заказал у вас доставку",
        "нет, во вторник",
        "no, at five",
        "сделайте сайт",
        "когда умеете?",
        "Он сменил адрес",
        "жаздым",
        "жазып жіберіңіз",
        "маған хабарласыңыз",
        "қоңырау шалыңыз",
        "жібердіңіз бе?",
        "қашан болады?",
        "тапсырыс болды ма?",
        "шығар",
        "напишите мне",
        "позвоните пожалуйста",
        "пришлите чек",
        "подписка на журнал есть?",
        "нужен",
        "неделя",
        "неплохо",
        "спасибо, получил смс",
        "смс не пришло",
        "мой номер 87010000001",
    ];
    all_are(Reply::Other, &texts);
}

/// One reply a line, with `\n` for the end of a line in it.
#[track_caller]
fn lines_are(reply: Reply, table: &str) {
    let texts: Vec<String> = table.lines().map(|line| line.replace("\\n", "\n")).collect();
    all_are(reply, &texts.iter().map(String::as_str).collect::<Vec<_>>());
}

/// R66: a wide table of refusals.
#[test]
fn every_refusal_of_the_table_is_understood() {
    lines_are(Reply::Refusal, include_str!("refusals.txt"));
}

/// R74: a wide table of everyday replies that refuse nothing.
#[test]
fn no_everyday_reply_of_the_table_refuses() {
    lines_are(Reply::Other, include_str!("others.txt"));
}

/// R69: a wide table of returns.
#[test]
fn every_return_of_the_table_is_understood() {
    lines_are(Reply::Return, include_str!("returns.txt"));
}
