//! The short links of a campaign's text: where each leads and until when, sealed like the text itself (R96).

use serde::{Deserialize, Serialize};

use crate::cell::Tenant;
use crate::database::DbError;
use crate::json;
use crate::row::Row;

/// The links of a text, in the order in which their tokens count them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextLinks {
    /// What stands before every token. It is kept, since the text was priced with it.
    pub base: String,
    /// Each of them.
    pub links: Vec<TextLink>,
}

/// One link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextLink {
    /// What it is called in the text.
    pub name: String,
    /// Where it leads.
    pub address: String,
    /// Until when, Unix milliseconds.
    pub expires_at: i64,
}

impl TextLinks {
    /// What they are called, in their order.
    pub fn names(&self) -> Vec<&str> {
        self.links.iter().map(|link| link.name.as_str()).collect()
    }

    /// As the account's log names them: where they lead by its hash, as the text itself.
    pub(crate) fn in_event(&self) -> serde_json::Value {
        let link = |link: &TextLink| {
            let sha256 = domain::documents::sha256_hex(link.address.as_bytes());
            serde_json::json!({"name": link.name, "address_sha256": sha256, "expires_at": link.expires_at})
        };
        self.links.iter().map(link).collect()
    }
}

impl<D> Tenant<'_, D> {
    /// The links of a campaign that is written.
    pub(super) fn seal_links(&self, campaign: &str, links: &TextLinks) -> Result<Vec<u8>, DbError> {
        self.keys.personal()?.seal(&self.place_of_links(campaign), json(links)?.as_bytes())
    }

    /// The links of a campaign's row, if its text has any.
    pub(crate) fn open_links(&self, campaign: &str, row: &Row) -> Result<Option<TextLinks>, DbError> {
        let Some(sealed) = row.opt_blob("links")? else { return Ok(None) };
        let opened = self.keys.personal()?.open_text(&self.place_of_links(campaign), &sealed)?;
        serde_json::from_str(&opened).map(Some).map_err(|_| DbError::Column("links".to_owned()))
    }

    fn place_of_links(&self, campaign: &str) -> String {
        format!("{} campaign links {campaign}", self.account)
    }
}
