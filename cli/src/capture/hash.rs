//! The hash of a credential in a stored capture: enough to tell whether it is one that somebody has, and no more.

use aws_lc_rs::{pbkdf2, rand};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use std::num::NonZeroU32;

const SALT: usize = 16;
const LENGTH: usize = 32;
/// Guessing a credential costs this much for each guess and each capture. A wrong one may be weak: it is somebody's.
const ITERATIONS: u32 = 100_000;
/// The most that a capture may ask for when it is read, since anybody can write one.
const MOST_ITERATIONS: u32 = 10 * ITERATIONS;

/// A credential that was taken out: PBKDF2 with HMAC-SHA256, and a salt of its own.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hash {
    pub place: Place,
    salt: String,
    iterations: u32,
    hash: String,
}

/// The place of a credential in its request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// One of the headers of this name, counted from 0.
    Header { name: String, nth: usize },
    /// The token in the path. What it says is no secret without what authenticates it.
    Token { content: String },
}

impl Hash {
    /// None if there is no randomness for a salt; then there is no hash either.
    pub fn of(place: Place, credential: &[u8]) -> Option<Self> {
        let mut salt = [0; SALT];
        rand::fill(&mut salt).ok()?;
        let mut hash = [0; LENGTH];
        let iterations = NonZeroU32::new(ITERATIONS)?;
        pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, iterations, &salt, credential, &mut hash);
        Some(Self { place, salt: STANDARD.encode(salt), iterations: ITERATIONS, hash: STANDARD.encode(hash) })
    }

    /// Compares a credential with the hash. A hash that cannot be read is of none.
    pub fn is_of(&self, credential: &[u8]) -> bool {
        let (Ok(salt), Ok(hash)) = (STANDARD.decode(&self.salt), STANDARD.decode(&self.hash)) else {
            return false;
        };
        let iterations = NonZeroU32::new(self.iterations).filter(|count| count.get() <= MOST_ITERATIONS);
        let Some(iterations) = iterations.filter(|_| hash.len() == LENGTH) else { return false };
        pbkdf2::verify(pbkdf2::PBKDF2_HMAC_SHA256, iterations, &salt, credential, &hash).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::{Hash, Place};

    #[test]
    fn a_hash_is_of_one_credential_and_says_nothing_else() {
        let place = || Place::Header { name: "x-client-auth".to_owned(), nth: 0 };
        let (Some(first), Some(second)) = (Hash::of(place(), b"a secret"), Hash::of(place(), b"a secret"))
        else {
            return;
        };
        assert!(first.is_of(b"a secret") && !first.is_of(b"a secreT") && !first.is_of(b""));
        assert_ne!((&first.salt, &first.hash), (&second.salt, &second.hash), "each has a salt of its own");
        let json = serde_json::to_string(&first).unwrap_or_default();
        assert!(!json.contains("a secret"), "{json}");
        let read = serde_json::from_str::<Hash>(&json);
        assert!(read.is_ok_and(|read| read.is_of(b"a secret")), "{json}");
    }

    #[test]
    fn a_hash_that_costs_too_much_is_of_none() {
        let hash = Hash::of(Place::Token { content: "e30".to_owned() }, b"a secret");
        for iterations in [0, u32::MAX] {
            let odd = hash.clone().map(|hash| Hash { iterations, ..hash });
            assert!(odd.is_some_and(|odd| !odd.is_of(b"a secret")), "{iterations}");
        }
    }
}
