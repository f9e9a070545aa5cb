//! What makes the history provable: the Merkle log's mathematics, signed checkpoints and evidence
//! files (R91, R93).
//!
//! Everything here is pure and runs the same in a component, which writes the proofs, and in the
//! `sendbox verify` command, which checks them on a machine that trusts nobody.

pub mod checkpoint;
pub mod file;
pub mod form;
pub mod merkle;

pub use checkpoint::{Checkpoint, CheckpointError, SigningKey};
pub use file::{
    EvidenceError, EvidenceEvent, EvidenceFile, Verified, VerifiedEvent, canonical, commitment, commitment_to,
};
pub use form::Form;
pub use merkle::Hash;
