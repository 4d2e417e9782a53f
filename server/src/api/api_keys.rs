//! API keys of the person who asks.

use super::PageQuery;
use crate::answer::{Answer, Created, Data, Done, Failure, done};
use crate::extract::{Caller, Id, Json, Query, query::page};
use crate::middleware::idempotency::Once;
use axum::Json as Body;
use axum::extract::State;
use kavach_model::api_key::{ApiKey, CreateApiKey, CreatedApiKey};
use kavach_model::{ApiKeyId, Page};
use kavach_service::{Kavach, api_key};

/// Create an API key
///
/// It acts for whoever creates it, within its scopes. Needs a fresh session; the key is shown this once.
#[utoipa::path(
    post, path = "/api/auth/api-keys", operation_id = "createApiKey", tag = "API keys",
    security(("cookie" = []), ("session" = [])),
    request_body = CreateApiKey,
    responses((status = 201, description = "Created", body = Data<CreatedApiKey>)),
)]
pub async fn create(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Once(key): Once,
    Json(body): Json<CreateApiKey>,
) -> Result<Created<CreatedApiKey>, Failure> {
    Ok(Created(api_key::create_once(&kv, &cx, body, key.as_ref()).await?))
}

/// List API keys
#[utoipa::path(
    get, path = "/api/auth/api-keys", operation_id = "listApiKeys", tag = "API keys",
    security(("cookie" = []), ("session" = []), ("apiKey" = ["keys:write"])),
    params(PageQuery),
    responses((status = 200, description = "One page", body = Page<ApiKey>)),
)]
pub async fn list(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Query(query): Query<PageQuery>,
) -> Result<Body<Page<ApiKey>>, Failure> {
    Ok(Body(api_key::list(&kv, &cx, &page(query.limit, query.cursor)?).await?))
}

/// Revoke an API key
#[utoipa::path(
    delete, path = "/api/auth/api-keys/{id}", operation_id = "revokeApiKey", tag = "API keys",
    security(("cookie" = []), ("session" = []), ("apiKey" = ["keys:write"])),
    params(("id" = ApiKeyId, Path, description = "Which key")),
    responses((status = 200, description = "Revoked", body = Data<Done>)),
)]
pub async fn revoke(State(kv): State<Kavach>, Caller(cx): Caller, Id(id): Id<ApiKeyId>) -> Answer<Done> {
    api_key::revoke(&kv, &cx, id).await?;
    Ok(done())
}
