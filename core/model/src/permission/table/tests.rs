//! Each part of the layout at its limits. That decisions are right is tested in [`super::super::properties`].

use super::entry::MAX_PERMISSION;
use super::*;
use crate::permission::{ActionPattern, Constraints, Permission};
use std::collections::HashMap;

fn permission(resource: &str, actions: &[&str]) -> Permission {
    Permission {
        resource: resource.parse().unwrap(),
        actions: actions.iter().map(|action| action.parse().unwrap()).collect(),
        constraints: Constraints::default(),
    }
}

fn found(table: Table<'_>, resource: &str, action: &str) -> Vec<usize> {
    let found = table.find(&Segments::of_resource(resource).unwrap(), action, &mut 0);
    found.into_iter().flat_map(|found| table.permissions(found)).collect()
}

#[test]
fn names_with_one_hash_are_not_taken_for_each_other() {
    // Of a table with one group a search sees the tag only.
    let tag_of = |name: &str| tag(hash(seed(0, 0), name.as_bytes(), 0..name.len()));
    let mut seen = HashMap::new();
    let (held, asked) = (0..1_000)
        .map(|number| format!("n{number:06}"))
        .find_map(|name| seen.insert(tag_of(&name), name.clone()).map(|other| (other, name)))
        .unwrap();
    let bytes = build(&[permission(&held, &["*"])]);
    assert_eq!(Table(&bytes).header().seed, 0);
    assert_eq!(found(Table(&bytes), &held, "read"), [0]);
    assert!(found(Table(&bytes), &asked, "read").is_empty());
}

#[test]
fn patterns_are_not_taken_for_actions_nor_for_each_other() {
    let texts = ["a:b", "a:*:b", "a:b:*", "a:*", "a", "*:b", "*:*"];
    let permissions: Vec<_> = texts.iter().map(|text| permission(text, &["a:b", "a"])).collect();
    let bytes = build(&permissions);
    for (resource, number) in
        [("a:b", 0), ("a:c:b", 1), ("a:b:b", 2), ("a:c", 3), ("a", 4), ("c:b", 5), ("c:c", 6)]
    {
        assert_eq!(found(Table(&bytes), resource, "a:b"), [number], "{resource}");
    }
    assert!(found(Table(&bytes), "a:b", "b").is_empty());
    assert!(found(Table(&bytes), "c", "a").is_empty());
}

#[test]
fn actions_and_places_with_high_numbers_are_found_like_others() {
    let actions: Vec<_> = (0..100).map(|number| format!("act-{number}")).collect();
    let mut permissions: Vec<_> =
        actions.iter().map(|action| permission(&format!("of:{action}"), &[action])).collect();
    permissions
        .extend((0..100).map(|number| permission("all", &[&actions[number], &actions[(number + 1) % 100]])));
    permissions.push(permission("all", &["*"]));
    let bytes = build(&permissions);
    for (number, action) in actions.iter().enumerate() {
        let resource = format!("of:{action}");
        for asked in &actions {
            let expected: &[usize] = if asked == action { &[number] } else { &[] };
            assert_eq!(found(Table(&bytes), &resource, asked), expected);
        }
        let mut expected = [100 + number, 100 + (number + 99) % 100, 200];
        expected.sort_unstable();
        assert_eq!(found(Table(&bytes), "all", action), expected);
    }
    assert_eq!(found(Table(&bytes), "all", "other"), [200]);

    let far: Vec<_> = (0..MAX_PERMISSION as usize + 3).map(|_| permission("near", &["read"])).collect();
    let last = far.len();
    let bytes = build(&[far, vec![permission("far", &["read"])]].concat());
    assert_eq!(found(Table(&bytes), "far", "read"), [last]);
    assert_eq!(found(Table(&bytes), "near", "read").len(), last);
}

#[test]
fn a_large_table_is_searched_in_few_steps() {
    let names: Vec<String> = (0..20_000).map(|number| format!("tool-{number}")).collect();
    let permissions: Vec<_> = names.iter().map(|name| permission(name, &["*"])).collect();
    let bytes = build(&permissions);
    let table = Table(&bytes);
    let header = table.header();
    assert!(header.groups as usize * SLOTS <= 4 * names.len());
    for (number, name) in names.iter().enumerate() {
        assert_eq!(found(table, name, "read"), [number]);
        let mut hashes = [0; MAX_SEGMENTS];
        hashes[0] = hash(seed(header.seed, 0), name.as_bytes(), 0..name.len());
        let hash = Shape::of(&[true]).hash(&hashes);
        let holds = |step: &u32| {
            let at = header.group(group(hash, *step, header.groups));
            let places = (0..SLOTS).map(|slot| table.place(header, at, slot));
            places
                .filter(|place| *place != 0)
                .any(|place| table.text(place, Entry(table.u64(place))) == name.as_bytes())
        };
        let step = (0..header.groups).position(|step| holds(&step));
        assert!(step < Some(write::MAX_STEPS), "{name}: {step:?}");
    }
}

#[test]
fn an_empty_list_is_small_and_grants_nothing() {
    let bytes = build(&[]);
    assert!(bytes.len() <= 4 * SLOTS);
    assert!(found(Table(&bytes), "a", "read").is_empty());
    assert!(found(Table(&[]), "a", "read").is_empty());
    let any = ActionPattern::Any;
    let all = build(&[Permission { actions: vec![any], ..permission("*", &["read"]) }]);
    assert_eq!(found(Table(&all), "a:b:c", "read"), [0]);
}
