//! What the names of columns say: in Kazakh, Russian and English, as telephones, Google Contacts, Outlook, Bitrix24,
//! amoCRM, 1C and people write them (R63, R70).

use domain::unseen::is_unseen;

/// What a name says about numbers. The order is that of preference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PhoneName {
    /// Something else that is written in digits: never a column of numbers, whatever stands in it.
    Never,
    /// Nothing.
    Silent,
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
    /// Where the consent comes from.
    ConsentSource,
    /// When it was given.
    ConsentDate,
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

const CONSENT: &[&str] = &[
    "consent",
    "consents",
    "optin",
    "permission",
    "согласие",
    "согласия",
    "согласий",
    "разрешение",
    "разрешения",
    "келісім",
    "келісімі",
    "келісімнің",
    "келісімінің",
    "рұқсат",
    "рұқсаты",
];
const DATES: &[&str] = &[
    "date",
    "at",
    "on",
    "time",
    "timestamp",
    "when",
    "day",
    "дата",
    "датасы",
    "день",
    "время",
    "когда",
    "күні",
    "күн",
    "уақыты",
    "уақыт",
    "қашан",
    "мерзімі",
];

/// The words of a name in lower case, parted also where programs write `ConsentSource`.
pub fn words(name: &str) -> Vec<String> {
    let mut spread = String::with_capacity(name.len() + 8);
    let mut after_small = false;
    for letter in name.chars().filter(|letter| !is_unseen(*letter)) {
        if letter.is_uppercase() && after_small {
            spread.push(' ');
        }
        after_small = letter.is_lowercase();
        spread.push(letter);
    }
    let lower = spread.to_lowercase().replace('ё', "е");
    lower
        .split(|sign: char| !sign.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// What a name says about numbers.
pub fn phone_name(words: &[String]) -> PhoneName {
    let any = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let mobile = any(MOBILE);
    let phone = any(&PHONE)
        || words.iter().any(|word| PHONE_BEGINNINGS.iter().any(|beginning| word.starts_with(beginning)));
    let side = any(SIDE);
    match (mobile || phone, any(NEVER)) {
        // `Phone 1 - Type`, the telephone's operator or code: what stands in the column decides. But a number at
        // home is a telephone.
        (true, true) if !side => PhoneName::Silent,
        (true, _) if mobile => PhoneName::Mobile,
        (true, _) if side => PhoneName::Side,
        (true, _) => PhoneName::Phone,
        (false, true) => PhoneName::Never,
        (false, false) if any(&ANY_NUMBER) => PhoneName::AnyNumber,
        (false, false) => PhoneName::Silent,
    }
}

/// What else a name says is in its column, if that is kept.
pub fn kept_column(words: &[String]) -> Option<KeptColumn> {
    let any = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let opted_in = words.windows(2).any(|pair| pair[0] == "opt" && pair[1] == "in");
    if any(CONSENT) || opted_in {
        return Some(if any(DATES) { KeptColumn::ConsentDate } else { KeptColumn::ConsentSource });
    }
    let name = words.join(" ");
    if FULL_NAMES.contains(&name.as_str()) {
        return Some(KeptColumn::FullName);
    }
    FIRST_NAMES.contains(&name.as_str()).then_some(KeptColumn::FirstName)
}
