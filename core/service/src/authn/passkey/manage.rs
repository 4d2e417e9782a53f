//! A person's passkeys: seen, named, taken away. The last way in is never taken away.

use super::registration::shown;
use super::relying_party::handle;
use crate::authn::credential_change::{self, CredentialChange};
use crate::authn::ways_in;
use crate::context::RequestContext;
use crate::error::Result;
use crate::{Kavach, audit, names};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kavach_model::audit::AuditKind;
use kavach_model::passkey::{Passkey, RenamePasskey};
use kavach_model::{ErrorCode, Page, PageRequest, PasskeyId};

/// The passkeys of the person of the session, newest first.
pub async fn list(kv: &Kavach, cx: &RequestContext, page: &PageRequest) -> Result<Page<Passkey>> {
    let user_id = cx.require_session()?.user.id;
    Ok(kv.store().read().await?.list_passkeys(user_id, page).await?.map(shown))
}

/// Calls a passkey something else.
pub async fn rename(
    kv: &Kavach,
    cx: &RequestContext,
    id: PasskeyId,
    request: RenamePasskey,
) -> Result<Passkey> {
    let caller = cx.require_session()?;
    let name = names::parse("name", &request.name, 100)?;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    let row = tx.rename_passkey(caller.user.id, id, &name).await?.ok_or(ErrorCode::NotFound)?;
    let mut event = cx.event(AuditKind::PasskeyRenamed, now);
    event.user_id = Some(caller.user.id);
    event.resource = Some(id.to_string());
    tx.append_audit(&[audit::draft(kv, event, Some(caller.user.id))]).await?;
    tx.commit().await?;
    Ok(shown(row))
}

/// Takes a passkey away, unless it is the only way in.
pub async fn remove(kv: &Kavach, cx: &RequestContext, id: PasskeyId) -> Result<()> {
    let caller = cx.require_fresh()?;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    tx.hold_user(caller.user.id).await?;
    if !tx.delete_passkey(caller.user.id, id).await? {
        return Err(ErrorCode::NotFound.into());
    }
    ways_in::require_one(kv, &mut tx, caller.user.id).await?;
    credential_change::note(kv, cx, &mut tx, caller, CredentialChange::PasskeyRemoved, now).await?;
    tx.commit().await?;
    credential_change::spread(kv);
    Ok(())
}

/// What a browser tells a password manager about the passkeys that are known here (section 5.1.10).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signals {
    /// The domain.
    pub rp_id: String,
    /// How authenticators know the account, as base64url.
    pub user_handle: String,
    /// All that are accepted, as base64url.
    pub credential_ids: Vec<String>,
}

/// What to tell about the passkeys of the person of the session; nothing where there can be none.
pub async fn signals(kv: &Kavach, cx: &RequestContext) -> Result<Option<Signals>> {
    let user_id = cx.require_session()?.user.id;
    let Some(rp_id) = kv.config().passkey.domain(&kv.config().public_url) else { return Ok(None) };
    let rows = kv.store().read().await?.list_passkeys(user_id, &PageRequest::default()).await?.data;
    Ok(Some(Signals {
        rp_id,
        user_handle: URL_SAFE_NO_PAD.encode(handle(user_id).as_bytes()),
        credential_ids: rows.into_iter().map(|row| row.credential_id).collect(),
    }))
}
