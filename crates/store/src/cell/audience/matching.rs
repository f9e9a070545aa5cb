//! Which contacts a selection takes, as a part of a statement: `SELECT … FROM … WHERE …`.
//!
//! The statement is put together from the parts of the selection, so that SQLite sees nothing that is not asked for. It
//! is driven by the smallest of what is given: numbers, a list, or else the base. In each, `c` is the contact, ?1 the
//! account, ?2 the contact behind which a step begins and ?3 the one with which it ends.

use std::collections::BTreeSet;

use domain::audience::{Audience, Outcome, Rule, Selection, millionths};

use crate::cell::Tenant;
use crate::cell::audience::lists::Named;
use crate::cell::people::imports::packed::contacts_of;
use crate::database::{Database, DbError, Value};
use crate::refusal::{Refusal, StoreError};
use crate::{hex, json, params};

/// Behind every contact's id.
pub(in crate::cell) const LAST: &str = "con~";
/// Of several lists, so many members are gone through at once, sorted.
const SORTED_MAX: i64 = 20_000;

/// Who has a number of these, by its hash.
const BY_NUMBER: &str =
    "json_each(?4) j CROSS JOIN contact_number d ON d.account = ?1 AND d.number_hash = unhex(j.value)";

/// The contacts that are taken.
#[derive(Debug)]
pub(in crate::cell) struct Matching {
    /// What they are found by, and how that is bounded.
    from: String,
    driver: String,
    /// What the steps count, and its column.
    walked: String,
    bound: &'static str,
    /// What else is true of `c`.
    conditions: String,
    /// From ?4 on; the first few stand in what the steps walk through.
    parameters: Vec<Value>,
    walked_parameters: usize,
    /// Whether they are so few that one step takes all.
    at_once: bool,
    /// The lists and tags that an audience names.
    pub named: BTreeSet<String>,
    /// Values that each contact is held against.
    weight: i64,
}

/// By what contacts are named where no audience is meant.
#[derive(Clone, Debug, PartialEq)]
pub enum Who {
    /// By their ids.
    Contacts(Vec<String>),
    /// By their numbers in E.164.
    Phones(Vec<String>),
    /// All that an import brought.
    Import(String),
    /// Whom an audience takes.
    Audience(Audience),
}

impl Matching {
    /// `c` is in the base: rows of a file that is being read are no contacts yet.
    const IN_BASE: &str = "EXISTS (SELECT 1 FROM import i WHERE i.account = c.account AND i.import = c.import AND i.state = 'completed')";

    fn base() -> Self {
        Self {
            from: "contact c".to_owned(),
            driver: "c.account = ?1".to_owned(),
            walked: "contact c".to_owned(),
            bound: "c.contact",
            conditions: Self::IN_BASE.to_owned(),
            parameters: Vec::new(),
            walked_parameters: 0,
            at_once: false,
            named: BTreeSet::new(),
            weight: 0,
        }
    }

    /// Found by few that are given: `d` has their contacts.
    fn by_few(few: &str) -> Self {
        Self {
            from: format!("{few} CROSS JOIN contact c ON c.account = ?1 AND c.contact = d.contact"),
            driver: "TRUE".to_owned(),
            bound: "d.contact",
            at_once: true,
            ..Self::base()
        }
    }

    /// Who has a mark lies side by side.
    fn by_mark(mark: &str) -> Self {
        Self {
            from: "contact_mark d CROSS JOIN contact c ON c.account = d.account AND c.contact = d.contact"
                .to_owned(),
            driver: "d.account = ?1 AND d.mark = unhex(?4)".to_owned(),
            walked: "contact_mark d".to_owned(),
            bound: "d.contact",
            parameters: vec![mark.into()],
            walked_parameters: 1,
            ..Self::base()
        }
    }

    /// Writes a value down, and answers what stands for it.
    fn put(&mut self, value: impl Into<Value>) -> String {
        self.parameters.push(value.into());
        format!("?{}", self.parameters.len() + 3)
    }

    /// The statement that answers these columns of those between two contacts.
    pub(in crate::cell) fn select(&self, columns: &str) -> String {
        let Self { from, driver, bound, conditions, .. } = self;
        format!(
            "SELECT {columns} FROM {from} WHERE {driver} AND {bound} > ?2 AND {bound} <= ?3 AND {conditions}"
        )
    }

    /// What stands for the next value behind its own, counted from 0.
    pub(in crate::cell) fn behind(&self, place: usize) -> String {
        format!("?{}", self.parameters.len() + 4 + place)
    }

    /// All parameters of a statement over a step.
    pub(in crate::cell) fn parameters(&self, account: &str, step: &Step) -> Vec<Value> {
        let mut parameters = params![account, &step.after, &step.up_to];
        parameters.extend(self.parameters.iter().cloned());
        parameters
    }

    /// Only those who are in one of some lists.
    fn in_lists(&mut self, lists: &[String]) -> Result<String, DbError> {
        let lists = self.put(json(&lists)?);
        Ok(format!(
            "EXISTS (SELECT 1 FROM list_member m WHERE m.account = ?1 AND m.contact = c.contact AND m.list IN (SELECT value FROM json_each({lists})))"
        ))
    }

    /// Only those who have one of some marks, or who have none of them.
    fn has_mark(&mut self, marks: &str, is_so: bool) -> String {
        let (marks, not) = (self.put(marks), if is_so { "" } else { "NOT " });
        format!(
            "{not}EXISTS (SELECT 1 FROM contact_mark k WHERE k.account = ?1 AND k.contact = c.contact AND k.mark IN (SELECT unhex(value) FROM json_each({marks})))"
        )
    }

    /// Only those who have a mark. The base is not gone through for them: who has it lies side by side.
    pub(in crate::cell) fn with_mark(&mut self, mark: &str) {
        if self.walked == "contact c" && self.parameters.is_empty() {
            *self = Self::by_mark(mark);
            return;
        }
        let condition = self.has_mark(&format!("[\"{mark}\"]"), true);
        self.conditions.push_str(&format!(" AND {condition}"));
    }

    /// Orders them by their contacts.
    pub(in crate::cell) fn in_order(&self) -> String {
        format!("ORDER BY {}", self.bound)
    }

    /// What a rule over what happened, or over scores, says of `c`; nothing of one over fields.
    fn rule(&mut self, rule: &Rule) -> Option<String> {
        Some(match rule {
            Rule::Campaign { campaign, outcome } => {
                let campaign = self.put(campaign.as_str());
                let message = format!(
                    "SELECT 1 FROM message m INDEXED BY message_once WHERE m.account = ?1 AND m.campaign = {campaign} AND m.number_hash = c.number_hash"
                );
                let opened = format!(
                    "EXISTS ({message} AND EXISTS (SELECT 1 FROM link_visit v WHERE v.account = ?1 AND v.contact = c.contact AND v.message = m.id AND v.visitor = 'person'))"
                );
                match outcome {
                    Outcome::Got => format!("EXISTS ({message} AND m.state = 'delivered')"),
                    Outcome::NotGot => format!(
                        "NOT EXISTS ({message} AND m.state IN ('queued', 'leased', 'unknown', 'handed_over', 'delivered'))"
                    ),
                    Outcome::Answered => format!("EXISTS ({message} AND m.call_result = 'answered')"),
                    Outcome::Opened => opened,
                    Outcome::NotOpened => {
                        format!(
                            "(EXISTS ({message} AND m.state IN ('handed_over', 'delivered')) AND NOT {opened})"
                        )
                    }
                }
            }
            Rule::Score { kind, at_least, below } => {
                let kind = self.put(kind.as_str());
                let least = self.put(millionths(*at_least).unwrap_or(0));
                let below = self.put(millionths(*below).unwrap_or(i64::MAX));
                let run = format!(
                    "SELECT g.scoring FROM scoring g WHERE g.account = ?1 AND g.kind = {kind} AND g.state = 'completed' ORDER BY g.scoring DESC LIMIT 1"
                );
                format!(
                    "EXISTS (SELECT 1 FROM scored_contact s INDEXED BY scored_contact_of_scoring WHERE s.account = ?1 AND s.scoring = ({run}) AND s.contact = c.contact AND s.score >= {least} AND s.score < {below})"
                )
            }
            _ => return None,
        })
    }
}

/// A part of the way through those who are taken.
#[derive(Clone, Debug)]
pub(in crate::cell) struct Step {
    after: String,
    pub up_to: String,
    pub is_last: bool,
}

impl Step {
    /// All at once.
    pub(in crate::cell) fn all() -> Self {
        Self::behind(String::new())
    }

    /// All behind one.
    pub(in crate::cell) fn behind(after: String) -> Self {
        Self { after, up_to: LAST.to_owned(), is_last: true }
    }
}

impl<D: Database> Tenant<'_, D> {
    /// Who is meant.
    pub(in crate::cell) async fn matching_who(&self, db: &D, who: &Who) -> Result<Matching, StoreError> {
        let mut matching = match who {
            Who::Audience(audience) => return self.matching(db, audience).await,
            Who::Contacts(_) => Matching::by_few("(SELECT value AS contact FROM json_each(?4)) d"),
            Who::Phones(_) => Matching::by_few(BY_NUMBER),
            Who::Import(_) => Matching::base(),
        };
        match who {
            Who::Contacts(contacts) => {
                let contacts: BTreeSet<&String> = contacts.iter().collect();
                matching.put(json(&contacts)?);
            }
            Who::Phones(phones) => {
                let hashes = self.number_hashes(phones)?;
                matching.put(hashes);
            }
            Who::Import(import) => {
                let (first, last) = contacts_of(import)?;
                let (first, last) = (matching.put(first), matching.put(last));
                matching.walked_parameters = 2;
                let import = matching.put(import.as_str());
                matching.driver.push_str(&format!(" AND c.contact BETWEEN {first} AND {last}"));
                matching.conditions.push_str(&format!(" AND c.import = {import}"));
            }
            Who::Audience(_) => {}
        }
        Ok(matching)
    }

    /// Whom an audience takes. What it names must be there: of a list that is gone nobody knows whom it would have left
    /// out.
    pub(in crate::cell) async fn matching(
        &self,
        db: &D,
        audience: &Audience,
    ) -> Result<Matching, StoreError> {
        let named = self.check_audience(db, audience).await?;
        let (matching, driven_by) = self.driver(&audience.include, &named)?;
        self.narrowed(matching, audience, named, driven_by)
    }

    /// Whom an audience takes of those whose numbers' hashes lie below a bound of eight bytes in hexadecimal: hashes lie
    /// in no order, so these are drawn by chance.
    pub(in crate::cell) async fn matching_sample(
        &self,
        audience: &Audience,
        bound: &str,
    ) -> Result<Matching, StoreError> {
        let named = self.check_audience(self.db, audience).await?;
        let mut sample = Matching::by_few(
            "(SELECT contact FROM contact_number WHERE account = ?1 AND number_hash < unhex(?4)) d",
        );
        sample.put(bound);
        self.narrowed(sample, audience, named, None)
    }

    /// Leaves of contacts those whom an audience takes.
    fn narrowed(
        &self,
        mut matching: Matching,
        audience: &Audience,
        named: Named,
        driven_by: Option<DrivenBy>,
    ) -> Result<Matching, StoreError> {
        let included = self.conditions(&mut matching, &audience.include, &named, driven_by)?;
        for condition in included {
            matching.conditions.push_str(&format!(" AND {condition}"));
        }
        for excluded in &audience.exclude {
            let left_out = self.conditions(&mut matching, excluded, &named, None)?;
            matching.conditions.push_str(&format!(" AND NOT ({})", left_out.join(" AND ")));
        }
        matching.weight = audience.values() as i64;
        matching.named = named.into_values().map(|(list, _)| list).collect();
        Ok(matching)
    }

    /// Refuses an audience that names what is not there.
    pub(in crate::cell) async fn check_audience(
        &self,
        db: &D,
        audience: &Audience,
    ) -> Result<Named, StoreError> {
        let texts = |part: fn(&Selection) -> &Vec<String>| {
            audience.selections().flat_map(part).map(String::as_str).collect::<Vec<_>>()
        };
        let (lists, tags) = (texts(|one| &one.lists), texts(|one| &one.tags));
        let named = self.named_lists(db, &lists, &tags).await?;
        if lists.iter().any(|list| !named.contains_key(*list)) {
            return Err(Refusal::ListUnknown.into());
        }
        if tags.iter().any(|tag| !named.contains_key(*tag)) {
            return Err(Refusal::TagUnknown.into());
        }
        let campaigns: BTreeSet<&str> = audience
            .selections()
            .flat_map(|one| &one.rules)
            .filter_map(|rule| match rule {
                Rule::Campaign { campaign, .. } => Some(campaign.as_str()),
                _ => None,
            })
            .collect();
        let found = db
            .query(
                "SELECT 1 FROM json_each(?2) j CROSS JOIN campaign p ON p.account = ?1 AND p.campaign = j.value",
                params![&self.account, json(&campaigns)?],
            )
            .await?;
        if found.len() != campaigns.len() {
            return Err(Refusal::CampaignUnknown.into());
        }
        self.started_of_not_got(db, audience).await?;
        self.check_fields(db, audience).await?;
        Ok(named)
    }

    /// What the contacts of a selection are found by, and which part of it that is.
    fn driver(
        &self,
        selection: &Selection,
        named: &Named,
    ) -> Result<(Matching, Option<DrivenBy>), StoreError> {
        if !selection.phones.is_empty() {
            let mut matching = Matching::by_few(BY_NUMBER);
            matching.put(self.number_hashes(&selection.phones)?);
            return Ok((matching, Some(DrivenBy::Phones)));
        }
        let groups = [(DrivenBy::Lists, &selection.lists), (DrivenBy::Tags, &selection.tags)];
        let smallest = groups
            .into_iter()
            .filter(|(_, names)| !names.is_empty())
            .map(|(by, names)| {
                let ids = ids_of(names, named);
                let members: i64 =
                    names.iter().filter_map(|name| named.get(name)).map(|(_, members)| members).sum();
                (members, by, ids)
            })
            .min_by_key(|(members, ..)| *members);
        let Some((members, by, ids)) = smallest else {
            let values = selection.rules.iter().find_map(|rule| match rule {
                Rule::FieldIs { name, values } => {
                    values.first().filter(|_| values.len() == 1).map(|one| (name, one))
                }
                _ => None,
            });
            return Ok(match values {
                Some((name, value)) => (Matching::by_mark(&self.value_mark(name, value)?), None),
                None => (Matching::base(), None),
            });
        };
        if let [list] = ids.as_slice() {
            let mut matching = Matching {
                from: "list_member d CROSS JOIN contact c ON c.account = d.account AND c.contact = d.contact"
                    .to_owned(),
                driver: "d.account = ?1 AND d.list = ?4".to_owned(),
                walked: "list_member d".to_owned(),
                bound: "d.contact",
                walked_parameters: 1,
                ..Matching::base()
            };
            matching.put(list.as_str());
            return Ok((matching, Some(by)));
        }
        if members > SORTED_MAX {
            return Ok((Matching::base(), None));
        }
        let mut matching = Matching::by_few(
            "(SELECT DISTINCT m.contact FROM list_member m WHERE m.account = ?1 AND m.list IN (SELECT value FROM json_each(?4))) d",
        );
        matching.put(json(&ids)?);
        Ok((matching, Some(by)))
    }

    /// What is true of `c` by a selection, but for what it is found by.
    fn conditions(
        &self,
        matching: &mut Matching,
        selection: &Selection,
        named: &Named,
        driven_by: Option<DrivenBy>,
    ) -> Result<Vec<String>, StoreError> {
        let mut conditions = Vec::new();
        for (by, names) in [(DrivenBy::Lists, &selection.lists), (DrivenBy::Tags, &selection.tags)] {
            if !names.is_empty() && driven_by != Some(by) {
                conditions.push(matching.in_lists(&ids_of(names, named))?);
            }
        }
        if !selection.phones.is_empty() && driven_by != Some(DrivenBy::Phones) {
            let hashes = matching.put(self.number_hashes(&selection.phones)?);
            conditions.push(format!("c.number_hash IN (SELECT unhex(value) FROM json_each({hashes}))"));
        }
        for rule in &selection.rules {
            conditions.extend(match self.field_marks(rule)? {
                Some((marks, is_so)) => Some(matching.has_mark(&marks, is_so)),
                None => matching.rule(rule),
            });
        }
        Ok(conditions)
    }

    /// Numbers by their hashes, each once: a JSON array.
    fn number_hashes(&self, phones: &[String]) -> Result<String, DbError> {
        let key = self.keys.personal()?;
        let hashes: BTreeSet<String> = phones.iter().map(|phone| hex(&key.index(phone))).collect();
        json(&hashes)
    }

    /// The next step behind a contact.
    pub(in crate::cell) async fn next_step(
        &self,
        db: &D,
        matching: &Matching,
        after: &str,
        rows: i64,
    ) -> Result<Step, DbError> {
        if matching.at_once {
            return Ok(Step::behind(after.to_owned()));
        }
        let Matching { walked, driver, bound, parameters, walked_parameters, .. } = matching;
        // Nobody waits long for a step: the more each contact is held against, the fewer it takes.
        let rows = (rows / (1 + matching.weight / 20)).max(100);
        // ?3 is not asked for: it takes the place of the number of rows.
        let walk = format!(
            "SELECT {bound} AS contact FROM {walked} WHERE {driver} AND {bound} > ?2 ORDER BY {bound} LIMIT ?3"
        );
        let mut all = params![&self.account, after, rows];
        all.extend(parameters.iter().take(*walked_parameters).cloned());
        let found =
            db.query(&format!("SELECT max(contact) AS up_to, count(*) AS seen FROM ({walk})"), all).await?;
        let row = found.first().ok_or(DbError::NoRow)?;
        match row.int("seen")? < rows {
            true => Ok(Step::behind(after.to_owned())),
            false => Ok(Step { after: after.to_owned(), up_to: row.text("up_to")?, is_last: false }),
        }
    }
}

/// The part of a selection by which contacts are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DrivenBy {
    Lists,
    Tags,
    Phones,
}

fn ids_of(names: &[String], named: &Named) -> Vec<String> {
    let ids: BTreeSet<&String> = names.iter().filter_map(|name| named.get(name)).map(|(id, _)| id).collect();
    ids.into_iter().cloned().collect()
}
