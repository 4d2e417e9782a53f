use crate::world::{NOW, World, unique, worlds};
use kavach_model::trace::{TraceFilter, TraceKind, TraceOutcome, TraceStepCode};
use kavach_model::{PageRequest, Timestamp, TraceId};
use kavach_store::{Conn, TraceChange, TraceRow, TraceStepRow};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);

fn trace(client: Option<&str>, network: &str, at: Timestamp) -> TraceRow {
    TraceRow {
        id: TraceId::from_parts(at, unique()),
        kind: TraceKind::Authorize,
        client_id: client.map(str::to_owned),
        client_name: None,
        network: network.to_owned(),
        outcome: TraceOutcome::Refused,
        step: TraceStepCode::Asked,
        due_at: None,
        created_at: at,
        updated_at: at,
    }
}

fn step(of: TraceId, place: i64, request: &str) -> TraceStepRow {
    TraceStepRow {
        trace_id: of,
        at: NOW,
        place,
        request_id: request.to_owned(),
        step: TraceStepCode::Asked,
        detail: "{}".to_owned(),
    }
}

async fn found(tx: &mut Conn, filter: TraceFilter, now: Timestamp) -> Vec<TraceId> {
    let rows = tx.list_oauth_traces(&filter, &PageRequest::default(), now).await.unwrap();
    rows.into_iter().map(|row| row.id).collect()
}

#[tokio::test]
async fn a_try_is_found_by_any_request_it_was_a_part_of_and_its_steps_keep_their_order() {
    for World { store, .. } in worlds().await {
        let mut tx = store.write().await.unwrap();
        let (one, other) = (trace(Some("app"), "192.0.2.1", NOW), trace(None, "192.0.2.1", NOW + HOUR));
        tx.insert_oauth_trace(&one).await.unwrap();
        tx.insert_oauth_trace(&other).await.unwrap();
        for (place, request) in [(2, "second"), (1, "first")] {
            assert!(tx.insert_oauth_trace_step(&step(one.id, place, request)).await.unwrap());
        }
        let of =
            |request: &str| TraceFilter { request_id: Some(request.to_owned()), ..TraceFilter::default() };
        for request in ["first", "second"] {
            assert_eq!(found(&mut tx, of(request), NOW).await, [one.id], "{request}");
        }
        assert!(found(&mut tx, of("third"), NOW).await.is_empty());
        let (row, steps) = tx.find_oauth_trace(one.id).await.unwrap().unwrap();
        assert_eq!((row, steps.iter().map(|step| step.place).collect::<Vec<_>>()), (one.clone(), vec![1, 2]));
        assert_eq!(found(&mut tx, TraceFilter::default(), NOW).await, [other.id, one.id], "newest first");
        let client = TraceFilter { client: Some("app".to_owned()), ..TraceFilter::default() };
        assert_eq!(found(&mut tx, client, NOW).await, [one.id]);
        let since = TraceFilter { since: Some(NOW + HOUR), ..TraceFilter::default() };
        assert_eq!(found(&mut tx, since, NOW).await, [other.id]);
        let page = PageRequest::new(Some(1), Some(other.id.to_string())).unwrap();
        let rows = tx.list_oauth_traces(&TraceFilter::default(), &page, NOW).await.unwrap();
        assert_eq!(rows.len(), 1, "one is left after the first");
    }
}

#[tokio::test]
async fn what_is_due_is_found_as_late_once_the_time_is_up() {
    for World { store, .. } in worlds().await {
        let mut tx = store.write().await.unwrap();
        let row = trace(Some("app"), "192.0.2.1", NOW);
        tx.insert_oauth_trace(&row).await.unwrap();
        let change = TraceChange {
            outcome: Some(TraceOutcome::CodeIssued),
            step: TraceStepCode::CodeIssued,
            due_at: Some(NOW + HOUR),
            at: NOW,
        };
        tx.update_oauth_trace(row.id, &change).await.unwrap();
        let of = |outcome| TraceFilter { outcome: Some(outcome), ..TraceFilter::default() };
        let late = NOW + HOUR;
        assert_eq!(found(&mut tx, of(TraceOutcome::CodeIssued), NOW).await, [row.id]);
        assert!(found(&mut tx, of(TraceOutcome::NeverRedeemed), NOW).await.is_empty());
        assert_eq!(found(&mut tx, of(TraceOutcome::NeverRedeemed), late).await, [row.id]);
        assert!(found(&mut tx, of(TraceOutcome::CodeIssued), late).await.is_empty());
        // A step that says nothing of the outcome leaves it, and until when it is awaited.
        let noted = TraceChange { outcome: None, step: TraceStepCode::ConsentShown, due_at: None, at: late };
        tx.update_oauth_trace(row.id, &noted).await.unwrap();
        let (kept, _) = tx.find_oauth_trace(row.id).await.unwrap().unwrap();
        assert_eq!((kept.outcome, kept.due_at), (TraceOutcome::CodeIssued, Some(NOW + HOUR)));
        assert_eq!((kept.step, kept.updated_at), (TraceStepCode::ConsentShown, late));
    }
}

#[tokio::test]
async fn tries_are_bounded_and_forgotten_in_batches_with_their_steps() {
    for World { store, .. } in worlds().await {
        let mut tx = store.write().await.unwrap();
        assert!(
            !tx.insert_oauth_trace_step(&step(trace(None, "x", NOW).id, 1, "r")).await.unwrap(),
            "no such try"
        );
        let mut rows = Vec::new();
        for minute in 0..6u32 {
            let row = trace(Some("app"), "192.0.2.1", NOW + HOUR * minute);
            tx.insert_oauth_trace(&row).await.unwrap();
            rows.push(row.id);
        }
        let elsewhere = trace(Some("app"), "192.0.2.2", NOW);
        tx.insert_oauth_trace(&elsewhere).await.unwrap();
        let kept = (0..100).map(|place| step(rows[5], place, "r"));
        let mut count = 0;
        for one in kept {
            count += u32::from(tx.insert_oauth_trace_step(&one).await.unwrap());
        }
        assert_eq!(count, 60, "steps of one try are bounded");
        assert_eq!(tx.thin_oauth_traces(4, 1).await.unwrap(), 1, "a batch");
        assert_eq!(tx.thin_oauth_traces(4, 100).await.unwrap(), 1, "the rest");
        let left = found(&mut tx, TraceFilter::default(), NOW).await;
        assert!(left.contains(&elsewhere.id), "another network's are its own");
        assert_eq!(left.len(), 5);
        assert_eq!(tx.prune_oauth_traces(NOW + HOUR * 4, 1).await.unwrap(), 1);
        assert_eq!(tx.prune_oauth_traces(NOW + HOUR * 10, 100).await.unwrap(), 4);
        assert_eq!(tx.find_oauth_trace(rows[5]).await.unwrap(), None);
    }
}
