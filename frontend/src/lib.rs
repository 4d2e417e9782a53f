//! The browser's entry point: it wakes the islands of `app` that the server has already drawn.
//!
//! It has no view and no logic of its own. Pages without an island never load it.

// Linked for its islands: each one exports a function that the page's loader calls by name.
use app as _;
use wasm_bindgen::prelude::wasm_bindgen;

/// Called once by the loader script, after the module is ready and before any island is.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}
