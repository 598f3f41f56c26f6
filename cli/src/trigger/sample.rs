//! The events that there are, and what proves them.

use crate::provider::Provider;
use serde::{Serialize, Serializer};

/// An event that can be triggered.
#[derive(Debug)]
pub struct Sample {
    pub provider: Provider,
    pub event: &'static str,
    pub proof: Proof,
}

/// What proves an event, unless more is arranged for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// A signature by the provider.
    Rsa,
    /// A header of the application's choice.
    SharedSecret,
    /// Nothing but the address.
    CallbackUrl,
}

impl Proof {
    pub fn words(self) -> &'static str {
        match self {
            Self::Rsa => "RSA signature",
            Self::SharedSecret => "secret in a header, or signed URL",
            Self::CallbackUrl => "signed URL",
        }
    }
}

impl Sample {
    /// As the receiver finds it.
    pub fn assurance(&self) -> &'static str {
        if self.proof == Proof::Rsa { "payload" } else { "sender" }
    }
}

impl Serialize for Sample {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let json = serde_json::json!({
            "provider": self.provider,
            "event": self.event,
            "assurance": self.assurance(),
            "proved_by": self.proof.words(),
        });
        json.serialize(serializer)
    }
}

const fn signly(event: &'static str) -> Sample {
    Sample { provider: Provider::Signly, event, proof: Proof::SharedSecret }
}

const fn signed(event: &'static str) -> Sample {
    Sample { provider: Provider::Legalesign, event, proof: Proof::Rsa }
}

const fn unsigned(provider: Provider, event: &'static str) -> Sample {
    Sample { provider, event, proof: Proof::CallbackUrl }
}

/// All events. Those of Signly and the realtime ones of Legalesign are what the SDK knows.
pub const SAMPLES: &[Sample] = &[
    unsigned(Provider::Leap, "completed"),
    signed("changes"),
    signed("signed"),
    signed("sent"),
    signed("rejected"),
    unsigned(Provider::Legalesign, "plain-notice"),
    unsigned(Provider::Legalesign, "document.created"),
    unsigned(Provider::Legalesign, "document.rejected"),
    unsigned(Provider::Legalesign, "document.finalPdfCreated"),
    unsigned(Provider::Legalesign, "recipient.completed"),
    unsigned(Provider::Legalesign, "recipient.rejected"),
    unsigned(Provider::Legalesign, "recipient.emailOpened"),
    unsigned(Provider::Legalesign, "recipient.visiting"),
    unsigned(Provider::Legalesign, "recipient.bounced"),
    unsigned(Provider::Sign8, "workflowRefused"),
    unsigned(Provider::Sign8, "workflowExpired"),
    signly("PROCESS_CREATED"),
    signly("PROCESS_STARTED"),
    signly("PROCESS_COMPLETED"),
    signly("PROCESS_FAILED"),
    signly("PROCESS_CANCELLED"),
    signly("PROCESS_EXPIRED"),
    signly("OTP_SENT"),
    signly("OTP_RESENT"),
    signly("OTP_VERIFIED"),
    signly("OTP_FAILED"),
    signly("OTP_EXPIRED"),
    signly("BIOMETRIC_STARTED"),
    signly("BIOMETRIC_VERIFIED"),
    signly("BIOMETRIC_FAILED"),
    signly("LIVENESS_STARTED"),
    signly("LIVENESS_VERIFIED"),
    signly("LIVENESS_FAILED"),
    signly("DOCUMENT_VIEWED"),
    signly("FIELD_SIGNED"),
    signly("signly.webhook_test"),
];

#[cfg(test)]
mod tests {
    use super::{Provider, SAMPLES};
    use countersign::legalesign::webhook::RealtimeEvent;
    use countersign::signly::webhook::EventData;

    #[test]
    fn all_events_that_the_sdk_knows_can_be_triggered() {
        let has = |provider, event: &str| {
            SAMPLES.iter().any(|sample| sample.provider == provider && sample.event == event)
        };
        for tag in EventData::KNOWN_TAGS {
            assert!(has(Provider::Signly, tag), "{tag}");
        }
        for tag in RealtimeEvent::KNOWN_TAGS {
            assert!(has(Provider::Legalesign, tag), "{tag}");
        }
    }
}
