//! Made-up ids.

use fastrand::Rng;
use std::time::{SystemTime, UNIX_EPOCH};

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A source of ids.
pub(super) struct Ids(Rng);

impl Ids {
    pub(super) fn by_chance() -> Self {
        Self(Rng::new())
    }

    /// The same ids each time.
    pub(super) fn by_seed(seed: u64) -> Self {
        Self(Rng::with_seed(seed))
    }

    /// 26 characters in the form of a ULID: the time in milliseconds, then chance.
    pub(super) fn ulid(&mut self, prefix: &str, at: SystemTime) -> String {
        let millis = at.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
        let bits = (millis << 80) | (self.0.u128(..) >> 48);
        let digits = (0..26u32).rev().filter_map(|place| {
            let digit = usize::try_from((bits >> (place * 5)) & 31).unwrap_or_default();
            ALPHABET.get(digit).copied().map(char::from)
        });
        prefix.chars().chain(digits).collect()
    }

    /// A credential in the form of a ULID, which tells no time.
    pub(super) fn key(&mut self, prefix: &str) -> String {
        self.ulid(prefix, UNIX_EPOCH)
    }

    /// 36 characters in the form of a random UUID.
    pub(super) fn uuid(&mut self) -> String {
        let bits = self.0.u128(..) & !(0xF000_C000 << 48) | (0x4000_8000 << 48);
        let digits = format!("{bits:032x}");
        let mut id = String::with_capacity(36);
        for (place, digit) in digits.chars().enumerate() {
            if matches!(place, 8 | 12 | 16 | 20) {
                id.push('-');
            }
            id.push(digit);
        }
        id
    }

    /// 32 hexadecimal digits.
    pub(super) fn hex(&mut self) -> String {
        format!("{:032x}", self.0.u128(..))
    }
}

pub(super) fn ulid(prefix: &str, at: SystemTime) -> String {
    Ids::by_chance().ulid(prefix, at)
}

pub(super) fn uuid() -> String {
    Ids::by_chance().uuid()
}

#[cfg(test)]
mod tests {
    use super::{ulid, uuid};
    use std::time::{Duration, UNIX_EPOCH};

    #[test]
    fn ids_have_the_documented_form_and_sort_by_time() {
        let earlier = ulid("evt_", UNIX_EPOCH + Duration::from_secs(1));
        let later = ulid("evt_", UNIX_EPOCH + Duration::from_secs(2));
        assert_eq!(earlier.len(), 30);
        assert!(earlier.starts_with("evt_00000000Z8"), "{earlier}");
        assert!(earlier < later, "{earlier} {later}");
    }

    #[test]
    fn a_uuid_states_its_version_and_variant() {
        let id = uuid();
        assert_eq!(id.len(), 36, "{id}");
        assert_eq!(id.chars().nth(14), Some('4'), "{id}");
        assert!(id.chars().nth(19).is_some_and(|digit| "89ab".contains(digit)), "{id}");
    }
}
