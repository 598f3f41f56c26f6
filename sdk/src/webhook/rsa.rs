//! RSA signatures by a key that the provider publishes.

mod certificate;
mod pem;

pub use certificate::Certificate;

use super::callbacks::Carried;
use super::keys::{KeySet, Keys};
use super::proof::{Proof, Scheme};
use super::rejection::{Reason, Rejection};
use crate::runtime::sentences;
use aws_lc_rs::signature::{
    ParsedPublicKey, RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256, RsaParameters,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pem::Material;
use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;
use x509_parser::prelude::FromDer;
use x509_parser::public_key::RSAPublicKey;
use x509_parser::x509::SubjectPublicKeyInfo;

/// The sizes of keys that are accepted, in bits.
const SIZES: std::ops::RangeInclusive<usize> = 2048..=8192;
/// The longest signature in base64 that can be one of the largest key, with line breaks.
const LONGEST_SIGNATURE: usize = 2048;

/// A public RSA key that signatures of a provider are verified with: RSASSA-PKCS1-v1_5 over SHA-256, unless the key is said
/// to be [legacy](Self::legacy_sha1). 2048 to 8192 bits.
///
/// The key, or the certificate that holds it, is a pin: it is trusted because you put it there, not because somebody
/// signed it. So a certificate may be of version 1, signed by itself, and signed with SHA-1. Have it from the provider,
/// over a channel you trust, and compare its fingerprint with what they tell you.
///
/// It is parsed once, here. Clones share it.
#[derive(Clone)]
pub struct RsaKey {
    key: Arc<ParsedPublicKey>,
    digest: Digest,
    bits: usize,
    certificate: Option<Arc<Certificate>>,
    enforces_validity: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Digest {
    Sha1,
    Sha256,
}

impl Digest {
    fn algorithm(self) -> &'static RsaParameters {
        match self {
            Self::Sha1 => &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &RSA_PKCS1_2048_8192_SHA256,
        }
    }
}

impl RsaKey {
    /// The key in an X.509 certificate, as PEM or DER.
    ///
    /// # Errors
    ///
    /// It is no certificate or more than one, or its key is not an RSA key of 2048 to 8192 bits.
    pub fn from_certificate(certificate: impl AsRef<[u8]>) -> Result<Self, RsaKeyError> {
        let der = match pem::read(certificate.as_ref())? {
            Material::Certificate(der) | Material::Unlabelled(der) => der,
            Material::PublicKey(_) => return Err(RsaKeyError::NotACertificate),
        };
        let (certificate, key) = Certificate::read(&der)?;
        let certificate = Some(Arc::new(certificate));
        Ok(Self { certificate, ..Self::parse(&key)? })
    }

    /// A bare public key, as PEM or DER, in either of the usual forms: `SubjectPublicKeyInfo` or `RSAPublicKey`.
    ///
    /// # Errors
    ///
    /// It is no public RSA key of 2048 to 8192 bits.
    pub fn from_public_key(key: impl AsRef<[u8]>) -> Result<Self, RsaKeyError> {
        match pem::read(key.as_ref())? {
            Material::PublicKey(der) | Material::Unlabelled(der) => Self::parse(&der),
            Material::Certificate(_) => Err(RsaKeyError::NotAPublicKey),
        }
    }

    fn parse(der: &[u8]) -> Result<Self, RsaKeyError> {
        let bits = size(der)?;
        if !SIZES.contains(&bits) {
            return Err(RsaKeyError::WrongSize);
        }
        let digest = Digest::Sha256;
        Ok(Self {
            key: Arc::new(parsed(digest, der)?),
            digest,
            bits,
            certificate: None,
            enforces_validity: false,
        })
    }

    /// The same key for signatures over SHA-1, and no others. Only for a provider that makes no better ones: finding two
    /// texts with the same SHA-1 is within reach, so whoever can choose what the provider signs might get a signature for
    /// something else.
    ///
    /// # Errors
    ///
    /// None that is known, since the key has been read before.
    pub fn legacy_sha1(self) -> Result<Self, RsaKeyError> {
        let digest = Digest::Sha1;
        let key: &[u8] = (*self.key).as_ref();
        Ok(Self { key: Arc::new(parsed(digest, key)?), digest, ..self })
    }

    /// Refuses signatures outside of the time for which the certificate is valid. Without this, which is how it is at
    /// first, they are accepted, and [`Proof::is_certificate_out_of_time`] tells. Has no effect on a bare key.
    #[must_use]
    pub fn enforcing_validity(self) -> Self {
        Self { enforces_validity: true, ..self }
    }

    /// What the certificate says, if the key came in one.
    #[must_use]
    pub fn certificate(&self) -> Option<&Certificate> {
        self.certificate.as_deref()
    }

    /// The size of the key, in bits.
    #[must_use]
    pub fn bits(&self) -> usize {
        self.bits
    }

    fn is_expired(&self, now: SystemTime) -> bool {
        self.certificate.as_ref().is_some_and(|certificate| !certificate.is_valid_at(now))
    }

    fn accepts(&self, message: &[u8], signature: &[u8], now: SystemTime) -> bool {
        !self.refuses_at(now) && self.has_signed(message, signature)
    }

    pub(super) fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        self.key.verify_sig(message, signature).is_ok()
    }

    pub(super) fn refuses_at(&self, now: SystemTime) -> bool {
        self.enforces_validity && self.is_expired(now)
    }

    /// The digest that its signatures are made with.
    pub(super) fn digest(&self) -> Digest {
        self.digest
    }

    /// Modulus and exponent, in bytes.
    pub(super) fn numbers(&self) -> (Vec<u8>, Vec<u8>) {
        numbers((*self.key).as_ref(), |key| (key.modulus.to_vec(), key.exponent.to_vec())).unwrap_or_default()
    }

    /// The same key with the other digest.
    pub(super) fn with_other_digest(&self) -> Option<Self> {
        let digest = if self.digest == Digest::Sha1 { Digest::Sha256 } else { Digest::Sha1 };
        let key: &[u8] = (*self.key).as_ref();
        Some(Self { key: Arc::new(parsed(digest, key).ok()?), digest, ..self.clone() })
    }
}

fn parsed(digest: Digest, der: &[u8]) -> Result<ParsedPublicKey, RsaKeyError> {
    ParsedPublicKey::new(digest.algorithm(), der).map_err(|_| RsaKeyError::NotAPublicKey)
}

/// The size of a key in one of two forms.
fn size(der: &[u8]) -> Result<usize, RsaKeyError> {
    numbers(der, |key| bits(key.modulus)).ok_or(RsaKeyError::NotAPublicKey)
}

/// Reads the numbers of a key in one of two forms.
fn numbers<T>(der: &[u8], tell: impl Fn(RSAPublicKey<'_>) -> T) -> Option<T> {
    let bare = |der: &[u8]| {
        let (rest, key) = RSAPublicKey::from_der(der).ok()?;
        rest.is_empty().then(|| tell(key))
    };
    let wrapped = SubjectPublicKeyInfo::from_der(der).ok().filter(|(rest, _)| rest.is_empty());
    match wrapped {
        Some((_, key)) => bare(&key.subject_public_key.data),
        None => bare(der),
    }
}

/// How many bits a number has.
fn bits(number: &[u8]) -> usize {
    let mut digits = number.iter().copied().skip_while(|byte| *byte == 0);
    let first = digits.next().map_or(0, |first| 8 - first.leading_zeros() as usize);
    first + digits.count() * 8
}

/// The digest, the size, and what the certificate says.
impl fmt::Debug for RsaKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("RsaKey");
        debug.field("digest", &self.digest).field("bits", &self.bits);
        debug.field("certificate", &self.certificate).finish_non_exhaustive()
    }
}

/// One key that is always valid, under the id `default`.
impl From<RsaKey> for Keys<RsaKey> {
    fn from(key: RsaKey) -> Self {
        KeySet::single(key).into()
    }
}

/// Whether a key has signed the message.
pub(super) fn verify(
    keys: &Keys<RsaKey>,
    message: &[u8],
    signature: &Carried,
    now: SystemTime,
) -> Result<Proof, Rejection> {
    let signature = decode(signature.once()?).ok_or(Reason::MalformedCredential)?;
    let keys = keys.current();
    let found = keys.find(now, |key| key.accepts(message, &signature, now));
    let found = found.ok_or(Reason::WrongCredential)?;
    let expired = found.material().is_expired(now);
    Ok(Proof::by(Scheme::Rsa, found).by_certificate(expired))
}

/// A signature in base64, as it comes out of a form. Line breaks are left out: several encoders put them in. A blank was a
/// `+` that the sender did not encode: nothing else becomes one. Beside that there is exactly one way to write it.
pub(super) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    if text.len() > LONGEST_SIGNATURE {
        return None;
    }
    if !text.iter().any(|byte| matches!(byte, b'\r' | b'\n' | b' ')) {
        return STANDARD.decode(text).ok();
    }
    let mended = text.iter().filter(|byte| !matches!(byte, b'\r' | b'\n'));
    let mended = mended.map(|byte| if *byte == b' ' { b'+' } else { *byte }).collect::<Vec<_>>();
    STANDARD.decode(mended).ok()
}

/// Why something is no key to verify signatures with.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RsaKeyError {
    /// It is neither PEM nor DER, or cut off.
    Unreadable,
    /// It is PEM with several blocks: which of them counts would be a guess.
    SeveralBlocks,
    /// It is a private key, or has one among others, which is nothing that a verifier should have.
    PrivateKey,
    /// It is not a certificate.
    NotACertificate,
    /// It is not a public RSA key.
    NotAPublicKey,
    /// The key has less than 2048 bits, or more than 8192.
    WrongSize,
}

sentences!(RsaKeyError {
    Unreadable => "it is neither PEM nor DER, or it is cut off",
    SeveralBlocks => "it has several PEM blocks; leave the one with the key that signs",
    PrivateKey => "it is a private key; a verifier needs the public one, and nothing else",
    NotACertificate => "it is no X.509 certificate",
    NotAPublicKey => "it is no public RSA key",
    WrongSize => "the RSA key has less than 2048 bits, or more than 8192",
});
