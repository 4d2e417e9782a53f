//! What every handler shares.

use crate::metrics::RequestMetrics;
use crate::middleware::request_id::RequestIds;
use axum::extract::FromRef;
use kavach_service::Kavach;
use metrics_exporter_prometheus::PrometheusHandle;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The services, and what belongs to this process alone. Cheap to clone.
#[derive(Clone)]
pub struct AppState(Arc<Inner>);

struct Inner {
    kavach: Kavach,
    request_ids: RequestIds,
    request_metrics: RequestMetrics,
    /// None when metrics are off.
    metrics: Option<PrometheusHandle>,
    stopping: AtomicBool,
}

impl AppState {
    /// State over running services; `metrics` is what `/metrics` shows, if anything.
    pub fn new(kavach: Kavach, metrics: Option<PrometheusHandle>) -> Self {
        let request_ids = RequestIds::starting_at(kavach.clock().now());
        let request_metrics = RequestMetrics::default();
        let stopping = AtomicBool::new(false);
        Self(Arc::new(Inner { kavach, request_ids, request_metrics, metrics, stopping }))
    }

    /// The services.
    pub fn kavach(&self) -> &Kavach {
        &self.0.kavach
    }

    /// What `/metrics` shows.
    pub fn metrics(&self) -> Option<&PrometheusHandle> {
        self.0.metrics.as_ref()
    }

    pub(crate) fn request_ids(&self) -> &RequestIds {
        &self.0.request_ids
    }

    pub(crate) fn request_metrics(&self) -> &RequestMetrics {
        &self.0.request_metrics
    }

    /// From now on `/readyz` says no, so that a load balancer sends nobody here any more.
    pub fn begin_stopping(&self) {
        self.0.stopping.store(true, Ordering::SeqCst);
    }

    /// Whether the process is on its way out.
    pub fn is_stopping(&self) -> bool {
        self.0.stopping.load(Ordering::SeqCst)
    }
}

impl FromRef<AppState> for Kavach {
    fn from_ref(state: &AppState) -> Self {
        state.0.kavach.clone()
    }
}
