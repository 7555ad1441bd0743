//! Faults of the database: a clear answer, nothing half-written, and on it goes.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use lds_domain::Code;
use lds_domain::id::{Id as _, LicenseId, OrderRef};
use lds_domain::license::License;
use lds_domain::order::{Order, OrderLookup};
use lds_domain::ports::fixed::FixedClock;
use lds_domain::ports::{Clock, Store as _};
use lds_domain::unit::{Changes, Stop, Wanted};
use lds_store::{Environment, OpenError, SqliteOptions, Store};
use sqlx::{Connection as _, Executor as _, PgConnection};
use time::{Date, OffsetDateTime};

use crate::support::samples::{activation, basis, license, license_id, order};
use crate::support::{Bench, NOW, Place, environment, unit};

/// Set for the process that has given up the rights of root.
const UNPRIVILEGED: &str = "LDS_TEST_UNPRIVILEGED";

async fn sqlite(file: &Path, max_pages: Option<u32>) -> Result<Store, OpenError> {
    let options = SqliteOptions {
        max_pages,
        ..SqliteOptions::default()
    };
    Store::open_sqlite(
        file,
        &options,
        environment(&Arc::new(FixedClock::new(NOW)), 1),
    )
    .await
}

async fn commit(store: &Store, changes: Changes) -> Result<(), Code> {
    match store
        .commit(unit(Wanted::default(), move |_| Ok(changes.clone())))
        .await
    {
        Ok(_) => Ok(()),
        Err(Stop::Refused(error)) => Err(error.code),
        Err(Stop::Again) => panic!("nothing asks to start again"),
    }
}

/// An order's count, and a license.
async fn seen(store: &Store, order: OrderRef, id: LicenseId) -> (u32, Option<License>) {
    let orders = store.orders(&[order]).await.unwrap();
    let license = store.license(id.into()).await.unwrap();
    (orders[0].active_licenses, license)
}

#[tokio::test]
async fn a_full_disk_is_told_and_nothing_is_half_written() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("lds.db");
    let store = sqlite(&file, Some(200)).await.unwrap();
    let one = order(30, 0);
    commit(&store, basis(vec![one.clone()])).await.unwrap();
    let mut written = 0;
    let fault = loop {
        let number = 100 + written;
        let made = activation(
            license(number, Some(one.id), "aa"),
            u8::try_from(written).unwrap(),
        );
        let events = vec![crate::support::samples::event(number)];
        match commit(&store, Changes { events, ..made }).await {
            Ok(()) => written += 1,
            Err(fault) => break fault,
        }
    };
    assert_eq!(fault, Code::Unavailable);
    assert!(written > 0);
    let next = crate::support::samples::license_id(100 + written);
    assert_eq!(
        seen(&store, one.id, next).await,
        (u32::try_from(written).unwrap(), None),
        "it is read as before"
    );
    store.close().await;
    let roomy = sqlite(&file, None).await.unwrap();
    assert_eq!(
        seen(&roomy, one.id, next).await,
        (u32::try_from(written).unwrap(), None)
    );
    let made = license(100 + written, Some(one.id), "aa");
    commit(&roomy, activation(made.clone(), 255)).await.unwrap();
    assert_eq!(
        seen(&roomy, one.id, next).await,
        (u32::try_from(written + 1).unwrap(), Some(made))
    );
}

#[tokio::test]
async fn a_read_only_directory_is_told_when_a_store_opens() {
    if is_root() && std::env::var_os(UNPRIVILEGED).is_none() {
        return without_override("faults::a_read_only_directory_is_told_when_a_store_opens");
    }
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("lds.db");
    sqlite(&file, None).await.unwrap().close().await;
    let mode = |path: &Path, mode| {
        std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    };
    mode(&file, 0o400);
    mode(directory.path(), 0o500);
    let Err(error) = sqlite(&file, None).await else {
        panic!("a store opened that can not write");
    };
    assert!(matches!(error, OpenError::Database(_)), "{error}");
    assert!(error.to_string().contains("can not be opened"), "{error}");
    mode(&file, 0o600);
    mode(directory.path(), 0o700);
    sqlite(&file, None).await.unwrap().ready().await.unwrap();
}

#[tokio::test]
async fn a_directory_that_is_not_there_is_told() {
    let Err(error) = sqlite(Path::new("/nowhere/at/all/lds.db"), None).await else {
        panic!("a store opened nowhere");
    };
    assert!(matches!(error, OpenError::Database(_)), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_whose_connections_are_cut_connects_anew() {
    let bench = Bench::postgres().await;
    let one = order(30, 0);
    bench.write(basis(vec![one.clone()])).await;
    assert!(bench.store.orders(&[one.id]).await.is_ok());
    bench
        .meddle("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'lds'")
        .await;
    // Idle connections are found out when they are used.
    bench
        .write(activation(license(40, Some(one.id), "aa"), 1))
        .await;
    for _ in 0..20 {
        let orders = bench.store.orders(&[one.id]).await.unwrap();
        assert_eq!(orders[0].active_licenses, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_that_another_holds_stops_only_those_who_need_it() {
    let bench = Bench::postgres().await;
    let (held, free) = (order(30, 0), order(31, 0));
    bench.write(basis(vec![held.clone(), free.clone()])).await;
    let Place::Postgres(url) = &bench.place else {
        panic!("a lock of a row needs PostgreSQL");
    };
    let mut other = PgConnection::connect(url).await.unwrap();
    other.execute("BEGIN").await.unwrap();
    let lock = sqlx::query("SELECT id FROM orders WHERE id = $1 FOR UPDATE").bind(held.id.uuid());
    lock.fetch_one(&mut other).await.unwrap();
    let write = |number, of: &Order, place| {
        let wanted = Wanted {
            orders: vec![OrderLookup::plain(of.id.into())],
            ..Wanted::default()
        };
        let made = activation(license(number, Some(of.id), "aa"), place);
        bench.store.commit(unit(wanted, move |_| Ok(made.clone())))
    };
    let (refused, written) = tokio::join!(write(40, &held, 1), write(41, &free, 2));
    assert!(matches!(refused, Err(Stop::Refused(error)) if error.code == Code::Unavailable));
    assert!(written.is_ok());
    other.execute("ROLLBACK").await.unwrap();
    assert!(write(40, &held, 1).await.is_ok());
}

/// A clock that panics once when it is told to.
struct Faulty(FixedClock, AtomicBool);

impl Clock for Faulty {
    fn now(&self) -> OffsetDateTime {
        assert!(!self.1.swap(false, Ordering::SeqCst), "the clock fell down");
        self.0.now()
    }

    fn day(&self, at: OffsetDateTime) -> Date {
        self.0.day(at)
    }

    fn timezone(&self) -> &str {
        self.0.timezone()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_writer_that_panics_is_told_and_starts_anew() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("lds.db");
    let clock = Arc::new(Faulty(FixedClock::new(NOW), AtomicBool::new(false)));
    let environment = Environment {
        clock: clock.clone(),
        ..environment(&Arc::new(FixedClock::new(NOW)), 1)
    };
    let store = Store::open_sqlite(&file, &SqliteOptions::default(), environment)
        .await
        .unwrap();
    let one = order(30, 0);
    commit(&store, basis(vec![one.clone()])).await.unwrap();
    for place in 0..3 {
        let made = || {
            activation(
                license(40 + place, Some(one.id), "aa"),
                u8::try_from(place).unwrap(),
            )
        };
        clock.1.store(true, Ordering::SeqCst);
        assert_eq!(commit(&store, made()).await, Err(Code::Unavailable));
        commit(&store, made()).await.unwrap();
    }
    store.close().await;
    let (count, _) = seen(&sqlite(&file, None).await.unwrap(), one.id, license_id(40)).await;
    assert_eq!(count, 3);
}

/// Root may write wherever it likes: the test runs again without that right.
fn without_override(test: &str) {
    let rights = "-dac_override,-dac_read_search";
    let output = Command::new("setpriv")
        .args([
            format!("--bounding-set={rights}"),
            format!("--inh-caps={rights}"),
        ])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test])
        .env(UNPRIVILEGED, "1")
        .output()
        .expect("setpriv of util-linux runs");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && printed.contains("1 passed"),
        "{printed}"
    );
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().unwrap();
    output.stdout.trim_ascii() == b"0"
}
