//! The pages of a person's own account: a few parts, their navigation above or beside them.

use super::{LanguageMenu, SignOut, SkipLink};
use crate::brand;
use crate::components::{Alert, Icon, Tone, Wordmark};
use crate::context::Here;
use crate::i18n::{tr, tr_with};
use crate::load::{self, Loaded};
use crate::pages::account::is_offered;
use kavach_model::user::User;
use leptos::prelude::*;
use leptos_meta::Title;
use std::future::Future;

/// The parts of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountPart {
    /// Who the person is.
    Profile,
    /// How they sign in.
    Security,
    /// Who they are elsewhere.
    Identities,
    /// Where they are signed in.
    Sessions,
    /// What they let in.
    Apps,
    /// What acts for them.
    Agents,
    /// What happened.
    Activity,
    /// Taking everything along, and leaving.
    Data,
}

impl AccountPart {
    const ALL: [Self; 8] = [
        Self::Profile,
        Self::Security,
        Self::Identities,
        Self::Sessions,
        Self::Apps,
        Self::Agents,
        Self::Activity,
        Self::Data,
    ];

    fn about(self) -> (&'static str, String, Icon) {
        match self {
            Self::Profile => ("/account", tr("account-profile"), Icon::Person),
            Self::Security => ("/account/security", tr("account-security"), Icon::Lock),
            Self::Identities => ("/account/identities", tr("identities-nav"), Icon::Link),
            Self::Sessions => ("/account/sessions", tr("account-sessions"), Icon::Device),
            Self::Apps => ("/account/apps", tr("account-apps"), Icon::Link),
            Self::Agents => ("/account/agents", tr("account-agents"), Icon::Agent),
            Self::Activity => ("/account/activity", tr("account-activity"), Icon::Log),
            Self::Data => ("/account/data", tr("account-data"), Icon::Download),
        }
    }
}

/// A page of the account, for a signed-in person.
pub fn account_page<F>(part: AccountPart, content: impl FnOnce(Here, User) -> F) -> AnyView
where
    F: Future<Output = Loaded> + Send + 'static,
{
    let inside = Here::get().is_some_and(|here| here.user().is_some());
    let content = load::signed_in(content);
    if inside { view! { <AccountLayout part>{content}</AccountLayout> }.into_any() } else { content }
}

/// The layout of account pages.
#[component]
pub fn AccountLayout(
    /// Where one is.
    part: AccountPart,
    /// The content.
    children: Children,
) -> impl IntoView {
    let (_, title, _) = part.about();
    view! {
        <Title text=brand::title(&title) />
        <SkipLink />
        <div class="flex min-h-dvh flex-col">
            <header class="border-b border-line bg-surface">
                <div class="mx-auto flex max-w-5xl flex-wrap items-center justify-between gap-x-4 gap-y-2 px-4 py-3 sm:px-6">
                    <a
                        href="/account"
                        class="inline-flex rounded-md"
                        aria-label=tr_with("account-home", &[("brand", brand::name().into())])
                    >
                        <Wordmark />
                    </a>
                    <div class="flex items-center gap-2">
                        <a href="/console" class="button button-quiet">{tr("account-to-console")}</a>
                        <SignOut label=tr("sign-out") />
                    </div>
                </div>
            </header>
            <div class="mx-auto w-full max-w-5xl grow px-4 py-6 sm:px-6 md:grid md:grid-cols-[12rem_minmax(0,1fr)] md:gap-8 md:py-8">
                <Navigation part />
                <main id="content" tabindex="-1" class="min-w-0 outline-none max-md:pt-6">
                    <div class="space-y-6">{breach_notice(part)} {children()}</div>
                </main>
            </div>
            <footer class="mx-auto flex w-full max-w-5xl justify-end px-4 py-5 text-xs text-muted sm:px-6">
                <LanguageMenu />
            </footer>
        </div>
    }
}

#[component]
fn Navigation(part: AccountPart) -> impl IntoView {
    let offered = Here::get().is_some_and(|here| is_offered(&here));
    let shown = |link: &AccountPart| *link != AccountPart::Identities || offered || part == *link;
    let links = AccountPart::ALL.into_iter().filter(shown).map(|link| {
        let (href, name, icon) = link.about();
        view! {
            <li>
                <a href=href aria-current=(link == part).then_some("page") class="nav-link">
                    {icon.view()}
                    {name}
                </a>
            </li>
        }
    });
    view! {
        <nav aria-label=tr("account-navigation")>
            <ul class="flex flex-wrap gap-1 md:flex-col">{links.collect_view()}</ul>
        </nav>
    }
}

/// Says on every page of the account that the password is known to others, until it is replaced.
fn breach_notice(part: AccountPart) -> Option<AnyView> {
    let here = Here::get()?;
    let elsewhere = part != AccountPart::Security;
    let notice = Suspend::new(async move {
        let state = kavach_service::account::password_state(&here.kv, &here.cx).await;
        state.is_ok_and(|state| state.breached).then(|| {
            view! {
                <Alert tone=Tone::Warn title=tr("account-breached")>
                    <p>{tr("account-breached-text")}</p>
                    {elsewhere.then(|| view! {
                        <p><a href="/account/security" class="font-medium underline">{tr("account-breached-link")}</a></p>
                    })}
                </Alert>
            }
        })
    });
    Some(notice.into_any())
}
