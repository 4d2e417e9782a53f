//! The second step of a sign-in. Whoever has taken the first is led here from everywhere until it is done.

use crate::components::{Button, ButtonKind, Field, FieldKind, HiddenField, PasskeyButton, PasskeyUse};
use crate::form::FormState;
use crate::i18n::tr;
use crate::layouts::AuthLayout;
use crate::links::with_query;
use crate::load;
use crate::pages::{FormAlert, query};
use crate::return_to::ReturnTo;
use crate::server_fns::two_step::{SECOND_FACTOR, SECOND_FACTOR_FORM};
use kavach_model::sign_in::Factor;
use kavach_service::authn::second_step;
use leptos::prelude::*;

/// `/sign-in/second-factor`
#[component]
pub fn SecondFactor() -> impl IntoView {
    let asked = query("return_to");
    let backup = query("use") == "backup";
    let content = load::open(move |here| async move {
        let return_to = ReturnTo::or_home(Some(&asked));
        let carried = if return_to.is_home() { String::new() } else { return_to.to_string() };
        if here.user().is_some() {
            here.see_other(return_to.as_str());
            return Ok(().into_any());
        }
        if here.cx.pending().is_none() {
            here.see_other(&with_query("/sign-in", &[("return_to", &carried)]));
            return Ok(().into_any());
        }
        let factors = second_step::factors(&here.kv, &here.cx).await?;
        let state = FormState::of(&here, SECOND_FACTOR_FORM);
        let backup = backup && factors.contains(&Factor::BackupCode);
        let passkey = factors.contains(&Factor::Passkey).then(|| view! {
            <PasskeyButton action=PasskeyUse::SignIn label=tr("second-factor-passkey") next=return_to.as_str() />
        });
        let other = factors.contains(&Factor::BackupCode).then(|| {
            let (which, label) =
                if backup { ("", tr("second-factor-use-app")) } else { ("backup", tr("second-factor-use-backup")) };
            let href = with_query(SECOND_FACTOR, &[("use", which), ("return_to", &carried)]);
            view! { <p class="text-sm"><a href=href class="inline-block py-0.5 font-medium text-accent underline">{label}</a></p> }
        });
        Ok(view! {
            <div class="space-y-6">
                <div class="space-y-1">
                    <h1 class="text-2xl font-semibold">{tr("second-factor-title")}</h1>
                    <p class="text-sm text-muted">
                        {if backup { tr("second-factor-backup") } else { tr("second-factor-app") }}
                    </p>
                </div>
                <FormAlert state=state.clone() />
                <form method="post" action="/_fn/sign-in/second-factor" class="space-y-5">
                    <HiddenField name="return_to" value=carried.clone() />
                    {code_field(backup, state.error("code"))}
                    <Button wide=true>{tr("second-factor-continue")}</Button>
                </form>
                {passkey}
                {other}
                <form method="post" action="/_fn/sign-out">
                    <Button kind=ButtonKind::Quiet wide=true>{tr("second-factor-cancel")}</Button>
                </form>
            </div>
        }
        .into_any())
    });
    view! { <AuthLayout title=tr("second-factor-title")>{content}</AuthLayout> }
}

fn code_field(backup: bool, error: Option<String>) -> AnyView {
    if backup {
        view! {
            <HiddenField name="use" value="backup" />
            <Field label=tr("second-factor-backup-code") name="code" max=40 error=error focus=true />
        }
        .into_any()
    } else {
        view! {
            <Field
                label=tr("second-factor-code")
                name="code"
                kind=FieldKind::Code
                autocomplete="one-time-code"
                max=20
                error=error
                focus=true
            />
        }
        .into_any()
    }
}
