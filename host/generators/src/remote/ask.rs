//! From the documents of the interface to messages of the contract.

use lds_plugin_api::document as doc;
use lds_plugin_api::strict;
use lds_soap::leaf::LooseDay;
use lds_soap::operation::generator::{GenerateLicense, ValidateProduct};
use lds_soap::wire::generator as wire;
use lds_soap::{Operation, encode_request};
use serde_json::Value;
use uuid::Uuid;

use super::client::Message;
use crate::carrier::CallOutcome;
use crate::status::CallStatus;

type Asked = Result<Message, CallOutcome>;

/// The message for GENERATE.
pub(super) fn generate(input: &[u8], technology: Option<&str>) -> Asked {
    let request: doc::GenerateRequest = read(input)?;
    message::<GenerateLicense>(&generator_request(&request, technology)?)
}

/// The message for VALIDATE.
pub(super) fn validate(input: &[u8], technology: Option<&str>) -> Asked {
    let request: doc::ValidateRequest = read(input)?;
    let features = request.features.iter().map(|feature| wire::Feature {
        name: feature.name.clone(),
        count: feature.count,
        version: feature.version.clone().unwrap_or_default(),
        descritpion: None,
        feature_override: pairs(&feature.parameters, &feature.attributes),
    });
    message::<ValidateProduct>(&wire::ProductRequest {
        name: Some(request.product.code.clone()),
        version: request.product.version.clone(),
        licensed_product: true,
        custom_attributes: custom(&request.product.attributes),
        features: features.collect(),
        license_technology: named(technology),
        license_generator_config: Some(wire::LicenseGeneratorConfig {
            name: None,
            attributes: set(pairs(&request.settings, &doc::Attributes::new())),
        }),
        deployed: true,
        ..wire::ProductRequest::default()
    })
}

fn read<T: serde::de::DeserializeOwned>(input: &[u8]) -> Result<T, CallOutcome> {
    strict::from_slice(input)
        .map_err(|error| CallOutcome::failed(CallStatus::Input, error.to_string()))
}

fn message<O: Operation>(request: &O::Request) -> Asked {
    let bytes = encode_request::<O>(request)
        .map_err(|error| CallOutcome::failed(CallStatus::Input, error.to_string()))?;
    Ok(Message {
        operation: O::NAME,
        bytes,
    })
}

fn generator_request(
    request: &doc::GenerateRequest,
    technology: Option<&str>,
) -> Result<wire::GeneratorRequest, CallOutcome> {
    check_dates(request)?;
    let copies = copies(request);
    let order = request.order.as_ref();
    let host = |host: &doc::Host| wire::KeyValue {
        key: Some(host.host_type.clone()),
        value: Some(host.value.clone()),
    };
    let previous = request.previous.as_ref();
    Ok(wire::GeneratorRequest {
        fulfilement_id: fulfillment(&request.license_id),
        fulfill_count: u32::try_from(copies).unwrap_or(1),
        start_date: day(request.starts_on.as_deref()),
        custom_host: request.hosts.first().map(|first| wire::CustomHostId {
            host_identifier: Some(first.value.clone()),
            license_technology_name: technology.map(str::to_owned),
            host_attribute_values: request.hosts.iter().map(host).collect(),
        }),
        parent_fulfillments: previous.into_iter().map(parent).collect(),
        request_type: Some(request_type(request.kind).to_owned()),
        verify_request: request.dry_run,
        activation_id: fulfillment(&request.license_id),
        version_date: day(request.maintenance_until.as_deref()),
        expiration_date: day(request.expires_on.as_deref()),
        entitlement_id: order
            .and_then(|order| order.external_ref.clone())
            .unwrap_or_default(),
        order_id: order.and_then(|order| order.external_ref.clone()),
        sold_to: request
            .customer
            .as_ref()
            .map(|customer| organization(customer, request)),
        entitlement_attributes: order
            .map(|order| custom(&order.attributes))
            .unwrap_or_default(),
        entitled_products: vec![product(request, copies)],
        license_model: Some(model(request)),
        license_technology: named(technology),
        current_license_on_host: previous.and_then(|previous| previous.files.first()?.text.clone()),
        ..wire::GeneratorRequest::default()
    })
}

/// The contract has one date for all features.
fn check_dates(request: &doc::GenerateRequest) -> Result<(), CallOutcome> {
    let same = |feature: &doc::Feature| {
        feature.expires_on == request.expires_on
            && feature.maintenance_until == request.maintenance_until
    };
    if request.features.iter().all(same) {
        return Ok(());
    }
    Err(super::answer::rejected(
        "The product's generator takes no features with dates of their own.",
    ))
}

/// The quantity is already in the counts, from which it is taken out again.
fn copies(request: &doc::GenerateRequest) -> u64 {
    let divides = |feature: &doc::Feature| feature.count.is_multiple_of(request.quantity);
    match request.quantity {
        0 => 1,
        quantity if request.features.iter().all(divides) => quantity,
        _ => 1,
    }
}

fn product(request: &doc::GenerateRequest, copies: u64) -> wire::Product {
    let feature = |feature: &doc::Feature| wire::Feature {
        name: feature.name.clone(),
        count: feature.count / copies,
        version: feature.version.clone().unwrap_or_default(),
        descritpion: None,
        feature_override: pairs(&feature.parameters, &feature.attributes),
    };
    wire::Product {
        name: Some(request.product.code.clone()),
        version: request.product.version.clone(),
        licensed_product: true,
        custom_attributes: custom(&request.product.attributes),
        features: request.features.iter().map(feature).collect(),
        ..wire::Product::default()
    }
}

fn model(request: &doc::GenerateRequest) -> wire::LicenseModel {
    let (name, port) = match request.license_type {
        doc::LicenseType::NodeLocked => ("NODE_LOCKED", None),
        doc::LicenseType::Floating => ("FLOATING", request.hosts.iter().find_map(|host| host.port)),
    };
    let mut values = pairs(&request.settings, &doc::Attributes::new());
    values.extend(pairs(&request.parameters, &doc::Attributes::new()));
    values.extend(port.map(|port| pair("DEFAULT_SERVER_PORT", port.to_string())));
    wire::LicenseModel {
        name: Some(name.to_owned()),
        model_type: Some(name.to_owned()),
        model_time_attributes: set(values),
        ..wire::LicenseModel::default()
    }
}

fn organization(
    customer: &doc::Customer,
    request: &doc::GenerateRequest,
) -> wire::OrganizationUnit {
    let licensee = request.licensee.as_ref().unwrap_or(&customer.name);
    wire::OrganizationUnit {
        id: 0,
        name: customer.external_ref.clone(),
        display_name: Some(licensee.clone()),
        custom_attributes: custom(&customer.attributes),
    }
}

fn parent(previous: &doc::Previous) -> wire::FulfillmentRecord {
    wire::FulfillmentRecord {
        fulfillment_id: Some(fulfillment(&previous.license_id)),
    }
}

/// The same for every call of one license, so that a repeated one is known.
fn fulfillment(license: &str) -> String {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, license.as_bytes()).to_string()
}

fn request_type(kind: doc::Kind) -> &'static str {
    match kind {
        doc::Kind::Activation | doc::Kind::Manual => "ACTIVATION",
        doc::Kind::Emergency => "EMERGENCY",
        doc::Kind::Replacement => "REPAIR",
        doc::Kind::Rehost => "REHOST",
    }
}

fn named(technology: Option<&str>) -> Option<wire::LicenseTechnology> {
    technology.map(|name| wire::LicenseTechnology {
        name: Some(name.to_owned()),
        ..wire::LicenseTechnology::default()
    })
}

fn day(day: Option<&str>) -> Option<LooseDay> {
    lds_domain::date::parse(day?).map(LooseDay)
}

fn set(attributes: Vec<wire::Pair>) -> Option<wire::AttributeSet> {
    (!attributes.is_empty()).then_some(wire::AttributeSet { attributes })
}

fn pair(name: &str, value: String) -> wire::Pair {
    wire::Pair {
        name: Some(name.to_owned()),
        value: Some(value),
    }
}

fn pairs(values: &doc::Values, attributes: &doc::Attributes) -> Vec<wire::Pair> {
    let typed = values
        .iter()
        .flat_map(|(name, value)| texts(value).into_iter().map(|text| pair(name, text)));
    let free = attributes
        .iter()
        .map(|(name, value)| pair(name, value.clone()));
    typed.chain(free).collect()
}

/// Values are always strings; a list is the name repeated.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        other => vec![other.to_string()],
    }
}

fn custom(attributes: &doc::Attributes) -> Vec<wire::CustomAttribute> {
    let one = |(name, value): (&String, &String)| wire::CustomAttribute {
        name: name.clone(),
        attributes: vec![value.clone()],
    };
    attributes.iter().map(one).collect()
}
