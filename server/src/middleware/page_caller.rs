//! Who looks at a page. Pages and server functions know people by their cookie alone and find the
//! [`RequestContext`](kavach_service::context::RequestContext) among the request's extensions.

use crate::answer::Failure;
use crate::credentials;
use crate::extract::Meta;
use crate::state::AppState;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use kavach_service::context::{self, Presented};

/// The layer around the pages.
pub async fn page_caller(
    State(state): State<AppState>,
    Meta(meta): Meta,
    mut request: Request,
    next: Next,
) -> Response {
    let cookie = credentials::cookie(request.headers(), state.kavach().config().cookie_name());
    match context::authenticate(state.kavach(), meta, Presented { cookie, bearer: None }).await {
        Ok(context) => {
            request.extensions_mut().insert(context);
            next.run(request).await
        }
        Err(error) => Failure::from(error).into_response(),
    }
}
