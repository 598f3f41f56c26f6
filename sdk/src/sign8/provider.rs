//! How SIGN8 authorises and answers, as the profile has it.

use super::profile::{Profile, Routes};
use super::step::Step;
use crate::runtime::{self, Answer, Explanation, Invalid, Opened, Operation, Provider};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// What makes a call one of SIGN8's.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "holds the credential and is never printed")]
pub struct Sign8 {
    credential: HeaderValue,
    profile: Arc<Profile>,
    routes: Arc<Routes>,
}

impl Sign8 {
    pub(super) fn new(credential: HeaderValue, profile: Profile, routes: Routes) -> Self {
        Self { credential, profile: Arc::new(profile), routes: Arc::new(routes) }
    }

    pub(super) fn profile(&self) -> &Profile {
        &self.profile
    }

    /// The path of a step with the ids of earlier ones in it.
    pub(super) fn path<'a>(
        &self,
        step: Step,
        id: impl Fn(Step) -> Option<&'a str>,
    ) -> Result<String, Invalid> {
        let template = self.routes.paths.get(&step);
        template.ok_or_else(|| Invalid::new("the profile has no path for this step"))?.fill(id)
    }
}

impl Provider for Sign8 {
    const CUSTOM: [&'static Operation; 2] =
        [&Operation::custom("sign8", false, false), &Operation::custom("sign8", true, false)];
    const RESERVED: &'static [&'static str] = &[];

    /// The one header that is reserved is named by the profile.
    fn is_reserved(&self, name: &HeaderName) -> bool {
        *name == self.routes.header
    }

    fn authorise(&self, headers: &mut HeaderMap) {
        headers.insert(self.routes.header.clone(), self.credential.clone());
    }

    /// Where nothing is expected, an answer without a body is as good as an empty object.
    fn open<T: DeserializeOwned>(&self, operation: &Operation, answer: &Answer) -> Result<Opened<T>, String> {
        let step = Step::ALL.into_iter().find(|step| step.operation().id == operation.id);
        let value = match step {
            Some(step) if answer.body.is_empty() && !self.profile.expects_something(step) => {
                runtime::decode(b"{}")?
            }
            None if answer.body.is_empty() => runtime::absent().ok_or("the answer is empty")?,
            _ => answer.decode(operation)?,
        };
        Ok(Opened::plain(value))
    }

    /// Nothing is known of what a refusal says; it is in the body of the error, as it came.
    fn explain(&self, _: &Answer) -> Explanation {
        Explanation::default()
    }
}
