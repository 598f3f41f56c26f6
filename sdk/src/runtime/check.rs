//! What is wrong with a request before it is sent.

use std::fmt;

/// A request that is refused before anything is sent. Never carries what the application put in, only where.
#[derive(Debug)]
pub struct Invalid(String);

impl Invalid {
    pub(crate) fn new(problem: impl Into<String>) -> Self {
        Self(problem.into())
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl From<reqwest::Error> for Invalid {
    fn from(_: reqwest::Error) -> Self {
        Self::new("no valid request can be made of what was given")
    }
}

impl From<http::header::InvalidHeaderValue> for Invalid {
    fn from(_: http::header::InvalidHeaderValue) -> Self {
        Self::new("a header value has characters that no header can carry")
    }
}

/// A value that can be checked as a whole, because it was made step by step.
pub trait Check {
    fn check(&self, at: &Place<'_>) -> Result<(), Invalid>;
}

impl<T: Check> Check for Option<T> {
    fn check(&self, at: &Place<'_>) -> Result<(), Invalid> {
        self.as_ref().map_or(Ok(()), |value| value.check(at))
    }
}

impl<T: Check> Check for Vec<T> {
    fn check(&self, at: &Place<'_>) -> Result<(), Invalid> {
        self.iter().enumerate().try_for_each(|(index, value)| value.check(&Place::Index(at, index)))
    }
}

/// Where in a request a value stands.
#[derive(Clone, Copy)]
pub enum Place<'a> {
    Root,
    Member(&'a Place<'a>, &'a str),
    Index(&'a Place<'a>, usize),
}

impl<'a> Place<'a> {
    pub fn member(&'a self, name: &'a str) -> Self {
        Self::Member(self, name)
    }

    pub fn required(&self, name: &str, present: bool) -> Result<(), Invalid> {
        if present {
            Ok(())
        } else {
            Err(Invalid(format!("`{}` is required and was not set", self.member(name))))
        }
    }

    pub fn range(
        &self,
        name: &str,
        value: Option<i64>,
        minimum: Option<i64>,
        maximum: Option<i64>,
    ) -> Result<(), Invalid> {
        let Some(value) = value else { return Ok(()) };
        let too_small = minimum.is_some_and(|minimum| value < minimum);
        let too_large = maximum.is_some_and(|maximum| value > maximum);
        if !too_small && !too_large {
            return Ok(());
        }
        let allowed = match (minimum, maximum) {
            (Some(minimum), Some(maximum)) => format!("{minimum} to {maximum}"),
            (Some(minimum), None) => format!("{minimum} or more"),
            (_, Some(maximum)) => format!("{maximum} or less"),
            (None, None) => return Ok(()),
        };
        Err(Invalid(format!("`{}` is {value}; allowed is {allowed}", self.member(name))))
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Member(Place::Root, name) => formatter.write_str(name),
            Self::Member(parent, name) => write!(formatter, "{parent}.{name}"),
            Self::Index(parent, index) => write!(formatter, "{parent}[{index}]"),
        }
    }
}
