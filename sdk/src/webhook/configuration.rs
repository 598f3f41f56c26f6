//! Why a verifier cannot be built.

use crate::runtime::sentences;

/// Why keys or a verifier cannot be built from what was given.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ConfigurationError {
    /// A key set without a key: nothing could ever be accepted.
    NoKey,
    /// Two keys have the same id.
    DuplicateKeyId,
    /// The verifier was given nothing that could prove a callback.
    NoCredential,
    /// The verifier was given two secrets, two HMACs, two certificates or two sets of callback URLs in two calls.
    RepeatedScheme,
    /// The name of a header is not valid.
    InvalidHeaderName,
    /// The verifier was not told whose callbacks to expect, or the name it was given is blank.
    NoAudience,
    /// A key is not written in the way that it was said to be.
    UnreadableKey,
    /// A key begins with `whsec_`, which is no part of it.
    PrefixedKey,
    /// A key is written in the alphabet of base64 that is for URLs, with `-` and `_`.
    UrlSafeKey,
    /// The address that a callback URL shall begin with is no https URL, or has a query, a fragment or a token.
    UnusableAddress,
    /// The path of a route does not begin with `/`, has parameters or a query, or is taken.
    UnusablePath,
    /// The reference of a callback URL is empty, longer than 512 bytes, or not one line without control characters.
    UnusableReference,
    /// No key is valid at this time, so nothing can be signed.
    NoValidKey,
    /// More assurance is asked for than what the verifier was given can give.
    UnattainableAssurance,
}

sentences!(ConfigurationError {
    NoKey => "a key set needs at least one key; to accept nothing, refuse the route",
    DuplicateKeyId => "two keys of a key set have the same id; give each its own",
    NoCredential => "the verifier has nothing to recognise a callback by; give it a key, a secret or callback URLs",
    RepeatedScheme => "the verifier was given two secrets, HMACs, certificates or sets of callback URLs, all of which would have to hold; give it one, with several keys in a key set",
    InvalidHeaderName => "a header has no valid name; it looks like `X-Client-Auth`, without a colon",
    NoAudience => "the verifier does not know whose callbacks to expect; name a tenant, a group or an organisation that is not blank",
    UnreadableKey => "the key is not written as it was said to be: as text, in base64 or in hexadecimal digits",
    PrefixedKey => "the key begins with `whsec_`, which is no part of it; take that off",
    UrlSafeKey => "the key has `-` or `_`, as base64 for URLs does; write `+` for each `-` and `/` for each `_`",
    UnusableAddress => "callback URLs have to begin with an https URL without query, fragment and token",
    UnusablePath => "the path of a route has to begin with `/`, to be without parameters, and to be free",
    UnusableReference => "the reference of a callback URL has to be one line of 1 to 512 bytes",
    NoValidKey => "no key is valid now, so nothing can be signed; add one that is, before those that are not",
    UnattainableAssurance => "what the verifier was given cannot give the assurance that is asked for; add a scheme that signs, or lower it",
});
