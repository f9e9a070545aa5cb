//! Acceptances, consents and attestations: one row an act, each a leaf of the log (R21, R22, R36, R62, R76).

use domain::documents::DocumentKind;
use domain::ids::IdKind;

use crate::cell::Tenant;
use crate::cell::proof::events::{NewEvent, Recorder};
use crate::database::{Database, DbError};
use crate::refusal::{Refusal, StoreError};
use crate::row::Row;
use crate::{Act, StoredPage, new_id_in, params, sql};

/// What a person accepted: the document as it was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acceptance {
    /// Which document.
    pub document: DocumentKind,
    /// Its version.
    pub version: String,
    /// The SHA-256 of the text shown, in hexadecimal.
    pub sha256: String,
    /// The language of that text.
    pub language: String,
    /// What it is about: an import or a campaign, for attestations.
    pub subject: Option<String>,
}

/// A stored act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentRecord {
    /// `cns_…`
    pub consent: String,
    /// What was accepted.
    pub document: String,
    /// Its version.
    pub version: String,
    /// The SHA-256 of the text shown.
    pub sha256: String,
    /// The language of that text.
    pub language: String,
    /// Unix milliseconds.
    pub at: i64,
    /// Unix milliseconds, once withdrawn.
    pub withdrawn_at: Option<i64>,
    /// The leaf that proves it.
    pub log_index: i64,
}

impl ConsentRecord {
    fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            consent: row.text("consent")?,
            document: row.text("document")?,
            version: row.text("version")?,
            sha256: row.text("sha256")?,
            language: row.text("language")?,
            at: row.int("at")?,
            withdrawn_at: row.opt_int("withdrawn_at")?,
            log_index: row.int("log_index")?,
        })
    }
}

/// Writes one act and its leaf. Belongs inside the transaction of what it allows.
pub(crate) async fn record<D: Database>(
    db: &D,
    recorder: &Recorder<'_>,
    act: &Act,
    acceptance: &Acceptance,
) -> Result<ConsentRecord, DbError> {
    let consent = new_id_in(recorder.cell, IdKind::Consent, act.now)?;
    let Acceptance { document, version, sha256, language, subject } = acceptance;
    let fields = serde_json::json!({
        "consent": consent, "document": document.as_str(), "version": version, "sha256": sha256,
        "language": language, "subject": subject, "actor": act.actor, "channel": act.through,
    });
    let event = NewEvent { kind: "consent_given", campaign: None, fields };
    let log_index = recorder.record(db, act.now, vec![event]).await?;
    db.query(
        sql!("consents.sql", "record"),
        params![
            recorder.account,
            &consent,
            document.as_str(),
            version,
            sha256,
            language,
            subject.clone(),
            &act.actor,
            act.through,
            act.now,
            log_index
        ],
    )
    .await?;
    Ok(ConsentRecord {
        consent,
        document: document.as_str().to_owned(),
        version: version.clone(),
        sha256: sha256.clone(),
        language: language.clone(),
        at: act.now,
        withdrawn_at: None,
        log_index,
    })
}

impl<D: Database> Tenant<'_, D> {
    /// Records a consent that stands by itself, such as the one for news and offers (R36).
    pub async fn give_consent(
        &self,
        act: &Act,
        acceptance: &Acceptance,
    ) -> Result<ConsentRecord, StoreError> {
        self.write(async |db| {
            self.refuse_if_closed(db).await?;
            Ok(record(db, &self.recorder(), act, acceptance).await?)
        })
        .await
    }

    /// The account's acts, newest first.
    pub async fn consents(
        &self,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<StoredPage<ConsentRecord>, DbError> {
        let rows = self
            .db
            .query(sql!("consents.sql", "list"), params![&self.account, cursor, limit as i64 + 1])
            .await?;
        let records = rows.iter().map(ConsentRecord::from_row).collect::<Result<Vec<_>, DbError>>()?;
        Ok(StoredPage::cut(records, limit, |record| record.consent.clone()))
    }

    /// Withdraws an optional consent, with effect from now (R142). The two that the agreement
    /// rests on end with the agreement, and attestations are statements of what was.
    pub async fn withdraw_consent(&self, act: &Act, consent: &str) -> Result<(), StoreError> {
        self.write(async |db| {
            let found = db
                .query(
                    "SELECT document FROM consent WHERE account = ?1 AND consent = ?2 AND withdrawn_at IS NULL",
                    params![&self.account, consent],
                )
                .await?;
            let document = found.first().ok_or(Refusal::NotFound)?.text("document")?;
            match DocumentKind::parse(&document) {
                Some(DocumentKind::MarketingConsent) => {}
                Some(kind) if kind.mandatory() => return Err(Refusal::ConsentMandatory.into()),
                _ => return Err(Refusal::AttestationStands.into()),
            }
            db.query(
                "UPDATE consent SET withdrawn_at = ?3 WHERE account = ?1 AND consent = ?2",
                params![&self.account, consent, act.now],
            )
            .await?;
            let fields = serde_json::json!({"consent": consent, "document": document});
            self.write_act(db, act, "consent_withdrawn", None, fields).await?;
            Ok(())
        })
        .await
    }
}
