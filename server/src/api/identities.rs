//! Who a person is elsewhere: listed, taken away.

use crate::answer::{Answer, Data, Done, done};
use crate::extract::{Caller, Id, NoBody};
use axum::extract::State;
use kavach_model::IdentityId;
use kavach_model::identity::Identity;
use kavach_service::Kavach;
use kavach_service::authn::identity;

/// List identities elsewhere
///
/// Accounts at providers, and wallets, that are ways into this account.
#[utoipa::path(
    get, path = "/api/auth/account/identities", operation_id = "listIdentities", tag = "Account", security(("cookie" = []), ("session" = [])),
    responses((status = 200, description = "The identities, oldest first", body = Data<Vec<Identity>>)),
)]
pub async fn list(State(kv): State<Kavach>, Caller(cx): Caller) -> Answer<Vec<Identity>> {
    Ok(Data { data: identity::list(&kv, &cx).await? })
}

/// Unlink an identity
///
/// Needs a fresh session; every other session ends. The last way into an account is not taken away.
#[utoipa::path(
    delete, path = "/api/auth/account/identities/{id}", operation_id = "unlinkIdentity", tag = "Account", security(("cookie" = []), ("session" = [])),
    params(("id" = IdentityId, Path, description = "Which")),
    responses((status = 200, description = "Unlinked", body = Data<Done>)),
)]
pub async fn unlink(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Id(id): Id<IdentityId>,
    _: NoBody,
) -> Answer<Done> {
    identity::unlink(&kv, &cx, id).await?;
    Ok(done())
}
