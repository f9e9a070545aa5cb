//! Passwords: argon2id, in the PHC form (R194).

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use edge::{Problem, Result};
use spin_sdk::wit_bindgen;

/// OWASP's parameters for argon2id: 19 MiB, two passes, one lane.
fn argon2() -> Result<Argon2<'static>> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(|error| Problem::internal("argon2", &error))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Runs work that keeps the processor busy, and keeps further requests out of this instance
/// meanwhile: the runtime then starts another one.
fn alone<T>(work: impl FnOnce() -> T) -> T {
    wit_bindgen::backpressure_inc();
    let result = work();
    wit_bindgen::backpressure_dec();
    result
}

/// Hashes a new password.
pub fn hash(password: &str) -> Result<String> {
    let argon2 = argon2()?;
    let salt: [u8; 16] = store::random()?;
    let hashed = alone(|| argon2.hash_password_with_salt(password.as_bytes(), &salt));
    hashed.map(|hash| hash.to_string()).map_err(|error| Problem::internal("argon2", &error))
}

/// Whether a password is the hashed one.
pub fn verify(password: &str, hash: &str) -> Result<bool> {
    let hash = PasswordHash::new(hash).map_err(|error| Problem::internal("a stored password", &error))?;
    let argon2 = argon2()?;
    Ok(alone(|| argon2.verify_password(password.as_bytes(), &hash)).is_ok())
}

/// Takes as long as [`verify`], so that the time does not tell which logins exist.
pub fn verify_nothing(password: &str) -> Result<()> {
    hash(password).map(|_| ())
}
