//! From what another license server asks to the flat snapshot that a generator gets. Pure functions
//! of what they are given.

use sha2::{Digest, Sha256};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::host::hosts;
use super::names::{Sorted, merged, values};
use crate::attribute::{Attribute, check_member, check_optional};
use crate::command::{ExternalFeature, ExternalModel, ExternalProduct, ExternalRequest};
use crate::error::{Code, Error, Result};
use crate::generator::{
    Description, GenerateRequest, GeneratorInfo, Previous, RequestFeature, RequestKind,
    RequestOrder, RequestProduct, ValidateRequest,
};
use crate::id::{Id, LicenseId};
use crate::license::File;
use crate::terms::LicenseType;

/// Counts are below this, as everywhere.
const TOO_MANY: u64 = 1 << 53;

/// When.
#[derive(Clone, Copy)]
pub(super) struct Moment {
    /// UTC, whole seconds.
    pub(super) now: OffsetDateTime,
    /// The day of issue.
    pub(super) today: Date,
}

/// What the generator is asked.
pub(super) fn request(
    asked: &ExternalRequest,
    kind: RequestKind,
    generator: &GeneratorInfo,
    moment: Moment,
) -> Result<GenerateRequest> {
    let description = generator.ready()?;
    let license_type = license_type(&asked.model, description);
    description.takes(kind, license_type)?;
    let Some(first) = asked.products.first() else {
        return Err(Error::invalid("entitledProducts", "A product is needed."));
    };
    let attributes = attributes(&asked.model, &first.attributes);
    let sorted = Sorted::new(&attributes, description);
    let hosts = hosts(&asked.host, license_type, &attributes, description)?;
    Ok(GenerateRequest {
        kind,
        dry_run: asked.dry_run,
        now: moment.now,
        today: moment.today,
        seed: Sha256::digest(asked.reference.as_bytes()).into(),
        license_id: license_id(&asked.reference),
        order: order(asked, &sorted),
        customer: asked.customer.clone(),
        licensee: asked
            .customer
            .as_ref()
            .map(|customer| customer.name.clone()),
        product: product(first, &[])?,
        license_type,
        quantity: quantity(asked.quantity)?,
        features: features(asked, &sorted, description)?,
        hosts,
        starts_on: asked.starts_on,
        expires_on: asked.expires_on,
        maintenance_until: asked.maintenance_until,
        settings: values(
            &description.settings,
            &sorted.settings,
            &generator.operator_settings,
        )?,
        parameters: values(&description.parameters, &sorted.parameters, &[])?,
        previous: previous(asked, kind),
    })
}

/// What VALIDATE is asked about a product.
pub(super) fn validation(
    asked: &ExternalProduct,
    generator: &GeneratorInfo,
) -> Result<ValidateRequest> {
    let description = generator.ready()?;
    let sorted = Sorted::new(&asked.attributes, description);
    let features = product_features("", asked, 1, &sorted, description)?;
    Ok(ValidateRequest {
        product: product(asked, &sorted.others)?,
        license_type: license_type(&ExternalModel::default(), description),
        quantity: 1,
        features,
        settings: values(
            &description.settings,
            &sorted.settings,
            &generator.operator_settings,
        )?,
    })
}

/// Whether a generator takes the values of a model. What is compulsory may come from elsewhere.
pub(super) fn check_model(model: &ExternalModel, generator: &GeneratorInfo) -> Result<()> {
    let description = generator.ready()?;
    description.takes(RequestKind::Activation, license_type(model, description))?;
    let attributes = attributes(model, &[]);
    let sorted = Sorted::new(&attributes, description);
    for (definitions, given) in [
        (&description.settings, &sorted.settings),
        (&description.parameters, &sorted.parameters),
        (&description.feature_parameters, &sorted.of_features),
    ] {
        let given_ones = definitions
            .iter()
            .filter(|d| given.iter().any(|v| v.name == d.name));
        values(&given_ones.cloned().collect::<Vec<_>>(), given, &[])?;
    }
    Ok(())
}

/// The values of a model with those of a product among them.
fn attributes(model: &ExternalModel, product: &[Attribute]) -> Vec<Attribute> {
    let general = model.general.iter().map(Vec::as_slice);
    let specific = model.specific.iter().map(Vec::as_slice);
    merged(general.chain([product]).chain(specific))
}

/// The model's, else the only one that the generator makes, else one machine's.
fn license_type(model: &ExternalModel, description: &Description) -> LicenseType {
    let only = match description.license_types.as_slice() {
        [only] => *only,
        _ => LicenseType::NodeLocked,
    };
    model.license_type.unwrap_or(only)
}

/// Always the same for one reference.
fn license_id(reference: &str) -> String {
    let uuid = Uuid::new_v5(&Uuid::NAMESPACE_OID, reference.as_bytes());
    LicenseId::from_uuid(uuid).to_string()
}

fn quantity(quantity: u32) -> Result<u32> {
    match quantity {
        0 => Err(Error::invalid("fulfillCount", "At least 1 is needed.")),
        quantity => Ok(quantity),
    }
}

fn order(asked: &ExternalRequest, sorted: &Sorted) -> Option<RequestOrder> {
    let is_known = asked.order.is_some() || !sorted.others.is_empty();
    is_known.then(|| RequestOrder {
        order_id: None,
        external_ref: asked.order.clone(),
        attributes: sorted.others.clone(),
    })
}

fn product(asked: &ExternalProduct, attributes: &[Attribute]) -> Result<RequestProduct> {
    check_member("name", &asked.name).map_err(|error| error.within("entitledProducts[0]"))?;
    check_optional("version", asked.version.as_deref())
        .map_err(|error| error.within("entitledProducts[0]"))?;
    Ok(RequestProduct {
        code: asked.name.clone(),
        name: asked.name.clone(),
        version: asked.version.clone(),
        attributes: attributes.to_vec(),
    })
}

fn features(
    asked: &ExternalRequest,
    sorted: &Sorted,
    description: &Description,
) -> Result<Vec<RequestFeature>> {
    let mut all = Vec::new();
    for (i, product) in asked.products.iter().enumerate() {
        let place = format!("entitledProducts[{i}].");
        all.extend(product_features(
            &place,
            product,
            asked.quantity,
            sorted,
            description,
        )?);
    }
    for feature in &mut all {
        feature.expires_on = asked.expires_on;
        feature.maintenance_until = asked.maintenance_until;
    }
    Ok(all)
}

fn product_features(
    place: &str,
    product: &ExternalProduct,
    quantity: u32,
    sorted: &Sorted,
    description: &Description,
) -> Result<Vec<RequestFeature>> {
    let copies = u64::from(product.quantity_per_copy) * u64::from(quantity);
    let features = product.features.iter().enumerate();
    let one = |(i, asked): (usize, &ExternalFeature)| {
        feature(asked, copies, sorted, description)
            .map_err(|error| error.within(&format!("{place}features[{i}]")))
    };
    features.map(one).collect()
}

fn feature(
    asked: &ExternalFeature,
    copies: u64,
    sorted: &Sorted,
    description: &Description,
) -> Result<RequestFeature> {
    check_member("name", &asked.name)?;
    let own = Description {
        settings: Vec::new(),
        parameters: Vec::new(),
        ..description.clone()
    };
    let own = Sorted::new(&asked.attributes, &own);
    let given = merged([&sorted.of_features[..], &own.of_features[..]]);
    let count = asked
        .count
        .checked_mul(copies)
        .filter(|count| *count < TOO_MANY);
    Ok(RequestFeature {
        name: asked.name.clone(),
        version: asked.version.clone(),
        count: count.ok_or_else(|| {
            Error::new(Code::LimitExceeded, "The count is too large.").at("count")
        })?,
        expires_on: None,
        maintenance_until: None,
        parameters: values(&description.feature_parameters, &given, &[])?,
        attributes: own.others,
    })
}

/// Only where one ends.
fn previous(asked: &ExternalRequest, kind: RequestKind) -> Option<Previous> {
    let ends = matches!(kind, RequestKind::Replacement | RequestKind::Rehost);
    let text = asked.previous.as_ref().filter(|_| ends)?;
    let reference = asked.parent.as_ref().unwrap_or(&asked.reference);
    Some(Previous {
        license_id: license_id(reference),
        files: vec![File::new(
            "license.txt".to_owned(),
            "text/plain".to_owned(),
            text.clone().into_bytes(),
        )],
    })
}
