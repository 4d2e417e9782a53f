//! What one decision costs in process: from two texts to allow or deny, without token, cache or audit.
//!
//! `cargo bench -p kavach-model --bench authorize`. Only figures of one run compare. The questions of a run are
//! asked in a scattered order, so a large set pays for its cache misses.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot be set up should stop")]

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use kavach_model::permission::{ActionPattern, Constraints, Permission, PermissionSet, evaluate};
use std::hint::black_box;

const QUESTIONS: usize = 1 << 14;

fn permission(resource: &str, action: &str) -> Permission {
    let action: ActionPattern = action.parse().unwrap();
    Permission {
        resource: resource.parse().unwrap(),
        actions: vec![action],
        constraints: Constraints::default(),
    }
}

/// A set as an organisation would have it: tools under servers, and some wildcards beside them.
fn tools(size: usize) -> Vec<Permission> {
    let named = (0..size - 2).map(|n| permission(&format!("mcp:server-{}:tool-{n}", n / 100), "read"));
    named.chain([permission("mcp:*:status", "read"), permission("mcp:docs:*", "*")]).collect()
}

fn scattered(n: usize, size: usize) -> usize {
    n.wrapping_mul(0x9e37_79b1) % size
}

fn growth_with_permissions(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("permissions");
    for size in [10, 1_000, 100_000] {
        let set = PermissionSet::compile(&tools(size));
        let tool = |n: usize| scattered(n, size - 2);
        let kinds: [(&str, Vec<String>); 3] = [
            (
                "named",
                (0..QUESTIONS).map(|n| format!("mcp:server-{}:tool-{}", tool(n) / 100, tool(n))).collect(),
            ),
            ("wildcard", (0..QUESTIONS).map(|n| format!("mcp:server-{}:status", tool(n) / 100)).collect()),
            (
                "denied",
                (0..QUESTIONS).map(|n| format!("mcp:server-{}:tool-{}x", tool(n) / 100, tool(n))).collect(),
            ),
        ];
        for (kind, questions) in kinds {
            let mut next = 0;
            group.bench_function(BenchmarkId::new(kind, size), |bencher| {
                bencher.iter(|| {
                    next = (next + 1) % QUESTIONS;
                    evaluate(&set, black_box(&questions[next]), black_box("read")).reason
                });
            });
        }
    }
    group.finish();
}

fn many_agents(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("agents");
    for agents in [1_000, 100_000] {
        let sets: Vec<PermissionSet> = (0..agents)
            .map(|n| {
                let own = format!("mcp:server-{n}:*");
                PermissionSet::compile(&[permission("mcp:github:*", "read"), permission(&own, "execute")])
            })
            .collect();
        let mut next = 0;
        group.bench_function(BenchmarkId::new("two-permissions", agents), |bencher| {
            bencher.iter(|| {
                next += 1;
                let set = &sets[scattered(next, agents)];
                evaluate(set, black_box("mcp:github:repos"), black_box("read")).reason
            });
        });
    }
    group.finish();
}

fn hostile(criterion: &mut Criterion) {
    let permissions: Vec<Permission> = (0..1_u32 << 11)
        .map(|bits| {
            let parts = (0..11).map(|at| if bits >> at & 1 == 0 { "a" } else { "*" });
            permission(&parts.chain(["z"]).collect::<Vec<_>>().join(":"), "read")
        })
        .collect();
    let set = PermissionSet::compile(&permissions);
    let question = ["a"; 12].join(":");
    criterion.bench_function("hostile/2048", |bencher| {
        bencher.iter(|| evaluate(&set, black_box(&question), black_box("read")).reason);
    });
}

fn compile(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("compile");
    group.sample_size(10);
    for size in [10, 1_000, 100_000] {
        let permissions = tools(size);
        group.bench_function(BenchmarkId::from_parameter(size), |bencher| {
            bencher.iter(|| PermissionSet::compile(black_box(&permissions)));
        });
    }
    group.finish();
}

criterion_group!(benches, growth_with_permissions, many_agents, hostile, compile);
criterion_main!(benches);
