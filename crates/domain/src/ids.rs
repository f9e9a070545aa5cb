//! Ids: a prefix that says what is meant, and a UUIDv7, so that ids sort by time of birth.

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
        }
    }

    /// A new id for the instant `unix_ms` from ten random bytes: RFC 9562 version 7.
    pub fn new_id(self, unix_ms: i64, random: [u8; 10]) -> String {
        use std::fmt::Write;
        let mut bytes = [0u8; 16];
        bytes[..6].copy_from_slice(&unix_ms.to_be_bytes()[2..]);
        bytes[6..].copy_from_slice(&random);
        bytes[6] = 0x70 | (bytes[6] & 0x0f);
        bytes[8] = 0x80 | (bytes[8] & 0x3f);
        let mut id = String::with_capacity(36);
        id.push_str(self.prefix());
        for byte in bytes {
            // Writing to a String cannot fail.
            let _ = write!(id, "{byte:02x}");
        }
        id
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
        let id = IdKind::Message.new_id(0x018b_cfe5_6800, [0xff; 10]);
        assert_eq!(id, "msg_018bcfe568007fffbfffffffffffffff");
        assert!(IdKind::Message.is_id(&id));
        assert!(!IdKind::Account.is_id(&id));
    }

    #[test]
    fn later_ids_sort_later() {
        assert!(IdKind::Contact.new_id(1, [0xff; 10]) < IdKind::Contact.new_id(2, [0; 10]));
    }
}
