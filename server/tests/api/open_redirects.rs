//! Whatever stands in a `return_to`, people stay on this site.
//!
//! The corpus is `tests/corpus/return_to.txt`. Every page is asked with every line of it, signed out and signed in, and
//! every form that takes one is posted with it, once refused and once going well. What a browser would make of an answer
//! is decided by a parser that follows the WHATWG URL Standard, as browsers do; the whole chain of redirects is walked.

use crate::world::{PASSWORD, Person, Reply, World, text, worlds_with};
use kavach_model::Secret;
use kavach_service::config::{Config, Preset, Social};
use serde_json::json;
use std::collections::{BTreeMap, HashSet};
use url::Url;

const CORPUS: &str = include_str!("../corpus/return_to.txt");
const LONGEST_CHAIN: usize = 6;

/// The payloads; some are too long to be written down.
fn corpus() -> Vec<String> {
    let written = CORPUS.lines().filter(|line| !line.is_empty() && !line.starts_with("# "));
    let mut all: Vec<String> =
        written.map(|line| serde_json::from_str(&format!("\"{line}\"")).unwrap()).collect();
    all.push(format!("//{}.evil.example", "a".repeat(3_000)));
    all.push(format!("/console/{}//evil.example", "a/".repeat(2_000)));
    all.push(format!("{}//evil.example", "/..".repeat(1_000)));
    all
}

/// A browser: its cookies and the page it is on.
struct Browser<'a> {
    world: &'a World,
    home: Url,
    cookies: BTreeMap<String, String>,
}

impl<'a> Browser<'a> {
    fn new(world: &'a World) -> Self {
        let home = Url::parse(&world.kavach.config().public_url).unwrap();
        Self { world, home, cookies: BTreeMap::new() }
    }

    fn signed_in(world: &'a World, person: &Person) -> Self {
        let mut browser = Self::new(world);
        browser.cookies.insert(world.kavach.config().cookie_name().to_owned(), person.token.clone());
        browser
    }

    fn keep(&mut self, reply: &Reply) {
        for cookie in reply.headers.get_all("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    fn header(&self) -> String {
        self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    async fn get(&mut self, path: &str) -> Reply {
        let ask = self.world.get(path).header("accept", "text/html").header("cookie", self.header());
        let reply = ask.send().await;
        self.keep(&reply);
        reply
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let body = form(fields);
        let ask = self.world.ask("POST", path).same_origin().header("cookie", self.header());
        let reply = ask.raw("application/x-www-form-urlencoded", body).send().await;
        self.keep(&reply);
        reply
    }

    /// What an address in an answer to this request means to a browser; None when it leads nowhere.
    fn resolve(&self, asked: &str, written: &str) -> Option<Url> {
        self.home.join(asked).unwrap().join(written).ok()
    }

    fn stays(&self, url: &Url) -> bool {
        url.origin() == self.home.origin() && url.username().is_empty() && url.password().is_none()
    }

    /// Fails when anything in an answer leads elsewhere; the redirects that follow are walked.
    async fn must_stay(&mut self, asked: &str, reply: Reply, payload: &str) {
        let (mut asked, mut reply) = (asked.to_owned(), reply);
        for _ in 0..LONGEST_CHAIN {
            assert!(!reply.status.is_server_error(), "{payload:?}: {} {}", reply.asked, reply.text());
            assert!(reply.header("refresh").is_none(), "{payload:?}: {}", reply.asked);
            for written in addresses(&reply.text()) {
                // What an authenticator app opens is no address of a page.
                if written.starts_with("otpauth://totp/") {
                    continue;
                }
                let led = self.resolve(&asked, &written);
                assert!(
                    led.is_none_or(|led| self.stays(&led)),
                    "{payload:?}: {} leads to {written:?}",
                    reply.asked
                );
            }
            let locations: Vec<_> = reply.headers.get_all("location").iter().collect();
            let Some(location) = locations.first() else { return };
            assert_eq!(locations.len(), 1, "{payload:?}: {}", reply.asked);
            let location = location.to_str().unwrap();
            let led = self.resolve(&asked, location);
            let led = led.filter(|led| self.stays(led));
            let led = led.unwrap_or_else(|| panic!("{payload:?}: {} goes to {location:?}", reply.asked));
            asked = led[url::Position::BeforePath..url::Position::AfterQuery].to_owned();
            reply = self.get(&asked).await;
        }
        panic!("{payload:?}: {asked} goes round in circles");
    }
}

fn form(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

fn unescaped(value: &str) -> String {
    let plain =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#39;", "'"), ("&amp;", "&")];
    plain.iter().fold(value.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// Everything in a page that a browser, one of our scripts or the next form may follow.
fn addresses(html: &str) -> HashSet<String> {
    let mut found = HashSet::new();
    for name in ["href", "action", "formaction", "data-next", "src"] {
        for rest in html.split(&format!(" {name}=\"")).skip(1) {
            found.insert(unescaped(rest.split('"').next().unwrap()));
        }
    }
    for input in html.split("<input").skip(1) {
        let input = input.split('>').next().unwrap();
        if input.contains("name=\"return_to\"") || input.contains("name=\"page\"") {
            let value = input.split(" value=\"").nth(1).and_then(|rest| rest.split('"').next());
            found.insert(unescaped(value.unwrap_or_default()));
        }
    }
    assert!(!html.contains("http-equiv=\"refresh\""), "{html}");
    found
}

fn with_everything_on(config: &mut Config) {
    config.google.client_id = Some("client.example".to_owned());
    config.social = vec![Social {
        preset: Preset::Github,
        client_id: "gh".to_owned(),
        client_secret: Some(Secret::new("s3cret")),
        ..Social::default()
    }];
}

/// None of this is the database's business.
async fn world() -> World {
    worlds_with(with_everything_on).await.swap_remove(0)
}

/// Pages without parameters in their paths; one with is added.
fn pages() -> Vec<String> {
    let options = leptos::config::LeptosOptions::builder().output_name("kavach").build();
    let routes = leptos_axum::generate_route_list(move || app::shell::shell(&options));
    let paths = routes.iter().map(|route| route.path().to_owned());
    let mut pages: Vec<String> = paths.filter(|path| !path.contains(['{', ':', '*'])).collect();
    pages.push("/sign-in/with/github".to_owned());
    assert!(pages.len() > 40, "{pages:?}");
    pages
}

/// A corpus that nothing could be led astray by would prove nothing.
#[test]
fn most_of_the_corpus_leads_a_browser_elsewhere() {
    let corpus = corpus();
    let different: HashSet<&String> = corpus.iter().collect();
    assert_eq!(different.len(), corpus.len());
    assert!(corpus.len() >= 300, "{}", corpus.len());
    let home = Url::parse("http://localhost:3000/sign-in").unwrap();
    let leaves = |text: &&String| {
        let decoded =
            url::form_urlencoded::parse(format!("x={text}").as_bytes()).next().unwrap().1.into_owned();
        [text.as_str(), &decoded]
            .iter()
            .any(|text| home.join(text).is_ok_and(|led| led.origin() != home.origin()))
    };
    let leaving = corpus.iter().filter(leaves).count();
    assert!(leaving >= 150, "{leaving} of {}", corpus.len());
}

#[tokio::test]
async fn no_page_sends_anybody_away() {
    let world = world().await;
    let ada = world.sign_up("ada@example.com").await;
    let corpus = corpus();
    for signed_in in [false, true] {
        let browser = || if signed_in { Browser::signed_in(&world, &ada) } else { Browser::new(&world) };
        for page in pages() {
            // A page that makes nothing of its address needs no more than this.
            let marked = browser().get(&format!("{page}?return_to=%2Faccount%2Fsessions")).await;
            let location = marked.header("location").unwrap_or_default();
            let takes =
                format!("{location} {}", marked.text()).replace("%2F", "/").contains("/account/sessions");
            // Whoever is signed in is sent on by the same code everywhere.
            let step = if !takes {
                20
            } else if signed_in {
                4
            } else {
                1
            };
            for payload in corpus.iter().step_by(step) {
                let mut browser = browser();
                let asked = format!("{page}?{}", form(&[("return_to", payload)]));
                let reply = browser.get(&asked).await;
                browser.must_stay(&asked, reply, payload).await;
            }
        }
    }
}

#[tokio::test]
async fn an_address_as_it_stands_sends_nobody_away_either() {
    let world = world().await;
    let ada = world.sign_up("ada@example.com").await;
    for payload in corpus() {
        // Unescaped, as far as that is an address at all; twice, with an honest one before and after; beside others.
        let plain = payload.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"<>#`{}^|".contains(&byte));
        let escaped = form(&[("return_to", &payload)]);
        let mut asked = vec![
            format!("/sign-in?return_to=%2Fconsole&{escaped}"),
            format!("/sign-in?{escaped}&return_to=%2Fconsole"),
            format!("/sign-in?{}", form(&[("next", &payload), ("redirect", &payload), ("__path", &payload)])),
        ];
        asked.extend(plain.then(|| format!("/sign-in?return_to={payload}")));
        for asked in asked {
            for mut browser in [Browser::new(&world), Browser::signed_in(&world, &ada)] {
                let reply = browser.get(&asked).await;
                browser.must_stay(&asked, reply, &payload).await;
            }
        }
    }
}

/// Every form, refused: people come back to it. Those that make something of where people were going get the whole
/// corpus, the others a part of it.
#[tokio::test]
async fn no_form_that_is_refused_sends_anybody_away() {
    let world = world().await;
    let ada = world.sign_up("ada@example.com").await;
    let forms = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path);
    let forms: Vec<&str> = forms.filter(|path| !path.ends_with("sign-out")).collect();
    assert!(forms.len() > 50, "{forms:?}");
    let fields = |to: &str| {
        let mut fields =
            ["return_to", "page", "next", "redirect", "url"].map(|name| (name, to.to_owned())).to_vec();
        // So long that nobody hashes it.
        fields.extend(["password", "current", "new"].map(|name| (name, "x".repeat(1_025))));
        fields
    };
    let corpus = corpus();
    let mut takers = 0;
    for path in forms {
        for signed_in in [false, true] {
            let browser = || if signed_in { Browser::signed_in(&world, &ada) } else { Browser::new(&world) };
            let post = async |browser: &mut Browser<'_>, to: &str| {
                let fields = fields(to);
                let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
                browser.post(path, &fields).await
            };
            let marked = post(&mut browser(), "/account/sessions").await;
            let takes = marked.header("location").unwrap_or_default().contains("sessions");
            takers += usize::from(takes);
            for (number, payload) in corpus.iter().enumerate().step_by(if takes { 1 } else { 20 }) {
                let mut browser = browser();
                let reply = post(&mut browser, payload).await;
                // The pages that follow were asked all of this themselves.
                if number % 20 == 0 {
                    browser.must_stay(path, reply, payload).await;
                } else if let Some(location) = reply.header("location") {
                    let led = browser.resolve(path, location);
                    assert!(led.is_some_and(|led| browser.stays(&led)), "{payload:?}: {path} to {location}");
                }
            }
        }
    }
    assert!(takers >= 10, "{takers}");
}

/// And going well: people go on to where they wanted to.
#[tokio::test]
async fn no_form_that_goes_well_sends_anybody_away() {
    let world = world().await;
    world.sign_up("ada@example.com").await;
    for (number, payload) in corpus().iter().enumerate() {
        let to = ("return_to", payload.as_str());
        let name = format!("somebody{number}");
        let address = format!("{name}@example.com");
        // With the corpus, hashing each password twice would take most of the time: a few are enough where the
        // same function leads on.
        let hashing = number % 10 == 0;
        let mut forms: Vec<(&str, Vec<(&str, &str)>)> = vec![
            ("/_fn/sign-in/identify", vec![("username", "ada@example.com"), to]),
            ("/_fn/sign-in/forget", vec![("username", "ada@example.com"), to]),
            ("/_fn/sign-in/anonymous", vec![to]),
            ("/_fn/language", vec![("language", "de"), ("page", payload)]),
            ("/_fn/code/send", vec![("username", &address), to]),
        ];
        if hashing {
            let ada = ("username", "ada@example.com");
            let secret = ("password", PASSWORD);
            forms.push(("/_fn/sign-in/password", vec![ada, secret, to]));
            forms.push(("/_fn/sign-up", vec![("name", "A"), ("email", &address), secret, to]));
            forms.push(("/_fn/sign-up/username", vec![("username", &name), secret, to]));
        }
        for (path, fields) in forms {
            let mut browser = Browser::new(&world);
            let reply = browser.post(path, &fields).await;
            assert_eq!(reply.status, 303, "{payload:?}: {} {}", reply.asked, reply.text());
            browser.must_stay(path, reply, payload).await;
        }
        if hashing {
            let ada = world.sign_in("ada@example.com").await;
            let mut browser = Browser::signed_in(&world, &ada);
            let reply = browser.post("/_fn/account/confirm", &[("password", PASSWORD), to]).await;
            browser.must_stay("/_fn/account/confirm", reply, payload).await;
        }
    }
}

/// A link remembers where its person was going, by whichever door it was asked for.
#[tokio::test]
async fn no_link_in_a_mail_sends_anybody_away() {
    let world = world().await;
    for (number, payload) in corpus().iter().enumerate() {
        world.clock.advance(std::time::Duration::from_secs(1));
        let address = format!("somebody{number}@example.com");
        let mut browser = Browser::new(&world);
        let by_form = number % 2 == 0;
        if by_form {
            let fields = [("username", address.as_str()), ("return_to", payload)];
            let reply = browser.post("/_fn/link/send", &fields).await;
            browser.must_stay("/_fn/link/send", reply, payload).await;
        } else {
            let ask = world.post("/api/auth/magic-link/send", json!({"email": address, "returnTo": payload}));
            let reply = ask.send().await;
            if reply.status == 422 {
                continue;
            }
            reply.expect(202);
        }
        let outbox = world.get("/dev/outbox.json").send().await.json();
        let mail = &outbox["data"][0];
        assert_eq!(mail["to"], address, "{payload:?}");
        let link = Url::parse(&text(&mail["links"][0])).unwrap();
        assert!(browser.stays(&link), "{payload:?}: {link}");
        let asked = link[url::Position::BeforePath..].to_owned();
        let page = browser.get(&asked).await;
        assert_eq!(page.status, 200, "{payload:?}");
        browser.must_stay(&asked, page, payload).await;
        // The button, and then the same as if the page had been tampered with.
        let token = link.query_pairs().next().unwrap().1.into_owned();
        let fields = [("token", token.as_str()), ("confirmed", "1"), ("return_to", payload)];
        let reply = browser.post("/_fn/link/open", &fields).await;
        assert!(
            browser.cookies.keys().any(|name| name == world.kavach.config().cookie_name()),
            "{payload:?}"
        );
        browser.must_stay("/_fn/link/open", reply, payload).await;
    }
}

/// The way back from a provider; the way there leads to the provider that is configured and nowhere else.
#[tokio::test]
async fn no_way_back_from_a_provider_sends_anybody_elsewhere() {
    let world = world().await;
    for payload in corpus() {
        let mut browser = Browser::new(&world);
        // A page first: the flow belongs to this browser.
        browser.get("/sign-in").await;
        let fields = [("provider", "github"), ("return_to", payload.as_str())];
        let reply = browser.post("/_fn/sign-in/with", &fields).await;
        assert_eq!(reply.header("location"), Some("/sign-in/with/github"), "{payload:?}");
        let page = browser.get("/sign-in/with/github").await.text();
        let there = page.split(" href=\"https://").nth(1).unwrap().split('"').next().unwrap();
        let there = Url::parse(&unescaped(&format!("https://{there}"))).unwrap();
        assert_eq!(there.host_str(), Some("github.com"), "{payload:?}: {there}");
        let pair = |name: &str| there.query_pairs().find(|(found, _)| found == name).unwrap().1.into_owned();
        assert!(browser.stays(&Url::parse(&pair("redirect_uri")).unwrap()), "{payload:?}");
        let back = form(&[("error", "access_denied"), ("state", &pair("state")), ("return_to", &payload)]);
        let asked = format!("/sign-in/callback/github?{back}");
        let reply = browser.get(&asked).await;
        assert_eq!(reply.status, 303, "{payload:?}");
        browser.must_stay(&asked, reply, &payload).await;
        // Where the provider posts its answer, it becomes a page of ours whatever it says.
        let fields = [("state", payload.as_str()), ("code", &payload), ("return_to", &payload)];
        let reply = browser.post("/sign-in/callback/github", &fields).await;
        assert!(reply.status == 303 || reply.status.is_client_error(), "{payload:?}: {}", reply.status);
        browser.must_stay("/sign-in/callback/github", reply, &payload).await;
    }
}
