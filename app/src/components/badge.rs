//! Small marks for states.

use super::alert::Tone;
use kavach_model::agent::AgentStatus;
use kavach_model::audit::AuditKind;
use kavach_model::permission::Verdict;
use leptos::prelude::*;

/// A word in a coloured pill. The word says it all; the colour only helps.
#[component]
pub fn Badge(
    /// What it means.
    tone: Tone,
    /// The word.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    let class = match tone {
        Tone::Neutral => "bg-sunken text-muted border-line",
        Tone::Good => "bg-good-soft text-good border-good/25",
        Tone::Warn => "bg-warn-soft text-warn border-warn/25",
        Tone::Bad => "bg-bad-soft text-bad border-bad/25",
    };
    view! {
        <span class=format!(
            "inline-flex items-center rounded-full border px-2 py-0.5 text-xs font-medium whitespace-nowrap {class}",
        )>{text}</span>
    }
}

/// Whether an agent works.
#[component]
pub fn AgentStatusBadge(
    /// Its state.
    status: AgentStatus,
) -> impl IntoView {
    let (tone, text) = match status {
        AgentStatus::Active => (Tone::Good, "Active"),
        AgentStatus::Suspended => (Tone::Warn, "Suspended"),
        AgentStatus::Revoked => (Tone::Bad, "Revoked"),
    };
    view! { <Badge tone text /> }
}

/// How a decision or any other event ended.
#[component]
pub fn VerdictBadge(
    /// What kind of event it was: only decisions allow and deny.
    kind: AuditKind,
    /// How it ended.
    verdict: Verdict,
) -> impl IntoView {
    let (tone, text) = match (kind, verdict) {
        (AuditKind::Decision, Verdict::Allow) => (Tone::Good, "Allowed"),
        (AuditKind::Decision, Verdict::Deny) => (Tone::Bad, "Denied"),
        (_, Verdict::Allow) => (Tone::Neutral, "Done"),
        (_, Verdict::Deny) => (Tone::Warn, "Refused"),
    };
    view! { <Badge tone text /> }
}
