//! Choosing the language of the pages.

use crate::context::Here;
use crate::cookies;
use crate::error::Refused;
use crate::return_to::ReturnTo;
use kavach_model::{ErrorCode, Language};
use leptos::prelude::*;

/// Keeps a language in this browser, and for the account of whoever is signed in.
#[server(prefix = "/_fn", endpoint = "language")]
pub async fn choose_language(
    #[server(default)] language: String,
    #[server(default)] page: String,
) -> Result<(), Refused> {
    let here = Here::get().ok_or(Refused(ErrorCode::Internal))?;
    if let Some(language) = Language::parse(&language) {
        cookies::keep_language(&here, language);
        if here.user().is_some() {
            // The page is shown in that language either way: nothing depends on whether the account keeps it.
            drop(kavach_service::user::choose_language(&here.kv, &here.cx, language).await);
        }
    }
    let page = ReturnTo::any_page(&page);
    here.see_other(page.as_ref().map_or("/", ReturnTo::as_str));
    Ok(())
}
