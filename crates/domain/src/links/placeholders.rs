//! Links in a text before it is sent: `{link:name}`, in whose place each recipient's own link comes (R50, R96).

use crate::links::LINKS_MAX;
use crate::opt_out_links::write_token;

/// The longest name of a link.
pub const NAME_CHARACTERS_MAX: usize = 20;

const BEGINS: &str = "{link:";
const ENDS: char = '}';

/// Why a text and its links do not go together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinksError {
    /// There are more of them than a text carries.
    #[error("too many links")]
    TooMany,
    /// The name of this link, counted from 0, is none, or another has it too.
    #[error("the name of link {0} is none, or there twice")]
    Name(usize),
    /// This link, counted from 0, stands nowhere in the text.
    #[error("link {0} does not stand in the text")]
    NotInText(usize),
    /// The text names a link that is not there.
    #[error("the text names a link that is not there")]
    NotGiven,
}

/// Whether every link has a name and a place in the text, and every place its link.
pub fn check_names(text: &str, names: &[&str]) -> Result<(), LinksError> {
    if names.len() > LINKS_MAX {
        return Err(LinksError::TooMany);
    }
    let is_name = |name: &str| {
        (1..=NAME_CHARACTERS_MAX).contains(&name.len())
            && name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte))
    };
    let twice = |place: usize, name: &str| names.iter().take(place).any(|before| *before == name);
    let unfit = names.iter().enumerate().position(|(place, name)| !is_name(name) || twice(place, name));
    if let Some(unfit) = unfit {
        return Err(LinksError::Name(unfit));
    }
    let template = Template::new(text, names).ok_or(LinksError::NotGiven)?;
    let stands =
        |place: usize| template.0.iter().any(|piece| matches!(piece, Piece::Link(at) if *at == place));
    match (0..names.len()).find(|place| !stands(*place)) {
        Some(missing) => Err(LinksError::NotInText(missing)),
        None => Ok(()),
    }
}

/// A text with the places of its links, read once for all who get it.
pub struct Template<'t>(Vec<Piece<'t>>);

enum Piece<'t> {
    Text(&'t str),
    /// The link of this place among the names.
    Link(usize),
}

impl<'t> Template<'t> {
    /// `None` where the text names a link that is not there.
    pub fn new(text: &'t str, names: &[&str]) -> Option<Self> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once(BEGINS) {
            let (name, after) = behind.split_once(ENDS)?;
            let place = names.iter().position(|known| *known == name)?;
            pieces.extend([Piece::Text(before), Piece::Link(place)]);
            rest = after;
        }
        pieces.push(Piece::Text(rest));
        Some(Self(pieces))
    }

    /// The text for one recipient, whose token for each place `tokens` holds. A place without one stays empty.
    pub fn write(&self, base: &str, tokens: &[String]) -> String {
        let link_length = |place: &usize| base.len() + tokens.get(*place).map_or(0, String::len);
        let length = self.0.iter().map(|piece| match piece {
            Piece::Text(text) => text.len(),
            Piece::Link(place) => link_length(place),
        });
        let mut text = String::with_capacity(length.sum());
        for piece in &self.0 {
            match piece {
                Piece::Text(words) => text.push_str(words),
                Piece::Link(place) => {
                    text.push_str(base);
                    text.push_str(tokens.get(*place).map_or("", String::as_str));
                }
            }
        }
        text
    }
}

/// The names that a text puts in the places of links, in their order, as far as they can be read.
pub fn names_in(text: &str) -> Vec<&str> {
    let behind = text.split(BEGINS).skip(1);
    let mut names = Vec::new();
    for (name, _) in behind.filter_map(|behind| behind.split_once(ENDS)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// A text with links whose tokens stand for any: to measure and to price the text before it is sent. `None` where
/// it names a link that is not there.
pub fn with_any_links(text: &str, names: &[&str], base: &str) -> Option<String> {
    let tokens = vec![write_token(0); names.len()];
    Some(Template::new(text, names)?.write(base, &tokens))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::opt_out_links::TOKEN_BITS;
    use crate::segments::segment;
    use proptest::prelude::*;

    const BASE: &str = "https://send-box.com/l/";

    /// Nobody is sent a text with a hole in it.
    #[test]
    fn a_place_without_its_link_is_refused() {
        for text in [
            "{link:sale}",
            "a {link:shop} b {link:sale}",
            "{link:}",
            "{link: shop}",
            "{link:shop",
            "{link:Shop}",
        ] {
            assert_eq!(check_names(text, &["shop"]), Err(LinksError::NotGiven), "{text}");
        }
        assert_eq!(check_names("{link:shop}", &[]), Err(LinksError::NotGiven));
    }

    #[test]
    fn a_link_without_its_place_is_refused() {
        assert_eq!(check_names("a", &["shop"]), Err(LinksError::NotInText(0)));
        assert_eq!(check_names("{link:shop}", &["shop", "sale"]), Err(LinksError::NotInText(1)));
        assert_eq!(check_names("{ link:shop}", &["shop"]), Err(LinksError::NotInText(0)));
    }

    #[test]
    fn a_name_that_is_none_or_there_twice_is_refused() {
        let long = "a".repeat(NAME_CHARACTERS_MAX + 1);
        for name in ["", "Shop", "дүкен", "a b", "a}", &long] {
            assert_eq!(check_names(&format!("{{link:{name}}}"), &[name]), Err(LinksError::Name(0)), "{name}");
        }
        assert_eq!(check_names("{link:a}", &["a", "a"]), Err(LinksError::Name(1)));
        assert_eq!(check_names("", &["a", "b", "c", "d"]), Err(LinksError::TooMany));
    }

    #[test]
    fn each_place_gets_its_own_link_wherever_it_stands() {
        let text = "{link:b}, {link:a} or {link:b}: {sale}";
        assert_eq!(check_names(text, &["a", "b"]), Ok(()));
        let template = Template::new(text, &["a", "b"]).expect("read");
        let sent = template.write("h/", &["1".to_owned(), "2".to_owned()]);
        assert_eq!(sent, "h/2, h/1 or h/2: {sale}");
        assert_eq!(check_names("no link", &[]), Ok(()));
        assert_eq!(names_in(text), ["b", "a"]);
        assert_eq!(names_in("{link:a} {link:b"), ["a"]);
    }

    proptest! {
        /// R50: what was measured and agreed to is what is sent, whatever the tokens.
        #[test]
        fn every_text_takes_the_room_that_was_measured(
            before in "[a-zA-Zәқа-я ]{0,200}",
            behind in "[a-zA-Zәқа-я ]{0,200}",
            first in 0u128..1 << TOKEN_BITS,
            second in 0u128..1 << TOKEN_BITS,
        ) {
            let text = format!("{before}{{link:a}}{behind}{{link:b}}");
            let measured = with_any_links(&text, &["a", "b"], BASE).expect("measured");
            let template = Template::new(&text, &["a", "b"]).expect("read");
            let sent = template.write(BASE, &[write_token(first), write_token(second)]);
            prop_assert_eq!(segment(&sent), segment(&measured));
        }

        #[test]
        fn no_text_stops_the_reader(text in "(\\{link:|a|\\}|\\PC){0,12}") {
            let _ = check_names(&text, &["a"]);
        }
    }
}
