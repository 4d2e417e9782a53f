//! Whether one list of permissions stays within another.
//!
//! Sound: if [`is_subset_of`] says yes, then whatever the child's list allows, the parent's list allows, decided
//! by the very rules of [`super::set`]; a test compares the two by brute force. Not complete: one pattern of the
//! parent must hold each pattern of the child, patterns of the parent are not added up.
//!
//! What makes it more than a comparison of patterns: the parent may hold `mcp:*` freely and `mcp:secret:*` with
//! approval. Then `mcp:*` alone is not within the parent's rights, for it would reach `mcp:secret:x` unasked.

use super::{ActionPattern, Permission, ResourcePattern};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// The first permission of a child that reaches beyond its parent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{resource} {action} {reason}")]
pub struct NotContained {
    /// Its place in the child's list, from 0.
    pub index: usize,
    /// Its pattern.
    pub resource: ResourcePattern,
    /// The first of its actions that reaches too far.
    pub action: ActionPattern,
    /// Why.
    pub reason: Excess,
}

/// In which way a permission reaches beyond the parent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Excess {
    /// No single permission of the parent holds all of it.
    #[error("is not among the parent's permissions")]
    NotHeld,
    /// The parent holds a part of it under stricter conditions.
    #[error("lacks the conditions the parent has on {0}")]
    LessConstrained(ResourcePattern),
}

/// Checks that whatever `child` allows, `parent` allows; else names the first permission that reaches too far.
pub fn is_subset_of(child: &[Permission], parent: &[Permission]) -> Result<(), NotContained> {
    let mut by_pattern: BTreeMap<&ResourcePattern, Vec<&Permission>> = BTreeMap::new();
    for permission in child {
        by_pattern.entry(&permission.resource).or_default().push(permission);
    }
    for (index, permission) in child.iter().enumerate() {
        let near: Vec<_> = parent
            .iter()
            .filter_map(|held| Some((held, held.resource.intersection(&permission.resource)?)))
            .collect();
        for action in &permission.actions {
            check(permission, action, &near, &by_pattern).map_err(|reason| NotContained {
                index,
                resource: permission.resource.clone(),
                action: action.clone(),
                reason,
            })?;
        }
    }
    Ok(())
}

/// One action of one permission of the child, against the parent's permissions that meet its pattern.
fn check(
    permission: &Permission,
    action: &ActionPattern,
    near: &[(&Permission, ResourcePattern)],
    siblings: &BTreeMap<&ResourcePattern, Vec<&Permission>>,
) -> Result<(), Excess> {
    let base = near
        .iter()
        .map(|(held, _)| *held)
        .filter(|held| held.resource.contains(&permission.resource))
        .filter(|held| held.actions.iter().any(|known| known.contains(action)))
        .max_by(|a, b| a.resource.cmp_specificity(&b.resource))
        .ok_or(Excess::NotHeld)?;
    // On every resource of the child, the parent is decided by `base` or by something at least as specific.
    for (held, common) in near {
        if held.resource.cmp_specificity(&base.resource) == Ordering::Less
            || permission.constraints.at_least_as_strict_as(&held.constraints)
        {
            continue;
        }
        for known in held.actions.iter().filter(|known| known.overlaps(action)) {
            let both = if action.contains(known) { known } else { action };
            if !outranked(permission, both, held, common, siblings) {
                return Err(Excess::LessConstrained(held.resource.clone()));
            }
        }
    }
    Ok(())
}

/// Whether, for this action and on what it has in common with `held`, the permission never decides alone: a
/// sibling with the same pattern as `held`, or as the common part, is as strict as `held` and at least as specific
/// as the permission.
fn outranked(
    permission: &Permission,
    action: &ActionPattern,
    held: &Permission,
    common: &ResourcePattern,
    siblings: &BTreeMap<&ResourcePattern, Vec<&Permission>>,
) -> bool {
    [&held.resource, common].into_iter().filter_map(|pattern| siblings.get(pattern)).flatten().any(
        |sibling| {
            sibling.constraints.at_least_as_strict_as(&held.constraints)
                && sibling.resource.cmp_specificity(&permission.resource) != Ordering::Less
                && sibling.actions.iter().any(|known| known.contains(action))
        },
    )
}
