//! Short links that recipients open: where each leads, and who opened it (R96).
//!
//! Kept is the best that was seen of whoever opened a link of a message, and when; never from where or with what. It
//! dies with the contact, and what was counted stays, which names nobody.

use domain::link_visits::Visitor;

use crate::cell::messages::counts::Response;
use crate::cell::messages::text_links::TextLink;
use crate::cell::{Cell, Tenant};
use crate::database::{Database, DbError, transaction};
use crate::row::Row;
use crate::{VisitLinks, params, sql};

/// Whoever opens a link again within this time has not come a second time: pages are loaded twice, and one link is
/// no reason to write all day.
const COUNTED_AGAIN_MS: i64 = 60_000;

/// A short link that somebody opens.
pub struct ShortLink<'a, D> {
    tenant: Tenant<'a, D>,
    campaign: String,
    /// To whom it was sent; `None` once they are forgotten.
    contact: Option<String>,
    /// The message's row.
    row: i64,
    place: u8,
    link: TextLink,
}

/// How often a link of a campaign was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LinkCounts {
    /// Which of the text's links it is, from 0.
    pub place: usize,
    /// By people.
    pub visits: i64,
    /// People: messages of which a person opened it.
    pub visitors: i64,
    /// By programs that preview or check links.
    pub previews: i64,
    /// By whom nobody can tell.
    pub unknown: i64,
}

/// What is known of a link's visits.
struct Before {
    visitor: Visitor,
    visited_at: i64,
    counted_at: i64,
}

impl Before {
    fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            visitor: row.read("visitor", Visitor::parse)?,
            visited_at: row.int("visited_at")?,
            counted_at: row.int("counted_at")?,
        })
    }

    /// Whether a visit says anything new.
    fn counts(&self, visitor: Visitor, now: i64) -> bool {
        visitor > self.visitor || now.saturating_sub(self.counted_at) >= COUNTED_AGAIN_MS
    }
}

impl<'a, D: Database> Cell<'a, D> {
    /// The link that a token names; `None` for a token that no message here has, and where the account or the text is
    /// gone.
    pub async fn short_link(&self, token: &str) -> Result<Option<ShortLink<'a, D>>, DbError> {
        let links = VisitLinks::new(self.keys)?;
        let Some(named) = links.read(token) else { return Ok(None) };
        let rows = self.db.query(sql!("link_visits.sql", "linked_message"), params![named.row]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        if !links.is_of(named, &row.text("message")?) {
            return Ok(None);
        }
        let Some(tenant) = self.tenant(&row.text("account")?).await? else { return Ok(None) };
        if tenant.keys.personal.is_none() {
            return Ok(None);
        }
        let campaign = row.text("campaign")?;
        let links = tenant.open_links(&campaign, row)?.map(|links| links.links).unwrap_or_default();
        let Some(link) = links.into_iter().nth(named.place.into()) else { return Ok(None) };
        let contact = row.opt_text("contact")?;
        Ok(Some(ShortLink { tenant, campaign, contact, row: named.row, place: named.place, link }))
    }
}

impl<D: Database> ShortLink<'_, D> {
    /// Where it leads; `None` once it has expired.
    pub fn leads_to(&self, now: i64) -> Option<&str> {
        (now < self.link.expires_at).then_some(self.link.address.as_str())
    }

    /// The language of the account that sent it: `kk`, `ru` or `en`.
    pub fn language(&self) -> &str {
        self.tenant.language()
    }

    /// Keeps and counts that somebody opened it. While the account moves, or when the contact is gone, nothing is.
    pub async fn note_visit(&self, visitor: Visitor, now: i64) -> Result<(), DbError> {
        let Some(contact) = &self.contact else { return Ok(()) };
        let before = self.before(self.tenant.db, contact).await?;
        if before.is_some_and(|before| !before.counts(visitor, now)) {
            return Ok(());
        }
        let noted = transaction(self.tenant.db, async |db| {
            // Who opens it twice at once is counted once.
            let before = self.before(db, contact).await?;
            if before.as_ref().is_some_and(|before| !before.counts(visitor, now)) {
                return Ok(());
            }
            self.keep_visit(db, contact, before, visitor, now).await
        });
        match noted.await {
            Err(DbError::AccountMoving) => Ok(()),
            noted => noted,
        }
    }

    async fn before(&self, db: &D, contact: &str) -> Result<Option<Before>, DbError> {
        let parameters = params![&self.tenant.account, contact, self.row, i64::from(self.place)];
        let rows = db.query(sql!("link_visits.sql", "before"), parameters).await?;
        rows.first().map(Before::from_row).transpose()
    }

    /// Belongs inside a transaction.
    async fn keep_visit(
        &self,
        db: &D,
        contact: &str,
        before: Option<Before>,
        visitor: Visitor,
        now: i64,
    ) -> Result<(), DbError> {
        let (account, place) = (&self.tenant.account, i64::from(self.place));
        let best = before.as_ref().map_or(visitor, |before| before.visitor.max(visitor));
        let since = before.as_ref().filter(|before| before.visitor == best).map(|before| before.visited_at);
        let is_known = self.was_visited(db, contact).await?;
        let parameters = params![account, contact, self.row, place, best.as_str(), since.unwrap_or(now), now];
        if db.query(sql!("link_visits.sql", "keep"), parameters).await?.is_empty() {
            return Ok(());
        }
        let is = |wanted: Visitor| i64::from(visitor == wanted);
        let first = before.is_none_or(|before| before.visitor < Visitor::Person);
        let visits = is(Visitor::Person);
        let visitors = if first { visits } else { 0 };
        let parameters = params![
            account,
            &self.campaign,
            place,
            visits,
            visitors,
            is(Visitor::Preview),
            is(Visitor::Unknown)
        ];
        db.query(sql!("link_visits.sql", "count"), parameters).await?;
        // A person who opens two links of a message is one visitor of its campaign.
        let visitors = if is_known { 0 } else { visits };
        let response = Response { visits, visitors, opt_outs: 0 };
        self.tenant.note_response(db, self.row, response, now).await
    }

    /// Whether a person opened any link of the message before.
    async fn was_visited(&self, db: &D, contact: &str) -> Result<bool, DbError> {
        let parameters = params![&self.tenant.account, contact, self.row];
        Ok(!db.query(sql!("link_visits.sql", "was_visited"), parameters).await?.is_empty())
    }
}

impl<D: Database> Tenant<'_, D> {
    /// How often the links of a campaign were opened; of those that were.
    pub async fn link_counts(&self, campaign: &str) -> Result<Vec<LinkCounts>, DbError> {
        let rows = self.db.query(sql!("link_visits.sql", "counts"), params![&self.account, campaign]).await?;
        let counts = |row: &Row| {
            Ok(LinkCounts {
                place: row.number("place")?,
                visits: row.int("visits")?,
                visitors: row.int("visitors")?,
                previews: row.int("previews")?,
                unknown: row.int("unknown")?,
            })
        };
        rows.iter().map(counts).collect()
    }
}
