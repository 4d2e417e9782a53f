//! What wants a person, in a line each, with the way there; and how far the audit log is signed.

use crate::components::Ago;
use crate::links::with_query;
use kavach_model::Timestamp;
use kavach_model::overview::Overview;
use kavach_service::overview::{Attention, Signed, Spike};
use leptos::prelude::*;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);

/// All of it. Of a new instance there is nothing to say.
pub(super) fn attention(attention: &Attention, overview: &Overview, now: Timestamp) -> impl IntoView + use<> {
    let waiting = (attention.waiting > 0).then(|| waiting(attention.waiting));
    let spike = attention.spike.as_ref().map(denials);
    let damaged = attention.damaged.then(|| {
        view! {
            <p class="wanted wanted-bad">
                "The audit log was changed behind our back. " <code class="mono">"kavach audit verify"</code>
                " names the first record that is wrong."
            </p>
        }
    });
    let asked = overview.allowed_24h + overview.denied_24h > 0;
    let signed = attention.signed.filter(|_| asked && !attention.damaged).map(|signed| seal(signed, now));
    view! { {damaged} {waiting} {spike} {signed} }
}

fn waiting(count: u64) -> impl IntoView + use<> {
    let sentence = match count {
        1 => "1 call waits for your approval.".to_owned(),
        100.. => "99 calls and more wait for your approval.".to_owned(),
        count => format!("{count} calls wait for your approval."),
    };
    view! {
        <p class="wanted">{sentence} " " <a href="/console/approvals">"To the inbox"</a></p>
    }
}

fn denials(spike: &Spike) -> impl IntoView + use<> {
    let (from, to) = (spike.hour.at.to_string(), (spike.hour.at + HOUR).to_string());
    let records = with_query(
        "/console/audit",
        &[("kind", "decision"), ("verdict", "deny"), ("since", &from), ("until", &to)],
    );
    let sentence = format!(
        "{} denials in the hour from {} UTC, where {} an hour are usual.",
        spike.hour.denied,
        from.get(11..16).unwrap_or_default(),
        spike.usual,
    );
    view! {
        <p class="wanted">{sentence} " " <a href=records>"Which ones"</a></p>
    }
}

fn seal(signed: Signed, now: Timestamp) -> impl IntoView + use<> {
    let upto = format!("Audit log signed up to #{}, ", signed.size);
    view! {
        <p class="text-sm text-muted">
            {upto} <Ago at=signed.at now /> ". " <a href="/console/audit" class="underline">"Check a record"</a>
        </p>
    }
}
