//! Rows as a table: which columns each file has, and what stands in them. Their names are plain English and stay; those
//! of the contacts are such that an upload of the same file takes each for what it is.

use api::exports::Exported;
use serde_json::{Map, Value};
use tables::csv::write_row;

/// Fields that have columns of their own. What is beyond stands in the last column, as JSON.
const FIELD_COLUMNS_MAX: usize = 100;

/// What stands in a column.
#[derive(Clone, Copy)]
enum Cell {
    /// The member of the row that a pointer leads to.
    At(&'static str),
    /// The sum that a transfer moves in a book.
    Book(&'static str),
    /// A part of the local time at which a message was handed over, or refused: the date, the time.
    Local(usize, usize),
    /// The offset by which it is local: `UTC+05:00`, since a sign alone looks like the beginning of a formula.
    Offset,
}

use Cell::{At, Book, Local, Offset};

type Column = (&'static str, Cell);

const CONTACT: &[Column] = &[
    ("mobile_phone", At("/phone")),
    ("full_name", At("/name")),
    ("consent_source", At("/consent/source")),
    ("consent_date", At("/consent/date")),
    // Not merely `decision_consent`: an upload takes that for a consent to messages.
    ("automated_decision_consent", At("/decision_consent")),
];

/// Behind the fields.
const OF_CONTACT: &[Column] = &[
    ("lists", At("/lists")),
    ("tags", At("/tags")),
    ("blacklisted", At("/blacklisted")),
    ("import", At("/import")),
    ("id", At("/id")),
    ("created_at", At("/created_at")),
];

const MESSAGE: &[Column] = &[
    ("id", At("/id")),
    ("campaign", At("/campaign")),
    ("channel", At("/channel")),
    ("phone", At("/phone")),
    ("state", At("/state")),
    ("reason", At("/reason")),
    ("date", Local(0, 10)),
    ("time", Local(11, 19)),
    ("utc_offset", Offset),
    ("operator", At("/operator")),
    ("handed_over_at", At("/handed_over_at")),
    ("blocked_at", At("/blocked_at")),
    ("result_at", At("/result_at")),
    ("call_attempt", At("/attempt")),
    ("call_result", At("/call_result")),
    ("segments", At("/segments")),
    ("charged", At("/charged/amount")),
    ("currency", At("/charged/currency")),
    ("window_hours", At("/window_hours")),
    ("window_rule", At("/window_rule")),
];

const CAMPAIGN: &[Column] = &[
    ("id", At("/id")),
    ("name", At("/name")),
    ("channel", At("/channel")),
    ("class", At("/class")),
    ("state", At("/state")),
    ("text", At("/text")),
    ("segments", At("/segments")),
    ("opt_out_link", At("/opt_out_link")),
    ("links", At("/links")),
    ("audio", At("/audio")),
    ("duration_ms", At("/duration_ms")),
    ("attempts", At("/plan/attempts")),
    ("audience", At("/audience")),
    ("created_at", At("/created_at")),
    ("started_at", At("/started_at")),
    ("finished_at", At("/finished_at")),
];

const LISTED: &[Column] = &[
    ("id", At("/id")),
    ("phone", At("/phone")),
    ("source", At("/source")),
    ("reason", At("/reason")),
    ("actor", At("/actor")),
    ("channel", At("/channel")),
    ("created_at", At("/created_at")),
];

const CONSENT: &[Column] = &[
    ("id", At("/id")),
    ("document", At("/document")),
    ("version", At("/version")),
    ("sha256", At("/sha256")),
    ("language", At("/language")),
    ("state", At("/state")),
    ("at", At("/at")),
    ("withdrawn_at", At("/withdrawn_at")),
    ("log_index", At("/log_index")),
];

const ACT: &[Column] = &[
    ("log_index", At("/log_index")),
    ("at", At("/event/at")),
    ("kind", At("/event/kind")),
    ("actor", At("/event/actor")),
    ("channel", At("/event/channel")),
    ("campaign", At("/event/campaign")),
    ("event", At("/event")),
];

const TRANSFER: &[Column] = &[
    ("id", At("/id")),
    ("kind", At("/kind")),
    ("at", At("/at")),
    ("payment", At("/payment")),
    ("received_at", At("/received_at")),
    ("campaign", At("/campaign")),
    ("scoring", At("/scoring")),
    ("lookup", At("/lookup")),
    ("messages", At("/messages")),
    ("available", Book("available")),
    ("held", Book("held")),
    ("bank", Book("bank")),
    ("operator", Book("operator")),
    ("service", Book("service")),
    ("forfeited", Book("forfeited")),
    ("suspense", Book("suspense")),
];

const SCORE: &[Column] = &[
    ("scoring", At("/scoring")),
    ("kind", At("/kind")),
    ("scored_at", At("/scored_at")),
    ("contact", At("/contact")),
    ("phone", At("/phone")),
    ("score", At("/score")),
    ("reasons", At("/reasons")),
    ("inputs", At("/inputs")),
];

const IMPORT: &[Column] = &[
    ("id", At("/id")),
    ("name", At("/name")),
    ("state", At("/state")),
    ("rows", At("/rows")),
    ("imported", At("/imported")),
    ("updated", At("/updated")),
    ("unchanged", At("/unchanged")),
    ("duplicates", At("/duplicates")),
    ("rejected", At("/rejected")),
    ("blacklisted", At("/blacklisted")),
    ("several", At("/several")),
    ("decision_consents", At("/decision_consents")),
    ("decision_refusals", At("/decision_refusals")),
    ("decision_unclear", At("/decision_unclear")),
    ("problem_code", At("/problem_code")),
    ("problem_line", At("/problem_line")),
    ("created_at", At("/created_at")),
    ("finished_at", At("/finished_at")),
];

const STANCE: &[Column] = &[
    ("phone", At("/phone")),
    ("stance", At("/stance")),
    ("said", At("/said")),
    ("import", At("/import")),
    ("at", At("/at")),
];

const LOOKED_UP: &[Column] = &[
    ("lookup", At("/lookup")),
    ("contact", At("/contact")),
    ("phone", At("/phone")),
    ("reach", At("/answer/reach")),
    ("error", At("/answer/error")),
    ("mcc", At("/answer/mcc")),
    ("mnc", At("/answer/mnc")),
    ("country", At("/answer/country")),
    ("network", At("/answer/network")),
    ("roaming_country", At("/answer/roaming_country")),
    ("roaming_network", At("/answer/roaming_network")),
    ("source", At("/answer/source")),
    ("operator", At("/answer/operator")),
    ("answered_at", At("/answer/answered_at")),
];

const APPEAL: &[Column] = &[
    ("id", At("/id")),
    ("kind", At("/kind")),
    ("phone", At("/phone")),
    ("said", At("/said")),
    ("received_at", At("/received_at")),
    ("due_at", At("/due_at")),
    ("overdue", At("/overdue")),
    ("outcome", At("/decision/outcome")),
    ("decided_by", At("/decision/by")),
    ("decision_reason", At("/decision/reason")),
    ("decided_at", At("/decision/at")),
    ("contested", At("/contested")),
];

const AUDIENCE: &[Column] = &[
    ("id", At("/id")),
    ("name", At("/name")),
    ("audience", At("/audience")),
    ("created_at", At("/created_at")),
];

const REQUEST: &[Column] = &[
    ("id", At("/id")),
    ("kind", At("/kind")),
    ("phone", At("/phone")),
    ("said", At("/said")),
    ("corrected", At("/corrected")),
    ("blacklisted", At("/blacklisted")),
    ("cancelled_messages", At("/cancelled_messages")),
    ("contact_deleted", At("/contact_deleted")),
    ("scores_voided", At("/scores_voided")),
    ("stance_ended", At("/stance_ended")),
    ("kept", At("/kept")),
    ("actor", At("/actor")),
    ("channel", At("/channel")),
    ("at", At("/at")),
    ("log_index", At("/log_index")),
];

/// The columns before the fields, and those behind them.
const fn columns(what: Exported) -> (&'static [Column], &'static [Column]) {
    let before = match what {
        Exported::Contacts => return (CONTACT, OF_CONTACT),
        Exported::Messages => MESSAGE,
        Exported::Campaigns => CAMPAIGN,
        Exported::Blacklist => LISTED,
        Exported::Consents => CONSENT,
        Exported::Acts => ACT,
        Exported::Ledger => TRANSFER,
        Exported::Scores => SCORE,
        Exported::Imports => IMPORT,
        Exported::Stances => STANCE,
        Exported::Lookups => LOOKED_UP,
        Exported::Appeals => APPEAL,
        Exported::Audiences => AUDIENCE,
        Exported::Requests => REQUEST,
    };
    (before, &[])
}

/// Those of an account's fields that have columns of their own.
pub fn with_columns(mut fields: Vec<String>) -> Vec<String> {
    fields.truncate(FIELD_COLUMNS_MAX);
    fields
}

/// The first line.
pub fn write_header(out: &mut String, what: Exported, fields: &[String]) {
    let (before, behind) = columns(what);
    let more = (what == Exported::Contacts).then_some("more_fields");
    let names = before.iter().map(|column| column.0).chain(fields.iter().map(String::as_str));
    write_row(out, names.chain(behind.iter().map(|column| column.0)).chain(more));
}

/// One row.
pub fn write(out: &mut String, what: Exported, row: &Value, fields: &[String]) {
    let (before, behind) = columns(what);
    let mut cells: Vec<String> = before.iter().map(|column| cell(row, column.1)).collect();
    let of_contact = row.get("fields").and_then(Value::as_object);
    cells.extend(fields.iter().map(|field| text(of_contact.and_then(|all| all.get(field)))));
    cells.extend(behind.iter().map(|column| cell(row, column.1)));
    if what == Exported::Contacts {
        cells.push(of_contact.map(|all| beyond(all, fields)).unwrap_or_default());
    }
    write_row(out, cells.iter().map(String::as_str));
}

/// The fields of a contact that have no column, as JSON: those that the base did not have when the file was begun.
fn beyond(all: &Map<String, Value>, fields: &[String]) -> String {
    let beyond: Map<String, Value> = all
        .iter()
        .filter(|(name, _)| !fields.contains(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    if beyond.is_empty() { String::new() } else { Value::Object(beyond).to_string() }
}

fn cell(row: &Value, cell: Cell) -> String {
    match cell {
        At(pointer) => text(row.pointer(pointer)),
        Book(book) => {
            let entries = row.get("entries").and_then(Value::as_array);
            let entry = entries.into_iter().flatten().find(|entry| entry["book"] == book);
            text(entry.and_then(|entry| entry.get("amount")))
        }
        Local(from, to) => local(row).and_then(|at| at.get(from..to)).unwrap_or_default().to_owned(),
        Offset => {
            local(row).and_then(|at| at.get(19..)).map(|offset| format!("UTC{offset}")).unwrap_or_default()
        }
    }
}

/// The local time of a message: `2026-12-02T10:00:05+05:00`.
fn local(row: &Value) -> Option<&str> {
    let names = ["handed_over_local", "blocked_local"];
    names.iter().find_map(|name| row.get(name).and_then(Value::as_str))
}

/// A value in a cell: names of a list with semicolons between them, whatever else has parts as JSON.
fn text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(parts)) if parts.iter().all(Value::is_string) => {
            parts.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("; ")
        }
        Some(value) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn written(what: Exported, row: &Value, fields: &[&str]) -> String {
        let fields: Vec<String> = fields.iter().map(|field| (*field).to_owned()).collect();
        let mut out = String::new();
        write_header(&mut out, what, &fields);
        write(&mut out, what, row, &fields);
        out
    }

    /// R68: a field that the header does not know is not lost, and a formula is a text.
    #[test]
    fn a_contact_has_its_fields_and_no_formula() {
        let row = json!({
            "phone": "+77010000001", "name": "=1+1", "fields": {"city": "Алматы", "later": "x"},
            "consent": null, "decision_consent": false, "lists": ["VIP", "Own"], "tags": [], "blacklisted": false, "import": "imp_1",
            "id": "con_1", "created_at": "2026-12-02T05:00:00Z",
        });
        let text = written(Exported::Contacts, &row, &["city"]);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[0],
            "mobile_phone,full_name,consent_source,consent_date,automated_decision_consent,city,lists,tags,blacklisted,import,id,created_at,more_fields"
        );
        assert_eq!(
            lines[1],
            "+77010000001,'=1+1,,,false,Алматы,\"VIP; Own\",,false,imp_1,con_1,2026-12-02T05:00:00Z,\"{\"\"later\"\":\"\"x\"\"}\""
        );
    }

    /// R90: the local day and time stand beside the offset by which they are local.
    #[test]
    fn a_message_says_its_local_time_and_what_it_cost() {
        let row = json!({
            "id": "msg_1", "campaign": "cmp_1", "channel": "text", "phone": "+77010000001", "state": "delivered",
            "handed_over_local": "2026-12-02T10:00:05+05:00", "charged": {"amount": "15.00", "currency": "KZT"},
        });
        let text = written(Exported::Messages, &row, &[]);
        assert!(text.contains("delivered,,2026-12-02,10:00:05,UTC+05:00,"), "{text}");
        assert!(text.contains(",15.00,KZT,"), "{text}");
    }

    /// R44: each book has a column of its own.
    #[test]
    fn a_transfer_says_what_it_moves_in_each_book() {
        let entries = json!([{"book": "bank", "amount": "-10.00"}, {"book": "available", "amount": "10.00"}]);
        let row = json!({"id": "trn_1", "kind": "top_up", "entries": entries});
        let text = written(Exported::Ledger, &row, &[]);
        assert!(text.ends_with(",10.00,,-10.00,,,,\r\n"), "{text}");
    }
}
