//! The kill switch.

use crate::answer::{Answer, Data};
use crate::extract::{Caller, Id, Json};
use axum::extract::State;
use kavach_model::StopId;
use kavach_model::kill_switch::{KillSwitch, Killed, Stop};
use kavach_service::{Kavach, agent::kill_switch};

/// Pull the kill switch
///
/// Stops one agent, an agent with everything below it, all of an owner, a resource, or everything. Agents are suspended
/// unless `revoke` is true; a resource and everything are held until the stop is lifted, for administrators. Only in a
/// session in which the person just proved who they are.
#[utoipa::path(
    post, path = "/api/auth/kill-switch", operation_id = "pullKillSwitch", tag = "Kill switch",
    security(("cookie" = []), ("session" = [])),
    request_body = KillSwitch,
    responses((status = 200, description = "Stopped", body = Data<Killed>)),
)]
pub async fn pull(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Json(body): Json<KillSwitch>,
) -> Answer<Killed> {
    Ok(Data { data: kill_switch::pull(&kv, &cx, body).await? })
}

/// List what is held
///
/// Resource patterns on which everything is stopped, newest first; for administrators.
#[utoipa::path(
    get, path = "/api/auth/kill-switch", operation_id = "listStops", tag = "Kill switch",
    security(("cookie" = []), ("session" = []), ("apiKey" = ["agents:read"])),
    responses((status = 200, description = "What is held", body = Data<Vec<Stop>>)),
)]
pub async fn list(State(kv): State<Kavach>, Caller(cx): Caller) -> Answer<Vec<Stop>> {
    Ok(Data { data: kill_switch::list(&kv, &cx).await? })
}

/// Lift a stop
///
/// For administrators who just proved who they are.
#[utoipa::path(
    delete, path = "/api/auth/kill-switch/{id}", operation_id = "liftStop", tag = "Kill switch",
    security(("cookie" = []), ("session" = [])),
    params(("id" = StopId, Path, description = "Which stop")),
    responses((status = 200, description = "Lifted", body = Data<Stop>)),
)]
pub async fn lift(State(kv): State<Kavach>, Caller(cx): Caller, Id(id): Id<StopId>) -> Answer<Stop> {
    Ok(Data { data: kill_switch::lift(&kv, &cx, id).await? })
}
