//! Two-step verification: setting up the app, the backup codes, switching it off.

use crate::components::{
    Alert, Button, ButtonKind, ButtonLink, Card, CopyField, Disclosure, Field, FieldKind, PageHeader, Time,
    Tone, button_class,
};
use crate::form::FormState;
use crate::i18n::{tr, tr_with};
use crate::layouts::{AccountPart, account_page};
use crate::pages::{FormAlert, query};
use crate::reveal;
use crate::server_fns::two_step::{BACKUP_CODES, PAGE, TWO_STEP_FORM};
use kavach_model::two_step::{TotpEnrolment, TwoStep};
use kavach_model::{ErrorCode, Timestamp};
use kavach_service::authn::{methods, totp};
use leptos::prelude::*;

/// `/account/two-step`
#[component]
pub fn TwoStepPage() -> impl IntoView {
    let confirming = query("step") == "confirm";
    account_page(AccountPart::Security, move |here, _| async move {
        if !methods::list(&here.kv).totp {
            return Err(ErrorCode::NotFound.into());
        }
        let state = FormState::of(&here, TWO_STEP_FORM);
        let proposed = if confirming { totp::proposed(&here.kv, &here.cx).await? } else { None };
        let status = totp::status(&here.kv, &here.cx).await?;
        let body = match (proposed, status.totp_since) {
            (Some(proposed), _) => set_up(proposed, &state),
            (None, Some(since)) => on(since, &status),
            (None, None) => off(),
        };
        Ok(view! {
            <PageHeader title=tr("two-step-title") hint=tr("two-step-hint") />
            <FormAlert state=state />
            {body}
        }
        .into_any())
    })
}

fn off() -> AnyView {
    view! {
        <Card title=tr("two-step-off")>
            <form method="post" action="/_fn/two-step/enroll" class="space-y-4">
                <p class="text-sm text-muted">{tr("two-step-off-hint")}</p>
                <Button>{tr("two-step-set-up")}</Button>
            </form>
        </Card>
    }
    .into_any()
}

fn on(since: Timestamp, status: &TwoStep) -> AnyView {
    let left = tr_with("two-step-left", &[("left", status.backup_codes_left.into())]);
    let tone = if status.backup_codes_left < 3 { Tone::Warn } else { Tone::Neutral };
    view! {
        <Alert tone=Tone::Good><p>{tr("two-step-on-since")} " " <Time at=since /></p></Alert>
        <div class="grid items-start gap-6 lg:grid-cols-2">
            <Card title=tr("two-step-codes-title") hint=tr("two-step-codes-hint")>
                <form method="post" action="/_fn/two-step/codes" class="space-y-4">
                    <Alert tone=tone><p>{left}</p></Alert>
                    <Button kind=ButtonKind::Secondary>{tr("two-step-codes-new")}</Button>
                </form>
            </Card>
            <div class="space-y-6">
                <Card title=tr("two-step-another") hint=tr("two-step-another-hint")>
                    <form method="post" action="/_fn/two-step/enroll">
                        <Button kind=ButtonKind::Secondary>{tr("two-step-set-up")}</Button>
                    </form>
                </Card>
                <Card title=tr("two-step-remove-title")>
                    <Disclosure summary=tr("two-step-remove")>
                        <form method="post" action="/_fn/two-step/disable" class="space-y-4">
                            <Alert tone=Tone::Warn><p>{tr("two-step-remove-warning")}</p></Alert>
                            <Button kind=ButtonKind::Danger>{tr("two-step-remove")}</Button>
                        </form>
                    </Disclosure>
                </Card>
            </div>
        </div>
    }
    .into_any()
}

fn set_up(proposed: TotpEnrolment, state: &FormState) -> AnyView {
    let TotpEnrolment { secret, otpauth_uri, qr_svg } = proposed;
    let error = state.error("code");
    view! {
        <div class="grid items-start gap-6 lg:grid-cols-2">
            <Card title=tr("two-step-scan")>
                <div class="space-y-5">
                    // White around it in the dark too: cameras look for that. A picture on a phone opens the app.
                    <a href=otpauth_uri class="block w-fit rounded-lg bg-white p-2">
                        <span role="img" aria-label=tr("two-step-qr") class="block size-52 [&>svg]:size-full" inner_html=qr_svg></span>
                    </a>
                    <CopyField label=tr("two-step-secret") id="secret" value=secret />
                </div>
            </Card>
            <Card title=tr("two-step-confirm")>
                <form method="post" action="/_fn/two-step/confirm" class="space-y-5">
                    <Field
                        label=tr("second-factor-code")
                        name="code"
                        kind=FieldKind::Code
                        autocomplete="one-time-code"
                        max=20
                        error=error
                    />
                    <div class="flex flex-wrap gap-2">
                        <Button>{tr("two-step-confirm-button")}</Button>
                        <ButtonLink href=PAGE kind=ButtonKind::Quiet>{tr("two-step-cancel")}</ButtonLink>
                    </div>
                </form>
            </Card>
        </div>
    }
    .into_any()
}

/// `/account/two-step/codes`: shown for the only time.
#[component]
pub fn BackupCodesPage() -> impl IntoView {
    account_page(AccountPart::Security, |here, _| async move {
        let state = FormState::of(&here, TWO_STEP_FORM);
        let Some(codes) = reveal::take(&here, BACKUP_CODES) else { return Ok(gone()) };
        let list = codes.lines().map(|code| view! { <li class="py-1">{code.to_owned()}</li> }).collect_view();
        let lines = codes.lines().count().to_string();
        Ok(view! {
            <PageHeader title=tr("two-step-shown-title") />
            <FormAlert state=state />
            <Alert tone=Tone::Warn><p>{tr("two-step-shown-warning")}</p></Alert>
            <Card>
                <div class="space-y-6">
                    <ol class="grid max-w-md grid-cols-1 gap-x-8 font-mono text-lg sm:grid-cols-2">{list}</ol>
                    <textarea id="codes" hidden readonly rows=lines>{codes.clone()}</textarea>
                    <div class="flex flex-wrap gap-2">
                        <ButtonLink href=PAGE>{tr("two-step-shown-stored")}</ButtonLink>
                        <button type="button" hidden data-copies="codes" class=button_class(ButtonKind::Secondary)>
                            <span data-label aria-live="polite" data-done=tr("copy-done")>{tr("copy")}</span>
                        </button>
                        <a
                            href=format!("data:text/plain;charset=utf-8,{}", codes.replace('\n', "%0A"))
                            download="kavach-backup-codes.txt"
                            class=button_class(ButtonKind::Secondary)
                        >
                            {tr("two-step-shown-download")}
                        </a>
                    </div>
                </div>
            </Card>
        }
        .into_any())
    })
}

fn gone() -> AnyView {
    view! {
        <PageHeader title=tr("two-step-codes-title") />
        <Card>
            <div class="space-y-4">
                <p class="text-muted">{tr("two-step-shown-gone")}</p>
                <ButtonLink href=PAGE>{tr("two-step-title")}</ButtonLink>
            </div>
        </Card>
    }
    .into_any()
}
