//! Signed checkpoints of the log, in the C2SP forms `signed-note` and `tlog-checkpoint` (R91).
//!
//! A checkpoint says how long the log is and what its root is. Whoever keeps one can hold the
//! service to it for good: a log that was rewritten later has no consistency proof from it.
//!
//! ```text
//! send-box.com/log
//! 8
//! XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=
//!
//! — send-box.com/log <base64 of the key id's 4 bytes and the signature's 64>
//! ```

use base64::{Engine, prelude::BASE64_STANDARD};
use ed25519_dalek::{Signature, Signer, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::{Hash, Series};

/// The algorithm's byte in key ids and verifier keys: Ed25519.
const ED25519: u8 = 0x01;

/// What begins a signature line: an em dash and a space.
const SIGNATURE_LINE: &str = "\u{2014} ";

/// The length of the log and its root at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name, which is also its key's.
    pub origin: String,
    /// Leaves in the log.
    pub size: u64,
    pub root: Hash,
}

/// The key that the log's checkpoints are signed with, under the log's name.
pub struct SigningKey {
    origin: String,
    key: ed25519_dalek::SigningKey,
}

/// Why a note is not a checkpoint signed by the expected key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    #[error("the verifier key is malformed: {0}")]
    VerifierKey(&'static str),
    #[error("the checkpoint is malformed: {0}")]
    Malformed(&'static str),
    #[error("the checkpoint belongs to the log `{0}`, the key to another")]
    OtherLog(String),
    #[error("the checkpoint carries no signature of this key")]
    NotSigned,
    #[error("the checkpoint's signature is wrong")]
    SignatureWrong,
    #[error("the checkpoint's line about a series of events is malformed or not the only one")]
    Series,
}

impl SigningKey {
    /// The key that follows from these 32 secret bytes. `origin` names the log: an address without
    /// a scheme, such as `send-box.com/log`, without white space and `+`, which the form cannot
    /// carry ([`verify`] refuses such notes).
    #[must_use]
    pub fn from_seed(origin: &str, seed: [u8; 32]) -> Self {
        Self { origin: origin.to_owned(), key: ed25519_dalek::SigningKey::from_bytes(&seed) }
    }

    /// The log's name.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The public half as verifiers take it: `origin+<8 hex digits of key id>+<base64 of 0x01 and
    /// the public key>`.
    #[must_use]
    pub fn verifier_key(&self) -> String {
        let public = self.key.verifying_key();
        let id = base16ct::lower::encode_string(&key_id(&self.origin, &public));
        let mut typed = vec![ED25519];
        typed.extend_from_slice(public.as_bytes());
        format!("{}+{id}+{}", self.origin, BASE64_STANDARD.encode(typed))
    }
}

impl Checkpoint {
    /// The text that is signed: three lines, each with its end, and the lines of an extension.
    fn body(&self, series: Option<&Series>) -> String {
        let extension = series.map(|series| format!("{series}\n")).unwrap_or_default();
        format!("{}\n{}\n{}\n{extension}", self.origin, self.size, BASE64_STANDARD.encode(self.root))
    }

    /// The signed note. The key is that of this checkpoint's log.
    #[must_use]
    pub fn sign(&self, key: &SigningKey) -> String {
        self.sign_with(key, None)
    }

    /// The signed note, with how many events of a series lie in a log of this size: one signature over both.
    #[must_use]
    pub fn sign_with(&self, key: &SigningKey, series: Option<&Series>) -> String {
        let body = self.body(series);
        let mut signature = key_id(&key.origin, &key.key.verifying_key()).to_vec();
        signature.extend_from_slice(&key.key.sign(body.as_bytes()).to_bytes());
        format!("{body}\n{SIGNATURE_LINE}{} {}\n", key.origin, BASE64_STANDARD.encode(signature))
    }
}

/// Reads a signed note and checks its signature by the key in `verifier_key`. Other signatures (of
/// witnesses) and extension lines after the root are passed over, as the form provides.
pub fn verify(note: &str, verifier_key: &str) -> Result<Checkpoint, CheckpointError> {
    verify_with_series(note, verifier_key).map(|(checkpoint, _)| checkpoint)
}

/// [`verify`], with the series that the note speaks of ([`Checkpoint::sign_with`]).
pub fn verify_with_series(
    note: &str,
    verifier_key: &str,
) -> Result<(Checkpoint, Option<Series>), CheckpointError> {
    use CheckpointError::{Malformed, NotSigned, OtherLog, SignatureWrong};

    let (name, id, public) = read_verifier_key(verifier_key)?;
    // The last blank line parts the text from its signatures.
    let (text, signatures) =
        note.rsplit_once("\n\n").ok_or(Malformed("no blank line before the signatures"))?;
    let body = format!("{text}\n");
    let (checkpoint, series) = read_body(text)?;

    let mut signed = false;
    for line in signatures.strip_suffix('\n').ok_or(Malformed("the last line has no end"))?.split('\n') {
        let (signer, value) = line
            .strip_prefix(SIGNATURE_LINE)
            .and_then(|rest| rest.split_once(' '))
            .ok_or(Malformed("a signature line is not `— name base64`"))?;
        let value = BASE64_STANDARD.decode(value).map_err(|_| Malformed("a signature is not base64"))?;
        let (signature_id, signature) =
            value.split_at_checked(4).ok_or(Malformed("a signature is too short"))?;
        if signer != name || signature_id != id {
            continue;
        }
        let signature = Signature::from_slice(signature).map_err(|_| SignatureWrong)?;
        public.verify_strict(body.as_bytes(), &signature).map_err(|_| SignatureWrong)?;
        signed = true;
    }
    if !signed {
        return Err(NotSigned);
    }
    if checkpoint.origin != name {
        return Err(OtherLog(checkpoint.origin));
    }
    Ok((checkpoint, series))
}

/// Origin, size, root and the series, if one is named, from the signed text, without its last line end.
fn read_body(text: &str) -> Result<(Checkpoint, Option<Series>), CheckpointError> {
    use CheckpointError::Malformed;

    let mut lines = text.split('\n');
    let origin = lines.next().filter(|origin| is_name(origin)).ok_or(Malformed("the origin"))?;
    let size = lines.next().ok_or(Malformed("no size"))?;
    let root = lines.next().ok_or(Malformed("no root"))?;
    let mut series = None;
    for line in lines {
        if line.is_empty() {
            return Err(Malformed("an empty line in the text"));
        }
        if Series::is_line(line)
            && series.replace(Series::parse(line).ok_or(CheckpointError::Series)?).is_some()
        {
            return Err(CheckpointError::Series);
        }
    }
    // One way only to write a number: digits, without a leading zero.
    let number: u64 = size.parse().map_err(|_| Malformed("the size"))?;
    if number.to_string() != size {
        return Err(Malformed("the size"));
    }
    let root = BASE64_STANDARD
        .decode(root)
        .ok()
        .and_then(|root| Hash::try_from(root).ok())
        .ok_or(Malformed("the root"))?;
    Ok((Checkpoint { origin: origin.to_owned(), size: number, root }, series))
}

/// Name, id and public key from `origin+id+key`.
fn read_verifier_key(text: &str) -> Result<(&str, [u8; 4], VerifyingKey), CheckpointError> {
    use CheckpointError::VerifierKey;

    let mut parts = text.trim_end().splitn(3, '+');
    let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(VerifierKey("it is not `name+id+key`"));
    };
    if !is_name(name) {
        return Err(VerifierKey("the name"));
    }
    let key = BASE64_STANDARD.decode(key).map_err(|_| VerifierKey("the key is not base64"))?;
    let Some((&ED25519, public)) = key.split_first() else {
        return Err(VerifierKey("the key is not for Ed25519"));
    };
    let public = <[u8; 32]>::try_from(public).map_err(|_| VerifierKey("the key's length"))?;
    let public = VerifyingKey::from_bytes(&public).map_err(|_| VerifierKey("no point of the curve"))?;
    let expected = key_id(name, &public);
    if base16ct::lower::encode_string(&expected) != id {
        return Err(VerifierKey("the id does not belong to the name and the key"));
    }
    Ok((name, expected, public))
}

/// The first four bytes of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key).
fn key_id(name: &str, public: &VerifyingKey) -> [u8; 4] {
    let [a, b, c, d, ..]: [u8; 32] = Sha256::new()
        .chain_update(name)
        .chain_update([b'\n', ED25519])
        .chain_update(public.as_bytes())
        .finalize()
        .into();
    [a, b, c, d]
}

/// Whether the form can carry this name of a key.
fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c == '+')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> SigningKey {
        SigningKey::from_seed("send-box.com/log", [7; 32])
    }

    fn checkpoint() -> Checkpoint {
        Checkpoint { origin: "send-box.com/log".into(), size: 8, root: [42; 32] }
    }

    #[test]
    fn a_signed_checkpoint_reads_back_as_it_was() {
        let note = checkpoint().sign(&key());
        assert_eq!(verify(&note, &key().verifier_key()), Ok(checkpoint()));
    }

    fn campaign() -> Series {
        Series { account: "acc_1".into(), name: "cmp_1".into(), events: 4 }
    }

    /// R93: how many events there are is signed with the root, and no byte of it can be changed.
    #[test]
    fn a_count_of_events_is_part_of_what_is_signed() {
        let note = checkpoint().sign_with(&key(), Some(&campaign()));
        let read = verify_with_series(&note, &key().verifier_key());
        assert_eq!(read, Ok((checkpoint(), Some(campaign()))));
        for (from, to) in
            [("cmp_1 4", "cmp_1 3"), ("cmp_1", "cmp_2"), ("acc_1", "acc_2"), ("series acc_1 cmp_1 4\n", "")]
        {
            let changed = note.replacen(from, to, 1);
            let refused = verify_with_series(&changed, &key().verifier_key());
            assert_eq!(refused, Err(CheckpointError::SignatureWrong), "{from}");
        }
    }

    #[test]
    fn a_note_that_speaks_of_two_series_is_refused() {
        let body = checkpoint().body(Some(&campaign()));
        let twice = format!("{body}{}", campaign());
        assert_eq!(read_body(&twice), Err(CheckpointError::Series));
        assert_eq!(read_body(&body.replace(" 4\n", " 04")), Err(CheckpointError::Series));
    }

    #[test]
    fn a_note_has_the_form_of_c2sp() {
        let note = checkpoint().sign(&key());
        let lines: Vec<&str> = note.split('\n').collect();
        assert_eq!(lines[..4], ["send-box.com/log", "8", "KioqKioqKioqKioqKioqKioqKioqKioqKioqKioqKio=", ""]);
        assert!(lines[4].starts_with("— send-box.com/log "));
        assert_eq!(lines[5..], [""], "one signature line, ended");
    }

    /// The first key pair of RFC 8032 §7.1; the id was worked out apart from this code.
    #[test]
    fn a_verifier_key_has_the_form_of_c2sp() {
        let mut seed = [0; 32];
        base16ct::lower::decode(
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            &mut seed,
        )
        .expect("the seed");
        assert_eq!(
            SigningKey::from_seed("send-box.com/log", seed).verifier_key(),
            "send-box.com/log+82a71756+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea"
        );
    }

    #[test]
    fn any_changed_byte_of_the_note_is_noticed() {
        let note = checkpoint().sign(&key());
        for at in 0..note.len() {
            let mut bytes = note.clone().into_bytes();
            bytes[at] ^= 1;
            if let Ok(changed) = String::from_utf8(bytes) {
                assert!(verify(&changed, &key().verifier_key()).is_err(), "byte {at}");
            }
        }
    }

    #[test]
    fn another_key_does_not_vouch_for_it() {
        let other = SigningKey::from_seed("send-box.com/log", [8; 32]);
        let note = checkpoint().sign(&other);
        assert_eq!(verify(&note, &key().verifier_key()), Err(CheckpointError::NotSigned));
    }

    #[test]
    fn the_key_of_another_log_does_not_vouch_for_it() {
        let other = SigningKey::from_seed("example.org/log", [7; 32]);
        let note = checkpoint().sign(&other);
        assert_eq!(
            verify(&note, &other.verifier_key()),
            Err(CheckpointError::OtherLog("send-box.com/log".into()))
        );
    }

    #[test]
    fn a_witness_beside_the_log_does_no_harm() {
        let mut note = checkpoint().sign(&key());
        let witness = SigningKey::from_seed("witness.example", [9; 32]);
        let theirs = checkpoint().sign(&witness);
        note.push_str(theirs.lines().last().expect("a signature line"));
        note.push('\n');
        assert_eq!(verify(&note, &key().verifier_key()), Ok(checkpoint()));
    }

    #[test]
    fn a_verifier_key_with_a_foreign_id_is_refused() {
        let right = key().verifier_key();
        let wrong = right.replacen("send-box.com/log", "send-box.com/old", 1);
        assert!(matches!(verify(&checkpoint().sign(&key()), &wrong), Err(CheckpointError::VerifierKey(_))));
    }

    #[test]
    fn a_size_can_be_written_in_one_way_only() {
        for size in ["08", "+8", "", "-1", "18446744073709551616"] {
            let text = format!("send-box.com/log\n{size}\nKioqKioqKioqKioqKioqKioqKioqKioqKioqKioqKio=");
            assert_eq!(read_body(&text), Err(CheckpointError::Malformed("the size")), "{size:?}");
        }
    }
}
