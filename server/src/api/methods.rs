//! Which ways of signing in are on.

use crate::answer::Data;
use serde::Serialize;

/// The ways of signing in.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Methods {
    /// E-mail address and password.
    pub email_password: bool,
}

/// Ways of signing in
///
/// What a sign-in page of your own may offer.
#[utoipa::path(
    get, path = "/api/auth/methods", operation_id = "listMethods", tag = "Sign-in", security(()),
    responses((status = 200, description = "Which are on", body = Data<Methods>)),
)]
pub async fn methods() -> Data<Methods> {
    Data { data: Methods { email_password: true } }
}
