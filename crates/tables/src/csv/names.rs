//! What the names of columns say: in Kazakh, Russian and English, as telephones, Google Contacts, Outlook, Bitrix24,
//! amoCRM, 1C and people write them (R63, R70).

use super::consent::{self, Told};
use super::folded::{begins, is};
use super::others;

/// What a name says about numbers. The order is that of preference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PhoneName {
    /// Something else that is written in digits: never a column of numbers, whatever stands in it.
    Never,
    /// Nothing.
    Silent,
    /// A telephone of somebody who is not the recipient.
    Anothers,
    /// Any number: of a telephone, or of an order.
    AnyNumber,
    /// A telephone at work, at home, of somebody else.
    Side,
    /// A telephone.
    Phone,
    /// A mobile telephone.
    Mobile,
}

/// What else is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeptColumn {
    /// The whole name of a person.
    FullName,
    /// A first name.
    FirstName,
    /// The name of a firm.
    FirmName,
    /// That there is a consent, which may tell where it comes from.
    Consent,
    /// Where the consent comes from.
    ConsentSource,
    /// When it was given.
    ConsentDate,
    /// Whether there is a consent to automated decisions.
    DecisionConsent,
}

const MOBILE: &[&str] = &[
    "mobile",
    "mobiles",
    "mob",
    "mobil",
    "mobilephone",
    "cell",
    "cellular",
    "cellphone",
    "msisdn",
    "gsm",
    "iphone",
    "whatsapp",
    "whats",
    "мобильный",
    "мобильного",
    "мобильные",
    "мобильник",
    "моб",
    "мобил",
    "сотовый",
    "сотового",
    "сотовые",
    "сот",
    "сотка",
    "переносной",
    "ватсап",
    "вотсап",
    "ұялы",
    "уялы",
    "ұялытел",
    "вацап",
    "уатсап",
];

/// Beginnings of words that name a telephone.
const PHONE_BEGINNINGS: [&str; 3] = ["телефон", "phone", "telephone"];
const PHONE: [&str; 4] = ["tel", "тел", "telefon", "phonenumber"];
const ANY_NUMBER: [&str; 9] =
    ["number", "numbers", "номер", "номера", "номері", "нөмір", "нөмірі", "нөмірлері", "нөмер"];

const SIDE: &[&str] = &[
    "work",
    "business",
    "home",
    "office",
    "company",
    "other",
    "assistant",
    "assistants",
    "car",
    "radio",
    "callback",
    "manager",
    "second",
    "secondary",
    "alternative",
    "emergency",
    "isdn",
    "ttytdd",
    "рабочий",
    "рабочего",
    "раб",
    "домашний",
    "домашнего",
    "дом",
    "городской",
    "стационарный",
    "организации",
    "компании",
    "другой",
    "доп",
    "дополнительный",
    "прямой",
    "помощника",
    "секретаря",
    "менеджера",
    "ответственного",
    "второй",
    "запасной",
    "жұмыс",
    "үй",
    "қалалық",
    "ұйым",
    "басқа",
    "қосымша",
    "екінші",
    "менеджердің",
    "көмекшінің",
];

const NEVER: &[&str] = &[
    "id",
    "ид",
    "uid",
    "guid",
    "iin",
    "иин",
    "жсн",
    "bin",
    "бин",
    "бсн",
    "inn",
    "инн",
    "кпп",
    "огрн",
    "снилс",
    "счет",
    "счета",
    "шот",
    "шоты",
    "account",
    "iban",
    "иик",
    "жск",
    "card",
    "карта",
    "карты",
    "картасы",
    "карточки",
    "договор",
    "договора",
    "шарт",
    "шарты",
    "contract",
    "сумма",
    "сомасы",
    "amount",
    "sum",
    "total",
    "итого",
    "баланс",
    "balance",
    "price",
    "цена",
    "бағасы",
    "баға",
    "дата",
    "date",
    "күні",
    "время",
    "time",
    "уақыты",
    "birthday",
    "рождения",
    "туған",
    "индекс",
    "index",
    "zip",
    "postal",
    "postcode",
    "поштасы",
    "факс",
    "факса",
    "факсы",
    "fax",
    "pager",
    "пейджер",
    "пейджера",
    "код",
    "кода",
    "коды",
    "code",
    "заказ",
    "заказа",
    "тапсырыс",
    "order",
    "чек",
    "чека",
    "чегі",
    "invoice",
    "накладной",
    "артикул",
    "sku",
    "модель",
    "model",
    "type",
    "тип",
    "түрі",
    "label",
    "email",
    "mail",
    "почта",
    "пошта",
    "адрес",
    "address",
    "мекенжай",
    "мекенжайы",
    "imei",
    "паспорт",
    "passport",
    "удостоверения",
    "куәлік",
    "ext",
    "extension",
    "добавочный",
    "оператор",
    "operator",
    "carrier",
    "страна",
    "country",
    "количество",
    "саны",
    "qty",
    "count",
    "возраст",
    "жасы",
    "age",
    "п",
    "р",
    "рс",
    "статус",
    "status",
    "дом",
    "үй",
    "квартира",
    "пәтер",
    "company",
    "flat",
];

const FULL_NAMES: &[&str] = &[
    "фио",
    "ф и о",
    "полное имя",
    "полное имя контакта",
    "имя клиента",
    "имя и фамилия",
    "фамилия имя",
    "фамилия и имя",
    "фамилия имя отчество",
    "клиент",
    "фио клиента",
    "наименование",
    "наименование клиента",
    "контрагент",
    "покупатель",
    "контакт",
    "основной контакт",
    "абонент",
    "получатель",
    "представление",
    "имя контакта",
    "название контакта",
    "name",
    "full name",
    "fullname",
    "display name",
    "contact name",
    "client",
    "customer",
    "client name",
    "customer name",
    "recipient",
    "contact",
    "аты жөні",
    "аты тегі",
    "тегі аты",
    "тегі аты жөні",
    "тегі аты әкесінің аты",
    "толық аты",
    "клиенттің аты",
    "клиент аты",
    "клиенттің аты жөні",
    "тұтынушы",
    "сатып алушы",
    "алушы",
    "т а ә",
    "таә",
];
const FIRST_NAMES: [&str; 9] =
    ["имя", "first name", "firstname", "given name", "аты", "есімі", "есім", "имя получателя", "first"];

/// What a whole name begins with, if it is that of one of `NAMED`.
const NAME_BEGINNINGS: [&str; 5] = ["фио", "ф и о", "имя", "аты жөні", "name of"];
/// Beginnings of words for whoever is named.
const NAMED: &[&str] = &[
    "клиент",
    "контакт",
    "лиц",
    "покупател",
    "получател",
    "абонент",
    "заказчик",
    "подписчик",
    "пользовател",
    "гост",
    "ученик",
    "студент",
    "участник",
    "физ",
    "полност",
    "customer",
    "client",
    "recipient",
    "subscriber",
    "тұтынушы",
    "алушы",
];
const FIRM_BEGINNINGS: [&str; 6] = ["наименован", "назван", "атауы", "название", "company", "ұйым"];
const FIRM_NAMES: [&str; 6] = ["company", "company name", "атауы", "название", "организация", "компания"];

/// What a name says about numbers.
pub fn phone_name(words: &[String]) -> PhoneName {
    let any = |list: &[&str]| words.iter().any(|word| list.iter().any(|known| is(word, known)));
    // `Phone 2`, `Телефон2`: there is another, which comes first.
    let is_later = |word: &String| {
        let digits = word.trim_start_matches(char::is_alphabetic);
        digits.len() == 1 && matches!(digits.as_bytes()[0], b'2'..=b'9')
    };
    let telephone = |word: &String| PHONE_BEGINNINGS.iter().any(|beginning| word.starts_with(beginning));
    let mobile = any(MOBILE);
    let phone = any(&PHONE) || words.iter().any(telephone);
    let number = any(&ANY_NUMBER);
    let another = others::is_anothers(words);
    let side = any(SIDE) || words.iter().any(is_later);
    match (mobile || phone, any(NEVER)) {
        (named, never) if others::is_given_up(words) && (named || number || never) => PhoneName::Never,
        (true, never) if another && (!never || any(SIDE)) => PhoneName::Anothers,
        // `Phone 1 - Type`, the telephone's operator or code: what stands in the column decides. But a number at
        // home is a telephone.
        (true, true) if !any(SIDE) => PhoneName::Silent,
        (true, _) if side => PhoneName::Side,
        (true, _) if mobile => PhoneName::Mobile,
        (true, _) => PhoneName::Phone,
        (false, true) => PhoneName::Never,
        // `Менеджер`, and below it a number.
        (false, false) if another => PhoneName::Anothers,
        (false, false) if number => PhoneName::AnyNumber,
        (false, false) => PhoneName::Silent,
    }
}

/// What else a name says is in its column, if that is kept.
pub fn kept_column(words: &[String]) -> Option<KeptColumn> {
    match consent::told(words) {
        Some(Told::Given) => return Some(KeptColumn::Consent),
        Some(Told::Source) => return Some(KeptColumn::ConsentSource),
        Some(Told::Date) => return Some(KeptColumn::ConsentDate),
        Some(Told::Decisions) => return Some(KeptColumn::DecisionConsent),
        None => {}
    }
    let name = words.join(" ");
    let is_in = |list: &[&str]| list.iter().any(|known| is(&name, known));
    let begun = |list: &[&str]| list.iter().any(|beginning| begins(&name, beginning));
    let named = words.iter().any(|word| NAMED.iter().any(|beginning| begins(word, beginning)));
    if is_in(FULL_NAMES) || (begun(&NAME_BEGINNINGS) && named && !others::is_anothers(words)) {
        return Some(KeptColumn::FullName);
    }
    if is_in(&FIRST_NAMES) {
        return Some(KeptColumn::FirstName);
    }
    let firm = words.iter().any(|word| {
        ["организац", "компани", "фирм", "предприят", "контрагент", "клиент", "уйым"]
            .iter()
            .any(|known| word.starts_with(known))
    });
    (is_in(&FIRM_NAMES) || (begun(&FIRM_BEGINNINGS) && firm)).then_some(KeptColumn::FirmName)
}
