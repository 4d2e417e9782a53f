//! The account of the person who asks.

use crate::answer::{Answer, Data, Failure};
use crate::extract::{Caller, Json};
use axum::extract::State;
use axum::response::IntoResponse as _;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use http::{HeaderValue, StatusCode};
use kavach_model::account::{AccountExport, DeleteAccount};
use kavach_model::user::{UpdateProfile, User};
use kavach_service::{Kavach, account, user};

/// Change the profile
#[utoipa::path(
    patch, path = "/api/auth/account", operation_id = "updateAccount", tag = "Account", security(("cookie" = []), ("session" = [])),
    request_body = UpdateProfile,
    responses((status = 200, description = "Changed", body = Data<User>)),
)]
pub async fn update(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Json(body): Json<UpdateProfile>,
) -> Answer<User> {
    Ok(Data { data: user::update_profile(&kv, &cx, body).await? })
}

/// Take everything along
///
/// All that is kept of the person, without secrets, for somebody who just proved who they are.
#[utoipa::path(
    get, path = "/api/auth/account/export", operation_id = "exportAccount", tag = "Account", security(("cookie" = []), ("session" = [])),
    responses((status = 200, description = "Everything", body = Data<AccountExport>)),
)]
pub async fn export(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
) -> Result<axum::response::Response, Failure> {
    let mut response = Data { data: account::export(&kv, &cx).await? }.into_response();
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_DISPOSITION,
        HeaderValue::from_static("attachment; filename=\"kavach-account.json\""),
    );
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Delete the account
///
/// For good: agents are revoked, what is known of the person is erased. For somebody who just proved who they are.
#[utoipa::path(
    delete, path = "/api/auth/account", operation_id = "deleteAccount", tag = "Account", security(("cookie" = []), ("session" = [])),
    request_body = DeleteAccount,
    responses((status = 204, description = "Deleted")),
)]
pub async fn delete(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Json(body): Json<DeleteAccount>,
) -> Result<StatusCode, Failure> {
    account::delete(&kv, &cx, body).await?;
    Ok(StatusCode::NO_CONTENT)
}
