//! Apps that ask for tokens, for administrators.

use super::PageQuery;
use crate::answer::{Answer, Created, Data, Done, Failure, done};
use crate::extract::{Caller, Id, Json, NoBody, Query, query::page};
use axum::Json as Body;
use axum::extract::State;
use kavach_model::oauth::{CreateClient, CreatedClient, OAuthClient};
use kavach_model::{ClientId, Page};
use kavach_service::Kavach;
use kavach_service::oauth::clients;

/// Register a client
///
/// Administrators with a fresh session. The secret, where the client has one, is shown this once.
#[utoipa::path(
    post, path = "/api/auth/clients", operation_id = "createClient", tag = "OAuth",
    security(("cookie" = []), ("session" = [])),
    request_body = CreateClient,
    responses((status = 201, description = "Registered", body = Data<CreatedClient>)),
)]
pub async fn create(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Json(body): Json<CreateClient>,
) -> Result<Created<CreatedClient>, Failure> {
    Ok(Created(clients::create(&kv, &cx, body).await?))
}

/// List clients
///
/// Those that registered themselves and those that publish a document, too. Administrators.
#[utoipa::path(
    get, path = "/api/auth/clients", operation_id = "listClients", tag = "OAuth",
    security(("cookie" = []), ("session" = []), ("apiKey" = ["users:read"])),
    params(PageQuery),
    responses((status = 200, description = "One page", body = Page<OAuthClient>)),
)]
pub async fn list(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Query(query): Query<PageQuery>,
) -> Result<Body<Page<OAuthClient>>, Failure> {
    Ok(Body(clients::list(&kv, &cx, &page(query.limit, query.cursor)?).await?))
}

/// Delete a client
///
/// Everything it was granted ends. Administrators with a fresh session.
#[utoipa::path(
    delete, path = "/api/auth/clients/{id}", operation_id = "deleteClient", tag = "OAuth",
    security(("cookie" = []), ("session" = [])),
    params(("id" = ClientId, Path, description = "Which client")),
    responses((status = 200, description = "Deleted", body = Data<Done>)),
)]
pub async fn delete(State(kv): State<Kavach>, Caller(cx): Caller, Id(id): Id<ClientId>) -> Answer<Done> {
    clients::delete(&kv, &cx, &id.to_string()).await?;
    Ok(done())
}

/// Switch a client off
///
/// Everything it was granted ends, and it gets nothing more. Administrators with a fresh session.
#[utoipa::path(
    post, path = "/api/auth/clients/{id}/disable", operation_id = "disableClient", tag = "OAuth",
    security(("cookie" = []), ("session" = [])),
    params(("id" = ClientId, Path, description = "Which client")),
    responses((status = 200, description = "Off", body = Data<Done>)),
)]
pub async fn disable(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Id(id): Id<ClientId>,
    _: NoBody,
) -> Answer<Done> {
    clients::set_disabled(&kv, &cx, &id.to_string(), true).await?;
    Ok(done())
}

/// Switch a client on again
///
/// What it was granted before stays ended. Administrators with a fresh session.
#[utoipa::path(
    post, path = "/api/auth/clients/{id}/enable", operation_id = "enableClient", tag = "OAuth",
    security(("cookie" = []), ("session" = [])),
    params(("id" = ClientId, Path, description = "Which client")),
    responses((status = 200, description = "On", body = Data<Done>)),
)]
pub async fn enable(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Id(id): Id<ClientId>,
    _: NoBody,
) -> Answer<Done> {
    clients::set_disabled(&kv, &cx, &id.to_string(), false).await?;
    Ok(done())
}
