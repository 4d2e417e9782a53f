//! The account of the person who asks.

use crate::answer::{Answer, Data};
use crate::extract::{Caller, Json};
use axum::extract::State;
use kavach_model::user::{UpdateProfile, User};
use kavach_service::{Kavach, user};

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
