//! The audit log: a query in words and the same as fields and chips, how many decisions there were by the hour, and records
//! that open. All of it is in the address, and what not everybody wants to see is only there when it is asked for.

mod asked;
mod command;
mod filters;
mod hours;
mod words;

use super::audit_rows::full_table;
use super::names::Names;
use crate::components::{ButtonKind, Card, EmptyState, PageHeader, Pagination, button_class};
use crate::layouts::{Section, console_page};
use crate::links::with_query;
use crate::pages::query;
use asked::{Asked, PATH};
use kavach_model::{ErrorCode, PageRequest, Timestamp};
use leptos::prelude::*;

const PAGE: u32 = 25;

/// `/console/audit`
#[component]
pub fn Audit() -> impl IntoView {
    let (asked, open, show) = (Asked::read(), query("open"), query("show"));
    console_page(Section::Audit, "Audit", move |here, _| async move {
        let request =
            PageRequest::new(Some(PAGE), Some(asked.cursor.clone())).map_err(|_| ErrorCode::Internal)?;
        let filter = asked.filter(here.now());
        let page = kavach_service::audit::list(&here.kv, &here.cx, &filter, &request).await?;
        let hours =
            kavach_service::audit::hours::hours(&here.kv, &here.cx, filter.since, filter.until).await?;
        let commands =
            (show == "command").then(|| command::commands(&asked, &here.kv.config().public_url, here.now()));
        let words = words::words(&asked, commands);
        let hours = hours::hours(&asked, hours, show == "numbers");
        let empty = page.data.is_empty();
        let names = Names::in_records(&here, &page.data).await;
        let table = full_table(page.data, &names, &open, &asked.link(&asked.cursor));
        let filtered = asked.is_filtered();
        let follow = follow(&asked, here.now());
        let first = (!asked.cursor.is_empty()).then(|| asked.link(""));
        let next = page.next_cursor.map(|cursor| asked.link(&cursor));
        Ok(view! {
            <PageHeader
                title="Audit"
                hint="Every decision and every security event, newest first. Nothing here can be changed or deleted."
                actions=follow
            />
            {words}
            <Card title="Decisions over time" hint="All that you may see, whatever is looked for. Times are UTC.">
                {hours}
            </Card>
            <Card flush=true>
                {filters::filters(&asked)}
                <div id="log">
                    {if empty {
                        nothing(filtered).into_any()
                    } else {
                        view! {
                            // One form for all rows: a link in each would repeat the whole query.
                            <form action=format!("{PATH}#open") class="records">
                                {asked.fields()}
                                {table}
                            </form>
                            <Pagination label="Pages of the audit log" first next />
                        }.into_any()
                    }}
                </div>
            </Card>
        }
        .into_any())
    })
}

/// Lets script show records as they come; not where the newest are not shown.
fn follow(asked: &Asked, now: Timestamp) -> AnyView {
    if !asked.cursor.is_empty() || !asked.value("until").is_empty() {
        return ().into_any();
    }
    let narrowing = asked.narrowing(now);
    let pairs: Vec<(&str, &str)> = narrowing
        .iter()
        .filter(|(name, _)| *name != "since")
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let filter = with_query("", &pairs).trim_start_matches('?').to_owned();
    let class = button_class(ButtonKind::Secondary);
    view! {
        <button type="button" id="follow" hidden aria-pressed="false" data-follow=filter class=class>"Follow"</button>
    }
    .into_any()
}

fn nothing(filtered: bool) -> impl IntoView {
    if filtered {
        view! { <EmptyState title="No record matches" hint="Change the filters or clear them to see every record." /> }
    } else {
        view! {
            <EmptyState title="Nothing recorded yet" hint="The first check of an agent, or the first sign-in, appears here." />
        }
    }
}
