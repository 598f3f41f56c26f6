//! What a provider says of something new: where it is.

use percent_encoding::percent_decode_str;
use std::fmt;

/// Something that was created: its id, and the `Location` that names it.
///
/// `Debug` shows the location without query and fragment, which may open what it names to whoever has them.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Created<I> {
    /// The id, taken from the end of the location.
    pub id: I,
    /// The location as it came: a URL, or a path at the provider.
    pub location: String,
}

impl<I: From<String>> Created<I> {
    pub(crate) fn read(location: &str) -> Option<Self> {
        Some(Self { id: Self::id(location)?, location: location.to_owned() })
    }

    /// The id is the last segment of the path that is not empty. `None` if there is none.
    pub(crate) fn id(location: &str) -> Option<I> {
        let segment = path(resource(location).trim()).rsplit('/').find(|segment| !segment.is_empty())?;
        if !segment.contains('%') {
            return Some(I::from(segment.to_owned()));
        }
        // What does not decode to text is an id as it stands.
        let decoded = percent_decode_str(segment).decode_utf8().ok();
        let decoded = decoded.filter(|decoded| !decoded.contains(char::is_control));
        Some(I::from(decoded.map_or_else(|| segment.to_owned(), String::from)))
    }
}

impl<I: fmt::Debug> fmt::Debug for Created<I> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, location } = self;
        let location = resource(location);
        formatter.debug_struct("Created").field("id", id).field("location", &location).finish_non_exhaustive()
    }
}

/// A location without query and fragment.
fn resource(location: &str) -> &str {
    location.split(['?', '#']).next().unwrap_or_default()
}

/// What follows the host, if there is one.
fn path(resource: &str) -> &str {
    let (start, _) = resource.split_once('/').unwrap_or((resource, ""));
    // Only a scheme goes before it; in a path the same signs mean nothing.
    let rest = if start.ends_with(':') { resource.get(start.len()..) } else { Some(resource) };
    let authority = rest.and_then(|rest| rest.strip_prefix("//"));
    match authority {
        Some(authority) => authority.split_once('/').map_or("", |(_, path)| path),
        None => resource,
    }
}

#[cfg(test)]
mod tests {
    use super::Created;

    #[test]
    fn debug_shows_neither_query_nor_fragment() {
        for location in ["https://example.com/a/b?token=canary#x", "/a/b#canary?x", "/a/b?canary"] {
            let created = Created::<String>::read(location);
            let printed = format!("{created:?}");
            assert!(printed.contains("/a/b\"") && !printed.contains("canary"), "{printed}");
        }
    }

    #[test]
    fn the_last_segment_is_the_id() {
        for (location, id) in [
            ("/api/v1/document/8f2c/", Some("8f2c")),
            ("/api/v1/document/8f2c", Some("8f2c")),
            ("https://example.com/api/v1/group/my-group/", Some("my-group")),
            ("http://127.0.0.1:4000/x//", Some("x")),
            ("//example.com/x", Some("x")),
            ("8f2c", Some("8f2c")),
            ("/a/b?next=/c/#/d", Some("b")),
            ("/a/b/#x", Some("b")),
            ("/a/http://b", Some("b")),
            ("/a/b%20c%2Fd/", Some("b c/d")),
            ("/a/%C3%A9", Some("é")),
            ("/a/%ff", Some("%ff")),
            ("/a/%", Some("%")),
            (" /a/b ", Some("b")),
            ("", None),
            ("/", None),
            ("//", None),
            ("?a=b", None),
            ("https://example.com", None),
            ("https://example.com/?a=/b", None),
            ("//example.com", None),
        ] {
            let created = Created::<String>::read(location);
            assert_eq!(created.as_ref().map(|created| created.id.as_str()), id, "{location}");
            assert!(created.is_none_or(|created| created.location == location));
        }
    }
}
