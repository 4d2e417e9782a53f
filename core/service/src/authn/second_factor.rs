//! Which second factor an account asks for.

use crate::Kavach;
use crate::error::Result;
use kavach_model::UserId;
use kavach_model::sign_in::{Factor, Method};
use kavach_store::Conn;

/// What a person may bring as their second factor; nothing when the account has none. A switch that is off takes the
/// method away for everybody, so an account whose only second factor it is signs in without.
pub(crate) async fn due(kv: &Kavach, tx: &mut Conn, user_id: UserId) -> Result<Vec<Factor>> {
    let enrolled = tx.find_second_factors(user_id).await?;
    let mut factors = Vec::new();
    if enrolled.totp && kv.config().methods.is_on(Method::Totp) {
        factors.push(Factor::Totp);
        if enrolled.backup_codes {
            factors.push(Factor::BackupCode);
        }
        if enrolled.passkeys && kv.config().methods.is_on(Method::Passkey) {
            factors.push(Factor::Passkey);
        }
    }
    Ok(factors)
}
