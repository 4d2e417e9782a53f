//! What an allowed call takes from the next: calls of an hour, uses, units of a budget.
//!
//! Counts belong to an agent, a pattern and its actions, so that they survive a change of the limit. They are taken
//! all or none, in the transaction that records the decision.

use crate::crypto::token::{hex, sha256};
use kavach_model::permission::{Permission, ReasonCode};
use kavach_model::{AgentId, Timestamp};
use kavach_store::{Charge, Window};

/// Everything the permissions of an agent that decided take for one call.
pub(crate) fn charges<'a>(
    agent: AgentId,
    permissions: impl Iterator<Item = &'a Permission>,
    units: u64,
    now: Timestamp,
) -> Vec<(Charge, ReasonCode)> {
    let mut charges = Vec::new();
    for permission in permissions {
        let constraints = &permission.constraints;
        let mut add = |name: &str, limit: u64, amount: u64, window: Window, reason: ReasonCode| {
            let key = format!("{agent}:{}:{name}", subject(permission));
            charges.push((Charge { key, limit, amount, window }, reason));
        };
        if let Some(limit) = constraints.max_calls_per_hour {
            add("calls", limit, 1, Window::SlidingHour, ReasonCode::MaxCallsExceeded);
        }
        if let Some(limit) = constraints.max_uses {
            add("uses", limit, 1, Window::Forever, ReasonCode::MaxUsesExceeded);
        }
        if let Some(budget) = &constraints.budget {
            let window = Window::Since(budget.per.start_of(now));
            let name = format!("units-{}", budget.per.as_str());
            add(&name, budget.units, units, window, ReasonCode::BudgetExceeded);
        }
    }
    charges
}

/// Pattern and actions in a form of fixed length, whatever order the actions were written in.
fn subject(permission: &Permission) -> String {
    let mut actions: Vec<String> = permission.actions.iter().map(ToString::to_string).collect();
    actions.sort_unstable();
    // No action holds a space.
    hex(&sha256(&format!("{} {}", permission.resource, actions.join(" ")))[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_survives_a_change_of_its_limit_and_of_the_order_of_actions() {
        let keys = |json: &str| {
            let permission: Permission = serde_json::from_str(json).unwrap();
            let now = Timestamp::from_millis(1_764_000_000_000);
            let agent = AgentId::from_parts(now, [1; 10]);
            let charges = charges(agent, std::iter::once(&permission), 3, now);
            charges.into_iter().map(|(charge, _)| charge.key).collect::<Vec<_>>()
        };
        let first = keys(
            r#"{"resource":"a:*","actions":["x","y"],"constraints":{"maxUses":3,"budget":{"units":9,"per":"day"}}}"#,
        );
        let second = keys(
            r#"{"resource":"a:*","actions":["y","x"],"constraints":{"maxUses":7,"budget":{"units":1,"per":"day"}}}"#,
        );
        assert_eq!(first, second);
        assert_eq!(first.len(), 2);
        let other = keys(r#"{"resource":"a:b","actions":["x","y"],"constraints":{"maxUses":3}}"#);
        assert_ne!(first[0], other[0]);
    }
}
