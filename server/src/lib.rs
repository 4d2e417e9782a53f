//! The doors of Kavach: the JSON API, the hosted pages, the operational endpoints, and what starts them.
//!
//! Everything is reached through [`router`], which tests call in process. It holds no rule of its own: who may do what
//! is decided in `kavach_service`.

mod answer;
mod api;
mod assets;
mod branding;
pub mod cli;
pub mod config;
mod credentials;
mod extract;
mod front;
mod log;
pub mod metrics;
mod middleware;
mod oauth;
pub mod openapi;
mod operations;
mod serve;
mod state;
mod web;
mod well_known;

pub use front::Front;
pub use state::AppState;

use axum::Router;
use axum::routing::any;

/// Every route over this state.
pub fn router(state: AppState) -> Front {
    Front::new(state.clone(), routes(state))
}

fn routes(state: AppState) -> Router {
    let meet = axum::middleware::from_fn_with_state(state.clone(), middleware::visitor::meet);
    let (api, document) = openapi::api(|sign_in| sign_in.layer(meet.clone()));
    let api = api
        .merge(openapi::routes(document))
        .method_not_allowed_fallback(api::method_not_allowed)
        .route("/api", any(api::not_found))
        .route("/api/", any(api::not_found))
        .route("/api/{*rest}", any(api::not_found))
        .route("/access/{*rest}", any(api::not_found));
    let pages = web::router(&state)
        .layer(axum::middleware::from_fn_with_state(state.clone(), middleware::page_caller::page_caller))
        .layer(meet.clone());
    Router::new()
        .merge(api)
        .merge(oauth::routes())
        .merge(operations::routes())
        .merge(well_known::routes())
        .merge(assets::routes())
        .merge(branding::routes(state.kavach().config()))
        .merge(pages)
        .layer(middleware::Gate(state.clone()))
        .with_state(state)
}
