//! A batch of rows on its way into the base: what each is to it, and what of it is written (R61, R63, R66, R70).

use std::collections::{BTreeMap, BTreeSet};

use domain::columns::FIELDS_MAX;
use domain::routing::number_range;
use serde::Serialize;

use crate::cell::Tenant;
use crate::cell::people::imports::packed::{
    FINGERPRINT_BYTES, HASH_BYTES, PackedRows, RowConsent, RunEntry, Standing, contact_of_line,
};
use crate::database::{Database, DbError};
use crate::seal::SealingKey;
use crate::{json, params, sql};

/// Lines of one import that are listed with what is to say of them; the counts go on.
const LISTED_MAX: i64 = 10_000;

/// A row that can become a contact.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewContact {
    /// The line of the file that it begins on; in a request, its place counted from one.
    pub line: i64,
    /// E.164.
    pub phone: String,
    /// As written in the file. What a row does not say stays as it is known.
    pub name: Option<String>,
    /// What else its owner keeps: a JSON object.
    pub fields: Option<String>,
    /// Source and date of the recipient's consent, as written in the file (R62, R63).
    pub consent_proof: Option<String>,
    /// What it says of automated decisions about the person; nothing, if it does not speak of them (R99).
    pub decision_consent: Option<RowConsent>,
    /// Whether its cell holds other numbers too, that were passed over.
    pub several: bool,
}

/// Something about one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RowProblem {
    /// The line of the file.
    pub line: i64,
    /// The stable code.
    pub code: String,
}

/// A row that cannot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedRow {
    /// Where, and why.
    pub problem: RowProblem,
    /// The row as it stands in the file, if it comes from one.
    pub original: Option<String>,
    /// Whose consent to automated decisions it ends, E.164, and by which word: a "no" counts in whatever row it stands.
    /// It is not kept with the row.
    pub ended_consent: Option<(String, RowConsent)>,
}

/// A batch that is ready to be written.
#[derive(Default)]
pub struct Batch {
    first_line: i64,
    rows: i64,
    duplicates: i64,
    blacklisted: i64,
    problems: Vec<RowProblem>,
    /// Of the rejected ones: how many, and as they stood in the file, sealed.
    rejected: i64,
    rejected_rows: Option<Vec<u8>>,
    contacts: PackedRows,
    changes: PackedRows,
    /// By part.
    runs: BTreeMap<i64, Vec<u8>>,
}

impl Batch {
    /// Of a row that is not taken only this goes on.
    fn end_consent(&mut self, parts: i64, hash: [u8; HASH_BYTES], line: i64, consent: RowConsent) {
        let (fingerprint, standing) = ([0; FINGERPRINT_BYTES], Standing::NotTaken);
        let entry =
            RunEntry { hash, fingerprint, line, standing, several: false, decision_consent: Some(consent) };
        self.add(parts, &entry);
    }

    fn add(&mut self, parts: i64, entry: &RunEntry) {
        entry.write(self.runs.entry(part_of(&entry.hash, parts)).or_default());
    }
}

/// What is known of a contact that a row says something else of.
#[derive(Default)]
struct Known {
    contact: String,
    fingerprint: Vec<u8>,
    name: Option<String>,
    fields: Option<String>,
    consent_proof: Option<String>,
}

/// A row with what it is known by.
struct Hashed {
    row: NewContact,
    hash: [u8; HASH_BYTES],
    fingerprint: [u8; FINGERPRINT_BYTES],
}

/// The keyed hash by which it is told whether a row says anything new of a contact.
pub(crate) fn fingerprint(
    key: &SealingKey,
    name: Option<&str>,
    fields: Option<&str>,
    proof: Option<&str>,
) -> [u8; FINGERPRINT_BYTES] {
    let parts = [name, fields, proof].map(|part| part.unwrap_or_default().as_bytes());
    let hash = key.content_hash(&parts);
    let mut short = [0; FINGERPRINT_BYTES];
    short.copy_from_slice(&hash[..FINGERPRINT_BYTES]);
    short
}

/// In which of so many parts a hash lies.
pub(super) fn part_of(hash: &[u8; HASH_BYTES], parts: i64) -> i64 {
    (i64::from(u16::from_be_bytes([hash[0], hash[1]])) * parts) >> 16
}

impl<D: Database> Tenant<'_, D> {
    /// Looks up what the rows of a batch are to the base, and seals what of them is new. Nothing is written: it can be
    /// done before the transaction.
    pub async fn prepare_batch(
        &self,
        import: &str,
        parts: i64,
        contacts: Vec<NewContact>,
        rejected: Vec<RejectedRow>,
    ) -> Result<Batch, DbError> {
        let mut batch = Batch {
            rows: (contacts.len() + rejected.len()) as i64,
            rejected: rejected.len() as i64,
            ..Batch::default()
        };
        let lines = contacts.iter().map(|row| row.line).chain(rejected.iter().map(|row| row.problem.line));
        batch.first_line = lines.min().unwrap_or_default();
        self.keep_rejected(import, parts, rejected, &mut batch)?;
        let rows = self.only_first(contacts, &mut batch)?;
        let hashes: Vec<u8> = rows.iter().flat_map(|row| row.hash).collect();
        let places = json(&(0..rows.len()).collect::<Vec<_>>())?;
        let refused = self.blacklisted_places(&hashes, &places).await?;
        let standings = self.standings(&rows, &hashes, &places).await?;
        let mut differing = self.known_of(&hashes, &standings).await?;
        for (place, (row, standing)) in rows.into_iter().zip(standings).enumerate() {
            if refused.contains(&place) {
                batch.blacklisted += 1;
                if let Some(consent) = row.row.decision_consent.filter(|consent| consent.ends_consent()) {
                    batch.end_consent(parts, row.hash, row.row.line, consent);
                }
                batch.problems.push(RowProblem { line: row.row.line, code: "blacklisted".to_owned() });
                continue;
            }
            let known = differing.remove(&place).unwrap_or_default();
            self.put(import, parts, row, standing, known, &mut batch)?;
        }
        batch.problems.sort_by_key(|problem| problem.line);
        Ok(batch)
    }

    fn keep_rejected(
        &self,
        import: &str,
        parts: i64,
        rejected: Vec<RejectedRow>,
        batch: &mut Batch,
    ) -> Result<(), DbError> {
        let mut originals = Vec::new();
        for row in rejected {
            if let Some((phone, consent)) = row.ended_consent {
                batch.end_consent(parts, self.keys.personal()?.index(&phone), row.problem.line, consent);
            }
            if let Some(original) = row.original {
                originals.push((row.problem.line, row.problem.code.clone(), original));
            }
            batch.problems.push(row.problem);
        }
        if !originals.is_empty() {
            let place = self.place("rejected rows", &format!("{import} {}", batch.first_line));
            batch.rejected_rows = Some(self.keys.personal()?.seal(&place, json(&originals)?.as_bytes())?);
        }
        Ok(())
    }

    /// Hashes the rows and puts them in the order of their hashes; of those with one number only the first of the file
    /// goes on.
    fn only_first(&self, contacts: Vec<NewContact>, batch: &mut Batch) -> Result<Vec<Hashed>, DbError> {
        let key = self.keys.personal()?;
        let hashed = |row: NewContact| Hashed {
            hash: key.index(&row.phone),
            fingerprint: fingerprint(
                key,
                row.name.as_deref(),
                row.fields.as_deref(),
                row.consent_proof.as_deref(),
            ),
            row,
        };
        let mut rows: Vec<Hashed> = contacts.into_iter().map(hashed).collect();
        rows.sort_unstable_by(|a, b| (&a.hash, a.row.line).cmp(&(&b.hash, b.row.line)));
        rows.dedup_by(|row, first| {
            let is_repeated = row.hash == first.hash;
            if is_repeated {
                let consent = &mut first.row.decision_consent;
                *consent = RowConsent::beside(*consent, row.row.decision_consent);
                batch.duplicates += 1;
                batch.problems.push(RowProblem { line: row.row.line, code: "duplicate_in_file".to_owned() });
            }
            is_repeated
        });
        Ok(rows)
    }

    async fn blacklisted_places(&self, hashes: &[u8], places: &str) -> Result<BTreeSet<usize>, DbError> {
        let found =
            self.db.query(sql!("batch.sql", "blacklisted"), params![&self.account, hashes, places]).await?;
        found.iter().map(|row| row.number("place")).collect()
    }

    /// A letter for each row comes back, and not a row: most files are all new, or all known.
    async fn standings(
        &self,
        rows: &[Hashed],
        hashes: &[u8],
        places: &str,
    ) -> Result<Vec<Standing>, DbError> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let fingerprints: Vec<u8> = rows.iter().flat_map(|row| row.fingerprint).collect();
        let parameters = params![&self.account, hashes, places, fingerprints];
        let found = self.db.query(sql!("batch.sql", "standings"), parameters).await?;
        let letters = found.first().ok_or(DbError::NoRow)?.text("standings")?;
        let standing = |letter: char| match letter {
            'n' => Standing::New,
            'u' => Standing::Unchanged,
            _ => Standing::Changed,
        };
        Ok(letters.chars().map(standing).collect())
    }

    /// What is known of the contacts that rows say something else of.
    async fn known_of(
        &self,
        hashes: &[u8],
        standings: &[Standing],
    ) -> Result<BTreeMap<usize, Known>, DbError> {
        let places: Vec<usize> =
            (0..standings.len()).filter(|place| standings[*place] == Standing::Changed).collect();
        if places.is_empty() {
            return Ok(BTreeMap::new());
        }
        let parameters = params![&self.account, hashes, json(&places)?];
        let rows = self.db.query(sql!("batch.sql", "known"), parameters).await?;
        let mut known = BTreeMap::new();
        for row in &rows {
            let contact = row.text("contact")?;
            let open = |key: &SealingKey, what: &str, sealed: Option<Vec<u8>>| {
                sealed.map(|sealed| key.open_text(&self.place(what, &contact), &sealed)).transpose()
            };
            let personal = self.keys.personal()?;
            let name = open(personal, "contact name", row.opt_blob("name")?)?;
            let fields = open(personal, "contact fields", row.opt_blob("fields")?)?;
            let consent_proof = open(&self.keys.evidence, "contact consent", row.opt_blob("consent_proof")?)?;
            let fingerprint = row.blob("fingerprint")?;
            let contact = Known { contact, fingerprint, name, fields, consent_proof };
            known.insert(row.number("place")?, contact);
        }
        Ok(known)
    }

    /// Puts one row where it belongs.
    fn put(
        &self,
        import: &str,
        parts: i64,
        row: Hashed,
        mut standing: Standing,
        known: Known,
        batch: &mut Batch,
    ) -> Result<(), DbError> {
        let Hashed { row, hash, mut fingerprint } = row;
        match standing {
            Standing::Unchanged | Standing::NotTaken => {}
            Standing::New => {
                let contact = contact_of_line(import, row.line)?;
                let sealed = self.seal_contact(&contact, &row)?;
                let number = self
                    .keys
                    .personal()?
                    .seal(&self.place("contact number", &contact), row.phone.as_bytes())?;
                let range = number_range(&row.phone).unwrap_or_default();
                batch.contacts.push(
                    &[contact.as_bytes(), &hash],
                    &[&number, &sealed.name, &sealed.fields, &sealed.proof, range.as_bytes()],
                )?;
            }
            Standing::Changed => {
                // What a row does not say stays as it is.
                let Some(fields) = merged(known.fields.as_deref(), row.fields.as_deref())? else {
                    batch.rejected += 1;
                    let code = "csv_too_many_fields".to_owned();
                    batch.problems.push(RowProblem { line: row.line, code });
                    if let Some(consent) = row.decision_consent.filter(|consent| consent.ends_consent()) {
                        batch.end_consent(parts, hash, row.line, consent);
                    }
                    return Ok(());
                };
                let said = NewContact {
                    name: row.name.clone().or_else(|| known.name.clone()),
                    fields,
                    consent_proof: row.consent_proof.clone().or_else(|| known.consent_proof.clone()),
                    ..row.clone()
                };
                if (&said.name, &said.fields, &said.consent_proof)
                    == (&known.name, &known.fields, &known.consent_proof)
                {
                    standing = Standing::Unchanged;
                } else {
                    let key = self.keys.personal()?;
                    fingerprint = self::fingerprint(
                        key,
                        said.name.as_deref(),
                        said.fields.as_deref(),
                        said.consent_proof.as_deref(),
                    );
                    let sealed = self.seal_contact(&known.contact, &said)?;
                    batch.changes.push(
                        &[known.contact.as_bytes(), &fingerprint, &known.fingerprint],
                        &[&sealed.name, &sealed.fields, &sealed.proof],
                    )?;
                }
            }
        }
        let NewContact { line, decision_consent, several, .. } = row;
        batch.add(parts, &RunEntry { hash, fingerprint, line, standing, several, decision_consent });
        Ok(())
    }

    /// What is kept of a contact beside its number, sealed in its place; empty where there is nothing.
    fn seal_contact(&self, contact: &str, row: &NewContact) -> Result<SealedContact, DbError> {
        let seal = |key: &SealingKey, what: &str, value: &Option<String>| match value {
            Some(value) => key.seal(&self.place(what, contact), value.as_bytes()),
            None => Ok(Vec::new()),
        };
        let personal = self.keys.personal()?;
        Ok(SealedContact {
            name: seal(personal, "contact name", &row.name)?,
            fields: seal(personal, "contact fields", &row.fields)?,
            proof: seal(&self.keys.evidence, "contact consent", &row.consent_proof)?,
        })
    }

    /// Writes a batch that was prepared. Belongs inside a transaction. Answers how many rows were read by now, or
    /// `None` if the import is not being read any more.
    pub async fn write_batch(
        &self,
        db: &D,
        import: &str,
        batch: &Batch,
        now: i64,
    ) -> Result<Option<i64>, DbError> {
        let listed = self.list_problems(db, import, &batch.problems).await?;
        let counted = db
            .query(
                sql!("batch.sql", "count"),
                params![
                    &self.account,
                    import,
                    batch.rows,
                    batch.duplicates,
                    batch.rejected,
                    batch.blacklisted,
                    listed,
                    now
                ],
            )
            .await?;
        let Some(row) = counted.first() else { return Ok(None) };
        if !batch.contacts.is_empty() {
            let (rows, begins) = batch.contacts.parameters()?;
            let parameters = params![&self.account, rows, begins, import, now];
            db.query(sql!("batch.sql", "add_contacts"), parameters).await?;
        }
        if !batch.changes.is_empty() {
            let (rows, begins) = batch.changes.parameters()?;
            db.query(sql!("batch.sql", "add_changes"), params![&self.account, rows, begins, import]).await?;
        }
        for (part, run) in &batch.runs {
            let parameters = params![&self.account, import, *part, batch.first_line, run.as_slice()];
            db.query(sql!("batch.sql", "add_run"), parameters).await?;
        }
        if let Some(sealed) = &batch.rejected_rows {
            let parameters = params![&self.account, import, batch.first_line, sealed.as_slice()];
            db.query(sql!("batch.sql", "add_rejected"), parameters).await?;
        }
        row.int("rows_read").map(Some)
    }

    /// Lists what is to say of lines, as long as there is room. Answers how many were listed.
    pub(super) async fn list_problems(
        &self,
        db: &D,
        import: &str,
        problems: &[RowProblem],
    ) -> Result<i64, DbError> {
        if problems.is_empty() {
            return Ok(0);
        }
        let rows = db
            .query(
                "SELECT listed FROM import WHERE account = ?1 AND import = ?2",
                params![&self.account, import],
            )
            .await?;
        let listed = rows.first().map_or(Ok(LISTED_MAX), |row| row.int("listed"))?;
        let room = usize::try_from(LISTED_MAX - listed).unwrap_or(0);
        let problems = &problems[..problems.len().min(room)];
        db.query(sql!("batch.sql", "add_problems"), params![&self.account, import, json(&problems)?]).await?;
        Ok(problems.len() as i64)
    }
}

struct SealedContact {
    name: Vec<u8>,
    fields: Vec<u8>,
    proof: Vec<u8>,
}

/// The fields that are known, with those that a row says in their place; `None` where they would be too many.
fn merged(known: Option<&str>, said: Option<&str>) -> Result<Option<Option<String>>, DbError> {
    let (Some(known), Some(said)) = (known, said) else {
        return Ok(Some(said.or(known).map(str::to_owned)));
    };
    let read = |text: &str| {
        serde_json::from_str::<BTreeMap<String, String>>(text)
            .map_err(|_| DbError::Column("fields".to_owned()))
    };
    let mut fields = read(known)?;
    fields.extend(read(said)?);
    if fields.len() > FIELDS_MAX {
        return Ok(None);
    }
    json(&fields).map(|fields| Some(Some(fields)))
}
