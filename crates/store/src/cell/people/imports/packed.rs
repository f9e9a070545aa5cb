//! Rows of a batch in one run of bytes, which a statement cuts up itself. As JSON they would be written in hexadecimal,
//! parsed and read back, which costs more than to insert them.

use domain::ids::IdKind;

use crate::database::DbError;

/// Bytes of a keyed hash.
pub const HASH_BYTES: usize = 32;
/// Bytes of a fingerprint: two contents of one contact that share one are as good as never met.
pub const FINGERPRINT_BYTES: usize = 8;
/// Bytes of an id.
pub const ID_BYTES: usize = 36;
/// Digits of a length that stands before what it is the length of.
const LENGTH_DIGITS: usize = 6;
/// The longest value that they can say.
const LENGTH_MAX: usize = 999_999;

/// Rows of several values of any length, one behind the other.
#[derive(Default)]
pub struct PackedRows {
    bytes: Vec<u8>,
    /// Where each begins, counted from one as `substr` does.
    begins: Vec<usize>,
}

impl PackedRows {
    /// Adds a row: what has one length first, then the lengths of the others, then these.
    pub fn push(&mut self, fixed: &[&[u8]], others: &[&[u8]]) -> Result<(), DbError> {
        if others.iter().any(|value| value.len() > LENGTH_MAX) {
            return Err(DbError::Column("a value of a batch".to_owned()));
        }
        self.begins.push(self.bytes.len() + 1);
        for value in fixed {
            self.bytes.extend_from_slice(value);
        }
        for value in others {
            let length = format!("{:0LENGTH_DIGITS$}", value.len());
            self.bytes.extend_from_slice(length.as_bytes());
        }
        for value in others {
            self.bytes.extend_from_slice(value);
        }
        Ok(())
    }

    /// The bytes, and a JSON array of where each row begins.
    pub fn parameters(&self) -> Result<(Vec<u8>, String), DbError> {
        Ok((self.bytes.clone(), crate::json(&self.begins)?))
    }

    pub fn is_empty(&self) -> bool {
        self.begins.is_empty()
    }
}

/// What a row of a file is to the base, as far as its batch can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nobody there has its number.
    New,
    /// The base has it as it is.
    Unchanged,
    /// It says something else of a contact.
    Changed,
    /// No contact comes of it. It only ends a consent to automated decisions.
    NotTaken,
}

/// What a row says of a consent to automated decisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowConsent {
    /// The person consents.
    Given,
    /// They do not.
    NotGiven,
    /// Something that is neither: it counts as no consent, ends one that an earlier file brought, and is listed.
    Unclear,
}

impl RowConsent {
    /// What stands of a person of whom another row of the file speaks too. A denial counts in whichever row it stands, then
    /// what is unclear; else the first counts, as for all that rows say.
    pub fn beside(first: Option<Self>, other: Option<Self>) -> Option<Self> {
        let says = |what: Self| first == Some(what) || other == Some(what);
        [Self::NotGiven, Self::Unclear].into_iter().find(|what| says(*what)).or(first)
    }

    /// Whether it ends a consent that an earlier file brought.
    pub fn ends_consent(self) -> bool {
        self != Self::Given
    }
}

/// One row in a run: its number's hash, what it says, its line, what it is to the base, whether its cell holds other
/// numbers too, and what it says of automated decisions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunEntry {
    pub hash: [u8; HASH_BYTES],
    pub fingerprint: [u8; FINGERPRINT_BYTES],
    pub line: i64,
    pub standing: Standing,
    pub several: bool,
    pub decision_consent: Option<RowConsent>,
}

/// Bytes of an entry.
const ENTRY_BYTES: usize = HASH_BYTES + FINGERPRINT_BYTES + 8 + 3;

impl RunEntry {
    /// Adds it to a run.
    pub fn write(&self, run: &mut Vec<u8>) {
        run.extend_from_slice(&self.hash);
        run.extend_from_slice(&self.fingerprint);
        run.extend_from_slice(&self.line.to_be_bytes());
        let consent = match self.decision_consent {
            None => 0,
            Some(RowConsent::Given) => 1,
            Some(RowConsent::NotGiven) => 2,
            Some(RowConsent::Unclear) => 3,
        };
        run.extend_from_slice(&[self.standing as u8, u8::from(self.several), consent]);
    }

    /// The entries of a run.
    pub fn read_all(run: &[u8]) -> impl Iterator<Item = Self> {
        run.chunks_exact(ENTRY_BYTES).filter_map(Self::read)
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (hash, rest) = bytes.split_first_chunk()?;
        let (fingerprint, rest) = rest.split_first_chunk()?;
        let (line, rest) = rest.split_first_chunk()?;
        let [standing, several, consent] = rest else { return None };
        let standing = match standing {
            0 => Standing::New,
            1 => Standing::Unchanged,
            2 => Standing::Changed,
            _ => Standing::NotTaken,
        };
        let decision_consent = match consent {
            0 => None,
            1 => Some(RowConsent::Given),
            2 => Some(RowConsent::NotGiven),
            _ => Some(RowConsent::Unclear),
        };
        let (line, several) = (i64::from_be_bytes(*line), *several != 0);
        Some(Self { hash: *hash, fingerprint: *fingerprint, line, standing, several, decision_consent })
    }
}

/// The id of the contact that a line of an import brings. It follows from both, so that a step that is done again makes
/// the same, and the contacts of an import lie side by side in the order of its lines.
pub fn contact_of_line(import: &str, line: i64) -> Result<String, DbError> {
    let malformed = || DbError::Column("import".to_owned());
    let bytes = domain::hexadecimal::unhex(import.get(4..).ok_or_else(malformed)?).ok_or_else(malformed)?;
    let born = bytes.first_chunk::<6>().ok_or_else(malformed)?;
    let own = bytes.last_chunk::<5>().ok_or_else(malformed)?;
    let unix_ms = born.iter().fold(0, |time, byte| time << 8 | i64::from(*byte));
    let line = line.to_be_bytes();
    let tail = [own[0], own[1], own[2], own[3], own[4], line[3], line[4], line[5], line[6], line[7]];
    Ok(IdKind::Contact.new_id(unix_ms, tail, None))
}

/// The first and the last id that a line of an import can have.
pub fn contacts_of(import: &str) -> Result<(String, String), DbError> {
    Ok((contact_of_line(import, 0)?, contact_of_line(import, (1 << 40) - 1)?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// R70: contacts are listed in the order of their file, and apart from those of any other.
        #[test]
        fn ids_follow_the_lines_of_their_import(now in 0_i64..1 << 45, random: [u8; 10], other: [u8; 10], a in 1_i64..1 << 33, b in 1_i64..1 << 33) {
            let import = IdKind::Import.new_id(now, random, None);
            let id = |line| contact_of_line(&import, line).expect("an id");
            prop_assert!(IdKind::Contact.is_id(&id(a)));
            prop_assert_eq!(a.cmp(&b), id(a).cmp(&id(b)));
            let (first, last) = contacts_of(&import).expect("ids");
            prop_assert!(first <= id(a) && id(a) <= last);
            let neighbour = IdKind::Import.new_id(now, other, None);
            prop_assume!(contacts_of(&neighbour).expect("ids").0 != first);
            let foreign = contact_of_line(&neighbour, b).expect("an id");
            prop_assert!(foreign < first || foreign > last);
        }

        #[test]
        fn a_run_reads_as_it_was_written(hash: [u8; 32], fingerprint: [u8; 8], line in 0_i64..1 << 40, kind in 0_usize..4, several: bool, consent in 0_usize..4) {
            let standing = [Standing::New, Standing::Unchanged, Standing::Changed, Standing::NotTaken][kind];
            let decision_consent =
                [None, Some(RowConsent::Given), Some(RowConsent::NotGiven), Some(RowConsent::Unclear)][consent];
            let entry = RunEntry { hash, fingerprint, line, standing, several, decision_consent };
            let mut run = Vec::new();
            entry.write(&mut run);
            entry.write(&mut run);
            prop_assert_eq!(RunEntry::read_all(&run).collect::<Vec<_>>(), vec![entry.clone(), entry]);
        }
    }
}
