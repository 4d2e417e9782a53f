//! Signing in at another provider: the way there and the way back.
//!
//! The way there begins with a form. Its answer is this page and not a redirect to the provider, because browsers apply
//! `form-action` to every redirect of a form; the page itself then leads on, with a link for those whom it does not take.

use super::{FormAlert, query, segment};
use crate::components::{Button, ButtonLink, HiddenField};
use crate::context::Here;
use crate::cookies;
use crate::enter::enter;
use crate::flash::Flash;
use crate::form::FormState;
use crate::i18n::{tr, tr_with};
use crate::layouts::AuthLayout;
use crate::links::with_query;
use crate::load;
use crate::return_to::ReturnTo;
use crate::sentences::Notice;
use crate::server_fns::outside::{GO, IDENTITIES, SOCIAL};
use crate::server_fns::sign_in::FORM;
use kavach_model::sign_in::{Method, SocialProvider};
use kavach_model::{ApiError, ErrorCode};
use kavach_service::authn::social::{self, Callback};
use leptos::prelude::*;
use leptos_meta::Meta;

fn provider(here: &Here, id: &str) -> Result<SocialProvider, ApiError> {
    let found = social::providers(&here.kv).into_iter().find(|provider| provider.id == id);
    found.ok_or_else(|| ErrorCode::NotFound.into())
}

/// `/sign-in/with/:provider`
#[component]
pub fn SignInWith() -> impl IntoView {
    let id = segment("provider");
    let asked = query("return_to");
    let content = load::open(move |here| async move {
        let provider = provider(&here, &id)?;
        let go = cookies::find(&here, GO)
            .and_then(|sealed| kavach_service::seal::open(&here.kv, GO, &sealed))
            .and_then(|plain| String::from_utf8(plain).ok())
            .and_then(|text| text.strip_prefix(&format!("{id} ")).map(str::to_owned));
        cookies::forget(&here, GO);
        let name = provider.name.clone();
        let title = tr_with("social-title", &[("provider", name.clone().into())]);
        let inner = match go {
            Some(url) => view! {
                <Meta http_equiv="refresh" content=format!("0;url={url}") />
                <p class="text-muted">{tr_with("social-on-your-way", &[("provider", name.clone().into())])}</p>
                <ButtonLink href=url.clone()>{tr_with("social-go", &[("provider", name.into())])}</ButtonLink>
            }
            .into_any(),
            None => {
                let return_to = ReturnTo::or_home(Some(&asked));
                let carried = if return_to.is_home() { String::new() } else { return_to.to_string() };
                let back = with_query("/sign-in", &[("return_to", &carried)]);
                view! {
                    <FormAlert state=FormState::of(&here, SOCIAL) />
                    <form method="post" action="/_fn/sign-in/with" class="space-y-5">
                        <HiddenField name="provider" value=id.clone() />
                        <HiddenField name="return_to" value=carried />
                        <Button wide=true>{tr_with("social-go", &[("provider", name.into())])}</Button>
                    </form>
                    <p class="text-sm">
                        <a href=back class="inline-block py-0.5 font-medium text-accent underline">{tr("other-way")}</a>
                    </p>
                }
                .into_any()
            }
        };
        Ok(view! {
            <div class="space-y-6">
                <h1 class="text-2xl font-semibold">{title}</h1>
                {inner}
            </div>
        }
        .into_any())
    });
    view! { <AuthLayout title=tr("sign-in-title")>{content}</AuthLayout> }
}

/// `/sign-in/callback/:provider`: nothing is shown, people are led on.
#[component]
pub fn SocialCallback() -> impl IntoView {
    let id = segment("provider");
    let callback =
        Callback { code: query("code"), state: query("state"), error: query("error"), iss: query("iss") };
    let content = load::open(move |here| async move {
        if !here.kv.config().methods.is_on(Method::Social) {
            return Err(ErrorCode::NotFound.into());
        }
        let failed = |error: ApiError, page: &str, form: &str, return_to: &str| {
            let flash = Flash { form: form.to_owned(), code: Some(error.code), ..Flash::default() };
            flash.leave(&here);
            with_query(page, &[("return_to", return_to)])
        };
        // Somebody who is signed in came to connect: that is where they look for what became of it.
        let not_connected = |error: ApiError| match error.code {
            ErrorCode::ReauthenticationRequired => {
                with_query("/account/confirm", &[("return_to", IDENTITIES)])
            }
            _ => failed(error, IDENTITIES, SOCIAL, ""),
        };
        let next = match social::finish(&here.kv, &here.cx, &id, callback).await {
            Ok(done) => match done.result {
                Ok(Some(sign_in)) => enter(&here, &sign_in, &done.return_to),
                Ok(None) => {
                    Flash::notice(SOCIAL, Notice::IdentityLinked).leave(&here);
                    ReturnTo::or_home(Some(&done.return_to)).to_string()
                }
                Err(error) if done.linking => not_connected(error.into()),
                Err(error) => failed(error.into(), "/sign-in", FORM, &done.return_to),
            },
            Err(error) if here.user().is_some() => not_connected(error.into()),
            Err(error) => failed(error.into(), "/sign-in", FORM, ""),
        };
        here.see_other(&next);
        Ok(().into_any())
    });
    view! { <AuthLayout title=tr("sign-in-title")>{content}</AuthLayout> }
}
