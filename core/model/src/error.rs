//! The only error that travels: a stable code, a sentence, and where there is one the field at fault.
//!
//! Clients branch on [`ErrorCode`]; sentences may change. OAuth endpoints speak RFC 6749 instead.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $status:literal, $message:literal;)*) => {
        /// What went wrong, stable across versions.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum ErrorCode { $($(#[$doc])* $name,)* }

        impl ErrorCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The code as it travels.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The HTTP status that goes with it.
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* }
            }

            /// What to say when there is nothing more precise to say.
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$name => $message,)* }
            }

            /// Reads a code; None for anything that is not one of ours.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$name),)* _ => None }
            }
        }
    };
}

codes! {
    /// The body is not JSON, or not text, or a header is malformed.
    InvalidRequest = "invalid_request", 400, "The request could not be read.";
    /// A field is missing, unknown, of the wrong type or out of range.
    ValidationFailed = "validation_failed", 422, "A field is not valid.";
    /// The field is known, but this version does not support it.
    NotSupported = "not_supported", 422, "This is not supported yet.";
    /// No credential, or one that is unknown, expired or of the wrong class.
    Unauthenticated = "unauthenticated", 401, "Sign in or send a valid token.";
    /// Wrong password or unknown person: never told apart.
    InvalidCredentials = "invalid_credentials", 401, "The e-mail address or password is not right.";
    /// One factor is proven and the second is not.
    MfaRequired = "mfa_required", 401, "Finish signing in with your second factor first.";
    /// A code that is wrong, used up, expired or was tried too often: never told apart.
    CodeInvalid = "code_invalid", 401, "This code is not right, or has expired.";
    /// A passkey that nobody here has, or has any more.
    PasskeyUnknown = "passkey_unknown", 401, "This passkey is not known here.";
    /// What a passkey signed is not what was asked, or was asked too long ago.
    PasskeyInvalid = "passkey_invalid", 401, "The passkey was not accepted. Try again.";
    /// What another service, a wallet or a provider says of a person cannot be verified: never told why.
    ProofInvalid = "proof_invalid", 401, "This sign-in could not be verified. Start again.";
    /// The credential is valid and does not reach this far.
    Forbidden = "forbidden", 403, "This credential may not do that.";
    /// The person must prove again that it is they.
    ReauthenticationRequired = "reauthentication_required", 403, "Confirm your password to go on.";
    /// What is asked for takes a passkey.
    PasskeyRequired = "passkey_required", 403, "This takes a passkey.";
    /// A way of signing in that is switched off here.
    MethodDisabled = "method_disabled", 403, "This way of signing in is switched off.";
    /// A captcha is due first; send its answer in the header X-Captcha-Token.
    CaptchaRequired = "captcha_required", 403, "Show first that you are not a program.";
    /// The captcha's answer does not hold, or nobody could look at it.
    CaptchaFailed = "captcha_failed", 403, "The check that you are not a program has failed. Try again.";
    /// A browser request from another site.
    OriginMismatch = "origin_mismatch", 403, "The request came from another site.";
    /// There is nothing here, or nothing this credential may see.
    NotFound = "not_found", 404, "There is nothing here.";
    /// The route exists and does not take this method.
    MethodNotAllowed = "method_not_allowed", 405, "This route does not take that method.";
    /// The state does not allow it.
    Conflict = "conflict", 409, "That is not possible in the present state.";
    /// Without it, its person could not sign in any more.
    LastWayIn = "last_way_in", 409, "This is the only way into the account. Add another first.";
    /// An account holds the address already, and nothing shows that it is the same person's.
    IdentityConflict = "identity_conflict", 409, "An account with this address exists. Sign in the way you did before, then link this one on your account page.";
    /// The same Idempotency-Key came with another body.
    IdempotencyConflict = "idempotency_conflict", 409, "This Idempotency-Key was used with another request.";
    /// A one-time link or code that is used up, expired or unknown.
    LinkInvalid = "link_invalid", 410, "This link was used already or has expired.";
    /// More than 64 KiB.
    PayloadTooLarge = "payload_too_large", 413, "The body is larger than 64 KiB.";
    /// A body that is not `application/json`.
    UnsupportedMediaType = "unsupported_media_type", 415, "Send the body as application/json.";
    /// A permission that the agent it would come from does not have.
    ExceedsParent = "exceeds_parent", 422, "A permission goes beyond what the agent it comes from may do.";
    /// Too few characters.
    PasswordTooShort = "password_too_short", 422, "The password is too short.";
    /// Too many characters.
    PasswordTooLong = "password_too_long", 422, "The password is longer than 1,024 characters.";
    /// Known from a leak or from the lists attackers try first.
    PasswordBreached = "password_breached", 422, "This password is known from a data breach. Choose another.";
    /// Made of the product's or the person's own name.
    PasswordContextual = "password_contextual", 422, "The password must not contain your name, address or the name of this service.";
    /// Too many tries.
    RateLimited = "rate_limited", 429, "Too many tries. Wait a moment.";
    /// Asked again before the interval was over.
    SlowDown = "slow_down", 429, "Asked again too soon. Wait for the interval.";
    /// A fault of ours.
    Internal = "internal", 500, "Something went wrong on our side.";
    /// The database or another part we need cannot be reached. Whether a write was done is not known.
    Unavailable = "unavailable", 503, "The service is not available right now. Try again in a moment.";
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// An error as it travels inside `{"error": ...}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[error("{code}: {message}")]
pub struct ApiError {
    /// What went wrong.
    pub code: ErrorCode,
    /// A sentence for people.
    pub message: String,
    /// Where it went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<ErrorDetails>,
    /// The request, as the log knows it.
    #[serde(default)]
    pub request_id: String,
}

/// Where it went wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ErrorDetails {
    /// The field at fault, as a path: `permissions[1].resource`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Seconds until another try makes sense.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
}

impl ApiError {
    /// An error with its standard sentence.
    pub fn new(code: ErrorCode) -> Self {
        Self { code, message: code.sentence().to_owned(), details: None, request_id: String::new() }
    }

    /// The same error with a more precise sentence.
    #[must_use]
    pub fn message(mut self, message: impl Into<String>) -> Self {
        self.message = message.into();
        self
    }

    /// The same error, naming the field at fault.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.details.get_or_insert_default().field = Some(field.into());
        self
    }

    /// A field that is not valid, and why.
    pub fn invalid(field: impl Into<String>, why: impl fmt::Display) -> Self {
        let field = field.into();
        Self::new(ErrorCode::ValidationFailed).message(format!("{field}: {why}")).field(field)
    }

    /// A field this version knows of and does not support.
    pub fn not_supported(field: impl Into<String>) -> Self {
        let field = field.into();
        Self::new(ErrorCode::NotSupported)
            .message(format!("{field} is not supported by this version."))
            .field(field)
    }

    /// Too many tries; come back after so many seconds.
    pub fn rate_limited(retry_after: u64) -> Self {
        Self::new(ErrorCode::RateLimited).after(retry_after)
    }

    /// Asked too soon; come back after so many seconds.
    pub fn slow_down(retry_after: u64) -> Self {
        Self::new(ErrorCode::SlowDown).after(retry_after)
    }

    fn after(mut self, seconds: u64) -> Self {
        self.details.get_or_insert_default().retry_after = Some(seconds);
        self
    }
}

impl From<ErrorCode> for ApiError {
    fn from(code: ErrorCode) -> Self {
        Self::new(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_reads_back_and_serialises_as_written() {
        for code in ErrorCode::ALL {
            assert_eq!(ErrorCode::parse(code.as_str()), Some(*code));
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
        }
        assert_eq!(ErrorCode::parse("call this number"), None);
    }

    #[test]
    fn a_field_is_named_in_sentence_and_details() {
        let error = ApiError::invalid("permissions[1].resource", "an empty segment");
        assert_eq!(error.message, "permissions[1].resource: an empty segment");
        assert_eq!(error.details.unwrap().field.as_deref(), Some("permissions[1].resource"));
    }
}
