//! Whose signature it is, whatever was signed.
//!
//! With the key that made it an RSA signature becomes readable: padding, the name of a digest, and the digest of what was
//! signed. With any other key it becomes noise. So the key and the data can be told apart when the two do not fit.
//! Everything here is public, so it may take its time.

use super::work::Work;
use crate::webhook::rsa::Digest;

/// Before a digest of SHA-1 and SHA-256: RFC 8017, section 9.2, note 1.
const SHA_1: &[u8] =
    &[0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14];
const SHA_256: &[u8] = &[
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
    0x04, 0x20,
];
/// The longest exponent that is used, in bytes. Usual is 65537, of three.
const LONGEST_EXPONENT: usize = 4;

/// The digest that the signature was made with, if it was made by this key.
pub(super) fn digest_of(
    signature: &[u8],
    modulus: &[u8],
    exponent: &[u8],
    work: &mut Work,
) -> Option<Digest> {
    let modulus = modulus.trim_start_with_zeros();
    let exponent = exponent.trim_start_with_zeros();
    let is_fitting = signature.len() == modulus.len() && signature < modulus;
    let is_fitting = is_fitting && exponent.len() <= LONGEST_EXPONENT;
    if !is_fitting || !work.spend(modulus.len().saturating_mul(modulus.len()).saturating_mul(16)) {
        return None;
    }
    let padded = power(signature, exponent, modulus);
    let rest = padded.strip_prefix(&[0, 1])?;
    let end = rest.iter().position(|byte| *byte != 0xff)?;
    let (padding, rest) = rest.split_at(end);
    let rest = rest.strip_prefix(&[0]).filter(|_| padding.len() >= 8)?;
    if rest.strip_prefix(SHA_1).is_some_and(|digest| digest.len() == 20) {
        Some(Digest::Sha1)
    } else {
        rest.strip_prefix(SHA_256).filter(|digest| digest.len() == 32).map(|_| Digest::Sha256)
    }
}

trait TrimZeros {
    fn trim_start_with_zeros(&self) -> &Self;
}

impl TrimZeros for [u8] {
    fn trim_start_with_zeros(&self) -> &Self {
        let zeros = self.iter().take_while(|byte| **byte == 0).count();
        self.get(zeros..).unwrap_or_default()
    }
}

/// Digits of 64 bits, the least one first.
type Number = Vec<u64>;

/// One more digit than there is need for, so that twice a number has room.
fn number(bytes: &[u8], like: usize) -> Number {
    let digit = |bytes: &[u8]| bytes.iter().fold(0, |digit, byte| digit << 8 | u64::from(*byte));
    let mut number: Number = bytes.rchunks(8).map(digit).collect();
    number.resize(like / 8 + 2, 0);
    number
}

/// A number to a power, modulo another one, as long as that one is.
fn power(base: &[u8], exponent: &[u8], modulus: &[u8]) -> Vec<u8> {
    let length = modulus.len();
    let (base, modulus) = (number(base, length), number(modulus, length));
    let mut result = number(&[1], length);
    for bit in exponent.iter().flat_map(|byte| (0..8).rev().map(move |place| byte >> place & 1)) {
        result = product(&result, &result, &modulus);
        if bit == 1 {
            result = product(&result, &base, &modulus);
        }
    }
    let bytes = result.iter().rev().flat_map(|digit| digit.to_be_bytes()).collect::<Vec<_>>();
    bytes.get(bytes.len().saturating_sub(length)..).unwrap_or_default().to_vec()
}

/// By doubling and adding.
fn product(one: &Number, other: &Number, modulus: &Number) -> Number {
    let mut product = vec![0; modulus.len()];
    for bit in other.iter().rev().flat_map(|digit| (0..64).rev().map(move |place| digit >> place & 1)) {
        let twice = product.clone();
        add(&mut product, &twice);
        reduce(&mut product, modulus);
        if bit == 1 {
            add(&mut product, one);
            reduce(&mut product, modulus);
        }
    }
    product
}

fn add(number: &mut Number, other: &Number) {
    let mut carry = false;
    for (digit, other) in number.iter_mut().zip(other) {
        let (sum, first) = digit.overflowing_add(*other);
        let (sum, second) = sum.overflowing_add(u64::from(carry));
        (*digit, carry) = (sum, first | second);
    }
}

/// Of a number that is less than twice the modulus.
fn reduce(number: &mut Number, modulus: &Number) {
    if number.iter().rev().lt(modulus.iter().rev()) {
        return;
    }
    let mut borrow = false;
    for (digit, other) in number.iter_mut().zip(modulus) {
        let (rest, first) = digit.overflowing_sub(*other);
        let (rest, second) = rest.overflowing_sub(u64::from(borrow));
        (*digit, borrow) = (rest, first | second);
    }
}

#[cfg(test)]
mod tests {
    use super::power;

    #[test]
    fn powers_are_what_they_are() {
        for (base, exponent, modulus) in [
            (3_u128, 65_537_u32, 1_000_003_u128),
            (2, 10, 1000),
            (7, 0, 13),
            (u128::from(u64::MAX), 3, (1 << 80) + 13),
        ] {
            let expected = (0..exponent).fold(1_u128, |power, _| {
                // By adding, since the product may not fit.
                (0..128).rev().fold(0, |sum, place| {
                    (sum * 2 + if base >> place & 1 == 1 { power } else { 0 }) % modulus
                })
            });
            let bytes = |number: u128| {
                number.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect::<Vec<_>>()
            };
            let found = power(&bytes(base), &exponent.to_be_bytes(), &bytes(modulus));
            assert_eq!(
                found.into_iter().fold(0, |number, byte| number << 8 | u128::from(byte)),
                expected % modulus
            );
        }
    }
}
