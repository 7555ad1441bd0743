//! What customers do besides activating: look, fetch again, release. The Order ID is the
//! credential, and the answers hold nothing personal.

use std::sync::Arc;

use time::Date;

use crate::access::Actor;
use crate::command::{ForMachine, IssuedLicense, NeededHost, OrderInfo, WriteOptions};
use crate::error::{Code, Error, Result};
use crate::generator::Definition;
use crate::host::{Form, Host, HostType, HostTypeRef};
use crate::license::{License, LicenseState, Removal, RemovedBy};
use crate::order::{AllowanceUse, OrderKey, OrderLookup, OrderView, UseKind};
use crate::order_id::OrderId;
use crate::policy;
use crate::query::{HostFilter, LicenseFilter, Paging};
use crate::service::activation::{acting, equal, issued, machine_claims, no_license};
use crate::service::record::Record;
use crate::service::removal::remove;
use crate::service::{Services, refused};
use crate::terms::{HostLock, HostRule, Licensee};
use crate::unit::{Changes, Loaded, NewUse, Outcome, Stop, Unit, Wanted};

impl Services {
    /// `getOrderInfo`: what an activation needs.
    ///
    /// # Errors
    /// `OrderNotUsable`, `OrderSuspended`, `OrderRevoked`.
    pub async fn order_info(&self, _actor: &Actor, order_id: &str) -> Result<OrderInfo> {
        let key = OrderKey::OrderId(OrderId::parse(order_id)?);
        let view = self.view(&key, &[]).await?;
        policy::check_served(&view)?;
        Ok(self.info(&view))
    }

    fn info(&self, view: &OrderView) -> OrderInfo {
        let terms = &view.order.data.terms;
        let locked = terms.host_lock == HostLock::Required;
        let rules = if locked {
            terms.host_rules.as_slice()
        } else {
            &[]
        };
        let today = self.clock.today();
        OrderInfo {
            product_code: view.product.data.code.clone(),
            product_name: view.product.data.name.clone(),
            licensee: match &terms.licensee {
                Licensee::Fixed(text) => Some(text.clone()),
                Licensee::Customer | Licensee::None => None,
            },
            license_type: terms.license_type,
            host_types: rules.iter().map(|rule| self.needed(rule)).collect(),
            min_hosts: if locked { terms.min_hosts } else { 0 },
            parameters: self.parameters(&view.product.data.generator),
            activations_left: view.order.activations_left(),
            moves: policy::moves(view, today),
            emergencies: policy::emergencies(view, today),
            removal_requested: view.removal_requested,
        }
    }

    fn needed(&self, rule: &HostRule) -> NeededHost {
        let declared = self.generators.host_type(&rule.host_type);
        NeededHost {
            host_type: declared.unwrap_or_else(|| undeclared(rule)),
            min: rule.min,
            max: rule.max,
        }
    }

    fn parameters(&self, generator: &str) -> Vec<Definition> {
        let info = self.generators.get(generator);
        info.and_then(|info| info.description.clone())
            .map(|d| d.parameters.clone())
            .unwrap_or_default()
    }

    /// `getLicense`: the license of this machine, or the order's only one. Never makes one.
    ///
    /// # Errors
    /// `NoLicense`, `HostMissing` where there are several, and the order codes.
    pub async fn fetch_license(
        &self,
        _actor: &Actor,
        command: &ForMachine,
    ) -> Result<IssuedLicense> {
        let hosts = self.normal_hosts("host", &command.hosts).await?;
        let key = OrderKey::OrderId(OrderId::parse(&command.order_id)?);
        let view = self.view(&key, &hosts).await?;
        policy::check_served(&view)?;
        let license = Arc::clone(existing(&view, &hosts)?);
        Ok(issued(&view, license))
    }

    /// `deactivate`: the customer releases this machine's license, within the allowance; where the
    /// vendor asked for the removal it is none of the moves. Works while the order is suspended.
    ///
    /// # Errors
    /// `NoLicense`, `HostMissing`, `AllowanceExhausted`, `ActionNotAllowed`.
    pub async fn deactivate(&self, actor: &Actor, command: &ForMachine) -> Result<IssuedLicense> {
        self.release(actor, command, Way::Deactivate).await
    }

    /// `confirmRemoval`: the vendor asked for the removal of this machine's license, and the
    /// machine confirms. Never a move. Works while the order is suspended.
    ///
    /// # Errors
    /// `NoLicense`, `HostMissing`, `RemovalNotRequested`.
    pub async fn confirm_removal(
        &self,
        actor: &Actor,
        command: &ForMachine,
    ) -> Result<IssuedLicense> {
        self.release(actor, command, Way::Confirm).await
    }

    async fn release(
        &self,
        actor: &Actor,
        command: &ForMachine,
        way: Way,
    ) -> Result<IssuedLicense> {
        let hosts = self.normal_hosts("host", &command.hosts).await?;
        let key = OrderKey::OrderId(OrderId::parse(&command.order_id)?);
        let view = self.view(&key, &hosts).await?;
        if hosts.is_empty() && view.order.data.terms.host_lock == HostLock::Required {
            return Err(Error::new(
                Code::HostMissing,
                "Tell which machine releases its license.",
            )
            .at("host"));
        }
        if policy::live(&view, &hosts).is_none() {
            return self.released_before(&view, &hosts, way).await;
        }
        let actor = acting(actor, view.order.id);
        let release = Release {
            hosts: hosts.clone(),
            today: self.clock.today(),
            record: self.record(&actor, way.operation(), &WriteOptions::default(), None),
            way,
        };
        match self.store.commit(release.unit(&view)).await {
            Ok(committed) => match committed.changes.licenses.into_iter().next() {
                Some(license) => Ok(issued(&view, without_files(license))),
                None => Err(Error::internal("a removal without a license")),
            },
            // Another caller released it between the look and the lock.
            Err(Stop::Again) => self.released_before(&view, &hosts, way).await,
            Err(stop) => Err(refused(stop)),
        }
    }

    /// A repeated release answers the license that was removed, without its files.
    async fn released_before(
        &self,
        view: &OrderView,
        hosts: &[Host],
        way: Way,
    ) -> Result<IssuedLicense> {
        let filter = LicenseFilter {
            order: Some(view.order.id.into()),
            host: hosts.first().map(|host| HostFilter {
                host_type: Some(host.host_type.clone()),
                values: vec![host.value.clone()],
            }),
            common: crate::query::Filter {
                states: vec![LicenseState::Removed],
                ..Default::default()
            },
            ..LicenseFilter::default()
        };
        let newest_first = Paging {
            sort: Some("-issuedAt".to_owned()),
            ..Paging::default()
        };
        let page = self.store.find_licenses(filter, newest_first).await?;
        let license = page.items.into_iter().find(|license| {
            let removal = license.removal.as_ref();
            removal.is_some_and(|removal| way.led_to(removal)) && equal(&license.hosts, hosts)
        });
        license
            .map(|license| issued(view, without_files(license)))
            .ok_or_else(no_license)
    }
}

/// The live license of this machine; without a host the only one there is.
fn existing<'a>(view: &'a OrderView, hosts: &[Host]) -> Result<&'a Arc<License>> {
    if let Some(license) = policy::live(view, hosts) {
        return Ok(license);
    }
    match (&view.only, view.order.active_licenses) {
        (Some(license), _) if hosts.is_empty() => Ok(license),
        (None, 2..) if hosts.is_empty() => Err(Error::new(
            Code::HostMissing,
            "This order has several licenses: tell for which machine.",
        )
        .at("host")),
        _ => Err(no_license()),
    }
}

fn without_files(license: License) -> Arc<License> {
    Arc::new(License {
        files: Vec::new(),
        ..license
    })
}

/// A rule's host type whose generator is not available now.
fn undeclared(rule: &HostRule) -> HostTypeRef {
    Arc::new(HostType {
        name: rule.host_type.clone(),
        label: rule.host_type.clone(),
        form: Form::Exact,
        pattern: None,
        example: None,
        help: None,
    })
}

/// How a customer releases a license.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// By himself, or because the vendor asked.
    Deactivate,
    /// Only because the vendor asked.
    Confirm,
}

impl Way {
    const fn operation(self) -> &'static str {
        match self {
            Self::Deactivate => "deactivate",
            Self::Confirm => "confirmRemoval",
        }
    }

    /// Whether a license was removed so.
    fn led_to(self, removal: &Removal) -> bool {
        removal.by == Some(RemovedBy::Customer)
            && (self == Self::Deactivate || removal.requested_at.is_some())
    }
}

/// The decision of a release, under the lock.
struct Release {
    hosts: Vec<Host>,
    today: Date,
    record: Record,
    way: Way,
}

impl Release {
    fn unit(self, view: &OrderView) -> Unit {
        let lookup = OrderLookup {
            key: view.order.id.into(),
            claims: machine_claims(view, &self.hosts),
            only: false,
        };
        Unit {
            request: None,
            wanted: Wanted {
                orders: vec![lookup],
                ..Wanted::default()
            },
            decide: Arc::new(move |loaded| self.decide(loaded)),
            dry_run: false,
        }
    }

    fn decide(&self, loaded: &Loaded) -> Result<Changes, Stop> {
        let view = loaded.orders.first().ok_or(Stop::Again)?;
        let license = policy::live(view, &self.hosts).ok_or(Stop::Again)?;
        // What the vendor asked for is no move.
        let is_move = license.state == LicenseState::Active;
        if is_move {
            self.check_move(view)?;
        }
        let mut changes = Changes::default();
        remove(&self.record, &mut changes, license, RemovedBy::Customer);
        if is_move {
            let used = AllowanceUse {
                kind: UseKind::Move,
                on: self.today,
                license: license.id,
            };
            changes.uses.push(NewUse {
                order: view.order.id,
                used,
            });
        }
        changes.outcomes.push(Outcome::Done(license.id.to_string()));
        Ok(changes)
    }

    fn check_move(&self, view: &OrderView) -> Result<()> {
        match self.way {
            Way::Deactivate => policy::check_move(view, self.today),
            Way::Confirm => Err(Error::new(
                Code::RemovalNotRequested,
                "The vendor did not ask for the removal of this license.",
            )),
        }
    }
}
