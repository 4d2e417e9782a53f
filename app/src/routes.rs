//! Every page and its address.

use crate::pages::{self, account, console};
use leptos::prelude::*;
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::{SsrMode, path};

/// Finds the page for the address asked for. Pages are rendered completely before the first byte leaves, so that
/// status and headers can still follow from what was found, and no script is needed to put them together.
#[component]
pub fn Pages() -> impl IntoView {
    let whole = || SsrMode::Async;
    view! {
        <Router>
            <FlatRoutes fallback=pages::NotFound>
                <Route path=path!("/") view=pages::Start ssr=whole() />
                <Route path=path!("/setup") view=pages::SetUp ssr=whole() />
                <Route path=path!("/sign-in") view=pages::SignIn ssr=whole() />
                <Route path=path!("/sign-in/with/:provider") view=pages::SignInWith ssr=whole() />
                <Route path=path!("/sign-in/callback/:provider") view=pages::SocialCallback ssr=whole() />
                <Route path=path!("/sign-in/wallet") view=pages::Wallet ssr=whole() />
                <Route path=path!("/sign-in/link") view=pages::MagicLink ssr=whole() />
                <Route path=path!("/sign-in/link/open") view=pages::OpenLink ssr=whole() />
                <Route path=path!("/sign-in/code") view=pages::EmailCode ssr=whole() />
                <Route path=path!("/sign-in/phone") view=pages::PhoneCode ssr=whole() />
                <Route path=path!("/oauth/authorize") view=pages::Authorize ssr=whole() />
                <Route path=path!("/oauth/logout") view=pages::Leave ssr=whole() />
                <Route path=path!("/consent") view=pages::Consent ssr=whole() />
                <Route path=path!("/consent/continue") view=pages::ContinueToApp ssr=whole() />
                <Route path=path!("/account/apps") view=account::Apps ssr=whole() />
                <Route path=path!("/sign-up") view=pages::SignUp ssr=whole() />
                <Route path=path!("/sign-up/username") view=pages::SignUpUsername ssr=whole() />
                <Route path=path!("/sign-in/second-factor") view=pages::SecondFactor ssr=whole() />
                <Route path=path!("/sign-up/passkey") view=pages::SignUpPasskey ssr=whole() />
                <Route path=path!("/account/passkeys") view=account::Passkeys ssr=whole() />
                <Route path=path!("/account/identities") view=account::Identities ssr=whole() />
                <Route path=path!("/account/identities/wallet") view=account::ConnectWallet ssr=whole() />
                <Route path=path!("/account/identities/google") view=account::ConnectGoogle ssr=whole() />
                <Route path=path!("/account/two-step") view=account::TwoStepPage ssr=whole() />
                <Route path=path!("/account/two-step/codes") view=account::BackupCodesPage ssr=whole() />
                <Route path=path!("/verify-email") view=pages::VerifyEmail ssr=whole() />
                <Route path=path!("/approve/:id") view=pages::Approve ssr=whole() />
                <Route path=path!("/sign-in/guest") view=pages::Guest ssr=whole() />
                <Route path=path!("/recover") view=pages::Recover ssr=whole() />
                <Route path=path!("/recover/reset") view=pages::Reset ssr=whole() />
                <Route path=path!("/enroll") view=pages::Enroll ssr=whole() />
                <Route path=path!("/device") view=pages::Device ssr=whole() />
                <Route path=path!("/account/upgrade") view=pages::Upgrade ssr=whole() />
                <Route path=path!("/account") view=account::Account ssr=whole() />
                <Route path=path!("/account/security") view=account::Security ssr=whole() />
                <Route path=path!("/account/sessions") view=account::Sessions ssr=whole() />
                <Route path=path!("/account/agents") view=account::Agents ssr=whole() />
                <Route path=path!("/account/activity") view=account::Activity ssr=whole() />
                <Route path=path!("/account/data") view=account::Data ssr=whole() />
                <Route path=path!("/account/delete") view=account::Delete ssr=whole() />
                <Route path=path!("/account/confirm") view=account::Confirm ssr=whole() />
                <Route path=path!("/account/email/confirm") view=pages::EmailChange ssr=whole() />
                <Route path=path!("/console") view=console::Overview ssr=whole() />
                <Route path=path!("/console/agents") view=console::Agents ssr=whole() />
                <Route path=path!("/console/agents/new") view=console::NewAgent ssr=whole() />
                <Route path=path!("/console/agents/tree") view=console::Tree ssr=whole() />
                <Route path=path!("/console/agents/:id") view=console::Agent ssr=whole() />
                <Route path=path!("/console/agents/:id/edit") view=console::EditAgent ssr=whole() />
                <Route path=path!("/console/agents/:id/rotate") view=console::RotateToken ssr=whole() />
                <Route path=path!("/console/agents/:id/revoke") view=console::RevokeAgent ssr=whole() />
                <Route path=path!("/console/agents/:id/token") view=console::AgentToken ssr=whole() />
                <Route path=path!("/console/agents/:id/tree") view=console::Subtree ssr=whole() />
                <Route path=path!("/console/agents/:id/lend") view=console::Lend ssr=whole() />
                <Route path=path!("/console/approvals") view=console::Approvals ssr=whole() />
                <Route path=path!("/console/approvals/:id") view=console::Approval ssr=whole() />
                <Route path=path!("/console/kill-switch") view=console::KillSwitch ssr=whole() />
                <Route path=path!("/console/audit") view=console::Audit ssr=whole() />
                <Route path=path!("/console/audit/:id") view=console::AuditEntry ssr=whole() />
                <Route path=path!("/console/playground") view=console::Playground ssr=whole() />
                <Route path=path!("/console/connections") view=console::Connections ssr=whole() />
                <Route path=path!("/console/connections/:id") view=console::Connection ssr=whole() />
                <Route path=path!("/console/clients") view=console::Clients ssr=whole() />
                <Route path=path!("/console/clients/new") view=console::NewClient ssr=whole() />
                <Route path=path!("/console/clients/secret") view=console::ClientSecret ssr=whole() />
                <Route path=path!("/console/clients/delete") view=console::DeleteClient ssr=whole() />
                <Route path=path!("/console/client") view=console::Client ssr=whole() />
                <Route path=path!("/console/resources") view=console::Servers ssr=whole() />
                <Route path=path!("/console/resources/new") view=console::NewServer ssr=whole() />
                <Route path=path!("/console/doctor") view=console::Doctor ssr=whole() />
                <Route path=path!("/console/keys") view=console::Keys ssr=whole() />
                <Route path=path!("/console/keys/new") view=console::NewKey ssr=whole() />
                <Route path=path!("/console/keys/:id/token") view=console::KeyToken ssr=whole() />
                <Route path=path!("/dev/outbox") view=pages::Outbox ssr=whole() />
            </FlatRoutes>
        </Router>
    }
}
