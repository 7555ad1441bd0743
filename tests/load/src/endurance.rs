//! The server over time: connections that wait, a million requests, and half of what it can do.

use std::path::Path;
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::drive::{self, Load};
use crate::report::{Goal, Report};
use crate::server::{Installed, Server};
use crate::soap;

const CONNECTIONS: usize = 16;
/// Connections that wait.
const IDLE: usize = 5_000;
/// Orders whose stored licenses are asked for in turn.
const STORED: usize = 1_000;
/// Requests of a scene that only reads.
const READS: usize = 100_000;
/// First activations of a scene.
const FIRSTS: usize = 10_000;
/// Requests over which memory should not grow; [`READS`] before have brought it to its size.
const MANY: usize = 1_000_000;

/// One address has half of the connections at most.
const CONFIG: &str =
    "[http]\nmax_connections = 12000\n[http.management]\nlisten = \"127.0.0.1:0\"\n";

/// Measures on a server of its own.
pub(crate) fn measure(lds: &Path, report: &mut Report) -> Result<()> {
    let installed = Installed::new(lds, CONFIG)?;
    let server = installed.start()?;
    idle(&server, report).context("idle connections")?;
    let order_ids = server.sell(STORED + 2 * FIRSTS)?;
    let (known, new) = order_ids.split_at(STORED);
    let (fast, slow) = new.split_at(FIRSTS);
    let [fast, slow, first] =
        [fast, slow, known].map(|order_ids| load(&server, "activate", order_ids));
    at_half_load("first activation", &fast, &slow, report).context("half load")?;
    drive::run(&first)?;
    let again = load(&server, "getLicense", known);
    at_half_load("stored license", &again, &again, report)?;
    many(&server, &again, report).context("many")
}

fn load<'a>(server: &'a Server, operation: &str, order_ids: &[String]) -> Load<'a> {
    let request = |order_id: &String| soap::activation(operation, order_id);
    Load {
        address: &server.address,
        requests: order_ids.iter().map(request).collect(),
        count: if operation == "activate" {
            order_ids.len()
        } else {
            READS
        },
        connections: CONNECTIONS,
        holds: "license.jwt",
    }
}

/// Memory while connections wait that have each been answered once.
fn idle(server: &Server, report: &mut Report) -> Result<()> {
    let open = Load {
        address: &server.address,
        requests: Rc::new([soap::service_info()]),
        count: IDLE,
        connections: IDLE,
        holds: "getServiceInfoResponse",
    };
    let resident = drive::while_open(&open, || {
        thread::sleep(Duration::from_secs(1));
        server.running.resident()
    })?;
    let name = format!("resident with {IDLE} idle connections, MB");
    report.ratio(name, resident, Goal::AtMost(100.0));
    Ok(())
}

/// How long requests take when half as many come as could.
fn at_half_load(what: &str, fast: &Load<'_>, slow: &Load<'_>, report: &mut Report) -> Result<()> {
    let fastest = drive::run(fast)?;
    let pace = drive::paced(slow, fastest.per_second / 2.0)?;
    report.pace(format!("{what} at half load, {CONNECTIONS}"), pace);
    let ratio = pace.p99.as_secs_f64() / pace.median.as_secs_f64();
    let name = format!("{what} at half load: 99 % by median");
    report.ratio(name, ratio, Goal::AtMost(5.0));
    Ok(())
}

/// Memory before and after.
fn many(server: &Server, again: &Load<'_>, report: &mut Report) -> Result<()> {
    let before = server.running.resident()?;
    drive::run(&Load {
        count: MANY,
        ..again.clone()
    })?;
    let after = server.running.resident()?;
    let name = "resident after a million requests by before";
    report.ratio(name, after / before, Goal::AtMost(1.05));
    Ok(())
}
