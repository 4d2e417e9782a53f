//! Webhooks: what happens to approvals, told to a program of the operator's choice.
//!
//! Messages are stored in the transaction that causes them, like mail, and signed as Standard Webhooks has it:
//! `webhook-id` (the same at every attempt), `webhook-timestamp` (of the attempt) and `webhook-signature`, `v1,` and the
//! base64 of HMAC-SHA-256 over `id.timestamp.body`. An answer of 2xx is a delivery; 410 ends the attempts.

use crate::deliver::outbox::{AT_ONCE, LEASE, Outcome, PURPOSE, settle};
use crate::deliver::retry::next_attempt;
use crate::error::Result;
use crate::outbound::{Request, Trust};
use crate::{Error, Kavach, seal};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD};
use kavach_model::id::MessageId;
use kavach_model::{Secret, Timestamp};
use kavach_store::{Channel, Conn, MessageRow, NewMessage};
use ring::hmac;
use serde::Serialize;
use std::time::Duration;

/// For the whole exchange; a batch is sent at once, so this is what it takes at the most.
const TIMEOUT: Duration = Duration::from_secs(10);
const GONE: u16 = 410;
/// Bytes of a key, as Standard Webhooks has it.
const KEY_BYTES: std::ops::RangeInclusive<usize> = 24..=64;
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The key of a configured secret; None when it is no secret of this kind.
pub(crate) fn key(secret: &Secret) -> Option<hmac::Key> {
    let bytes = LENIENT.decode(secret.expose().strip_prefix("whsec_")?).ok()?;
    KEY_BYTES.contains(&bytes.len()).then(|| hmac::Key::new(hmac::HMAC_SHA256, &bytes))
}

/// The value of `webhook-signature`.
pub(super) fn sign(key: &hmac::Key, id: &str, seconds: i64, body: &str) -> String {
    let tag = hmac::sign(key, format!("{id}.{seconds}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(tag.as_ref()))
}

/// What is sent.
#[derive(Serialize)]
pub(super) struct Message<'a, T> {
    #[serde(rename = "type")]
    pub(super) kind: &'a str,
    pub(super) timestamp: Timestamp,
    pub(super) data: T,
}

/// Puts a message in the outbox, where a webhook is configured.
pub(crate) async fn enqueue<T: Serialize>(
    kv: &Kavach,
    tx: &mut Conn,
    kind: &str,
    data: T,
    now: Timestamp,
) -> Result<()> {
    if kv.config().approval.webhook_url.is_none() {
        return Ok(());
    }
    let body = serde_json::to_vec(&Message { kind, timestamp: now, data })
        .map_err(|error| Error::Fault(error.to_string()))?;
    let message = NewMessage {
        id: MessageId::from_parts(now, crate::rng::array(kv.rng())),
        channel: Channel::Webhook,
        kind,
        // Where it goes is configured, and may be a secret.
        recipient: "approval.webhook_url",
        body_sealed: &seal::seal(kv, PURPOSE, &body),
        due: true,
    };
    Ok(tx.insert_message(&message, now).await?)
}

/// Sends what is due, until nothing is.
pub(crate) async fn deliver_due(kv: &Kavach) -> Result<()> {
    let settings = &kv.config().approval;
    let (Some(url), Some(key)) = (&settings.webhook_url, settings.webhook_secret.as_ref().and_then(key))
    else {
        return Ok(());
    };
    loop {
        let now = kv.clock().now();
        let mut tx = kv.store().write().await?;
        let messages = tx.lease_messages(Channel::Webhook, now, now + LEASE, AT_ONCE).await?;
        tx.commit().await?;
        if messages.is_empty() {
            return Ok(());
        }
        let sent = messages.iter().map(|row| attempt(kv, url, &key, row));
        for (row, outcome) in messages.iter().zip(futures::future::join_all(sent).await) {
            settle(kv, row, outcome, Channel::Webhook).await?;
        }
    }
}

async fn attempt(kv: &Kavach, url: &Secret, key: &hmac::Key, row: &MessageRow) -> Outcome {
    let body = seal::open(kv, PURPOSE, &row.body_sealed).and_then(|body| String::from_utf8(body).ok());
    let Some(body) = body else { return Err(("sealed under another instance key".to_owned(), None)) };
    let id = row.id.to_string();
    let seconds = kv.clock().now().as_millis().div_euclid(1_000);
    let request = Request::post(url.expose(), Trust::Operator, body.clone().into_bytes())
        .header("content-type", "application/json")
        .header("webhook-id", id.as_str())
        .header("webhook-timestamp", seconds.to_string())
        .header("webhook-signature", sign(key, &id, seconds, &body))
        .timeout(TIMEOUT);
    let again = next_attempt(row.attempts);
    match kv.http().fetch(request).await {
        Ok(answer) if (200..300).contains(&answer.status) => Ok(()),
        Ok(answer) if answer.status == GONE => Err(("the receiver wants no more".to_owned(), None)),
        Ok(answer) => Err((format!("the receiver answered {}", answer.status), again)),
        Err(error) => Err((error.to_string(), again)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_that_of_standard_webhooks() {
        // The example of the reference implementations.
        let key = key(&Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")).unwrap();
        let signature = sign(&key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_weak_secret_is_none() {
        for weak in
            ["", "secret", "whsec_", "whsec_c2hvcnQ=", "whsec_!!!", &format!("whsec_{}", "A".repeat(88))]
        {
            assert!(key(&Secret::new(weak)).is_none(), "{weak}");
        }
    }
}
