//! Which ways of signing in are on.

use crate::answer::Data;
use axum::extract::State;
use kavach_model::sign_in::Methods;
use kavach_service::Kavach;
use kavach_service::authn::methods;

/// Ways of signing in
///
/// What a sign-in page of your own may offer.
#[utoipa::path(
    get, path = "/api/auth/methods", operation_id = "listMethods", tag = "Sign-in", security(()),
    responses((status = 200, description = "Which are on", body = Data<Methods>)),
)]
pub async fn methods(State(kv): State<Kavach>) -> Data<Methods> {
    Data { data: methods::list(&kv) }
}
