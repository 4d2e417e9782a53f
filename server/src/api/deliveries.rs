//! Messages on their way, for administrators.

use crate::answer::{Answer, Data, Done, Failure, done};
use crate::extract::{Caller, Id, Json, NoBody, Query, query::page};
use axum::Json as Body;
use axum::extract::State;
use kavach_model::Page;
use kavach_model::delivery::{Delivery, DeliveryState, TestSend, TestSent};
use kavach_model::id::MessageId;
use kavach_service::Kavach;
use kavach_service::deliver::deliveries;
use serde::Deserialize;
use utoipa::IntoParams;

/// Which messages.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeliveryQuery {
    /// What became of them.
    state: Option<DeliveryState>,
    /// Rows wanted: 1 to 200, 50 when absent.
    limit: Option<u32>,
    /// The `nextCursor` of the page before.
    cursor: Option<String>,
}

/// List messages
///
/// Mails, text messages and webhook calls, and what became of each. What they say is told to nobody.
#[utoipa::path(
    get, path = "/api/auth/deliveries", operation_id = "listDeliveries", tag = "Deliveries", security(("cookie" = []), ("session" = []), ("apiKey" = ["users:read"])),
    params(DeliveryQuery),
    responses((status = 200, description = "Newest first", body = Page<Delivery>)),
)]
pub async fn list(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Query(query): Query<DeliveryQuery>,
) -> Result<Body<Page<Delivery>>, Failure> {
    let page = page(query.limit, query.cursor)?;
    Ok(Body(deliveries::list(&kv, &cx, query.state, &page).await?))
}

/// Try a dead message again
#[utoipa::path(
    post, path = "/api/auth/deliveries/{id}/retry", operation_id = "retryDelivery", tag = "Deliveries", security(("cookie" = []), ("session" = [])),
    params(("id" = MessageId, Path, description = "Which message")),
    responses((status = 200, description = "It will be tried again", body = Data<Done>)),
)]
pub async fn retry(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Id(id): Id<MessageId>,
    _: NoBody,
) -> Answer<Done> {
    deliveries::retry(&kv, &cx, id).await?;
    Ok(done())
}

/// Send a mail to try the settings
///
/// At once; the answer says what the mail server said. Needs a fresh session.
#[utoipa::path(
    post, path = "/api/auth/admin/test-mail", operation_id = "testMail", tag = "Deliveries", security(("cookie" = []), ("session" = [])),
    request_body = TestSend,
    responses((status = 200, description = "What became of it", body = Data<TestSent>)),
)]
pub async fn test_mail(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Json(body): Json<TestSend>,
) -> Answer<TestSent> {
    Ok(Data { data: deliveries::test_mail(&kv, &cx, body).await? })
}

/// Send a text message to try the settings
///
/// At once; the answer says what the receiver said. Needs a fresh session.
#[utoipa::path(
    post, path = "/api/auth/admin/test-sms", operation_id = "testSms", tag = "Deliveries", security(("cookie" = []), ("session" = [])),
    request_body = TestSend,
    responses((status = 200, description = "What became of it", body = Data<TestSent>)),
)]
pub async fn test_sms(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Json(body): Json<TestSend>,
) -> Answer<TestSent> {
    Ok(Data { data: deliveries::test_sms(&kv, &cx, body).await? })
}
