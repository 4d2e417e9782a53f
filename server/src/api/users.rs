//! People, for administrators.

use super::PageQuery;
use crate::answer::{Answer, Data, Failure};
use crate::extract::{Caller, Id, Json, NoBody, Query, query::page};
use axum::Json as Body;
use axum::extract::State;
use kavach_model::user::{HandOver, HandedOver, User};
use kavach_model::{Page, UserId};
use kavach_service::{Kavach, user};

/// List people
///
/// For administrators, newest first.
#[utoipa::path(
    get, path = "/api/auth/users", operation_id = "listUsers", tag = "People",
    security(("cookie" = []), ("session" = []), ("apiKey" = ["users:read"])),
    params(PageQuery),
    responses((status = 200, description = "One page", body = Page<User>)),
)]
pub async fn list(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Query(query): Query<PageQuery>,
) -> Result<Body<Page<User>>, Failure> {
    Ok(Body(user::list(&kv, &cx, &page(query.limit, query.cursor)?).await?))
}

/// Get a person
///
/// Oneself, or anybody for administrators.
#[utoipa::path(
    get, path = "/api/auth/users/{id}", operation_id = "getUser", tag = "People",
    security(("cookie" = []), ("session" = []), ("apiKey" = ["users:read"])),
    params(("id" = UserId, Path, description = "Which person")),
    responses((status = 200, description = "The person", body = Data<User>)),
)]
pub async fn get(State(kv): State<Kavach>, Caller(cx): Caller, Id(id): Id<UserId>) -> Answer<User> {
    Ok(Data { data: user::get(&kv, &cx, id).await? })
}

/// Switch an account off
///
/// No sign-in, no session, no API key, and none of that person's agents may do anything. For administrators who just
/// proved who they are.
#[utoipa::path(
    post, path = "/api/auth/users/{id}/disable", operation_id = "disableUser", tag = "People",
    security(("cookie" = []), ("session" = [])),
    params(("id" = UserId, Path, description = "Which person")),
    responses((status = 200, description = "Switched off", body = Data<User>)),
)]
pub async fn disable(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Id(id): Id<UserId>,
    _: NoBody,
) -> Answer<User> {
    Ok(Data { data: user::disable(&kv, &cx, id).await? })
}

/// Switch an account on again
///
/// Its agents go on where they were. For administrators who just proved who they are.
#[utoipa::path(
    post, path = "/api/auth/users/{id}/enable", operation_id = "enableUser", tag = "People",
    security(("cookie" = []), ("session" = [])),
    params(("id" = UserId, Path, description = "Which person")),
    responses((status = 200, description = "Switched on", body = Data<User>)),
)]
pub async fn enable(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Id(id): Id<UserId>,
    _: NoBody,
) -> Answer<User> {
    Ok(Data { data: user::enable(&kv, &cx, id).await? })
}

/// Hand a person's agents over
///
/// Somebody else answers for all of them from now on. For administrators who just proved who they are.
#[utoipa::path(
    post, path = "/api/auth/users/{id}/hand-over", operation_id = "handOverAgents", tag = "People",
    security(("cookie" = []), ("session" = [])),
    params(("id" = UserId, Path, description = "Which person")),
    request_body = HandOver,
    responses((status = 200, description = "Handed over", body = Data<HandedOver>)),
)]
pub async fn hand_over(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Id(id): Id<UserId>,
    Json(body): Json<HandOver>,
) -> Answer<HandedOver> {
    Ok(Data { data: user::hand_over(&kv, &cx, id, body.to).await? })
}
