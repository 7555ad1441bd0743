//! Accepts connections and serves each until the server stops: first no new ones, then what is in
//! flight is finished, then the rest is cut off.
//!
//! A connection that waits for its client has no buffers: it is handed to hyper when something
//! comes, and taken back when nothing has come for a while.

use std::convert::Infallible;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
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
use super::head::{BodyEnd, Link, MAX_HEAD};
use super::reply::Body;
use super::wire::Wire;

/// Headers of a request.
const MAX_HEADERS: usize = 64;
/// Bytes that are buffered of a connection.
const BUFFER: usize = 64 << 10;
/// Time until the first head is there, of whoever may wait longer between requests.
const FIRST_HEAD_TIME: Duration = Duration::from_secs(10);
/// How soon after an answer a connection is looked at whether it waits; each time that it does not,
/// it is left alone for twice as long, up to the latter.
const FIRST_LOOK: Duration = Duration::from_millis(20);
const LONGEST_LOOK: Duration = Duration::from_secs(2);
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
    let mut wire = Wire::new(stream, link.clone(), WRITE_TIME);
    let mut head_until = Instant::now() + FIRST_HEAD_TIME;
    loop {
        let waits = tokio::time::timeout_at(head_until.into(), wire.readable());
        let Some(Ok(Ok(()))) = stop.run_until_cancelled(waits).await else {
            return;
        };
        match turn(
            wire,
            &service,
            (peer, &link),
            (head_until, head_time),
            &stop,
        )
        .await
        {
            Ok(Some(waiting)) => wire = waiting,
            Ok(None) => return,
            Err(error) => return tracing::debug!(%error, %peer, "a connection ended early"),
        }
        head_until = link.waits_since().unwrap_or_else(Instant::now) + head_time;
    }
}

/// Serves requests until the connection ends or waits for its client; then it is given back.
async fn turn<S: Service>(
    wire: Wire,
    service: &Arc<S>,
    (peer, link): (SocketAddr, &Link),
    (head_until, head_time): (Instant, Duration),
    stop: &CancellationToken,
) -> hyper::Result<Option<Wire>> {
    let begun = CancellationToken::new();
    let answer = service_fn(|request: Request<Incoming>| {
        begun.cancel();
        link.asked(BodyEnd::of(&request));
        async move {
            let arrival = Arrival {
                peer: peer.ip(),
                link,
                at: Instant::now(),
            };
            let reply = service.call(request, arrival).await;
            link.answered(is_at_hand(reply.body()));
            Ok::<_, Infallible>(reply)
        }
    });
    let mut connection = builder(head_time).serve_connection(TokioIo::new(wire), answer);
    tokio::select! {
        ended = &mut connection => return ended.map(|()| None),
        () = says_nothing(&begun, head_until) => return Ok(None),
        () = waits(link) => {
            let parts = connection.into_parts();
            let is_empty = parts.read_buf.is_empty();
            return Ok(is_empty.then(|| parts.io.into_inner()));
        }
        () = stop.cancelled() => {}
    }
    Pin::new(&mut connection).graceful_shutdown();
    connection.await.map(|()| None)
}

/// Whether a reply is sent as soon as the client takes it.
fn is_at_hand(reply: &Body) -> bool {
    matches!(reply, Body::Left(_))
}

/// Comes to its end when a connection waits for its client.
async fn waits(link: &Link) {
    let mut look = FIRST_LOOK;
    loop {
        tokio::time::sleep(look).await;
        if link.waits_for(look) {
            return;
        }
        look = (2 * look).min(LONGEST_LOOK);
    }
}

/// Comes to its end where a client has not asked for anything in time.
async fn says_nothing(begun: &CancellationToken, until: Instant) {
    let asked = tokio::time::timeout_at(until.into(), begun.cancelled());
    if asked.await.is_ok() {
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
        says_nothing(&begun, Instant::now() + short).await;
        begun.cancel();
        let nothing = says_nothing(&begun, Instant::now() + short);
        let let_go = tokio::time::timeout(20 * short, nothing).await;
        assert!(let_go.is_err());
    }
}
