use crate::agents::agent;
use crate::world::{person, worlds};
use kavach_model::PrincipalId;
use kavach_model::canopy::Twig;
use kavach_store::{AgentRow, Conn};

async fn below(tx: &mut Conn, parent: &AgentRow, name: &str) -> AgentRow {
    let row = AgentRow { owner_id: PrincipalId::Agent(parent.id), ..agent(name, parent.sponsor_id) };
    tx.insert_agent(&row).await.unwrap();
    row
}

fn names(twigs: &[Twig]) -> Vec<&str> {
    twigs.iter().map(|twig| twig.name.as_str()).collect()
}

#[tokio::test]
async fn a_level_of_the_tree_is_read_so_many_of_each_and_goes_on_after_the_last() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        let (ada, grace) = (person(&mut tx, "a@example.com").await, person(&mut tx, "g@example.com").await);
        let (one, two) = (agent("one", ada), agent("two", grace));
        tx.insert_agent(&one).await.unwrap();
        tx.insert_agent(&two).await.unwrap();
        let mut children = Vec::new();
        for index in 0..4 {
            children.push(below(&mut tx, &one, &format!("one-{index}")).await);
        }
        below(&mut tx, &two, "two-0").await;
        below(&mut tx, &children[0], "deep").await;

        let tops = tx.list_tops(None, None, 10).await.unwrap();
        assert_eq!(names(&tops), ["one", "two"]);
        assert_eq!(tops.iter().map(|twig| twig.below).collect::<Vec<_>>(), [4, 1]);
        assert_eq!((tops[0].permissions, tops[0].levels_left, tops[0].parent_id), (2, 5, None));
        assert_eq!(names(&tx.list_tops(Some(grace), None, 10).await.unwrap()), ["two"]);
        assert_eq!(names(&tx.list_tops(None, Some(one.id), 10).await.unwrap()), ["two"]);
        assert_eq!(tx.list_tops(None, None, 1).await.unwrap().len(), 1);

        let level = tx.list_below(&[one.id, two.id], None, 3).await.unwrap();
        assert_eq!(names(&level), ["one-0", "one-1", "one-2", "two-0"], "so many of each");
        assert_eq!((level[0].below, level[0].parent_id), (1, Some(one.id)));
        let rest = tx.list_below(&[one.id], Some(children[2].id), 3).await.unwrap();
        assert_eq!(names(&rest), ["one-3"]);
        assert!(tx.list_below(&[], None, 3).await.unwrap().is_empty());

        assert_eq!(names(&tx.find_twigs(&[children[3].id]).await.unwrap()), ["one-3"]);
        assert!(tx.find_twigs(&[]).await.unwrap().is_empty());
    }
}
