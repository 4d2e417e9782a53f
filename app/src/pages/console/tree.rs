//! The delegation tree: drawn, and the same as a table of rows that open and close. Both are made from the same rows, so
//! neither knows more than the other. Every state of it has an address; script only saves the way through a new page.

mod drawing;
mod grid;
mod layout;

use super::chain::chain;
use super::id;
use super::names::Names;
use crate::components::{
    AgentStatusBadge, Alert, Button, ButtonKind, ButtonLink, Card, Description, EmptyState, FilterField,
    HiddenField, Item, Mono, PageHeader, Tone,
};
use crate::context::Here;
use crate::layouts::{Section, console_page};
use crate::links::with_query;
use crate::load::Loaded;
use crate::pages::{query, segment};
use kavach_model::agent::{AgentFilter, AgentStatus};
use kavach_model::canopy::{Bough, Canopy, CanopyRequest, MOST_DRAWN};
use kavach_model::{AgentId, ErrorCode, PageRequest, PrincipalId};
use leptos::prelude::*;

const PATH: &str = "/console/agents/tree";
/// Agents that a search lists.
const FOUND: u32 = 12;
/// Stands between agents that are folded.
const BETWEEN: char = '.';

/// What the address asks for.
#[derive(Debug, Clone, Default)]
struct Asked {
    /// The page these addresses belong to.
    path: String,
    request: CanopyRequest,
    text: String,
}

impl Asked {
    fn read(path: String, root: Option<AgentId>) -> Self {
        let request = CanopyRequest {
            root: root.or_else(|| query("root").parse().ok()),
            node: query("node").parse().ok().or(root),
            folded: query("fold").split(BETWEEN).filter_map(|id| id.parse().ok()).collect(),
            after: query("after").parse().ok(),
        };
        Self { path, request, text: query("q").trim().to_owned() }
    }

    /// The address of the same page with something else asked for.
    fn link(&self, change: impl FnOnce(&mut CanopyRequest)) -> String {
        let mut request = self.request.clone();
        change(&mut request);
        // On the page of an agent the root is in the path.
        let root = request.root.filter(|_| self.path == PATH);
        let text = |id: Option<AgentId>| id.map(|id| id.to_string()).unwrap_or_default();
        let folded: Vec<String> = request.folded.iter().map(ToString::to_string).collect();
        let folded = folded.join(&BETWEEN.to_string());
        let (root, node, after) = (text(root), text(request.node), text(request.after));
        with_query(&self.path, &[("root", &root), ("node", &node), ("after", &after), ("fold", &folded)])
    }

    /// Looks at an agent.
    fn at(&self, agent: AgentId) -> String {
        format!("{}#bough-{agent}", self.link(|request| request.node = Some(agent)))
    }

    /// Opens or closes what is below an agent; as a root of its own where the page had no room for it.
    fn turned(&self, bough: &Bough) -> Option<String> {
        let agent = bough.twig.id;
        if !bough.has_below() {
            return None;
        }
        Some(match (bough.folded, bough.is_open()) {
            (true, _) => self.link(|request| request.folded.retain(|folded| *folded != agent)),
            (false, true) => self.link(|request| request.folded.push(agent)),
            (false, false) => self.from(agent, None),
        })
    }

    /// The tree from an agent on.
    fn from(&self, agent: AgentId, after: Option<AgentId>) -> String {
        let request = CanopyRequest { root: Some(agent), node: self.request.node, after, folded: Vec::new() };
        Self { path: PATH.to_owned(), ..self.clone() }.link(|asked| *asked = request)
    }
}

/// `/console/agents/tree`
#[component]
pub fn Tree() -> impl IntoView {
    let asked = Asked::read(PATH.to_owned(), None);
    console_page(Section::Agents, "Delegation tree", move |here, _| async move {
        let list =
            view! { <ButtonLink href="/console/agents" kind=ButtonKind::Secondary>"As a list"</ButtonLink> };
        let new = view! { <ButtonLink href="/console/agents/new">"New agent"</ButtonLink> };
        let head = view! {
            <PageHeader
                title="Delegation tree"
                hint="Who acts for whom. Nobody can do more than the one above, and everything below a stop stops."
                actions=view! { {list} {new} }.into_any()
            />
        };
        let whole = asked.request.root.is_some() || asked.request.after.is_some();
        let whole = whole
            .then(|| view! { <ButtonLink href=PATH kind=ButtonKind::Quiet>"The whole tree"</ButtonLink> });
        let body = tree(&here, asked).await?;
        Ok(view! { {head} {whole} {body} }.into_any())
    })
}

/// `/console/agents/:id/tree`
#[component]
pub fn Subtree() -> impl IntoView {
    let asked = segment("id");
    console_page(Section::Agents, "Subtree", move |here, _| async move {
        let agent = kavach_service::agent::get(&here.kv, &here.cx, id(&asked)?).await?;
        let asked = Asked::read(format!("/console/agents/{}/tree", agent.id), Some(agent.id));
        let back = ("/console/agents".to_owned(), "Agents");
        let body = tree(&here, asked).await?;
        Ok(view! {
            <PageHeader title=agent.name.clone() back />
            {tabs(agent.id, Tab::Subtree)}
            {body}
        }
        .into_any())
    })
}

/// The views of an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tab {
    /// What it is and does.
    Overview,
    /// What is below it.
    Subtree,
}

/// From one view of an agent to the other.
pub(super) fn tabs(agent: AgentId, here: Tab) -> impl IntoView {
    let links = [(Tab::Overview, "Overview", ""), (Tab::Subtree, "Subtree", "/tree")].map(|(tab, name, end)| {
        let current = (tab == here).then_some("page");
        view! { <li><a href=format!("/console/agents/{agent}{end}") aria-current=current class="tab">{name}</a></li> }
    });
    view! { <nav aria-label="This agent"><ul class="flex gap-1 border-b border-line">{links.collect_view()}</ul></nav> }
}

/// Search, drawing, and rows.
async fn tree(here: &Here, asked: Asked) -> Loaded {
    let canopy = kavach_service::agent::canopy::canopy(&here.kv, &here.cx, &asked.request).await?;
    let found = found(here, &asked).await?;
    let sponsors = canopy.boughs.iter().map(|bough| PrincipalId::User(bough.twig.sponsor_id));
    let names = Names::of(here, sponsors).await;
    if canopy.boughs.is_empty() {
        return Ok(nothing().into_any());
    }
    let deepest = here.kv.config().agent.max_depth;
    let now = here.now();
    let looked = looked_at(&asked, &canopy, &names);
    let drawing = drawing::drawing(&asked, &canopy, &names, now);
    let grid = grid::grid(&asked, &canopy, &names, deepest, now);
    let count = canopy.boughs.len();
    let cut = canopy.full || canopy.next.is_some() || canopy.boughs.iter().any(|bough| bough.next.is_some());
    let hint = match (count, cut) {
        (1, false) => "1 agent.".to_owned(),
        (count, false) => format!("{count} agents, all there are."),
        (count, true) => format!(
            "{count} agents of more: at most {MOST_DRAWN} are drawn at once. Open one to see what is below it."
        ),
    };
    let onward = canopy.next.map(|next| asked.link(|request| request.after = Some(next)));
    let onward = onward.map(|href| {
        view! { <p class="border-t border-line p-4"><ButtonLink href kind=ButtonKind::Secondary>"More at the top"</ButtonLink></p> }
    });
    Ok(view! {
        <div id="tree" class="space-y-6" data-every="10">
            {found}
            {looked}
            <Card title="Drawing" hint=hint flush=true aside=drawing::controls().into_any()>
                {drawing}
            </Card>
            <Card title="The same in rows" hint="Arrow keys move, open and close; Enter looks at an agent." flush=true>
                {grid}
                {onward}
            </Card>
        </div>
    }
    .into_any())
}

/// The search, and what it found.
async fn found(here: &Here, asked: &Asked) -> Loaded {
    let rows = match asked.text.is_empty() {
        true => None,
        false => {
            let filter = AgentFilter { query: Some(asked.text.clone()), ..AgentFilter::default() };
            let page = PageRequest::new(Some(FOUND), None).map_err(|_| ErrorCode::Internal)?;
            Some(kavach_service::agent::list(&here.kv, &here.cx, &filter, &page).await?)
        }
    };
    let results = rows.map(|page| {
        let more = page.next_cursor.map(|_| view! { <li class="text-muted">"and more"</li> });
        let none = page.data.is_empty().then(|| view! { <li class="text-muted">"No agent has that in its name."</li> });
        let links = page.data.into_iter().map(|agent| {
            let href = format!("{PATH}?node={}#bough-{}", agent.id, agent.id);
            view! { <li><a href=href class="inline-block py-0.5 link">{agent.name}</a></li> }
        });
        view! {
            <ul aria-label="Found" class="flex flex-wrap gap-x-5 gap-y-1 text-sm">{links.collect_view()} {more} {none}</ul>
        }
    });
    let root = asked.request.root.filter(|_| asked.path == PATH).map(|id| id.to_string()).unwrap_or_default();
    Ok(view! {
        <div class="space-y-3">
            <form method="get" action=asked.path.clone() role="search" aria-label="Find an agent" class="flex max-w-md items-end gap-2">
                <HiddenField name="root" value=root />
                <div class="grow">
                    <FilterField label="Find by name" name="q" value=asked.text.clone() />
                </div>
                <Button kind=ButtonKind::Secondary>"Find"</Button>
            </form>
            {results}
        </div>
    }
    .into_any())
}

/// The agent that is looked at, its way up to the person, and what can be done to it.
fn looked_at(asked: &Asked, canopy: &Canopy, names: &Names) -> Option<AnyView> {
    let node = asked.request.node?;
    let place = canopy.boughs.iter().find(|bough| bough.twig.id == node)?;
    let twig = place.twig.clone();
    let page = format!("/console/agents/{node}");
    let named = |id: &AgentId| canopy.boughs.iter().find(|bough| bough.twig.id == *id);
    let way: Vec<PrincipalId> = std::iter::once(PrincipalId::User(twig.sponsor_id))
        .chain(canopy.path.iter().map(|id| PrincipalId::Agent(*id)))
        .collect();
    let mut known = names.clone();
    known.learn(
        canopy
            .path
            .iter()
            .filter_map(named)
            .map(|bough| (PrincipalId::Agent(bough.twig.id), bough.twig.name.clone())),
    );
    let stopped = canopy
        .path
        .iter()
        .filter_map(named)
        .find(|bough| bough.twig.id != node && bough.twig.status != AgentStatus::Active)
        .map(|bough| {
            let why = format!("Every check is denied, because {} above it does not work.", bough.twig.name);
            view! { <Alert tone=Tone::Warn><p>{why}</p></Alert> }
        });
    let actions = actions(place);
    Some(
        view! {
            <Card title=twig.name.clone() aside=view! { <AgentStatusBadge status=twig.status /> }.into_any()>
                <div class="space-y-4">
                    {stopped}
                    <Description>
                        <Item term="Way from the person">{chain(&way, &known)}</Item>
                        <Item term="Identifier"><Mono text=node.to_string() /></Item>
                    </Description>
                    <div class="flex flex-wrap gap-2">
                        <ButtonLink href=page kind=ButtonKind::Secondary>"Open"</ButtonLink>
                        {actions}
                    </div>
                </div>
            </Card>
        }
        .into_any(),
    )
}

fn actions(place: &Bough) -> impl IntoView + use<> {
    let twig = &place.twig;
    let owner = twig.id.to_string();
    let may_have = twig.status == AgentStatus::Active && twig.levels_left > 0;
    let new = may_have.then(|| {
        let href = with_query("/console/agents/new", &[("owner", &owner)]);
        view! { <ButtonLink href kind=ButtonKind::Secondary>"New sub-agent"</ButtonLink> }
    });
    let why = (twig.status == AgentStatus::Active && twig.levels_left == 0)
        .then(|| view! { <p class="self-center text-sm text-muted">"It may have no sub-agents: the deepest level is reached."</p> });
    let revoke = (twig.status != AgentStatus::Revoked).then(|| {
        let href = format!("/console/agents/{owner}/revoke");
        view! { <ButtonLink href kind=ButtonKind::Danger>"Revoke\u{2026}"</ButtonLink> }
    });
    view! { {new} {why} {revoke} }
}

fn nothing() -> impl IntoView {
    view! {
        <Card>
            <EmptyState
                title="No agents yet"
                hint="An agent can have agents of its own, which can never do what it cannot. They appear here as a tree."
            >
                <ButtonLink href="/console/agents/new">"Create the first agent"</ButtonLink>
            </EmptyState>
        </Card>
    }
}
