use crate::world::{NOW, person, unique, worlds};
use kavach_model::approval::{ApprovalFilter, ApprovalStatus, Grant};
use kavach_model::{AgentId, ApprovalId, PageRequest, PrincipalId, SessionId, Timestamp, UserId};
use kavach_store::{ApprovalRow, Conn, Decided, Redeem};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

fn row(agent_id: AgentId, sponsor_id: UserId, digest: &str, at: Timestamp) -> ApprovalRow {
    ApprovalRow {
        id: ApprovalId::from_parts(at, unique()),
        agent_id,
        sponsor_id,
        chain: vec![PrincipalId::User(sponsor_id), PrincipalId::Agent(agent_id)],
        action: "execute".to_owned(),
        resource: "mcp:deploy".to_owned(),
        arguments_sealed: Some("sealed".to_owned()),
        arguments_digest: Some("arguments".to_owned()),
        units: 5,
        permissions: Vec::new(),
        permissions_digest: "permissions".to_owned(),
        digest: digest.to_owned(),
        grant_digest: "grant".to_owned(),
        stored_status: ApprovalStatus::Pending,
        created_at: at,
        expires_at: at + MINUTE,
        decided_at: None,
        decided_by: None,
        reason: None,
        grant: None,
        uses_left: 0,
        redeem_by: None,
        used_at: None,
        receipt: None,
    }
}

fn yes(by: UserId, grant: Option<Grant>) -> Decided<'static> {
    let session = SessionId::from_parts(NOW, unique());
    Decided {
        by,
        session,
        approved: true,
        reason: None,
        grant,
        redeem_by: Some(NOW + MINUTE * 10),
        receipt: None,
    }
}

fn asking(digest: &str, units: u64) -> Redeem<'_> {
    Redeem { digest, grant_digest: "grant", units }
}

async fn status(tx: &mut Conn, id: ApprovalId, now: Timestamp) -> ApprovalStatus {
    tx.find_approval(id).await.unwrap().unwrap().status(now)
}

#[tokio::test]
async fn of_one_question_one_approval_waits_until_its_time_is_over() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        let sponsor = person(&mut tx, "ada@example.com").await;
        let agent = AgentId::from_parts(NOW, unique());
        let first = row(agent, sponsor, "one", NOW);
        assert!(tx.open_approval(&first).await.unwrap());
        assert_eq!(tx.find_approval(first.id).await.unwrap().as_ref(), Some(&first));
        assert!(!tx.open_approval(&row(agent, sponsor, "one", NOW)).await.unwrap());
        assert!(tx.open_approval(&row(agent, sponsor, "two", NOW)).await.unwrap());
        assert_eq!(tx.standing_approval("one", NOW).await.unwrap().map(|row| row.id), Some(first.id));
        assert_eq!(tx.count_pending_approvals(agent, NOW).await.unwrap(), 2);
        let stranger = UserId::from_parts(NOW, unique());
        let (before, later) = (NOW - MINUTE, NOW + MINUTE);
        for (sponsor, since, now, waiting) in [
            (None, before, NOW, 2),
            (Some(sponsor), before, NOW, 2),
            (Some(stranger), before, NOW, 0),
            (None, NOW, NOW, 0),
            (None, before, later, 0),
        ] {
            assert_eq!(tx.count_waiting_approvals(sponsor, since, now).await.unwrap(), waiting);
        }
        assert_eq!(tx.count_pending_approvals(agent, later).await.unwrap(), 0);
        assert_eq!(tx.standing_approval("one", later).await.unwrap(), None);
        assert!(tx.decide_approval(first.id, &yes(sponsor, None), later).await.unwrap().is_none());
        assert!(tx.open_approval(&row(agent, sponsor, "one", later)).await.unwrap());
        assert_eq!(status(&mut tx, first.id, later).await, ApprovalStatus::Expired);
    }
}

#[tokio::test]
async fn an_approval_is_decided_once_and_used_as_often_as_was_granted() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        let sponsor = person(&mut tx, "ada@example.com").await;
        let agent = AgentId::from_parts(NOW, unique());
        let (once, standing) = (row(agent, sponsor, "one", NOW), row(agent, sponsor, "two", NOW));
        for new in [&once, &standing] {
            assert!(tx.open_approval(new).await.unwrap());
            assert!(tx.redeem_approval(&asking(&new.digest, 5), NOW).await.unwrap().is_none());
        }
        let grant = Some(Grant { uses: 2, minutes: 10 });
        assert!(tx.decide_approval(once.id, &yes(sponsor, None), NOW).await.unwrap().is_some());
        assert!(tx.decide_approval(once.id, &yes(sponsor, None), NOW).await.unwrap().is_none());
        assert!(tx.decide_approval(standing.id, &yes(sponsor, grant), NOW).await.unwrap().is_some());
        // The one for this very call goes first, whatever a grant would cover.
        let used = tx.redeem_approval(&asking("one", 5), NOW).await.unwrap().unwrap();
        assert_eq!((used.id, used.status(NOW)), (once.id, ApprovalStatus::Consumed));
        assert!(tx.is_approved(&asking("other", 5), NOW).await.unwrap());
        assert!(!tx.is_approved(&asking("other", 6), NOW).await.unwrap());
        assert!(!tx.is_approved(&asking("other", 5), NOW + MINUTE * 10).await.unwrap());
        for left in [1, 0] {
            let used = tx.redeem_approval(&asking("other", 1), NOW).await.unwrap().unwrap();
            assert_eq!((used.id, used.uses_left), (standing.id, left));
        }
        assert!(tx.redeem_approval(&asking("two", 5), NOW).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn parallel_callers_get_no_more_than_one_use_each() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        let sponsor = person(&mut tx, "ada@example.com").await;
        let new = row(AgentId::from_parts(NOW, unique()), sponsor, "one", NOW);
        tx.open_approval(&new).await.unwrap();
        tx.decide_approval(new.id, &yes(sponsor, Some(Grant { uses: 7, minutes: 10 })), NOW).await.unwrap();
        tx.commit().await.unwrap();
        let uses = (0..40).map(|_| async {
            let mut tx = world.store.write().await.unwrap();
            let used = tx.redeem_approval(&asking("one", 5), NOW).await.unwrap();
            tx.commit().await.unwrap();
            used.is_some()
        });
        let used = futures::future::join_all(uses).await.into_iter().filter(|used| *used).count();
        assert_eq!(used, 7);
    }
}

#[tokio::test]
async fn a_list_is_narrowed_by_state_agent_and_person() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        let ada = person(&mut tx, "ada@example.com").await;
        let bob = person(&mut tx, "bob@example.com").await;
        let agents = [AgentId::from_parts(NOW, unique()), AgentId::from_parts(NOW, unique())];
        for (agent, sponsor, digest) in [(0, ada, "1"), (0, ada, "2"), (1, ada, "3"), (1, bob, "4")] {
            let new = row(agents[agent], sponsor, digest, NOW);
            tx.open_approval(&new).await.unwrap();
            if digest == "2" {
                tx.decide_approval(new.id, &yes(ada, None), NOW).await.unwrap();
            }
        }
        let mut count = async |sponsor, status, agent, now| {
            let filter = ApprovalFilter { status, agent };
            tx.list_approvals(sponsor, &filter, now, &PageRequest::default()).await.unwrap().data.len()
        };
        assert_eq!(count(None, None, None, NOW).await, 4);
        assert_eq!(count(Some(ada), None, None, NOW).await, 3);
        assert_eq!(count(Some(ada), None, Some(agents[1]), NOW).await, 1);
        assert_eq!(count(None, Some(ApprovalStatus::Pending), None, NOW).await, 3);
        assert_eq!(count(None, Some(ApprovalStatus::Approved), None, NOW).await, 1);
        let later = NOW + MINUTE * 5;
        assert_eq!(count(None, Some(ApprovalStatus::Pending), None, later).await, 0);
        assert_eq!(count(Some(ada), Some(ApprovalStatus::Expired), None, later).await, 2);
        assert_eq!(count(None, Some(ApprovalStatus::Expired), None, NOW + MINUTE * 10).await, 4);
        assert_eq!(count(None, Some(ApprovalStatus::Denied), None, NOW).await, 0);
        assert_eq!(count(None, Some(ApprovalStatus::Consumed), None, NOW).await, 0);
        assert_eq!(tx.prune_approvals(NOW + MINUTE).await.unwrap(), 4);
    }
}
