//! Words as they are compared: in lower case, without the letters that only Kazakh has, and without accents.

use domain::unseen::is_unseen;

/// The words of a name in lower case and folded, parted also where programs write `ConsentSource`.
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
    lower.split(|sign: char| !sign.is_alphanumeric()).filter(|word| !word.is_empty()).map(fold).collect()
}

/// A word as it is typed without the letters that only Kazakh has, and without accents.
fn fold(word: &str) -> String {
    word.chars().map(plain).collect()
}

fn plain(letter: char) -> char {
    match letter {
        'ә' => 'а',
        'і' => 'и',
        'ң' => 'н',
        'ғ' => 'г',
        'ү' | 'ұ' => 'у',
        'қ' => 'к',
        'ө' => 'о',
        'һ' => 'х',
        'á' | 'ä' => 'a',
        'ó' | 'ö' => 'o',
        'ú' | 'ü' => 'u',
        'í' | 'ı' => 'i',
        'ń' | 'ñ' => 'n',
        letter => letter,
    }
}

/// Whether a folded text is that one.
pub fn is(text: &str, known: &str) -> bool {
    text.chars().eq(known.chars().map(plain))
}

/// Whether a folded text begins so.
pub fn begins(text: &str, known: &str) -> bool {
    let mut letters = text.chars();
    known.chars().map(plain).all(|letter| letters.next() == Some(letter))
}
