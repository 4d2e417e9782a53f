//! People, for administrators.

use super::PageQuery;
use crate::answer::{Answer, Data, Failure};
use crate::extract::{Caller, Id, Query, query::page};
use axum::Json as Body;
use axum::extract::State;
use kavach_model::user::User;
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
