//! Preview: the dry run of an activation or of a manual license. Same code, same checks of the
//! request; no signer, nothing written, states and counts not looked at.

use std::sync::Arc;

use crate::access::{Actor, Permission};
use crate::attribute::{Names, check_attributes};
use crate::command::{Preview, PreviewLicense};
use crate::customer::Customer;
use crate::date::BaseDays;
use crate::error::{Error, Result};
use crate::generator::{Problem, RequestKind};
use crate::host::{Host, check_against};
use crate::id::{Id, Key, LicenseId};
use crate::issue::{self, Run, Source};
use crate::product::{Product, check_features};
use crate::service::activation::whole_seconds;
use crate::service::{Services, not_found};
use crate::unit::{Loaded, ProductKey, Wanted};

impl Services {
    /// `previewLicense`.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`, and those of an activation that concern the request.
    pub async fn preview_license(&self, actor: &Actor, command: PreviewLicense) -> Result<Preview> {
        actor.require(Permission::PreviewLicenses)?;
        check_attributes("parameter", &command.parameters, Names::Repeated)?;
        let hosts = self.normal_hosts("host", &command.hosts).await?;
        if command.order.is_some() && command.customer.is_some() {
            let message = "Name an order or a customer, not both.";
            return Err(Error::invalid("customerId", message));
        }
        match (&command.order, &command.product) {
            (Some(_), Some(_)) => Err(Error::invalid(
                "productId",
                "Name an order or a product, not both.",
            )),
            (Some(_), None) => self.preview_order(&command, hosts).await,
            (None, Some(product)) => self.preview_product(&command, product, hosts).await,
            (None, None) => Err(Error::invalid("orderId", "Name an order or a product.")),
        }
    }

    async fn preview_order(&self, command: &PreviewLicense, hosts: Vec<Host>) -> Result<Preview> {
        let Some(key) = &command.order else {
            return Err(not_found("order"));
        };
        let view = self.view(key, &[]).await?;
        let mut source = Source::of_order(&view, self.clock.today());
        replace_terms(&mut source, command)?;
        self.draw(RequestKind::Activation, source, command, hosts)
            .await
    }

    async fn preview_product(
        &self,
        command: &PreviewLicense,
        product: &Key<crate::id::ProductId>,
        hosts: Vec<Host>,
    ) -> Result<Preview> {
        let key = ProductKey::Key(product.clone());
        let wanted = Wanted {
            products: vec![key.clone()],
            customers: command.customer.iter().cloned().collect(),
            ..Wanted::default()
        };
        let loaded = self.store.load(wanted).await?;
        let product = loaded
            .product(&key)
            .ok_or_else(|| not_found("product").at("productId"))?;
        let customer = customer(&loaded, command)?;
        let mut source = of_product(product, customer.as_deref(), self.clock.today());
        replace_terms(&mut source, command)?;
        self.draw(RequestKind::Manual, source, command, hosts).await
    }

    async fn draw(
        &self,
        kind: RequestKind,
        source: Source<'_>,
        command: &PreviewLicense,
        hosts: Vec<Host>,
    ) -> Result<Preview> {
        check_against(&hosts, source.terms)?;
        let generator = self.generator(&source.product.data.generator).await?;
        let now = self.clock.now();
        let mut seed = [0; 32];
        self.random.fill(&mut seed);
        let run = Run {
            kind,
            dry_run: true,
            now: whole_seconds(now),
            today: self.clock.day(now),
            seed,
            license_id: LicenseId::generate(&*self.clock, &*self.random).to_string(),
        };
        let request = issue::request(source, &generator, run, hosts, &command.parameters)?;
        let generated = self.generators.generate(&generator.name, &request).await?;
        let warnings = std::iter::once(Problem::not_for_use())
            .chain(generated.warnings)
            .collect();
        Ok(Preview {
            files: generated.files,
            warnings,
        })
    }
}

fn of_product<'a>(
    product: &'a Product,
    customer: Option<&'a Customer>,
    today: time::Date,
) -> Source<'a> {
    Source {
        order: None,
        customer,
        product,
        terms: &product.data.terms,
        features: &product.data.features,
        days: BaseDays::all(today),
        until: None,
    }
}

fn customer(loaded: &Loaded, command: &PreviewLicense) -> Result<Option<Arc<Customer>>> {
    let Some(key) = &command.customer else {
        return Ok(None);
    };
    let found = loaded.customer(key).cloned();
    found
        .map(Some)
        .ok_or_else(|| not_found("customer").at("customerId"))
}

fn replace_terms<'a>(source: &mut Source<'a>, command: &'a PreviewLicense) -> Result<()> {
    if let Some(terms) = &command.terms {
        terms.check().map_err(|error| error.within("terms"))?;
        source.terms = terms;
    }
    if !command.features.is_empty() {
        check_features(&command.features)?;
        source.features = &command.features;
    }
    Ok(())
}
