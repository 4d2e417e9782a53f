//! A sign-in that fails, and a sign-up, cost the same work for an address that is known and for one that is not.
//!
//! Time is noise on a busy machine, so what takes the time is compared: the passwords hashed, and the statements the
//! database is asked. They are heard on the wire to PostgreSQL; SQLite is asked the same ones.

use crate::wire::Wire;
use crate::world::{PASSWORD, World, worlds_with};
use kavach_service::config::Config;
use kavach_service::health;
use serde_json::json;
use std::collections::BTreeMap;

const PAIRS: usize = 12;
const WRONG: &str = "not the password of anyone";

/// How often each transaction and each lone statement was asked, by every request of a kind at the least.
///
/// Loops in the background ask things too, now and then; what a request itself asks is asked every time.
#[derive(Debug, Default, PartialEq)]
struct Work(Option<BTreeMap<Vec<String>, usize>>);

impl Work {
    /// Takes in what was asked since the wire was last asked.
    fn learn(&mut self, wire: &Wire) {
        let mut seen = BTreeMap::<Vec<String>, usize>::new();
        for unit in wire.take_units().into_iter().filter(|unit| !is_of_a_quick_loop(unit)) {
            *seen.entry(unit).or_default() += 1;
        }
        let known = self.0.get_or_insert_with(|| seen.clone());
        known.retain(|unit, count| {
            *count = (*count).min(seen.get(unit).copied().unwrap_or(0));
            *count > 0
        });
    }

    /// Every statement, as often as it is asked.
    fn statements(&self) -> Vec<&str> {
        let units = self.0.iter().flatten();
        units
            .flat_map(|(unit, count)| unit.iter().cycle().take(unit.len() * count))
            .map(String::as_str)
            .collect()
    }
}

/// Loops that come around so often that they could keep pace with the requests.
fn is_of_a_quick_loop(unit: &[String]) -> bool {
    let mentions = |words: &str| unit.iter().any(|text| text.contains(words));
    mentions("name = 'agent_revision'")
        || mentions("counted_seq")
        || (unit.len() == 1 && mentions("MAX(seq)"))
}

/// Limits that are counted, and so wide that they are not met.
fn wide_limits(config: &mut Config) {
    config.rate_limit.enabled = true;
    config.rate_limit.failures_per_account = 100;
    config.rate_limit.sign_ins_per_ip = 1_000_000;
    config.rate_limit.sign_ups_per_ip = 1_000_000;
}

/// Tries to sign in; the answer without what differs by chance, and how many passwords were hashed.
async fn attempt(world: &World, email: &str) -> (String, u64) {
    let before = health::hashes(&world.kavach);
    let body = json!({"email": email, "password": WRONG});
    let reply =
        world.post("/api/auth/sign-in/email", body).header("x-request-id", "constant-id").send().await;
    reply.refused(401, "invalid_credentials");
    (format!("{:?} {}", reply.headers, reply.text()), health::hashes(&world.kavach) - before)
}

#[tokio::test]
async fn a_known_and_an_unknown_address_are_hashed_for_and_answered_alike() {
    for world in worlds_with(wide_limits).await {
        world.sign_up("known@example.com").await;
        for _ in 0..PAIRS {
            let known = attempt(&world, "known@example.com").await;
            assert_eq!(known, attempt(&world, "nobody@example.com").await);
            assert_eq!(known.1, 1);
        }
    }
}

#[tokio::test]
async fn a_known_and_an_unknown_address_ask_the_same_of_the_database() {
    let Some(wire) = Wire::start().await else { return };
    let world = World::over("postgres", wire.url.clone(), &wide_limits).await;
    world.sign_up("known@example.com").await;
    let (mut known, mut unknown) = (Work::default(), Work::default());
    for _ in 0..PAIRS {
        for (email, work) in [("known@example.com", &mut known), ("nobody@example.com", &mut unknown)] {
            wire.take_units();
            attempt(&world, email).await;
            work.learn(&wire);
        }
    }
    assert_eq!(known, unknown);
    for words in ["FROM users u WHERE u.email_key =", "INTO rate_limits", "INTO audit_log"] {
        assert!(known.statements().iter().any(|text| text.contains(words)), "{words}: {known:?}");
    }
}

#[tokio::test]
async fn a_sign_up_costs_as_much_for_a_held_address_as_for_a_free_one() {
    let Some(wire) = Wire::start().await else { return };
    let world = World::over("postgres", wire.url.clone(), &wide_limits).await;
    let (mut free, mut held) = (Work::default(), Work::default());
    for number in 0..PAIRS {
        let body =
            json!({"email": format!("ada{number}@example.com"), "password": PASSWORD, "name": "Somebody"});
        let mut costs = Vec::new();
        for work in [&mut free, &mut held] {
            let before = health::hashes(&world.kavach);
            wire.take_units();
            let reply = world.post("/api/auth/sign-up/email", body.clone()).send().await;
            work.learn(&wire);
            reply.expect(201);
            costs.push((health::hashes(&world.kavach) - before, reply.text().len()));
        }
        assert_eq!(costs[0], costs[1]);
    }
    // Other statements, and as many: one tries again without the address, the other stores a link.
    assert_eq!(free.statements().len(), held.statements().len(), "{free:?}\n{held:?}");
    assert!(held.statements().len() > 6, "{held:?}");
}

/// Of somebody, of nobody, and of somebody whose account is off; as long as each other.
const THREE: [&str; 3] = ["known@example.com", "other@example.com", "third@example.com"];

/// A world where these are what they are, and may be written to as often as one likes.
async fn three_addresses(wire: &Wire) -> World {
    let wide = |config: &mut Config| {
        wide_limits(config);
        config.rate_limit.mails_per_recipient = 1_000;
    };
    let world = World::over("postgres", wire.url.clone(), &wide).await;
    let admin = world.admin("admin@example.com").await;
    world.sign_up(THREE[0]).await;
    let off = world.sign_up(THREE[2]).await;
    let path = format!("/api/auth/users/{}/disable", off.id);
    world.ask("POST", &path).bearer(&admin.token).send().await.expect(200);
    world
}

#[tokio::test]
async fn asking_for_a_new_password_costs_as_much_whoever_it_is() {
    let Some(wire) = Wire::start().await else { return };
    let world = three_addresses(&wire).await;
    let mut works = [Work::default(), Work::default(), Work::default()];
    for _ in 0..PAIRS {
        let mut answers = Vec::new();
        for (email, work) in THREE.into_iter().zip(&mut works) {
            let before = health::hashes(&world.kavach);
            wire.take_units();
            let ask = world.post("/api/auth/password/forgot", json!({"email": email}));
            let reply = ask.header("x-request-id", "constant-id").header("cookie", "x=y").send().await;
            work.learn(&wire);
            reply.expect(202);
            answers.push((reply.text(), health::hashes(&world.kavach) - before));
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    }
    // One message more or one secret more that nobody can claim: as many statements, in one transaction.
    let counts = works.each_ref().map(|work| work.statements().len());
    assert_eq!(counts, [counts[0]; 3], "{works:?}");
    assert!(counts[0] > 6, "{works:?}");
}

#[tokio::test]
async fn asking_for_a_link_or_a_code_costs_as_much_whoever_it_is() {
    let Some(wire) = Wire::start().await else { return };
    let world = three_addresses(&wire).await;
    for path in ["/api/auth/magic-link/send", "/api/auth/email-otp/send"] {
        let mut works = [Work::default(), Work::default(), Work::default()];
        for _ in 0..PAIRS {
            let mut answers = Vec::new();
            for (email, work) in THREE.into_iter().zip(&mut works) {
                wire.take_units();
                let ask = world.post(path, json!({"email": email}));
                let reply = ask.header("x-request-id", "constant-id").header("cookie", "x=y").send().await;
                work.learn(&wire);
                // Every challenge has an identifier of its own, as long as any other.
                let challenge = reply.expect(202)["challengeId"].as_str().unwrap().to_owned();
                answers.push(reply.text().replace(&challenge, &"x".repeat(challenge.len())));
            }
            assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        }
        let counts = works.each_ref().map(|work| work.statements().len());
        assert_eq!(counts, [counts[0]; 3], "{works:?}");
        assert!(counts[0] > 5, "{works:?}");
    }
}
