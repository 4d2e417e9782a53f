//! `POST /oauth/device_authorization` (RFC 8628, section 3.1).

use super::{client, form};
use crate::extract::Meta;
use crate::state::AppState;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use kavach_model::device::DeviceError;
use kavach_service::context::{Caller, RequestContext};
use kavach_service::oauth::device_authorization;

pub(super) async fn begin(
    State(state): State<AppState>,
    Meta(meta): Meta,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Ok((parameters, presented)) = client::read(&headers, &body) else {
        return form::error(DeviceError::InvalidRequest);
    };
    let scopes: Vec<String> = parameters
        .get("scope")
        .map(|scope| scope.split(' ').map(str::to_owned).collect())
        .unwrap_or_default();
    // A device is nobody yet, whatever else it sent.
    let cx = RequestContext { meta, caller: Caller::Anonymous };
    match device_authorization::begin(state.kavach(), &cx, presented, &scopes).await {
        Ok(Ok(asked)) => Json(asked).into_response(),
        Ok(Err(error)) => form::error(error),
        Err(failure) => form::failure(failure),
    }
}
