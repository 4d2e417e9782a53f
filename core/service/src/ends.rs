//! What ends when the proofs of an account change: the one place that knows all of it.
//!
//! Whoever was in by the old proofs is out, and no link, code or device that was waiting opens anything afterwards.
//! Agents and API keys are not proofs of a person and go on; an administrator ends them where need be.

use crate::Kavach;
use crate::deliver::logout;
use crate::error::Result;
use crate::recovery::{enrolment, password_reset};
use kavach_model::{SessionId, Timestamp, UserId};
use kavach_store::Conn;

/// Ends every session of a person but one, and everything that could begin another. The caller commits, and has the
/// sessions forgotten.
pub(crate) async fn end_everything(
    kv: &Kavach,
    tx: &mut Conn,
    user_id: UserId,
    keep: Option<SessionId>,
    now: Timestamp,
) -> Result<()> {
    tx.revoke_other_sessions(user_id, keep, now).await?;
    logout::sessions_ended(kv, tx, user_id, now).await?;
    for purpose in [password_reset::PURPOSE, enrolment::PURPOSE] {
        tx.revoke_once(purpose, user_id, now).await?;
    }
    tx.revoke_challenges_of(user_id, now).await?;
    tx.revoke_device_grants(user_id).await?;
    tx.revoke_oauth_grants_of(user_id, None, now).await?;
    Ok(())
}
