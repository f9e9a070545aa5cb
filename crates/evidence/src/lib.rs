//! What makes the history provable: the Merkle log's mathematics, signed checkpoints and evidence
//! files (R91, R93).
//!
//! Everything here is pure and runs the same in a component, which writes the proofs, and in the
//! `sendbox verify` command, which checks them on a machine that trusts nobody.

mod canonical;
pub mod checkpoint;
pub mod faults;
pub mod file;
pub mod form;
pub mod merkle;
pub mod series;
pub mod verified;

pub use canonical::{canonical, commitment, commitment_to, read_canonical};
pub use checkpoint::{Checkpoint, CheckpointError, SigningKey};
pub use faults::{EventProblem, EvidenceError, Incomplete, NotContinued};
pub use file::{EvidenceEvent, EvidenceFile, VerifiedEvent, VerifiedPage};
pub use form::{Form, Open};
pub use merkle::Hash;
pub use series::Series;
pub use verified::{Verified, verify};
