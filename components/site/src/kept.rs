//! What an instance keeps: files and pages put together, with their entity tags. They are the same for everybody and do
//! not change while an instance lives, which is some seconds.

use std::cell::RefCell;
use std::collections::HashMap;

use bytes::Bytes;
use domain::hexadecimal::hex;
use http::HeaderValue;
use sha2::{Digest, Sha256};

/// More are not kept: addresses can be invented without end, files cannot.
const CONTENTS_MAX: usize = 128;

/// A body and its entity tag.
#[derive(Clone, Debug)]
pub struct Content {
    pub body: Bytes,
    pub tag: HeaderValue,
}

/// By what they are called.
#[derive(Default)]
pub struct Kept(RefCell<HashMap<String, Content>>);

impl Kept {
    /// What is kept under a name, or what is made now; nothing when it cannot be made.
    pub fn get_or_make(&self, name: &str, make: impl FnOnce() -> Option<Vec<u8>>) -> Option<Content> {
        if let Some(content) = self.0.borrow().get(name) {
            return Some(content.clone());
        }
        let content = Content::of(make()?);
        let mut kept = self.0.borrow_mut();
        if kept.len() < CONTENTS_MAX {
            kept.insert(name.to_owned(), content.clone());
        }
        Some(content)
    }
}

impl Content {
    fn of(body: Vec<u8>) -> Self {
        let tag = HeaderValue::try_from(entity_tag(&body)).unwrap_or(HeaderValue::from_static("\"\""));
        Self { body: Bytes::from(body), tag }
    }
}

/// Sixteen bytes of the body's SHA-256 in quotes: the same on every instance and host.
fn entity_tag(body: &[u8]) -> String {
    format!("\"{}\"", hex(&Sha256::digest(body)[..16]))
}

#[cfg(test)]
mod tests {
    use super::{CONTENTS_MAX, Kept};

    #[test]
    fn what_was_made_once_is_not_made_again() {
        let kept = Kept::default();
        let first = kept.get_or_make("a", || Some(b"text".to_vec())).expect("made");
        let again = kept.get_or_make("a", || None).expect("kept");
        assert_eq!((first.body, first.tag), (again.body, again.tag));
        assert!(kept.get_or_make("b", || None).is_none());
    }

    #[test]
    fn invented_addresses_do_not_fill_the_memory() {
        let kept = Kept::default();
        for n in 0..2 * CONTENTS_MAX {
            assert!(kept.get_or_make(&n.to_string(), || Some(Vec::new())).is_some());
        }
        assert_eq!(kept.0.borrow().len(), CONTENTS_MAX);
    }
}
