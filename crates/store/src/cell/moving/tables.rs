//! The tables that hold rows of an account, and how rows cross from one cell into another: as JSON, with bytes in
//! hexadecimal. The statements are made from the schema's own columns, so that a new column moves too.

use crate::database::{Database, DbError};
use crate::params;

use Key::{Bytes, Plain};

/// A column by which the rows of an account are gone through.
#[derive(Clone, Copy)]
enum Key {
    Plain(&'static str),
    Bytes(&'static str),
}

impl Key {
    const fn column(self) -> &'static str {
        match self {
            Self::Plain(column) | Self::Bytes(column) => column,
        }
    }
}

/// A table with rows of an account.
pub(super) struct Table {
    pub name: &'static str,
    /// What follows the account in its key.
    key: &'static [Key],
    /// Rows of one step.
    step: i64,
}

const fn table(name: &'static str, key: &'static [Key]) -> Table {
    Table { name, key, step: 500 }
}

/// In the order in which they are copied: what is referred to comes first. The balance comes behind the entries, or
/// their trigger would count them twice. Events are sealed anew on their way, each for the place of its leaf.
pub(super) const TABLES: [Table; 43] = [
    table("event", &[Plain("log_index")]),
    table("profile_change", &[Plain("id")]),
    table("consent", &[Plain("consent")]),
    table("series", &[Plain("series")]),
    table("transfer", &[Plain("transfer")]),
    table("entry", &[Plain("transfer"), Plain("book")]),
    table("balance", &[]),
    table("payment", &[Plain("provider"), Plain("payment")]),
    table("import", &[Plain("import")]),
    table("import_problem", &[Plain("import"), Plain("line")]),
    // Files under way are given up before an account leaves, so no pieces are copied; those of before are deleted here.
    Table { name: "import_piece", key: &[Plain("import"), Plain("is_packed"), Plain("first_byte")], step: 2 },
    Table { name: "rejected_rows", key: &[Plain("import"), Plain("first_line")], step: 5 },
    table("remembered_format", &[Bytes("shape")]),
    table("contact", &[Plain("contact")]),
    table("contact_number", &[Bytes("number_hash")]),
    table("contact_mark", &[Bytes("mark"), Plain("contact")]),
    table("contact_field", &[Bytes("name_hash")]),
    // Lists come behind their members, or the trigger would count these twice.
    table("list_member", &[Plain("list"), Plain("contact")]),
    table("list", &[Plain("list")]),
    table("former_consent_proof", &[Plain("contact"), Bytes("consent_proof")]),
    table("blacklist", &[Plain("entry")]),
    table("audio", &[Plain("audio")]),
    // Pieces are large, and twice as large on their way.
    Table { name: "audio_piece", key: &[Plain("audio"), Plain("piece")], step: 2 },
    table("campaign", &[Plain("campaign")]),
    table("saved_audience", &[Plain("audience")]),
    table("campaign_recipient", &[Plain("campaign"), Plain("contact")]),
    table("message", &[Plain("id")]),
    table("link_visit", &[Plain("contact"), Plain("message"), Plain("place")]),
    table("link_count", &[Plain("campaign"), Plain("place")]),
    // Behind the messages, whose triggers count them here anew: what was counted where they come from holds.
    table("campaign_count", &[Plain("campaign")]),
    table("hand_over_count", &[Plain("hour"), Plain("campaign"), Plain("operator")]),
    table("blocked_count", &[Plain("hour"), Plain("campaign"), Plain("reason")]),
    table("advertising_decision", &[Plain("decision")]),
    table("window_override", &[Plain("decision")]),
    table("decision_stance", &[Bytes("number_hash")]),
    table("scoring", &[Plain("scoring")]),
    table("scored_contact", &[Plain("scoring"), Plain("contact")]),
    table("lookup", &[Plain("lookup")]),
    table("looked_up_number", &[Plain("lookup"), Plain("contact")]),
    table("appeal", &[Plain("appeal")]),
    table("person_request", &[Plain("request")]),
    table("deletion", &[Plain("deletion")]),
    table("idempotency", &[Plain("route"), Bytes("key_hash")]),
];

/// Columns that say the place of a leaf in the log.
const LEAF_COLUMNS: [(&str, &str); 4] = [
    ("consent", "log_index"),
    ("message", "hand_over_index"),
    ("message", "result_index"),
    ("person_request", "log_index"),
];

/// Rows on their way.
pub(super) struct Chunk {
    /// A JSON array of objects.
    pub rows: String,
    /// The key of the last of them, a JSON array; `None` where there are none.
    pub last: Option<String>,
}

struct Column {
    name: String,
    holds_bytes: bool,
}

impl Table {
    /// The columns that are copied, without those that SQLite makes itself.
    async fn columns<D: Database>(&self, db: &D) -> Result<Vec<Column>, DbError> {
        let rows = db.query("SELECT name, type FROM pragma_table_info(?1)", params![self.name]).await?;
        let mut columns = Vec::with_capacity(rows.len());
        for row in &rows {
            let (name, kind) = (row.text("name")?, row.text("type")?);
            // These rows are counted by their database.
            if !matches!(self.name, "profile_change" | "scored_contact" | "looked_up_number") || name != "id"
            {
                columns.push(Column { name, holds_bytes: kind == "BLOB" });
            }
        }
        Ok(columns)
    }

    /// What only some rows of a table are.
    fn only(&self) -> &'static str {
        match self.name {
            // One that waits stays where it is known, and is claimed from there.
            "payment" => " AND credited_at IS NOT NULL",
            _ => "",
        }
    }

    /// The next rows of an account behind a key.
    pub(super) async fn read<D: Database>(
        &self,
        db: &D,
        account: &str,
        after: Option<&str>,
    ) -> Result<Chunk, DbError> {
        let pairs: Vec<String> = self.columns(db).await?.iter().map(Column::written).collect();
        let names: Vec<&str> = self.key.iter().map(|key| key.column()).collect();
        let behind = match after {
            Some(_) => format!(" AND ({}) > ({})", names.join(", "), self.bounds()),
            None => String::new(),
        };
        let (order, last) = match names.is_empty() {
            true => (String::new(), "'[]'".to_owned()),
            false => (format!(" ORDER BY {}", names.join(", ")), self.last()),
        };
        let (name, only, step) = (self.name, self.only(), self.step);
        let chunk = format!("SELECT * FROM {name} WHERE account = ?1{only}{behind}{order} LIMIT {step}");
        let members = pairs.join(", ");
        let columns = format!(
            "json_group_array(json_object({members})) AS chunk_rows, iif(count(*) > 0, ({last}), NULL) AS last_key"
        );
        let sql = format!("WITH chunk AS MATERIALIZED ({chunk}) SELECT {columns} FROM chunk");
        let mut parameters = params![account];
        parameters.extend(after.map(crate::Value::from));
        let rows = db.query(&sql, parameters).await?;
        let row = rows.first().ok_or(DbError::NoRow)?;
        Ok(Chunk { rows: row.text("chunk_rows")?, last: row.opt_text("last_key")? })
    }

    /// The parts of a key that is ?2.
    fn bounds(&self) -> String {
        let bound = |(place, key): (usize, &Key)| match key {
            Plain(_) => format!("?2 ->> '$[{place}]'"),
            Bytes(_) => format!("unhex(?2 ->> '$[{place}]')"),
        };
        self.key.iter().enumerate().map(bound).collect::<Vec<_>>().join(", ")
    }

    /// The key of the last row of a chunk.
    fn last(&self) -> String {
        let part = |key: &Key| match key {
            Plain(column) => (*column).to_owned(),
            Bytes(column) => format!("hex({column})"),
        };
        let parts: Vec<String> = self.key.iter().map(part).collect();
        let order: Vec<String> = self.key.iter().map(|key| format!("{} DESC", key.column())).collect();
        format!("SELECT json_array({}) FROM chunk ORDER BY {} LIMIT 1", parts.join(", "), order.join(", "))
    }

    /// Writes rows that were read in another cell. Belongs inside a transaction.
    pub(super) async fn write<D: Database>(&self, db: &D, account: &str, rows: &str) -> Result<(), DbError> {
        let columns = self.columns(db).await?;
        let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        let values: Vec<String> = columns.iter().map(|column| column.read(self.name)).collect();
        let conflict = match self.name {
            // An account that comes back finds those that it had here before.
            // One that waited here for nobody, and was claimed for it, says from here on what credited it.
            "payment" => {
                " ON CONFLICT (provider, payment) DO UPDATE SET account = excluded.account, transfer = excluded.transfer
                 WHERE payment.passed_to = excluded.account AND payment.credited_at IS NOT NULL"
            }
            // The messages that came before them were counted here already.
            "campaign_count" => {
                " ON CONFLICT (account, campaign) DO UPDATE
                 SET messages = excluded.messages, recipients = excluded.recipients"
            }
            "blocked_count" => {
                " ON CONFLICT (account, hour, campaign, reason) DO UPDATE SET messages = excluded.messages"
            }
            _ => "",
        };
        let sql = format!(
            "INSERT INTO {} ({}) SELECT {} FROM json_each(?1) j WHERE ?2 IS NOT NULL{conflict}",
            self.name,
            names.join(", "),
            values.join(", ")
        );
        db.query(&sql, params![rows, account]).await?;
        Ok(())
    }

    /// How many rows an account has.
    pub(super) async fn count<D: Database>(&self, db: &D, account: &str) -> Result<i64, DbError> {
        let sql = format!("SELECT count(*) AS amount FROM {} WHERE account = ?1{}", self.name, self.only());
        db.query(&sql, params![account]).await?.first().ok_or(DbError::NoRow)?.int("amount")
    }

    /// Deletes up to `limit` rows of an account, and answers whether there were so many. Belongs inside a transaction.
    pub(super) async fn delete<D: Database>(
        &self,
        db: &D,
        account: &str,
        limit: i64,
    ) -> Result<bool, DbError> {
        let key = match self.key {
            [] => "account".to_owned(),
            key => key.iter().map(|key| key.column()).collect::<Vec<_>>().join(", "),
        };
        let name = self.name;
        let sql = format!(
            "DELETE FROM {name} WHERE account = ?1 AND ({key}) IN
               (SELECT {key} FROM {name} WHERE account = ?1 LIMIT ?2) RETURNING 1"
        );
        Ok(db.query(&sql, params![account, limit]).await?.len() as i64 == limit)
    }
}

impl Column {
    /// As a member of a JSON object.
    fn written(&self) -> String {
        let name = &self.name;
        if self.holds_bytes {
            format!("'{name}', iif({name} IS NULL, NULL, hex({name}))")
        } else {
            format!("'{name}', {name}")
        }
    }

    /// Its value from such a member; the place of a leaf is the one that it has in the log here.
    fn read(&self, table: &str) -> String {
        let name = &self.name;
        let member = format!("j.value ->> '{name}'");
        if LEAF_COLUMNS.contains(&(table, name)) {
            format!("(SELECT leaf FROM arriving_leaf WHERE account = ?2 AND former = {member})")
        } else if self.holds_bytes {
            format!("unhex({member})")
        } else {
            member
        }
    }
}
