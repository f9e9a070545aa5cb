//! What an account may keep before its first payment: enough to try everything, too little to fill disks for
//! nothing (R118).

use crate::audio::RECORDINGS_MAX;

/// What is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Contacts.
    Contacts,
    /// Uploads of contacts: each may list ten thousand problems.
    Imports,
    /// Numbers that the account itself put on its blacklist. Those that recipients put there have no limit.
    Blacklisted,
    /// Recordings.
    Recordings,
    /// Drafts of campaigns.
    Drafts,
    /// Consents of people to automated decisions. What they say against them has no limit.
    DecisionConsents,
}

impl Kept {
    /// How many of it an account keeps at most before it has paid anything.
    pub const fn most_unpaid(self) -> u32 {
        match self {
            Self::Contacts | Self::Blacklisted | Self::DecisionConsents => 10_000,
            Self::Imports | Self::Drafts => 20,
            Self::Recordings => 5,
        }
    }
}

/// How many bytes of files that wait to be read it keeps: those of its contacts with a whole row each, and some more.
pub const FILE_BYTES_UNPAID_MAX: i64 = 8 * 1024 * 1024;

const _: () = assert!(Kept::Recordings.most_unpaid() < RECORDINGS_MAX);
