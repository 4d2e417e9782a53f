//! What is looked for as commands: for whoever goes on in a shell.

use super::asked::Asked;
use crate::components::CodeBlock;
use crate::links::with_query;
use kavach_model::Timestamp;
use leptos::prelude::*;

/// The same records by the API, by the API as they come, and by the command line beside the database.
pub(super) fn commands(asked: &Asked, public_url: &str, now: Timestamp) -> impl IntoView + use<> {
    let narrowing = asked.narrowing(now);
    let follows = narrowing.iter().filter(|(name, _)| !["since", "until"].contains(name)).cloned();
    let all = [
        ("As JSON, by curl", curl(public_url, "", &narrowing, "")),
        ("As they come, by curl", curl(public_url, "/stream", &follows.collect::<Vec<_>>(), " -N")),
        ("In a file, by the command line", command_line(&narrowing)),
    ];
    let blocks = all.into_iter().map(|(label, code)| {
        view! {
            <p class="text-sm text-muted">{label}</p>
            <CodeBlock label=label code />
        }
    });
    view! { <div id="command" class="space-y-2">{blocks.collect_view()}</div> }
}

fn curl(public_url: &str, path: &str, narrowing: &[(&str, String)], option: &str) -> String {
    let pairs: Vec<(&str, &str)> = narrowing.iter().map(|(name, value)| (*name, value.as_str())).collect();
    // Escaped for an address, a value has nothing in it that would end the quotation.
    let address = with_query(&format!("{public_url}/api/auth/audit{path}"), &pairs);
    format!("curl{option} '{address}' \\\n  -H \"Authorization: Bearer $KAVACH_API_KEY\"")
}

fn command_line(narrowing: &[(&str, String)]) -> String {
    let mut command = "kavach audit export --format jsonl".to_owned();
    for (name, value) in narrowing {
        let name = if *name == "reasonCode" { "reason-code" } else { name };
        command.push_str(&format!(" --{name} '{}'", value.replace('\'', "'\\''")));
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_looked_for_stays_one_word_of_the_shell() {
        let narrowing = [("action", "'; rm -rf ~ #".to_owned()), ("reasonCode", "allowed".to_owned())];
        let address = curl("https://id.example", "/stream", &narrowing, " -N");
        assert!(
            address.starts_with(
                "curl -N 'https://id.example/api/auth/audit/stream?action=%27%3B+rm+-rf+~+%23&reasonCode=allowed'"
            ),
            "{address}"
        );
        assert_eq!(
            command_line(&narrowing),
            r"kavach audit export --format jsonl --action ''\''; rm -rf ~ #' --reason-code 'allowed'"
        );
    }
}
