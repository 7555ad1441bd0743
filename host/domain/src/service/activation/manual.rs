//! Issuing without an order: for a customer and a product, by terms that the license keeps itself,
//! so that it can be issued anew. Nothing is claimed or counted; each command makes one.

use std::sync::Arc;

use super::frame::Frame;
use super::recheck::{members, replace, replaced_by, unchanged};
use super::write::{previous, refusal};
use super::{Moment, kept_changing};
use crate::access::{Actor, Permission};
use crate::attribute::{Attribute, Names, check_attributes};
use crate::claim::ClaimClass;
use crate::command::{GenerateLicense, StateChange, WriteOptions};
use crate::customer::Customer;
use crate::date::BaseDays;
use crate::decision::check_manual;
use crate::error::{Code, Error, Result};
use crate::generator::{GenerateRequest, RequestKind};
use crate::host::{Host, check_against};
use crate::id::{CustomerId, Id, Key, LicenseId, ProductId};
use crate::issue::{self, Source, request_product};
use crate::license::{Deal, License, LicenseKind};
use crate::product::{Product, check_features};
use crate::service::generators::{check_in_service, writer};
use crate::service::record::Record;
use crate::service::validation::{Draft, told_of_product};
use crate::service::{MAX_ATTEMPTS, Services, not_found, request_key};
use crate::unit::{
    Changes, Loaded, NewLicense, Outcome, ProductKey, RequestKey, Stop, Unit, Wanted,
};

/// A license without an order, prepared.
pub(super) struct Manual {
    customer: (CustomerId, u32),
    product: (ProductId, u32),
    /// The license that ends, and its revision in the snapshot.
    ending: Option<(LicenseId, u32)>,
    new: NewLicense,
    record: Record,
}

/// Who gets it, and what.
struct Parties {
    customer: Arc<Customer>,
    product: Arc<Product>,
}

/// What is to be written.
struct Errand<'a> {
    actor: &'a Actor,
    kind: RequestKind,
    options: &'a WriteOptions,
    record: Record,
    parties: Parties,
    deal: Arc<Deal>,
    ending: Option<&'a License>,
    hosts: Vec<Host>,
    parameters: &'a [Attribute],
    attributes: &'a [Attribute],
}

impl Services {
    /// `generateLicense`: each call makes one; a repeated request is answered.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`, `OrderSuspended` where the customer is blocked, and the
    /// host, policy and generator codes of the contract.
    pub async fn generate_license(
        &self,
        actor: &Actor,
        command: GenerateLicense,
    ) -> Result<License> {
        actor.require(Permission::IssueLicenses)?;
        check(&command)?;
        let request = request_key(actor, &command.options, "generateLicense", &command);
        if let Some(license) = self.repeated(request.as_ref()).await? {
            return Ok(license);
        }
        for _ in 0..MAX_ATTEMPTS {
            let (unit, made) = match self.prepare_new(actor, &command).await {
                Ok(manual) => {
                    let unit = single(&manual, request.clone(), &command.options);
                    (unit, Some(manual.made()))
                }
                // What is refused now may have been done before under this request id.
                Err(error) => (refusal(request.clone(), error)?, None),
            };
            match self.store.commit(unit).await {
                Ok(committed) => {
                    let license = self.outcome(&committed.outcomes, made).await?;
                    return Ok(Arc::unwrap_or_clone(license));
                }
                Err(Stop::Again) => {}
                Err(Stop::Refused(error)) => return Err(error),
            }
        }
        Err(kept_changing())
    }

    async fn prepare_new(&self, actor: &Actor, command: &GenerateLicense) -> Result<Arc<Manual>> {
        let hosts = self.normal_hosts("host", &command.hosts).await?;
        let parties = self.parties(&command.customer, &command.product).await?;
        check_manual(&parties.customer, &parties.product, None)?;
        let deal = Arc::new(deal(command, &parties.product));
        if command.terms.is_some() || !command.features.is_empty() {
            self.check_deal(&deal, &parties.product).await?;
        }
        let errand = Errand {
            actor,
            kind: RequestKind::Manual,
            options: &command.options,
            record: self.record(actor, "generateLicense", &command.options, None),
            parties,
            deal,
            ending: None,
            hosts,
            parameters: &command.parameters,
            attributes: &command.attributes,
        };
        self.write_manual(errand).await
    }

    /// The same license anew, by what its product says now; terms and features are its own.
    pub(super) async fn prepare_anew(
        &self,
        actor: &Actor,
        command: &StateChange<Key<LicenseId>>,
        license: &License,
    ) -> Result<Arc<Manual>> {
        let (customer, product) = (license.customer.into(), license.product.into());
        let parties = self.parties(&customer, &product).await?;
        check_manual(&parties.customer, &parties.product, Some(license))?;
        let deal = license.deal.clone().ok_or_else(nothing_to_go_by)?;
        let (options, reason) = (&command.batch.options, command.reason.as_deref());
        let errand = Errand {
            actor,
            kind: RequestKind::Replacement,
            options,
            record: self.record(actor, "replaceLicenses", options, reason),
            parties,
            deal,
            ending: Some(license),
            hosts: license.hosts.clone(),
            parameters: &license.parameters,
            attributes: &license.attributes,
        };
        self.write_manual(errand).await
    }

    async fn parties(
        &self,
        customer: &Key<CustomerId>,
        product: &Key<ProductId>,
    ) -> Result<Parties> {
        let key = ProductKey::Key(product.clone());
        let wanted = Wanted {
            customers: vec![customer.clone()],
            products: vec![key.clone()],
            ..Wanted::default()
        };
        let loaded = self.store.load(wanted).await?;
        let customer = loaded.customer(customer).cloned();
        let product = loaded.product(&key).cloned();
        Ok(Parties {
            customer: customer.ok_or_else(|| not_found("customer").at("customerId"))?,
            product: product.ok_or_else(|| not_found("product").at("productId"))?,
        })
    }

    /// Asks the generator about terms and features that are not the product's.
    async fn check_deal(&self, deal: &Deal, product: &Product) -> Result<()> {
        let draft = Draft {
            generator: &product.data.generator,
            product: request_product(product),
            settings: &product.data.settings,
            terms: &deal.terms,
            features: &deal.features,
        };
        let checked = self.validate(draft).await;
        checked.map_err(|error| told_of_product(error, product))
    }

    async fn write_manual(&self, errand: Errand<'_>) -> Result<Arc<Manual>> {
        let Parties { customer, product } = &errand.parties;
        check_against(&errand.hosts, &errand.deal.terms)?;
        let now = errand.record.at;
        let moment = Moment {
            now,
            today: self.clock.day(now),
        };
        let activated_on = errand.ending.map(|license| license.activated_on);
        let source = Source {
            order: None,
            customer: Some(customer),
            product,
            terms: &errand.deal.terms,
            features: &errand.deal.features,
            days: BaseDays::all(activated_on.unwrap_or(moment.today)),
            until: None,
        };
        let id = LicenseId::generate(&*self.clock, &*self.random);
        let generator = self.generator(&product.data.generator).await?;
        let run = self.new_run(errand.kind, errand.options, moment, id);
        let request = issue::request(source, &generator, run, errand.hosts, errand.parameters)?;
        let request = GenerateRequest {
            previous: errand.ending.map(previous),
            ..request
        };
        let generated = self.generators.generate(&generator.name, &request).await?;
        let frame = Frame {
            id,
            actor: errand.actor,
            kind: LicenseKind::Manual,
            order: None,
            deal: Some(errand.deal),
            customer: customer.id,
            product: product.id,
            ending: errand.ending,
            parameters: errand.parameters,
            attributes: errand.attributes,
        };
        Ok(Arc::new(Manual {
            customer: (customer.id, customer.revision),
            product: (product.id, product.revision),
            ending: errand.ending.map(|license| (license.id, license.revision)),
            new: NewLicense {
                license: Arc::new(frame.around(request, &generated)),
                claims: Vec::new(),
                class: ClaimClass::Live,
                document: Some(generated.document.into()),
            },
            record: errand.record,
        }))
    }
}

impl Manual {
    /// The license that is new.
    pub(super) fn made(&self) -> Arc<License> {
        Arc::clone(&self.new.license)
    }

    /// Asks for what is decided on.
    pub(super) fn want(&self, wanted: &mut Wanted) {
        wanted.customers.push(self.customer.0.into());
        let product = ProductKey::Key(self.product.0.into());
        wanted.products.push(product);
        wanted.licenses.extend(self.ending.map(|(id, _)| id.into()));
        wanted.generators.extend(writer(&self.new.license));
    }

    fn decide(&self, loaded: &Loaded) -> Result<Changes, Stop> {
        let mut changes = Changes::default();
        let id = self.add(&mut changes, loaded)?;
        changes.outcomes.push(Outcome::Done(id.to_string()));
        Ok(changes)
    }

    /// Decides, adds its rows, and tells which license it came to.
    pub(super) fn add(&self, changes: &mut Changes, loaded: &Loaded) -> Result<LicenseId, Stop> {
        let product = ProductKey::Key(self.product.0.into());
        let customer = loaded.customer(&self.customer.0.into());
        let (Some(customer), Some(product)) = (customer, loaded.product(&product)) else {
            return Err(Stop::Again);
        };
        let ending = unchanged(self.ending, loaded)?;
        if let Some(id) = ending.and_then(|ending| replaced_by(changes, ending)) {
            return Ok(id);
        }
        check_manual(customer, product, ending.map(|license| &**license))?;
        if (customer.revision, product.revision) != (self.customer.1, self.product.1) {
            return Err(Stop::Again);
        }
        check_in_service(&self.new.license, loaded)?;
        let id = self.new.license.id;
        changes.new_licenses.push(self.new.clone());
        if let Some(ending) = ending {
            replace(&self.record, changes, ending, id);
        }
        let members = members(&self.new.license);
        self.record
            .add(changes, "license.created", &id, None, members);
        Ok(id)
    }
}

fn single(manual: &Arc<Manual>, request: Option<RequestKey>, options: &WriteOptions) -> Unit {
    let mut wanted = Wanted::default();
    manual.want(&mut wanted);
    let manual = Arc::clone(manual);
    Unit {
        request,
        wanted,
        decide: Arc::new(move |loaded| manual.decide(loaded)),
        dry_run: options.dry_run,
    }
}

fn check(command: &GenerateLicense) -> Result<()> {
    command.options.check()?;
    if let Some(terms) = &command.terms {
        terms.check().map_err(|error| error.within("terms"))?;
    }
    check_features(&command.features)?;
    check_attributes("parameter", &command.parameters, Names::Repeated)?;
    check_attributes("attribute", &command.attributes, Names::Unique)
}

/// What is left out is the product's.
fn deal(command: &GenerateLicense, product: &Product) -> Deal {
    let features = match command.features.as_slice() {
        [] => &product.data.features,
        own => own,
    };
    Deal {
        terms: command
            .terms
            .as_ref()
            .unwrap_or(&product.data.terms)
            .clone(),
        features: features.to_vec(),
    }
}

fn nothing_to_go_by() -> Error {
    let message =
        "The license was imported, or its customer erased: nothing tells how to issue it anew.";
    Error::new(Code::ActionNotAllowed, message).at("id")
}
