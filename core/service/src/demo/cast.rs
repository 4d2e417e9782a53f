//! Who is in the demonstration, and what they want.

use super::ADMIN_EMAIL;
use Owner::{Agent, Person};
use kavach_model::agent::AgentKind;
use kavach_model::user::Role;

/// Everybody, by address, name and role.
pub(super) const PEOPLE: &[(&str, &str, Role)] = &[
    (ADMIN_EMAIL, "Ada Byron", Role::Admin),
    ("grace@demo.example", "Grace Murray", Role::Admin),
    ("rosa@demo.example", "Rosa Lindqvist", Role::Member),
    ("kenji@demo.example", "Kenji Watanabe", Role::Member),
    ("amara@demo.example", "Amara Okafor", Role::Member),
];

/// Who owns an agent.
pub(super) enum Owner {
    /// Somebody by their place in [`PEOPLE`].
    Person(usize),
    /// An agent by its name.
    Agent(&'static str),
}

/// Name, kind, owner, resources and actions, what it asks for.
pub(super) type Sketch = (
    &'static str,
    AgentKind,
    Owner,
    &'static [(&'static str, &'static str, bool)],
    &'static [(&'static str, &'static str)],
);

/// The agents.
pub(super) const AGENTS: &[Sketch] = &[
    (
        "github-reader",
        AgentKind::Autonomous,
        Person(0),
        &[("mcp:github:*", "read", false), ("mcp:deploy:production", "execute", true)],
        &[
            ("read", "mcp:github:repos"),
            ("read", "mcp:github:issues"),
            ("read", "mcp:github:pulls"),
            ("execute", "mcp:deploy:production"),
        ],
    ),
    (
        "release-pilot",
        AgentKind::Autonomous,
        Person(0),
        &[
            ("mcp:deploy:staging", "execute", false),
            ("mcp:deploy:production", "execute", true),
            ("mcp:github:releases", "write", false),
        ],
        &[
            ("execute", "mcp:deploy:staging"),
            ("execute", "mcp:deploy:production"),
            ("write", "mcp:github:releases"),
            ("delete", "mcp:github:releases"),
        ],
    ),
    (
        "incident-scribe",
        AgentKind::Autonomous,
        Person(1),
        &[("mcp:pager:incidents:*", "read", false), ("mcp:wiki:postmortems:*", "write", false)],
        &[
            ("read", "mcp:pager:incidents:open"),
            ("write", "mcp:wiki:postmortems:draft"),
            ("write", "mcp:wiki:handbook"),
        ],
    ),
    (
        "invoice-matcher",
        AgentKind::Service,
        Person(2),
        &[("erp:invoices:*", "read", false), ("erp:payments:propose", "create", true)],
        &[
            ("read", "erp:invoices:2026"),
            ("read", "erp:invoices:open"),
            ("create", "erp:payments:propose"),
            ("create", "erp:payments:release"),
        ],
    ),
    (
        "support-triage",
        AgentKind::Delegated,
        Person(3),
        &[
            ("mcp:helpdesk:tickets:*", "read", false),
            ("mcp:helpdesk:tickets:*", "label", false),
            ("mcp:slack:support", "send", false),
        ],
        &[
            ("read", "mcp:helpdesk:tickets:new"),
            ("label", "mcp:helpdesk:tickets:new"),
            ("send", "mcp:slack:support"),
            ("send", "mcp:slack:general"),
        ],
    ),
    (
        "data-steward",
        AgentKind::Service,
        Person(4),
        &[("warehouse:*:read", "*", false), ("warehouse:exports", "create", true)],
        &[
            ("query", "warehouse:sales:read"),
            ("query", "warehouse:people:read"),
            ("create", "warehouse:exports"),
            ("drop", "warehouse:sales"),
        ],
    ),
    (
        "calendar-concierge",
        AgentKind::Delegated,
        Person(2),
        &[("mcp:calendar:*", "read", false), ("mcp:calendar:events", "create", false)],
        &[("read", "mcp:calendar:events"), ("create", "mcp:calendar:events"), ("read", "mcp:mail:inbox")],
    ),
    (
        "dependency-gardener",
        AgentKind::Autonomous,
        Person(1),
        &[
            ("mcp:github:pulls", "create", false),
            ("mcp:github:*", "read", false),
            ("registry:packages:*", "read", false),
        ],
        &[
            ("read", "registry:packages:index"),
            ("create", "mcp:github:pulls"),
            ("read", "mcp:github:repos"),
            ("merge", "mcp:github:pulls"),
        ],
    ),
    (
        "night-watch",
        AgentKind::Service,
        Person(0),
        &[("metrics:*", "read", false), ("mcp:pager:incidents:open", "create", false)],
        &[
            ("read", "metrics:cpu"),
            ("read", "metrics:latency:p99"),
            ("create", "mcp:pager:incidents:open"),
            ("acknowledge", "mcp:pager:incidents:open"),
        ],
    ),
    // Below others, parents first.
    (
        "canary-judge",
        AgentKind::Autonomous,
        Agent("release-pilot"),
        &[("mcp:deploy:staging", "execute", false)],
        &[("execute", "mcp:deploy:staging"), ("execute", "mcp:deploy:production")],
    ),
    (
        "smoke-tester",
        AgentKind::Service,
        Agent("canary-judge"),
        &[("mcp:deploy:staging", "execute", false)],
        &[("execute", "mcp:deploy:staging"), ("write", "mcp:github:releases")],
    ),
    (
        "changelog-writer",
        AgentKind::Autonomous,
        Agent("release-pilot"),
        &[("mcp:github:releases", "write", false)],
        &[("write", "mcp:github:releases"), ("delete", "mcp:github:releases")],
    ),
    (
        "ledger-reader",
        AgentKind::Service,
        Agent("invoice-matcher"),
        &[("erp:invoices:open", "read", false)],
        &[("read", "erp:invoices:open"), ("read", "erp:invoices:2026")],
    ),
];

/// What waits for a person: who asks, to do what, with which arguments.
pub(super) const QUESTIONS: &[(&str, &str, &str, &str)] = &[
    (
        "release-pilot",
        "execute",
        "mcp:deploy:production",
        r#"{"version":"4.12.0","region":"eu-central","strategy":{"type":"canary","percent":10}}"#,
    ),
    (
        "invoice-matcher",
        "create",
        "erp:payments:propose",
        r#"{"supplier":"Nordlicht Papier GmbH","invoice":"2026-1187","amount":"1840.20","currency":"EUR"}"#,
    ),
    ("data-steward", "create", "warehouse:exports", r#"{"table":"sales","format":"parquet","rows":250000}"#),
];

/// What people have answered: the same, and whether they approved it.
pub(super) const ANSWERED: &[(&str, &str, &str, &str, bool)] = &[
    (
        "github-reader",
        "execute",
        "mcp:deploy:production",
        r#"{"version":"4.11.3","region":"eu-central"}"#,
        false,
    ),
    (
        "release-pilot",
        "execute",
        "mcp:deploy:production",
        r#"{"version":"4.11.4","region":"eu-central"}"#,
        true,
    ),
];
