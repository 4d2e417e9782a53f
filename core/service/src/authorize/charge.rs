//! What an allowed call takes from the next: calls of an hour, uses, units of a budget.
//!
//! Counts belong to an agent or a delegation, a pattern and its actions, so that they survive a change of the limit,
//! and what is counted at a link is counted for everybody below it together. They are taken all or none, in the
//! transaction that records the decision.

use super::route::{Holder, Route};
use crate::crypto::token::{hex, sha256};
use kavach_model::permission::{Permission, ReasonCode};
use kavach_model::{AgentId, Timestamp};
use kavach_store::{Charge, Window};

/// What is too little when a charge cannot be taken, and whose.
pub(crate) type Shortage = (ReasonCode, AgentId);

/// Everything the permissions that decided, at every link, take for one call.
pub(crate) fn charges(route: &Route<'_>, units: u64, now: Timestamp) -> Vec<(Charge, Shortage)> {
    let mut charges = Vec::new();
    for (holder, permission) in route.conditional() {
        take(&mut charges, holder, permission, units, now);
    }
    charges
}

/// What one permission alone takes.
pub(crate) fn of_permission(
    holder: Holder,
    permission: &Permission,
    units: u64,
    now: Timestamp,
) -> Vec<(Charge, Shortage)> {
    let mut charges = Vec::new();
    take(&mut charges, holder, permission, units, now);
    charges
}

fn take(
    charges: &mut Vec<(Charge, Shortage)>,
    holder: Holder,
    permission: &Permission,
    units: u64,
    now: Timestamp,
) {
    let owner = holder.delegation.map_or_else(|| holder.agent.to_string(), |id| id.to_string());
    let constraints = &permission.constraints;
    let mut add = |name: &str, limit: u64, amount: u64, window: Window, reason: ReasonCode| {
        let key = format!("{owner}:{}:{name}", subject(permission));
        charges.push((Charge { key, limit, amount, window }, (reason, holder.agent)));
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
            let charges = of_permission(Holder { agent, delegation: None }, &permission, 3, now);
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
