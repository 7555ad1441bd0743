//! The closed loop: so many connections, each sends its next request when the last is answered.

use std::cell::Cell;
use std::future::Future;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tokio::task::LocalSet;

use crate::alarm::Alarm;
use crate::http::{Connection, Reply};

/// The longest that a run may take, whatever the count.
const LIMIT: Duration = Duration::from_mins(1);
/// Characters of a wrong answer that are shown.
const SHOWN: usize = 500;

/// What a run is to do.
#[derive(Clone)]
pub(crate) struct Load<'a> {
    /// Where.
    pub(crate) address: &'a str,
    /// The requests, whole; when they are at an end they begin anew.
    pub(crate) requests: Rc<[Vec<u8>]>,
    /// How many are sent in all.
    pub(crate) count: usize,
    /// How many connections.
    pub(crate) connections: usize,
    /// What each reply must hold.
    pub(crate) holds: &'static str,
}

/// What a run came to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    pub(crate) per_second: f64,
    pub(crate) median: Duration,
    pub(crate) p99: Duration,
}

/// Runs a load as fast as it is answered.
pub(crate) fn run(load: &Load) -> Result<Pace> {
    alone(async { all(load, open(load).await?, None).await })
}

/// Runs a load at so many requests a second, at even distances. A request's time counts from the
/// moment at which it was to be sent, so that one which waits for the last to be answered is not
/// told to be quick.
pub(crate) fn paced(load: &Load, per_second: f64) -> Result<Pace> {
    let distance = Duration::from_secs_f64(1.0 / per_second);
    alone(async { all(load, open(load).await?, Some(distance)).await })
}

/// Sends a request on each connection of a load and does something while they stay open.
pub(crate) fn while_open<T>(load: &Load, then: impl FnOnce() -> Result<T>) -> Result<T> {
    alone(async {
        let mut connections = Vec::with_capacity(load.connections);
        for _ in 0..load.connections {
            let mut connection = Connection::open(load.address).await?;
            let reply = connection.call(&load.requests[0]).await?;
            check(&reply, load.holds)?;
            connections.push(connection);
        }
        then()
    })
}

/// On a runtime of this thread, so that the loader never takes more than one core.
fn alone<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(LocalSet::new().run_until(async {
        tokio::time::timeout(LIMIT, work)
            .await
            .context("the run took too long")?
    }))
}

async fn open(load: &Load<'_>) -> Result<Vec<Connection>> {
    let mut connections = Vec::with_capacity(load.connections);
    for _ in 0..load.connections {
        connections.push(Connection::open(load.address).await?);
    }
    Ok(connections)
}

/// Sends one request, which must succeed, and gives the reply's body.
pub(crate) fn once(address: &str, request: &[u8]) -> Result<String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut connection = Connection::open(address).await?;
        let reply = tokio::time::timeout(LIMIT, connection.call(request)).await??;
        let body = String::from_utf8_lossy(reply.body).into_owned();
        if reply.status != 200 {
            bail!("answer {}: {body}", reply.status);
        }
        Ok(body)
    })
}

/// With a distance, that much lies between the requests of all connections together.
async fn all(
    load: &Load<'_>,
    connections: Vec<Connection>,
    distance: Option<Duration>,
) -> Result<Pace> {
    let start = Instant::now();
    let turns = Rc::new(Turns {
        requests: load.requests.clone(),
        count: load.count,
        holds: load.holds,
        start,
        distance,
        next: Cell::new(0),
    });
    let tasks: Vec<_> = connections
        .into_iter()
        .map(|connection| tokio::task::spawn_local(one(connection, turns.clone())))
        .collect();
    let mut times = Vec::with_capacity(load.count);
    for task in tasks {
        times.extend(task.await??);
    }
    Ok(pace(times, start.elapsed()))
}

/// What the connections of a run take from in turn.
struct Turns {
    requests: Rc<[Vec<u8>]>,
    count: usize,
    holds: &'static str,
    start: Instant,
    distance: Option<Duration>,
    next: Cell<usize>,
}

impl Turns {
    /// When a request counts as sent; comes back then.
    async fn due(&self, index: usize, alarm: &mut Alarm) -> Result<Instant> {
        let Some(distance) = self.distance else {
            return Ok(Instant::now());
        };
        let due = self.start + distance * u32::try_from(index)?;
        alarm.wait(due).await?;
        Ok(due)
    }
}

async fn one(mut connection: Connection, turns: Rc<Turns>) -> Result<Vec<Duration>> {
    let mut times = Vec::new();
    let mut alarm = Alarm::new()?;
    loop {
        let index = turns.next.replace(turns.next.get() + 1);
        if index >= turns.count {
            return Ok(times);
        }
        let request = &turns.requests[index % turns.requests.len()];
        let due = turns.due(index, &mut alarm).await?;
        let reply = connection.call(request).await?;
        times.push(due.elapsed());
        check(&reply, turns.holds)?;
    }
}

fn check(reply: &Reply<'_>, holds: &str) -> Result<()> {
    let mut parts = reply.body.windows(holds.len());
    if reply.status != 200 || !parts.any(|part| part == holds.as_bytes()) {
        let body = String::from_utf8_lossy(reply.body);
        let begin: String = body.chars().take(SHOWN).collect();
        bail!("answer {}: {begin}", reply.status);
    }
    Ok(())
}

/// Count by time, and how long single ones took.
pub(crate) fn pace(mut times: Vec<Duration>, took: Duration) -> Pace {
    times.sort_unstable();
    let at = |percent: usize| {
        let index = (times.len() * percent / 100).min(times.len().saturating_sub(1));
        times.get(index).copied().unwrap_or_default()
    };
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    let count = times.len() as f64;
    Pace {
        per_second: count / took.as_secs_f64(),
        median: at(50),
        p99: at(99),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::rc::Rc;
    use std::thread;
    use std::time::Duration;

    use super::{Load, pace, run};

    /// A server that gives each connection the same answer, again and again.
    fn answering(answer: &'static str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                thread::spawn(move || {
                    let mut request = [0; 4];
                    while stream.read_exact(&mut request).is_ok() {
                        stream.write_all(answer.as_bytes()).unwrap();
                    }
                });
            }
        });
        address
    }

    fn load(address: &str) -> Load<'_> {
        Load {
            address,
            requests: Rc::new([b"ping".to_vec()]),
            count: 100,
            connections: 3,
            holds: "pong",
        }
    }

    #[test]
    fn connections_share_the_count() {
        let address = answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\npong!");
        let pace = run(&load(&address)).unwrap();
        assert!(pace.per_second > 0.0 && pace.median <= pace.p99);
    }

    #[test]
    fn a_wrong_answer_ends_the_run() {
        for answer in [
            "HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\npong",
            "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nding",
        ] {
            let error = run(&load(&answering(answer))).unwrap_err();
            assert!(error.to_string().starts_with("answer "), "{error}");
        }
    }

    #[test]
    fn a_pace_is_count_by_time_and_the_times_that_half_and_nearly_all_took() {
        let times = (1..=200).rev().map(Duration::from_millis).collect();
        let pace = pace(times, Duration::from_secs(4));
        assert!((pace.per_second - 50.0).abs() < 1e-9);
        assert_eq!(pace.median, Duration::from_millis(101));
        assert_eq!(pace.p99, Duration::from_millis(199));
    }
}
