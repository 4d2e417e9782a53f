//! What must hold of any permissions, checked against definitions written a second time and as plainly as they go.

use super::*;
use proptest::prelude::*;
use proptest::sample::select;

/// Whether a pattern stands for a resource, by recursion on its first segment.
fn stands_for(pattern: &[&str], resource: &[&str]) -> bool {
    match (pattern, resource) {
        (["*"], [_, ..]) => true,
        (["*", rest @ ..], [_, more @ ..]) => stands_for(rest, more),
        ([name, rest @ ..], [segment, more @ ..]) => name == segment && stands_for(rest, more),
        ([], []) => true,
        _ => false,
    }
}

/// The indexes of the permissions that decide, ascending, by collecting all that match and keeping the best.
fn deciding(permissions: &[Permission], resource: &str, action: &str) -> Vec<usize> {
    let segments: Vec<_> = resource.split(':').collect();
    let shape = |permission: &Permission| -> String {
        permission.resource.as_str().split(':').map(|part| if part == "*" { 'a' } else { 'b' }).collect()
    };
    let matching: Vec<usize> = (0..permissions.len())
        .filter(|index| {
            let pattern: Vec<_> = permissions[*index].resource.as_str().split(':').collect();
            let actions = &permissions[*index].actions;
            stands_for(&pattern, &segments) && actions.iter().any(|a| ["*", action].contains(&a.as_str()))
        })
        .collect();
    let best = matching.iter().map(|index| shape(&permissions[*index])).max();
    matching.into_iter().filter(|index| Some(shape(&permissions[*index])) == best).collect()
}

fn found(permissions: &[Permission], resource: &str, action: &str) -> Vec<usize> {
    let set = PermissionSet::compile(permissions);
    let cut = Segments::of_resource(resource).unwrap();
    let mut indexes: Vec<_> = set.decide(&cut, action).iter().flat_map(Match::indexes).collect();
    indexes.sort_unstable();
    indexes
}

/// Every resource of up to four segments over two names.
fn resources() -> Vec<String> {
    let mut all: Vec<String> = vec!["a".to_owned(), "b".to_owned()];
    for from in [0, 2, 6] {
        for index in from..all.len() {
            all.extend(["a", "b"].map(|name| format!("{}:{name}", all[index])));
        }
    }
    all
}

fn permission(resource: &str, actions: &[&str], require_approval: bool) -> Permission {
    Permission {
        resource: resource.parse().unwrap(),
        actions: actions.iter().map(|action| action.parse().unwrap()).collect(),
        constraints: Constraints { require_approval, ..Constraints::default() },
    }
}

fn any_pattern() -> impl Strategy<Value = String> {
    prop::collection::vec(select(vec!["a", "b", "*"]), 1..=4).prop_map(|parts| parts.join(":"))
}

/// Alike for as long as a machine word, two of them, or longer.
const LONG_NAMES: [&str; 8] = [
    "*",
    "a",
    "eight-ch",
    "eight-chs",
    "of-16-characters",
    "of-17-characterss",
    "longer-than-two-words-of-memory-a",
    "longer-than-two-words-of-memory-b",
];

fn long_pattern() -> impl Strategy<Value = String> {
    prop::collection::vec(select(&LONG_NAMES[..]), 1..=3).prop_map(|parts| parts.join(":"))
}

fn any_permission() -> impl Strategy<Value = Permission> {
    let actions = prop::collection::vec(select(vec!["read", "write", "*"]), 1..=2);
    (any_pattern(), actions, any::<bool>())
        .prop_map(|(resource, actions, approval)| permission(&resource, &actions, approval))
}

fn any_permissions(most: usize) -> impl Strategy<Value = Vec<Permission>> {
    prop::collection::vec(any_permission(), 0..=most)
}

fn any_resource() -> impl Strategy<Value = String> {
    prop::collection::vec(select(vec!["a", "b", "c"]), 1..=5).prop_map(|parts| parts.join(":"))
}

/// How many cases are drawn; a million were, once, by `KAVACH_CASES=1000000`.
fn cases(usual: u32) -> u32 {
    std::env::var("KAVACH_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(usual)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(10_000), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_compiled_set_decides_as_the_definition_says(
        permissions in any_permissions(12),
        resource in any_resource(),
        action in select(vec!["read", "write", "other"]),
    ) {
        let expected = deciding(&permissions, &resource, action);
        prop_assert_eq!(found(&permissions, &resource, action), expected.clone());
        let set = PermissionSet::compile(&permissions);
        let outcome = evaluate(&set, &resource, action);
        let approval = expected.iter().any(|index| permissions[*index].constraints.require_approval);
        let reason = match (expected.is_empty(), approval) {
            (true, _) => ReasonCode::NoMatchingPermission,
            (false, true) => ReasonCode::ApprovalRequired,
            (false, false) => ReasonCode::Allowed,
        };
        prop_assert_eq!(outcome.reason, reason);
        if let Some(matched) = outcome.matched.and_then(|found| found.deciding()) {
            prop_assert!(expected.contains(&matched.index));
            prop_assert_eq!(matched.constraints.require_approval, approval);
            prop_assert_eq!(&matched.resource, &permissions[matched.index].resource);
        }
    }

    #[test]
    fn names_of_any_length_and_actions_in_any_number_are_told_apart(
        lists in prop::collection::vec((long_pattern(), prop::collection::vec(0..40_u32, 1..=4)), 0..=60),
        resource in prop::collection::vec(select(&LONG_NAMES[1..]), 1..=3),
        action in 0..41_u32,
    ) {
        let name = |number: u32| if number == 40 { "*".to_owned() } else { format!("act:{number}") };
        let permissions: Vec<_> = lists
            .iter()
            .map(|(resource, actions)| {
                let actions: Vec<_> = actions.iter().map(|number| name(number + number / 39)).collect();
                permission(resource, &actions.iter().map(String::as_str).collect::<Vec<_>>(), false)
            })
            .collect();
        let (resource, action) = (resource.join(":"), name(action.min(39)));
        prop_assert_eq!(found(&permissions, &resource, &action), deciding(&permissions, &resource, &action));
    }

    #[test]
    fn the_order_of_permissions_never_changes_a_decision(
        (written, shuffled) in any_permissions(10).prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
        resource in any_resource(),
        action in select(vec!["read", "write", "other"]),
    ) {
        let (first, second) = (PermissionSet::compile(&written), PermissionSet::compile(&shuffled));
        let (first, second) = (evaluate(&first, &resource, action), evaluate(&second, &resource, action));
        prop_assert_eq!(first.reason, second.reason);
        let named = |outcome: &Outcome<'_>| {
            let mut all: Vec<Permission> = outcome.matched.iter().flat_map(Match::permissions).map(|(_, held)| held.clone()).collect();
            all.sort_by_key(|held| serde_json::to_string(held).unwrap());
            all
        };
        prop_assert_eq!(named(&first), named(&second));
    }

    #[test]
    fn matching_containment_and_intersection_agree_with_brute_force(left in any_pattern(), right in any_pattern()) {
        let (p, q): (ResourcePattern, ResourcePattern) = (left.parse().unwrap(), right.parse().unwrap());
        let common = p.intersection(&q);
        let mut inside = true;
        // A third name and one more segment than any pattern has show what a `*` would let through.
        for resource in resources().iter().flat_map(|text| [text.clone(), format!("c:{text}"), format!("{text}:c"), format!("{text}:c:c")]) {
            let cut = Segments::of_resource(&resource).unwrap();
            let parts: Vec<_> = resource.split(':').collect();
            let in_p = stands_for(&left.split(':').collect::<Vec<_>>(), &parts);
            let in_q = stands_for(&right.split(':').collect::<Vec<_>>(), &parts);
            prop_assert_eq!(p.matches(&cut), in_p);
            prop_assert_eq!(common.as_ref().is_some_and(|both| both.matches(&cut)), in_p && in_q, "{}", resource);
            inside &= in_p || !in_q;
        }
        prop_assert!(!p.contains(&q) || inside, "{left} was said to contain {right}");
        // Over an alphabet larger than the patterns use, containment is exact.
        if inside && q.segments().count() <= 4 {
            prop_assert!(p.contains(&q) || !inside, "{left} was said not to contain {right}");
        }
    }

    #[test]
    fn a_contained_list_never_allows_what_its_parent_does_not(
        parent in any_permissions(5),
        // Mostly drawn from the parent's own, or a random list would hardly ever be contained.
        picks in prop::collection::vec((any::<prop::sample::Index>(), any_permission(), 0..4_u8), 1..=4),
    ) {
        let child: Vec<Permission> = picks.into_iter().map(|(index, other, kind)| match kind {
            0 => other,
            _ if parent.is_empty() => other,
            1 => index.get(&parent).clone(),
            2 => Permission { resource: other.resource, ..index.get(&parent).clone() },
            _ => Permission { constraints: other.constraints, ..index.get(&parent).clone() },
        }).collect();
        if is_subset_of(&child, &parent).is_ok() {
            let (child, parent) = (PermissionSet::compile(&child), PermissionSet::compile(&parent));
            for resource in resources().iter().flat_map(|text| [text.clone(), format!("{text}:c")]) {
                for action in ["read", "write", "other"] {
                    let below = evaluate(&child, &resource, action).verdict();
                    let above = evaluate(&parent, &resource, action).verdict();
                    prop_assert!(!below.is_allow() || above.is_allow(), "{action} {resource}");
                }
            }
        }
    }

    #[test]
    fn any_list_is_contained_in_itself(permissions in any_permissions(6)) {
        prop_assert_eq!(is_subset_of(&permissions, &permissions), Ok(()));
    }

    #[test]
    fn no_input_is_read_more_widely_than_it_is_written(text in "[ab*:/\\\\ é\u{0}-]{0,12}") {
        if let Ok(cut) = Segments::of_pattern(&text) {
            prop_assert_eq!(cut.iter().collect::<Vec<_>>().join(":"), text.clone());
            prop_assert!(cut.iter().all(|part| part == "*" || (!part.is_empty() && !part.contains('*'))));
        }
        prop_assert!(Segments::of_resource(&text).is_err() || !text.contains('*'));
    }
}

#[test]
fn names_of_every_length_are_told_apart() {
    let names: Vec<String> = (1..=128)
        .flat_map(|length| ["x", "y"].map(|end| format!("{}{end}", "x".repeat(length - 1))))
        .collect();
    let permissions: Vec<_> =
        names.iter().map(|name| permission(name, &[&name[..name.len().min(64)]], false)).collect();
    for (index, name) in names.iter().enumerate() {
        assert_eq!(found(&permissions, name, &name[..name.len().min(64)]), [index]);
        assert_eq!(found(&permissions, name, "other"), [0; 0]);
        assert_eq!(found(&permissions, &format!("{}z", &name[1..]), "x"), [0; 0]);
    }
}

#[test]
fn permissions_with_one_pattern_must_all_be_satisfied() {
    let free = permission("a:*", &["read", "read"], false);
    let guarded = permission("a:*", &["*", "write"], true);
    let wider = permission("*", &["*"], false);
    let set = PermissionSet::compile(&[wider, free, guarded]);
    let outcome = evaluate(&set, "a:b", "read");
    assert_eq!(outcome.reason, ReasonCode::ApprovalRequired);
    assert_eq!(outcome.matched.unwrap().indexes().collect::<Vec<_>>(), [1, 2]);
    assert_eq!(outcome.matched.unwrap().deciding().unwrap().index, 2);
    assert_eq!(evaluate(&set, "a:b", "write").matched.unwrap().indexes().collect::<Vec<_>>(), [2]);
    assert_eq!(evaluate(&set, "a", "write").reason, ReasonCode::Allowed);
}

#[test]
fn a_more_specific_permission_decides_only_about_its_own_actions() {
    let set = PermissionSet::compile(&[
        permission("mcp:*", &["read"], false),
        permission("mcp:deploy:*", &["execute"], false),
        permission("mcp:deploy:production", &["execute"], true),
    ]);
    assert_eq!(evaluate(&set, "mcp:deploy:production", "read").reason, ReasonCode::Allowed);
    assert_eq!(evaluate(&set, "mcp:deploy:staging", "execute").reason, ReasonCode::Allowed);
    assert_eq!(evaluate(&set, "mcp:deploy:production", "execute").reason, ReasonCode::ApprovalRequired);
    assert_eq!(evaluate(&set, "mcp:slack", "execute").reason, ReasonCode::NoMatchingPermission);
}

#[test]
fn an_ill_formed_question_is_denied_with_its_reason() {
    let set = PermissionSet::compile(&[permission("*", &["*"], false)]);
    for resource in ["", "*", "a:*", "a::b", "a b", &"a:".repeat(35_000)] {
        assert_eq!(evaluate(&set, resource, "read").reason, ReasonCode::ResourceInvalid);
    }
    for action in ["", "*", "re ad", &"x".repeat(65)] {
        assert_eq!(evaluate(&set, "a", action).reason, ReasonCode::ActionInvalid);
    }
    assert_eq!(evaluate(&PermissionSet::compile(&[]), "a", "read").verdict(), Verdict::Deny);
}

#[test]
fn wildcards_at_every_level_cannot_make_a_lookup_explode() {
    // Every mixture of a name and a `*` over eleven segments, ending in a name no question has.
    let patterns: Vec<Permission> = (0..1_u32 << 11)
        .map(|bits| {
            let parts = (0..11).map(|at| if bits >> at & 1 == 0 { "a" } else { "*" });
            permission(&parts.chain(["z"]).collect::<Vec<_>>().join(":"), &["read"], false)
        })
        .collect();
    let set = PermissionSet::compile(&patterns);
    let tried = |resource: &str, action| set.shapes_tried(&Segments::of_resource(resource).unwrap(), action);
    let deep = ["a"; 12].join(":");
    // The worst there is: as many shapes as the set has, each once.
    assert_eq!(tried(&deep, "read"), 1 << 11);
    // An action nobody grants, or a length nothing has, needs no search.
    assert_eq!(tried(&deep, "write"), 0);
    assert_eq!(tried("a:a:a", "read"), 0);
    // The answer most specific is found first.
    assert_eq!(tried(&format!("{}:z", ["a"; 11].join(":")), "read"), 1);
}

#[test]
fn a_lookup_tries_as_many_shapes_in_a_large_set_as_in_a_small_one() {
    let set = |size: usize| {
        let mut all: Vec<_> = (0..size)
            .map(|n| permission(&format!("mcp:server{}:tool{n}", n / 100), &["read"], false))
            .collect();
        all.push(permission("mcp:*:status", &["read"], false));
        PermissionSet::compile(&all)
    };
    let tried =
        |set: &PermissionSet, resource| set.shapes_tried(&Segments::of_resource(resource).unwrap(), "read");
    for size in [10, 1_000, 20_000] {
        let set = set(size);
        let questions = ["mcp:server0:tool7", "mcp:server0:status", "mcp:server0:other", "mcp:server0"];
        assert_eq!(questions.map(|resource| tried(&set, resource)), [1, 2, 2, 0]);
    }
}

#[test]
fn an_exact_parent_does_not_contain_what_lies_below_it() {
    let parent = [permission("mcp:github", &["read"], false)];
    for below in ["mcp:github:*", "mcp:github:repos", "mcp:*", "*"] {
        assert!(!permission(below, &["read"], false).is_contained_in(&parent), "{below}");
    }
    assert!(permission("mcp:github", &["read"], true).is_contained_in(&parent));
    assert!(!permission("mcp:github", &["*"], false).is_contained_in(&parent));
    assert!(!permission("mcp:github", &["read", "write"], false).is_contained_in(&parent));
}

#[test]
fn a_child_cannot_shed_the_approval_its_parent_needs() {
    let parent = [permission("mcp:*", &["*"], false), permission("mcp:secret:*", &["read"], true)];
    let wide = permission("mcp:*", &["read"], false);
    let error = is_subset_of(std::slice::from_ref(&wide), &parent).unwrap_err();
    assert_eq!(error.index, 0);
    assert_eq!(error.reason, Excess::LessConstrained("mcp:secret:*".parse().unwrap()));
    assert_eq!(error.to_string(), "mcp:* read lacks the conditions the parent has on mcp:secret:*");
    // With the same gate it may; and where the gate does not stand it needs none.
    assert!(is_subset_of(&[wide, permission("mcp:secret:*", &["read"], true)], &parent).is_ok());
    assert!(permission("mcp:*", &["write"], false).is_contained_in(&parent));
    assert!(permission("mcp:open:*", &["read"], false).is_contained_in(&parent));
    let second =
        is_subset_of(&[permission("mcp:a", &["read"], false), permission("x", &["read"], false)], &parent);
    assert_eq!(second.unwrap_err().to_string(), "x read is not among the parent's permissions");
}

#[test]
fn reason_codes_travel_in_snake_case_with_a_sentence() {
    for reason in ReasonCode::ALL {
        assert_eq!(serde_json::to_value(reason).unwrap(), reason.as_str());
        assert_eq!(ReasonCode::parse(reason.as_str()), Some(*reason));
        assert!(reason.sentence().ends_with('.'));
        assert_eq!(reason.verdict().is_allow(), *reason == ReasonCode::Allowed);
    }
    assert_eq!(Verdict::parse("deny"), Some(Verdict::Deny));
}
