//! Why a file proves nothing, why files together do not show all there is, and why one does not continue another.

use crate::checkpoint::CheckpointError;

/// Why a file proves nothing. What is wrong with an event names its index in the log.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    #[error("not an evidence file: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the format is `{found}`, not `{known}`")]
    Format { found: String, known: &'static str },
    #[error("the file was signed with `{found}`, not with the expected key")]
    OtherKey { found: String },
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    #[error("event {index}: {reason}")]
    Event { index: u64, reason: EventProblem },
    #[error("hash {0} of the proof since an earlier log is not 32 bytes in base64")]
    SinceHash(usize),
    #[error(transparent)]
    Incomplete(#[from] Incomplete),
}

/// What is wrong with one event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EventProblem {
    #[error("it lies after the end of the checkpoint's log")]
    AfterTheCheckpoint,
    #[error("it stands in the file twice, or behind a later one")]
    OutOfOrder,
    #[error("its salt is not 32 bytes in lower-case hexadecimal")]
    Salt,
    #[error("hash {0} of its proof is not 32 bytes in base64")]
    ProofHash(usize),
    #[error(
        "it is not in its canonical bytes: a key stands twice, or the order of keys, a number, an escape or white space is another"
    )]
    NotCanonical,
    #[error("it is not an object with a `kind`")]
    Kind,
    #[error("the log does not hold it as it stands here: the event, its salt or its proof was changed")]
    NotInTheLog,
    #[error("it belongs to another account or campaign than the file is about")]
    NotOfTheSeries,
    #[error("its number was given to another event too")]
    NumberTwice,
}

/// Why files together do not show all events of one series.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Incomplete {
    #[error("there is no file")]
    NoFile,
    #[error("no file says how many events there are: the first page is missing, or was made otherwise")]
    NoCount,
    #[error("the files are of different checkpoints: ask for each next page by the cursor of the one before")]
    OtherCheckpoint,
    #[error("the files are about different accounts or campaigns")]
    OtherSeries,
    #[error(
        "events are missing: of {expected} there are {found}, and the first that is missing is number {first}"
    )]
    Missing { expected: u64, found: u64, first: u64 },
}

/// Why a file does not continue an earlier one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotContinued {
    #[error("the earlier file is of another log or key")]
    OtherLog,
    #[error("the earlier file is of a longer log: the two were taken for one another, or the log was cut")]
    Shorter,
    #[error("no proof leads from the earlier log of {0} leaves to this one")]
    NoProof(u64),
    #[error("the log was rewritten: it does not begin with the earlier one")]
    Rewritten,
    #[error("event {0}, which the earlier file shows, is not in this one")]
    EventGone(u64),
}
