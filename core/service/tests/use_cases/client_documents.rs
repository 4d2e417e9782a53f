use crate::world::{World, meta, person, worlds, worlds_with};
use kavach_service::context::RequestContext;
use kavach_service::oauth::authorize::{self, Problem, Step};
use kavach_service::outbound::Response;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const ID: &str = "https://app.example/client.json";

fn document() -> Value {
    json!({"client_id": ID, "client_name": "App", "redirect_uris": ["https://app.example/cb", "http://127.0.0.1/cb"]})
}

/// Answers every address with what is in here.
fn publish(world: &World) -> Arc<Mutex<(u16, &'static str, String, &'static str)>> {
    let served = Arc::new(Mutex::new((200, "application/json", document().to_string(), "max-age=600")));
    let shared = Arc::clone(&served);
    world.network.stand_in(move |_, _| {
        let (status, kind, body, cache) = shared.lock().unwrap().clone();
        let mut response = Response { status, body: body.into_bytes(), ..Response::default() };
        response.headers.insert("content-type", kind.parse().unwrap());
        response.headers.insert("cache-control", cache.parse().unwrap());
        Some(response)
    });
    served
}

fn query(id: &str, redirect: &str) -> String {
    let id = id.replace(':', "%3A").replace('/', "%2F");
    format!(
        "client_id={id}&redirect_uri={redirect}&response_type=code&code_challenge_method=S256\
         &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    )
}

async fn ask(world: &World, cx: &RequestContext, redirect: &str) -> Step {
    authorize::begin(&world.kv, cx, &query(ID, redirect)).await.unwrap()
}

async fn ada(world: &World) -> RequestContext {
    let mut cx = person(&world.kv, "ada@example.com").await;
    cx.meta.browser = Some("b".repeat(64));
    cx
}

#[tokio::test]
async fn a_client_is_what_its_document_says_and_asked_about_each_time() {
    for world in worlds().await {
        publish(&world);
        let cx = ada(&world).await;
        let Step::Page(page) = ask(&world, &cx, "https://app.example/cb").await else {
            panic!("no question")
        };
        let token = page.strip_prefix("/consent?request=").unwrap();
        let kavach_service::oauth::consent::Question::Ask(asked) =
            kavach_service::oauth::consent::look(&world.kv, &cx, token).await.unwrap()
        else {
            panic!("nothing to ask")
        };
        assert_eq!(asked.vouched, kavach_model::oauth::Vouched::Host("app.example".to_owned()));
        let to = kavach_service::oauth::consent::approve(&world.kv, &cx, token).await.unwrap();
        assert!(to.starts_with("https://app.example/cb?code=kv_code_"), "{to}");
        assert!(matches!(ask(&world, &cx, "https://app.example/cb").await, Step::Page(_)), "again");
        assert_eq!(ask(&world, &cx, "https://evil.example/cb").await, Step::Problem(Problem::Redirect));
    }
}

#[tokio::test]
async fn a_document_is_kept_as_long_as_it_says_and_a_bad_one_never() {
    for world in worlds().await {
        let served = publish(&world);
        let cx = ada(&world).await;
        let start = world.network.asked();
        for _ in 0..5 {
            assert!(matches!(ask(&world, &cx, "https://app.example/cb").await, Step::Page(_)));
        }
        assert_eq!(world.network.asked(), start + 1);
        served.lock().unwrap().2 =
            document().to_string().replace("https://app.example/cb", "https://app.example/new");
        world.clock.advance(Duration::from_secs(601));
        assert_eq!(ask(&world, &cx, "https://app.example/cb").await, Step::Problem(Problem::Redirect));
        world.clock.advance(Duration::from_secs(601));
        served.lock().unwrap().0 = 500;
        for asked in [3, 4] {
            assert_eq!(ask(&world, &cx, "https://app.example/new").await, Step::Problem(Problem::Document));
            assert_eq!(world.network.asked(), start + asked, "an error is not kept");
        }
    }
}

#[tokio::test]
async fn a_document_that_is_not_one_is_no_client() {
    for world in worlds().await {
        let served = publish(&world);
        let cx = ada(&world).await;
        let with = |name: &str, value: Value| {
            let mut changed = document();
            match value {
                Value::Null => drop(changed.as_object_mut().unwrap().remove(name)),
                value => changed[name] = value,
            }
            changed.to_string()
        };
        for (status, kind, body) in [
            (301, "application/json", document().to_string()),
            (404, "application/json", document().to_string()),
            (200, "text/html", document().to_string()),
            (200, "application/json", "{".to_owned()),
            (200, "application/json", "[]".to_owned()),
            (
                200,
                "application/json",
                format!("{}{}", &document().to_string()[..1], &r#""client_id":"x","client_id":"y"}"#),
            ),
            (200, "application/json", with("client_id", json!("https://app.example/other.json"))),
            (200, "application/json", with("client_id", json!("https://APP.example/client.json"))),
            (200, "application/json", with("client_id", Value::Null)),
            (200, "application/json", with("client_name", Value::Null)),
            (200, "application/json", with("redirect_uris", Value::Null)),
            (200, "application/json", with("redirect_uris", json!(["javascript:alert(1)"]))),
            (200, "application/json", with("client_secret", json!("x"))),
            (200, "application/json", with("token_endpoint_auth_method", json!("client_secret_post"))),
            (200, "application/json", with("token_endpoint_auth_method", json!("private_key_jwt"))),
            (200, "application/json", with("client_name", json!("a\u{202e}b"))),
        ] {
            *served.lock().unwrap() = (status, kind, body.clone(), "max-age=600");
            let step = ask(&world, &cx, "https://app.example/cb").await;
            assert_eq!(step, Step::Problem(Problem::Document), "{status} {kind} {body}");
        }
        *served.lock().unwrap() =
            (200, "application/json; charset=utf-8", document().to_string(), "no-store");
        assert!(matches!(ask(&world, &cx, "https://app.example/cb").await, Step::Page(_)));
    }
}

#[tokio::test]
async fn switched_off_no_document_is_fetched_and_one_network_has_only_so_many_fetched() {
    for world in worlds_with(|config| config.oauth.client_documents = false).await {
        publish(&world);
        let cx = ada(&world).await;
        let before = world.network.asked();
        assert_eq!(ask(&world, &cx, "https://app.example/cb").await, Step::Problem(Problem::Document));
        assert_eq!(world.network.asked(), before);
    }
    for world in worlds_with(|config| config.rate_limit.sign_ins_per_ip = 3).await {
        let nobody = RequestContext { meta: meta(), caller: kavach_service::context::Caller::Anonymous };
        let mut refused = 0;
        for number in 0..6 {
            let id = format!("https://app.example/{number}.json");
            refused += usize::from(authorize::begin(&world.kv, &nobody, &query(&id, "x")).await.is_err());
        }
        assert_eq!((refused, world.network.asked()), (3, 3));
    }
}

/// Whoever publishes a document chooses where people are sent; a refusal alone must not send them.
#[tokio::test]
async fn nobody_is_sent_to_a_site_that_nobody_vouches_for_without_having_agreed() {
    for world in worlds().await {
        publish(&world);
        let cx = ada(&world).await;
        for more in ["&prompt=none", "&scope=no-such-scope", "&resource=nonsense", "&request=x"] {
            let site = query(ID, "https://app.example/cb") + more;
            let step = authorize::begin(&world.kv, &cx, &site).await.unwrap();
            assert_eq!(step, Step::Problem(Problem::Refused), "{more}");
            let own_machine = query(ID, "http://127.0.0.1:4000/cb") + more;
            let step = authorize::begin(&world.kv, &cx, &own_machine).await.unwrap();
            let Step::Client(to) = step else { panic!("{more}: {step:?}") };
            assert!(to.starts_with("http://127.0.0.1:4000/cb?error="), "{to}");
        }
    }
}
