//! The servers that tokens are for, for administrators.

use crate::answer::{Answer, Created, Data, Done, Failure, done};
use crate::extract::{Caller, Id, Json};
use axum::extract::State;
use kavach_model::ResourceId;
use kavach_model::oauth::{CreateResource, OAuthResource};
use kavach_service::Kavach;
use kavach_service::oauth::resources;

/// Add a server
///
/// Its address is the audience of its tokens. Administrators with a fresh session.
#[utoipa::path(
    post, path = "/api/auth/resources", operation_id = "createResource", tag = "OAuth",
    security(("cookie" = []), ("session" = [])),
    request_body = CreateResource,
    responses((status = 201, description = "Added", body = Data<OAuthResource>)),
)]
pub async fn create(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Json(body): Json<CreateResource>,
) -> Result<Created<OAuthResource>, Failure> {
    Ok(Created(resources::create(&kv, &cx, body).await?))
}

/// List servers
///
/// Administrators.
#[utoipa::path(
    get, path = "/api/auth/resources", operation_id = "listResources", tag = "OAuth",
    security(("cookie" = []), ("session" = []), ("apiKey" = ["users:read"])),
    responses((status = 200, description = "All of them", body = Data<Vec<OAuthResource>>)),
)]
pub async fn list(State(kv): State<Kavach>, Caller(cx): Caller) -> Answer<Vec<OAuthResource>> {
    Ok(Data { data: resources::list(&kv, &cx).await? })
}

/// Take a server out
///
/// No more tokens are issued for it. Administrators with a fresh session.
#[utoipa::path(
    delete, path = "/api/auth/resources/{id}", operation_id = "deleteResource", tag = "OAuth",
    security(("cookie" = []), ("session" = [])),
    params(("id" = ResourceId, Path, description = "Which server")),
    responses((status = 200, description = "Taken out", body = Data<Done>)),
)]
pub async fn delete(State(kv): State<Kavach>, Caller(cx): Caller, Id(id): Id<ResourceId>) -> Answer<Done> {
    resources::delete(&kv, &cx, id).await?;
    Ok(done())
}
