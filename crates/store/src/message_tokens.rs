//! Tokens in links of messages: each names one message and which of its links it is, and nobody can make another
//! (R65, R69, R96).
//!
//! A token is the message's row, hidden, and two keyed hashes cut short: one of the message's id and the link's place,
//! and one of the row, which is checked without looking anything up, so that invented tokens cost no statement.
//! Nothing is stored for a token and no index has to be kept for millions of messages of which a handful are ever
//! looked up; and neither how many messages there are nor which came after which shows in it.

use domain::cell_name::ROW_BITS;
use domain::opt_out_links::{TOKEN_BITS, read_token, write_token};

use crate::database::DbError;
use crate::seal::{Keyed, MasterKey, keyed, keyed_hash};

/// Of invented tokens one in 4,096 is looked up, for each place that a link may have.
const CHECK_BITS: u32 = 12;
const TAG_BITS: u32 = TOKEN_BITS - ROW_BITS - CHECK_BITS;
/// What hides the row: check and tag.
const SHOWN_BITS: u32 = CHECK_BITS + TAG_BITS;

/// Makes and reads the tokens of one kind of link.
pub(crate) struct MessageTokens {
    key: Keyed,
}

/// The message that a token names, if it is a token of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NamedMessage {
    /// The row.
    pub row: i64,
    /// Which of the message's links it is, counted from 0.
    pub place: u8,
    tag: u64,
}

impl MessageTokens {
    /// With the deployment's key; tokens of one kind of link open none of another.
    pub fn new(master: &MasterKey, kind: &str) -> Result<Self, DbError> {
        Ok(Self { key: keyed(&master.service_key(kind)?, "mac")? })
    }

    fn bits(&self, parts: &[&[u8]], bits: u32) -> u64 {
        let hash = keyed_hash(&self.key, parts);
        hash.first_chunk().map_or(0, |first| u64::from_be_bytes(*first)) >> (64 - bits)
    }

    fn tag(&self, message: &str, place: u8) -> u64 {
        self.bits(&[b"tag", &[place], message.as_bytes()], TAG_BITS)
    }

    fn check(&self, row: u64, place: u8, tag: u64) -> u64 {
        self.bits(&[b"check", &row.to_be_bytes(), &[place], &tag.to_be_bytes()], CHECK_BITS)
    }

    fn mask(&self, shown: u64) -> u64 {
        self.bits(&[b"mask", &shown.to_be_bytes()], ROW_BITS)
    }

    /// The token of a link of a message, by the message's row and id and the link's place.
    pub fn token(&self, row: i64, message: &str, place: u8) -> Result<String, DbError> {
        let row = u64::try_from(row)
            .ok()
            .filter(|row| row >> ROW_BITS == 0)
            .ok_or_else(|| DbError::Column("id".to_owned()))?;
        let tag = self.tag(message, place);
        let shown = self.check(row, place, tag) << TAG_BITS | tag;
        Ok(write_token(u128::from(row ^ self.mask(shown)) << SHOWN_BITS | u128::from(shown)))
    }

    /// The row and the place that a token names, of so many places. Whether the message in it is meant says
    /// [`MessageTokens::is_of`].
    pub fn read(&self, token: &str, places: u8) -> Option<NamedMessage> {
        let bits = read_token(token)?;
        let low = |bits: u128, count: u32| (bits & ((1 << count) - 1)) as u64;
        let shown = low(bits, SHOWN_BITS);
        let tag = low(bits, TAG_BITS);
        let row = low(bits >> SHOWN_BITS, ROW_BITS) ^ self.mask(shown);
        let place = (0..places).find(|place| self.check(row, *place, tag) == shown >> TAG_BITS)?;
        Some(NamedMessage { row: i64::try_from(row).ok()?, place, tag })
    }

    /// Whether a token was made for the message of this id.
    pub fn is_of(&self, named: NamedMessage, message: &str) -> bool {
        self.tag(message, named.place) == named.tag
    }
}
