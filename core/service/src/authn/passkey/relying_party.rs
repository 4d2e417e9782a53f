//! Whom passkeys are made for.

use crate::error::Result;
use crate::{Error, Kavach};
use kavach_model::sign_in::Method;
use kavach_model::{ErrorCode, UserId};
use std::time::Duration;
use url::Url;
use webauthn_rs::prelude::Uuid;
use webauthn_rs::{Webauthn, WebauthnBuilder};

/// Time for a person to touch a key; the browser is told, and the challenge lives as long.
pub(super) const TIME: Duration = Duration::from_secs(300);

/// The relying party of this instance; refused where passkeys are switched off or can not be.
pub(crate) fn relying_party(kv: &Kavach) -> Result<Webauthn> {
    kv.require_method(Method::Passkey)?;
    let config = kv.config();
    let rp_id = config.passkey.domain(&config.public_url).ok_or(ErrorCode::MethodDisabled)?;
    let fault = |error: &dyn std::fmt::Display| Error::Fault(format!("passkeys: {error}"));
    let origin = Url::parse(&config.public_url).map_err(|error| fault(&error))?;
    WebauthnBuilder::new(&rp_id, &origin)
        .map(|builder| builder.rp_name("Kavach").timeout(TIME))
        .and_then(WebauthnBuilder::build)
        .map_err(|error| fault(&error))
}

/// Whether there can be passkeys: not where `public_url` has a bare address.
pub(crate) fn is_possible(kv: &Kavach) -> bool {
    kv.config().passkey.domain(&kv.config().public_url).is_some()
}

/// How authenticators know an account: a handle that says nothing about its person.
pub(super) fn handle(user_id: UserId) -> Uuid {
    Uuid::from_u128(user_id.as_u128())
}
