//! The playground: a question, and why it gets the answer it gets. Nothing is spent, opened or recorded. The address is
//! the question, so it can be sent to somebody else, and works without script.

mod answer;
mod call;

use super::names::Names;
use crate::components::{
    Alert, Button, ButtonKind, ButtonLink, Card, CodeBlock, EmptyState, FilterField, PageHeader, Tone,
};
use crate::context::Here;
use crate::layouts::{Section, console_page};
use crate::links::with_query;
use crate::pages::query;
use kavach_model::agent::{Agent, AgentFilter};
use kavach_model::audit::{AuditEvent, AuditKind};
use kavach_model::audit_query::moment;
use kavach_model::authorize::Authorize;
use kavach_model::{AgentId, ErrorCode, PageRequest, PrincipalId, Timestamp};
use leptos::prelude::*;

const PATH: &str = "/console/playground";
/// Agents that are offered to choose from.
const OFFERED: u32 = 100;

/// A question as typed.
#[derive(Debug, Clone, Default)]
struct Asked {
    agent: String,
    action: String,
    resource: String,
    arguments: String,
    ip: String,
    at: String,
}

impl Asked {
    fn read() -> Self {
        let text = |name| query(name).trim().to_owned();
        Self {
            agent: text("agent"),
            action: text("action"),
            resource: text("resource"),
            arguments: text("arguments"),
            ip: text("ip"),
            at: text("at"),
        }
    }

    fn is_empty(&self) -> bool {
        self.agent.is_empty() && self.action.is_empty() && self.resource.is_empty()
    }

    /// The question, where every field can be read.
    fn question(&self, agent: AgentId, now: Timestamp) -> Result<(Authorize, Option<Timestamp>), Wrong> {
        let missing = |field, why| Wrong { field, why };
        if self.action.is_empty() {
            return Err(missing("action", "Enter what it wants to do, like read."));
        }
        if self.resource.is_empty() {
            return Err(missing("resource", "Enter to what, like mcp:github:repos."));
        }
        let arguments = match self.arguments.as_str() {
            "" => None,
            text => Some(
                serde_json::from_str(text)
                    .map_err(|_| missing("arguments", "Enter a JSON object, like {\"path\": \"/srv\"}."))?,
            ),
        };
        let ip = match self.ip.as_str() {
            "" => None,
            text => Some(text.parse().map_err(|_| missing("ip", "Enter an address, like 192.0.2.7."))?),
        };
        let at =
            match self.at.as_str() {
                "" => None,
                text => Some(moment(text, now).ok_or(missing(
                    "at",
                    "Enter a day or a time, like 2026-11-23T09:30, or 24h ago as 24h.",
                ))?),
            };
        let request = Authorize {
            agent_id: Some(agent.to_string()),
            action: self.action.clone(),
            resource: self.resource.clone(),
            arguments,
            ip,
            units: None,
            context: None,
            on_behalf_of: None,
        };
        Ok((request, at))
    }
}

/// A field that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Wrong {
    field: &'static str,
    why: &'static str,
}

/// The address that asks the question of a record again; None where it was none.
pub(super) fn again(event: &AuditEvent) -> Option<String> {
    let agent = event.agent_id.filter(|_| event.kind == AuditKind::Decision)?;
    let arguments = event.arguments.as_ref().and_then(|arguments| serde_json::to_string(arguments).ok());
    let parts = [
        ("agent", agent.to_string()),
        ("action", event.action.clone()?),
        ("resource", event.resource.clone()?),
        ("arguments", arguments.unwrap_or_default()),
    ];
    let parts: Vec<(&str, &str)> = parts.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Some(with_query(PATH, &parts))
}

/// `/console/playground`
#[component]
pub fn Playground() -> impl IntoView {
    let asked = Asked::read();
    console_page(Section::Playground, "Playground", move |here, _| async move {
        let page = PageRequest::new(Some(OFFERED), None).map_err(|_| ErrorCode::Internal)?;
        let agents =
            kavach_service::agent::list(&here.kv, &here.cx, &AgentFilter::default(), &page).await?.data;
        let (answer, wrong) = answer(&here, &asked, &agents).await?;
        Ok(view! {
            <PageHeader
                title="Playground"
                hint="Ask what would be answered, and why. Nothing is spent, opened or recorded."
            />
            <div class="grid items-start gap-6 lg:grid-cols-[20rem_minmax(0,1fr)]">
                <Card title="Question">{form(&asked, &agents, wrong)}</Card>
                <div class="min-w-0 space-y-6">{answer}</div>
            </div>
        }
        .into_any())
    })
}

/// The answer, or why there is none.
async fn answer(
    here: &Here,
    asked: &Asked,
    agents: &[Agent],
) -> Result<(AnyView, Option<Wrong>), kavach_model::ApiError> {
    if asked.is_empty() {
        return Ok((nothing().into_any(), None));
    }
    let refused = |wrong: Wrong| {
        let alert = view! { <Alert tone=Tone::Bad><p>{wrong.why}</p></Alert> };
        (alert.into_any(), Some(wrong))
    };
    let agent = match find(here, &asked.agent, agents).await? {
        Ok(agent) => agent,
        Err(wrong) => return Ok(refused(wrong)),
    };
    let (request, at) = match asked.question(agent.id, here.now()) {
        Ok(question) => question,
        Err(wrong) => return Ok(refused(wrong)),
    };
    let curl = call::curl(&here.kv.config().public_url, &request);
    let explained = kavach_service::authorize::explain_at(&here.kv, &here.cx, request, at).await?;
    let names = Names::of(here, explained.chain.iter().copied()).await;
    let mut names = names;
    names.learn(explained.links.iter().map(|link| (PrincipalId::Agent(link.agent_id), link.name.clone())));
    let view = view! {
        {answer::answer(explained, &names, at)}
        <Card title="The same by API" hint="With an API key that has the scope authorize. This one is a decision: it is recorded.">
            <CodeBlock label="The call as curl" code=curl />
        </Card>
    };
    Ok((view.into_any(), None))
}

/// An agent by its identifier, or by its name where that is the only one of its name.
async fn find(
    here: &Here,
    text: &str,
    agents: &[Agent],
) -> Result<Result<Agent, Wrong>, kavach_model::ApiError> {
    let wrong = |why| Ok(Err(Wrong { field: "agent", why }));
    if text.is_empty() {
        return wrong("Choose an agent, by name or identifier.");
    }
    if let Some(agent) = agents.iter().find(|agent| agent.id.to_string() == text) {
        return Ok(Ok(agent.clone()));
    }
    if let Ok(id) = text.parse::<AgentId>() {
        return match kavach_service::agent::get(&here.kv, &here.cx, id).await {
            Ok(agent) => Ok(Ok(agent)),
            Err(_) => wrong("There is no agent of that identifier."),
        };
    }
    let filter = AgentFilter { query: Some(text.to_owned()), ..AgentFilter::default() };
    let page = PageRequest::new(Some(OFFERED), None).map_err(|_| ErrorCode::Internal)?;
    let found = kavach_service::agent::list(&here.kv, &here.cx, &filter, &page).await?.data;
    let mut named = found.into_iter().filter(|agent| agent.name.eq_ignore_ascii_case(text));
    match (named.next(), named.next()) {
        (Some(agent), None) => Ok(Ok(agent)),
        (Some(_), Some(_)) => wrong("Several agents have that name: enter the identifier."),
        (None, _) => wrong("There is no agent of that name."),
    }
}

fn form(asked: &Asked, agents: &[Agent], wrong: Option<Wrong>) -> impl IntoView + use<> {
    let error = |field: &str| wrong.filter(|wrong| wrong.field == field).map(|wrong| wrong.why);
    let Asked { agent, action, resource, arguments, ip, at } = asked.clone();
    let choices = agents
        .iter()
        .map(|agent| view! { <option value=agent.id.to_string()>{agent.name.clone()}</option> })
        .collect_view();
    let (agent_error, arguments_error) = (error("agent"), error("arguments"));
    let class = |wrong: bool| if wrong { "input input-wrong" } else { "input" };
    let clear = (!asked.is_empty())
        .then(|| view! { <ButtonLink href=PATH kind=ButtonKind::Quiet>"Clear"</ButtonLink> });
    view! {
        <form
            method="get"
            action=PATH
            aria-label="Question"
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            class="space-y-4"
        >
            <div class="field">
                <label for="agent" class="label">"Agent"</label>
                <input
                    id="agent"
                    name="agent"
                    type="text"
                    list="agents"
                    value=agent
                    placeholder="Name or agt_…"
                    maxlength="200"
                    aria-invalid=agent_error.map(|_| "true")
                    aria-describedby=agent_error.map(|_| "agent-error")
                    class=class(agent_error.is_some())
                />
                <datalist id="agents">{choices}</datalist>
                {agent_error.map(|error| view! { <p id="agent-error" class="error">{error}</p> })}
            </div>
            <FilterField label="Action" name="action" value=action example="read" error=error("action") />
            <FilterField label="Resource" name="resource" value=resource example="mcp:github:repos" error=error("resource") />
            <div class="field">
                <label for="arguments" class="label">
                    <span>"Context"</span>
                    <span class="text-xs font-normal text-muted">"the call's arguments, as JSON"</span>
                </label>
                <textarea
                    id="arguments"
                    name="arguments"
                    rows="3"
                    maxlength="4000"
                    placeholder="{\"path\": \"/srv\"}"
                    aria-invalid=arguments_error.map(|_| "true")
                    aria-describedby=arguments_error.map(|_| "arguments-error")
                    class=format!("{} font-mono", class(arguments_error.is_some()))
                >
                    {arguments}
                </textarea>
                {arguments_error.map(|error| view! { <p id="arguments-error" class="error">{error}</p> })}
            </div>
            <FilterField label="From the address" name="ip" value=ip example="192.0.2.7" error=error("ip") />
            <FilterField label="At the time (UTC)" name="at" value=at example="Now" error=error("at") />
            <div class="flex flex-wrap gap-2"><Button>"Explain"</Button> {clear}</div>
        </form>
    }
}

fn nothing() -> impl IntoView {
    view! {
        <Card>
            <EmptyState
                title="Ask a question"
                hint="Choose an agent, say what it wants to do and to what. You see every permission on the way down to it, \
                the first check that fails, and the smallest change that would allow it. Records of the audit log lead here, \
                too: Try this."
            />
        </Card>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_question_of_a_record_is_an_address() {
        let mut event = AuditEvent::new(AuditKind::Decision, Timestamp::from_millis(0));
        assert_eq!(again(&event), None);
        event.agent_id = "agt_01kav9ft00q8kt8rxr2a7gj15p".parse().ok();
        event.action = Some("read".to_owned());
        event.resource = Some("mcp:a&b".to_owned());
        let address = again(&event).unwrap();
        assert_eq!(
            address,
            format!("{PATH}?agent=agt_01kav9ft00q8kt8rxr2a7gj15p&action=read&resource=mcp:a%26b")
        );
        event.kind = AuditKind::AgentCreated;
        assert_eq!(again(&event), None);
    }
}
