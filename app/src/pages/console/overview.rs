//! The state of things at a glance.

mod attention;

use super::audit_rows::short_table;
use crate::components::{
    AgentStatusBadge, Ago, ButtonLink, Card, CodeBlock, Column, DecisionChart, EmptyState, PageHeader, Table,
};
use crate::form::FormState;
use crate::layouts::{Section, console_page};
use crate::pages::FormAlert;
use crate::server_fns::WELCOME_NOTE;
use kavach_model::Timestamp;
use kavach_model::agent::Agent;
use kavach_model::overview::Overview as Model;
use leptos::prelude::*;

/// `/console`
#[component]
pub fn Overview() -> impl IntoView {
    console_page(Section::Overview, "Overview", |here, user| async move {
        let overview = kavach_service::overview::get(&here.kv, &here.cx).await?;
        let state = FormState::of(&here, WELCOME_NOTE);
        let now = here.now();
        let hint =
            if overview.scope_all { "Everything in this instance." } else { "The agents you answer for." };
        let agents = overview.agents_active + overview.agents_suspended + overview.agents_revoked;
        let actions = view! { <ButtonLink href="/console/agents/new">"New agent"</ButtonLink> }.into_any();
        let attention = kavach_service::overview::attention(&here.kv, &here.cx, &overview.hours).await?;
        let attention = attention::attention(&attention, &overview, now);
        let public_url = here.kv.config().public_url.clone();
        Ok(view! {
            <PageHeader title=format!("Hello, {}", user.name) hint=hint actions=actions />
            <FormAlert state=state />
            {attention}
            {if agents == 0 {
                first_steps(&public_url).into_any()
            } else {
                glance(overview, now).into_any()
            }}
        }
        .into_any())
    })
}

fn glance(overview: Model, now: Timestamp) -> impl IntoView {
    let denials =
        view! { <a href="/console/audit?verdict=deny" class="text-sm font-medium link">"All denials"</a> };
    view! {
        <dl class="grid grid-cols-2 gap-4 lg:grid-cols-4">
            {figure("Active agents", overview.agents_active, "/console/agents?status=active")}
            {figure("Suspended", overview.agents_suspended, "/console/agents?status=suspended")}
            {figure("Allowed, 24 h", overview.allowed_24h, "/console/audit?kind=decision&verdict=allow")}
            {figure("Denied, 24 h", overview.denied_24h, "/console/audit?kind=decision&verdict=deny")}
        </dl>
        <Card title="Decisions"><DecisionChart hours=overview.hours /></Card>
        <Card title="Latest denials" flush=true aside=denials.into_any()>
            {short_table(overview.recent_denials, now)}
        </Card>
        {(!overview.expiring_soon.is_empty()).then(|| view! {
            <Card title="Ending within a week" flush=true>{ending(overview.expiring_soon, now)}</Card>
        })}
    }
}

fn figure(name: &'static str, count: u64, href: &'static str) -> impl IntoView {
    view! {
        <div class="flex flex-col-reverse justify-end gap-1 rounded-xl border border-line bg-surface p-4 shadow-card sm:p-5">
            <dd class="text-3xl font-semibold tabular-nums">
                <a href=href class="rounded-md hover:text-accent hover:underline">{grouped(count)}</a>
            </dd>
            <dt class="text-sm text-muted">{name}</dt>
        </div>
    }
}

/// 12345 as `12 345`, with a narrow space that does not break.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + 6);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

fn ending(agents: Vec<Agent>, now: Timestamp) -> impl IntoView {
    let rows = agents.into_iter().map(move |agent| {
        let ends = agent.expires_at.map(|at| view! { <Ago at now /> });
        view! {
            <tr>
                <td>
                    <a href=format!("/console/agents/{}", agent.id) class="font-medium">
                        {agent.name}
                    </a>
                </td>
                <td><AgentStatusBadge status=agent.status /></td>
                <td>{ends}</td>
            </tr>
        }
    });
    let columns = vec![Column::new("Agent"), Column::new("Status"), Column::new("Ends")];
    view! {
        <Table caption="Agents that end within a week" columns>
            <tbody>{rows.collect_view()}</tbody>
        </Table>
    }
}

fn first_steps(public_url: &str) -> impl IntoView + use<> {
    let command = format!(
        "curl {public_url}/api/auth/authorize/token \\\n  -H \"Authorization: Bearer $KAVACH_TOKEN\" \\\n  \
         -H \"Content-Type: application/json\" \\\n  \
         -d '{{\"action\":\"read\",\"resource\":\"mcp:github:repos\"}}'"
    );
    view! {
        <Card>
            <EmptyState
                title="Give your first agent an identity"
                hint="Create an agent, choose what it may do, and let it ask before it acts. Every answer is on record."
            >
                <div class="space-y-6">
                    <ButtonLink href="/console/agents/new">"Create an agent"</ButtonLink>
                    <div class="space-y-2 text-start">
                        <p class="text-sm text-muted">"Then it asks like this:"</p>
                        <CodeBlock label="Example" code=command />
                    </div>
                </div>
            </EmptyState>
        </Card>
    }
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_234_567), "1\u{202f}234\u{202f}567");
    }
}
