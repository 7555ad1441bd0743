//! `importLicenses`: licenses that were issued elsewhere, their texts as they are. Under an order
//! they are claimed and counted as if it had been activated; no generator has to do with them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use time::Date;

use super::recheck::members;
use super::{kept_changing, machine_claims, whole_seconds};
use crate::access::{Actor, Permission, Source};
use crate::claim::{Claim, ClaimClass};
use crate::command::{Batch, BatchAnswer, ImportItem, ImportLicenses, WriteOptions};
use crate::decision::check_customer;
use crate::error::{Code, Error, Result};
use crate::host::check_against;
use crate::id::{CustomerId, Key, LicenseId, OrderRef};
use crate::license::{License, LicenseKind, LicenseState};
use crate::order::{OrderKey, OrderLookup, OrderView};
use crate::policy::{check_activations, check_served, live};
use crate::product::Product;
use crate::service::batch::each;
use crate::service::record::Record;
use crate::service::{MAX_ATTEMPTS, Services, not_found, refused, request_key};
use crate::unit::{
    Activity, Changes, Loaded, NewLicense, ProductKey, RequestKey, Stop, Unit, Wanted,
};

/// An item with what was drawn and found out before its unit.
struct Prepared {
    /// Its hosts are in normal form where it is right by itself.
    item: ImportItem,
    id: LicenseId,
    checked: Result<()>,
    /// The day that its dates count from.
    activated_on: Date,
}

/// A command, prepared on a snapshot of its orders.
struct Import {
    batch: Batch<Prepared>,
    record: Record,
    /// The revisions of the orders whose terms tell the claims.
    revisions: HashMap<OrderRef, u32>,
}

impl Services {
    /// `importLicenses`.
    ///
    /// # Errors
    /// `PermissionDenied`, `InvalidRequest`, `LimitExceeded`, `IdempotencyConflict`; what concerns
    /// one item is its failure.
    pub async fn import_licenses(
        &self,
        actor: &Actor,
        command: ImportLicenses,
    ) -> Result<BatchAnswer<License>> {
        actor.require(Permission::IssueLicenses)?;
        command.check("item")?;
        let request = request_key(actor, &command.options, "importLicenses", &command);
        let atomic = command.atomic;
        for _ in 0..MAX_ATTEMPTS {
            let unit = self.import(actor, &command, request.clone()).await?;
            match self.store.commit(unit).await {
                Ok(committed) => {
                    let new = committed.changes.new_licenses.iter();
                    let made = new.map(|new| (new.license.id.to_string(), (*new.license).clone()));
                    let made = made.collect();
                    return self.told_licenses(atomic, &committed.outcomes, made).await;
                }
                Err(Stop::Again) => {}
                Err(stop) => return Err(refused(stop)),
            }
        }
        Err(kept_changing())
    }

    async fn import(
        &self,
        actor: &Actor,
        command: &ImportLicenses,
        request: Option<RequestKey>,
    ) -> Result<Unit> {
        let mut items = Vec::with_capacity(command.items.len());
        for item in &command.items {
            items.push(self.prepare_import(item).await);
        }
        let named = items.iter().filter_map(|one| one.item.order.clone());
        let snapshot = Wanted {
            orders: named.map(OrderLookup::plain).collect(),
            ..Wanted::default()
        };
        let snapshot = self.store.load(snapshot).await?;
        let wanted = wanted(&items, &snapshot);
        let revision = |view: &OrderView| (view.order.id, view.order.revision);
        let import = Import {
            batch: Batch {
                items,
                atomic: command.atomic,
                options: WriteOptions::default(),
            },
            record: self.record(actor, "importLicenses", &command.options, None),
            revisions: snapshot.orders.iter().map(revision).collect(),
        };
        Ok(Unit {
            request,
            wanted,
            decide: Arc::new(move |loaded| import.decide(loaded)),
            dry_run: command.options.dry_run,
        })
    }

    async fn prepare_import(&self, item: &ImportItem) -> Prepared {
        let hosts = match item.check(self.clock.now()) {
            Ok(()) => self.normal_hosts("host", &item.hosts).await,
            Err(error) => Err(error),
        };
        let (hosts, checked) = match hosts {
            Ok(hosts) => (hosts, Ok(())),
            Err(error) => (Vec::new(), Err(error)),
        };
        Prepared {
            activated_on: self.clock.day(item.issued_at),
            id: self.new_id(),
            checked,
            item: ImportItem {
                hosts,
                ..item.clone()
            },
        }
    }
}

fn wanted(items: &[Prepared], snapshot: &Loaded) -> Wanted {
    let mut wanted = Wanted::default();
    for Prepared { item, .. } in items {
        if let Some(key) = &item.order {
            let view = snapshot.order(key);
            wanted.orders.push(OrderLookup {
                claims: view.map_or_else(Vec::new, |view| machine_claims(view, &item.hosts)),
                ..OrderLookup::plain(key.clone())
            });
        }
        wanted.customers.extend(item.customer.clone());
        let product = item.product.clone().map(ProductKey::Key);
        wanted.products.extend(product);
        let reference = item.external_ref.clone().map(Key::External);
        wanted.licenses.extend(reference);
    }
    wanted
}

/// What the earlier items of a unit took.
#[derive(Default)]
struct Taken {
    claims: HashSet<(OrderRef, Claim)>,
    places: HashMap<OrderRef, u32>,
    references: HashSet<String>,
}

impl Import {
    fn decide(&self, loaded: &Loaded) -> Result<Changes, Stop> {
        let is_known =
            |view: &OrderView| self.revisions.get(&view.order.id) == Some(&view.order.revision);
        if !loaded.orders.iter().all(is_known) {
            return Err(Stop::Again);
        }
        let mut taken = Taken::default();
        let mut changes = each(&self.batch, |changes, prepared| {
            self.add(changes, &mut taken, loaded, prepared)
        });
        begin_with_the_earliest(&mut changes.activity);
        Ok(changes)
    }

    fn add(
        &self,
        changes: &mut Changes,
        taken: &mut Taken,
        loaded: &Loaded,
        prepared: &Prepared,
    ) -> Result<String> {
        prepared.checked.clone()?;
        taken.check_reference(loaded, &prepared.item)?;
        let new = match &prepared.item.order {
            Some(key) => self.under_order(changes, taken, loaded.order(key), prepared, key)?,
            None => self.without_order(loaded, prepared)?,
        };
        taken.references.extend(prepared.item.external_ref.clone());
        let (license, members) = (&new.license, members(&new.license));
        self.record.add(
            changes,
            "license.created",
            &license.id,
            license.order,
            members,
        );
        changes.new_licenses.push(new);
        Ok(prepared.id.to_string())
    }

    fn under_order(
        &self,
        changes: &mut Changes,
        taken: &mut Taken,
        view: Option<&OrderView>,
        prepared: &Prepared,
        key: &OrderKey,
    ) -> Result<NewLicense> {
        let view = view.ok_or_else(|| key.not_found().at("orderId"))?;
        check_served(view)?;
        let item = &prepared.item;
        check_against(&item.hosts, &view.order.data.terms)?;
        let claims = machine_claims(view, &item.hosts);
        taken.take_place(view, &claims, live(view, &item.hosts).is_some())?;
        let order = view.order.id;
        changes.activity.push(Activity {
            order,
            licenses: 1,
            first_activated_on: Some(prepared.activated_on),
        });
        let license = self.license(prepared, &view.product, view.customer.id);
        Ok(NewLicense {
            license: Arc::new(License {
                order: Some(order),
                root: Some(view.order.root),
                kind: LicenseKind::Activation,
                ..license
            }),
            claims,
            class: ClaimClass::Live,
            document: None,
        })
    }

    fn without_order(&self, loaded: &Loaded, prepared: &Prepared) -> Result<NewLicense> {
        let item = &prepared.item;
        let (Some(customer), Some(product)) = (&item.customer, &item.product) else {
            let message = "Name an order, or a customer and a product.";
            return Err(Error::invalid("orderId", message));
        };
        let customer = loaded.customer(customer);
        let customer = customer.ok_or_else(|| not_found("customer").at("customerId"))?;
        check_customer(customer)?;
        let product = loaded.product(&ProductKey::Key(product.clone()));
        let product = product.ok_or_else(|| not_found("product").at("productId"))?;
        Ok(NewLicense {
            license: Arc::new(self.license(prepared, product, customer.id)),
            claims: Vec::new(),
            class: ClaimClass::Live,
            document: None,
        })
    }

    /// As one without an order has it.
    fn license(&self, prepared: &Prepared, product: &Product, customer: CustomerId) -> License {
        let item = &prepared.item;
        License {
            id: prepared.id,
            revision: 1,
            order: None,
            root: None,
            deal: None,
            customer,
            product: product.id,
            product_code: product.data.code.clone(),
            product_name: product.data.name.clone(),
            licensee: None,
            hosts: item.hosts.clone(),
            files: item.files.clone(),
            parameters: Vec::new(),
            kind: LicenseKind::Manual,
            state: LicenseState::Active,
            issued_at: whole_seconds(item.issued_at),
            activated_on: prepared.activated_on,
            starts_on: item.starts_on,
            expires_on: item.expires_on,
            maintenance_until: item.maintenance_until,
            features: item.features.clone(),
            generator: None,
            signers: Vec::new(),
            input_digest: None,
            source: Source::Import,
            removal: None,
            replaces: None,
            is_dry: false,
            replaced_by: None,
            external_ref: item.external_ref.clone(),
            attributes: item.attributes.clone(),
            stamps: self.record.stamps(),
        }
    }
}

impl Taken {
    fn check_reference(&self, loaded: &Loaded, item: &ImportItem) -> Result<()> {
        let Some(reference) = &item.external_ref else {
            return Ok(());
        };
        let known = loaded.license(&Key::External(reference.clone()));
        if known.is_some() || self.references.contains(reference) {
            let message = "Another license has this externalRef.";
            return Err(Error::new(Code::AlreadyExists, message).at("externalRef"));
        }
        Ok(())
    }

    /// Takes the claims and a place among the order's licenses.
    fn take_place(&mut self, view: &OrderView, claims: &[Claim], is_live: bool) -> Result<()> {
        let order = view.order.id;
        let mut rivals = claims.iter().map(|claim| (order, *claim));
        if is_live || rivals.any(|claim| self.claims.contains(&claim)) {
            let message = "The order has a license of this machine already.";
            return Err(Error::new(Code::AlreadyExists, message).at("host"));
        }
        let more = self.places.entry(order).or_default();
        let mut counted = view.order.clone();
        counted.active_licenses += *more;
        check_activations(&counted)?;
        *more += 1;
        self.claims
            .extend(claims.iter().map(|claim| (order, *claim)));
        Ok(())
    }
}

/// The first day of an order is the earliest of those that are imported together.
fn begin_with_the_earliest(activity: &mut [Activity]) {
    let mut earliest: HashMap<OrderRef, Date> = HashMap::new();
    for one in activity.iter() {
        if let Some(day) = one.first_activated_on {
            let first = earliest.entry(one.order).or_insert(day);
            *first = day.min(*first);
        }
    }
    for one in activity {
        one.first_activated_on = earliest.get(&one.order).copied();
    }
}
