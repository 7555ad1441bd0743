//! Issuing: from an order to the flat snapshot that a generator gets, and to the license that is
//! kept. Pure functions of what they are given.

use std::sync::Arc;

use time::{Date, OffsetDateTime};

use crate::attribute::Attribute;
use crate::customer::Customer;
use crate::date::{BaseDays, DateRule, Edge};
use crate::error::{Code, Error, Result};
use crate::generator::{
    Description, GenerateRequest, GeneratorInfo, RequestFeature, RequestKind, RequestOrder,
    RequestParty, RequestProduct, ValidateRequest, Values, typed,
};
use crate::host::{self, Host};
use crate::license::GrantedFeature;
use crate::order::{Order, OrderView};
use crate::product::{Feature, Product};
use crate::terms::{Licensee, Terms};

/// What a snapshot was made from. While this stays as it is, the same request document follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basis {
    order: u32,
    customer: u32,
    product: u32,
    first_activation: Date,
}

impl Basis {
    /// Of an order on a day.
    pub fn new(view: &OrderView, today: Date) -> Self {
        Self {
            order: view.order.revision,
            customer: view.customer.revision,
            product: view.product.revision,
            first_activation: view.order.first_activated_on.unwrap_or(today),
        }
    }

    /// Whether a snapshot of this order would be the same now.
    pub fn still_holds(&self, view: &OrderView, today: Date) -> bool {
        self.order == view.order.revision
            && self.customer == view.customer.revision
            && self.product == view.product.revision
            && self.first_activation == view.order.first_activated_on.unwrap_or(today)
    }
}

/// The base days of a license that was activated on a day.
pub fn base_days(order: &Order, activation: Date) -> BaseDays {
    BaseDays {
        order: order.data.valid_from.unwrap_or(order.created_on),
        first_activation: order.first_activated_on.unwrap_or(activation),
        activation,
    }
}

/// What one license is cut from.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// Absent: a manual license or a preview of a product.
    pub order: Option<&'a Order>,
    /// Absent in a preview of a product.
    pub customer: Option<&'a Customer>,
    /// The product.
    pub product: &'a Product,
    /// The terms in force.
    pub terms: &'a Terms,
    /// The features in force.
    pub features: &'a [Feature],
    /// What date rules count from.
    pub days: BaseDays,
    /// Nothing is granted for longer than this.
    pub until: Option<Date>,
}

impl<'a> Source<'a> {
    /// A license of an order whose dates count from this day.
    pub fn of_order(view: &'a OrderView, activation: Date) -> Self {
        Self {
            order: Some(&view.order),
            customer: Some(&view.customer),
            product: &view.product,
            terms: &view.order.data.terms,
            features: &view.order.data.features,
            days: base_days(&view.order, activation),
            until: None,
        }
    }
}

/// What belongs to one run and to no snapshot.
#[derive(Clone, Debug)]
pub struct Run {
    /// Why.
    pub kind: RequestKind,
    /// Whether it is a dry run.
    pub dry_run: bool,
    /// UTC, whole seconds.
    pub now: OffsetDateTime,
    /// The day of issue.
    pub today: Date,
    /// Random.
    pub seed: [u8; 32],
    /// The license's id.
    pub license_id: String,
}

/// The request document of one license.
///
/// # Errors
/// `ActionNotAllowed` where kind, license type or dates do not allow it, `InvalidRequest` at a
/// parameter.
pub fn request(
    source: Source<'_>,
    generator: &GeneratorInfo,
    run: Run,
    hosts: Vec<Host>,
    parameters: &[Attribute],
) -> Result<GenerateRequest> {
    let description = generator.ready()?;
    description.takes(run.kind, source.terms.license_type)?;
    check_host_types(description, &hosts)?;
    let dates = Dates::of(source, run.today)?;
    Ok(GenerateRequest {
        kind: run.kind,
        dry_run: run.dry_run,
        now: run.now,
        today: run.today,
        seed: run.seed,
        license_id: run.license_id,
        order: source.order.map(request_order),
        customer: source.customer.map(request_party),
        licensee: licensee(source.terms, source.customer),
        product: request_product(source.product),
        license_type: source.terms.license_type,
        quantity: source.terms.quantity,
        features: request_features(source, description, &dates, run.today)?,
        hosts,
        starts_on: dates.starts_on,
        expires_on: dates.expires_on,
        maintenance_until: dates.maintenance_until,
        settings: settings(source.product, generator, description)?,
        parameters: typed("parameter", &description.parameters, parameters, &[])?,
        previous: None,
    })
}

/// What VALIDATE is asked about a product, or an order with its own terms or features.
///
/// # Errors
/// `InvalidRequest` at a setting or feature parameter; `ActionNotAllowed` at a license type that
/// the generator does not make.
pub fn validation(
    product: RequestProduct,
    product_settings: &[Attribute],
    terms: &Terms,
    features: &[Feature],
    generator: &GeneratorInfo,
) -> Result<ValidateRequest> {
    let description = generator.ready()?;
    description.takes(RequestKind::Activation, terms.license_type)?;
    let mut asked = Vec::with_capacity(features.len());
    for (i, feature) in features.iter().enumerate() {
        let parameters = feature_parameters(i, feature, description)?;
        asked.push(request_feature(feature, terms, (None, None), parameters));
    }
    Ok(ValidateRequest {
        product,
        license_type: terms.license_type,
        quantity: terms.quantity,
        features: asked,
        settings: typed(
            "setting",
            &description.settings,
            product_settings,
            &generator.operator_settings,
        )?,
    })
}

/// The product as generators see it.
pub fn request_product(product: &Product) -> RequestProduct {
    RequestProduct {
        code: product.data.code.clone(),
        name: product.data.name.clone(),
        version: product.data.version.clone(),
        attributes: product.data.attributes.clone(),
    }
}

/// What a license grants, from its request.
pub fn granted(features: &[RequestFeature]) -> Vec<GrantedFeature> {
    let one = |feature: &RequestFeature| GrantedFeature {
        name: feature.name.clone(),
        version: feature.version.clone(),
        count: feature.count,
        expires_on: feature.expires_on,
        maintenance_until: feature.maintenance_until,
    };
    features.iter().map(one).collect()
}

/// The name that a license prints.
pub fn licensee(terms: &Terms, customer: Option<&Customer>) -> Option<String> {
    match &terms.licensee {
        Licensee::Customer => customer.map(|customer| customer.data.name.clone()),
        Licensee::Fixed(text) => Some(text.clone()),
        Licensee::None => None,
    }
}

struct Dates {
    days: BaseDays,
    until: Option<Date>,
    starts_on: Option<Date>,
    expires_on: Option<Date>,
    maintenance_until: Option<Date>,
}

impl Dates {
    fn of(source: Source<'_>, today: Date) -> Result<Self> {
        let (terms, days) = (source.terms, source.days);
        let resolve = |rule: Option<DateRule>, edge, member| {
            rule.map_or(Ok(None), |rule| rule.resolve(edge, days, member))
        };
        let dates = Self {
            days,
            until: source.until,
            starts_on: resolve(terms.start, Edge::Start, "terms.start")?,
            expires_on: earlier(
                resolve(Some(terms.expiry), Edge::End, "terms.expiry")?,
                source.until,
            ),
            maintenance_until: resolve(terms.maintenance, Edge::End, "terms.maintenance")?,
        };
        dates.check_end(dates.expires_on, today)?;
        Ok(dates)
    }

    /// An end is no good before today or before the start. A maintenance may be over: what was
    /// bought for good stays good without it.
    fn check_end(&self, end: Option<Date>, today: Date) -> Result<()> {
        let Some(end) = end else { return Ok(()) };
        if end < today || self.starts_on.is_some_and(|start| end < start) {
            return Err(Error::new(
                Code::ActionNotAllowed,
                format!(
                    "The license would have ended on {}.",
                    crate::date::format(end)
                ),
            ));
        }
        Ok(())
    }

    /// Of the feature at a place in its list.
    fn of_feature(
        &self,
        (i, feature): (usize, &Feature),
        today: Date,
    ) -> Result<(Option<Date>, Option<Date>)> {
        let end = |rule: Option<DateRule>, otherwise, name: &str| {
            let member = format!("feature[{i}].{name}");
            rule.map_or(Ok(otherwise), |rule| {
                rule.resolve(Edge::End, self.days, &member)
            })
        };
        let own = end(feature.expiry, self.expires_on, "expiry")?;
        let expires_on = earlier(own, self.until);
        self.check_end(expires_on, today)?;
        let maintenance = end(feature.maintenance, self.maintenance_until, "maintenance")?;
        Ok((expires_on, maintenance))
    }
}

/// The earlier of two ends; none is later than any.
fn earlier(a: Option<Date>, b: Option<Date>) -> Option<Date> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

fn check_host_types(description: &Description, hosts: &[Host]) -> Result<()> {
    for (i, host) in hosts.iter().enumerate() {
        if description.host_type(&host.host_type).is_none() {
            let refused = host::unsupported(&host.host_type, description.host_type_names());
            return Err(refused.within(&format!("host[{i}]")));
        }
    }
    Ok(())
}

fn request_order(order: &Order) -> RequestOrder {
    RequestOrder {
        order_id: Some(order.order_id.clone()),
        external_ref: order.data.external_ref.clone(),
        attributes: order.data.attributes.clone(),
    }
}

fn request_party(customer: &Customer) -> RequestParty {
    RequestParty {
        name: customer.data.name.clone(),
        external_ref: customer.data.external_ref.clone(),
        attributes: customer.data.attributes.clone(),
    }
}

fn request_features(
    source: Source<'_>,
    description: &Arc<Description>,
    dates: &Dates,
    today: Date,
) -> Result<Vec<RequestFeature>> {
    let one = |(i, feature): (usize, &Feature)| {
        let ends = dates.of_feature((i, feature), today)?;
        let parameters = feature_parameters(i, feature, description).map_err(misfit)?;
        Ok(request_feature(feature, source.terms, ends, parameters))
    };
    source.features.iter().enumerate().map(one).collect()
}

fn feature_parameters(i: usize, feature: &Feature, description: &Description) -> Result<Values> {
    typed(
        "parameter",
        &description.feature_parameters,
        &feature.parameters,
        &[],
    )
    .map_err(|error| error.within(&format!("feature[{i}]")))
}

fn request_feature(
    feature: &Feature,
    terms: &Terms,
    (expires_on, maintenance_until): (Option<Date>, Option<Date>),
    parameters: Values,
) -> RequestFeature {
    RequestFeature {
        name: feature.name.clone(),
        version: feature.version.clone(),
        count: feature.count.unwrap_or(1) * u64::from(terms.quantity),
        expires_on,
        maintenance_until,
        parameters,
        attributes: feature.attributes.clone(),
    }
}

fn settings(
    product: &Product,
    generator: &GeneratorInfo,
    description: &Description,
) -> Result<Values> {
    typed(
        "setting",
        &description.settings,
        &product.data.settings,
        &generator.operator_settings,
    )
    .map_err(misfit)
}

/// What was checked when the product was stored can stop fitting with a new version of the
/// generator. The customer can't mend that.
fn misfit(error: Error) -> Error {
    Error::new(
        Code::ActionNotAllowed,
        "The product does not fit its generator any more. Tell the vendor.",
    )
    .because(error)
}
