use super::*;

const NOW: Timestamp = Timestamp::from_millis(1_764_000_000_000);
const AGENT: &str = "agt_01kav9ft00q8kt8rxr2a7gj15p";

fn filter(text: &str) -> AuditFilter {
    AuditQuery::parse(text).unwrap().filter(NOW).unwrap()
}

#[test]
fn words_become_fields_in_any_order() {
    let text =
        format!("result:denied  agent:{AGENT} resource:mcp:deploy:* since:24h reason:no_matching_permission");
    let read = filter(&text);
    assert_eq!(read.actor, AGENT.parse().ok());
    assert_eq!(read.resource.as_deref(), Some("mcp:deploy:*"));
    assert_eq!(read.verdict, Some(Verdict::Deny));
    assert_eq!(read.since, Some(NOW - Duration::from_secs(86_400)));
    assert_eq!(read.reason, Some(ReasonCode::NoMatchingPermission));
    assert_eq!(filter(&format!("chain:{AGENT}")).subtree, AGENT.parse().ok());
    assert_eq!(filter(AGENT).actor, AGENT.parse().ok(), "an identifier alone is an actor");
    assert_eq!(filter(""), AuditFilter::default());
}

#[test]
fn what_is_written_reads_back_the_same() {
    for text in
        ["", "result:deny since:24h", "action:\"two words\"", "action:\"a \"\"b\"\" c\" kind:decision"]
    {
        let read = AuditQuery::parse(text).unwrap();
        assert_eq!(read.to_string(), text);
        assert_eq!(AuditQuery::parse(&read.to_string()).unwrap(), read);
    }
}

#[test]
fn a_time_is_a_day_a_moment_or_how_long_ago() {
    assert_eq!(moment("2026-11-23", NOW), "2026-11-23T00:00:00Z".parse().ok());
    assert_eq!(moment("2026-11-23T09:30", NOW), "2026-11-23T09:30:00Z".parse().ok());
    assert!(moment("2026-11-23T09:30:00+01:00", NOW).is_some());
    assert_eq!(moment("90m", NOW), Some(NOW - Duration::from_secs(5_400)));
    for wrong in [
        "",
        "yesterday",
        "h",
        "-1h",
        "+1h",
        "1.5h",
        "99999999999999999999d",
        "999999d",
        "1\u{661}h",
        "\u{e9}",
    ] {
        assert_eq!(moment(wrong, NOW), None, "{wrong}");
    }
}

#[test]
fn what_cannot_be_read_says_why() {
    let refused = |text: &str| AuditQuery::parse(text).and_then(|query| query.filter(NOW)).unwrap_err();
    assert_eq!(refused("mcp:github:repos"), QueryProblem::Unknown("mcp:github:repos".to_owned()));
    assert_eq!(refused("deploy"), QueryProblem::Unknown("deploy".to_owned()));
    assert_eq!(refused("result:deny result:allow"), QueryProblem::Twice("result"));
    assert_eq!(refused(&format!("agent:{AGENT} actor:{AGENT}")), QueryProblem::Twice("actor"));
    assert_eq!(refused("action:\"open"), QueryProblem::Unclosed);
    assert_eq!(refused("since:soon"), wrong(Key::Since));
    assert_eq!(refused("agent:usr_01kav9ft00q8kt8rxr2a7gj15p"), wrong(Key::Agent));
    assert_eq!(refused("action:"), wrong(Key::Action));
    assert!(refused("since:soon").to_string().contains("since"));
}

#[test]
fn hostile_text_is_refused_or_stays_a_value() {
    let sql = "resource:\"x' OR 1=1; DROP TABLE audit_log --\"";
    assert_eq!(filter(sql).resource.as_deref(), Some("x' OR 1=1; DROP TABLE audit_log --"));
    assert_eq!(AuditQuery::parse(&"a".repeat(LONGEST + 1)), Err(QueryProblem::TooLong));
    let long = format!("action:{}", "x".repeat(LONGEST_VALUE + 1));
    assert_eq!(AuditQuery::parse(&long), Err(wrong(Key::Action)));
    let odd = "\u{202e}:x";
    assert!(matches!(AuditQuery::parse(odd), Err(QueryProblem::Unknown(_))));
    // Control characters part words and are in none.
    assert_eq!(filter("action:read\0result:deny").action.as_deref(), Some("read"));
    for text in ["\"", "::::", ":", "\"\"\"", "actor:\u{0}", "\u{feff}", "result:\"\""] {
        let _ = AuditQuery::parse(text).and_then(|query| query.filter(NOW));
    }
}
