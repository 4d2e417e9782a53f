//! The last way into an account is not taken away.

use crate::Kavach;
use crate::error::Result;
use kavach_model::sign_in::Method;
use kavach_model::{ErrorCode, UserId};
use kavach_store::{Conn, WaysIn};

/// Refuses a removal, done already in the caller's transaction, that would leave no way in.
pub(crate) async fn require_one(kv: &Kavach, tx: &mut Conn, user_id: UserId) -> Result<()> {
    if any(kv, tx.hold_ways_in(user_id).await?) { Ok(()) } else { Err(ErrorCode::LastWayIn.into()) }
}

/// Whether somebody with these can begin to sign in, by what is switched on.
fn any(kv: &Kavach, ways: WaysIn) -> bool {
    let on = |method| kv.config().methods.is_on(method);
    let social = on(Method::Social) || on(Method::GoogleOneTap);
    (ways.email_password && on(Method::EmailPassword))
        || (ways.username_password && on(Method::UsernamePassword))
        || (ways.email && (on(Method::MagicLink) || on(Method::EmailOtp)))
        || (ways.phone && on(Method::PhoneOtp))
        || (ways.passkeys > 0 && on(Method::Passkey))
        || (ways.wallets > 0 && on(Method::Siwe))
        || (ways.identities > 0 && social)
}
