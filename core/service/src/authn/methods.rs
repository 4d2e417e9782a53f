//! Which ways of signing in are on, for pages that offer them.

use crate::Kavach;
use crate::authn::passkey;
use crate::authn::phone_otp;
use crate::authn::social;
use crate::guard::captcha;
use kavach_model::sign_in::{Method, Methods};

/// What is on.
pub fn list(kv: &Kavach) -> Methods {
    let on = |method| kv.config().methods.is_on(method);
    Methods {
        email_password: on(Method::EmailPassword),
        username_password: on(Method::UsernamePassword),
        magic_link: on(Method::MagicLink),
        email_otp: on(Method::EmailOtp),
        phone_otp: phone_otp::is_available(kv),
        passkey: on(Method::Passkey) && passkey::is_possible(kv),
        totp: on(Method::Totp),
        anonymous: on(Method::Anonymous),
        google_one_tap: on(Method::GoogleOneTap) && kv.config().google.client_id.is_some(),
        siwe: on(Method::Siwe),
        device: on(Method::Device),
        password_reset: on(Method::PasswordReset),
        social: on(Method::Social) && !kv.config().social.is_empty(),
        providers: social::providers(kv),
        captcha: captcha::info(kv),
    }
}
