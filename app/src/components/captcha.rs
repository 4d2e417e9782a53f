//! A captcha within a form, where one is due.

use crate::context::Here;
use crate::form::FormState;
use crate::i18n::tr;
use crate::third_parties::captcha_script;
use kavach_model::ErrorCode;
use kavach_model::captcha::CaptchaProvider;
use kavach_service::guard::captcha::{self, Action};
use leptos::prelude::*;

/// Shows a captcha where one is due: always, or after the form came back for want of one. Its answer is in the field
/// `captcha_token`.
#[component]
pub fn CaptchaField(
    /// What the form does.
    action: Action,
    /// The form.
    state: FormState,
) -> impl IntoView {
    let here = Here::get()?;
    let info = captcha::info(&here.kv)?;
    let missed = matches!(state.code(), Some(ErrorCode::CaptchaRequired | ErrorCode::CaptchaFailed));
    (info.always || missed).then(|| {
        let sum = captcha::challenge(&here.kv, action).ok();
        let script = captcha_script(info.provider, here.kv.config());
        let own = info.provider == CaptchaProvider::Pow;
        view! {
            <div
                data-captcha
                data-provider=provider_name(info.provider)
                data-site-key=info.site_key
                data-action=action.as_str()
                data-script=script
                data-challenge=sum.as_ref().map(|sum| sum.challenge.clone())
                data-difficulty=sum.as_ref().map(|sum| sum.difficulty.to_string())
                data-working=tr("captcha-working")
                data-done=tr("captcha-done")
                class="space-y-2"
            >
                <input type="hidden" name="captcha_token" value="" />
                <div data-widget></div>
                <p role="status" class="text-sm text-muted">
                    {if own { tr("captcha-working") } else { tr("captcha-theirs") }}
                </p>
                <noscript>
                    <p class="text-sm text-muted">{tr("captcha-no-script")}</p>
                </noscript>
            </div>
        }
    })
}

const fn provider_name(provider: CaptchaProvider) -> &'static str {
    match provider {
        CaptchaProvider::Turnstile => "turnstile",
        CaptchaProvider::RecaptchaV2 => "recaptcha_v2",
        CaptchaProvider::RecaptchaV3 => "recaptcha_v3",
        CaptchaProvider::Hcaptcha => "hcaptcha",
        CaptchaProvider::Pow => "pow",
    }
}
