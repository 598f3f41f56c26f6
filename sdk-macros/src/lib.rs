//! The derives behind `countersign`.
//!
//! This crate is an implementation detail of `countersign`: it makes no stability promises of its own.
//! Depend on `countersign`, which owns everything these derives are used on. The derived code names
//! `serde`, `serde_json` and `serde_path_to_error`, so the crate that derives depends on them.

mod open_enum;
mod safe_debug;
mod webhook_event;

use proc_macro::TokenStream;
use syn::parse::Parse;
use syn::punctuated::Punctuated;
use syn::{Attribute, Data, DeriveInput, Error, Token, Variant};

/// An enum that keeps the values it does not know.
///
/// Every variant carries its value on the wire. The last variant has none: it keeps any other value, as a
/// `String` in an enum of strings or as an `i64` in an enum of integers.
///
/// ```
/// use countersign_macros::OpenEnum;
///
/// /// Whether a webhook is delivered.
/// #[derive(Debug, Clone, OpenEnum)]
/// #[non_exhaustive]
/// pub enum WebhookStatus {
///     /// It is delivered.
///     #[open_enum("ENABLED")]
///     Enabled,
///     /// It is kept, but not delivered.
///     #[open_enum("DISABLED")]
///     Disabled,
///     /// A value this version does not know.
///     Unknown(String),
/// }
///
/// let status: WebhookStatus = serde_json::from_str(r#""PAUSED""#)?;
/// assert!(!status.is_known());
/// assert_eq!(serde_json::to_string(&status)?, r#""PAUSED""#);
/// assert_eq!(WebhookStatus::KNOWN, [WebhookStatus::Enabled, WebhookStatus::Disabled]);
///
/// /// The state of a document.
/// #[derive(Debug, Clone, OpenEnum)]
/// pub enum State {
///     /// Everyone has signed.
///     #[open_enum(40)]
///     Signed,
///     /// A value this version does not know.
///     Unknown(i64),
/// }
///
/// assert_eq!(serde_json::from_str::<State>("40")?, State::Signed);
/// assert_eq!(serde_json::from_str::<State>(r#""40""#)?, State::Signed);
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// # What it generates
///
/// - `KNOWN`, `is_known`, and `as_str` (strings) or `value` (integers);
/// - `Display`, `Serialize` and `Deserialize`; integers are also read from a string that holds one;
/// - `From` the wire type and `From<Self>` for it, plus `From<&str>` and `FromStr` for strings;
///   reading a known value never gives the last variant;
/// - `PartialEq`, `Eq`, `PartialOrd`, `Ord` and `Hash`, all by the value on the wire, so that a hand-made
///   `Unknown("ENABLED".into())` equals `Enabled`. Strings also compare with `str` and `&str`.
#[proc_macro_derive(OpenEnum, attributes(open_enum))]
pub fn open_enum(input: TokenStream) -> TokenStream {
    expand(input, open_enum::derive)
}

/// The payload of an event, whose type follows from the event's tag.
///
/// Every variant holds the payload of one tag, of any type that is `Deserialize`. The variant marked
/// `#[event(unknown)]` keeps the tag and the payload of every other event as they came.
///
/// ```
/// use countersign_macros::WebhookEvent;
///
/// /// A process and its state.
/// #[derive(Debug, serde::Deserialize)]
/// pub struct Process {
///     /// The id of the process.
///     pub id: u32,
/// }
///
/// /// What happened.
/// #[derive(Debug, WebhookEvent)]
/// pub enum EventData {
///     /// Everyone has signed.
///     #[event("PROCESS_COMPLETED")]
///     ProcessCompleted(Process),
///     /// An event this version does not know.
///     #[event(unknown)]
///     Unknown {
///         /// The name of the event.
///         tag: String,
///         /// Its payload, untouched.
///         data: serde_json::Value,
///     },
/// }
///
/// let event = EventData::from_tagged("PROCESS_COMPLETED", serde_json::json!({ "id": 7 }))?;
/// assert!(matches!(event, EventData::ProcessCompleted(Process { id: 7 })));
///
/// let event = EventData::from_tagged("PROCESS_SHREDDED", serde_json::json!({ "id": 7 }))?;
/// assert_eq!(event.tag(), "PROCESS_SHREDDED");
/// assert!(!event.is_known());
/// # Ok::<(), serde_path_to_error::Error<serde_json::Error>>(())
/// ```
///
/// # What it generates
///
/// `KNOWN_TAGS`, `tag`, `is_known`, and for the crate itself `from_tagged`, whose error carries the path
/// inside the payload.
#[proc_macro_derive(WebhookEvent, attributes(event))]
pub fn webhook_event(input: TokenStream) -> TokenStream {
    expand(input, webhook_event::derive)
}

/// A `Debug` that prints only what is not sensitive.
///
/// `#[safe_debug(redact)]` on a field, a variant or the whole type prints `[redacted]` in place of what it
/// holds, which then needs no `Debug` of its own. Everything else prints as the standard derive does it.
///
/// ```
/// use countersign_macros::SafeDebug;
///
/// #[derive(SafeDebug)]
/// struct Signer {
///     name: &'static str,
///     #[safe_debug(redact)]
///     email: &'static str,
/// }
///
/// #[derive(SafeDebug)]
/// #[safe_debug(redact)]
/// struct ApiKey(&'static str);
///
/// let signer = Signer { name: "Ada", email: "ada@example.com" };
/// assert_eq!(format!("{signer:?}"), r#"Signer { name: "Ada", email: [redacted] }"#);
/// assert_eq!(format!("{:?}", ApiKey("s3cr3t")), "ApiKey([redacted])");
/// ```
///
/// A type parameter is bound by `Debug` only where a printed field names it.
#[proc_macro_derive(SafeDebug, attributes(safe_debug))]
pub fn safe_debug(input: TokenStream) -> TokenStream {
    expand(input, safe_debug::derive)
}

fn expand(
    input: TokenStream,
    derive: fn(&DeriveInput) -> syn::Result<proc_macro2::TokenStream>,
) -> TokenStream {
    syn::parse(input).and_then(|input| derive(&input)).unwrap_or_else(Error::into_compile_error).into()
}

/// The variants of an enum without generics, whose attributes named `attribute` are all on its variants.
fn variants<'a>(input: &'a DeriveInput, attribute: &str) -> syn::Result<&'a Punctuated<Variant, Token![,]>> {
    let Data::Enum(data) = &input.data else {
        return Err(Error::new_spanned(&input.ident, "expected an enum"));
    };
    if !input.generics.params.is_empty() {
        return Err(Error::new_spanned(&input.generics, "expected an enum without generic parameters"));
    }
    match input.attrs.iter().find(|attr| attr.path().is_ident(attribute)) {
        Some(stray) => {
            Err(Error::new_spanned(stray, format!("expected `#[{attribute}(...)]` on the variants only")))
        }
        None => Ok(&data.variants),
    }
}

/// What the only `#[name(...)]` among `attrs` says, if there is one; `usage` is how to write it.
fn argument<T: Parse>(attrs: &[Attribute], name: &str, usage: &str) -> syn::Result<Option<T>> {
    let mut named = attrs.iter().filter(|attr| attr.path().is_ident(name));
    let Some(attr) = named.next() else {
        return Ok(None);
    };
    if let Some(second) = named.next() {
        return Err(Error::new_spanned(second, format!("expected `#[{name}(...)]` only once here")));
    }
    attr.parse_args().map(Some).map_err(|_| Error::new_spanned(attr, format!("expected {usage}")))
}
