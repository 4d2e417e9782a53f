//! Which ways of signing in are on. One that is off is closed at every door.

use kavach_model::sign_in::Method;
use serde::{Deserialize, Serialize};

macro_rules! switches {
    ($($(#[$doc:meta])* $field:ident = $method:ident,)*) => {
        /// `[methods]`: a switch for each way of signing in, all on unless said otherwise.
        #[derive(Debug, Clone, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct Methods { $($(#[$doc])* pub $field: bool,)* }

        impl Default for Methods {
            fn default() -> Self {
                Self { $($field: true,)* }
            }
        }

        impl Methods {
            /// Whether a way of signing in is on.
            pub const fn is_on(&self, method: Method) -> bool {
                match method { $(Method::$method => self.$field,)* }
            }
        }
    };
}

switches! {
    /// E-mail address and password.
    email_password = EmailPassword,
    /// User name and password.
    username_password = UsernamePassword,
    /// A link in a mail.
    magic_link = MagicLink,
    /// A code in a mail.
    email_otp = EmailOtp,
    /// A code in a text message.
    phone_otp = PhoneOtp,
    /// Passkeys.
    passkey = Passkey,
    /// Codes of an authenticator app as a second factor.
    totp = Totp,
    /// Guests.
    anonymous = Anonymous,
    /// Google One Tap; also needs `google.client_id`.
    google_one_tap = GoogleOneTap,
    /// Sign-In With Ethereum.
    siwe = Siwe,
    /// Device authorization.
    device = Device,
    /// Choosing another password by mail.
    password_reset = PasswordReset,
    /// Signing in at another provider; also needs one to be configured.
    social = Social,
}
