//! Records: many customers stored at once, and one license found among many.

use std::path::Path;
use std::rc::Rc;

use anyhow::{Context, Result};

use crate::drive::{self, Load, Pace};
use crate::report::{Goal, Report};
use crate::rows::Database;
use crate::server::{Installed, Server};
use crate::soap;

const CONNECTIONS: usize = 16;
/// Customers of a request.
const BATCH: u32 = 1_000;
/// Requests, and as often the bare rows are written.
const BATCHES: u8 = 64;
/// Licenses, and how many each becomes.
const LICENSES: usize = 10_000;
const COPIES: u8 = 100;
const FINDS: usize = 20_000;

const CONFIG: &str = "[http.management]\nlisten = \"127.0.0.1:0\"\n";

/// Measures on data directories of their own.
pub(crate) fn measure(lds: &Path, report: &mut Report) -> Result<()> {
    customers(lds, report).context("customers")?;
    licenses(lds, report).context("licenses")
}

fn customers(lds: &Path, report: &mut Report) -> Result<()> {
    let installed = Installed::new(lds, CONFIG)?;
    let server = installed.start()?;
    let requests = (0..u32::from(BATCHES)).map(|batch| soap::customers(batch * BATCH, BATCH));
    let ours = drive::run(&Load {
        address: &server.address,
        requests: requests.collect(),
        count: BATCHES.into(),
        connections: CONNECTIONS,
        holds: "<status>SUCCESS</status>",
    })
    .with_context(|| server.complaints())?;
    drop(server);
    report.pace(format!("storeCustomers of {BATCH}, {CONNECTIONS}"), ours);
    let took = on_database(&installed, async |mut database| {
        database.write_again(BATCHES).await
    })?;
    let bare = f64::from(BATCHES) / took.as_secs_f64();
    let name = format!("storeCustomers of {BATCH} by their bare rows");
    report.ratio(name, ours.per_second / bare, Goal::AtLeast(0.5));
    Ok(())
}

fn licenses(lds: &Path, report: &mut Report) -> Result<()> {
    let installed = Installed::new(lds, CONFIG)?;
    let server = installed.start()?;
    let order_ids = server.sell(LICENSES)?;
    let machines = order_ids.iter().zip(0..);
    drive::run(&Load {
        address: &server.address,
        requests: machines
            .map(|(order_id, n)| soap::for_machine("activate", order_id, &machine(n)))
            .collect(),
        count: LICENSES,
        connections: CONNECTIONS,
        holds: "license.jwt",
    })?;
    let few = find(&server)?;
    drop(server);
    on_database(&installed, async |mut database| {
        database.multiply_licenses(COPIES).await
    })?;
    let server = installed.start()?;
    let many = find(&server)?;
    report.pace(format!("findLicenses by host among {LICENSES}"), few);
    let all = LICENSES * usize::from(COPIES);
    report.pace(format!("findLicenses by host among {all}"), many);
    let ratio = many.median.as_secs_f64() / few.median.as_secs_f64();
    let name = format!("findLicenses by host: time among {all} by {LICENSES}");
    report.ratio(name, ratio, Goal::AtMost(1.3));
    Ok(())
}

/// Another machine each time.
fn find(server: &Server) -> Result<Pace> {
    let find = |n: usize| soap::find_licenses(&machine(n));
    let requests: Rc<[Vec<u8>]> = (0..LICENSES).map(find).collect();
    let load = |count| Load {
        address: &server.address,
        requests: requests.clone(),
        count,
        connections: CONNECTIONS,
        holds: "<license>",
    };
    drive::run(&load(FINDS / 10))?;
    drive::run(&load(FINDS))
}

/// In the usual way of writing; its first two digits are those of all.
fn machine(n: usize) -> String {
    format!("0000{n:08x}")
}

fn on_database<T>(
    installed: &Installed,
    work: impl AsyncFnOnce(Database) -> Result<T>,
) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async { work(Database::open(&installed.database()).await?).await })
}
