//! What clients tried, newest first.

use super::{Part, badges, client_page};
use crate::components::{
    Ago, Card, Choice, Column, EmptyState, FilterBar, FilterField, Mono, PageHeader, Pagination, Select,
    Table, WIDE,
};
use crate::layouts::{Section, console_page};
use crate::links::with_query;
use crate::pages::query;
use kavach_model::trace::{StepResult, Trace, TraceFilter, TraceOutcome};
use kavach_model::{ErrorCode, PageRequest, Timestamp};
use leptos::prelude::*;

const PATH: &str = "/console/connections";
const PAGE: u32 = 25;
const FIELDS: [&str; 4] = ["request", "client", "outcome", "since"];

/// What the address asks for, as typed: the value of each of [`FIELDS`], and where the page begins.
#[derive(Clone)]
struct Asked {
    values: [String; 4],
    cursor: String,
}

impl Asked {
    fn read() -> Self {
        Self { values: FIELDS.map(|name| query(name).trim().to_owned()), cursor: query("cursor") }
    }

    fn is_filtered(&self) -> bool {
        self.values.iter().any(|value| !value.is_empty())
    }

    fn filter(&self) -> TraceFilter {
        let [request, client, outcome, since] = self.values.clone();
        let text = |text: String| Some(text).filter(|text| !text.is_empty());
        TraceFilter {
            request_id: text(request),
            client: text(client),
            outcome: TraceOutcome::parse(&outcome),
            since: day(&since),
        }
    }

    fn link(&self, cursor: &str) -> String {
        let values = self.values.iter().map(String::as_str);
        let pairs: Vec<_> = FIELDS.into_iter().zip(values).chain([("cursor", cursor)]).collect();
        with_query(PATH, &pairs)
    }
}

/// A day, or a time in RFC 3339.
fn day(text: &str) -> Option<Timestamp> {
    text.parse().or_else(|_| format!("{text}T00:00:00Z").parse()).ok()
}

/// `/console/connections`
#[component]
pub fn Connections() -> impl IntoView {
    let asked = Asked::read();
    console_page(Section::Mcp, "Connections", move |here, _| async move {
        let request =
            PageRequest::new(Some(PAGE), Some(asked.cursor.clone())).map_err(|_| ErrorCode::Internal)?;
        let page = kavach_service::oauth::trace::list(&here.kv, &here.cx, &asked.filter(), &request).await?;
        let now = here.now();
        let first = (!asked.cursor.is_empty()).then(|| asked.link(""));
        let next = page.next_cursor.map(|cursor| asked.link(&cursor));
        let list = match page.data.is_empty() {
            true => nothing(asked.is_filtered()).into_any(),
            false => view! {
                {table(page.data, now)}
                <Pagination label="Pages of connections" first next />
            }
            .into_any(),
        };
        Ok(view! {
            <PageHeader
                title="Connections"
                hint="Every try of an app or an MCP client to be let in, and the step it came to. Look here when somebody reads you the number of an error page."
            />
            {Part::Connections.tabs()}
            <Card flush=true>
                {filters(asked)}
                {list}
            </Card>
        }
        .into_any())
    })
}

fn filters(asked: Asked) -> impl IntoView {
    let active = asked.is_filtered();
    let wrong = (!asked.values[3].is_empty() && day(&asked.values[3]).is_none())
        .then_some("Enter a date, like 2026-11-23.");
    let [request, client, outcome, since] = asked.values;
    let outcomes = std::iter::once(Choice::new("", "Any outcome"))
        .chain(TraceOutcome::ALL.map(|outcome| Choice::new(outcome.as_str(), badges::outcome_name(outcome))))
        .collect();
    view! {
        <FilterBar action=PATH label="Filter connections" active>
            <FilterField label="Request" name="request" value=request example="From an error page" />
            <FilterField label="Client" name="client" value=client example="clt_… or https://…" />
            <Select label="Outcome" name="outcome" choices=outcomes value=outcome />
            <FilterField label="From" name="since" value=since example="2026-11-23" error=wrong />
        </FilterBar>
    }
}

fn nothing(filtered: bool) -> impl IntoView {
    if filtered {
        view! { <EmptyState title="No connection matches" hint="Change the filters or clear them. What is older than a week is gone, unless oauth.traces_kept says otherwise." /> }
    } else {
        view! { <EmptyState title="Nobody tried to connect yet" hint="Point an app or an MCP client at this server: each try appears here with every step, whether it came through or not." /> }
    }
}

/// Tries as rows; each leads to its steps.
pub(super) fn table(traces: Vec<Trace>, now: Timestamp) -> impl IntoView {
    let columns =
        vec![Column::new("When"), Column::new("Client"), Column::new("Outcome"), Column::wide("Last step")];
    let rows = traces.into_iter().map(|trace| row(trace, now)).collect_view();
    view! {
        <Table caption="What clients tried, newest first" columns>
            <tbody>{rows}</tbody>
        </Table>
    }
}

fn row(trace: Trace, now: Timestamp) -> impl IntoView {
    let step = badges::missing(trace.outcome)
        .and_then(|text| text.split_inclusive('.').next().map(str::to_owned))
        .unwrap_or_else(|| first_sentence(&trace.last_step_sentence));
    let failed = trace.last_step.result() == StepResult::Failed;
    view! {
        <tr>
            <td><a href=format!("{PATH}/{}", trace.id)><Ago at=trace.created_at now /></a></td>
            <td>{client(trace.client_id, trace.client_name)}</td>
            <td>{badges::outcome(trace.outcome)}</td>
            <td class=format!("{WIDE} {}", if failed { "font-medium" } else { "" })>{step}</td>
        </tr>
    }
}

fn client(id: Option<String>, name: Option<String>) -> AnyView {
    match (id, name) {
        (Some(id), Some(name)) => view! { <a href=client_page(&id)><bdi>{name}</bdi></a> }.into_any(),
        (Some(id), None) => view! { <Mono text=id /> }.into_any(),
        (None, _) => view! { <span class="text-muted">"Not named"</span> }.into_any(),
    }
}

/// The sentence without the advice after it.
fn first_sentence(text: &str) -> String {
    text.split_inclusive(". ").next().unwrap_or(text).trim_end().to_owned()
}
