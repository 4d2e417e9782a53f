//! Answering what an agent asked.

use super::id;
use crate::error::Refused;
use crate::flash::Flash;
use crate::form::Form;
use crate::sentences::Notice;
use kavach_model::approval::{self as model, Approval};
use kavach_model::{ApiError, ApprovalId};
use kavach_service::approval::inbox::{self, Each};
use leptos::prelude::*;

/// The forms that answer, and the note on the page after one did.
pub const APPROVAL_FORM: &str = "approval";
/// What a form on a page of the console says of its place.
pub const IN_CONSOLE: &str = "console";
/// What a form of the inbox says of its place.
pub const IN_INBOX: &str = "inbox";

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
    let form = form.keep("approval", if place == IN_INBOX { &approval } else { "" });
    let reason = said(reason);
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

/// Approves each of several questions, once. They are named by their identifiers, with spaces between them.
#[server(prefix = "/_fn", endpoint = "approvals/approve-several")]
pub async fn approve_several(#[server(default)] approvals: String) -> Result<(), Refused> {
    several(&approvals, &Each::Yes, Notice::ApprovedSeveral).await
}

/// Denies each of several questions.
#[server(prefix = "/_fn", endpoint = "approvals/deny-several")]
pub async fn deny_several(
    #[server(default)] approvals: String,
    #[server(default)] reason: String,
) -> Result<(), Refused> {
    several(&approvals, &Each::No(said(reason)), Notice::DeniedSeveral).await
}

async fn several(approvals: &str, answer: &Each, done: Notice) -> Result<(), Refused> {
    let form = Form::posted(APPROVAL_FORM, LIST)?;
    let ids: Result<Vec<ApprovalId>, ApiError> = approvals.split_whitespace().map(id).collect();
    let result = match ids {
        Ok(ids) => {
            inbox::decide_each(&form.here.kv, &form.here.cx, &ids, answer).await.map_err(ApiError::from)
        }
        Err(error) => Err(error),
    };
    form.answer(result, |here, missed| {
        let notice = if missed == 0 { done } else { Notice::AnsweredSome };
        Flash::notice(APPROVAL_FORM, notice).leave(here);
        LIST.to_owned()
    })
}

fn said(reason: String) -> Option<String> {
    Some(reason).filter(|reason| !reason.trim().is_empty())
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
        _ if place == IN_INBOX => LIST.to_owned(),
        Ok(id) if place == IN_CONSOLE => format!("{LIST}/{id}"),
        Ok(id) => format!("/approve/{id}"),
        Err(_) => LIST.to_owned(),
    }
}
