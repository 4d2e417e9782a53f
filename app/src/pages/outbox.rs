//! Mails that were not sent because no mail server is configured. For development, on this machine only.

use crate::components::{Alert, Card, EmptyState, Time, Tone};
use crate::i18n::{tr, tr_with};
use crate::layouts::AuthLayout;
use crate::load;
use kavach_model::outbox::DevMessage;
use leptos::prelude::*;

/// `/dev/outbox`
#[component]
pub fn Outbox() -> impl IntoView {
    let content = load::open(|here| async move {
        let messages = kavach_service::deliver::outbox::development(&here.kv, &here.cx).await?;
        let empty = messages.is_empty();
        Ok(view! {
            <div class="space-y-6">
                <h1 class="text-2xl font-semibold">{tr("outbox-heading")}</h1>
                <Alert tone=Tone::Warn>
                    <p>{tr("outbox-warning")}</p>
                </Alert>
                {empty.then(|| view! {
                    <EmptyState title=tr("outbox-empty") hint=tr("outbox-empty-hint") />
                })}
                {messages.into_iter().map(message).collect_view()}
            </div>
        }
        .into_any())
    });
    view! { <AuthLayout title=tr("outbox-title") wide=true>{content}</AuthLayout> }
}

fn message(message: DevMessage) -> impl IntoView {
    let links = message.links.into_iter().map(|link| {
        let href = link.clone();
        view! {
            <li><a href=href class="break-all text-accent underline">{link}</a></li>
        }
    });
    view! {
        <Card title=message.subject hint=tr_with("outbox-to", &[("address", message.to.into())])>
            <div class="space-y-3 text-sm">
                <p class="text-muted"><Time at=message.at /> " · " {message.kind}</p>
                <p class="whitespace-pre-wrap break-words">{message.text}</p>
                <ul class="space-y-1">{links.collect_view()}</ul>
                {message.code.map(|code| view! { <p>{tr("outbox-code")} " " <strong class="font-mono">{code}</strong></p> })}
            </div>
        </Card>
    }
}
