//! What a file with a key or a certificate holds.

use super::RsaKeyError;
use x509_parser::pem::Pem;

/// DER, and what its label says it is.
pub(super) enum Material {
    Certificate(Vec<u8>),
    PublicKey(Vec<u8>),
    Unlabelled(Vec<u8>),
}

/// How DER of everything in question begins: with a sequence.
const SEQUENCE: u8 = 0x30;

pub(super) fn read(file: &[u8]) -> Result<Material, RsaKeyError> {
    if file.first() == Some(&SEQUENCE) {
        return Ok(Material::Unlabelled(file.to_vec()));
    }
    let mut blocks = Pem::iter_from_buffer(file);
    let first = blocks.next().ok_or(RsaKeyError::Unreadable)?.map_err(|_| RsaKeyError::Unreadable)?;
    let others = blocks.collect::<Vec<_>>();
    let mut readable = std::iter::once(&first).chain(others.iter().flatten());
    if readable.any(|block| block.label.ends_with("PRIVATE KEY")) {
        return Err(RsaKeyError::PrivateKey);
    }
    if !others.is_empty() {
        return Err(RsaKeyError::SeveralBlocks);
    }
    match first.label.as_str() {
        "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => {
            Ok(Material::Certificate(first.contents))
        }
        "PUBLIC KEY" | "RSA PUBLIC KEY" => Ok(Material::PublicKey(first.contents)),
        _ => Err(RsaKeyError::Unreadable),
    }
}
