//! What must hold of any permission: it says the same after it was a row of a form, also after what browsers do to texts.

use super::*;
use kavach_model::Timestamp;
use kavach_model::permission::constraint::{
    ArgumentPattern, Budget, Day, Network, Period, TimeOfDay, TimeWindow,
};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use std::net::IpAddr;

/// 1 to `most` bytes of anything, with much of what a form could stumble over.
fn text(most: usize) -> impl Strategy<Value = String> {
    let char = prop_oneof![
        select(vec!['=', '"', '\\', '\n', '\r', '\t', ' ', ',', '{', '\u{85}', '\u{a0}', '\u{2028}', '\0']),
        select(vec!['a', 'Z', '/', '.', '*', '(', '&', '<', 'é']),
        any::<char>(),
    ];
    vec(char, 1..=most / 4).prop_map(|chars| chars.into_iter().collect())
}

fn count() -> impl Strategy<Value = u64> {
    prop_oneof![1..=20_u64, 1..=kavach_model::permission::constraint::MAX_COUNT]
}

fn arguments() -> impl Strategy<Value = std::collections::BTreeMap<String, ArgumentPattern>> {
    let pattern = text(512).prop_map(|text| text.parse().unwrap());
    btree_map(text(128), pattern, 1..=6)
}

fn window() -> impl Strategy<Value = TimeWindow> {
    let time = || (0..24_u16, 0..60_u16).prop_map(|(hour, minute)| TimeOfDay::new(hour, minute).unwrap());
    let zone =
        prop_oneof![select(vec!["UTC", "Europe/Berlin", "Etc/GMT+1"]).prop_map(str::to_owned), text(64)];
    let days = option::of(subsequence(Day::ALL.to_vec(), 1..=7));
    (time(), time(), zone, days)
        .prop_filter("a window has a length", |(start, end, ..)| start != end)
        .prop_map(|(start, end, zone, days)| TimeWindow::new(start, end, zone, days).unwrap())
}

fn networks() -> impl Strategy<Value = Vec<Network>> {
    let plain = any::<IpAddr>().prop_map(|address| address.to_string().parse().unwrap());
    let wide = (any::<u32>(), 0..=32_u32).prop_map(|(bits, length)| {
        let address = std::net::Ipv4Addr::from(bits & u32::MAX.checked_shl(32 - length).unwrap_or(0));
        format!("{address}/{length}").parse().unwrap()
    });
    vec(prop_oneof![plain, wide], 1..=64)
}

fn time() -> impl Strategy<Value = Timestamp> {
    // Every millisecond a wire can carry: the years -9999 to 9999.
    let any = -377_705_023_201_000..=253_402_207_200_999_i64;
    prop_oneof![any, 1_700_000_000_000..=1_900_000_000_000_i64].prop_map(Timestamp::from_millis)
}

fn constraints() -> impl Strategy<Value = Constraints> {
    let period = select(Period::ALL.to_vec());
    let budget = (count(), period).prop_map(|(units, per)| Budget { units, per });
    let counts = (any::<bool>(), option::of(count()), option::of(count()), option::of(budget));
    let others = (option::of(arguments()), option::of(window()), option::of(networks()), option::of(time()));
    (counts, others).prop_map(|(counts, others)| {
        let (require_approval, max_calls_per_hour, max_uses, budget) = counts;
        let (allowed_arg_patterns, time_window, ip_allowlist, expires_at) = others;
        Constraints {
            require_approval,
            max_calls_per_hour,
            allowed_arg_patterns,
            time_window,
            ip_allowlist,
            expires_at,
            max_uses,
            budget,
        }
    })
}

fn permission() -> impl Strategy<Value = Permission> {
    let resource = select(vec!["*", "a:*", "mcp:github:repos", "a:*:b"]);
    let actions = subsequence(vec!["read", "write", "*", "mcp.call"], 1..=4);
    (resource, actions, constraints()).prop_map(|(resource, actions, constraints)| Permission {
        resource: resource.parse().unwrap(),
        actions: actions.into_iter().map(|action| action.parse().unwrap()).collect(),
        constraints,
    })
}

/// A row as a browser sends it back: a line of text has no breaks, several have CR LF, and there is no NUL.
fn sent(row: &PermissionRow) -> PermissionRow {
    let line = |text: &String| text.replace(['\r', '\n', '\0'], "");
    let lines = |text: &String| text.replace('\0', "").replace('\r', "\n").replace('\n', "\r\n");
    PermissionRow {
        resource: line(&row.resource),
        actions: line(&row.actions),
        approval: row.approval.clone(),
        calls: line(&row.calls),
        uses: line(&row.uses),
        units: line(&row.units),
        // A choice is always made.
        per: if row.per.is_empty() { "day".to_owned() } else { row.per.clone() },
        start: row.start.clone(),
        end: row.end.clone(),
        zone: line(&row.zone),
        days: row.days.clone(),
        expires: line(&row.expires),
        arguments: lines(&row.arguments),
        networks: lines(&row.networks),
    }
}

proptest! {
    #[test]
    fn a_permission_is_the_same_after_it_was_a_row(permission in permission()) {
        let row = PermissionRow::from(&permission);
        prop_assert_eq!(row.problems(), vec![]);
        prop_assert_eq!(&row.parse().unwrap(), &permission);
        prop_assert_eq!(&sent(&row).parse().unwrap(), &permission);
    }

    #[test]
    fn what_is_typed_is_kept_for_the_next_try(permission in permission()) {
        let row = PermissionRow::from(&permission);
        let kept = serde_json::to_string(&row).unwrap();
        prop_assert_eq!(serde_json::from_str::<PermissionRow>(&kept).unwrap(), row);
    }

    #[test]
    fn what_a_row_says_is_what_the_wire_would_accept(arguments in text(80), networks in text(40), calls in text(8)) {
        let row = PermissionRow {
            resource: "a".into(),
            actions: "read".into(),
            arguments,
            networks,
            calls,
            ..PermissionRow::default()
        };
        if let Ok(permission) = row.parse() {
            let wire = serde_json::to_string(&permission).unwrap();
            prop_assert_eq!(serde_json::from_str::<Permission>(&wire).unwrap(), permission);
        }
    }
}
