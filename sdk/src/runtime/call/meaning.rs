//! What an answer means.

use super::super::download::Download;
use super::super::error::{Effect, Error, ErrorKind};
use super::super::operation::Outcome;
use super::super::provider::{Answer, Explanation, Opened, Provider, plain};
use super::super::reading::Reading;
use super::super::reply::Reply;
use super::super::retry::retry_after;
use super::super::time::FOR_EVER;
use super::{Call, Failure};
use http::StatusCode;
use http::header::{CONTENT_LENGTH, LOCATION};

impl<P: Provider> Call<'_, P> {
    pub(super) fn outcome(&self, status: StatusCode) -> Option<(Outcome, &'static str)> {
        let mut outcomes = self.operation.outcomes.iter();
        let odd = outcomes.find(|(number, ..)| *number == status.as_u16());
        odd.map(|(_, outcome, meaning)| (*outcome, *meaning))
    }

    /// What a refusal means here, where its number alone does not tell.
    fn hint(&self, status: u16) -> Option<&'static str> {
        let mut hints = self.operation.hints.iter();
        hints.find(|(number, _)| *number == status).map(|(_, meaning)| *meaning)
    }

    /// Whether the status says success, as the document has it.
    pub(super) fn succeeded(&self, status: StatusCode) -> bool {
        status.is_success() || self.operation.successes.contains(&status.as_u16())
    }

    /// Reads the details of an answer that is no success, as far as the document knows them.
    fn explain(&self, answer: &Answer) -> Explanation {
        self.core.0.provider.explain(answer).known_to(self.operation)
    }

    /// What the answer means.
    pub(super) fn read<R: Reading>(
        &self,
        answer: Answer,
        content: Option<Download>,
    ) -> Result<Reply<R::Value>, Failure> {
        let provider = &self.core.0.provider;
        let status = answer.status.as_u16();
        // A page with a status of success is nobody's refusal either. Its type alone does not count here, since frameworks
        // say of a short text that it is HTML.
        let is_page = answer.status.is_success() && answer.begins_as_a_page();
        if let Some((outcome, meaning)) = self.outcome(answer.status).filter(|_| !is_page) {
            let error = self
                .failed(ErrorKind::of_outcome(outcome), meaning)
                .with_effect(effect_of_outcome(answer.status))
                .with_answer(&answer, self.explain(&answer));
            return Err(Failure { error: self.with_wait(error, &answer), transient: false });
        }
        if !self.succeeded(answer.status) {
            return Err(self.refused(&answer));
        }
        if self.is_from_between::<R>(&answer) {
            let error = self.failed(
                ErrorKind::Unreadable,
                "it is not what was asked for; something between here and the provider answered",
            );
            let error = error.with_answer(&answer, self.explain(&answer)).with_effect(Effect::Unknown);
            return Err(Failure { error, transient: false });
        }
        match R::read(provider, self.operation, &answer, content) {
            Ok(Opened::Success { value, rest, request_id }) => Ok(Reply {
                value,
                rest,
                status,
                request_id: plain(request_id),
                attempts: self.attempts,
                headers: answer.headers,
                body: answer.body,
            }),
            Ok(Opened::Failure(explanation)) => {
                let explanation = explanation.known_to(self.operation);
                let kind = explanation.outcome.map_or(ErrorKind::Refused, ErrorKind::of_outcome);
                let error = self.failed(kind, "the status says success, the answer says otherwise");
                // What was accepted by its status may have left something behind, whatever a word of the provider says.
                // What a status means is for the document to state.
                let error = error.with_answer(&answer, explanation).with_effect(Effect::Unknown);
                Err(Failure { error: self.with_wait(error, &answer), transient: false })
            }
            Err(place) => {
                let error =
                    self.failed(ErrorKind::Unreadable, place).with_answer(&answer, self.explain(&answer));
                Err(Failure { error: error.with_effect(Effect::Done), transient: false })
            }
        }
    }

    /// Tells answers of a proxy or a login page in place of the provider. There is one rule for all that is read as a whole: a
    /// web page is no answer of any call, and where JSON is expected nothing else is one, unless it is empty. Only what comes
    /// with a `Location`, and a status that the document states, is the provider's whatever it is.
    fn is_from_between<R: Reading>(&self, answer: &Answer) -> bool {
        if R::STREAMED {
            let media_type = answer.media_type().to_ascii_lowercase();
            let text = media_type.starts_with("text/") || media_type.ends_with("xml") || answer.is_json();
            let empty = answer.headers.get(CONTENT_LENGTH).is_some_and(|length| length == "0");
            return text || empty || answer.status != StatusCode::OK;
        }
        let successes = self.operation.successes;
        let stated = successes.is_empty() || successes.contains(&answer.status.as_u16());
        let told = R::LOCATED && stated && answer.headers.contains_key(LOCATION);
        let foreign = answer.is_web_page() || (R::expects_json(self.operation) && !answer.is_json());
        !answer.body.is_empty() && foreign && !told
    }

    fn refused(&self, answer: &Answer) -> Failure {
        let provider = &self.core.0.provider;
        let explanation = self.explain(answer);
        let by_status = || ErrorKind::of_status(answer.status.as_u16());
        let kind = explanation.outcome.map_or_else(by_status, ErrorKind::of_outcome);
        let transient = explanation.outcome.is_none() && provider.is_transient(answer);
        let effect = effect_of(Some(answer.status));
        let detail = match kind {
            ErrorKind::Redirected => "redirects are not followed",
            ErrorKind::Unauthenticated => {
                "look at the credentials, and at the account or tenant they are for"
            }
            ErrorKind::PreconditionFailed => {
                "it is no longer at this version; read it and apply the change again"
            }
            _ => "",
        };
        let detail = self.hint(answer.status.as_u16()).unwrap_or(detail);
        let error = self.failed(kind, detail).with_effect(effect).with_answer(answer, explanation);
        Failure { error: self.with_wait(error, answer), transient }
    }

    pub(super) fn with_wait(&self, error: Error, answer: &Answer) -> Error {
        let now = self.core.0.settings.clock.now();
        let asked = retry_after(&answer.headers, now);
        let asked = asked.or_else(|| Some(error.until()?.duration_since(now).unwrap_or_default()));
        error.with_retry_after(asked.map(|asked| asked.min(FOR_EVER)))
    }
}

/// What an attempt may have done whose status means something else than it says: nothing, as the document has it. But
/// where the status alone leaves open what happened, no other meaning settles that.
fn effect_of_outcome(status: StatusCode) -> Effect {
    match effect_of(Some(status)) {
        Effect::Unknown => Effect::Unknown,
        Effect::Done | Effect::None => Effect::None,
    }
}

/// What an attempt may have done, by the status of its answer, if there was one.
pub(super) fn effect_of(status: Option<StatusCode>) -> Effect {
    match status.map(|status| status.as_u16()) {
        Some(200..=299) => Effect::Done,
        // A server that fails, gives up waiting or sends us elsewhere may have acted before.
        None | Some(408 | 500.. | ..=399) => Effect::Unknown,
        Some(_) => Effect::None,
    }
}
