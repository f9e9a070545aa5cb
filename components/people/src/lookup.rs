//! Who wrote to a number, over all accounts of all cells: what staff answer a complaint by (R90).

use api::ids::AccountId;
use api::people::{FoundByStaff, LookUp, Reached, SentToPerson};
use chrono::{DateTime, Duration};
use domain::cell_name::CellName;
use domain::hours::DayHours;
use domain::ids::IdKind;
use edge::{Answer, Call, Code, Deployment, Problem, Result, json, said_by_staff};
use store::SpinDatabase;
use store::cell::{Cell, HistoryItem, Tenant};

use crate::phones;

/// Steps of one request: each goes through up to 2,000 campaigns of one account.
const STEPS_MAX: usize = 500;

/// Where the look-up goes on: in an account below a campaign, or behind an account.
struct Place {
    cell: CellName,
    account: String,
    campaign: Option<String>,
}

impl Place {
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let cell = CellName::parse(parts.next()?)?;
        let account = parts.next()?.to_owned();
        let campaign = Some(parts.next()?.to_owned()).filter(|campaign| !campaign.is_empty());
        let fits = IdKind::Account.is_id(&account)
            && campaign.as_ref().is_none_or(|campaign| IdKind::Campaign.is_id(campaign));
        (fits && parts.next().is_none()).then_some(Self { cell, account, campaign })
    }

    fn text(&self) -> String {
        format!("{}.{}.{}", self.cell.label(), self.account, self.campaign.as_deref().unwrap_or_default())
    }
}

/// One look-up as far as one request goes.
struct Look<'l> {
    deployment: &'l Deployment,
    act: &'l store::Act,
    phone: &'l str,
    by: &'l str,
    basis: &'l str,
    steps: usize,
    items: Vec<SentToPerson>,
}

/// `POST /internal/people/lookup`
pub async fn look(mut call: Call) -> Result<Answer> {
    let act = call.staff().await?;
    let form: LookUp = call.json().await?;
    let phone = phones::read(&form.phone)?;
    let (by, basis) = said_by_staff(&form.by, &form.basis)?;
    let deployment = call.deployment().await?;
    let from = match &form.cursor {
        Some(cursor) => {
            let is_here = |place: &Place| deployment.cells().any(|cell| cell == place.cell);
            let place = Place::read(cursor).filter(is_here);
            Some(place.ok_or_else(|| Problem::field(Code::InvalidField, "cursor"))?)
        }
        None => None,
    };
    let mut look = Look {
        deployment: &deployment,
        act: &act,
        phone: &phone,
        by: &by,
        basis: &basis,
        steps: 0,
        items: Vec::new(),
    };
    let next = look.through_cells(from).await?;
    json(200, &FoundByStaff { items: look.items, next_cursor: next.map(|place| place.text()) })
}

impl Look<'_> {
    /// Answers where it goes on; `None` at the end.
    async fn through_cells(&mut self, from: Option<Place>) -> Result<Option<Place>> {
        let first = from.as_ref().map(|place| place.cell);
        let mut from = from;
        for name in self.deployment.cells().skip_while(|name| first.is_some_and(|first| first != *name)) {
            let cell = self.deployment.cell(name).await?;
            if let Some(place) = self.through_cell(&cell, from.take()).await? {
                return Ok(Some(place));
            }
        }
        Ok(None)
    }

    async fn through_cell(
        &mut self,
        cell: &Cell<'_, SpinDatabase>,
        from: Option<Place>,
    ) -> Result<Option<Place>> {
        let mut after = String::new();
        if let Some(Place { account, campaign, .. }) = from {
            if campaign.is_some()
                && let Some(place) = self.through_account(cell, &account, campaign).await?
            {
                return Ok(Some(place));
            }
            after = account;
        }
        loop {
            let accounts = cell.senders(&after).await?;
            if accounts.is_empty() {
                return Ok(None);
            }
            for account in accounts {
                if self.steps >= STEPS_MAX {
                    return Ok(Some(Place { cell: cell.name(), account: after, campaign: None }));
                }
                if let Some(place) = self.through_account(cell, &account, None).await? {
                    return Ok(Some(place));
                }
                after = account;
            }
        }
    }

    async fn through_account(
        &mut self,
        cell: &Cell<'_, SpinDatabase>,
        account: &str,
        mut campaign: Option<String>,
    ) -> Result<Option<Place>> {
        // One that moved is found in the cell where it lives.
        let Some(tenant) = cell.tenant(account).await? else { return Ok(None) };
        let before = self.items.len();
        let next = loop {
            self.steps += 1;
            let page = tenant.messages_of_person(self.phone, campaign.as_deref()).await?;
            for item in page.items {
                self.items.push(view(&tenant, item)?);
            }
            campaign = page.next_cursor;
            if campaign.is_none() || self.steps >= STEPS_MAX {
                break campaign;
            }
        };
        if self.items.len() > before {
            let fields = serde_json::json!({
                "number_hash": tenant.number_in_events(self.phone), "by": self.by, "basis": self.basis,
                "messages": self.items.len() - before,
            });
            tenant.record_act(self.deployment.keys(), self.act, "person_looked_up", fields).await?;
        }
        Ok(next.map(|next| Place { cell: cell.name(), account: account.to_owned(), campaign: Some(next) }))
    }
}

fn view(tenant: &Tenant<'_, SpinDatabase>, item: HistoryItem) -> Result<SentToPerson> {
    let local = item.handed_over_at.zip(item.offset_minutes).and_then(|(at, offset)| {
        Some((DateTime::from_timestamp_millis(at)? + Duration::minutes(offset)).time())
    });
    let hours = item.window_hours.as_deref().and_then(|hours| hours.split_once('-'));
    let hours = hours.and_then(|(opens, closes)| DayHours::parse(opens, closes));
    Ok(SentToPerson {
        account: AccountId::stored(tenant.account()),
        account_number: tenant.account_number().to_owned(),
        by: if item.call_attempt.is_some() { Reached::Call } else { Reached::Text },
        offset_minutes: item.offset_minutes,
        in_hours: local.zip(hours).map(|(local, hours)| hours.contain(local)),
        outside_the_night: local.map(|local| DayHours::OUTSIDE_THE_NIGHT.contain(local)),
        message: shown::message(item)?,
    })
}
