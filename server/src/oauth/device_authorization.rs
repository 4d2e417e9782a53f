//! `POST /oauth/device_authorization` (RFC 8628, section 3.1).

use super::form;
use crate::extract::Meta;
use crate::state::AppState;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use kavach_model::device::DeviceError;
use kavach_service::context::{Caller, RequestContext};
use kavach_service::device;

pub(super) async fn begin(
    State(state): State<AppState>,
    Meta(meta): Meta,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(form) = form::parameters(&headers, &body) else {
        return form::error(DeviceError::InvalidRequest);
    };
    let Some(client_id) = form.get("client_id") else { return form::error(DeviceError::InvalidRequest) };
    let scopes: Vec<String> =
        form.get("scope").map(|scope| scope.split(' ').map(str::to_owned).collect()).unwrap_or_default();
    // A device is nobody yet, whatever else it sent.
    let cx = RequestContext { meta, caller: Caller::Anonymous };
    match device::begin(state.kavach(), &cx, client_id, &scopes).await {
        Ok(Ok(asked)) => Json(asked).into_response(),
        Ok(Err(error)) => form::error(error),
        Err(failure) => form::failure(failure),
    }
}
