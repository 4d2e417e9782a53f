//! The way from a person down to an agent.

use super::names::Names;
use kavach_model::PrincipalId;
use leptos::prelude::*;

/// Each by name, agents as links to their pages.
pub(in crate::pages) fn chain(chain: &[PrincipalId], names: &Names) -> impl IntoView + use<> {
    let links = chain.iter().map(|link| {
        let name = names.name(*link);
        let link = match link {
            PrincipalId::User(_) => view! { <span>{name}</span> }.into_any(),
            PrincipalId::Agent(id) => {
                view! { <a href=format!("/console/agents/{id}") class="link">{name}</a> }.into_any()
            }
        };
        view! { <li>{link}</li> }
    });
    view! { <ol class="chain">{links.collect_view()}</ol> }
}
