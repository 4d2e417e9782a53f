//! What on the first page of the console wants a person: approvals that wait, denials that are many more than usual, and
//! how far the audit log is signed. Each is one look at little; nothing here counts a table that grows.

use crate::Kavach;
use crate::approval;
use crate::context::RequestContext;
use crate::error::Result;
use kavach_model::Timestamp;
use kavach_model::api_key::Scope;
use kavach_model::overview::Hour;

/// Denials in an hour that are never many.
const FEW: u64 = 10;
/// So many times more than usual are many.
const TIMES: u64 = 3;

/// What wants a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attention {
    /// Approvals that wait; at most 100.
    pub waiting: u64,
    /// Denials that are many.
    pub spike: Option<Spike>,
    /// How far the log is signed, and since when; nothing of a log that is empty.
    pub signed: Option<Signed>,
    /// Whether sealing found the log changed.
    pub damaged: bool,
}

/// Many more denials than usual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spike {
    /// The hour that began last but has as many.
    pub hour: Hour,
    /// Denials in an hour of the day before it, in the mean.
    pub usual: u64,
}

/// How far the log is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signed {
    /// Records under the signature.
    pub size: u64,
    /// When it was made.
    pub at: Timestamp,
}

/// Looks at each; `hours` are those of the overview, oldest first.
pub async fn attention(kv: &Kavach, cx: &RequestContext, hours: &[Hour]) -> Result<Attention> {
    cx.require_reach(Scope::AuditRead)?;
    let waiting = approval::count_waiting(kv, cx).await?;
    let signed = kv.store().read().await?.last_audit_checkpoint().await?;
    Ok(Attention {
        waiting,
        spike: spike(hours),
        signed: signed.map(|last| Signed { size: last.size, at: last.at }),
        damaged: kv.ledger().damage().is_some(),
    })
}

/// The last hour, or the one before while that is young, if it has many more denials than the hours before.
fn spike(hours: &[Hour]) -> Option<Spike> {
    let recent = hours.len().saturating_sub(2);
    hours.iter().enumerate().skip(recent).rev().find_map(|(index, hour)| {
        let before = hours.get(..index).filter(|before| !before.is_empty())?;
        let usual = before.iter().map(|hour| hour.denied).sum::<u64>() / before.len() as u64;
        (hour.denied >= FEW && hour.denied > usual * TIMES).then_some(Spike { hour: *hour, usual })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(denied: &[u64]) -> Vec<Hour> {
        let hour = |(index, denied): (usize, &u64)| Hour {
            at: Timestamp::from_millis(index as i64 * 3_600_000),
            allowed: 5,
            denied: *denied,
        };
        denied.iter().enumerate().map(hour).collect()
    }

    #[test]
    fn many_more_denials_than_usual_are_noticed_and_usual_ones_are_not() {
        let found = |denied: &[u64]| spike(&day(denied)).map(|spike| (spike.hour.denied, spike.usual));
        assert_eq!(found(&[]), None);
        assert_eq!(found(&[40]), None, "of one hour nothing is usual");
        assert_eq!(found(&[1, 2, 3, 9]), None, "few");
        assert_eq!(found(&[10, 12, 11, 30]), None, "many, as always");
        assert_eq!(found(&[1, 2, 3, 40]), Some((40, 2)));
        assert_eq!(found(&[1, 2, 40, 0]), Some((40, 1)), "a young hour hides nothing");
        assert_eq!(found(&[1, 40, 0, 0]), None, "long ago");
    }
}
