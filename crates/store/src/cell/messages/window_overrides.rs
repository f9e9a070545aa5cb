//! Other calling hours for an account: decided by staff, dated, revoked with a time and never erased (R82).

use chrono::{DateTime, NaiveDate};
use domain::hours::{DayHours, almaty};
use domain::ids::IdKind;
use domain::weekdays::Weekdays;
use domain::window_overrides::WindowOverride;

use crate::cell::{Cell, Tenant};
use crate::database::{Database, DbError};
use crate::refusal::{Refusal, StoreError};
use crate::row::Row;
use crate::{Act, params, sql};

/// What staff decide.
#[derive(Clone, Debug)]
pub struct NewWindowOverride {
    /// The first local day.
    pub from: NaiveDate,
    /// The last one.
    pub to: NaiveDate,
    /// On which days of the week.
    pub days: Weekdays,
    /// Which hours take the place of the offer's.
    pub hours: DayHours,
    /// Who decided.
    pub by: String,
    /// On what: the additional agreement.
    pub basis: String,
}

/// A decision as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WindowDecision {
    /// What was decided.
    pub hours: WindowOverride,
    /// Who decided.
    pub by: String,
    /// On what.
    pub basis: String,
    /// Unix milliseconds.
    pub decided_at: i64,
    /// Unix milliseconds, once revoked.
    pub revoked_at: Option<i64>,
}

/// The local day of an instant, as it is stored.
fn local_day(unix_ms: i64) -> Result<String, DbError> {
    let at = DateTime::from_timestamp_millis(unix_ms);
    let at = at.ok_or_else(|| DbError::Other(format!("no instant: {unix_ms}")))?;
    Ok(almaty(at).date_naive().to_string())
}

impl<D: Database> Cell<'_, D> {
    /// Whether any account has hours of its own on the local day of an instant.
    pub async fn other_hours_on(&self, at: i64) -> Result<bool, DbError> {
        let rows = self.db.query(sql!("window_overrides.sql", "any_on"), params![local_day(at)?, at]).await?;
        Ok(!rows.is_empty())
    }

    /// Whose hours a decision is about.
    pub async fn account_of_window(&self, decision: &str) -> Result<Option<String>, DbError> {
        let rows = self.db.query(sql!("window_overrides.sql", "account"), params![decision]).await?;
        rows.first().map(|row| row.text("account")).transpose()
    }
}

impl<D: Database> Tenant<'_, D> {
    /// Writes a decision down with its evidence. Hours that no decision may give are refused by
    /// [`WindowOverride::new`] (R83).
    pub async fn decide_window(
        &self,
        act: &Act,
        new: &NewWindowOverride,
    ) -> Result<WindowDecision, StoreError> {
        let decision = self.new_id(IdKind::Decision, act.now)?;
        let hours = WindowOverride::new(decision.clone(), new.from, new.to, new.days, new.hours);
        let hours = hours.map_err(Refusal::from)?;
        let key = &self.keys.evidence;
        let by = key.seal(&self.place("window decided_by", &decision), new.by.as_bytes())?;
        let basis = key.seal(&self.place("window basis", &decision), new.basis.as_bytes())?;
        let weekdays = new.days.names().collect::<Vec<_>>().join(",");
        let (from, to) = (new.from.to_string(), new.to.to_string());
        let (opens, closes) = (new.hours.opens(), new.hours.closes());
        self.write(async |db| {
            self.refuse_if_closed(db).await?;
            let parameters = params![
                &self.account,
                &decision,
                &from,
                &to,
                &weekdays,
                &opens,
                &closes,
                by.clone(),
                basis.clone(),
                act.now
            ];
            db.query(sql!("window_overrides.sql", "decide"), parameters).await?;
            let fields = serde_json::json!({
                "decision": decision, "from": from, "to": to, "days": new.days, "opens": opens, "closes": closes,
                "by": new.by, "basis": new.basis,
            });
            self.write_act(db, act, "decision_window_override", None, fields).await?;
            Ok(())
        })
        .await?;
        let (by, basis) = (new.by.clone(), new.basis.clone());
        Ok(WindowDecision { hours, by, basis, decided_at: act.now, revoked_at: None })
    }

    /// Ends a decision from now on; what was sent under it stays proven by it.
    pub async fn revoke_window(
        &self,
        act: &Act,
        decision: &str,
        by: &str,
        basis: &str,
    ) -> Result<WindowDecision, StoreError> {
        self.write(async |db| {
            let revoked = db
                .query(sql!("window_overrides.sql", "revoke"), params![&self.account, decision, act.now])
                .await?;
            if revoked.is_empty() {
                return Err(Refusal::NotFound.into());
            }
            let fields = serde_json::json!({"decision": decision, "by": by, "basis": basis});
            self.write_act(db, act, "decision_window_revoked", None, fields).await?;
            Ok::<_, StoreError>(())
        })
        .await?;
        let decisions = self.window_decisions().await?;
        let revoked = decisions.into_iter().find(|one| one.hours.decision() == decision);
        revoked.ok_or_else(|| Refusal::NotFound.into())
    }

    /// Every decision about this account's hours, newest first.
    pub async fn window_decisions(&self) -> Result<Vec<WindowDecision>, DbError> {
        let rows = self.db.query(sql!("window_overrides.sql", "of_account"), params![&self.account]).await?;
        let key = &self.keys.evidence;
        rows.iter()
            .map(|row| {
                let hours = hours_from_row(row)?;
                let open = |column: &str, sealed: &[u8]| {
                    key.open_text(&self.place(column, hours.decision()), sealed)
                };
                Ok(WindowDecision {
                    by: open("window decided_by", &row.blob("decided_by")?)?,
                    basis: open("window basis", &row.blob("basis")?)?,
                    decided_at: row.int("decided_at")?,
                    revoked_at: row.opt_int("revoked_at")?,
                    hours,
                })
            })
            .collect()
    }

    /// The hours that hold for the account at an instant, in the order of their decisions, without those
    /// whose days are over.
    pub async fn other_hours(&self, at: i64) -> Result<Vec<WindowOverride>, DbError> {
        let parameters = params![&self.account, local_day(at)?, at];
        let rows = self.db.query(sql!("window_overrides.sql", "that_hold"), parameters).await?;
        rows.iter().map(hours_from_row).collect()
    }
}

fn hours_from_row(row: &Row) -> Result<WindowOverride, DbError> {
    let day = |column: &str| row.read(column, |text| text.parse::<NaiveDate>().ok());
    let days = row.read("weekdays", |text| Weekdays::parse(text.split(',')))?;
    let closes = row.text("closes")?;
    let hours = row.read("opens", |opens| DayHours::parse(opens, &closes))?;
    WindowOverride::new(row.text("decision")?, day("first_day")?, day("last_day")?, days, hours)
        .map_err(|_| DbError::Column("opens".to_owned()))
}
