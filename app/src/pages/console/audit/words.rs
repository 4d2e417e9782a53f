//! The query in words, and each part of it as a chip that takes it away.

use super::asked::{Asked, FIELDS, PATH, key_of};
use crate::components::{Button, input_class};
use leptos::prelude::*;

/// Both views of what is looked for, and where they are asked for the commands.
pub(super) fn words<C>(asked: &Asked, commands: Option<C>) -> impl IntoView + use<C>
where
    C: IntoView + 'static,
{
    let text = asked.words();
    let error = asked.typed.as_ref().map(|(_, why)| why.clone());
    let chips = FIELDS
        .into_iter()
        .zip(&asked.values)
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| {
            let href = asked.clone().set(name, "").link("");
            let key = key_of(name).as_str();
            view! {
                <li>
                    <a href=href class="chip">
                        <span class="sr-only">"Take away "</span>
                        <span class="text-muted">{key}</span>
                        " "
                        <span class="max-w-64 truncate font-medium">{value.clone()}</span>
                        <span aria-hidden="true" class="text-muted">"\u{00d7}"</span>
                    </a>
                </li>
            }
        })
        .collect_view();
    let any = asked.is_filtered();
    let chips = any.then(|| view! { <ul aria-label="Looked for" class="flex flex-wrap gap-2">{chips}</ul> });
    let commands = match commands {
        Some(commands) => commands.into_any(),
        None => {
            let href = format!("{}#command", asked.showing("command"));
            view! { <a href=href class="pivot text-sm">"As a command"</a> }.into_any()
        }
    };
    let described = if error.is_some() { "q-error q-hint" } else { "q-hint" };
    view! {
        <div class="space-y-3">
            <form
                method="get"
                action=PATH
                role="search"
                aria-label="Query of the audit log"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                class="space-y-1.5"
            >
                <label for="q" class="label">"Query"</label>
                <div class="flex gap-2">
                    <input
                        id="q"
                        name="q"
                        type="search"
                        value=text
                        maxlength="600"
                        placeholder="result:deny resource:mcp:deploy:* since:24h"
                        aria-invalid=error.as_ref().map(|_| "true")
                        aria-describedby=described
                        class=format!("{} font-mono", input_class(error.is_some()))
                    />
                    <Button>"Search"</Button>
                </div>
                {error.map(|error| view! { <p id="q-error" class="error">{error}</p> })}
                <p id="q-hint" class="text-xs text-muted">
                    "Keys: actor, agent, subtree, kind, action, resource, result, reason, since, until. A resource that ends in \
                     a star means all that begin so; 24h or 7d count back from now."
                </p>
            </form>
            {chips}
            {commands}
        </div>
    }
}
