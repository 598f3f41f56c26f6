//! Changing a webhook that others change too.

use super::Client;
use super::types::{Webhook, WebhookId, WebhookUpdate};
use crate::runtime::{Comparison, Decision, Error, Rounds, Versioned};

impl Client {
    /// Changes a webhook on the basis of what is there, without losing what others change at the same time.
    ///
    /// `change` gets the webhook as it is and says what to change; `None` leaves it alone. If another writer is faster,
    /// the webhook is read and `change` is asked again, a few times. If an answer is lost, the webhook is read and
    /// compared before anything is sent again.
    ///
    /// # Errors
    ///
    /// As the calls that read and update. After the last round it is the error of the last attempt. Its
    /// [`effect`](Error::effect) is that of the updates: `None` if reading failed before one was sent.
    pub async fn update_webhook_with(
        &self,
        webhook_id: impl Into<WebhookId>,
        change: impl Fn(&Webhook) -> Option<WebhookUpdate>,
    ) -> Result<Webhook, Error> {
        let id = webhook_id.into();
        let mut rounds = Rounds::new();
        loop {
            let current =
                self.get_webhook(&id).send().await.map_err(|error| rounds.closing(error))?.versioned();
            let update: WebhookUpdate = match rounds.decide(&current, &change, compare) {
                Decision::Settled => return Ok(current.value),
                Decision::GiveUp(error) => return Err(error),
                Decision::Write(update) => update,
            };
            let call = self.update_webhook(&id, current.precondition.clone()).body(update.clone());
            match call.send().await {
                Ok(changed) => return Ok(applied(current.value, update, changed.version)),
                Err(error) => rounds.failed(error, current.precondition, update)?,
            }
        }
    }

    /// Reads a webhook together with the version it is at.
    ///
    /// # Errors
    ///
    /// As [`get_webhook`](Self::get_webhook).
    pub async fn get_webhook_versioned(
        &self,
        webhook_id: impl Into<WebhookId>,
    ) -> Result<Versioned<Webhook>, Error> {
        let webhook = self.get_webhook(webhook_id).send().await.map_err(Error::before_any_write)?;
        Ok(webhook.versioned())
    }
}

/// The webhook after an update that went through.
fn applied(mut webhook: Webhook, update: WebhookUpdate, version: i64) -> Webhook {
    let WebhookUpdate { description, events, http_timeout_ms, retries, status } = update;
    webhook.description = description.or(webhook.description);
    webhook.events = events.or(webhook.events);
    webhook.http_timeout_ms = http_timeout_ms.or(webhook.http_timeout_ms);
    webhook.retries = retries.or(webhook.retries);
    webhook.status = status.unwrap_or(webhook.status);
    webhook.version = version;
    webhook
}

/// Whether a webhook shows an update. Signly need not return every member that can be changed.
fn compare(webhook: &Webhook, update: &WebhookUpdate) -> Comparison {
    fn member<T: PartialEq>(wanted: Option<&T>, found: Option<&T>) -> Comparison {
        match (wanted, found) {
            (None, _) => Comparison::Agrees,
            (Some(_), None) => Comparison::CannotTell,
            (Some(wanted), Some(found)) if wanted == found => Comparison::Agrees,
            _ => Comparison::Differs,
        }
    }
    let WebhookUpdate { description, events, http_timeout_ms, retries, status } = update;
    let members = [
        member(description.as_ref(), webhook.description.as_ref()),
        member(events.as_ref(), webhook.events.as_ref()),
        member(http_timeout_ms.as_ref(), webhook.http_timeout_ms.as_ref()),
        member(retries.as_ref(), webhook.retries.as_ref()),
        member(status.as_ref(), Some(&webhook.status)),
    ];
    let any = |wanted| members.contains(&wanted);
    if any(Comparison::Differs) {
        Comparison::Differs
    } else if any(Comparison::CannotTell) {
        Comparison::CannotTell
    } else {
        Comparison::Agrees
    }
}
