use crate::world::{NOW, unique, worlds};
use kavach_model::audit::{AuditEvent, AuditFilter, AuditKind};
use kavach_model::permission::{ReasonCode, Verdict};
use kavach_model::{AgentId, AuditId, PageRequest, PrincipalId, Timestamp, UserId};
use kavach_store::{AuditDraft, Backend, MAX_BATCH};
use std::time::Duration;

fn decision(
    agent: AgentId,
    sponsor: UserId,
    at: Timestamp,
    resource: &str,
    reason: ReasonCode,
) -> AuditDraft {
    let mut event = AuditEvent::new(AuditKind::Decision, at);
    event.agent_id = Some(agent);
    event.actor_id = Some(PrincipalId::Agent(agent));
    event.action = Some("read".into());
    event.resource = Some(resource.into());
    event.reason_code = reason;
    event.verdict = reason.verdict();
    AuditDraft { id: AuditId::from_parts(at, unique()), event, sponsor_id: Some(sponsor) }
}

#[tokio::test]
async fn records_get_their_places_without_gaps_also_in_parallel() {
    for world in worlds().await {
        let (agent, sponsor) = (AgentId::from_parts(NOW, unique()), UserId::from_parts(NOW, unique()));
        let batch = |count: usize| -> Vec<AuditDraft> {
            (0..count).map(|_| decision(agent, sponsor, NOW, "a:b", ReasonCode::Allowed)).collect()
        };
        let sizes = [1, 7, MAX_BATCH, MAX_BATCH + 3, 2, 64];
        let writes = sizes.iter().map(|size| {
            let drafts = batch(*size);
            let store = world.store.clone();
            async move {
                let mut tx = store.write().await.unwrap();
                tx.append_audit(&drafts).await.unwrap();
                tx.commit().await.unwrap();
            }
        });
        futures::future::join_all(writes).await;
        let total = sizes.iter().sum::<usize>() as i64;
        let mut conn = world.store.read().await.unwrap();
        assert_eq!(conn.audit_head().await.unwrap(), total);
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let page = PageRequest::new(Some(200), cursor).unwrap();
            let part = conn.list_audit(&AuditFilter::default(), &page).await.unwrap();
            seen.extend(part.data.iter().map(|record| record.seq));
            cursor = part.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, (1..=total).rev().collect::<Vec<_>>());
        // Counted apart from the writing, and by whoever comes first.
        let (one, other) = tokio::join!(world.store.count_decisions(), world.store.count_decisions());
        one.and(other).unwrap();
        let hours = conn.decision_hours(Some(sponsor), Timestamp::from_millis(0)).await.unwrap();
        assert_eq!(hours.iter().map(|hour| hour.allowed).sum::<u64>(), total as u64);
        let before =
            conn.decision_hours_until(Some(sponsor), Timestamp::from_millis(0), hours[0].at).await.unwrap();
        assert!(before.is_empty(), "an hour is not before itself");
    }
}

#[tokio::test]
async fn what_is_not_committed_leaves_no_gap() {
    for world in worlds().await {
        let (agent, sponsor) = (AgentId::from_parts(NOW, unique()), UserId::from_parts(NOW, unique()));
        let draft = decision(agent, sponsor, NOW, "a:b", ReasonCode::Allowed);
        let mut tx = world.store.write().await.unwrap();
        tx.append_audit(std::slice::from_ref(&draft)).await.unwrap();
        drop(tx);
        let mut tx = world.store.write().await.unwrap();
        tx.append_audit(std::slice::from_ref(&draft)).await.unwrap();
        tx.commit().await.unwrap();
        let mut conn = world.store.read().await.unwrap();
        let record = conn.find_audit(draft.id, None).await.unwrap().unwrap();
        let told = AuditEvent { sponsor_id: draft.sponsor_id, ..draft.event };
        assert_eq!((record.seq, record.event), (1, told), "the record names its sponsor");
        assert_eq!(record.leaf_hash.len(), 64);
    }
}

#[tokio::test]
async fn the_hashes_to_seal_are_those_of_what_was_appended_however_it_was() {
    for world in worlds().await {
        let (agent, sponsor) = (AgentId::from_parts(NOW, unique()), UserId::from_parts(NOW, unique()));
        let drafts = |count: usize| {
            (0..count).map(|number| {
                let mut draft = decision(agent, sponsor, NOW, "a:\u{2028}\0\"", ReasonCode::Allowed);
                draft.event.ip = Some("192.0.2.7".to_owned());
                draft.event.latency_us = Some(number as u64);
                draft
            })
        };
        let store = &world.store;
        for count in [1, MAX_BATCH + 3, 7] {
            let entries = drafts(count).map(|draft| draft.into_entry().unwrap()).collect();
            store.append_audit(entries).await.unwrap();
            let mut tx = store.write().await.unwrap();
            tx.append_audit(&drafts(count).collect::<Vec<_>>()).await.unwrap();
            tx.commit().await.unwrap();
            let mut tx = store.write().await.unwrap();
            tx.append_audit(&drafts(2).collect::<Vec<_>>()).await.unwrap();
            drop(tx);
        }
        store.fold_back().await.unwrap();
        let stored = async |after, until| store.read().await.unwrap().audit_leaves(after, until).await;
        let head = 2 * (1 + MAX_BATCH as u64 + 3 + 7);
        for (after, until) in [(0, 0), (0, 1), (0, head), (5, 300), (head - 1, head)] {
            let hashes = store.audit_leaves(after, until).await.unwrap();
            assert_eq!(hashes, stored(after, until).await.unwrap());
        }
        assert!(store.audit_leaves(0, head + 1).await.is_err());
        // Where nobody else appends, an edit before the sealing does not become what is sealed.
        let before = store.audit_leaves(216, 217).await.unwrap();
        store.tamper("edit record 217").await.unwrap();
        assert_ne!(stored(216, 217).await.unwrap(), before);
        let kept = store.audit_leaves(216, 217).await.unwrap() == before;
        assert_eq!(kept, store.backend() == Backend::Sqlite);
    }
}

#[tokio::test]
async fn decisions_are_counted_once_whoever_appended_them() {
    for world in worlds().await {
        let (agent, sponsor) = (AgentId::from_parts(NOW, unique()), UserId::from_parts(NOW, unique()));
        let hour = Duration::from_secs(3_600);
        let drafts = |allowed: usize, denied: usize| -> Vec<AuditDraft> {
            let reasons = [(ReasonCode::Allowed, allowed), (ReasonCode::NoMatchingPermission, denied)];
            let of = |(reason, count): (ReasonCode, usize)| {
                (0..count)
                    .map(move |place| decision(agent, sponsor, NOW + hour * (place as u32 % 2), "a", reason))
            };
            reasons.into_iter().flat_map(of).collect()
        };
        let store = &world.store;
        let (mut allowed, mut denied) = (0, 0);
        for round in 1..6 {
            let entries = drafts(round, 2).into_iter().map(|draft| draft.into_entry().unwrap());
            store.append_audit(entries.collect()).await.unwrap();
            let mut tx = store.write().await.unwrap();
            tx.append_audit(&drafts(3, round)).await.unwrap();
            tx.commit().await.unwrap();
            (allowed, denied) = (allowed + round + 3, denied + 2 + round);
            if round % 2 == 0 {
                store.count_decisions().await.unwrap();
            }
        }
        store.count_decisions().await.unwrap();
        let mut conn = store.read().await.unwrap();
        let hours = conn.decision_hours(Some(sponsor), Timestamp::from_millis(0)).await.unwrap();
        assert_eq!(hours.len(), 2);
        let sum = |of: fn(&kavach_model::overview::Hour) -> u64| hours.iter().map(of).sum::<u64>() as usize;
        assert_eq!((sum(|hour| hour.allowed), sum(|hour| hour.denied)), (allowed, denied));
    }
}

#[tokio::test]
async fn what_is_rare_and_old_is_found_below_a_prefix() {
    for world in worlds().await {
        let (agent, sponsor) = (AgentId::from_parts(NOW, unique()), UserId::from_parts(NOW, unique()));
        let draft = |resource| decision(agent, sponsor, NOW, resource, ReasonCode::Allowed);
        // The old ones lie further back than the newest that are looked at first.
        let mut drafts = vec![draft("mcp:old:a"), draft("mcp:old:b"), draft("mcp:older"), draft("mcp:old:c")];
        drafts.extend((0..20_500).map(|_| draft("mcp:common:x")));
        drafts.push(draft("mcp:old:d"));
        for batch in drafts.chunks(MAX_BATCH) {
            let mut tx = world.store.write().await.unwrap();
            tx.append_audit(batch).await.unwrap();
            tx.commit().await.unwrap();
        }
        let mut conn = world.store.read().await.unwrap();
        let filter = AuditFilter { resource: Some("mcp:old:*".into()), ..AuditFilter::default() };
        let mut page = PageRequest::new(Some(2), None).unwrap();
        let mut found = Vec::new();
        loop {
            let answer = conn.list_audit(&filter, &page).await.unwrap();
            found.push(answer.data.iter().map(|record| record.seq).collect::<Vec<_>>());
            page.cursor = answer.next_cursor;
            if page.cursor.is_none() {
                break;
            }
        }
        assert_eq!(found, [vec![20_505, 4], vec![2, 1]]);
        let common = AuditFilter { resource: Some("mcp:common:*".into()), ..AuditFilter::default() };
        let answer = conn.list_audit(&common, &PageRequest::default()).await.unwrap();
        assert_eq!(answer.data[0].seq, 20_504);
    }
}

#[tokio::test]
async fn records_are_found_by_every_filter() {
    for world in worlds().await {
        let (agent, other) = (AgentId::from_parts(NOW, unique()), AgentId::from_parts(NOW, unique()));
        let (ada, bob) = (UserId::from_parts(NOW, unique()), UserId::from_parts(NOW, unique()));
        let later = NOW + Duration::from_secs(60);
        let mut sign_in = AuditEvent::new(AuditKind::UserSignIn, later);
        sign_in.actor_id = Some(PrincipalId::User(bob));
        let drafts = [
            decision(agent, ada, NOW, "mcp:github", ReasonCode::Allowed),
            decision(agent, ada, NOW, "mcp:github:repos", ReasonCode::NoMatchingPermission),
            decision(other, bob, later, "mcp:githubx", ReasonCode::ApprovalRequired),
            AuditDraft { id: AuditId::from_parts(later, unique()), event: sign_in, sponsor_id: Some(bob) },
        ];
        let mut tx = world.store.write().await.unwrap();
        tx.append_audit(&drafts).await.unwrap();
        tx.commit().await.unwrap();
        let none = AuditFilter::default();
        let cases = [
            (none.clone(), vec![4, 3, 2, 1]),
            (AuditFilter { actor: Some(PrincipalId::Agent(agent)), ..none.clone() }, vec![2, 1]),
            (AuditFilter { actor: Some(PrincipalId::User(bob)), ..none.clone() }, vec![4]),
            (AuditFilter { visible_to: Some(bob), ..none.clone() }, vec![4, 3]),
            (AuditFilter { kind: Some(AuditKind::Decision), ..none.clone() }, vec![3, 2, 1]),
            (AuditFilter { kind: Some(AuditKind::UserSignIn), ..none.clone() }, vec![4]),
            (AuditFilter { action: Some("read".into()), ..none.clone() }, vec![3, 2, 1]),
            (AuditFilter { action: Some("write".into()), ..none.clone() }, vec![]),
            (AuditFilter { action: Some("read\0".into()), ..none.clone() }, vec![]),
            (AuditFilter { resource: Some("mcp:github:repos".into()), ..none.clone() }, vec![2]),
            (AuditFilter { resource: Some("mcp:github:*".into()), ..none.clone() }, vec![2]),
            (AuditFilter { resource: Some("mcp:*".into()), ..none.clone() }, vec![3, 2, 1]),
            (AuditFilter { resource: Some("*".into()), ..none.clone() }, vec![4, 3, 2, 1]),
            (AuditFilter { verdict: Some(Verdict::Deny), ..none.clone() }, vec![3, 2]),
            (AuditFilter { verdict: Some(Verdict::Allow), ..none.clone() }, vec![4, 1]),
            (AuditFilter { reason: Some(ReasonCode::ApprovalRequired), ..none.clone() }, vec![3]),
            (AuditFilter { since: Some(later), ..none.clone() }, vec![4, 3]),
            (AuditFilter { until: Some(later), ..none.clone() }, vec![2, 1]),
        ];
        let mut conn = world.store.read().await.unwrap();
        for (filter, expected) in cases {
            let page = conn.list_audit(&filter, &PageRequest::default()).await.unwrap();
            let found: Vec<i64> = page.data.iter().map(|record| record.seq).collect();
            assert_eq!(found, expected, "{filter:?}");
        }
        assert!(conn.find_audit(drafts[0].id, Some(bob)).await.unwrap().is_none());
        assert!(conn.find_audit(drafts[0].id, Some(ada)).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn a_span_of_time_has_what_was_appended_late_and_nothing_else() {
    for world in worlds().await {
        let (agent, sponsor) = (AgentId::from_parts(NOW, unique()), UserId::from_parts(NOW, unique()));
        let second = |number: u64| NOW + Duration::from_secs(number);
        // Seconds, in the order of the log: some came after others that are up to 55 seconds younger.
        let times = [0, 200, 145, 210, 400, 350, 1_000, 950, 2_000];
        let drafts = times.map(|at| decision(agent, sponsor, second(at), "a:b", ReasonCode::Allowed));
        let mut tx = world.store.write().await.unwrap();
        tx.append_audit(&drafts).await.unwrap();
        tx.commit().await.unwrap();
        let mut conn = world.store.read().await.unwrap();
        for since in (0..2_100).step_by(50) {
            for until in (since..2_100).step_by(50) {
                let page = PageRequest::default();
                let (since, until) = (second(since), second(until));
                let filter = AuditFilter { since: Some(since), until: Some(until), ..AuditFilter::default() };
                let found = conn.list_audit(&filter, &page).await.unwrap();
                let found: Vec<i64> = found.data.iter().map(|record| record.seq).collect();
                let inside = |at: u64| (since..until).contains(&second(at));
                let expected = (1..).zip(times).filter(|(_, at)| inside(*at)).map(|(seq, _)| seq);
                assert_eq!(found, expected.collect::<Vec<i64>>().into_iter().rev().collect::<Vec<_>>());
            }
        }
    }
}

#[tokio::test]
async fn activity_is_one_persons_newest_first_and_without_decisions() {
    for world in worlds().await {
        let (ada, bob) = (UserId::from_parts(NOW, unique()), UserId::from_parts(NOW, unique()));
        let agent = AgentId::from_parts(NOW, unique());
        let mut tx = world.store.write().await.unwrap();
        let happened = |kind: AuditKind, sponsor_id: Option<UserId>| AuditDraft {
            id: AuditId::from_parts(NOW, unique()),
            event: AuditEvent::new(kind, NOW),
            sponsor_id,
        };
        let drafts = [
            happened(AuditKind::UserSignUp, Some(ada)),
            happened(AuditKind::UserSignUp, Some(bob)),
            decision(agent, ada, NOW, "a:b", ReasonCode::Allowed),
            happened(AuditKind::UserSignInFailed, None),
            happened(AuditKind::AgentCreated, Some(ada)),
            happened(AuditKind::UserSignOut, Some(ada)),
        ];
        tx.append_audit(&drafts).await.unwrap();
        let (mut kinds, mut cursor) = (Vec::new(), None);
        loop {
            let page = PageRequest::new(Some(2), cursor).unwrap();
            let part = tx.list_activity(ada, &page).await.unwrap();
            kinds.extend(part.data.iter().map(|record| record.event.kind));
            cursor = part.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(kinds, [AuditKind::UserSignOut, AuditKind::AgentCreated, AuditKind::UserSignUp]);
        assert_eq!(tx.list_activity(bob, &PageRequest::default()).await.unwrap().data.len(), 1);
        let nobody = UserId::from_parts(NOW, unique());
        assert!(tx.list_activity(nobody, &PageRequest::default()).await.unwrap().data.is_empty());
    }
}
