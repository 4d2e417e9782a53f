//! Having a server looked at.

use crate::error::Refused;
use crate::form::Form;
use crate::links::with_query;
use kavach_model::ApiError;
use leptos::prelude::*;

/// The form.
pub const FORM: &str = "doctor";

const PAGE: &str = "/console/doctor";

/// Looks at a server and shows what was found.
#[server(prefix = "/_fn", endpoint = "doctor/run")]
pub async fn run(#[server(default)] address: String) -> Result<(), Refused> {
    let form = Form::posted(FORM, PAGE)?.keep("address", &address);
    let result = kavach_service::oauth::doctor::run(&form.here.kv, &form.here.cx, address.trim()).await;
    form.answer(result.map_err(ApiError::from), |_, report| with_query(PAGE, &[("report", report.expose())]))
}
