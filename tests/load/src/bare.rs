//! The bare store: the rows of first activations through the same group commit, and nothing else.
//! No request is decoded, nothing is decided, generated or signed, no answer is written.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use lds_domain::access::Actor;
use lds_domain::audit::{AuditEntry, Change, Event};
use lds_domain::claim::{ClaimClass, claims};
use lds_domain::id::{EventId, Id, LicenseId};
use lds_domain::license::License;
use lds_domain::order::{Order, OrderLookup};
use lds_domain::ports::fixed::{FixedClock, SeededRandom};
use lds_domain::ports::{Clock, Random, Store as _};
use lds_domain::query::{LicenseFilter, MAX_PAGE, OrderFilter, Paging};
use lds_domain::unit::{Activity, Changes, NewLicense, Outcome, Stop, Unit, Wanted};
use lds_store::{Environment, MasterKey, PostgresOptions, SqliteOptions, Store};

use crate::drive::{Pace, pace};

/// Bytes of the generator's request that is kept with a license.
const DOCUMENT: usize = 900;
/// Digits of the digest that the audit entry tells.
const DIGEST: usize = 64;

/// The store of a database with orders that are not activated.
struct Bare {
    store: Arc<Store>,
    clock: Arc<FixedClock>,
    random: Arc<dyn Random>,
    template: License,
    orders: Vec<Order>,
}

/// A stopped server's database.
pub(crate) enum Place {
    /// The file of the embedded one.
    Sqlite(PathBuf),
    /// A URL.
    Postgres(String),
}

/// Opens a database whose master key is all zeros, and runs callers on its
/// orders; each number of callers has so many orders to itself.
pub(crate) fn measure(place: &Place, callers: [usize; 2], count: usize) -> Result<[Pace; 2]> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut bare = Bare::open(place).await?;
        let first = bare.run(callers[0], count).await?;
        let second = bare.run(callers[1], count).await?;
        bare.store.close().await;
        Ok([first, second])
    })
}

impl Bare {
    async fn open(place: &Place) -> Result<Self> {
        let start = time::OffsetDateTime::UNIX_EPOCH + time::Duration::days(20_000);
        let clock = Arc::new(FixedClock::new(start));
        let random: Arc<dyn Random> = Arc::new(SeededRandom::new(1));
        let environment = Environment {
            clock: clock.clone(),
            random: Arc::clone(&random),
            master_key: MasterKey::new([0; 32]),
        };
        let store = match place {
            Place::Sqlite(file) => {
                Store::open_sqlite(file, &SqliteOptions::default(), environment).await?
            }
            Place::Postgres(url) => {
                Store::open_postgres(url, &PostgresOptions::default(), environment).await?
            }
        };
        let template = template(&store).await?;
        let orders = unused(&store).await?;
        Ok(Self {
            store: Arc::new(store),
            clock,
            random,
            template,
            orders,
        })
    }

    /// So many callers, each commits its next unit when the last is durable.
    async fn run(&mut self, callers: usize, count: usize) -> Result<Pace> {
        if self.orders.len() < count {
            return Err(anyhow!("{} orders are left", self.orders.len()));
        }
        let orders = self.orders.split_off(self.orders.len() - count);
        let units: Vec<Unit> = orders.iter().map(|order| self.unit(order)).collect();
        let (units, next) = (Arc::new(units), Arc::new(AtomicUsize::new(0)));
        let start = Instant::now();
        let tasks: Vec<_> = (0..callers)
            .map(|_| tokio::spawn(caller(self.store.clone(), units.clone(), next.clone())))
            .collect();
        let mut times = Vec::with_capacity(count);
        for task in tasks {
            times.extend(task.await??);
        }
        Ok(pace(times, start.elapsed()))
    }

    /// What an activation of this order would write. Time goes on, so that ids come in order, as
    /// the server's do: rows at random places would cost more.
    fn unit(&self, order: &Order) -> Unit {
        self.clock.set(self.clock.now() + Duration::from_millis(1));
        let changes = self.changes(order);
        Unit {
            request: None,
            wanted: Wanted {
                orders: vec![OrderLookup::plain(order.id.into())],
                ..Wanted::default()
            },
            decide: Arc::new(move |_| Ok(changes.clone())),
            dry_run: false,
        }
    }

    fn changes(&self, order: &Order) -> Changes {
        let id = LicenseId::generate(&*self.clock, &*self.random);
        let license = License {
            id,
            order: Some(order.id),
            root: Some(order.root),
            ..self.template.clone()
        };
        let activity = Activity {
            order: order.id,
            licenses: 1,
            first_activated_on: Some(license.activated_on),
        };
        Changes {
            activity: vec![activity],
            audit: vec![entry(&license)],
            events: vec![self.event(&license)],
            outcomes: vec![Outcome::Done(id.to_string())],
            new_licenses: vec![NewLicense {
                claims: claims(&order.data.terms, &license.hosts),
                class: ClaimClass::Live,
                document: Some(vec![b'x'; DOCUMENT].into()),
                license: Arc::new(license),
            }],
            ..Changes::default()
        }
    }

    fn event(&self, license: &License) -> Event {
        Event {
            id: EventId::generate(&*self.clock, &*self.random),
            time: license.issued_at,
            kind: "license.created",
            subject: license.id.to_string(),
            order: license.order,
        }
    }
}

fn entry(license: &License) -> AuditEntry {
    let set = |member: &str, after: String| Change {
        member: member.to_owned(),
        before: None,
        after: Some(after),
    };
    let file = format!("license.jwt {}", "0".repeat(DIGEST));
    let actor = Actor::operator();
    AuditEntry {
        changes: vec![set("state", license.state.to_string()), set("file", file)],
        ..AuditEntry::new(&actor, license.issued_at, "activate", &license.id)
    }
}

/// Units in turn, until there are no more.
async fn caller(
    store: Arc<Store>,
    units: Arc<Vec<Unit>>,
    next: Arc<AtomicUsize>,
) -> Result<Vec<Duration>> {
    let mut times = Vec::new();
    while let Some(unit) = units.get(next.fetch_add(1, Ordering::Relaxed)) {
        let start = Instant::now();
        store.commit(unit.clone()).await.map_err(stopped)?;
        times.push(start.elapsed());
    }
    Ok(times)
}

fn stopped(stop: Stop) -> anyhow::Error {
    match stop {
        Stop::Again => anyhow!("a unit was sent back"),
        Stop::Refused(error) => anyhow!("a unit was refused: {error:?}"),
    }
}

/// A license that the server made, files included.
async fn template(store: &Store) -> Result<License> {
    let paging = Paging {
        size: 1,
        ..Paging::default()
    };
    let page = store.find_licenses(LicenseFilter::default(), paging).await;
    let page = page.map_err(|error| anyhow!("{error:?}"))?;
    page.items.into_iter().next().context("no license to copy")
}

/// Orders that were never activated.
async fn unused(store: &Store) -> Result<Vec<Order>> {
    let (mut orders, mut cursor) = (Vec::new(), None);
    loop {
        let paging = Paging {
            size: MAX_PAGE,
            cursor,
            ..Paging::default()
        };
        let page = store.find_orders(OrderFilter::default(), paging).await;
        let page = page.map_err(|error| anyhow!("{error:?}"))?;
        let fresh = page.items.into_iter().map(|view| view.order);
        orders.extend(fresh.filter(|order| order.active_licenses == 0));
        match page.next_cursor {
            Some(next) => cursor = Some(next),
            None => return Ok(orders),
        }
    }
}
