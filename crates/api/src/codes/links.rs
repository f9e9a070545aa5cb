//! Links in texts: why one is not taken.

use super::{Code, Entry, e};

/// In the order of the enumeration.
pub(super) const ENTRIES: &[Entry] = &[
    e(
        Code::LinkAddressInvalid,
        422,
        "Бұл веб-мекенжай емес. https:// деп басталатын, бос орынсыз, пайдаланушы аты мен IP-мекенжайсыз толық \
         мекенжайды жазыңыз; кирилл домендерін xn-- түрінде жазыңыз.",
        "Это не веб-адрес. Укажите полный адрес, который начинается с https://, без пробелов, имени пользователя и \
         IP-адреса; кириллический домен запишите в виде xn--.",
        "This is not an address of the web. Write the whole address from https:// on, without blanks, a user or an \
         IP address; a domain in Cyrillic letters in its form xn--.",
    ),
    e(
        Code::LinkAddressNotPublic,
        422,
        "Бұл мекенжайды тек өз желіңізден ашуға болады. Кез келген адам аша алатын мекенжайды жазыңыз.",
        "Этот адрес открывается только внутри вашей сети. Укажите адрес, который откроется у каждого.",
        "This address opens inside one network only. Write one that everybody can open.",
    ),
    e(
        Code::LinkAddressOurs,
        422,
        "Сілтеме SENDBOX-тың өзіне апарып тұр. Өз сайтыңыздың мекенжайын жазыңыз.",
        "Ссылка ведёт на сам SENDBOX. Укажите адрес своего сайта.",
        "The link leads back to SENDBOX itself. Write the address of your own site.",
    ),
    e(
        Code::LinkExpiryOutOfBounds,
        422,
        "Сілтеме кемінде бір күн, ең көбі 366 күн жұмыс істейді. Басқа мерзім қойыңыз.",
        "Ссылка работает не меньше суток и не больше 366 дней. Укажите другой срок.",
        "A link works for a day at least and for 366 days at most. Set another end.",
    ),
    e(
        Code::LinkNameInvalid,
        422,
        "Сілтеменің аты 1–20 таңбадан тұрады: a–z, 0–9, _ және -. Мәтінде бірдей екі ат болмайды.",
        "Имя ссылки состоит из 1–20 знаков: a–z, 0–9, _ и -. Двух одинаковых имён в тексте не бывает.",
        "The name of a link is 1 to 20 of a–z, 0–9, _ and -. No two links of a text have one name.",
    ),
    e(
        Code::LinkNotGiven,
        422,
        "Мәтінде берілмеген сілтеме аталған. Оны қосыңыз немесе {link:…} белгісін мәтіннен алып тастаңыз.",
        "В тексте названа ссылка, которой нет. Добавьте её или уберите {link:…} из текста.",
        "The text names a link that is not there. Add it, or take {link:…} out of the text.",
    ),
    e(
        Code::LinkNotInText,
        422,
        "Бұл сілтеме мәтінде жоқ. Ол тұратын жерге {link:аты} деп жазыңыз.",
        "Этой ссылки нет в тексте. Напишите {link:имя} там, где она должна стоять.",
        "This link does not stand in the text. Write {link:name} where it belongs.",
    ),
    e(
        Code::TooManyLinks,
        422,
        "Бір мәтінде ең көбі үш сілтеме болады. Артығын алып тастаңыз.",
        "В одном тексте не больше трёх ссылок. Уберите лишние.",
        "A text carries three links at most. Take the others out.",
    ),
];
