//! Where a person is signed in.

use crate::components::{
    Ago, Badge, Button, ButtonKind, Card, Column, HiddenField, PageHeader, Table, Tone, WIDE,
};
use crate::form::FormState;
use crate::i18n::{tr, tr_with};
use crate::layouts::{AccountPart, account_page};
use crate::pages::FormAlert;
use crate::server_fns::account::SESSIONS_FORM;
use kavach_model::session::Session;
use kavach_model::{PageRequest, Timestamp};
use leptos::prelude::*;

/// `/account/sessions`
#[component]
pub fn Sessions() -> impl IntoView {
    account_page(AccountPart::Sessions, |here, _| async move {
        let state = FormState::of(&here, SESSIONS_FORM);
        let sessions = kavach_service::session::list(&here.kv, &here.cx, &PageRequest::default()).await?;
        let others = sessions.data.iter().any(|session| !session.current);
        let table = table(sessions.data, here.now());
        let actions = others.then(|| {
            view! {
                <form method="post" action="/_fn/account/sessions/revoke-others">
                    <Button kind=ButtonKind::Secondary>{tr("sessions-end-others")}</Button>
                </form>
            }
            .into_any()
        });
        let head = match actions {
            Some(actions) => {
                view! { <PageHeader title=tr("account-sessions") hint=tr("sessions-hint") actions /> }
                    .into_any()
            }
            None => view! { <PageHeader title=tr("account-sessions") hint=tr("sessions-hint") /> }.into_any(),
        };
        Ok(view! {
            {head}
            <FormAlert state=state />
            <Card flush=true>{table}</Card>
        }
        .into_any())
    })
}

/// The sessions, each with a way to end it.
fn table(sessions: Vec<Session>, now: Timestamp) -> impl IntoView {
    let rows = sessions.into_iter().map(|session| row(session, now)).collect_view();
    let columns = vec![
        Column::named(tr("sessions-device")),
        Column::named(tr("sessions-address")).on_wide_screens(),
        Column::named(tr("sessions-last-used")),
        Column::named(tr("actions")).unseen(),
    ];
    view! {
        <Table caption=tr("account-sessions") columns>
            <tbody>{rows}</tbody>
        </Table>
    }
}

fn row(session: Session, now: Timestamp) -> impl IntoView {
    let device = device(session.user_agent.as_deref().unwrap_or_default());
    let ip = session.ip.unwrap_or_default();
    let label = tr_with("sessions-end-label", &[("device", device.clone().into())]);
    view! {
        <tr>
            <td>
                <span class="flex flex-wrap items-center gap-2">
                    <span class="font-medium">{device}</span>
                    {session.current.then(|| view! { <Badge tone=Tone::Good text=tr("sessions-this") /> })}
                </span>
                <span class="text-muted">{tr("sessions-since")} " " <Ago at=session.auth_time now /></span>
            </td>
            <td class=WIDE><bdi>{ip}</bdi></td>
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
                            {tr("sign-out")}
                        </button>
                    </form>
                })}
            </td>
        </tr>
    }
}

/// A name for a browser from what it says of itself; good enough to tell one's own devices apart.
pub(super) fn device(user_agent: &str) -> String {
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
        (Some(browser), Some(system)) => {
            tr_with("device", &[("browser", browser.into()), ("system", system.into())])
        }
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => tr("device-unknown"),
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
