//! Other ways in, each a button of its own below the form.

use crate::components::{HiddenField, Icon};
use crate::i18n::tr;
use crate::links::with_query;
use kavach_model::sign_in::Methods;
use leptos::prelude::*;

/// A way in: a page of its own, or one press.
pub(in crate::pages) struct Way {
    icon: Icon,
    label: String,
    target: Target,
}

enum Target {
    Page(String),
    Form { action: &'static str, fields: Vec<(&'static str, String)> },
}

impl Way {
    /// The page at an address.
    pub(in crate::pages) const fn link(icon: Icon, label: String, href: String) -> Self {
        Self { icon, label, target: Target::Page(href) }
    }

    /// A form without fields to fill in.
    pub(in crate::pages) const fn form(
        icon: Icon,
        label: String,
        action: &'static str,
        fields: Vec<(&'static str, String)>,
    ) -> Self {
        Self { icon, label, target: Target::Form { action, fields } }
    }

    /// The button.
    pub(in crate::pages) fn view(self) -> impl IntoView {
        let Self { icon, label, target } = self;
        let inside = view! { {icon.view()} <span class="min-w-0">{label}</span> };
        match target {
            Target::Page(href) => view! { <a href=href class="way">{inside}</a> }.into_any(),
            Target::Form { action, fields } => {
                let fields = fields.into_iter().map(|(name, value)| view! { <HiddenField name value /> });
                view! {
                    <form method="post" action=action>
                        {fields.collect_view()}
                        <button class="way">{inside}</button>
                    </form>
                }
                .into_any()
            }
        }
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
