//! The management listener: health, readiness, metrics. It is not for the public, and serves
//! nothing of the business.

use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::{Method, Request, Response, StatusCode};
use lds_domain::service::Services;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::http::connection::{self, Arrival, DRAIN_TIME, Limits, Service};
use crate::http::reply::{self, Body};

const CONNECTIONS: usize = 64;
const HEAD_TIME: Duration = Duration::from_mins(1);
const UPKEEP: Duration = Duration::from_secs(5);
const METRICS: &str = "text/plain; version=0.0.4; charset=utf-8";

struct Management {
    services: Arc<Services>,
    metrics: PrometheusHandle,
    stop: CancellationToken,
}

/// Serves `/healthz`, `/readyz` and `/metrics`. After `stop` it tells for the ten seconds of
/// draining that the server is not ready; whoever is drained earlier drops the future.
///
/// # Errors
/// Those of the socket.
pub async fn serve_management(
    listener: TcpListener,
    services: Arc<Services>,
    metrics: PrometheusHandle,
    stop: CancellationToken,
) -> std::io::Result<()> {
    listener.local_addr()?;
    let end = CancellationToken::new();
    let upkept = metrics.clone();
    let management = Management {
        services,
        metrics,
        stop: stop.clone(),
    };
    let limits = Limits {
        connections: CONNECTIONS,
        head_time: HEAD_TIME,
        proxies: Arc::default(),
    };
    let serving = connection::serve(listener, Arc::new(management), limits, end.clone());
    let ending = async {
        stop.cancelled().await;
        tokio::time::sleep(DRAIN_TIME).await;
        end.cancel();
    };
    tokio::select! {
        ((), ()) = async { tokio::join!(serving, ending) } => Ok(()),
        never = upkeep(&upkept) => match never {},
    }
}

/// What was measured is summed up now and then, lest it fills the memory where nobody asks for it.
async fn upkeep(metrics: &PrometheusHandle) -> std::convert::Infallible {
    loop {
        tokio::time::sleep(UPKEEP).await;
        metrics.run_upkeep();
    }
}

impl Management {
    async fn ready(&self) -> Response<Body> {
        if self.stop.is_cancelled() {
            return reply::refusal(StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
        }
        match self.services.store().ready().await {
            Ok(()) => reply::refusal(StatusCode::OK, "ready\n"),
            Err(error) => {
                tracing::warn!(cause = ?error.internal, "the store is not ready");
                reply::refusal(StatusCode::SERVICE_UNAVAILABLE, "the store is not ready\n")
            }
        }
    }
}

impl Service for Management {
    async fn call(&self, request: Request<Incoming>, _: Arrival<'_>) -> Response<Body> {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return reply::closing(reply::not_allowed("GET, HEAD", "GET only\n"));
        }
        match request.uri().path() {
            "/healthz" => reply::refusal(StatusCode::OK, "alive\n"),
            "/readyz" => self.ready().await,
            "/metrics" => reply::bytes(StatusCode::OK, METRICS, self.metrics.render()),
            _ => reply::refusal(StatusCode::NOT_FOUND, "no such page\n"),
        }
    }
}
