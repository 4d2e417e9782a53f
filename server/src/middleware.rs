//! What every request passes before its handler and every answer after it, in one layer.
//!
//! The order: a request id, the refusals that need nothing but the head (path, host, origin), the request's facts for
//! the handler, then the handler under a time limit with panics caught; after it the error envelope, the headers
//! every answer has, and the metrics. One service and one allocation instead of a tower of layers, because
//! `authorize` goes through here too.

pub mod host;
pub mod idempotency;
pub mod origin;
pub mod page_caller;
pub mod path;
pub mod request_id;
pub mod visitor;

use crate::answer::Failure;
use crate::state::AppState;
use axum::extract::{ConnectInfo, MatchedPath, Request};
use axum::response::{IntoResponse, Response};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use http::header::{CACHE_CONTROL, STRICT_TRANSPORT_SECURITY, USER_AGENT, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use kavach_model::{ApiError, ErrorCode};
use kavach_service::context::RequestMeta;
use kavach_service::guard::client_ip::client_ip;
use request_id::REQUEST_ID;
use std::convert::Infallible;
use std::future::ready;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::panic::AssertUnwindSafe;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tower::{Layer, Service};
use tracing::Instrument as _;

/// How long a handler may take, the arrival of the body included.
const HANDLER_TIMEOUT: Duration = Duration::from_secs(30);
/// Longest `User-Agent` that is kept.
const MAX_USER_AGENT: usize = 256;
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// The answer to a captcha, where one is due.
const CAPTCHA: HeaderName = HeaderName::from_static("x-captcha-token");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");
const TWO_YEARS: HeaderValue = HeaderValue::from_static("max-age=63072000; includeSubDomains");

/// The layer around the whole router.
#[derive(Clone)]
pub struct Gate(pub AppState);

impl<S> Layer<S> for Gate {
    type Service = Gated<S>;

    fn layer(&self, inner: S) -> Gated<S> {
        Gated { state: self.0.clone(), inner }
    }
}

/// A route behind the gate.
#[derive(Clone)]
pub struct Gated<S> {
    state: AppState,
    inner: S,
}

impl<S> Service<Request> for Gated<S>
where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let route = request.extensions().get::<MatchedPath>().cloned();
        let route = route.map_or(Route::Unknown, Route::Matched);
        if idempotency::applies(&request) {
            let mut inner = self.inner.clone();
            let state = self.state.clone();
            return through(&self.state, route, request, |meta, request| async move {
                let handle = |request| certain(inner.call(request));
                idempotency::once(&state, meta.clone(), with(request, meta), handle).await
            });
        }
        through(&self.state, route, request, |meta, request| certain(self.inner.call(with(request, meta))))
    }
}

/// Where a request goes, as logs and metrics name it.
#[derive(Debug, Clone)]
pub enum Route {
    /// Found before the router was asked.
    Known(&'static str),
    /// Found by the router.
    Matched(MatchedPath),
    /// Nowhere.
    Unknown,
}

impl Route {
    /// Its template.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Known(path) => path,
            Self::Matched(path) => path.as_str(),
            Self::Unknown => "unmatched",
        }
    }
}

/// Lets a request through to its handler, or refuses it, and finishes the answer. Everything that needs only the head
/// happens at once, so that the future has little to carry.
pub fn through<H, F>(
    state: &AppState,
    route: Route,
    request: Request,
    handle: H,
) -> BoxFuture<'static, Result<Response, Infallible>>
where
    H: FnOnce(RequestMeta, Request) -> F,
    F: Future<Output = Response> + Send + 'static,
{
    let passage = Passage::new(state, route, &request);
    if let Some(refusal) = refuse(state, &request) {
        return Box::pin(ready(Ok(passage.finish(refusal))));
    }
    let meta = meta(state, &request, &passage.request_id);
    let span = span(&passage.request_id, &passage.method, passage.route.as_str());
    let handled = handle(meta, request);
    Box::pin(async move { Ok(passage.finish(guarded(handled).instrument(span).await)) })
}

/// With the facts, for whoever takes them out again.
fn with(mut request: Request, meta: RequestMeta) -> Request {
    request.extensions_mut().insert(meta);
    request
}

/// An answer that does come.
async fn certain(handled: impl Future<Output = Result<Response, Infallible>>) -> Response {
    match handled.await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// What is kept of a request until its answer.
struct Passage {
    state: AppState,
    /// None where nobody wants to know how long it takes.
    started: Option<Instant>,
    request_id: String,
    as_json: bool,
    method: Method,
    route: Route,
}

impl Passage {
    fn new(state: &AppState, route: Route, request: &Request) -> Self {
        Self {
            state: state.clone(),
            started: state.metrics().map(|_| Instant::now()),
            request_id: state.request_ids().of(request.headers()),
            as_json: path::is_json(request.uri().path()),
            method: request.method().clone(),
            route,
        }
    }

    fn finish(self, mut response: Response) -> Response {
        let Self { state, request_id, method, .. } = &self;
        if let Some(failure) = response.extensions_mut().remove::<Failure>() {
            failure.write(&mut response, request_id, self.as_json);
        }
        finish(response.headers_mut(), state.kavach().config().secure(), request_id);
        let status = response.status();
        if status.is_server_error() {
            tracing::warn!(request_id, %method, route = self.route.as_str(), status = status.as_u16(), "request failed");
        }
        if let Some(started) = self.started {
            state.request_metrics().record(method, self.route.as_str(), status, started.elapsed());
        }
        response
    }
}

/// What is refused by its head alone.
fn refuse(state: &AppState, request: &Request) -> Option<Response> {
    if !path::is_plain(request.uri().path()) {
        return Some(Failure::from(ErrorCode::NotFound).into_response());
    }
    let config = state.kavach().config();
    if !path::is_operational(request.uri().path()) && !host::is_ours(request, config) {
        let error = ApiError::new(ErrorCode::InvalidRequest).message("This host is not served here.");
        let mut response = Failure(error).into_response();
        *response.status_mut() = StatusCode::MISDIRECTED_REQUEST;
        return Some(response);
    }
    origin::is_foreign_write(request, config)
        .then(|| Failure::from(ErrorCode::OriginMismatch).into_response())
}

/// The request's facts for whoever handles it.
fn meta(state: &AppState, request: &Request, request_id: &str) -> RequestMeta {
    let headers = request.headers();
    // Without a connection (in-process calls) the address is one that nothing trusts.
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(address)| address.ip());
    // A value that is not text becomes one that is no address, so it is noticed instead of skipped.
    let forwarded = headers.get_all(FORWARDED_FOR).iter().map(|value| value.to_str().unwrap_or("unreadable"));
    let user_agent = headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
    RequestMeta {
        client_ip: client_ip(peer, forwarded, &state.kavach().config().trusted_proxies),
        user_agent: user_agent.map(|text| text[..text.len().min(MAX_USER_AGENT)].to_owned()),
        request_id: request_id.to_owned(),
        browser: None,
        language: kavach_model::Language::English,
        captcha: headers.get(CAPTCHA).and_then(|value| value.to_str().ok()).map(str::to_owned),
    }
}

/// Ids only: never a token, a body or an address. Decisions and session checks are too many to have a span at the
/// usual level.
fn span(request_id: &str, method: &Method, route: &str) -> tracing::Span {
    if route.starts_with("/api/auth/authorize") || route == "/api/auth/session" {
        tracing::debug_span!("request", id = request_id, %method, route)
    } else {
        tracing::info_span!("request", id = request_id, %method, route)
    }
}

/// The handler's answer; 500 when it panics, 503 when it takes too long.
async fn guarded(handler: impl Future<Output = Response>) -> Response {
    let caught = AssertUnwindSafe(handler).catch_unwind();
    match tokio::time::timeout(HANDLER_TIMEOUT, caught).await {
        Ok(Ok(response)) => response,
        // The panic hook has logged where.
        Ok(Err(_)) => Failure::from(ErrorCode::Internal).into_response(),
        Err(_) => Failure::from(ErrorCode::Unavailable).into_response(),
    }
}

/// Headers every answer has; a handler that set its own keeps it.
fn finish(headers: &mut HeaderMap, secure: bool, request_id: &str) {
    if let Ok(value) = HeaderValue::from_str(request_id) {
        headers.insert(REQUEST_ID, value);
    }
    headers.entry(CACHE_CONTROL).or_insert(NO_STORE);
    headers.insert(X_CONTENT_TYPE_OPTIONS, NOSNIFF);
    if secure {
        headers.entry(STRICT_TRANSPORT_SECURITY).or_insert(TWO_YEARS);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_an_ordinary_fault() {
        let response = guarded(async { panic!("canary") }).await;
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let failure = response.extensions().get::<Failure>().unwrap();
        assert!(!failure.0.message.contains("canary"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_handler_that_hangs_is_given_up() {
        let response = guarded(std::future::pending()).await;
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    }
}
