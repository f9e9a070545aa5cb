//! Encryption at rest: a master key wraps each account's two keys; those seal what is personal.
//!
//! The *personal* key seals contacts, the blacklist, the profile, texts and recordings, and dies with
//! the account (R127, R158). The *evidence* key seals the number in the history and salts the log's
//! leaves; it outlives the account (R92, X7). Whoever steals the file has neither. Destroying a key destroys what
//! it sealed in the live file. A backup from before still holds the wrapped key beside what it sealed, and the
//! master key does not change: both together open it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::database::DbError;

const NONCE_BYTES: usize = 24;
const KEY_BYTES: usize = 32;

type Secret = Zeroizing<[u8; KEY_BYTES]>;

/// Bytes from the host's random source. Without one nothing may be sealed, so the error stops the act.
pub fn random<const N: usize>() -> Result<[u8; N], DbError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| DbError::Other(format!("no random source: {error}")))?;
    Ok(bytes)
}

fn derive(key: &[u8; KEY_BYTES], purpose: &str) -> Result<Secret, DbError> {
    let mut derived = Zeroizing::new([0; KEY_BYTES]);
    let expanded = Hkdf::<Sha256>::new(None, key).expand(purpose.as_bytes(), derived.as_mut());
    expanded.map_err(|_| DbError::Seal)?;
    Ok(derived)
}

/// HMAC-SHA256 that has taken its key in, which is half the work on a short value. It wipes itself.
pub(crate) type Keyed = Hmac<Sha256>;

pub(crate) fn keyed(key: &[u8; KEY_BYTES], purpose: &str) -> Result<Keyed, DbError> {
    // Exactly one block, so that no length has to be checked.
    let mut block = Zeroizing::new([0; 64]);
    let expanded = Hkdf::<Sha256>::new(None, key).expand(purpose.as_bytes(), block.as_mut());
    expanded.map_err(|_| DbError::Seal)?;
    Ok(Keyed::new((&*block).into()))
}

pub(crate) fn keyed_hash(key: &Keyed, parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = key.clone();
    for part in parts {
        // The length before each part keeps ("ab", "c") apart from ("a", "bc").
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// One sealing key with the index key beside it.
#[derive(Clone)]
pub struct SealingKey {
    cipher: XChaCha20Poly1305,
    index: Keyed,
    salt: Keyed,
}

impl SealingKey {
    fn new(key: &[u8; KEY_BYTES]) -> Result<Self, DbError> {
        let cipher = XChaCha20Poly1305::new(&Key::from(*derive(key, "seal")?));
        Ok(Self { cipher, index: keyed(key, "index")?, salt: keyed(key, "salt")? })
    }

    /// Seals a value to its place: bytes moved to another row or column do not open.
    pub fn seal(&self, place: &str, plain: &[u8]) -> Result<Vec<u8>, DbError> {
        let nonce: [u8; NONCE_BYTES] = random()?;
        let payload = Payload { msg: plain, aad: place.as_bytes() };
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| DbError::Seal)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what [`SealingKey::seal`] made for the same place.
    pub fn open(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, DbError> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or(DbError::Seal)?;
        let payload = Payload { msg: sealed, aad: place.as_bytes() };
        self.cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| DbError::Seal)
    }

    /// [`SealingKey::open`] for texts.
    pub fn open_text(&self, place: &str, sealed: &[u8]) -> Result<String, DbError> {
        String::from_utf8(self.open(place, sealed)?).map_err(|_| DbError::Seal)
    }

    /// The keyed hash under which a value is looked up and deduplicated.
    pub fn index(&self, value: &str) -> [u8; 32] {
        keyed_hash(&self.index, &[value.as_bytes()])
    }

    /// The keyed hash by which it is told whether several values together are still the same.
    pub fn content_hash(&self, parts: &[&[u8]; 3]) -> [u8; 32] {
        let [first, second, third] = *parts;
        keyed_hash(&self.index, &[b"content", first, second, third])
    }

    /// The keyed hash by which a repeated request is known. A bare one would tell a short text in it.
    pub fn request_hash(&self, sha256: &[u8; 32]) -> [u8; 32] {
        keyed_hash(&self.index, &[b"request", sha256])
    }

    /// The salt of one leaf of the log: it can be made again as long as the key lives.
    pub fn salt(&self, leaf_name: &str) -> [u8; 32] {
        keyed_hash(&self.salt, &[leaf_name.as_bytes()])
    }
}

/// The two keys of one account.
#[derive(Clone)]
pub struct AccountKeys {
    /// Seals what dies with the account. `None` once destroyed.
    pub personal: Option<SealingKey>,
    /// Seals what proves what was sent.
    pub evidence: SealingKey,
}

impl AccountKeys {
    /// The personal key, or the error of a destroyed one.
    pub fn personal(&self) -> Result<&SealingKey, DbError> {
        self.personal.as_ref().ok_or(DbError::Seal)
    }
}

/// New keys, wrapped for storage.
pub struct WrappedKeys {
    /// The personal key under the master key.
    pub personal: Vec<u8>,
    /// The evidence key under the master key.
    pub evidence: Vec<u8>,
}

/// The key from the deployment's secret that wraps all others. Its clones know together which accounts' keys were
/// unwrapped last.
#[derive(Clone)]
pub struct MasterKey {
    wrapping: SealingKey,
    login: Keyed,
    key: Secret,
    unwrapped: Arc<Mutex<VecDeque<Unwrapped>>>,
}

/// An account's keys, and the very bytes that they were unwrapped from: of another account, or after a key was
/// destroyed, the database has other bytes.
struct Unwrapped {
    account: String,
    personal: Option<Vec<u8>>,
    evidence: Vec<u8>,
    keys: AccountKeys,
}

/// So many accounts' keys are kept unwrapped.
const UNWRAPPED_MAX: usize = 16;

impl MasterKey {
    /// From the 32 bytes of the secret.
    pub fn new(key: [u8; KEY_BYTES]) -> Result<Self, DbError> {
        let key = Zeroizing::new(key);
        let wrapping = SealingKey::new(&*derive(&key, "wrap")?)?;
        Ok(Self { wrapping, login: keyed(&key, "login")?, key, unwrapped: Arc::default() })
    }

    /// By which it is told whether data belong to this key: a keyed hash that is used for nothing else.
    pub fn check_value(&self) -> [u8; 32] {
        keyed_hash(&self.login, &[b"check", b"master key"])
    }

    /// The keyed hash under which logins are looked up.
    pub fn login_hash(&self, login: &str) -> [u8; 32] {
        keyed_hash(&self.login, &[login.as_bytes()])
    }

    /// The seed of a signing or authentication key that is the service's own, by purpose.
    pub fn service_key(&self, purpose: &str) -> Result<[u8; KEY_BYTES], DbError> {
        Ok(*derive(&self.key, &format!("service {purpose}"))?)
    }

    /// The key that seals what the directory keeps, where no account's key is at hand.
    pub fn directory_key(&self) -> Result<SealingKey, DbError> {
        SealingKey::new(&*derive(&self.key, "directory")?)
    }

    /// The hash under which attempts are counted: it names neither a login nor an address.
    pub fn attempt_key(&self, parts: &[&str]) -> [u8; 32] {
        let parts: Vec<&[u8]> = parts.iter().map(|part| part.as_bytes()).collect();
        keyed_hash(&self.login, &parts)
    }

    /// Makes the two keys of a new account.
    pub fn new_account_keys(&self, account: &str) -> Result<(AccountKeys, WrappedKeys), DbError> {
        let personal: Secret = Zeroizing::new(random()?);
        let evidence: Secret = Zeroizing::new(random()?);
        let wrapped = WrappedKeys {
            personal: self.wrapping.seal(&format!("{account} personal"), personal.as_ref())?,
            evidence: self.wrapping.seal(&format!("{account} evidence"), evidence.as_ref())?,
        };
        let keys = AccountKeys {
            personal: Some(SealingKey::new(&personal)?),
            evidence: SealingKey::new(&evidence)?,
        };
        Ok((keys, wrapped))
    }

    /// Unwraps the keys of an account; the personal one may have been destroyed.
    pub fn unwrap(
        &self,
        account: &str,
        personal: Option<&[u8]>,
        evidence: &[u8],
    ) -> Result<AccountKeys, DbError> {
        let mut unwrapped = self.unwrapped.lock().unwrap_or_else(PoisonError::into_inner);
        let is_this =
            |known: &&Unwrapped| known.personal.as_deref() == personal && known.evidence == evidence;
        if let Some(known) = unwrapped.iter().find(|known| known.account == account).filter(is_this) {
            return Ok(known.keys.clone());
        }
        // What the account had before may have been destroyed: it is not kept.
        unwrapped.retain(|known| known.account != account);
        let keys = self.unwrap_anew(account, personal, evidence)?;
        if unwrapped.len() == UNWRAPPED_MAX {
            unwrapped.pop_front();
        }
        unwrapped.push_back(Unwrapped {
            account: account.to_owned(),
            personal: personal.map(<[u8]>::to_vec),
            evidence: evidence.to_vec(),
            keys: keys.clone(),
        });
        Ok(keys)
    }

    fn unwrap_anew(
        &self,
        account: &str,
        personal: Option<&[u8]>,
        evidence: &[u8],
    ) -> Result<AccountKeys, DbError> {
        let open = |name: &str, wrapped: &[u8]| -> Result<SealingKey, DbError> {
            let key = Zeroizing::new(self.wrapping.open(&format!("{account} {name}"), wrapped)?);
            let key: Secret = Zeroizing::new(key.as_slice().try_into().map_err(|_| DbError::Seal)?);
            SealingKey::new(&key)
        };
        Ok(AccountKeys {
            personal: personal.map(|wrapped| open("personal", wrapped)).transpose()?,
            evidence: open("evidence", evidence)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> (MasterKey, AccountKeys, WrappedKeys) {
        let master = MasterKey::new([7; 32]).expect("derived");
        let (keys, wrapped) = master.new_account_keys("acc_1").expect("random");
        (master, keys, wrapped)
    }

    /// R158: without the key the bytes say nothing, and the number is not among them.
    #[test]
    fn a_sealed_number_does_not_show_in_the_bytes() {
        let (_, keys, _) = keys();
        let sealed = keys.evidence.seal("message.number msg_1", b"+77010000001").expect("sealed");
        assert!(!sealed.windows(6).any(|window| window == b"770100"));
    }

    #[test]
    fn a_value_moved_to_another_row_does_not_open() {
        let (_, keys, _) = keys();
        let sealed = keys.evidence.seal("message.number msg_1", b"+77010000001").expect("sealed");
        assert_eq!(keys.evidence.open("message.number msg_2", &sealed), Err(DbError::Seal));
    }

    #[test]
    fn another_accounts_wrapped_key_does_not_unwrap() {
        let (master, _, wrapped) = keys();
        assert!(master.unwrap("acc_2", Some(&wrapped.personal), &wrapped.evidence).is_err());
    }

    /// R127: after the personal key is destroyed the evidence still opens and the rest does not.
    #[test]
    fn the_evidence_outlives_the_personal_key() {
        let (master, keys, wrapped) = keys();
        let contact = keys.personal().expect("alive").seal("contact", b"x").expect("sealed");
        let proof = keys.evidence.seal("message", b"y").expect("sealed");
        let later = master.unwrap("acc_1", None, &wrapped.evidence).expect("unwrapped");
        assert!(later.personal().is_err());
        assert_eq!(later.evidence.open("message", &proof), Ok(b"y".to_vec()));
        assert!(later.evidence.open("contact", &contact).is_err());
    }

    /// R127: keys that are kept unwrapped do not outlive what they were unwrapped from.
    #[test]
    fn a_key_that_was_unwrapped_before_is_gone_once_it_is_destroyed_or_changed() {
        let (master, _, wrapped) = keys();
        for _ in 0..2 {
            let keys = master.unwrap("acc_1", Some(&wrapped.personal), &wrapped.evidence).expect("unwrapped");
            assert!(keys.personal().is_ok());
        }
        assert!(master.unwrap("acc_1", None, &wrapped.evidence).expect("unwrapped").personal().is_err());
        let mut changed = wrapped.evidence.clone();
        changed[30] ^= 1;
        assert!(master.unwrap("acc_1", Some(&wrapped.personal), &changed).is_err());
        assert!(master.unwrap("acc_2", Some(&wrapped.personal), &wrapped.evidence).is_err());
    }

    /// The same number in two accounts has two hashes: a stolen file does not tie them.
    #[test]
    fn hashes_of_one_number_differ_between_accounts() {
        let master = MasterKey::new([7; 32]).expect("derived");
        let (one, _) = master.new_account_keys("acc_1").expect("random");
        let (two, _) = master.new_account_keys("acc_2").expect("random");
        assert_ne!(one.evidence.index("+77010000001"), two.evidence.index("+77010000001"));
    }
}
