//! One step of a history; numbers choose among what exists at that point.

use proptest::prelude::*;

#[derive(Debug, Clone)]
pub enum Step {
    Create(usize, usize),
    Sub(usize, usize),
    Narrow(usize, usize),
    Rotate(usize, u64),
    Suspend(usize),
    Resume(usize),
    Revoke(usize),
    Lend(usize, usize, usize, u32),
    TakeBack(usize),
    Approve(usize, usize, u32),
    Deny(usize, usize),
    Kill(usize, bool),
    Hold(usize),
    Lift(usize),
    Disable(usize),
    Enable(usize),
    HandOver(usize, usize),
    Wait(u64),
    AskByToken(usize, usize, usize),
    AskById(usize, usize, usize),
}

pub const GRANTS: [&str; 6] = [
    r#"[]"#,
    r#"[{"resource":"a:*","actions":["read"]}]"#,
    r#"[{"resource":"a:b","actions":["*"],"constraints":{"requireApproval":true}},{"resource":"a:*","actions":["read"]}]"#,
    r#"[{"resource":"*","actions":["*"]}]"#,
    r#"[{"resource":"a:*","actions":["read","write"],"constraints":{"maxCallsPerHour":3}}]"#,
    r#"[{"resource":"a:*:c","actions":["write"]},{"resource":"a:b:*","actions":["read"]}]"#,
];
pub const ACTIONS: [&str; 4] = ["read", "write", "", "*"];
pub const RESOURCES: [&str; 7] = ["a", "a:b", "a:b:c", "x:b", "a:c", "a::b", "*"];

pub fn step() -> impl Strategy<Value = Step> {
    let any = || 0usize..32;
    let grant = || 0..GRANTS.len();
    let resource = || 0..RESOURCES.len();
    // Actions and resources that can be allowed come more often than those that cannot.
    let action = || prop_oneof![6 => 0..2usize, 1 => 2..ACTIONS.len()];
    let asked = || prop_oneof![6 => 0..3usize, 1 => 3..RESOURCES.len()];
    prop_oneof![
        6 => (any(), grant()).prop_map(|(who, grant)| Step::Create(who, grant)),
        8 => (any(), grant()).prop_map(|(who, grant)| Step::Sub(who, grant)),
        3 => (any(), grant()).prop_map(|(who, grant)| Step::Narrow(who, grant)),
        2 => (any(), 0u64..90).prop_map(|(who, overlap)| Step::Rotate(who, overlap)),
        2 => any().prop_map(Step::Suspend),
        2 => any().prop_map(Step::Resume),
        1 => any().prop_map(Step::Revoke),
        6 => (any(), any(), grant(), 0u32..3).prop_map(|(from, to, grant, depth)| Step::Lend(from, to, grant, depth)),
        1 => any().prop_map(Step::TakeBack),
        4 => (any(), any(), 1u32..4).prop_map(|(who, which, uses)| Step::Approve(who, which, uses)),
        1 => (any(), any()).prop_map(|(who, which)| Step::Deny(who, which)),
        1 => (any(), proptest::bool::ANY).prop_map(|(who, revoke)| Step::Kill(who, revoke)),
        1 => resource().prop_map(Step::Hold),
        2 => any().prop_map(Step::Lift),
        1 => any().prop_map(Step::Disable),
        2 => any().prop_map(Step::Enable),
        1 => (any(), any()).prop_map(|(from, to)| Step::HandOver(from, to)),
        3 => (1u64..400).prop_map(Step::Wait),
        24 => (any(), action(), asked()).prop_map(|(who, a, r)| Step::AskByToken(who, a, r)),
        8 => (any(), action(), asked()).prop_map(|(who, a, r)| Step::AskById(who, a, r)),
    ]
}
