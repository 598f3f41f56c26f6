//! What can be wrong with a callback, and what to do about it.

use crate::runtime::Timestamp;
use http::HeaderName;
use std::fmt;
use std::time::{Duration, SystemTime};

/// How many of the verifier's names are told.
const MOST_NAMES: usize = 5;

/// What is wrong with a callback that is not accepted.
///
/// `Display` and [`remedy`](Self::remedy) are for whoever looks into a failure, in code, in a log or on the command line;
/// what to change in code is said here.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// It is no POST.
    WrongMethod,
    /// The body is larger than the limit: see [`body_limit`](crate::webhook::VerifierBuilder::body_limit).
    BodyLimit,
    /// The body is proved, and cannot be read.
    UnreadableBody,
    /// The provider does not sign callbacks of this kind. Give the verifier
    /// [`CallbackUrls`](crate::webhook::CallbackUrls) and lower its
    /// [`least_assurance`](crate::webhook::VerifierBuilder::least_assurance), or take an
    /// [`UnverifiedReader`](crate::webhook::UnverifiedReader) and confirm.
    UnsignedKind,
    /// What proves it is right, and less than the verifier was told to want: see
    /// [`least_assurance`](crate::webhook::VerifierBuilder::least_assurance).
    TooWeak,
    /// The form was parsed and written again as JSON.
    FormAsJson,
    /// The JSON was parsed and written again.
    Rewritten,
    /// A line break at the end was added or is lost.
    TrailingNewline,
    /// A byte order mark at the beginning was added or is lost.
    ByteOrderMark,
    /// `CR LF` and `LF` were exchanged.
    LineBreaks,
    /// The fields of the form had been decoded before.
    DecodedForm,
    /// The fields of the form were encoded once more.
    EncodedTwice,
    /// A compressed body was decompressed on the way.
    Decompressed,
    /// The body is compressed, and nothing has decompressed it.
    Compressed,
    /// The body is longer or shorter than was announced.
    OtherLength,
    /// The body begins as JSON and is none: it was cut off or changed.
    BrokenJson,
    /// The key that is pinned has made the signature, of other data than came.
    ChangedPayload,
    /// The signature is in hexadecimal digits and not in base64, or the other way round: see
    /// [`SignatureEncoding`](crate::webhook::SignatureEncoding).
    OtherEncoding,
    /// The signature does not have the prefix before it that was configured, or has one that was not: see
    /// [`with_prefix`](crate::webhook::HmacScheme::with_prefix).
    OtherPrefix,
    /// The signature covers something else: id and timestamp as well, or not. See
    /// [`over_id_timestamp_and_body`](crate::webhook::HmacScheme::over_id_timestamp_and_body).
    OtherContent,
    /// A header is missing that proves the callback or is signed.
    MissingHeader(HeaderName),
    /// A header that proves the callback or is signed is there twice.
    DuplicateHeader(HeaderName),
    /// A header that proves the callback or is signed came several times, and was joined into one with commas.
    JoinedHeader(HeaderName),
    /// The signature is there twice.
    DuplicateSignature,
    /// The secret came, in another header.
    OtherHeader(HeaderName),
    /// The signature is missing in the form.
    MissingSignature,
    /// The secret came with something around it: a word such as `Bearer`, quotes or blanks.
    DecoratedSecret,
    /// There is something around the key that is configured: quotes, or a word such as `Bearer` or `whsec_`.
    DecoratedKey,
    /// A prefix such as `whsec_` was left on the key.
    KeyPrefix,
    /// The key is written in another way than was said: as text, base64 or hexadecimal digits. Use the other constructor of
    /// [`HmacKey`](crate::webhook::HmacKey).
    KeyForm,
    /// The key is not valid at this time: no longer, or not yet.
    KeyOutOfTime,
    /// It is the secret of something else that is configured here.
    OtherKey,
    /// The secret that came is none of those that are configured; these are their ids.
    UnknownSecret(Vec<String>),
    /// None of the keys that are configured has made the signature of this body; these are their ids. The provider has
    /// another key, or the body is another one.
    UnknownKey(Vec<String>),
    /// The certificate is not valid at this time, and that is enforced.
    CertificateOutOfTime,
    /// The signature is not by the key of a certificate that is pinned.
    OtherCertificate {
        /// The SHA-256 of the pinned certificate, in hexadecimal digits.
        fingerprint: String,
        /// When the pinned certificate ends to be valid. `None` is a time that cannot be told, far away.
        not_after: Option<SystemTime>,
    },
    /// The signature was made with SHA-1, and the key is for SHA-256: see `RsaKey::legacy_sha1`.
    OtherDigest,
    /// The signature was made with SHA-256, and the key is for SHA-1: pin it without `RsaKey::legacy_sha1`.
    StrongerDigest,
    /// The signed timestamp is too old by this much.
    TooOld(Duration),
    /// The signed timestamp is this far in the future.
    FromTheFuture(Duration),
    /// The signed timestamp is no Unix time in seconds.
    UnreadableTime,
    /// The id that is signed has a full stop in it, so that nobody can say where it ends.
    AmbiguousId,
    /// The address has no token.
    MissingToken,
    /// The address has several tokens.
    SeveralTokens,
    /// The token in the address is cut off, or was encoded again.
    BrokenToken,
    /// The URL was made with another secret.
    OtherSecret,
    /// The URL was made with something around the secret: quotes, or a word such as `Bearer` or `whsec_`.
    DecoratedMintingKey,
    /// The URL was made under the id of another key than the verifier has; these are the ids that it has.
    OtherKeyId(Vec<String>),
    /// There is something after the token, where nothing belongs.
    PathAfterToken,
    /// The token is genuine, and was made for another provider: mint with the
    /// [`CallbackUrls`](crate::webhook::CallbackUrls) of the one that calls.
    TokenOfOtherProvider,
    /// The token is genuine, and has expired.
    ExpiredToken,
    /// It is meant for somebody else than these, whom the verifier expects.
    WrongAudience(Vec<String>),
    /// The URL or the key is for somebody else than the callback names, who is expected as well; or they are for two.
    OtherAddressee,
    /// It does not say whom it is meant for.
    AudienceMissing,
}

impl Cause {
    /// Whether it says nothing of why a credential is wrong.
    #[cfg(feature = "rsa")]
    pub(super) fn is_about_audience(&self) -> bool {
        matches!(self, Self::WrongAudience(_) | Self::OtherAddressee | Self::AudienceMissing)
    }

    /// Whether nothing speaks for it but that nothing else explains the failure.
    pub(super) fn is_left_over(&self) -> bool {
        matches!(self, Self::UnknownKey(_) | Self::OtherCertificate { .. })
    }

    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::WrongMethod => "route only POST to the verifier; something else is calling",
            Self::BodyLimit => "raise the limit of the verifier if the provider sends such",
            Self::UnreadableBody => "look at what came; report it if it is genuine",
            Self::UnsignedKind => {
                "look whether something took the signature away, or changed the body; if the provider really signs none \
                 of these, have them come to signed callback URLs and accept a lower assurance, or take them unproved \
                 and confirm each"
            }
            Self::TooWeak => "accept a lower assurance if that is enough for what depends on it",
            Self::FormAsJson => {
                "hand over the bytes as they came: nothing may parse the form before the verifier"
            }
            Self::Rewritten => {
                "hand over the bytes as they came: no JSON middleware may touch the body before the verifier"
            }
            Self::TrailingNewline => {
                "hand over the bytes as they came; editors and `echo` add a line break when capturing"
            }
            Self::ByteOrderMark => {
                "hand over the bytes as they came, not text that was decoded and encoded again"
            }
            Self::LineBreaks => {
                "hand over the bytes as they came; the capture or a proxy translated line breaks"
            }
            Self::DecodedForm => "hand over the form as it came, not the fields that a framework has decoded",
            Self::EncodedTwice => "hand over the form as it came; something encoded it once more",
            Self::Decompressed => "verify before anything decompresses, or have the proxy leave bodies alone",
            Self::OtherLength => {
                "hand over the whole body as it came; something between changed it or cut it off"
            }
            Self::Compressed => {
                "have it decompressed before it is verified, or have the sender leave bodies as they are"
            }
            Self::BrokenJson => {
                "hand over the whole body as it came; something between cut it off or changed it"
            }
            Self::ChangedPayload => {
                "hand over the bytes as they came: the key is right, and what it has signed is not what is here"
            }
            Self::OtherEncoding => "have signatures read in the other encoding: hexadecimal digits or base64",
            Self::OtherPrefix => "correct the prefix that is expected before a signature",
            Self::OtherContent => {
                "correct what is taken to be signed: id, timestamp and body, or the body alone"
            }
            Self::MissingHeader(_) => {
                "look whether a proxy drops it, and whether the provider was told to send it"
            }
            Self::JoinedHeader(_) | Self::DuplicateHeader(_) => "look which proxy adds it a second time",
            Self::DuplicateSignature => "look which proxy adds its header a second time",
            Self::OtherHeader(_) => "use the same name at the provider and in the verifier",
            Self::MissingSignature => {
                "look whether the form came as a whole; without a signature anybody can have sent it"
            }
            Self::DecoratedSecret => "give the provider the bare secret",
            Self::DecoratedKey => "take it off in the configuration of the verifier",
            Self::KeyPrefix => "take the prefix off and read the rest as base64",
            Self::KeyForm => {
                "have the key read in the other way: as text, as base64 or as hexadecimal digits"
            }
            Self::KeyOutOfTime => "extend the validity of the key, or have the provider use the new one",
            Self::OtherKey => "the secrets were mixed up: give each to the place it is for",
            Self::UnknownSecret(_) => {
                "give the provider and the verifier the same secret; who knows none of them may be anybody"
            }
            Self::UnknownKey(_) => {
                "compare the key with the one that the provider shows; if it is the same, something changed the body"
            }
            Self::CertificateOutOfTime => "pin the new certificate, or do not enforce the validity",
            Self::OtherCertificate { .. } => {
                "compare it with that of the certificate which the provider gives out: `openssl x509 -noout -fingerprint -sha256`"
            }
            Self::OtherDigest => {
                "have the key accept SHA-1 if the provider is known to sign with nothing better, and only then"
            }
            Self::StrongerDigest => {
                "have the key accept SHA-256, as keys do unless told otherwise: it is better"
            }
            Self::TooOld(_) => "set the clock; if it waited in a queue, verify at the time it was received",
            Self::FromTheFuture(_) => "set the clock of the machine",
            Self::UnreadableTime => "look whether the timestamp header is the right one",
            Self::AmbiguousId => {
                "look whether the id header is the right one; the scheme signs ids without full stops"
            }
            Self::MissingToken => {
                "give the verifier the address as it was sent: routers and proxies take parts of the path away"
            }
            Self::SeveralTokens => "mint the URL from an address that has no token yet",
            Self::BrokenToken => "register the whole URL, and look whether a proxy rewrites paths",
            Self::OtherSecret => "compare the secret of the verifier with that of whatever minted the URL",
            Self::DecoratedMintingKey => "take it off where the URL is minted, and mint it again",
            Self::OtherKeyId(_) => {
                "give the verifier the key of the URL under the id that it was minted with"
            }
            Self::PathAfterToken => "register the URL as it was minted, with nothing after it",
            Self::TokenOfOtherProvider => "mint the URL for the provider that calls",
            Self::ExpiredToken => "mint with a later expiry, or look why it comes so late",
            Self::WrongAudience(_) => {
                "expect this addressee too if it is yours; if not, somebody had their callbacks sent to you"
            }
            Self::OtherAddressee => {
                "give each URL and each secret to the one that it is for; if you did, somebody speaks for another"
            }
            Self::AudienceMissing => "look at what came; the provider's callbacks do say it",
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::MissingHeader(name) => return write!(formatter, "the header `{name}` is missing"),
            Self::DuplicateHeader(name) => return write!(formatter, "the header `{name}` is there twice"),
            Self::JoinedHeader(name) => {
                return write!(formatter, "the header `{name}` came several times and was joined into one");
            }
            Self::UnknownSecret(ids) => {
                formatter
                    .write_str("the secret that came is none of those that are configured, which are ")?;
                return names(ids, formatter);
            }
            Self::UnknownKey(ids) => {
                formatter.write_str(
                    "the signature of this body is by none of the keys that are configured, which are ",
                )?;
                return names(ids, formatter);
            }
            Self::OtherHeader(name) => return write!(formatter, "the secret came in the header `{name}`"),
            Self::TooOld(by) => return write!(formatter, "the signed time is {} s ago", by.as_secs()),
            Self::FromTheFuture(by) => {
                return write!(formatter, "the signed time is {} s in the future", by.as_secs());
            }
            Self::OtherCertificate { fingerprint, not_after } => {
                write!(
                    formatter,
                    "the signature is by another key than that of the pinned certificate with the SHA-256 fingerprint "
                )?;
                colons(fingerprint, formatter)?;
                let Some(end) = not_after else { return Ok(()) };
                return write!(formatter, ", valid until {}", Timestamp::from(*end));
            }
            Self::OtherKeyId(ids) => {
                formatter.write_str(
                    "the URL was minted under a key id that the verifier does not have; it has ",
                )?;
                return names(ids, formatter);
            }
            Self::WrongAudience(expected) => {
                formatter.write_str("it is meant for somebody else: the verifier expects ")?;
                names(expected, formatter)?;
                return formatter.write_str(", and the callback names another");
            }
            Self::WrongMethod => "it is no POST",
            Self::BodyLimit => "the body is larger than the limit",
            Self::UnreadableBody => "the body is proved, but cannot be read",
            Self::UnsignedKind => {
                "nothing signs it, and the provider is not known to sign callbacks that look like this"
            }
            Self::TooWeak => "what proves it is right, and less than the verifier wants",
            Self::FormAsJson => "the form was parsed and written again as JSON",
            Self::Rewritten => "the JSON was parsed and written again",
            Self::TrailingNewline => "a line break at the end of the body was added or is lost",
            Self::ByteOrderMark => "a byte order mark was added to the body or is lost",
            Self::LineBreaks => "the line breaks of the body were translated",
            Self::DecodedForm => "the fields of the form had been decoded before",
            Self::EncodedTwice => "the fields of the form were encoded twice",
            Self::Decompressed => "the body was decompressed on the way",
            Self::Compressed => "the body is compressed",
            Self::BrokenJson => "the body is no whole JSON: it was cut off or changed",
            Self::ChangedPayload => "the signature is by the pinned key, and of other data",
            Self::OtherLength => "the body has not the length that its header announces",
            Self::OtherEncoding => "the signature is written in the other encoding",
            Self::OtherPrefix => "the signature has another prefix than was configured",
            Self::OtherContent => "the signature covers something else than was configured",
            Self::DuplicateSignature => "the signature is there twice",
            Self::MissingSignature => "the form carries no signature",
            Self::DecoratedSecret => "the secret came with something around it",
            Self::DecoratedKey => {
                "there is something around the configured key: quotes, or a word such as `Bearer` or `whsec_`"
            }
            Self::KeyPrefix => "a prefix was left on the key",
            Self::KeyForm => "the key is written in another way than was configured",
            Self::KeyOutOfTime => "the key is retired or not yet valid",
            Self::OtherKey => "it is the secret of something else",
            Self::CertificateOutOfTime => "the certificate is not valid at this time",
            Self::OtherDigest => "the signature was made with SHA-1, and the key is for SHA-256",
            Self::StrongerDigest => "the signature was made with SHA-256, and the key is for SHA-1",
            Self::UnreadableTime => "the signed time is no Unix time",
            Self::AmbiguousId => "the signed id has a full stop in it",
            Self::MissingToken => "the address has no token",
            Self::SeveralTokens => "the address has several tokens",
            Self::BrokenToken => "the token in the address is damaged",
            Self::OtherSecret => "the URL was minted with another secret",
            Self::DecoratedMintingKey => {
                "the URL was minted with something around the secret: quotes, or a word such as `Bearer` or `whsec_`"
            }
            Self::PathAfterToken => "the address goes on after the token",
            Self::TokenOfOtherProvider => "the token is genuine, but for another provider",
            Self::ExpiredToken => "the token is genuine, but has expired",
            Self::OtherAddressee => "the URL or the key is for somebody else than the callback names",
            Self::AudienceMissing => "it does not say whom it is meant for",
        };
        formatter.write_str(text)
    }
}

/// Some of the names that an application has given.
fn names(names: &[String], formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (place, name) in names.iter().take(MOST_NAMES).enumerate() {
        write!(formatter, "{}`{name}`", if place == 0 { "" } else { ", " })?;
    }
    match names.len().saturating_sub(MOST_NAMES) {
        0 => Ok(()),
        more => write!(formatter, " and {more} more"),
    }
}

/// Digits as OpenSSL prints them.
fn colons(digits: &str, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (place, digit) in digits.chars().enumerate() {
        let colon = if place > 0 && place % 2 == 0 { ":" } else { "" };
        write!(formatter, "{colon}{}", digit.to_ascii_uppercase())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Cause;
    use http::HeaderName;
    use std::time::Duration;

    /// Whoever reads it may be at a command line, where there are no methods.
    #[test]
    fn no_cause_speaks_of_code() {
        let header = HeaderName::from_static("x-signature");
        let causes = [
            Cause::WrongMethod,
            Cause::BodyLimit,
            Cause::UnreadableBody,
            Cause::UnsignedKind,
            Cause::TooWeak,
            Cause::FormAsJson,
            Cause::Rewritten,
            Cause::TrailingNewline,
            Cause::ByteOrderMark,
            Cause::LineBreaks,
            Cause::DecodedForm,
            Cause::EncodedTwice,
            Cause::Decompressed,
            Cause::Compressed,
            Cause::OtherLength,
            Cause::BrokenJson,
            Cause::ChangedPayload,
            Cause::OtherEncoding,
            Cause::OtherPrefix,
            Cause::OtherContent,
            Cause::MissingHeader(header.clone()),
            Cause::DuplicateHeader(header.clone()),
            Cause::JoinedHeader(header.clone()),
            Cause::DuplicateSignature,
            Cause::OtherHeader(header),
            Cause::MissingSignature,
            Cause::DecoratedSecret,
            Cause::DecoratedKey,
            Cause::KeyPrefix,
            Cause::KeyForm,
            Cause::KeyOutOfTime,
            Cause::OtherKey,
            Cause::UnknownSecret(vec!["spring".to_owned()]),
            Cause::UnknownKey(vec!["spring".to_owned()]),
            Cause::CertificateOutOfTime,
            Cause::OtherCertificate { fingerprint: "00".to_owned(), not_after: None },
            Cause::OtherDigest,
            Cause::StrongerDigest,
            Cause::TooOld(Duration::ZERO),
            Cause::FromTheFuture(Duration::ZERO),
            Cause::UnreadableTime,
            Cause::AmbiguousId,
            Cause::MissingToken,
            Cause::SeveralTokens,
            Cause::BrokenToken,
            Cause::OtherSecret,
            Cause::DecoratedMintingKey,
            Cause::OtherKeyId(vec!["spring".to_owned()]),
            Cause::PathAfterToken,
            Cause::TokenOfOtherProvider,
            Cause::ExpiredToken,
            Cause::WrongAudience(vec!["t-1".to_owned()]),
            Cause::OtherAddressee,
            Cause::AudienceMissing,
        ];
        for cause in causes {
            for text in [cause.to_string(), cause.remedy().to_owned()] {
                let text = text.replace("whsec_", "");
                let is_code = text.contains('_') || text.contains("::") || text.contains("()");
                let quoted = text.split('`').skip(1).step_by(2);
                let mut types =
                    quoted.filter(|word| word.contains(char::is_uppercase) && !word.contains('-'));
                assert!(!is_code && types.all(|word| word == "Bearer"), "{text}");
                assert_eq!(text.lines().count(), 1, "{text}");
            }
        }
    }
}
