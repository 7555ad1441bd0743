//! The scenes over the wire: the server and, right beside it, what it is compared with.

use std::path::Path;
use std::process::Command;
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};

use crate::bare::{self, Place};
use crate::child::Running;
use crate::drive::{self, Load, Pace};
use crate::report::{Goal, Report};
use crate::server::{Installed, Server};
use crate::soap;

const CONNECTIONS: [usize; 2] = [16, 64];
/// Requests of a scene that only reads.
const READS: usize = 60_000;
/// First activations of a scene, each of an order of its own.
const FIRSTS: usize = 20_000;
/// The same with groups of one, which are slower.
const FIRSTS_ALONE: usize = 6_000;
/// Orders whose stored licenses are asked for in turn.
const STORED: usize = 1_000;
/// What the envelope and head of the gSOAP program's reply take beside its text.
const ENVELOPE: usize = 461;

/// Any free port, so that nothing that runs is in the way.
const CONFIG: &str = "[http.management]\nlisten = \"127.0.0.1:0\"\n";
const GROUPS_OF_ONE: &str = "[store]\ngroup_size = 1\n";

/// Measures the server against its floors.
pub(crate) fn measure(lds: &Path, echo: &Path, report: &mut Report) -> Result<()> {
    let installed = Installed::new(lds, &[CONFIG, &master_key()].concat())?;
    // The first start compiles plugins; only the second one finds them ready.
    drop(installed.start()?);
    let server = installed.start()?;
    rest(&server, report)?;
    service_info(&server, report)?;
    // As many again are left to the bare store.
    let order_ids = server.sell(STORED + 2 * FIRSTS * CONNECTIONS.len())?;
    let (known, new) = order_ids.split_at(STORED);
    let ours = firsts(&server, new, "", report)?;
    stored(&server, known, echo, report)?;
    drop(server);
    beside_groups_of_one(&ours, lds, report)?;
    let place = Place::Sqlite(installed.database());
    beside_bare_store(&ours, &place, "", report)
}

/// First activations on PostgreSQL, by the same store alone.
pub(crate) fn measure_postgres(lds: &Path, report: &mut Report) -> Result<()> {
    const ON: &str = " on PostgreSQL";
    let url = lds_postgres::new_durable_database();
    let store = format!("[store]\nurl = \"{url}\"\n");
    let installed = Installed::new(lds, &[CONFIG, &store, &master_key()].concat())?;
    let server = installed.start()?;
    let order_ids = server.sell(2 * FIRSTS * CONNECTIONS.len())?;
    let ours = firsts(&server, &order_ids, ON, report)?;
    drop(server);
    beside_bare_store(&ours, &Place::Postgres(url), ON, report)
}

/// All zeros, so that the bare store can open the database.
fn master_key() -> String {
    ["[keys]\nmaster_key = \"", &"0".repeat(64), "\"\n"].concat()
}

fn beside_groups_of_one(ours: &[Pace; 2], lds: &Path, report: &mut Report) -> Result<()> {
    let alone = firsts_alone(lds, report)?;
    let name = "first activation by groups of one, 64";
    report.ratio(
        name,
        ours[1].per_second / alone.per_second,
        Goal::AtLeast(4.0),
    );
    Ok(())
}

fn beside_bare_store(ours: &[Pace; 2], place: &Place, on: &str, report: &mut Report) -> Result<()> {
    let bare = bare::measure(place, CONNECTIONS, FIRSTS);
    let bare = bare.context("the bare store")?;
    for ((ours, bare), connections) in ours.iter().zip(bare).zip(CONNECTIONS) {
        report.pace(format!("bare store{on}, {connections} callers"), bare);
        let name = format!("first activation by bare store{on}, {connections}");
        report.ratio(name, ours.per_second / bare.per_second, Goal::AtLeast(0.5));
    }
    Ok(())
}

/// Start and memory.
fn rest(server: &Server, report: &mut Report) -> Result<()> {
    let millis = server.ready_after.as_secs_f64() * 1e3;
    report.ratio("ready with a warm cache, ms", millis, Goal::AtMost(150.0));
    thread::sleep(Duration::from_secs(1));
    let resident = server.running.resident()?;
    report.ratio("resident at rest, MB", resident, Goal::AtMost(40.0));
    Ok(())
}

/// getServiceInfo by the same bytes from axum alone.
fn service_info(server: &Server, report: &mut Report) -> Result<()> {
    let request = soap::service_info();
    let body = tempfile::NamedTempFile::new()?;
    std::fs::write(body.path(), drive::once(&server.address, &request)?)?;
    let program = std::env::current_exe()?;
    let mut command = Command::new(program);
    let (_floor, address) = Running::announced(command.arg("reply").arg(body.path()))?;
    let requests: Rc<[Vec<u8>]> = Rc::new([request]);
    let holds = "getServiceInfoResponse";
    for connections in CONNECTIONS {
        let floor = read(&address, &requests, connections, holds)?;
        let ours = read(&server.address, &requests, connections, holds)?;
        report.pace(format!("fixed axum reply, {connections}"), floor);
        report.pace(format!("getServiceInfo, {connections}"), ours);
        let name = format!("getServiceInfo by fixed axum reply, {connections}");
        report.ratio(name, ours.per_second / floor.per_second, Goal::AtLeast(0.7));
    }
    Ok(())
}

/// First activations, each of its own order.
fn firsts(
    server: &Server,
    order_ids: &[String],
    on: &str,
    report: &mut Report,
) -> Result<[Pace; 2]> {
    let mut paces = Vec::new();
    for (orders, connections) in order_ids.chunks(FIRSTS).zip(CONNECTIONS) {
        let pace = activate(server, orders, connections)?;
        report.pace(format!("first activation{on}, {connections}"), pace);
        paces.push(pace);
    }
    paces.try_into().map_err(|_| anyhow!("too few orders"))
}

fn firsts_alone(lds: &Path, report: &mut Report) -> Result<Pace> {
    let installed = Installed::new(lds, &[CONFIG, GROUPS_OF_ONE].concat())?;
    let server = installed.start()?;
    let order_ids = server.sell(FIRSTS_ALONE)?;
    let pace = activate(&server, &order_ids, 64)?;
    report.pace("first activation, groups of one, 64", pace);
    Ok(pace)
}

/// The stored license again, by a reply of the same size from gSOAP.
fn stored(server: &Server, order_ids: &[String], echo: &Path, report: &mut Report) -> Result<()> {
    activate(server, order_ids, 16)?;
    let requests = requests("getLicense", order_ids);
    let reply = drive::once(&server.address, &requests[0])?;
    let text = tempfile::NamedTempFile::new()?;
    std::fs::write(
        text.path(),
        "x".repeat(reply.len().saturating_sub(ENVELOPE)),
    )?;
    let (_floor, address) = Running::announced(Command::new(echo).arg(text.path()))?;
    for connections in CONNECTIONS {
        let floor = read(&address, &requests, connections, "getLicenseResponse")?;
        let ours = read(&server.address, &requests, connections, "license.jwt")?;
        report.pace(format!("gSOAP echo, {connections}"), floor);
        report.pace(format!("stored license, {connections}"), ours);
        let name = format!("stored license by gSOAP echo, {connections}");
        report.ratio(name, ours.per_second / floor.per_second, Goal::AtLeast(1.0));
    }
    Ok(())
}

fn requests(operation: &str, order_ids: &[String]) -> Rc<[Vec<u8>]> {
    let request = |order_id: &String| soap::activation(operation, order_id);
    order_ids.iter().map(request).collect()
}

fn activate(server: &Server, order_ids: &[String], connections: usize) -> Result<Pace> {
    drive::run(&Load {
        address: &server.address,
        requests: requests("activate", order_ids),
        count: order_ids.len(),
        connections,
        holds: "license.jwt",
    })
    .with_context(|| server.complaints())
}

/// A scene that only reads, after a short one that warms up.
fn read(
    address: &str,
    requests: &Rc<[Vec<u8>]>,
    connections: usize,
    holds: &'static str,
) -> Result<Pace> {
    let load = |count| Load {
        address,
        requests: requests.clone(),
        count,
        connections,
        holds,
    };
    drive::run(&load(READS / 10))?;
    drive::run(&load(READS))
}
