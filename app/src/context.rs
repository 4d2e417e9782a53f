//! What a page or a server function knows about the request it answers.

use crate::return_to::ReturnTo;
use http::StatusCode;
use http::header::{HeaderName, HeaderValue, LOCATION, REFERER};
use http::request::Parts;
use kavach_model::Timestamp;
use kavach_model::user::User;
use kavach_service::Kavach;
use kavach_service::context::RequestContext;
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

/// The service, who asks, and the answer being put together.
#[derive(Clone)]
pub struct Here {
    /// The service.
    pub kv: Kavach,
    /// Who asks, from where.
    pub cx: RequestContext,
    parts: Parts,
    response: ResponseOptions,
}

impl Here {
    /// The request being answered; None while routes are listed, and where the server forgot to say who asks.
    pub fn get() -> Option<Self> {
        let parts = use_context::<Parts>()?;
        let cx = parts.extensions.get::<RequestContext>()?.clone();
        Some(Self { kv: use_context()?, cx, parts, response: use_context()? })
    }

    /// The person who is signed in.
    pub fn user(&self) -> Option<&User> {
        self.cx.user()
    }

    /// The person's identifier as text; empty for nobody.
    pub fn person(&self) -> String {
        self.user().map(|user| user.id.to_string()).unwrap_or_default()
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        self.kv.clock().now()
    }

    /// Path and query of the page asked for.
    pub fn path_and_query(&self) -> &str {
        self.parts.uri.path_and_query().map_or("/", |path| path.as_str())
    }

    /// Path of the page asked for.
    pub fn path(&self) -> &str {
        self.parts.uri.path()
    }

    /// The page of ours whose link led here, when the browser says so.
    pub fn came_from(&self) -> Option<ReturnTo> {
        let page = self.parts.headers.get(REFERER)?.to_str().ok()?;
        ReturnTo::parse(page.strip_prefix(self.kv.config().public_url.as_str())?)
    }

    /// The value of a cookie the browser sent.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        crate::cookies::value(&self.parts.headers, name)
    }

    /// Answers with this status.
    pub fn set_status(&self, status: StatusCode) {
        self.response.set_status(status);
    }

    /// Adds a header to the answer; text a header cannot hold is left out.
    pub fn append_header(&self, name: HeaderName, value: &str) {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.response.append_header(name, value);
        }
    }

    /// Sends the browser to another page of ours, with a GET.
    pub fn see_other(&self, path: &str) {
        if let Ok(path) = HeaderValue::from_str(path) {
            self.response.insert_header(LOCATION, path);
            self.response.set_status(StatusCode::SEE_OTHER);
        }
    }
}
