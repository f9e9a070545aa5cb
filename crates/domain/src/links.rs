//! Short links in texts: where they may lead, how long they work, and how they stand in a text (R96).
//!
//! A link of ours leads where its account said and nowhere else. What may be said is kept narrow on purpose: a
//! name that everybody on the internet can reach, and never ourselves, since such a link would come back to us. No
//! library reads addresses here: one that takes whatever a browser would take has to be told what to refuse
//! afterwards, and brings the tables of all the world's scripts into every component.

mod address;
mod placeholders;

pub use address::{ADDRESS_BYTES_MAX, AddressError, read_address};
pub use placeholders::{LinksError, NAME_CHARACTERS_MAX, Template, check_names, names_in, with_any_links};

use crate::opt_out_links::base_at;

/// Links in one text at most.
pub const LINKS_MAX: usize = 3;

const HOUR_MS: i64 = 60 * 60 * 1000;
/// A link works so long at least: messages may wait a night before they are sent.
pub const LASTS_MS_MIN: i64 = 24 * HOUR_MS;
/// And so long at most, also where nothing is said: who was written to a year ago is asked anew.
pub const LASTS_MS_MAX: i64 = 366 * 24 * HOUR_MS;

/// The end of a link is too near or too far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a link works for a day at least and for a year at most")]
pub struct ExpiryError;

/// Until when a link works that is made at an instant; both in Unix milliseconds.
pub fn read_expiry(asked: Option<i64>, now: i64) -> Result<i64, ExpiryError> {
    let bounds = now.saturating_add(LASTS_MS_MIN)..=now.saturating_add(LASTS_MS_MAX);
    let expires_at = asked.unwrap_or(*bounds.end());
    if bounds.contains(&expires_at) { Ok(expires_at) } else { Err(ExpiryError) }
}

/// What stands before the token in every short link of a deployment: `https://sms.example.kz/l/`. `None` for an
/// address that makes no link.
pub fn visit_base(public_url: &str) -> Option<String> {
    base_at(public_url, "l")
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_MS: i64 = 24 * HOUR_MS;

    /// R96: a link that works for ever would tell of people for ever.
    #[test]
    fn a_link_works_for_a_day_at_least_and_for_a_year_at_most() {
        let now = 1_795_150_800_000;
        for refused in [0, now, now + DAY_MS - 1, now + 366 * DAY_MS + 1, i64::MIN, i64::MAX] {
            assert_eq!(read_expiry(Some(refused), now), Err(ExpiryError), "{refused}");
        }
        for taken in [now + DAY_MS, now + 366 * DAY_MS] {
            assert_eq!(read_expiry(Some(taken), now), Ok(taken));
        }
        assert_eq!(read_expiry(None, now), Ok(now + 366 * DAY_MS), "nothing was said");
    }

    #[test]
    fn short_links_stand_beside_those_for_refusing() {
        assert_eq!(visit_base("https://send-box.com/").as_deref(), Some("https://send-box.com/l/"));
        assert_eq!(visit_base("send-box.com"), None);
    }
}
