//! Ids as types of their own: what is meant for a campaign cannot be given for an account, and a text that has not
//! the form of an id is refused before anything is looked up.

use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use domain::ids::IdKind;
use serde::{Deserialize, Deserializer, Serialize};

/// Why a text is no id. What has not its form is answered as one that does not exist: it is the code of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnId;

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not_found")
    }
}

/// One kind of id.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $kind:ident, $example:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// An id that the store gave: it was made here, so nobody asks again whether it is one.
            pub fn stored(id: impl Into<String>) -> Self {
                Self(id.into())
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                if IdKind::$kind.is_id(text) { Ok(Self(text.to_owned())) } else { Err(NotAnId) }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }

        impl Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        #[cfg(feature = "description")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                described(IdKind::$kind, $example)
            }
        }

        #[cfg(feature = "description")]
        impl utoipa::ToSchema for $name {}
    };
}

#[cfg(feature = "description")]
fn described(kind: IdKind, example: &str) -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
    utoipa::openapi::ObjectBuilder::new()
        .schema_type(utoipa::openapi::Type::String)
        .pattern(Some(format!("^{}[0-9a-f]{{32}}$", kind.prefix())))
        .examples([example])
        .into()
}

id!(/** A business customer. */ AccountId, Account, "acc_019350c2a7e87c3f9a51d0b6c4e2f801");
id!(/** A signed-in browser. */ SessionId, Session, "ses_019350c2a7e87c3f9a51d0b6c4e2f802");
id!(/** A program's key. */ ApiKeyId, ApiKey, "key_019350c2a7e87c3f9a51d0b6c4e2f803");
id!(/** One upload of contacts. */ ImportId, Import, "imp_019350c2a7e87c3f9a51d0b6c4e2f804");
id!(/** A recipient in an account's base. */ ContactId, Contact, "con_019350c2a7e87c3f9a51d0b6c4e2f805");
id!(/** A blacklisted number. */ BlacklistEntryId, BlacklistEntry, "bls_019350c2a7e87c3f9a51d0b6c4e2f806");
id!(/** A campaign. */ CampaignId, Campaign, "cmp_019350c2a7e87c3f9a51d0b6c4e2f807");
id!(/** One message to one recipient. */ MessageId, Message, "msg_019350c2a7e87c3f9a51d0b6c4e2f808");
id!(/** A ledger transfer. */ TransferId, Transfer, "trn_019350c2a7e87c3f9a51d0b6c4e2f809");
id!(/** A consent or acceptance. */ ConsentId, Consent, "cns_019350c2a7e87c3f9a51d0b6c4e2f80a");
id!(/** A request to delete an account. */ DeletionId, Deletion, "del_019350c2a7e87c3f9a51d0b6c4e2f80b");
id!(/** A recording. */ AudioId, Audio, "aud_019350c2a7e87c3f9a51d0b6c4e2f80c");
id!(/** What staff decided. */ DecisionId, Decision, "dcn_019350c2a7e87c3f9a51d0b6c4e2f80d");
id!(/** One run of scores. */ ScoringId, Scoring, "scg_019350c2a7e87c3f9a51d0b6c4e2f80e");
id!(/** An appeal or a review. */ AppealId, Appeal, "apl_019350c2a7e87c3f9a51d0b6c4e2f80f");
id!(/** A list of contacts. */ ListId, List, "lst_019350c2a7e87c3f9a51d0b6c4e2f813");
id!(/** A saved audience. */ AudienceId, Audience, "adn_019350c2a7e87c3f9a51d0b6c4e2f812");
id!(/** A tag. */ TagId, Tag, "tag_019350c2a7e87c3f9a51d0b6c4e2f811");
id!(/** A look-up of numbers. */ LookupId, Lookup, "lup_019350c2a7e87c3f9a51d0b6c4e2f814");
id!(/** What was done at a person's request. */ PersonRequestId, PersonRequest, "prq_019350c2a7e87c3f9a51d0b6c4e2f810");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_another_kind_is_no_id() {
        let campaign = "cmp_019350c2a7e87c3f9a51d0b6c4e2f807";
        assert_eq!(campaign.parse::<CampaignId>().map(String::from), Ok(campaign.to_owned()));
        assert_eq!(campaign.parse::<AccountId>(), Err(NotAnId));
        assert!(serde_json::from_value::<AccountId>(campaign.into()).is_err());
    }

    #[test]
    fn an_id_is_written_as_its_text() {
        let id: MessageId = "msg_019350c2a7e87c3f9a51d0b6c4e2f808".parse().expect("an id");
        assert_eq!(serde_json::to_value(&id).expect("a text"), *id);
    }
}
