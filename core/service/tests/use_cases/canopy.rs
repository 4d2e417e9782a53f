use crate::world::{make_agent, new_agent, person, worlds};
use kavach_model::agent::{Agent, CreateAgent, UpdateAgent};
use kavach_model::canopy::{Canopy, CanopyRequest, EACH, MOST_DRAWN, Refusal};
use kavach_model::permission::Permission;
use kavach_model::{AgentId, ErrorCode, PrincipalId};
use kavach_service::Kavach;
use kavach_service::agent;
use kavach_service::agent::canopy::{canopy, offers};
use kavach_service::context::RequestContext;

const READER: &str = r#"[{"resource":"mcp:github:*","actions":["read"]}]"#;

async fn below(kv: &Kavach, cx: &RequestContext, parent: AgentId) -> Agent {
    let owner_id = Some(PrincipalId::Agent(parent));
    agent::create(kv, cx, CreateAgent { owner_id, ..new_agent(READER) }).await.unwrap().agent
}

async fn drawn(kv: &Kavach, cx: &RequestContext, request: CanopyRequest) -> Canopy {
    canopy(kv, cx, &request).await.unwrap()
}

fn places(canopy: &Canopy) -> Vec<(AgentId, u32, usize)> {
    canopy.boughs.iter().map(|bough| (bough.twig.id, bough.level, bough.shown)).collect()
}

#[tokio::test]
async fn a_tree_is_drawn_from_the_top_and_only_to_those_who_answer_for_it() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let top = make_agent(kv, &cx, READER).await.agent.id;
        let left = below(kv, &cx, top).await.id;
        let deep = below(kv, &cx, left).await.id;
        world.clock.advance(std::time::Duration::from_secs(1));
        let right = below(kv, &cx, top).await.id;

        let all = drawn(kv, &cx, CanopyRequest::default()).await;
        assert_eq!(places(&all), [(top, 1, 2), (left, 2, 1), (deep, 3, 0), (right, 2, 0)]);
        assert!(all.next.is_none() && !all.full && all.path.is_empty());

        let folded = CanopyRequest { folded: vec![left], ..CanopyRequest::default() };
        let folded = drawn(kv, &cx, folded).await;
        assert_eq!(places(&folded), [(top, 1, 2), (left, 2, 0), (right, 2, 0)]);
        assert!(folded.boughs[1].folded && folded.boughs[1].has_below());

        // Of what is above the root only the way down is there.
        let part = drawn(kv, &cx, CanopyRequest { root: Some(left), ..CanopyRequest::default() }).await;
        assert_eq!(places(&part), [(top, 1, 1), (left, 2, 1), (deep, 3, 0)]);
        let looked = drawn(kv, &cx, CanopyRequest { node: Some(deep), ..CanopyRequest::default() }).await;
        assert_eq!(looked.path, [top, left, deep]);
        assert_eq!(looked.boughs.len(), 4);

        let stranger = person(kv, "eve@example.com").await;
        assert!(drawn(kv, &stranger, CanopyRequest::default()).await.boughs.is_empty());
        let asked = CanopyRequest { root: Some(left), ..CanopyRequest::default() };
        let refused = canopy(kv, &stranger, &asked).await.unwrap_err();
        assert_eq!(refused.code(), ErrorCode::NotFound);
    }
}

#[tokio::test]
async fn a_wide_tree_is_cut_and_the_agent_looked_at_is_there_all_the_same() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let top = make_agent(kv, &cx, READER).await.agent.id;
        let mut wide = Vec::new();
        for _ in 0..EACH + 2 {
            wide.push(below(kv, &cx, top).await.id);
        }
        // Those of one millisecond are in no order but that of their identifiers.
        wide.sort();
        let first = drawn(kv, &cx, CanopyRequest { root: Some(top), ..CanopyRequest::default() }).await;
        assert_eq!(first.boughs.len(), EACH + 1);
        assert_eq!(first.boughs[0].twig.below, wide.len() as u64);
        let after = first.boughs[0].next;
        assert_eq!(after, Some(wide[EACH - 1]));
        let rest = drawn(kv, &cx, CanopyRequest { root: Some(top), after, ..CanopyRequest::default() }).await;
        assert_eq!(rest.boughs.iter().skip(1).map(|bough| bough.twig.id).collect::<Vec<_>>(), wide[EACH..]);
        assert!(rest.boughs[0].next.is_none());
        let last = wide[EACH + 1];
        let looked = drawn(kv, &cx, CanopyRequest { node: Some(last), ..CanopyRequest::default() }).await;
        assert_eq!(looked.boughs.last().map(|bough| bough.twig.id), Some(last));
        assert!(looked.boughs.len() <= MOST_DRAWN);
    }
}

#[tokio::test]
async fn what_can_be_given_is_what_is_held_and_the_rest_says_why_not() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let both = r#"[{"resource":"mcp:github:*","actions":["read"]},{"resource":"mcp:slack:*","actions":["send"]}]"#;
        let top = make_agent(kv, &cx, both).await.agent;
        let middle = below(kv, &cx, top.id).await;
        let found = offers(kv, &cx, middle.id).await.unwrap();
        let said: Vec<_> = found.iter().map(|offer| offer.refusal.clone()).collect();
        assert_eq!(said, [None, Some(Refusal::NotHeld(top.name.clone()))]);

        let narrow: Vec<Permission> =
            serde_json::from_str(r#"[{"resource":"mcp:github:repos","actions":["read"]}]"#).unwrap();
        let change = UpdateAgent { permissions: Some(narrow), ..UpdateAgent::default() };
        agent::update(kv, &cx, top.id, change).await.unwrap();
        let found = offers(kv, &cx, middle.id).await.unwrap();
        assert_eq!(found[0].refusal, Some(Refusal::Narrowed(top.name.clone())));
        assert_eq!(found.len(), 1, "what the agent holds anyway is not said twice");

        let stranger = person(kv, "eve@example.com").await;
        assert_eq!(offers(kv, &stranger, middle.id).await.unwrap_err().code(), ErrorCode::NotFound);
    }
}
