//! The hosted pages and the console, rendered by Leptos, and the forms behind them.
//!
//! Who looks and where a write comes from is settled by the middleware before anything here runs. A form that
//! cannot be read is refused like any other malformed request, never with a fault and never with its own words in an
//! address: the error a server function could carry is dropped here.

mod social;

use crate::answer::Failure;
use crate::assets;
use crate::state::AppState;
use app::shell::shell;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{RequestExt as _, Router};
use futures::stream::{self, BoxStream, StreamExt as _};
use http::header::{
    ACCEPT, CONTENT_SECURITY_POLICY, HeaderName, LOCATION, REFERER, REFERRER_POLICY, X_FRAME_OPTIONS,
};
use http::{HeaderValue, StatusCode};
use kavach_model::ErrorCode;
use leptos::config::LeptosOptions;
use leptos::prelude::{IntoView, provide_context, use_context};
use leptos_axum::{
    LeptosRoutes as _, generate_route_list, handle_response_inner, handle_server_fns_with_context,
};
use std::pin::Pin;

/// Longest form: a thousand permissions, with all the names of their fields.
const MAX_FORM: usize = 1024 * 1024;
/// Longest answer of a provider.
const MAX_ANSWER: usize = 16 * 1024;
/// What a page may do that did not say so itself, such as a redirect: nothing.
const NOTHING: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);
/// Other sites learn nothing from us. Not `no-referrer`: with that browsers send `Origin: null` with our own forms
/// (Fetch, section 3.2), and on plain http nothing else would tell them from another site's.
const SAME_ORIGIN_REFERRER: HeaderValue = HeaderValue::from_static("same-origin");
const SAME_ORIGIN: HeaderValue = HeaderValue::from_static("same-origin");
const DENY: HeaderValue = HeaderValue::from_static("DENY");

/// Every page, `POST /_fn/...`, and the page for what is not there.
pub fn router(state: &AppState) -> Router<AppState> {
    let options = options();
    let kavach = state.kavach().clone();
    let context = move || {
        provide_context(kavach.clone());
        let language = use_context::<http::request::Parts>().map(|parts| app::i18n::of_page(&parts));
        provide_context(language.unwrap_or_default());
    };
    let page = {
        let options = options.clone();
        move || shell(&options)
    };
    let pages = generate_route_list(page.clone());
    let call = {
        let context = context.clone();
        move |request: Request| call(context.clone(), request)
    };
    let render = move |request: Request| handle_response_inner(context.clone(), page.clone(), request, whole);
    Router::new()
        .leptos_routes_with_handler(pages, render.clone())
        .route("/_fn/{*name}", post(call).layer(DefaultBodyLimit::max(MAX_FORM)))
        .route(
            "/sign-in/callback/{provider}",
            post(social::came_back).layer(DefaultBodyLimit::max(MAX_ANSWER)),
        )
        .fallback(render)
        .with_state(options)
        .layer(axum::middleware::map_response(protect))
}

/// Renders a page completely and sends nothing else. What Leptos would append are scripts that hand values to a page
/// that hydrates as a whole, and ours never do: islands bring their own.
fn whole<V: IntoView + 'static>(
    page: V,
    _scripts: Box<dyn FnOnce() -> BoxStream<'static, String> + Send>,
    _out_of_order: bool,
) -> Pin<Box<dyn Future<Output = BoxStream<'static, String>> + Send>> {
    Box::pin(async move {
        let html: String = page.to_html_stream_in_order().collect().await;
        stream::once(async move { bare(html) }).boxed()
    })
}

/// A page without the marks between its parts, by which script would find them again: nothing looks for them on a page
/// that has no islands, and of a long list they are a sixth. No text and no attribute has a mark in it, because what people
/// write is escaped.
fn bare(html: String) -> String {
    const MARK: &str = "<!>";
    if html.contains("<leptos-island") { html } else { html.replace(MARK, "") }
}

fn options() -> LeptosOptions {
    LeptosOptions::builder()
        .output_name("kavach")
        .site_pkg_dir(format!("assets/{}", assets::version()))
        .env(leptos::config::Env::PROD)
        .build()
}

/// Runs a server function. Ours answer with 303; anything else is a form that could not be read.
async fn call(context: impl Fn() + Clone + Send + 'static, request: Request) -> Response {
    let mut request = request.with_limited_body();
    // With these Leptos answers an error by sending the browser back with the error in the address.
    request.headers_mut().remove(ACCEPT);
    request.headers_mut().remove(REFERER);
    let response = handle_server_fns_with_context(context, request).await.into_response();
    let code = match response.status() {
        StatusCode::SEE_OTHER if response.headers().contains_key(LOCATION) => return response,
        StatusCode::BAD_REQUEST => ErrorCode::NotFound,
        _ => read_code(response).await,
    };
    Failure::from(code).into_response()
}

/// The code a server function refused with before it began.
async fn read_code(response: Response) -> ErrorCode {
    let body = axum::body::to_bytes(response.into_body(), 64).await.unwrap_or_default();
    let code = str::from_utf8(&body).ok().and_then(ErrorCode::parse);
    code.unwrap_or(ErrorCode::InvalidRequest)
}

/// Headers of every page; its own policy stays.
async fn protect(mut response: Response) -> Response {
    // A page that sends the browser elsewhere has nothing to show.
    if response.status() == StatusCode::SEE_OTHER {
        *response.body_mut() = Body::empty();
    }
    let headers = response.headers_mut();
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(NOTHING);
    headers.insert(REFERRER_POLICY, SAME_ORIGIN_REFERRER);
    headers.insert(X_FRAME_OPTIONS, DENY);
    // A page on which others open windows has said so itself.
    headers.entry(HeaderName::from_static("cross-origin-opener-policy")).or_insert(SAME_ORIGIN);
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), SAME_ORIGIN);
    response
}

#[cfg(test)]
mod tests {
    use super::bare;
    use leptos::prelude::*;

    #[test]
    fn marks_go_and_what_people_wrote_stays() {
        let typed = "<!>&quot;<!>".to_owned();
        let page = view! { <p title=typed.clone()>{typed.clone()} {Some("x".to_owned())}</p> }.to_html();
        let kept = bare(page.clone());
        assert!(!kept.contains("<!>"), "{kept}");
        assert_eq!(kept.matches("&lt;!&gt;").count(), 4, "{kept}");
        assert_eq!(bare(format!("<leptos-island>{page}")), format!("<leptos-island>{page}"));
    }
}
