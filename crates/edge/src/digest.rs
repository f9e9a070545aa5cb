//! Digests: what is kept in the place of tokens and bodies.

use sha2::{Digest, Sha256};

/// SHA-256.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// The hash under which a session's token or a key is kept. Tokens are random, so a plain hash hides them.
pub fn token_hash(token: &str) -> [u8; 32] {
    sha256(token.as_bytes())
}
