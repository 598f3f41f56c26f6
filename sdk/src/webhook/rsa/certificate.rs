//! What a certificate says.

use super::RsaKeyError;
use crate::runtime::hex;
use sha2::{Digest, Sha256};
use std::time::{Duration, SystemTime};
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;
use x509_parser::time::ASN1Time;

/// What the certificate of a pinned key says. Nothing of it is checked, but the time if that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    subject: String,
    not_before: Option<SystemTime>,
    not_after: Option<SystemTime>,
    fingerprint: [u8; 32],
}

impl Certificate {
    /// Reads a certificate, and nothing after it. The second value is its public key.
    pub(super) fn read(der: &[u8]) -> Result<(Self, Vec<u8>), RsaKeyError> {
        let (rest, certificate) = X509Certificate::from_der(der).map_err(|_| RsaKeyError::NotACertificate)?;
        if !rest.is_empty() {
            return Err(RsaKeyError::NotACertificate);
        }
        let validity = certificate.validity();
        let read = Self {
            subject: certificate.subject().to_string(),
            not_before: time(validity.not_before),
            not_after: time(validity.not_after),
            fingerprint: Sha256::digest(der).into(),
        };
        Ok((read, certificate.public_key().raw.to_vec()))
    }

    /// Whose certificate it says it is.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// When it begins to be valid. `None` is a time that cannot be told, long ago.
    #[must_use]
    pub fn not_before(&self) -> Option<SystemTime> {
        self.not_before
    }

    /// When it ends to be valid. `None` is a time that cannot be told, far away.
    #[must_use]
    pub fn not_after(&self) -> Option<SystemTime> {
        self.not_after
    }

    /// The SHA-256 of the certificate, in hexadecimal digits: what to compare with what the provider tells. The command
    /// `openssl x509 -noout -fingerprint -sha256` prints the same, with colons.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        hex::encode(&self.fingerprint)
    }

    /// Whether it is valid at a time.
    #[must_use]
    pub fn is_valid_at(&self, now: SystemTime) -> bool {
        self.not_before.is_none_or(|start| start <= now) && self.not_after.is_none_or(|end| now <= end)
    }
}

fn time(time: ASN1Time) -> Option<SystemTime> {
    let seconds = time.timestamp();
    let distance = Duration::from_secs(seconds.unsigned_abs());
    if seconds < 0 {
        SystemTime::UNIX_EPOCH.checked_sub(distance)
    } else {
        SystemTime::UNIX_EPOCH.checked_add(distance)
    }
}
