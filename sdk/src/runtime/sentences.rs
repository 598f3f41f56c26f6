//! Errors that are told completely by which one they are.

/// Says each error of an enum in a sentence. `Debug` says it as well, after the name of the variant: it is all that is seen of
/// an error that `main` returns.
macro_rules! sentences {
    ($error:ident { $($variant:ident => $sentence:literal),+ $(,)? }) => {
        impl ::std::fmt::Display for $error {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                formatter.write_str(match self { $(Self::$variant => $sentence),+ })
            }
        }

        impl ::std::fmt::Debug for $error {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                let name = match self { $(Self::$variant => stringify!($variant)),+ };
                write!(formatter, "{name}: {self}")
            }
        }

        impl ::std::error::Error for $error {}
    };
}
pub(crate) use sentences;
