//! Keys and certificates that exist for a test.

use crate::webhook::{RsaKey, RsaKeyError};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rsa::pkcs8::der::asn1::BitString;
use rsa::pkcs8::der::{Decode, DecodePem, Encode, EncodePem};
use rsa::pkcs8::spki::AlgorithmIdentifierOwned;
use rsa::pkcs8::{DecodePrivateKey, EncodePrivateKey, EncodePublicKey, LineEnding, ObjectIdentifier};
use rsa::sha2::Digest;
use rsa::sha2::Sha256;
use rsa::{Pkcs1v15Sign, RsaPrivateKey};
use sha1::Sha1;
use std::fmt;
use std::io;
use std::str::FromStr;
use std::time::{Duration, SystemTime};
use x509_cert::certificate::{CertificateInner, Rfc5280, TbsCertificateInner, Version};
use x509_cert::name::RdnSequence;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::SubjectPublicKeyInfoOwned;
use x509_cert::time::{Time, Validity};

/// `sha1WithRSAEncryption`
const SHA1_WITH_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.5");
/// How long a certificate is valid.
const VALIDITY: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

/// A private RSA key with a certificate, made for a test and gone after it. It signs as a provider would.
///
/// The certificate is as the one that Legalesign publishes: of version 1, signed by itself, with SHA-1.
///
/// ```
/// use countersign::mock::ThrowAwayKey;
/// use countersign::webhook::RsaKey;
///
/// let key = ThrowAwayKey::generate()?;
/// let pinned = RsaKey::from_certificate(key.certificate())?.legacy_sha1()?;
/// assert_eq!(pinned.bits(), 2048);
/// let signature = key.sign_sha1(b"[]"); // in base64: the field `signed` of a form
/// # let _ = signature;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ThrowAwayKey {
    key: RsaPrivateKey,
    certificate: String,
    public_key: String,
}

impl ThrowAwayKey {
    /// A key of 2048 bits. Its certificate is valid now.
    ///
    /// # Errors
    ///
    /// The system gives no randomness.
    pub fn generate() -> io::Result<Self> {
        Self::of(KeySize::Rsa2048, now())
    }

    /// A key of 4096 bits, which is the size of Legalesign's. That takes seconds.
    ///
    /// # Errors
    ///
    /// The system gives no randomness.
    pub fn generate_large() -> io::Result<Self> {
        Self::of(KeySize::Rsa4096, now())
    }

    /// A key of 2048 bits whose certificate begins to be valid at this time and ends ten years later.
    ///
    /// # Errors
    ///
    /// The system gives no randomness, or the time cannot be written into a certificate.
    pub fn valid_from(start: SystemTime) -> io::Result<Self> {
        Self::of(KeySize::Rsa2048, start)
    }

    fn of(size: KeySize, start: SystemTime) -> io::Result<Self> {
        let pair = KeyPair::generate(size).map_err(io::Error::other)?;
        let der: Pkcs8V1Der = pair.as_der().map_err(io::Error::other)?;
        let key = RsaPrivateKey::from_pkcs8_der(der.as_ref()).map_err(io::Error::other)?;
        let certificate = certificate(&key, start).map_err(io::Error::other)?;
        Self::with(key, certificate)
    }

    fn with(key: RsaPrivateKey, certificate: String) -> io::Result<Self> {
        let public_key = key.to_public_key().to_public_key_pem(LineEnding::LF).map_err(io::Error::other)?;
        Ok(Self { key, certificate, public_key })
    }

    /// A key that was [kept](Self::to_pem), with its certificate, for a development environment whose receivers have pinned
    /// it.
    ///
    /// ```
    /// use countersign::mock::ThrowAwayKey;
    ///
    /// let key = ThrowAwayKey::generate()?;
    /// let again = ThrowAwayKey::from_pem(&key.to_pem()?, key.certificate())?;
    /// assert_eq!(again.sign_sha1(b"[]"), key.sign_sha1(b"[]"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// It is no private key in PKCS #8, or the certificate is that of another key.
    pub fn from_pem(key: &str, certificate: &str) -> io::Result<Self> {
        let unusable = |problem| io::Error::new(io::ErrorKind::InvalidData, problem);
        let key =
            RsaPrivateKey::from_pkcs8_pem(key).map_err(|_| unusable("no private RSA key in PKCS #8"))?;
        let own = key.to_public_key().to_public_key_der().map_err(io::Error::other)?;
        let certified = CertificateInner::<Rfc5280>::from_pem(certificate)
            .and_then(|certificate| certificate.tbs_certificate.subject_public_key_info.to_der())
            .map_err(|_| unusable("no certificate"))?;
        if certified != own.as_bytes() {
            return Err(unusable("the certificate is that of another key"));
        }
        Self::with(key, certificate.to_owned())
    }

    /// The private key in PKCS #8, as PEM. Let nobody else read it: receivers that pin its certificate believe whoever has
    /// it.
    ///
    /// # Errors
    ///
    /// It cannot be written, which is not known to happen.
    pub fn to_pem(&self) -> io::Result<String> {
        let pem = self.key.to_pkcs8_pem(LineEnding::LF).map_err(io::Error::other)?;
        Ok(pem.to_string())
    }

    /// The certificate, as PEM.
    #[must_use]
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// The public key alone, as PEM.
    #[must_use]
    pub fn public_key(&self) -> &str {
        &self.public_key
    }

    /// The certificate as an application pins it, for signatures over SHA-1.
    ///
    /// # Errors
    ///
    /// As [`RsaKey::from_certificate`].
    pub fn pinned(&self) -> Result<RsaKey, RsaKeyError> {
        RsaKey::from_certificate(&self.certificate)?.legacy_sha1()
    }

    /// A signature over SHA-1, in base64.
    #[must_use]
    pub fn sign_sha1(&self, message: &[u8]) -> String {
        self.sign(Pkcs1v15Sign::new::<Sha1>(), &Sha1::digest(message))
    }

    /// A signature over SHA-256, in base64.
    #[must_use]
    pub fn sign_sha256(&self, message: &[u8]) -> String {
        self.sign(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(message))
    }

    /// The digest is of the size that the padding says, so there is nothing that could fail.
    fn sign(&self, padding: Pkcs1v15Sign, digest: &[u8]) -> String {
        STANDARD.encode(self.key.sign(padding, digest).unwrap_or_default())
    }
}

impl fmt::Debug for ThrowAwayKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ThrowAwayKey([redacted])")
    }
}

fn now() -> SystemTime {
    use crate::runtime::{Clock as _, SystemClock};
    SystemClock.now()
}

/// A certificate of version 1, signed by its own key.
fn certificate(
    key: &RsaPrivateKey,
    start: SystemTime,
) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
    let algorithm =
        AlgorithmIdentifierOwned { oid: SHA1_WITH_RSA, parameters: Some(x509_cert::der::asn1::Null.into()) };
    let name = RdnSequence::from_str("CN=mock.example,O=Made up for a test")?;
    let public_key = key.to_public_key().to_public_key_der()?;
    let end = start.checked_add(VALIDITY).ok_or("beyond all dates")?;
    let signed: TbsCertificateInner<Rfc5280> = TbsCertificateInner {
        version: Version::V1,
        serial_number: SerialNumber::new(&[0])?,
        signature: algorithm.clone(),
        issuer: name.clone(),
        validity: Validity { not_before: Time::try_from(start)?, not_after: Time::try_from(end)? },
        subject: name,
        subject_public_key_info: SubjectPublicKeyInfoOwned::from_der(public_key.as_bytes())?,
        issuer_unique_id: None,
        subject_unique_id: None,
        extensions: None,
    };
    let signature = key.sign(Pkcs1v15Sign::new::<Sha1>(), &Sha1::digest(signed.to_der()?))?;
    let certificate = CertificateInner {
        tbs_certificate: signed,
        signature_algorithm: algorithm,
        signature: BitString::from_bytes(&signature)?,
    };
    Ok(certificate.to_pem(LineEnding::LF)?)
}
