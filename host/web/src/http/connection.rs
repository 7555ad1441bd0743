//! Accepts connections and serves each until the server stops: first no new ones, then what is in
//! flight is finished, then the rest is cut off.

use std::convert::Infallible;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::head::{Link, MAX_HEAD};
use super::reply::Body;
use super::wire::Wire;

/// Headers of a request.
const MAX_HEADERS: usize = 64;
/// Bytes that are buffered of a connection.
const BUFFER: usize = 64 << 10;
/// Time that a client may take to read on.
const WRITE_TIME: Duration = Duration::from_secs(30);
/// Time for requests in flight when the server stops.
pub(crate) const DRAIN_TIME: Duration = Duration::from_secs(10);
/// After an error of accepting, which is mostly for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// How many connections, and how patient with them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// At once; more wait.
    pub(crate) connections: usize,
    /// Until the headers of the next request are there, waiting included.
    pub(crate) head_time: Duration,
}

/// How a request came.
#[derive(Clone, Copy)]
pub(crate) struct Arrival<'a> {
    /// The other end of the connection, be it a proxy.
    pub(crate) peer: IpAddr,
    /// The connection.
    pub(crate) link: &'a Link,
    /// When its head was there.
    pub(crate) at: Instant,
}

/// Answers requests.
pub(crate) trait Service: Send + Sync + 'static {
    /// Answers a request.
    fn call(
        &self,
        request: Request<Incoming>,
        arrival: Arrival<'_>,
    ) -> impl Future<Output = Response<Body>> + Send;
}

/// Serves a service until the stop, and what is in flight then.
pub(crate) async fn serve<S: Service>(
    listener: TcpListener,
    service: Arc<S>,
    limits: Limits,
    stop: CancellationToken,
) {
    let places = Arc::new(Semaphore::new(limits.connections));
    let tracker = TaskTracker::new();
    let kill = CancellationToken::new();
    while let Some((stream, peer, place)) = accept(&listener, &places, &stop).await {
        let connection = connection(stream, peer, Arc::clone(&service), limits, stop.clone());
        let kill = kill.clone();
        tracker.spawn(async move {
            kill.run_until_cancelled(connection).await;
            drop(place);
        });
    }
    drop(listener);
    tracker.close();
    if tokio::time::timeout(DRAIN_TIME, tracker.wait())
        .await
        .is_err()
    {
        tracing::warn!(
            connections = tracker.len(),
            "connections were cut off at the stop"
        );
        kill.cancel();
        tracker.wait().await;
    }
}

/// The next connection, as soon as there is a place for it; nothing once the server stops.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
    stop: &CancellationToken,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let next = async {
        let place = Arc::clone(places).acquire_owned().await.ok()?;
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => return Some((stream, peer, place)),
                Err(error) => {
                    tracing::warn!(%error, "failed to accept a connection");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    };
    stop.run_until_cancelled(next).await.flatten()
}

async fn connection<S: Service>(
    stream: TcpStream,
    peer: SocketAddr,
    service: Arc<S>,
    limits: Limits,
    stop: CancellationToken,
) {
    // Replies are written whole; waiting for more to send would only delay them.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let link = Link::default();
    let wire = Wire::new(stream, link.clone(), WRITE_TIME);
    let answer = service_fn(move |request| {
        let (service, link) = (Arc::clone(&service), link.clone());
        async move {
            let arrival = Arrival {
                peer: peer.ip(),
                link: &link,
                at: Instant::now(),
            };
            let reply = service.call(request, arrival).await;
            link.answered();
            Ok::<_, Infallible>(reply)
        }
    });
    let mut connection = pin!(builder(limits).serve_connection(TokioIo::new(wire), answer));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, %peer, "a connection ended early");
    }
}

fn builder(limits: Limits) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        .half_close(true)
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_time)
        .max_headers(MAX_HEADERS)
        .max_header_size(MAX_HEAD)
        .max_buf_size(BUFFER);
    builder
}
