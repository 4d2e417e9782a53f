//! Where a browser comes with the request of a client (RFC 6749, section 3.1). There is nothing to see unless something
//! is wrong that the client must not be told: then it is said here, with the number an administrator finds it under.

use crate::components::{Alert, Tone};
use crate::i18n::{tr, tr_of};
use crate::layouts::AuthLayout;
use crate::load;
use http::StatusCode;
use kavach_service::oauth::authorize::{self, Problem, Step};
use leptos::prelude::*;

/// `/oauth/authorize?client_id=...`
#[component]
pub fn Authorize() -> impl IntoView {
    let content = load::open(move |here| async move {
        let asked = here.path_and_query().split_once('?').map_or("", |(_, query)| query);
        match authorize::begin(&here.kv, &here.cx, asked).await? {
            Step::Client(to) | Step::Page(to) => {
                here.see_other(&to);
                Ok(().into_any())
            }
            Step::Problem(problem) => {
                here.set_status(StatusCode::BAD_REQUEST);
                Ok(shown(problem, here.cx.meta.request_id.clone()))
            }
        }
    });
    view! { <AuthLayout title=tr("authorize-title")>{content}</AuthLayout> }
}

fn shown(problem: Problem, request: String) -> AnyView {
    let text = tr_of(&format!("authorize-{}", problem.as_str()));
    view! {
        <div class="space-y-4">
            <h1 class="text-2xl font-semibold">{tr("authorize-title")}</h1>
            <Alert tone=Tone::Bad>
                <p>{text}</p>
                <p class="text-xs">{tr("problem-request")} " " <code class="font-mono">{request}</code></p>
            </Alert>
            <p class="text-sm text-muted">{tr("authorize-hint")}</p>
        </div>
    }
    .into_any()
}
