//! How fast the store is by itself: activations written durably, and stored licenses looked up, by
//! so many callers at once. Told with the processor time that each takes, which does not depend on
//! what else the machine does.
//!
//! `cargo run --release -p lds-store --example floor [URL]`: without a URL, on a new `SQLite` file in
//! the temporary directory.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use lds_domain::audit::{AuditEntry, Change, Event};
use lds_domain::claim::{ClaimClass, claims, likely};
use lds_domain::customer::{Customer, CustomerData, CustomerState};
use lds_domain::host::Host;
use lds_domain::id::{CustomerId, EventId, Id, LicenseId, OrderRef, ProductId};
use lds_domain::license::{
    File, GeneratorStamp, GrantedFeature, License, LicenseKind, LicenseState, SignerStamp,
};
use lds_domain::order::{Order, OrderData, OrderKey, OrderLookup, OrderState};
use lds_domain::order_id::OrderId;
use lds_domain::ports::fixed::{FixedClock, SeededRandom};
use lds_domain::ports::{Clock, Random, Store as _};
use lds_domain::product::{Feature, Product, ProductData, ProductState};
use lds_domain::terms::{HostLock, HostRule, Terms};
use lds_domain::unit::{Activity, Changes, NewLicense, Outcome, Rows, Unit, Wanted};
use lds_domain::user::Stamps;
use lds_store::{Environment, MasterKey, PostgresOptions, SqliteOptions, Store};
use time::macros::{date, datetime};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Activations and lookups of each measurement.
const COUNT: usize = 40_000;
/// Clock ticks of processor time in a second.
const TICKS: f64 = 100.0;

#[tokio::main(flavor = "multi_thread")]
async fn main() -> Result<(), Failure> {
    let directory = tempfile::tempdir()?;
    for group_size in [64, 1] {
        let shop = Arc::new(Shop::open(directory.path(), group_size).await?);
        for callers in [16, 64, 256] {
            let count = if group_size == 1 { COUNT / 20 } else { COUNT };
            let orders = shop.orders(count).await?;
            let name = format!("activations, groups of {group_size}, {callers} callers");
            run(&name, &shop, &orders, callers, Shop::activate).await?;
            if group_size > 1 {
                let name = format!("stored licenses, {callers} callers");
                run(&name, &shop, &orders, callers, Shop::fetch).await?;
            }
        }
        shop.store.close().await;
    }
    Ok(())
}

struct Shop {
    store: Store,
    clock: FixedClock,
    random: SeededRandom,
    customer: CustomerId,
    product: ProductId,
}

impl Shop {
    async fn open(directory: &std::path::Path, group_size: usize) -> Result<Self, Failure> {
        let now = datetime!(2026-11-25 10:00 UTC);
        let environment = Environment {
            clock: Arc::new(FixedClock::new(now)),
            random: Arc::new(SeededRandom::new(group_size as u64)),
            master_key: MasterKey::new([1; 32]),
        };
        let store = match std::env::args().nth(1) {
            Some(url) => {
                let options = PostgresOptions {
                    group_size,
                    ..PostgresOptions::default()
                };
                Store::open_postgres(&url, &options, environment).await?
            }
            None => {
                let file = directory.join(format!("lds-{group_size}.db"));
                let options = SqliteOptions {
                    group_size,
                    ..SqliteOptions::default()
                };
                Store::open_sqlite(&file, &options, environment).await?
            }
        };
        let (clock, random) = (
            FixedClock::new(now),
            SeededRandom::new(1000 + group_size as u64),
        );
        let shop = Self {
            customer: CustomerId::generate(&clock, &random),
            product: ProductId::generate(&clock, &random),
            store,
            clock,
            random,
        };
        shop.write(shop.basis()).await?;
        Ok(shop)
    }

    async fn write(&self, changes: Changes) -> Result<(), Failure> {
        let unit = unit(Wanted::default(), changes);
        self.store
            .commit(unit)
            .await
            .map_err(|stop| format!("{stop:?}"))?;
        Ok(())
    }

    async fn orders(&self, count: usize) -> Result<Vec<Order>, Failure> {
        let mut all = Vec::with_capacity(count);
        while all.len() < count {
            let some: Vec<Order> = (0..1000.min(count - all.len()))
                .map(|_| self.order())
                .collect();
            self.write(Changes {
                orders: new(some.clone()),
                ..Changes::default()
            })
            .await?;
            all.extend(some);
        }
        Ok(all)
    }

    async fn activate(self: Arc<Self>, order: Order) -> Result<(), Failure> {
        let wanted = Wanted {
            orders: vec![OrderLookup {
                key: order.id.into(),
                claims: claims(&order.data.terms, &hosts(&order)),
                only: false,
            }],
            ..Wanted::default()
        };
        let changes = self.activation(&order);
        self.store
            .commit(unit(wanted, changes))
            .await
            .map_err(|stop| format!("{stop:?}"))?;
        Ok(())
    }

    async fn fetch(self: Arc<Self>, order: Order) -> Result<(), Failure> {
        let lookup = OrderLookup {
            key: OrderKey::OrderId(order.order_id.clone()),
            claims: likely(&hosts(&order)),
            only: false,
        };
        let view = self.store.order(lookup).await?.ok_or("an order is gone")?;
        let files = view
            .matched
            .first()
            .map(|matched| matched.license.files.len());
        (files == Some(1))
            .then_some(())
            .ok_or_else(|| "a license is gone".into())
    }

    fn basis(&self) -> Changes {
        let stamps = self.stamps();
        let customer = Customer {
            id: self.customer,
            revision: 1,
            data: CustomerData {
                name: "ACME".to_owned(),
                contacts: Vec::new(),
                address: None,
                locale: None,
                notes: None,
                external_ref: None,
                attributes: Vec::new(),
            },
            state: CustomerState::Active,
            stamps: stamps.clone(),
        };
        let product = Product {
            id: self.product,
            revision: 1,
            data: ProductData {
                code: format!("APP-{}", self.product),
                version: None,
                name: "The App".to_owned(),
                generator: "token".to_owned(),
                settings: Vec::new(),
                features: vec![feature()],
                terms: terms(),
                notes: None,
                external_ref: None,
                attributes: Vec::new(),
            },
            state: ProductState::Active,
            stamps,
        };
        Changes {
            customers: new(vec![customer]),
            products: new(vec![product]),
            ..Changes::default()
        }
    }

    fn order(&self) -> Order {
        let id = OrderRef::generate(&self.clock, &self.random);
        Order {
            id,
            revision: 1,
            order_id: OrderId::draw(&self.random),
            data: OrderData {
                customer: self.customer,
                product: self.product,
                terms: terms(),
                features: vec![feature()],
                valid_from: None,
                valid_until: None,
                notes: None,
                external_ref: None,
                attributes: Vec::new(),
            },
            state: OrderState::Active,
            parent: None,
            root: id,
            relation: None,
            created_on: date!(2026 - 11 - 25),
            active_licenses: 0,
            first_activated_on: None,
            allowances_reset_on: None,
            stamps: self.stamps(),
        }
    }

    fn activation(&self, order: &Order) -> Changes {
        let license = self.license(order);
        let set = |member: &str, after: String| Change {
            member: member.to_owned(),
            before: None,
            after: Some(after),
        };
        let actor = lds_domain::access::Actor::operator();
        let entry = AuditEntry {
            changes: vec![
                set("state", "ACTIVE".to_owned()),
                set("file", "app.jwt".to_owned()),
            ],
            ..AuditEntry::new(&actor, self.clock.now(), "activate", &license.id)
        };
        let event = Event {
            id: EventId::generate(&self.clock, &self.random),
            time: self.clock.now(),
            kind: "license.created",
            subject: license.id.to_string(),
            order: Some(order.id),
        };
        Changes {
            activity: vec![Activity {
                order: order.id,
                licenses: 1,
                first_activated_on: Some(license.activated_on),
            }],
            outcomes: vec![Outcome::Done(license.id.to_string())],
            new_licenses: vec![NewLicense {
                claims: claims(&order.data.terms, &license.hosts),
                class: ClaimClass::Live,
                document: Some(vec![b'x'; 900].into()),
                license: Arc::new(license),
            }],
            audit: vec![entry],
            events: vec![event],
            ..Changes::default()
        }
    }

    fn license(&self, order: &Order) -> License {
        let mut bytes = vec![0; 500];
        self.random.fill(&mut bytes);
        let text: String = bytes
            .iter()
            .flat_map(|byte| [b'a' + byte % 26, b'A' + byte / 10])
            .map(char::from)
            .collect();
        License {
            id: LicenseId::generate(&self.clock, &self.random),
            revision: 1,
            order: Some(order.id),
            root: Some(order.root),
            customer: self.customer,
            product: self.product,
            product_code: "APP".to_owned(),
            product_name: "The App".to_owned(),
            licensee: Some("ACME".to_owned()),
            hosts: hosts(order),
            files: vec![File::new(
                "app.jwt".to_owned(),
                "application/jwt".to_owned(),
                text.into_bytes(),
            )],
            parameters: Vec::new(),
            kind: LicenseKind::Activation,
            state: LicenseState::Active,
            issued_at: self.clock.now(),
            activated_on: date!(2026 - 11 - 25),
            starts_on: None,
            expires_on: Some(date!(2027 - 11 - 24)),
            maintenance_until: None,
            features: vec![GrantedFeature {
                name: "core".to_owned(),
                version: None,
                count: 1,
                expires_on: None,
                maintenance_until: None,
            }],
            generator: Some(GeneratorStamp {
                name: "token".to_owned(),
                version: "1.0.0".to_owned(),
                digest: "ab".repeat(32),
            }),
            signers: vec![SignerStamp {
                name: "default".to_owned(),
                algorithm: "EdDSA".to_owned(),
                fingerprint: "cd".repeat(32),
            }],
            input_digest: Some([7; 32]),
            source: lds_domain::access::Source::Soap,
            removal: None,
            replaces: None,
            replaced_by: None,
            external_ref: None,
            attributes: Vec::new(),
            stamps: self.stamps(),
        }
    }

    fn stamps(&self) -> Stamps {
        Stamps::new(self.clock.now(), "operator")
    }
}

/// A machine of the order's own.
fn hosts(order: &Order) -> Vec<Host> {
    vec![Host {
        host_type: "ETHERNET".to_owned(),
        value: order.id.uuid().simple().to_string()[20..].to_owned(),
        name: None,
        port: None,
    }]
}

fn terms() -> Terms {
    Terms {
        host_lock: HostLock::Required,
        host_rules: vec![HostRule {
            host_type: "ETHERNET".to_owned(),
            min: 1,
            max: 1,
        }],
        ..Terms::default()
    }
}

fn feature() -> Feature {
    Feature {
        name: "core".to_owned(),
        version: None,
        count: None,
        expiry: None,
        maintenance: None,
        parameters: Vec::new(),
        attributes: Vec::new(),
    }
}

fn new<T, I>(new: Vec<T>) -> Rows<T, I> {
    Rows {
        new,
        ..Rows::default()
    }
}

fn unit(wanted: Wanted, changes: Changes) -> Unit {
    Unit {
        request: None,
        wanted,
        decide: Arc::new(move |_| Ok(changes.clone())),
        dry_run: false,
    }
}

/// So many callers, each does the next when its last is done.
async fn run<F: Future<Output = Result<(), Failure>> + Send + 'static>(
    name: &str,
    shop: &Arc<Shop>,
    orders: &[Order],
    callers: usize,
    one: fn(Arc<Shop>, Order) -> F,
) -> Result<(), Failure> {
    let (orders, next) = (Arc::new(orders.to_vec()), Arc::new(AtomicUsize::new(0)));
    let (start, used) = (Instant::now(), processor_seconds()?);
    let tasks: Vec<_> = (0..callers)
        .map(|_| {
            let (shop, orders, next) = (shop.clone(), orders.clone(), next.clone());
            tokio::spawn(async move {
                while let Some(order) = orders.get(next.fetch_add(1, Ordering::Relaxed)) {
                    one(shop.clone(), order.clone()).await?;
                }
                Ok::<_, Failure>(())
            })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    #[expect(clippy::cast_precision_loss, reason = "counts are small")]
    let count = orders.len() as f64;
    let seconds = start.elapsed().as_secs_f64();
    let micros = (processor_seconds()? - used) * 1e6 / count;
    println!(
        "{name}: {:.0} a second, {micros:.1} µs of processor time each",
        count / seconds
    );
    Ok(())
}

/// Processor time of this process: places 14 and 15 of what the kernel tells, in ticks.
fn processor_seconds() -> Result<f64, Failure> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let after = stat.rsplit_once(") ").ok_or("no process name")?.1;
    let ticks = after.split(' ').skip(11).take(2).map(str::parse::<f64>);
    Ok(ticks.sum::<Result<f64, _>>()? / TICKS)
}
