//! Ids, and how they become part of a URL: whatever an id contains, the server sees exactly one segment.

use super::check::Invalid;
use std::fmt::Write;

/// One path segment. All but the unreserved characters of RFC 3986 are encoded; what a URL parser would fold or drop is
/// refused.
pub fn segment(id: &str) -> Result<String, Invalid> {
    if id.is_empty() {
        return Err(Invalid::new("an id is empty"));
    }
    if matches!(id, "." | "..") {
        return Err(Invalid::new(format!("the id `{id}` would change the path of the call")));
    }
    Ok(encode(id))
}

/// Text with all but the unreserved characters encoded.
pub fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a `String` cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// A query parameter; nothing where there is no value.
pub fn query<'a, T: serde::Serialize>(name: &'a str, value: &'a T) -> [(&'a str, &'a T); 1] {
    [(name, value)]
}

/// A query parameter that is a list: once for each item.
#[allow(dead_code, reason = "no provider here has lists in a query; the tests have one that does")]
pub fn query_list<'a, T>(name: &'a str, items: &'a [T]) -> Vec<(&'a str, &'a T)> {
    items.iter().map(|item| (name, item)).collect()
}

/// A query parameter that is a list with commas between its items; nothing where there is no item.
#[allow(dead_code, reason = "as above")]
pub fn query_joined<'a, T: ToString>(name: &'a str, items: &[T]) -> Result<Vec<(&'a str, String)>, Invalid> {
    let items = items.iter().map(T::to_string).collect::<Vec<_>>();
    if items.iter().any(|item| item.contains(',')) {
        return Err(Invalid::new(format!("an item of `{name}` has a comma, which separates items")));
    }
    Ok(if items.is_empty() { Vec::new() } else { vec![(name, items.join(","))] })
}

/// Defines the id types of a provider. An id is opaque; whether it can be part of a path is checked when it is used.
macro_rules! id {
    ($(#[$attribute:meta])* $name:ident) => {
        $(#[$attribute])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, ::serde::Serialize, ::serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The id as it is on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(id: String) -> Self {
                Self(id)
            }
        }

        impl From<&$name> for $name {
            fn from(id: &$name) -> Self {
                id.clone()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    };
}
pub(crate) use id;

/// Defines the type of the address of a resource: a path below the host with the id at its end.
macro_rules! resource_uri {
    ($(#[$attribute:meta])* $name:ident, $id:ident, $path:literal) => {
        $(#[$attribute])*
        ///
        /// It can be given as the whole address or as the id alone.
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, ::serde::Serialize, ::serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The address as it is on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The id at its end; `None` if there is none.
            #[must_use]
            pub fn id(&self) -> Option<$id> {
                crate::runtime::generated::Created::id(&self.0)
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                if text.contains('/') { Self(text.to_owned()) } else { Self::from($id::from(text)) }
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self::from(text.as_str())
            }
        }

        impl From<$id> for $name {
            fn from(id: $id) -> Self {
                if id.as_str().is_empty() {
                    // What precedes the id would be taken for one.
                    return Self(String::new());
                }
                Self(format!("{}{}/", $path, crate::runtime::generated::encode(id.as_str())))
            }
        }

        impl From<&$id> for $name {
            fn from(id: &$id) -> Self {
                Self::from(id.clone())
            }
        }

        impl From<&$name> for $name {
            fn from(uri: &$name) -> Self {
                uri.clone()
            }
        }
    };
}
pub(crate) use resource_uri;

#[cfg(test)]
mod tests {
    use super::segment;

    #[test]
    fn whatever_is_not_unreserved_is_encoded() {
        let cases = [
            ("wh_1-2.~", "wh_1-2.~"),
            ("a/b", "a%2Fb"),
            ("%2e%2e", "%252e%252e"),
            ("..\\..", "..%5C.."),
            ("\u{0}é", "%00%C3%A9"),
        ];
        for (id, expected) in cases {
            assert_eq!(segment(id).ok().as_deref(), Some(expected), "{id:?}");
        }
    }
}
