//! Tokens of opt-out links: each names one message, and nobody can make another (R65, R69).
//!
//! A token is the message's row, hidden, and two keyed hashes cut short: one of the message's id, and one of
//! the row, which is checked without looking anything up, so that invented tokens cost no statement. Nothing is
//! stored for a token and no index has to be kept for millions of messages of which a handful are ever looked
//! up; and neither how many messages there are nor which came after which shows in it.

use domain::cell_name::{CellName, ROW_BITS};
use domain::opt_out_links::{TOKEN_BITS, read_token, write_token};

use crate::database::DbError;
use crate::seal::{Keyed, MasterKey, keyed, keyed_hash};

/// Of invented tokens one in 4,096 is looked up.
const CHECK_BITS: u32 = 12;
const TAG_BITS: u32 = TOKEN_BITS - ROW_BITS - CHECK_BITS;
/// What hides the row: check and tag.
const SHOWN_BITS: u32 = CHECK_BITS + TAG_BITS;

/// Makes and reads tokens.
pub struct OptOutLinks {
    key: Keyed,
}

/// The message that a token names, if it is a token of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NamedMessage {
    /// The row.
    pub row: i64,
    tag: u64,
}

impl OptOutLinks {
    /// With the deployment's key.
    pub fn new(master: &MasterKey) -> Result<Self, DbError> {
        Ok(Self { key: keyed(&master.service_key("opt-out links")?, "mac")? })
    }

    fn bits(&self, parts: &[&[u8]], bits: u32) -> u64 {
        let hash = keyed_hash(&self.key, parts);
        hash.first_chunk().map_or(0, |first| u64::from_be_bytes(*first)) >> (64 - bits)
    }

    fn tag(&self, message: &str) -> u64 {
        self.bits(&[b"tag", message.as_bytes()], TAG_BITS)
    }

    fn check(&self, row: u64, tag: u64) -> u64 {
        self.bits(&[b"check", &row.to_be_bytes(), &tag.to_be_bytes()], CHECK_BITS)
    }

    fn mask(&self, shown: u64) -> u64 {
        self.bits(&[b"mask", &shown.to_be_bytes()], ROW_BITS)
    }

    /// The token of a message, by its row and its id.
    pub fn token(&self, row: i64, message: &str) -> Result<String, DbError> {
        let row = u64::try_from(row)
            .ok()
            .filter(|row| row >> ROW_BITS == 0)
            .ok_or_else(|| DbError::Column("id".to_owned()))?;
        let tag = self.tag(message);
        let shown = self.check(row, tag) << TAG_BITS | tag;
        Ok(write_token(u128::from(row ^ self.mask(shown)) << SHOWN_BITS | u128::from(shown)))
    }

    /// Whether a token can be one of ours: known without looking anything up.
    pub fn may_be_ours(&self, token: &str) -> bool {
        self.read(token).is_some()
    }

    /// The cell in which the message of a token was born; `None` for what is no token of ours.
    pub fn cell_of(&self, token: &str) -> Option<CellName> {
        CellName::of_row(self.read(token)?.row)
    }

    /// The row that a token names. Whether the message in it is meant says [`OptOutLinks::is_of`].
    pub(crate) fn read(&self, token: &str) -> Option<NamedMessage> {
        let bits = read_token(token)?;
        let low = |bits: u128, count: u32| (bits & ((1 << count) - 1)) as u64;
        let shown = low(bits, SHOWN_BITS);
        let tag = low(bits, TAG_BITS);
        let row = low(bits >> SHOWN_BITS, ROW_BITS) ^ self.mask(shown);
        let is_ours = self.check(row, tag) == shown >> TAG_BITS;
        is_ours.then_some(NamedMessage { row: i64::try_from(row).ok()?, tag })
    }

    /// Whether a token was made for the message of this id.
    pub(crate) fn is_of(&self, named: NamedMessage, message: &str) -> bool {
        self.tag(message) == named.tag
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(key: u8) -> OptOutLinks {
        OptOutLinks::new(&MasterKey::new([key; 32]).expect("derived")).expect("derived")
    }

    #[test]
    fn a_token_names_its_message_and_no_other() {
        let links = links(7);
        for row in [1, 2, 77, (1 << ROW_BITS) - 1] {
            let token = links.token(row, &format!("msg_{row}")).expect("a token");
            let named = links.read(&token).expect("read");
            assert_eq!(named.row, row);
            assert!(links.is_of(named, &format!("msg_{row}")));
            assert!(!links.is_of(named, &format!("msg_{}", row + 1)));
        }
        assert!(links.token(1 << ROW_BITS, "msg_1").is_err(), "such a row has no token");
        assert!(links.token(-1, "msg_1").is_err());
    }

    /// R65: who has a link of their own can make no other's from it.
    #[test]
    fn a_token_that_was_changed_names_nobody() {
        let links = links(7);
        let token = links.token(77, "msg_77").expect("a token");
        let changed = (0..token.len()).map(|place| {
            let other = if token.as_bytes()[place] == b'0' { "1" } else { "0" };
            format!("{}{other}{}", &token[..place], &token[place + 1..])
        });
        for changed in changed {
            let named = links.read(&changed);
            let is_ours = named.is_some_and(|named| named.row == 77 && links.is_of(named, "msg_77"));
            assert!(!is_ours, "{changed}");
        }
    }

    /// R118, R196: whoever invents tokens by the thousand costs almost nobody a look into the database.
    #[test]
    fn an_invented_token_is_known_for_one_without_looking_anything_up() {
        let links = links(7);
        let real = links.token(77, "msg_77").expect("a token");
        assert!(links.may_be_ours(&real) && links.may_be_ours(&real.to_uppercase()));
        let invented = (0..4_096u128).map(|n| write_token(n.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c)));
        let looked_up = invented.filter(|token| links.may_be_ours(token)).count();
        assert!(looked_up < 16, "{looked_up} of 4,096");
        assert!(!links.may_be_ours("x"));
    }

    #[test]
    fn another_deployments_key_makes_other_tokens() {
        let token = links(7).token(77, "msg_77").expect("a token");
        assert_ne!(links(8).token(77, "msg_77"), Ok(token.clone()));
        let named = links(8).read(&token);
        assert!(!named.is_some_and(|named| named.row == 77 && links(8).is_of(named, "msg_77")));
    }

    /// Neighbours' tokens do not look alike: from one's own nobody learns how many messages there are.
    #[test]
    fn tokens_of_neighbours_share_no_beginning() {
        let links = links(7);
        let tokens: std::collections::BTreeSet<String> = (1..=200)
            .map(|row| links.token(row, &format!("msg_{row}")).expect("a token")[..4].to_owned())
            .collect();
        assert!(tokens.len() > 190, "{} beginnings", tokens.len());
    }
}
