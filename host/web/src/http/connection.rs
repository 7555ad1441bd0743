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
use lds_domain::token::Network;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::crowd::Crowd;
use super::head::{Link, MAX_HEAD};
use super::reply::Body;
use super::wire::Wire;

/// Headers of a request.
const MAX_HEADERS: usize = 64;
/// Bytes that are buffered of a connection.
const BUFFER: usize = 64 << 10;
/// Time until the first head is there, of whoever may wait longer between requests.
const FIRST_HEAD_TIME: Duration = Duration::from_secs(10);
/// Time that a client may take to read on.
const WRITE_TIME: Duration = Duration::from_secs(30);
/// Time for requests in flight when the server stops.
pub(crate) const DRAIN_TIME: Duration = Duration::from_secs(10);
/// After an error of accepting, which is mostly for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// How many connections, and how patient with them.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    /// At once; more wait.
    pub(crate) connections: usize,
    /// Until the headers of the next request are there, waiting included.
    pub(crate) head_time: Duration,
    /// Those who bring everybody's requests, on any number of connections.
    pub(crate) proxies: Arc<[Network]>,
}

impl Limits {
    fn is_proxy(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        self.proxies.iter().any(|network| network.holds(peer))
    }
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
    let crowd = Crowd::new(limits.connections);
    let tracker = TaskTracker::new();
    let kill = CancellationToken::new();
    while let Some((stream, peer, place)) = accept(&listener, &places, &stop).await {
        let presence = crowd.enter(peer.ip());
        if presence.is_none() && !limits.is_proxy(peer.ip()) {
            tracing::debug!(%peer, "a client with too many connections was turned away");
            continue;
        }
        let head_time = limits.head_time;
        let connection = connection(stream, peer, Arc::clone(&service), head_time, stop.clone());
        let kill = kill.clone();
        tracker.spawn(async move {
            kill.run_until_cancelled(connection).await;
            drop((place, presence));
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
    head_time: Duration,
    stop: CancellationToken,
) {
    // Replies are written whole; waiting for more to send would only delay them.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let link = Link::default();
    let wire = Wire::new(stream, link.clone(), WRITE_TIME);
    let begun = CancellationToken::new();
    let asked = begun.clone();
    let answer = service_fn(move |request| {
        asked.cancel();
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
    let mut connection = pin!(builder(head_time).serve_connection(TokioIo::new(wire), answer));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = says_nothing(&begun, FIRST_HEAD_TIME) => return,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, %peer, "a connection ended early");
    }
}

/// Comes to its end where a client has not asked for anything in time.
async fn says_nothing(begun: &CancellationToken, time: Duration) {
    if tokio::time::timeout(time, begun.cancelled()).await.is_ok() {
        std::future::pending::<()>().await;
    }
}

fn builder(head_time: Duration) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        .half_close(true)
        .timer(TokioTimer::new())
        .header_read_timeout(head_time)
        .max_headers(MAX_HEADERS)
        .max_header_size(MAX_HEAD)
        .max_buf_size(BUFFER);
    builder
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_says_nothing_is_let_go_of() {
        let begun = CancellationToken::new();
        let short = Duration::from_millis(1);
        says_nothing(&begun, short).await;
        begun.cancel();
        let let_go = tokio::time::timeout(20 * short, says_nothing(&begun, short)).await;
        assert!(let_go.is_err());
    }
}
