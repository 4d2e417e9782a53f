//! What stands before the router: the doors that are knocked at thousands of times a second.
//!
//! To find a route among hundreds and to hand a request on from layer to layer costs about as much as the decision itself.
//! So these few are found by their exact path and method first. They pass the same gate and have the same handlers; any
//! other spelling or method of theirs, and everything else, is the router's.

use crate::answer::Failure;
use crate::api::{authorize, sessions};
use crate::extract::{AgentBearer, Caller, Json, Meta};
use crate::middleware::{Route, through};
use crate::state::AppState;
use axum::Router;
use axum::extract::{FromRequest, Request, State};
use axum::response::{IntoResponse, Response};
use futures::future::BoxFuture;
use http::Method;
use kavach_service::context::RequestMeta;
use std::convert::Infallible;
use std::task::{Context, Poll};
use tower::Service;

/// All of the program's doors.
#[derive(Clone)]
pub struct Front {
    state: AppState,
    router: Router,
}

impl Front {
    pub(crate) fn new(state: AppState, router: Router) -> Self {
        Self { state, router }
    }
}

impl Service<Request> for Front {
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // A router always is.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let state = self.state.clone();
        match (request.method(), request.uri().path()) {
            (&Method::POST, "/api/auth/authorize/token") => {
                through(&self.state, Route::Known("/api/auth/authorize/token"), request, |meta, request| {
                    answer(by_token(state, meta, request))
                })
            }
            (&Method::POST, "/api/auth/authorize") => {
                through(&self.state, Route::Known("/api/auth/authorize"), request, |meta, request| {
                    answer(decide(state, meta, request))
                })
            }
            (&Method::GET, "/api/auth/session") => {
                through(&self.state, Route::Known("/api/auth/session"), request, |meta, request| {
                    answer(session(state, meta, request))
                })
            }
            _ => Box::pin(self.router.call(request)),
        }
    }
}

async fn by_token(state: AppState, meta: RequestMeta, request: Request) -> Result<Response, Failure> {
    let token = AgentBearer::of(request.headers())?;
    let body = Json::from_request(request, &()).await?;
    let kv = State(state.kavach().clone());
    Ok(authorize::by_token(kv, Meta(meta), token, body).await.into_response())
}

async fn decide(state: AppState, meta: RequestMeta, request: Request) -> Result<Response, Failure> {
    let caller = Caller::of(&state, meta, request.headers()).await?;
    let body = Json::from_request(request, &()).await?;
    Ok(authorize::decide(State(state.kavach().clone()), caller, body).await.into_response())
}

async fn session(state: AppState, meta: RequestMeta, request: Request) -> Result<Response, Failure> {
    let caller = Caller::of(&state, meta, request.headers()).await?;
    Ok(sessions::current(State(state.kavach().clone()), caller).await.into_response())
}

async fn answer(handled: impl Future<Output = Result<Response, Failure>>) -> Response {
    handled.await.unwrap_or_else(IntoResponse::into_response)
}
