//! The three answers: yes once, no, and yes for a while; a passkey signs a yes where there is one.

use super::Place;
use crate::components::{
    Alert, Button, ButtonKind, Disclosure, Field, FieldKind, HiddenField, PasskeyMessage, Tone, button_class,
};
use crate::form::FormState;
use crate::icon::Icon;
use crate::server_fns::approvals::IN_CONSOLE;
use kavach_model::approval::Approval;
use kavach_service::config::Config;
use leptos::prelude::*;

/// The forms below the question.
pub(super) fn forms(
    config: &Config,
    approval: &Approval,
    agent: &str,
    state: &FormState,
    place: Place,
    has_passkey: bool,
) -> impl IntoView + use<> {
    let id = approval.id.to_string();
    let back = match place {
        Place::Console => format!("/console/approvals/{id}"),
        Place::Hosted => format!("/approve/{id}"),
    };
    let required = config.approval.require_passkey;
    let once =
        has_passkey.then(|| by_passkey(&id, &back, "Approve once with a passkey", ButtonKind::Primary));
    let a_while = has_passkey
        .then(|| by_passkey(&id, &back, "Approve for a while with a passkey", ButtonKind::Secondary));
    let missing = (required && !has_passkey).then(|| {
        view! {
            <Alert tone=Tone::Warn>
                <p>
                    "Approving takes a passkey here, and you have none. "
                    <a class="link" href="/account/passkeys">"Add one"</a> " first."
                </p>
            </Alert>
        }
    });
    let place = if place == Place::Console { IN_CONSOLE } else { "" };
    let hidden = move || {
        view! { <HiddenField name="approval" value=id.clone() /> <HiddenField name="place" value=place /> }
    };
    let minutes = config.approval.redeem_within.as_secs() / 60;
    let units = if approval.units == 1 { "1 unit".to_owned() } else { format!("{} units", approval.units) };
    let allowed = format!(
        "{agent} may then {} on {} with any arguments, at most {units} a call, as often and as long as you say here. It \
         ends earlier when its permissions change or it is stopped.",
        approval.action, approval.resource
    );
    let [uses, minutes_typed] = [("uses", "5"), ("minutes", "60")].map(|(field, usual)| {
        state.typed(field).filter(|text| !text.is_empty()).unwrap_or_else(|| usual.to_owned())
    });
    let (uses_error, minutes_error) = (state.error("grant.uses"), state.error("grant.minutes"));
    let standing = state.typed("uses").is_some() || state.error("grant.uses").is_some();
    // Acting for somebody is agreed to each time.
    let for_a_while = !approval.is_for_a_person();
    view! {
        <section aria-labelledby="answer" class="space-y-6">
            <h2 id="answer" class="text-base font-semibold">"Your answer"</h2>
            {missing}
            {once}
            <div class="grid gap-6 sm:grid-cols-2">
                {(!required).then(|| view! {
                    <form method="post" action="/_fn/approvals/approve" class="flex flex-col justify-between gap-4">
                        {hidden()}
                        <p class="text-sm text-muted">
                            {format!("Exactly this call, with these arguments, once, within {minutes} minutes.")}
                        </p>
                        <Button wide=true>"Approve once"</Button>
                    </form>
                })}
                <form method="post" action="/_fn/approvals/deny" class="flex flex-col justify-between gap-4">
                    {hidden()}
                    <Field
                        label="Reason"
                        name="reason"
                        value=state.value("reason")
                        max=500
                        optional=true
                        hint="The agent is told, and it is recorded."
                        error=state.error("reason")
                    />
                    <Button kind=ButtonKind::Danger wide=true>"Deny"</Button>
                </form>
            </div>
            {for_a_while.then(|| view! { <Disclosure summary="Approve for a while instead" open=standing>
                <form method="post" action="/_fn/approvals/grant" class="space-y-4">
                    {hidden()}
                    <p class="max-w-2xl text-sm text-muted">{allowed}</p>
                    <div class="grid max-w-md grid-cols-2 items-start gap-4">
                        <Field
                            label="Uses"
                            name="uses"
                            kind=FieldKind::Number
                            value=uses
                            max=3
                            hint="1 to 100"
                            error=uses_error
                        />
                        <Field
                            label="Minutes"
                            name="minutes"
                            kind=FieldKind::Number
                            value=minutes_typed
                            max=4
                            hint="1 to 1,440"
                            error=minutes_error
                        />
                    </div>
                    {(!required).then(|| view! {
                        <Button kind=ButtonKind::Secondary>"Approve for a while"</Button>
                    })}
                    {a_while}
                </form>
            </Disclosure> })}
        </section>
    }
}

/// A button that has a passkey sign the answer. It is there where script and passkeys are.
fn by_passkey(id: &str, back: &str, label: &'static str, kind: ButtonKind) -> impl IntoView + use<> {
    view! {
        <div data-passkey="approve" data-approval=id.to_owned() data-next=back.to_owned() hidden class="space-y-3">
            <button type="button" class=button_class(kind)>{Icon::Key.view()} <span>{label}</span></button>
            <PasskeyMessage />
        </div>
    }
}
