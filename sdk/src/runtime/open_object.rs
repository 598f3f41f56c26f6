//! Objects whose members nobody has documented.

/// Defines the type of an object of which no member is known: JSON, kept as it came.
macro_rules! open_object {
    ($(#[$attribute:meta])* $name:ident) => {
        $(#[$attribute])*
        ///
        /// Its members are not documented, so it is JSON as it came. `Debug` shows none of it.
        #[derive(Clone, PartialEq, Default, ::serde::Serialize, ::serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(::serde_json::Map<String, ::serde_json::Value>);

        impl $name {
            /// A member, or a member of a member, and so on: `get("/workflow/id")` as in RFC 6901, `get("id")` for short.
            #[must_use]
            pub fn get(&self, path: &str) -> Option<&::serde_json::Value> {
                let mut names = path.strip_prefix('/').unwrap_or(path).split('/');
                let first = self.0.get(&names.next()?.replace("~1", "/").replace("~0", "~"))?;
                names.try_fold(first, |value, name| value.pointer(&format!("/{name}")))
            }

            /// The members as they came.
            #[must_use]
            pub fn as_map(&self) -> &::serde_json::Map<String, ::serde_json::Value> {
                &self.0
            }

            /// The members as they came.
            #[must_use]
            pub fn into_map(self) -> ::serde_json::Map<String, ::serde_json::Value> {
                self.0
            }
        }

        impl crate::runtime::generated::Check for $name {
            fn check(
                &self,
                _: &crate::runtime::generated::Place<'_>,
            ) -> Result<(), crate::runtime::generated::Invalid> {
                Ok(())
            }
        }

        impl From<::serde_json::Map<String, ::serde_json::Value>> for $name {
            fn from(members: ::serde_json::Map<String, ::serde_json::Value>) -> Self {
                Self(members)
            }
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                write!(formatter, concat!(stringify!($name), "([{} members])"), self.0.len())
            }
        }
    };
}
pub(crate) use open_object;
