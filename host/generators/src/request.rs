//! Domain requests as documents of the interface.

use lds_domain::attribute::Attribute;
use lds_domain::date;
use lds_domain::generator::{
    GenerateRequest, HostParts, Previous, RequestFeature, RequestKind, RequestParty,
    RequestProduct, ValidateRequest, Values, typed,
};
use lds_domain::host::{Host, unsupported};
use lds_domain::license::File;
use lds_domain::terms::LicenseType;
use lds_domain::{Error, Result};
use lds_plugin_api::document as doc;
use time::OffsetDateTime;

use crate::documents::encode;
use crate::grants::Grants;
use crate::hex;
use crate::load::{Described, definitions, to_json};
use crate::result::FileBytes;

/// The request for GENERATE, without the Order ID.
pub(crate) fn generate(request: &GenerateRequest, grants: &Grants) -> doc::GenerateRequest {
    doc::GenerateRequest {
        schema: doc::SCHEMA,
        kind: kind(request.kind),
        dry_run: request.dry_run,
        now: timestamp(request.now),
        today: date::format(request.today),
        seed: hex::encode(&request.seed),
        license_id: request.license_id.clone(),
        order_id: None,
        order: request.order.as_ref().map(|order| doc::Order {
            external_ref: order.external_ref.clone(),
            attributes: attributes(&order.attributes),
        }),
        customer: request.customer.as_ref().map(customer),
        licensee: request.licensee.clone(),
        product: product(&request.product),
        license_type: license_type(request.license_type),
        quantity: request.quantity.into(),
        features: request.features.iter().map(feature).collect(),
        hosts: request.hosts.iter().map(host).collect(),
        starts_on: request.starts_on.map(date::format),
        expires_on: request.expires_on.map(date::format),
        maintenance_until: request.maintenance_until.map(date::format),
        settings: values(&request.settings),
        parameters: values(&request.parameters),
        previous: request.previous.as_ref().map(previous),
        grants: grants.to_documents(),
    }
}

/// The request for VALIDATE.
pub(crate) fn validate(request: &ValidateRequest) -> doc::ValidateRequest {
    let feature = |feature: &RequestFeature| doc::ValidateFeature {
        name: feature.name.clone(),
        version: feature.version.clone(),
        count: feature.count,
        parameters: values(&feature.parameters),
        attributes: attributes(&feature.attributes),
    };
    doc::ValidateRequest {
        schema: doc::SCHEMA,
        product: product(&request.product),
        license_type: license_type(request.license_type),
        quantity: request.quantity.into(),
        features: request.features.iter().map(feature).collect(),
        settings: values(&request.settings),
    }
}

/// The request for HOST, its attributes typed as the host type declares them.
pub(crate) fn host_parts(parts: &HostParts, described: &Described) -> Result<Vec<u8>> {
    let mut types = described.document.host_types.iter();
    let host_type = types
        .find(|host_type| host_type.name == parts.host_type)
        .ok_or_else(|| unsupported(&parts.host_type, described.domain.host_type_names()))?;
    let declared = definitions("attributes", &host_type.attributes).map_err(Error::internal)?;
    let document = doc::HostRequest {
        schema: doc::SCHEMA,
        host_type: parts.host_type.clone(),
        attributes: values(&typed("attribute", &declared, &parts.attributes, &[])?),
    };
    encode(&document).map_err(Error::internal)
}

/// `YYYY-MM-DDThh:mm:ssZ`
fn timestamp(at: OffsetDateTime) -> String {
    let at = at.to_offset(time::UtcOffset::UTC);
    format!(
        "{}T{:02}:{:02}:{:02}Z",
        date::format(at.date()),
        at.hour(),
        at.minute(),
        at.second()
    )
}

fn kind(kind: RequestKind) -> doc::Kind {
    match kind {
        RequestKind::Activation => doc::Kind::Activation,
        RequestKind::Manual => doc::Kind::Manual,
        RequestKind::Emergency => doc::Kind::Emergency,
        RequestKind::Replacement => doc::Kind::Replacement,
        RequestKind::Rehost => doc::Kind::Rehost,
    }
}

fn license_type(license_type: LicenseType) -> doc::LicenseType {
    match license_type {
        LicenseType::NodeLocked => doc::LicenseType::NodeLocked,
        LicenseType::Floating => doc::LicenseType::Floating,
    }
}

fn customer(customer: &RequestParty) -> doc::Customer {
    doc::Customer {
        name: customer.name.clone(),
        external_ref: customer.external_ref.clone(),
        attributes: attributes(&customer.attributes),
    }
}

fn product(product: &RequestProduct) -> doc::Product {
    doc::Product {
        code: product.code.clone(),
        name: product.name.clone(),
        version: product.version.clone(),
        attributes: attributes(&product.attributes),
    }
}

fn feature(feature: &RequestFeature) -> doc::Feature {
    doc::Feature {
        name: feature.name.clone(),
        version: feature.version.clone(),
        count: feature.count,
        expires_on: feature.expires_on.map(date::format),
        maintenance_until: feature.maintenance_until.map(date::format),
        parameters: values(&feature.parameters),
        attributes: attributes(&feature.attributes),
    }
}

fn host(host: &Host) -> doc::Host {
    doc::Host {
        host_type: host.host_type.clone(),
        value: host.value.clone(),
        name: host.name.clone(),
        port: host.port,
    }
}

fn previous(previous: &Previous) -> doc::Previous {
    doc::Previous {
        license_id: previous.license_id.clone(),
        files: previous.files.iter().map(file).collect(),
    }
}

/// A file as a plugin gets it.
pub(crate) fn file(file: &File) -> doc::File {
    FileBytes {
        name: file.name.clone(),
        media_type: file.media_type.clone(),
        bytes: file.bytes.to_vec(),
        binary: false,
    }
    .to_document()
}

fn attributes(list: &[Attribute]) -> doc::Attributes {
    list.iter()
        .map(|attribute| (attribute.name.clone(), attribute.value.clone()))
        .collect()
}

/// Typed values as they are in a document.
pub(crate) fn values(list: &Values) -> doc::Values {
    list.iter()
        .map(|(name, value)| (name.clone(), to_json(value)))
        .collect()
}
