//! Metrics in Prometheus' text format: requests here, decisions and queues where the services count them.

use http::{Method, StatusCode};
use metrics::{Counter, Histogram};
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

/// Upper bounds of the latency buckets, in seconds.
const LATENCY: [f64; 12] = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];
/// How often what was observed is folded into the buckets.
const UPKEEP: Duration = Duration::from_secs(5);

/// Makes this process count; returns what to show. To be called once.
pub fn install() -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new().set_buckets(&LATENCY)?.install_recorder()?;
    metrics::describe_counter!("kavach_http_requests_total", "Requests answered, by route and status.");
    metrics::describe_histogram!("kavach_http_request_duration_seconds", "Time to answer a request.");
    metrics::describe_gauge!("kavach_audit_queue", "Records that wait to be written.");
    metrics::describe_gauge!("kavach_sign_in_queue", "Sign-ins by password that wait for their turn.");
    metrics::describe_gauge!("kavach_hash_queue", "Passwords that wait to be hashed.");
    metrics::describe_counter!("kavach_hashes_total", "Passwords hashed, to store or to verify them.");
    metrics::describe_gauge!("kavach_connections", "Connections open on the main port.");
    Ok(handle)
}

/// Keeps the buckets up to date for as long as the process runs.
pub async fn upkeep(handle: PrometheusHandle) {
    loop {
        tokio::time::sleep(UPKEEP).await;
        handle.run_upkeep();
    }
}

/// Counts requests by route template, never by path. The counters of a combination are looked up once.
#[derive(Default)]
pub struct RequestMetrics(RwLock<HashMap<String, Vec<Counted>>>);

struct Counted {
    method: &'static str,
    status: StatusCode,
    requests: Counter,
    seconds: Histogram,
}

impl RequestMetrics {
    /// Counts one answered request.
    pub fn record(&self, method: &Method, route: &str, status: StatusCode, took: Duration) {
        let method = name(method);
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        match known.get(route).and_then(|counted| find(counted, method, status)) {
            Some(counted) => counted.add(took),
            None => {
                drop(known);
                let counted = Counted::new(method, route, status);
                counted.add(took);
                let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
                let counters = known.entry(route.to_owned()).or_default();
                if find(counters, method, status).is_none() {
                    counters.push(counted);
                }
            }
        }
    }
}

fn find<'a>(counted: &'a [Counted], method: &str, status: StatusCode) -> Option<&'a Counted> {
    counted.iter().find(|one| one.method == method && one.status == status)
}

impl Counted {
    fn new(method: &'static str, route: &str, status: StatusCode) -> Self {
        let route = route.to_owned();
        let requests = metrics::counter!(
            "kavach_http_requests_total",
            "method" => method, "route" => route.clone(), "status" => status.as_u16().to_string(),
        );
        let seconds = metrics::histogram!(
            "kavach_http_request_duration_seconds",
            "method" => method, "route" => route,
        );
        Self { method, status, requests, seconds }
    }

    fn add(&self, took: Duration) {
        self.requests.increment(1);
        self.seconds.record(took.as_secs_f64());
    }
}

/// A method's name; whatever is not a method of ours is counted together.
fn name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PATCH => "PATCH",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
