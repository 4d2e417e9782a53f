//! The range client against an HTTP server that answers, stalls, lies or is away.

use super::*;
use crate::clock::ManualClock;
use crate::outbound::{GuardedClient, Response};
use futures::FutureExt;
use futures::future::BoxFuture;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

// printf %s 'correct horse battery staple' | sha1sum
const PASSWORD: &str = "correct horse battery staple";
const PREFIX: &str = "ABF7A";
const SUFFIX: &str = "AD6438836DBE526AA231ABDE2D0EEF74D42";

/// A range service that gives every request the same answer; returns its URL and the requests it saw.
async fn serve(status: &'static str, body: String) -> (String, tokio::sync::mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/range", listener.local_addr().unwrap());
    let (seen, requests) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                match stream.read_u8().await {
                    Ok(byte) => request.push(byte),
                    Err(_) => break,
                }
            }
            let _ = seen.send(String::from_utf8_lossy(&request).into_owned());
            let head =
                format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
            let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
        }
    });
    (url, requests)
}

fn checker(url: &str) -> BreachedPasswords {
    let config = Hibp { url: url.to_owned(), ..Hibp::default() };
    let http = Arc::new(GuardedClient::new(&[]).unwrap());
    BreachedPasswords::new(&config, http, Arc::new(ManualClock::new(Timestamp::from_millis(0))))
}

#[tokio::test]
async fn only_five_digits_of_the_hash_leave_and_padding_is_asked_for() {
    let body = format!("0018A45C4D1DEF81644B54AB7F969B88D65:3\r\n{SUFFIX}:4711\r\n");
    let (url, mut requests) = serve("200 OK", body).await;
    assert_eq!(checker(&url).check(PASSWORD).await, Breach::Known(4711));
    let request = requests.recv().await.unwrap().to_lowercase();
    assert!(request.starts_with(&format!("get /range/{} http/1.1\r\n", PREFIX.to_lowercase())), "{request}");
    assert!(request.contains("\r\nadd-padding: true\r\n"), "{request}");
    assert!(!request.contains(&SUFFIX.to_lowercase()), "{request}");
}

#[tokio::test]
async fn padding_rows_are_not_breaches() {
    let (url, _requests) = serve("200 OK", format!("{SUFFIX}:0\r\n")).await;
    assert_eq!(checker(&url).check(PASSWORD).await, Breach::Unknown);
    let (url, _requests) = serve("200 OK", "0018A45C4D1DEF81644B54AB7F969B88D65:3".to_owned()).await;
    assert_eq!(checker(&url).check(PASSWORD).await, Breach::Unknown);
}

#[tokio::test]
async fn an_answer_that_makes_no_sense_is_no_answer() {
    let failed = Breach::Degraded(Degraded::Failed);
    let huge = "0018A45C4D1DEF81644B54AB7F969B88D65:3\r\n".repeat(MAX_BODY / 39 + 2);
    for (status, body) in [
        ("503 Service Unavailable", String::new()),
        ("200 OK", "<html>Please sign in to the hotel's network</html>".to_owned()),
        ("302 Found", String::new()),
        ("200 OK", huge),
    ] {
        let (url, _requests) = serve(status, body).await;
        assert_eq!(checker(&url).check(PASSWORD).await, failed, "{status}");
    }
}

#[tokio::test]
async fn with_the_service_switched_off_nobody_is_asked() {
    let config = Hibp { enabled: false, ..Hibp::default() };
    let (_, fake, clock) = faked(|| Some(Err(FetchError::Failed)));
    let http: Arc<dyn HttpFetch> = Arc::<Fake>::clone(&fake);
    assert_eq!(BreachedPasswords::new(&config, http, clock).check(PASSWORD).await, Breach::Unknown);
    assert_eq!(fake.calls.load(Ordering::SeqCst), 0);
}

/// Answers as told and counts.
struct Fake {
    calls: AtomicUsize,
    answer: fn() -> Option<Result<Response, FetchError>>,
}

impl HttpFetch for Fake {
    fn fetch(&self, _: Request) -> BoxFuture<'_, Result<Response, FetchError>> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        match (self.answer)() {
            Some(answer) => std::future::ready(answer).boxed(),
            None => std::future::pending().boxed(),
        }
    }
}

fn faked(
    answer: fn() -> Option<Result<Response, FetchError>>,
) -> (BreachedPasswords, Arc<Fake>, Arc<ManualClock>) {
    let fake = Arc::new(Fake { calls: AtomicUsize::new(0), answer });
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(0)));
    let http: Arc<dyn HttpFetch> = Arc::<Fake>::clone(&fake);
    (BreachedPasswords::new(&Hibp::default(), http, Arc::<ManualClock>::clone(&clock)), fake, clock)
}

#[tokio::test(start_paused = true)]
async fn a_stalling_service_costs_800_milliseconds() {
    let (checker, _fake, _clock) = faked(|| None);
    let started = tokio::time::Instant::now();
    assert_eq!(checker.check(PASSWORD).await, Breach::Degraded(Degraded::TimedOut));
    let waited = started.elapsed();
    assert!((800..=805).contains(&waited.as_millis()), "{waited:?}");
}

#[tokio::test]
async fn five_failures_open_the_breaker_and_after_30_seconds_one_is_let_through() {
    let (checker, fake, clock) = faked(|| Some(Err(FetchError::Failed)));
    let open = Breach::Degraded(Degraded::BreakerOpen);
    for _ in 0..5 {
        assert_eq!(checker.check(PASSWORD).await, Breach::Degraded(Degraded::Failed));
    }
    assert_eq!(checker.check(PASSWORD).await, open);
    clock.advance(Duration::from_millis(29_999));
    assert_eq!(checker.check(PASSWORD).await, open);
    assert_eq!(fake.calls.load(Ordering::SeqCst), 5);
    clock.advance(Duration::from_millis(1));
    assert_eq!(checker.check(PASSWORD).await, Breach::Degraded(Degraded::Failed));
    assert_eq!(checker.check(PASSWORD).await, open, "one probe that failed shuts it again");
    assert_eq!(fake.calls.load(Ordering::SeqCst), 6);
}

#[test]
fn a_probe_that_succeeds_closes_the_breaker_and_others_wait_for_it() {
    let mut breaker = Breaker::default();
    let later = Timestamp::from_millis(60_000);
    for _ in 0..FAILURES_TO_OPEN {
        assert!(breaker.admits(Timestamp::from_millis(0)));
        breaker.failed(Timestamp::from_millis(0));
    }
    assert!(breaker.admits(later), "the probe");
    assert!(!breaker.admits(later), "the others");
    breaker.succeeded();
    assert!(breaker.admits(later));
}
