//! Writes the list of made-up recipients that the demo and the end-to-end tests upload.
//!
//! It is what a small business exports from its books: the same number under several spellings,
//! numbers of other countries, fixed lines, slips, quoted fields over two lines, columns that
//! nobody asked for. The same seed gives the same bytes on every machine.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Rows of each kind; 10,000 in all, beside the line of column names.
const MIXTURE: [(Row, usize); 5] = [
    (Row::Mobile, 9_120),
    (Row::Duplicate, 380),
    (Row::FixedLine, 100),
    (Row::Abroad, 140),
    (Row::Slip, 260),
];

/// Area codes of Kazakh mobile operators.
const MOBILE_CODES: [&str; 12] =
    ["700", "701", "702", "705", "706", "707", "708", "747", "771", "775", "776", "777"];

/// Codes of Almaty and Astana.
const CITY_CODES: [&str; 2] = ["727", "7172"];

const CITIES: [&str; 8] =
    ["Алматы", "Астана", "Шымкент", "Қарағанды", "Ақтөбе", "Өскемен", "Тараз", "Қызылорда"];

const MEN: [&str; 14] = [
    "Әділ",
    "Ғалым",
    "Жәнібек",
    "Қайрат",
    "Нұрлан",
    "Өмірбек",
    "Ұлан",
    "Ілияс",
    "Аңсар",
    "Дмитрий",
    "Сергей",
    "Пётр",
    "Фёдор",
    "Виктор",
];

const WOMEN: [&str; 14] = [
    "Әсел",
    "Гүлмира",
    "Жұлдыз",
    "Қымбат",
    "Іңкәр",
    "Ұлжан",
    "Шұғыла",
    "Ырысты",
    "Айгерім",
    "Ольга",
    "Ксения",
    "Татьяна",
    "Алёна",
    "Людмила",
];

/// Family names in the man's form; a woman's ends in `а`.
const FAMILIES: [&str; 16] = [
    "Әбілов",
    "Қасымов",
    "Нұрпейісов",
    "Сұлтанбеков",
    "Өтегенов",
    "Ғабитов",
    "Жүсіпов",
    "Түлегенов",
    "Ысқақов",
    "Ержанов",
    "Орлов",
    "Щукин",
    "Королёв",
    "Зайцев",
    "Мельников",
    "Тихонов",
];

const SOURCES: [&str; 4] = ["анкета", "сайт", "договор", "касса, чек"];

/// The columns that the platform keeps are the name, the phone and the two about consent.
const COLUMNS: &str = "№,Аты-жөні,Телефон,Қала,consent_source,consent_date,Ескерту";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Row {
    /// A Kazakh mobile number that stands in no row above.
    Mobile,
    /// The number of a row above, spelt in another way.
    Duplicate,
    /// A Kazakh number that no text message can reach.
    FixedLine,
    /// A real shape of a Russian, Kyrgyz, Uzbek or American number.
    Abroad,
    /// No number at all.
    Slip,
}

/// Writes the whole file: UTF-8 with its mark, lines that end as on Windows, an empty line at the end.
pub fn write(path: &Path, seed: u64) -> io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    let mut dice = Dice(seed);
    write!(file, "\u{feff}{COLUMNS}\r\n")?;
    let mut mobiles: Vec<String> = Vec::new();
    for (position, row) in shuffled_rows(&mut dice).into_iter().enumerate() {
        let number = position + 1;
        let phone = match row {
            Row::Duplicate if !mobiles.is_empty() => {
                let earlier = mobiles[dice.below(mobiles.len())].clone();
                spelt(&earlier, &mut dice)
            }
            Row::Mobile | Row::Duplicate => {
                let national = mobile(mobiles.len(), &mut dice);
                let phone = spelt(&national, &mut dice);
                mobiles.push(national);
                phone
            }
            Row::FixedLine => fixed_line(&mut dice),
            Row::Abroad => abroad(&mut dice),
            Row::Slip => slip(&mut dice),
        };
        let fields = [
            number.to_string(),
            name(&mut dice),
            phone,
            dice.one_of(&CITIES).to_owned(),
            dice.one_of(&SOURCES).to_owned(),
            format!("2026-{:02}-{:02}", 1 + dice.below(10), 1 + dice.below(28)),
            note(&mut dice),
        ];
        let fields: Vec<String> = fields.iter().map(|field| quoted(field)).collect();
        write!(file, "{}\r\n", fields.join(","))?;
    }
    write!(file, "\r\n")?;
    file.flush()
}

/// Every kind as often as the mixture says, in an order of chance.
fn shuffled_rows(dice: &mut Dice) -> Vec<Row> {
    let mut rows: Vec<Row> =
        MIXTURE.iter().flat_map(|(row, times)| std::iter::repeat_n(*row, *times)).collect();
    for last in (1..rows.len()).rev() {
        rows.swap(last, dice.below(last + 1));
    }
    rows
}

/// The ten national digits of the n-th mobile number: different for every n below 120,000. The
/// subscriber's part begins with 000, where hardly anybody's number lies.
fn mobile(nth: usize, dice: &mut Dice) -> String {
    // 7,919 has no factor in common with 10,000: it visits every ending once before any twice.
    let ending = (nth % 10_000) * 7_919 % 10_000;
    let code = (nth / 10_000 + dice.below(MOBILE_CODES.len())) % MOBILE_CODES.len();
    format!("{}000{ending:04}", MOBILE_CODES[code])
}

/// One of the ways in which people type a number.
fn spelt(national: &str, dice: &mut Dice) -> String {
    let (code, a, b, c) = (&national[..3], &national[3..6], &national[6..8], &national[8..]);
    match dice.below(14) {
        0..=2 => format!("+7{national}"),
        3 => format!("8{national}"),
        4 => format!("7{national}"),
        5 => format!("+7 {code} {a} {b} {c}"),
        6 => format!("8 ({code}) {a}-{b}-{c}"),
        7 => format!("+7({code}){a}-{b}-{c}"),
        8 => format!("8-{code}-{a}-{b}-{c}"),
        9 => format!("+7.{code}.{a}.{b}{c}"),
        10 => format!("+7\u{a0}{code}\u{a0}{a}\u{a0}{b}\u{a0}{c}"),
        11 => format!(" 8 {code} {a}{b}{c} "),
        12 => format!("{code} {a} {b} {c}"),
        _ => format!("+7 ({code}) {a}\u{2011}{b}\u{2011}{c}"),
    }
}

fn fixed_line(dice: &mut Dice) -> String {
    let code = dice.one_of(&CITY_CODES);
    // Seven digits after a code of three, six after one of four; they begin with 2 or 3.
    let zeros = if code.len() == 3 { "00" } else { "0" };
    let rest = format!("{}{zeros}-{:02}-{:02}", 2 + dice.below(2), dice.below(100), dice.below(100));
    if dice.below(2) == 0 { format!("8 ({code}) {rest}") } else { format!("+7 {code} {rest}") }
}

fn abroad(dice: &mut Dice) -> String {
    let ending = dice.below(10_000);
    match dice.below(4) {
        0 => format!("+7 916 000-{:02}-{:02}", ending / 100, ending % 100),
        1 => format!("+996 555 00{ending:04}"),
        2 => format!("+998 90 000 {:02} {:02}", ending / 100, ending % 100),
        // Numbers kept for fiction.
        _ => format!("+1 202 555 01{:02}", ending % 100),
    }
}

fn slip(dice: &mut Dice) -> String {
    let ending = dice.below(10_000);
    match dice.below(8) {
        0 => String::new(),
        1 => format!("+7 701 000 {:03}", ending % 1000),
        2 => format!("client{ending:04}@example.kz"),
        3 => "жоқ".to_owned(),
        4 => "нет телефона".to_owned(),
        5 => format!("8 701 OOO {ending:04}"),
        6 => format!("+7 799 000 {ending:04}"),
        _ => "7.01E+09".to_owned(),
    }
}

fn name(dice: &mut Dice) -> String {
    let family = dice.one_of(&FAMILIES);
    let person = if dice.below(2) == 0 {
        format!("{family} {}", dice.one_of(&MEN))
    } else {
        format!("{family}а {}", dice.one_of(&WOMEN))
    };
    match dice.below(20) {
        0 => format!("{person}, ЖК"),
        1 => format!("\"{}\" дүкені, {person}", dice.one_of(&["Алма", "Көктем", "Дом чая"])),
        _ => person,
    }
}

fn note(dice: &mut Dice) -> String {
    match dice.below(12) {
        0 => "тұрақты клиент, жеңілдік 5%".to_owned(),
        1 => "звонить после 10:00\nпросил SMS".to_owned(),
        2 => "сказал: \"только сообщения\"".to_owned(),
        _ => String::new(),
    }
}

/// A field as CSV needs it: in quotation marks where it holds a comma, a mark or a line end.
fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\n']) {
        return format!("\"{}\"", field.replace('"', "\"\""));
    }
    field.to_owned()
}

/// Chance that repeats itself: SplitMix64, whose numbers no later version of a library will change.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is above zero and small.
    fn below(&mut self, end: usize) -> usize {
        (self.roll() % end as u64) as usize
    }

    fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(seed: u64) -> Vec<u8> {
        let path = std::env::temp_dir().join(format!("contacts-{seed}-{}.csv", std::process::id()));
        write(&path, seed).expect("a temporary file");
        let bytes = std::fs::read(&path).expect("it was just written");
        std::fs::remove_file(&path).expect("it was just read");
        bytes
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes() {
        assert_eq!(written(7), written(7));
        assert_ne!(written(7), written(8));
    }

    #[test]
    fn the_mixture_is_ten_thousand_rows() {
        assert_eq!(MIXTURE.iter().map(|(_, times)| times).sum::<usize>(), 10_000);
    }

    #[test]
    fn no_two_mobile_numbers_are_the_same() {
        let mut dice = Dice(1);
        let mut all: Vec<String> = (0..10_000).map(|nth| mobile(nth, &mut dice)).collect();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 10_000);
    }
}
