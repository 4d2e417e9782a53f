//! Where a person is signed in.

use crate::components::{Ago, Badge, Button, ButtonKind, Card, Column, HiddenField, Table, Tone, WIDE};
use kavach_model::Timestamp;
use kavach_model::session::Session;
use leptos::prelude::*;

const COLUMNS: [Column; 4] =
    [Column::new("Device"), Column::wide("Address"), Column::new("Last used"), Column::silent("Actions")];

/// The sessions, each with a way to end it.
pub(super) fn sessions(sessions: Vec<Session>, now: Timestamp) -> impl IntoView {
    let others = sessions.iter().any(|session| !session.current);
    let aside = others.then(|| {
        view! {
            <form method="post" action="/_fn/account/sessions/revoke-others">
                <Button kind=ButtonKind::Secondary>"Sign out all others"</Button>
            </form>
        }
        .into_any()
    });
    let rows = sessions.into_iter().map(|session| row(session, now)).collect_view();
    let caption = "Sessions";
    let columns = COLUMNS.to_vec();
    let table = view! {
        <Table caption columns>
            <tbody>{rows}</tbody>
        </Table>
    };
    match aside {
        Some(aside) => view! { <Card title=caption flush=true aside=aside>{table}</Card> }.into_any(),
        None => view! { <Card title=caption flush=true>{table}</Card> }.into_any(),
    }
}

fn row(session: Session, now: Timestamp) -> impl IntoView {
    let device = device(session.user_agent.as_deref().unwrap_or_default());
    let ip = session.ip.unwrap_or_default();
    let label = format!("Sign out {device}");
    view! {
        <tr>
            <td>
                <span class="flex flex-wrap items-center gap-2">
                    <span class="font-medium">{device}</span>
                    {session.current.then(|| view! { <Badge tone=Tone::Good text="This session" /> })}
                </span>
                <span class="text-muted">"Signed in " <Ago at=session.auth_time now /></span>
            </td>
            <td class=WIDE>{ip}</td>
            <td><Ago at=session.last_used_at now /></td>
            <td class="text-end">
                {(!session.current).then(|| view! {
                    <form method="post" action="/_fn/account/sessions/revoke">
                        <HiddenField name="session" value=session.id.to_string() />
                        <button
                            type="submit"
                            aria-label=label
                            class="min-h-8 rounded-md px-2.5 font-medium whitespace-nowrap text-bad hover:bg-bad-soft"
                        >
                            "Sign out"
                        </button>
                    </form>
                })}
            </td>
        </tr>
    }
}

/// A name for a browser from what it says of itself; good enough to tell one's own devices apart.
fn device(user_agent: &str) -> String {
    const BROWSERS: [(&str, &str); 6] = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ];
    const SYSTEMS: [(&str, &str); 6] = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Mac OS X", "macOS"),
        ("Windows", "Windows"),
        ("Linux", "Linux"),
    ];
    let known = |names: &[(&str, &'static str)]| {
        names.iter().find_map(|(mark, name)| user_agent.contains(mark).then_some(*name))
    };
    match (known(&BROWSERS), known(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => "Unknown device".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_told_apart() {
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
        assert_eq!(device(chrome), "Chrome on Linux");
        let safari = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile Safari/604.1";
        assert_eq!(device(safari), "Safari on iPhone");
        assert_eq!(device("curl/8.5.0"), "curl");
        assert_eq!(device("<script>"), "Unknown device");
    }
}
