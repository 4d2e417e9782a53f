//! The console: navigation beside the content, above it on narrow screens.

use super::{SignOut, SkipLink};
use crate::brand;
use crate::components::{Icon, Wordmark};
use crate::context::Here;
use crate::load::{self, Loaded};
use kavach_model::user::{Role, User};
use leptos::prelude::*;
use leptos_meta::Title;
use std::future::Future;

/// The parts of the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// The state of things.
    Overview,
    /// Agents.
    Agents,
    /// What waits for a person.
    Approvals,
    /// The audit log.
    Audit,
    /// Trying questions.
    Playground,
    /// Clients, servers and their connections.
    Mcp,
    /// API keys.
    Keys,
    /// Stopping at once.
    KillSwitch,
    /// The person's own account.
    Account,
}

impl Section {
    const ALL: [Self; 9] = [
        Self::Overview,
        Self::Agents,
        Self::Approvals,
        Self::Audit,
        Self::Playground,
        Self::Mcp,
        Self::Keys,
        Self::KillSwitch,
        Self::Account,
    ];

    const fn about(self) -> (&'static str, &'static str, Icon) {
        match self {
            Self::Overview => ("/console", "Overview", Icon::Gauge),
            Self::Agents => ("/console/agents", "Agents", Icon::Agent),
            Self::Approvals => ("/console/approvals", "Approvals", Icon::Approval),
            Self::KillSwitch => ("/console/kill-switch", "Kill switch", Icon::Stop),
            Self::Audit => ("/console/audit", "Audit", Icon::Log),
            Self::Playground => ("/console/playground", "Playground", Icon::Try),
            Self::Mcp => ("/console/connections", "Apps and MCP", Icon::Link),
            Self::Keys => ("/console/keys", "Keys", Icon::Key),
            Self::Account => ("/account", "Account", Icon::Person),
        }
    }

    /// Whether it is for administrators alone; the services refuse everybody else.
    fn is_for(self, user: &User) -> bool {
        self != Self::Mcp || user.role == Role::Admin
    }
}

/// A page of the console, for a signed-in person.
pub fn console_page<F>(
    section: Section,
    title: &'static str,
    content: impl FnOnce(Here, User) -> F,
) -> AnyView
where
    F: Future<Output = Loaded> + Send + 'static,
{
    let user = Here::get().and_then(|here| here.user().cloned());
    let content = load::signed_in(content);
    match user {
        Some(user) => view! { <ConsoleLayout section title user>{content}</ConsoleLayout> }.into_any(),
        None => content,
    }
}

/// The layout of the console.
#[component]
pub fn ConsoleLayout(
    /// Where one is.
    section: Section,
    /// The name of the page, in the browser's tab.
    title: &'static str,
    /// Who is signed in.
    user: User,
    /// The content.
    children: Children,
) -> impl IntoView {
    view! {
        <Title text=brand::title(title) />
        <SkipLink />
        <div class="min-h-dvh md:grid md:grid-cols-[15rem_minmax(0,1fr)]">
            <header class="border-line bg-surface max-md:border-b md:sticky md:top-0 md:flex md:h-dvh md:flex-col md:border-e">
                <div class="flex items-center justify-between gap-3 px-4 pt-4 md:px-5 md:py-5">
                    <a href="/console" class="inline-flex rounded-md" aria-label=format!("{}, overview", brand::name())>
                        <Wordmark />
                    </a>
                    <div class="md:hidden"><SignOut label="Sign out" /></div>
                </div>
                {navigation(section, &user)}
                <Person user />
            </header>
            <main id="content" tabindex="-1" class="min-w-0 px-4 py-6 outline-none sm:px-6 md:px-8 md:py-8">
                <div class="mx-auto max-w-6xl space-y-6">{children()}</div>
            </main>
        </div>
    }
}

fn navigation(section: Section, user: &User) -> impl IntoView + use<> {
    let links = Section::ALL.into_iter().filter(|link| link.is_for(user)).map(|link| {
        let (href, name, icon) = link.about();
        let here = link == section;
        let count = (link == Section::Approvals).then(waiting);
        view! {
            <li>
                <a href=href aria-current=here.then_some("page") class="nav-link">
                    {icon.view()}
                    {name}
                    {count}
                </a>
            </li>
        }
    });
    let links = links.collect_view();
    view! {
        <nav aria-label="Console" class="px-2 py-2 md:grow md:px-3">
            <ul class="flex flex-wrap gap-1 md:flex-col">{links}</ul>
        </nav>
    }
}

/// How many approvals wait; nothing when there is none, or when that cannot be told.
fn waiting() -> Option<AnyView> {
    let here = Here::get()?;
    let counted = Suspend::new(async move {
        let count = kavach_service::approval::count_waiting(&here.kv, &here.cx).await.unwrap_or(0);
        let count = if count < 100 { count.to_string() } else { "99+".to_owned() };
        (count != "0")
            .then(|| view! { <span class="nav-count">{count}<span class="sr-only">" waiting"</span></span> })
    });
    Some(counted.into_any())
}

/// Who is signed in, and the way out; on wide screens.
#[component]
fn Person(user: User) -> impl IntoView {
    view! {
        <div class="space-y-2 border-t border-line p-4 max-md:hidden">
            <div class="min-w-0 px-1 text-sm">
                <p class="truncate font-medium">{user.name}</p>
                <p class="truncate text-muted">{user.email}</p>
            </div>
            <SignOut label="Sign out" />
        </div>
    }
}
