//! What was created, as `Location` names it.

use super::hex;

/// What a call created. Some providers tell the id of a new resource in the header `Location` and nowhere else.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Created<I> {
    /// The id: the end of [`location`](Self::location).
    pub id: I,
    /// `Location` as it came. It may name a status instead of the resource itself, and it need not have a host.
    pub location: String,
}

impl<I: From<String>> Created<I> {
    /// The last segment of the path that holds something is the id.
    pub(crate) fn read(location: &str) -> Option<Self> {
        let path = location.split(['?', '#']).next()?;
        let path = path
            .split_once("://")
            .map_or(path, |(_, rest)| rest.split_once('/').map_or("", |(_, path)| path));
        let last = path.rsplit('/').find(|segment| !segment.is_empty())?;
        Some(Self { id: I::from(decode(last)), location: location.to_owned() })
    }
}

/// What is encoded, decoded; as it is if that makes no text.
fn decode(segment: &str) -> String {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let encoded = if *byte == b'%' { after.split_at_checked(2) } else { None };
        let decoded = encoded.and_then(|(digits, after)| Some((hex::pair(digits)?, after)));
        let (byte, after) = decoded.unwrap_or((*byte, after));
        bytes.push(byte);
        rest = after;
    }
    String::from_utf8(bytes).unwrap_or_else(|_| segment.to_owned())
}

#[cfg(test)]
mod tests {
    use super::Created;

    #[test]
    fn the_id_is_the_last_segment() {
        let cases = [
            ("/api/v1/document/d0/", Some("d0")),
            ("/api/v1/status/d0", Some("d0")),
            ("https://host.example/api/v1/document/d0/?x=/y/#z/w", Some("d0")),
            ("d0", Some("d0")),
            ("/a/b%2Fc/", Some("b/c")),
            ("/a/%C3%BC/", Some("ü")),
            ("/a/%FF%2/", Some("%FF%2")),
            ("/a/%+f/", Some("%+f")),
            ("https://host.example", None),
            ("https://host.example/", None),
            ("//", None),
            ("", None),
        ];
        for (location, id) in cases {
            let created = Created::<String>::read(location);
            assert_eq!(created.as_ref().map(|created| created.id.as_str()), id, "{location}");
            assert!(created.is_none_or(|created| created.location == location));
        }
    }
}
