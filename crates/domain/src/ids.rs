//! Ids: a prefix that says what is meant, and a UUIDv7, so that ids sort by time of birth.

use crate::cell_name::CellName;
use crate::hexadecimal::hex;

/// What an id names. The prefix is part of the id wherever it is stored or shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdKind {
    /// A business customer.
    Account,
    /// A signed-in browser.
    Session,
    /// A program's key.
    ApiKey,
    /// One upload of contacts.
    Import,
    /// A recipient in an account's base.
    Contact,
    /// A blacklisted number.
    BlacklistEntry,
    /// A campaign.
    Campaign,
    /// One message to one recipient.
    Message,
    /// A ledger transfer.
    Transfer,
    /// A consent or acceptance record.
    Consent,
    /// A request to delete an account.
    Deletion,
    /// A recording.
    Audio,
    /// What staff decided about an account.
    Decision,
    /// One run of scores over a base.
    Scoring,
    /// A person's appeal against an automated decision, or their wish that a human reviews it.
    Appeal,
    /// A list of contacts.
    List,
    /// A word that contacts have in common.
    Tag,
    /// An audience that is kept under a name.
    Audience,
    /// What was done at a person's request.
    PersonRequest,
    /// A look-up of numbers at an operator.
    Lookup,
}

impl IdKind {
    /// Four characters with the underscore.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Account => "acc_",
            Self::Session => "ses_",
            Self::ApiKey => "key_",
            Self::Import => "imp_",
            Self::Contact => "con_",
            Self::BlacklistEntry => "bls_",
            Self::Campaign => "cmp_",
            Self::Message => "msg_",
            Self::Transfer => "trn_",
            Self::Consent => "cns_",
            Self::Deletion => "del_",
            Self::Audio => "aud_",
            Self::Decision => "dcn_",
            Self::Scoring => "scg_",
            Self::Appeal => "apl_",
            Self::List => "lst_",
            Self::Tag => "tag_",
            Self::Audience => "adn_",
            Self::PersonRequest => "prq_",
            Self::Lookup => "lup_",
        }
    }

    /// A new id for the instant `unix_ms` from ten random bytes: RFC 9562 version 7. Where the thing is born in a cell,
    /// the first twelve random bits are the cell's number instead, as section 6.2 allows.
    pub fn new_id(self, unix_ms: i64, mut random: [u8; 10], cell: Option<CellName>) -> String {
        if let Some(cell) = cell {
            random[..2].copy_from_slice(&cell.number().to_be_bytes());
        }
        let mut bytes = [0u8; 16];
        bytes[..6].copy_from_slice(&unix_ms.to_be_bytes()[2..]);
        bytes[6..].copy_from_slice(&random);
        bytes[6] = 0x70 | (bytes[6] & 0x0f);
        bytes[8] = 0x80 | (bytes[8] & 0x3f);
        self.prefix().to_owned() + &hex(&bytes)
    }

    /// The cell that a thing was born in, where its id says so. It may have moved since, and ids that name no cell may
    /// seem to: what is not found there is looked for elsewhere.
    pub fn cell_of(id: &str) -> Option<CellName> {
        CellName::numbered(u16::from_str_radix(id.get(17..20)?, 16).ok()?)
    }

    /// Whether a text from outside has the form of such an id. A text that has not is answered
    /// as an id that does not exist.
    pub fn is_id(self, text: &str) -> bool {
        text.len() == 36
            && text.starts_with(self.prefix())
            && text.as_bytes()[4..].iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_version_7_uuid_behind_its_prefix() {
        let id = IdKind::Message.new_id(0x018b_cfe5_6800, [0xff; 10], None);
        assert_eq!(id, "msg_018bcfe568007fffbfffffffffffffff");
        assert!(IdKind::Message.is_id(&id));
        assert!(!IdKind::Account.is_id(&id));
    }

    #[test]
    fn an_id_says_the_cell_that_it_was_born_in() {
        for number in [1, 2, 32] {
            let cell = CellName::numbered(number);
            let id = IdKind::Campaign.new_id(0x018b_cfe5_6800, [0xff; 10], cell);
            assert!(IdKind::Campaign.is_id(&id));
            assert_eq!(IdKind::cell_of(&id), cell);
        }
        assert_eq!(IdKind::cell_of("msg_018bcfe568007fffbfffffffffffffff"), None);
        assert_eq!(IdKind::cell_of("msg_"), None);
    }

    #[test]
    fn later_ids_sort_later() {
        assert!(IdKind::Contact.new_id(1, [0xff; 10], None) < IdKind::Contact.new_id(2, [0; 10], None));
    }
}
