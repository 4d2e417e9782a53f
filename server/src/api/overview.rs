//! The state of things at a glance.

use crate::answer::{Answer, Data};
use crate::extract::Caller;
use axum::extract::State;
use kavach_model::overview::Overview;
use kavach_service::{Kavach, overview};

/// The state of things
///
/// Counts and the newest denials: over everything for administrators, over their own for everyone else.
#[utoipa::path(
    get, path = "/api/auth/overview", operation_id = "getOverview", tag = "Audit",
    security(("cookie" = []), ("session" = []), ("apiKey" = ["audit:read"])),
    responses((status = 200, description = "The state", body = Data<Overview>)),
)]
pub async fn get(State(kv): State<Kavach>, Caller(cx): Caller) -> Answer<Overview> {
    Ok(Data { data: overview::get(&kv, &cx).await? })
}
