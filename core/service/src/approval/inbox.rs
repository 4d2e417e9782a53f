//! What waits for a person, as they review it: in full, what one agent asked within a short time together, and one answer
//! for all of that.
//!
//! Answering several is nothing of its own: each is decided by itself, as if it had been the only one, and has its own
//! record. Nothing is approved that was not named.

use super::{approve, deny, reach, shown, visible};
use crate::Kavach;
use crate::context::RequestContext;
use crate::error::Result;
use kavach_model::approval::{Approval, ApprovalFilter, ApprovalStatus, Approve, Deny};
use kavach_model::{AgentId, ApiError, ApprovalId, ErrorCode, PageRequest};
use std::time::Duration;

/// Questions that are shown in full at once.
pub const SHOWN: u32 = 12;
/// Most that are answered at once.
const SEVERAL: usize = 25;
/// What an agent asks within this time of its newest question is reviewed with that.
const TOGETHER: Duration = Duration::from_secs(600);

/// The answer to several questions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Each {
    /// Yes, each exactly once.
    Yes,
    /// No, and why.
    No(Option<String>),
}

/// The newest questions that wait, with their arguments. Those of one agent in one chain within ten minutes stand together.
pub async fn waiting(kv: &Kavach, cx: &RequestContext, agent: Option<AgentId>) -> Result<Vec<Vec<Approval>>> {
    let reach = reach(cx)?;
    let now = kv.clock().now();
    let filter = ApprovalFilter { status: Some(ApprovalStatus::Pending), agent };
    let page = PageRequest::new(Some(SHOWN), None).unwrap_or_default();
    let rows = kv.store().read().await?.list_approvals(reach.sponsor(), &filter, now, &page).await?.data;
    let mut questions = Vec::with_capacity(rows.len());
    for row in rows {
        // One that was altered keeps nobody from the others. It is in the list, and looking at it says so.
        if let Err(error) = shown::require_intact(kv.seal_key(), &row) {
            tracing::error!(%error, "an approval is left out of the inbox");
            continue;
        }
        questions.push(shown::whole(kv.config(), kv.seal_key(), row, now)?);
    }
    Ok(together(questions))
}

/// Puts together what belongs together; the newest first, as they come.
fn together(questions: Vec<Approval>) -> Vec<Vec<Approval>> {
    let mut batches: Vec<Vec<Approval>> = Vec::new();
    for question in questions {
        let fits = |batch: &&mut Vec<Approval>| {
            batch.first().is_some_and(|newest| {
                // Whether somebody may act for them is a question of its own.
                !newest.is_for_a_person()
                    && !question.is_for_a_person()
                    && newest.agent_id == question.agent_id
                    && newest.chain == question.chain
                    && newest.created_at <= question.created_at + TOGETHER
            })
        };
        match batches.iter_mut().find(fits) {
            Some(batch) => batch.push(question),
            None => batches.push(vec![question]),
        }
    }
    batches
}

/// Gives each of these the same answer; how many were over already, or were answered by somebody else.
pub async fn decide_each(kv: &Kavach, cx: &RequestContext, ids: &[ApprovalId], answer: &Each) -> Result<u32> {
    if !(1..=SEVERAL).contains(&ids.len()) {
        return Err(ApiError::invalid("approvals", format_args!("must be 1 to {SEVERAL}")).into());
    }
    let reach = reach(cx)?;
    let mut conn = kv.store().read().await?;
    for id in ids {
        visible(conn.find_approval(*id).await?, reach)?;
    }
    drop(conn);
    let mut missed = 0;
    for id in ids {
        let decided = match answer {
            Each::Yes => approve(kv, cx, *id, Approve::default()).await,
            Each::No(reason) => deny(kv, cx, *id, Deny { reason: reason.clone() }).await,
        };
        match decided {
            Ok(_) => {}
            Err(error) if error.code() == ErrorCode::Conflict => missed += 1,
            Err(error) => return Err(error),
        }
    }
    Ok(missed)
}
