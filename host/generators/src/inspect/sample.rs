//! Requests that a plugin might like, made from its description.

use lds_domain::generator::{Definition, Description};
use lds_plugin_api::{Op, document as doc};

use crate::documents::encode;
use crate::load::{Described, definitions, to_json};

/// Texts of which one may fit a definition that has no default.
const WORDS: [&str; 8] = [
    "sample",
    "Sample",
    "acmed",
    "a",
    "1",
    "100",
    "2027-12-31",
    "true",
];

/// A request document of an operation, always the same; none where there is no way to guess one.
///
/// # Errors
/// A sentence, where it can not be written.
pub fn sample(described: &Described, op: Op) -> Result<Option<Vec<u8>>, String> {
    let request = || generate_request(described);
    match op {
        Op::Generate => encode(&request()).map(Some),
        Op::Validate => encode(&validate_request(&request())).map(Some),
        Op::Verify => encode(&verify_request(request())).map(Some),
        Op::Host => host_request(described).map(|it| encode(&it)).transpose(),
        Op::Describe | Op::SelfTest => Ok(Some(Vec::new())),
        Op::Read => Ok(None),
    }
}

/// A first activation of one feature on one machine.
pub(crate) fn generate_request(described: &Described) -> doc::GenerateRequest {
    let (description, document) = (&*described.domain, &described.document);
    let license_type = document.license_types.first().copied();
    let license_type = license_type.unwrap_or(doc::LicenseType::NodeLocked);
    doc::GenerateRequest {
        schema: doc::SCHEMA,
        kind: document
            .kinds
            .first()
            .copied()
            .unwrap_or(doc::Kind::Activation),
        dry_run: false,
        now: "2026-11-24T23:31:13Z".into(),
        today: "2026-11-25".into(),
        seed: "9f2c51d07be84a6693c1f00d5a7e42b8116d3e0c94fa2785de60b1c3a4978f25".into(),
        license_id: "lic_0193f0a27c4e7b1f9a3c5d7e9f1b3d5f".into(),
        order_id: None,
        order: None,
        customer: None,
        licensee: Some("Müller GmbH".into()),
        product: doc::Product {
            code: "cad".into(),
            name: "CAD Pro".into(),
            version: Some("2026.1".into()),
            attributes: doc::Attributes::new(),
        },
        license_type,
        quantity: 1,
        features: vec![doc::Feature {
            name: "draw".into(),
            version: Some("2.0".into()),
            count: count(license_type),
            expires_on: Some("2027-11-24".into()),
            maintenance_until: None,
            parameters: values(&description.feature_parameters),
            attributes: doc::Attributes::new(),
        }],
        hosts: host(description).into_iter().collect(),
        starts_on: Some("2026-11-25".into()),
        expires_on: Some("2027-11-24".into()),
        maintenance_until: None,
        settings: values(&description.settings),
        parameters: values(&description.parameters),
        previous: None,
        grants: document.capabilities.iter().filter_map(grant).collect(),
    }
}

/// Many formats count only where a license server does.
fn count(license_type: doc::LicenseType) -> u64 {
    match license_type {
        doc::LicenseType::NodeLocked => 0,
        doc::LicenseType::Floating => 1,
    }
}

/// Compared with no file at all.
fn verify_request(request: doc::GenerateRequest) -> doc::VerifyRequest {
    doc::VerifyRequest {
        schema: doc::SCHEMA,
        request,
        files: Vec::new(),
    }
}

/// The same before there is a license.
fn validate_request(request: &doc::GenerateRequest) -> doc::ValidateRequest {
    let feature = |feature: &doc::Feature| doc::ValidateFeature {
        name: feature.name.clone(),
        version: feature.version.clone(),
        count: feature.count,
        parameters: feature.parameters.clone(),
        attributes: feature.attributes.clone(),
    };
    doc::ValidateRequest {
        schema: doc::SCHEMA,
        product: request.product.clone(),
        license_type: request.license_type,
        quantity: request.quantity,
        features: request.features.iter().map(feature).collect(),
        settings: request.settings.clone(),
    }
}

/// A machine of the first host type that is composed of parts.
fn host_request(described: &Described) -> Option<doc::HostRequest> {
    let mut types = described.document.host_types.iter();
    let composed = types.find(|host_type| !host_type.attributes.is_empty())?;
    let declared = definitions("attributes", &composed.attributes).ok()?;
    Some(doc::HostRequest {
        schema: doc::SCHEMA,
        host_type: composed.name.clone(),
        attributes: values(&declared),
    })
}

/// A machine of the first host type whose example tells a value.
fn host(description: &Description) -> Option<doc::Host> {
    description.host_types.iter().find_map(|host_type| {
        let example = host_type.example.as_deref().unwrap_or("001122aabbcc");
        Some(doc::Host {
            host_type: host_type.name.clone(),
            value: host_type.normalize(example).ok()?,
            name: None,
            port: None,
        })
    })
}

/// Defaults, and for what is required without one the first word that fits.
fn values(definitions: &[Definition]) -> doc::Values {
    definitions
        .iter()
        .filter_map(|definition| {
            let value = match &definition.default {
                Some(default) => default.clone(),
                None if definition.required => first_fit(definition)?,
                None => return None,
            };
            Some((definition.name.clone(), to_json(&value)))
        })
        .collect()
}

fn first_fit(definition: &Definition) -> Option<lds_domain::generator::Value> {
    let bounds = [definition.min, definition.max].map(|bound| bound.map(|n| n.to_string()));
    let own = definition.choices.iter().map(String::as_str);
    let own = own.chain(bounds.iter().flatten().map(String::as_str));
    own.chain(WORDS)
        .find_map(|word| definition.read(&[word]).ok())
}

/// A role with a key of the first algorithm that is wanted. The credential of
/// an order is not there to be seen.
fn grant(capability: &doc::Capability) -> Option<doc::Grant> {
    let signs = capability.name.starts_with("sign:");
    if !signs && !capability.name.starts_with("seal:") {
        return None;
    }
    let algorithm = capability
        .algorithms
        .first()
        .map_or("EdDSA", String::as_str);
    Some(doc::Grant {
        name: capability.name.clone(),
        algorithm: signs.then(|| algorithm.to_owned()),
        fingerprint: signs.then(|| "0".repeat(64)),
    })
}
