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
    /// Consents of people to automated decisions.
    DecisionConsents,
    /// All that people said of automated decisions, also against them: of twice as many people as there can be contacts.
    DecisionStances,
    /// Appeals against decisions. There are no scores yet that anybody could decide by.
    Appeals,
    /// Receipts of what was done at people's requests.
    PersonRequests,
    /// Who is in lists and has tags.
    ListMembers,
    /// Audiences under a name.
    SavedAudiences,
    /// Names of contacts' fields: as many as the uploads can bring, and some more.
    Fields,
}

impl Kept {
    /// How many of it an account keeps at most before it has paid anything.
    pub const fn most_unpaid(self) -> u32 {
        match self {
            Self::Contacts | Self::Blacklisted | Self::DecisionConsents => 10_000,
            Self::DecisionStances => 20_000,
            Self::ListMembers => 50_000,
            Self::Appeals | Self::PersonRequests => 1_000,
            Self::Fields => 500,
            Self::Imports | Self::Drafts | Self::SavedAudiences => 20,
            Self::Recordings => 5,
        }
    }
}

/// How many bytes of files that wait to be read it keeps: those of its contacts with a whole row each, and some more.
pub const FILE_BYTES_UNPAID_MAX: i64 = 8 * 1024 * 1024;

/// How many bytes it keeps of how people said what they think of automated decisions: of each person their own copy is
/// sealed, so that a short request could fill a disk with one long sentence.
pub const SAID_BYTES_UNPAID_MAX: usize = 1_000;

const _: () = assert!(Kept::Recordings.most_unpaid() < RECORDINGS_MAX);
