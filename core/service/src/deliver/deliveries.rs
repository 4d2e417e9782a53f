//! Deliveries, for administrators: what became of messages, trying a dead one again, and trying the settings.
//!
//! What a message says is told to nobody: it holds links and codes of other people.

use crate::audit;
use crate::context::RequestContext;
use crate::deliver::mail::Mail;
use crate::deliver::sms::{self, Outgoing, Sender, Text};
use crate::deliver::templates::Letter;
use crate::error::Result;
use crate::{Kavach, email_address, phone_number};
use kavach_model::api_key::Scope;
use kavach_model::audit::AuditKind;
use kavach_model::delivery::{Channel, Delivery, DeliveryState, TestSend, TestSent};
use kavach_model::id::MessageId;
use kavach_model::{ApiError, ErrorCode, Page, PageRequest};
use std::time::Duration;

/// For a message that somebody waits for.
const PATIENCE: Duration = Duration::from_secs(20);

/// What became of messages, newest first.
pub async fn list(
    kv: &Kavach,
    cx: &RequestContext,
    state: Option<DeliveryState>,
    page: &PageRequest,
) -> Result<Page<Delivery>> {
    cx.require_admin(Scope::UsersRead)?;
    Ok(kv.store().read().await?.list_deliveries(state, page).await?)
}

/// Has a dead message tried again, from the beginning.
pub async fn retry(kv: &Kavach, cx: &RequestContext, id: MessageId) -> Result<()> {
    cx.require_fresh_admin()?;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    let channel = tx.revive_message(id, now).await?.ok_or(ErrorCode::NotFound)?;
    let mut event = cx.event(AuditKind::DeliverySentByAdmin, now);
    event.resource = Some(id.to_string());
    tx.append_audit(&[audit::draft(kv, event, None)]).await?;
    tx.commit().await?;
    match channel {
        Channel::Mail => kv.outbox_wake().notify_one(),
        Channel::Sms => kv.sms_wake().notify_one(),
        Channel::Webhook => kv.webhook_wake().notify_one(),
        Channel::Logout => kv.logout_wake().notify_one(),
    }
    Ok(())
}

/// Sends a mail at once and says what the server said.
pub async fn test_mail(kv: &Kavach, cx: &RequestContext, request: TestSend) -> Result<TestSent> {
    cx.require_fresh_admin()?;
    let to = email_address::parse(&request.to).map_err(|why| ApiError::invalid("to", why))?;
    let id = note(kv, cx, Channel::Mail).await?;
    let Some(mailer) = kv.mailer() else { return Ok(held()) };
    let link = format!("{}/console", kv.config().public_url);
    let mail: Mail =
        Letter::linking("test", &link).write(&to.display, cx.meta.language, &kv.config().branding);
    Ok(match tokio::time::timeout(PATIENCE, mailer.send(&id.to_string(), &mail)).await {
        Ok(Ok(())) => sent(),
        Ok(Err(error)) => dead(error.to_string()),
        Err(_) => dead(too_slow()),
    })
}

/// Sends a text message at once and says what the receiver said.
pub async fn test_sms(kv: &Kavach, cx: &RequestContext, request: TestSend) -> Result<TestSent> {
    cx.require_fresh_admin()?;
    let to =
        phone_number::parse(&request.to, &kv.config().sms).map_err(|why| ApiError::invalid("to", why))?;
    let id = note(kv, cx, Channel::Sms).await?;
    let Some(sender) = Sender::of(&kv.config().sms) else { return Ok(held()) };
    let text = Text::Test.write(sms::domain(kv), cx.meta.language, &kv.config().branding.name);
    let outgoing =
        Outgoing { id: id.to_string(), kind: Text::Test.kind(), to: &to.e164, text: &text, code: None };
    Ok(match tokio::time::timeout(PATIENCE, sender.send(kv, &outgoing)).await {
        Ok(Ok(())) => sent(),
        Ok(Err(refused)) => dead(refused.why),
        Err(_) => dead(too_slow()),
    })
}

/// Records that a message is sent, before it is; its name.
async fn note(kv: &Kavach, cx: &RequestContext, channel: Channel) -> Result<MessageId> {
    let now = kv.clock().now();
    let id = MessageId::from_parts(now, crate::rng::array(kv.rng()));
    let mut event = cx.event(AuditKind::DeliverySentByAdmin, now);
    event.resource = Some(id.to_string());
    event.action = Some(channel.as_str().to_owned());
    kv.audit().record(vec![audit::draft(kv, event, None)]).await?;
    Ok(id)
}

const fn sent() -> TestSent {
    TestSent { state: DeliveryState::Sent, error: None }
}

const fn held() -> TestSent {
    TestSent { state: DeliveryState::Held, error: None }
}

fn dead(error: String) -> TestSent {
    TestSent { state: DeliveryState::Dead, error: Some(crate::names::printable(&error, 300)) }
}

fn too_slow() -> String {
    format!("no answer within {} seconds", PATIENCE.as_secs())
}
