//! Signing out by way of an app (OpenID Connect RP-Initiated Logout 1.0).

use super::FormAlert;
use crate::components::{Alert, Button, ButtonKind, ButtonLink, HiddenField, Tone};
use crate::form::FormState;
use crate::i18n::tr;
use crate::layouts::AuthLayout;
use crate::load;
use crate::server_fns::consent::LEAVE_FORM;
use http::StatusCode;
use kavach_service::oauth::logout::{self, Leaving};
use leptos::prelude::*;

/// `/oauth/logout?id_token_hint=...`
#[component]
pub fn Leave() -> impl IntoView {
    let content = load::open(move |here| async move {
        let asked = here.path_and_query().split_once('?').map_or("", |(_, query)| query).to_owned();
        let state = FormState::of(&here, LEAVE_FORM);
        Ok(match logout::begin(&here.kv, &here.cx, &asked).await? {
            Leaving::Left(Some(to)) => {
                here.see_other(&to);
                ().into_any()
            }
            Leaving::Left(None) => view! {
                <div class="space-y-6">
                    <h1 class="text-2xl font-semibold">{tr("leave-done")}</h1>
                    <ButtonLink href="/">{tr("go-to-start")}</ButtonLink>
                </div>
            }
            .into_any(),
            Leaving::Ask => view! {
                <div class="space-y-6">
                    <h1 class="text-2xl font-semibold">{tr("leave-ask")}</h1>
                    <FormAlert state />
                    <p>{tr("leave-hint")}</p>
                    <form method="post" action="/_fn/leave">
                        <HiddenField name="request" value=asked />
                        <Button wide=true>{tr("sign-out")}</Button>
                    </form>
                    <ButtonLink href="/" kind=ButtonKind::Secondary wide=true>{tr("cancel")}</ButtonLink>
                </div>
            }
            .into_any(),
            Leaving::Malformed => {
                here.set_status(StatusCode::BAD_REQUEST);
                let request = here.cx.meta.request_id.clone();
                view! {
                    <div class="space-y-4">
                        <h1 class="text-2xl font-semibold">{tr("leave-ask")}</h1>
                        <Alert tone=Tone::Bad>
                            <p>{tr("authorize-malformed")}</p>
                            <p class="text-xs">{tr("problem-request")} " " <code class="font-mono">{request}</code></p>
                        </Alert>
                    </div>
                }
                .into_any()
            }
        })
    });
    view! { <AuthLayout title=tr("leave-ask")>{content}</AuthLayout> }
}
