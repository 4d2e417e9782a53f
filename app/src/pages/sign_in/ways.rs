//! Other ways in, each a button of its own below the form.

use crate::components::Icon;
use crate::i18n::tr;
use crate::links::with_query;
use kavach_model::sign_in::Methods;
use leptos::prelude::*;

/// A way in: a page of its own.
pub(in crate::pages) struct Way {
    icon: Icon,
    label: String,
    href: String,
}

impl Way {
    /// The page at an address.
    pub(in crate::pages) const fn link(icon: Icon, label: String, href: String) -> Self {
        Self { icon, label, href }
    }

    /// The button.
    pub(in crate::pages) fn view(self) -> impl IntoView {
        let Self { icon, label, href } = self;
        view! { <a href=href class="way">{icon.view()} <span class="min-w-0">{label}</span></a> }
    }
}

/// Ways that need no identifier.
pub(in crate::pages) fn other_ways(methods: &Methods, return_to: &str) -> Vec<Way> {
    let to = |path: &str| with_query(path, &[("return_to", return_to)]);
    [
        methods.phone_otp.then(|| Way::link(Icon::Phone, tr("sign-in-by-phone"), to("/sign-in/phone"))),
        methods.siwe.then(|| Way::link(Icon::Wallet, tr("sign-in-by-wallet"), to("/sign-in/wallet"))),
        methods.anonymous.then(|| Way::link(Icon::Person, tr("sign-in-as-guest"), to("/sign-in/guest"))),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Between the form and the other ways.
#[component]
pub(in crate::pages) fn Or() -> impl IntoView {
    view! {
        <div class="flex items-center gap-3 text-sm text-muted">
            <span class="h-px grow bg-line"></span>
            <span>{tr("or")}</span>
            <span class="h-px grow bg-line"></span>
        </div>
    }
}
