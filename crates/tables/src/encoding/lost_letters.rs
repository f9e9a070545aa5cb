//! Files whose Kazakh letters were lost when they were saved: an encoding without them puts a question mark in the place
//! of each (R70). What is lost cannot be read again from such a file, only saved anew from the table.

/// Letters that such a file has none of. І is not among them: Windows-1251 has it.
const LOST: &str = "әғқңөұүһӘҒҚҢӨҰҮҺ";
/// A cell with more words is a remark, in which people do ask.
const WORDS_MAX: usize = 5;
/// Of so many names one at least is damaged.
const NAMES_FOR_ONE: usize = 200;

/// Whether names look as if their Kazakh letters had been lost. A question mark counts where nobody asks: between two
/// Cyrillic letters, or before a small one that begins a word. Where some of those letters are still there, nothing was
/// lost on saving.
pub fn lost_letters<'n>(names: impl Iterator<Item = &'n str>) -> bool {
    let (mut all, mut damaged, mut whole) = (0, 0, 0);
    for name in names.filter(|name| !name.trim().is_empty()) {
        all += 1;
        whole += usize::from(name.contains(|letter| LOST.contains(letter)));
        damaged += usize::from(is_damaged(name));
    }
    whole == 0 && damaged > all / NAMES_FOR_ONE
}

fn is_damaged(name: &str) -> bool {
    name.split_whitespace().count() <= WORDS_MAX && name.split_whitespace().any(is_damaged_word)
}

/// Whether a run of one or two marks stands in a word for letters. `Иванов?Петров` and `?Иванов` are questions.
fn is_damaged_word(word: &str) -> bool {
    let word = word.trim_start_matches(|sign: char| !sign.is_alphanumeric() && !is_mark(sign));
    let mut rest = word;
    let mut before = None;
    while let Some(place) = rest.find(is_mark) {
        let behind = rest[place..].trim_start_matches(is_mark);
        let marks = rest[place..rest.len() - behind.len()].chars().count();
        let before_here = rest[..place].chars().next_back().or(before);
        let after = behind.chars().next().filter(|letter| is_cyrillic(*letter));
        let in_word = match (before_here, after) {
            (Some(before), Some(after)) => {
                is_cyrillic(before) && (before.is_uppercase() || after.is_lowercase())
            }
            (None, Some(after)) => after.is_lowercase(),
            (_, None) => false,
        };
        if in_word && marks <= 2 {
            return true;
        }
        before = Some('?');
        rest = behind;
    }
    false
}

/// What programs write for a letter that they cannot.
const fn is_mark(sign: char) -> bool {
    matches!(sign, '?' | '\u{fffd}')
}

fn is_cyrillic(letter: char) -> bool {
    matches!(letter, '\u{400}'..='\u{52f}')
}
