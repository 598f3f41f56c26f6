//! What can be set on a single call.

use super::retry::RetryPolicy;
use std::time::Duration;

/// How one call is made, where that differs from its client.
#[derive(Clone, Default)]
pub struct CallOptions {
    pub operation_timeout: Option<Duration>,
    pub retry: Option<RetryPolicy>,
    pub headers: Vec<(String, String)>,
}

/// The setters of [`CallOptions`], for the `impl` of a call that has them as `options`.
macro_rules! call_options {
    () => {
        /// Changes how this one call is made: the time that all its attempts may take together.
        pub fn with_timeout(mut self, timeout: ::std::time::Duration) -> Self {
            self.options.operation_timeout = Some(timeout);
            self
        }

        /// Changes how this one call is made: the retry policy. `RetryPolicy::never()` sends at most once; no policy
        /// sends again what is not repeatable and may have been sent.
        pub fn with_retry(mut self, policy: crate::runtime::RetryPolicy) -> Self {
            self.options.retry = Some(policy);
            self
        }

        /// Changes how this one call is made: one more header, of 64 at most. One that carries credentials is refused.
        pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
            self.options.headers.push((name.into(), value.into()));
            self
        }
    };
}
pub(crate) use call_options;
