//! A file's numbers are merged into the base's, a part of the hashes at a time, once all of it was read. From here on
//! nothing of it can be refused any more.

use crate::cell::Tenant;
use crate::cell::people::imports::batch::RowProblem;
use crate::cell::people::imports::packed::{
    HASH_BYTES, ID_BYTES, RowConsent, RunEntry, Standing, contact_of_line,
};
use crate::cell::scores::stances::{BroughtBy, RowsOfDecisions};
use crate::database::{Database, DbError};
use crate::refusal::{Refusal, StoreError};
use crate::{json, params, sql};

/// Contacts that one step changes.
const CHANGES: i64 = 2_000;

/// What became of the rows of a part.
#[derive(Default)]
struct Merged {
    imported: i64,
    updated: i64,
    unchanged: i64,
    duplicates: i64,
    several: i64,
    problems: Vec<RowProblem>,
    /// Contacts that were added for rows whose number came in before them.
    surplus: Vec<String>,
    /// The hashes of people of whom it says that they consent to automated decisions, and of whom that they do not.
    consenting: Vec<u8>,
    refusing: Vec<u8>,
    /// And the hashes of those of whom it says something that is neither.
    unclear: Vec<u8>,
    /// The hashes of rows that would have changed a contact of which an earlier row says that it stays.
    strays: Vec<[u8; HASH_BYTES]>,
}

impl Merged {
    fn repeat(&mut self, import: &str, entry: &RunEntry, code: &str) -> Result<(), DbError> {
        self.duplicates += 1;
        self.problems.push(RowProblem { line: entry.line, code: code.to_owned() });
        if entry.standing == Standing::New {
            self.surplus.push(contact_of_line(import, entry.line)?);
        }
        Ok(())
    }

    fn count(&mut self, entry: &RunEntry) {
        match entry.standing {
            Standing::New => self.imported += 1,
            Standing::Changed => self.updated += 1,
            Standing::Unchanged => self.unchanged += 1,
            // Only what it says of decisions goes on.
            Standing::NotTaken => {}
        }
        if entry.several && entry.standing == Standing::New {
            self.several += 1;
            self.problems.push(RowProblem { line: entry.line, code: "phone_several".to_owned() });
        }
        self.hear(entry);
    }

    /// What a row says of automated decisions.
    fn hear(&mut self, entry: &RunEntry) {
        match entry.decision_consent {
            None => {}
            Some(RowConsent::Given) => self.consenting.extend_from_slice(&entry.hash),
            Some(RowConsent::NotGiven) => self.refusing.extend_from_slice(&entry.hash),
            Some(RowConsent::Unclear) => {
                self.unclear.extend_from_slice(&entry.hash);
                // A line is listed once, and one that is not taken was.
                let is_listed = self.problems.last().is_some_and(|problem| problem.line == entry.line);
                if entry.standing != Standing::NotTaken && !is_listed {
                    let code = "decision_consent_unclear".to_owned();
                    self.problems.push(RowProblem { line: entry.line, code });
                }
            }
        }
    }
}

impl<D: Database> Tenant<'_, D> {
    /// Merges one part of a file's numbers. Belongs inside a transaction.
    pub async fn merge_part(&self, db: &D, import: &str, part: i64, now: i64) -> Result<(), StoreError> {
        let runs = db.query(sql!("merge.sql", "runs"), params![&self.account, import, part]).await?;
        let mut entries = Vec::new();
        for run in &runs {
            entries.extend(RunEntry::read_all(&run.blob("packed")?));
        }
        // Behind the rows that are taken, so that of each number one of those comes first.
        entries.sort_unstable_by_key(|entry| (entry.hash, entry.standing == Standing::NotTaken, entry.line));
        let mut merged = Merged::default();
        let mut firsts: Vec<RunEntry> = Vec::with_capacity(entries.len());
        for entry in entries {
            match firsts.last_mut().filter(|first| first.hash == entry.hash) {
                None => firsts.push(entry),
                Some(first) => {
                    first.decision_consent =
                        RowConsent::beside(first.decision_consent, entry.decision_consent);
                    if entry.standing == Standing::NotTaken {
                        continue;
                    }
                    if entry.standing == Standing::Changed && first.standing != Standing::Changed {
                        merged.strays.push(entry.hash);
                    }
                    merged.repeat(import, &entry, "duplicate_in_file")?;
                }
            }
        }
        let taken = firsts.iter().filter(|entry| entry.standing != Standing::NotTaken);
        let hashes: Vec<u8> = taken.flat_map(|entry| entry.hash).collect();
        self.merge_firsts(db, import, firsts, &mut merged).await?;
        self.join_lists(db, import, hashes, now).await?;
        merged.problems.sort_by_key(|problem| problem.line);
        let by = self.count_merged(db, import, &merged, now).await?;
        let said = RowsOfDecisions {
            import,
            consenting: &merged.consenting,
            refusing: &merged.refusing,
            unclear: &merged.unclear,
        };
        self.note_rows(db, &by, &said, now).await?;
        let surplus = json(&merged.surplus)?;
        db.query(sql!("merge.sql", "delete_surplus"), params![&self.account, surplus]).await?;
        let places = json(&(0..merged.strays.len()).collect::<Vec<_>>())?;
        let parameters = params![&self.account, import, merged.strays.concat(), places];
        db.query(sql!("merge.sql", "delete_strays"), parameters).await?;
        db.query(sql!("merge.sql", "delete_runs"), params![&self.account, import, part]).await?;
        Ok(())
    }

    /// Counts what became of the rows of a part; answers who brought them.
    async fn count_merged(
        &self,
        db: &D,
        import: &str,
        merged: &Merged,
        now: i64,
    ) -> Result<BroughtBy, StoreError> {
        let listed = self.list_problems(db, import, &merged.problems).await?;
        // Each that is deleted is counted off, so it is counted first.
        let contacts = merged.imported + merged.surplus.len() as i64;
        let counted = db
            .query(
                sql!("merge.sql", "count"),
                params![
                    &self.account,
                    import,
                    merged.imported,
                    merged.updated,
                    merged.unchanged,
                    merged.duplicates,
                    merged.several,
                    contacts,
                    listed,
                    now,
                    (merged.consenting.len() / HASH_BYTES) as i64,
                    (merged.refusing.len() / HASH_BYTES) as i64,
                    (merged.unclear.len() / HASH_BYTES) as i64
                ],
            )
            .await?;
        let row = counted.first().ok_or(Refusal::ImportInProgress)?;
        Ok(BroughtBy { actor: row.text("actor")?, channel: row.text("channel")? })
    }

    /// Of each number the first row: those that are new become the base's.
    async fn merge_firsts(
        &self,
        db: &D,
        import: &str,
        firsts: Vec<RunEntry>,
        merged: &mut Merged,
    ) -> Result<(), DbError> {
        let is_new = |entry: &&RunEntry| entry.standing == Standing::New;
        let hashes: Vec<u8> = firsts.iter().filter(is_new).flat_map(|entry| entry.hash).collect();
        let places: Vec<usize> = (0..firsts.iter().filter(is_new).count()).collect();
        // Somebody may have put a contact in by itself while the file was read.
        let parameters = params![&self.account, hashes, json(&places)?];
        let taken = db.query(sql!("merge.sql", "taken"), parameters).await?;
        let mut taken =
            taken.iter().map(|row| row.number::<usize>("place")).collect::<Result<Vec<_>, _>>()?;
        taken.sort_unstable();
        let mut numbers = Vec::with_capacity(places.len() * (32 + ID_BYTES + 8));
        let mut added = 0_i64;
        let mut place = 0;
        for entry in &firsts {
            if entry.standing == Standing::New {
                place += 1;
                if taken.binary_search(&(place - 1)).is_ok() {
                    merged.repeat(import, entry, "duplicate_of_contact")?;
                    if entry.decision_consent.is_some_and(RowConsent::ends_consent) {
                        merged.hear(entry);
                    }
                    continue;
                }
                numbers.extend_from_slice(&entry.hash);
                numbers.extend_from_slice(contact_of_line(import, entry.line)?.as_bytes());
                numbers.extend_from_slice(&entry.fingerprint);
                added += 1;
            }
            merged.count(entry);
        }
        let places = json(&(0..added).collect::<Vec<_>>())?;
        db.query(sql!("merge.sql", "add_numbers"), params![&self.account, numbers, places]).await?;
        Ok(())
    }

    /// Changes the next contacts of which a file says something else. Belongs inside a transaction. Answers the last of
    /// them, or `None` if there were no more.
    pub async fn change_contacts(
        &self,
        db: &D,
        import: &str,
        after: &str,
    ) -> Result<Option<String>, DbError> {
        let parameters = params![&self.account, import, after, CHANGES];
        let rows = db.query(sql!("merge.sql", "next_changes"), parameters).await?;
        let Some(up_to) = rows.first().map_or(Ok(None), |row| row.opt_text("up_to"))? else {
            return Ok(None);
        };
        let range = || params![&self.account, import, after, &up_to];
        let outdated = db.query(sql!("merge.sql", "delete_outdated"), range()).await?.len();
        if outdated > 0 {
            let parameters = params![&self.account, import, outdated as i64];
            db.query(sql!("merge.sql", "count_outdated"), parameters).await?;
        }
        for statement in [
            sql!("merge.sql", "change_numbers"),
            sql!("merge.sql", "change_contacts"),
            sql!("merge.sql", "delete_changes"),
        ] {
            db.query(statement, range()).await?;
        }
        Ok(Some(up_to))
    }
}
