//! Answering what an agent asked.

use super::id;
use crate::error::Refused;
use crate::flash::Flash;
use crate::form::Form;
use crate::sentences::Notice;
use kavach_model::approval::{self as model, Approval};
use kavach_model::{ApiError, ApprovalId};
use leptos::prelude::*;

/// The forms that answer, and the note on the page after one did.
pub const APPROVAL_FORM: &str = "approval";
/// What a form on a page of the console says of its place.
pub const IN_CONSOLE: &str = "console";

const LIST: &str = "/console/approvals";

/// Approves exactly what was asked, once.
#[server(prefix = "/_fn", endpoint = "approvals/approve")]
pub async fn approve(
    #[server(default)] approval: String,
    #[server(default)] place: String,
) -> Result<(), Refused> {
    let form = Form::posted(APPROVAL_FORM, page(&approval, &place))?;
    let result = say_yes(&form, &approval, model::Approve::default()).await;
    form.answer(result, |here, _| {
        Flash::notice(APPROVAL_FORM, Notice::ApprovedOnce).leave(here);
        page(&approval, &place)
    })
}

/// Approves it and its like, for a time.
#[server(prefix = "/_fn", endpoint = "approvals/grant")]
pub async fn grant(
    #[server(default)] approval: String,
    #[server(default)] place: String,
    #[server(default)] uses: String,
    #[server(default)] minutes: String,
) -> Result<(), Refused> {
    let form =
        Form::posted(APPROVAL_FORM, page(&approval, &place))?.keep("uses", &uses).keep("minutes", &minutes);
    let result = match standing(&uses, &minutes) {
        Ok(grant) => {
            say_yes(&form, &approval, model::Approve { grant: Some(grant), ..model::Approve::default() })
                .await
        }
        Err(error) => Err(error),
    };
    form.answer(result, |here, _| {
        Flash::notice(APPROVAL_FORM, Notice::ApprovedGrant).leave(here);
        page(&approval, &place)
    })
}

/// Denies it.
#[server(prefix = "/_fn", endpoint = "approvals/deny")]
pub async fn deny(
    #[server(default)] approval: String,
    #[server(default)] place: String,
    #[server(default)] reason: String,
) -> Result<(), Refused> {
    let form = Form::posted(APPROVAL_FORM, page(&approval, &place))?.keep("reason", &reason);
    let reason = Some(reason).filter(|reason| !reason.trim().is_empty());
    let result = match id::<ApprovalId>(&approval) {
        Ok(id) => kavach_service::approval::deny(&form.here.kv, &form.here.cx, id, model::Deny { reason })
            .await
            .map_err(ApiError::from),
        Err(error) => Err(error),
    };
    form.answer(result, |here, _| {
        Flash::notice(APPROVAL_FORM, Notice::ApprovalDenied).leave(here);
        page(&approval, &place)
    })
}

async fn say_yes(form: &Form, approval: &str, answer: model::Approve) -> Result<Approval, ApiError> {
    let id: ApprovalId = id(approval)?;
    Ok(kavach_service::approval::approve(&form.here.kv, &form.here.cx, id, answer).await?)
}

/// Reads a standing grant; its bounds are the service's to know.
fn standing(uses: &str, minutes: &str) -> Result<model::Grant, ApiError> {
    let number = |field: &'static str, text: &str| {
        text.trim().parse().map_err(|_| ApiError::invalid(field, "is not a number"))
    };
    Ok(model::Grant { uses: number("grant.uses", uses)?, minutes: number("grant.minutes", minutes)? })
}

/// The page the form stands on; the list when the identifier is not one.
fn page(approval: &str, place: &str) -> String {
    match approval.parse::<ApprovalId>() {
        Ok(id) if place == IN_CONSOLE => format!("{LIST}/{id}"),
        Ok(id) => format!("/approve/{id}"),
        Err(_) => LIST.to_owned(),
    }
}
