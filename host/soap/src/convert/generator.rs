//! The contract of `FlexNet` Operations: its deep graph becomes the flat commands of the domain.

use lds_domain::attribute::Attribute;
use lds_domain::command::{
    ExternalFeature, ExternalHost, ExternalModel, ExternalProduct, ExternalRequest, ExternalText,
};
use lds_domain::generator::{Problem, RequestKind, RequestParty};
use lds_domain::license::File;
use lds_domain::terms::LicenseType;
use lds_domain::{Error, Result};

use crate::leaf::{Bytes, LooseDay};
use crate::wire::generator as wire;

impl wire::GeneratorRequest {
    /// The license technology that is asked for.
    pub fn technology(&self) -> Option<&str> {
        let name = self
            .license_technology
            .as_ref()
            .and_then(|t| t.name.as_deref());
        let host = self.custom_host.as_ref();
        name.or_else(|| host?.license_technology_name.as_deref())
    }

    /// The command, for a generator.
    ///
    /// # Errors
    /// `InvalidRequest` at a request type that is not known.
    pub fn into_command(self, generator: String) -> Result<ExternalRequest> {
        let kind = kind(self.request_type.as_deref())?;
        let configuration = self.license_generator_configuration.as_ref();
        let technology = self.license_technology.as_ref();
        let model = self.license_model.unwrap_or_default();
        let types = host_types(technology, &model);
        let general = of_generator(technology, configuration);
        let specific = vec![
            set(model.model_time_attributes),
            set(model.entitlement_time_attributes),
            set(model.fulfillment_time_attributes),
            custom(self.entitlement_attributes),
            custom(self.line_attributes),
        ];
        Ok(ExternalRequest {
            generator,
            reference: self.fulfilement_id,
            kind,
            dry_run: self.verify_request,
            customer: self.sold_to.and_then(customer),
            order: self
                .order_id
                .or_else(|| Some(self.entitlement_id).filter(|id| !id.is_empty())),
            quantity: self.fulfill_count,
            products: self.entitled_products.into_iter().map(product).collect(),
            host: host(self.custom_host.unwrap_or_default(), types),
            starts_on: day(self.start_date),
            expires_on: day(self.expiration_date),
            maintenance_until: day(self.version_date),
            parent: self
                .parent_fulfillments
                .into_iter()
                .find_map(|one| one.fulfillment_id),
            previous: self.current_license_on_host,
            model: ExternalModel {
                license_type: license_type(model.model_type.as_deref()),
                general,
                specific,
            },
        })
    }
}

impl wire::ProductRequest {
    /// The license technology that is asked for.
    pub fn technology(&self) -> Option<&str> {
        self.license_technology.as_ref()?.name.as_deref()
    }

    /// The product, with the values that the technology and the generator's configuration have.
    pub fn into_product(self) -> ExternalProduct {
        let technology = self.license_technology.as_ref();
        let of_generator = of_generator(technology, self.license_generator_config.as_ref());
        let own = product(wire::Product {
            name: self.name,
            version: self.version,
            custom_attributes: self.custom_attributes,
            features: self.features,
            quantity_per_copy: self.quantity_per_copy,
            ..wire::Product::default()
        });
        let is_own =
            |attribute: &Attribute| own.attributes.iter().any(|o| o.name == attribute.name);
        let mut attributes: Vec<_> = of_generator.into_iter().flatten().collect();
        attributes.retain(|attribute| !is_own(attribute));
        attributes.extend(own.attributes);
        ExternalProduct { attributes, ..own }
    }
}

impl wire::LicenseModelRequest {
    /// The license technology that is asked for.
    pub fn technology(&self) -> Option<&str> {
        self.license_technology.as_ref()?.name.as_deref()
    }

    /// The model.
    pub fn into_model(self) -> ExternalModel {
        let technology = self.license_technology.as_ref();
        let configuration = self.license_generator_configuration.as_ref();
        let general = of_generator(technology, configuration);
        let specific = vec![
            set(self.model_time_attributes),
            set(self.entitlement_time_attributes),
            set(self.fulfillment_time_attributes),
        ];
        ExternalModel {
            license_type: license_type(self.model_type.as_deref()),
            general,
            specific,
        }
    }
}

impl wire::HostIdRequest {
    /// What identifies the machine.
    pub fn attributes(&self) -> Vec<Attribute> {
        self.host_id_map
            .iter()
            .cloned()
            .filter_map(key_value)
            .collect()
    }
}

impl From<ExternalText> for wire::GeneratorResponse {
    fn from(text: ExternalText) -> Self {
        let first = text.files.first();
        let clean = first.and_then(File::text);
        let several = if text.files.len() > 1 {
            &text.files[..]
        } else {
            &[]
        };
        Self {
            complete: true,
            license_text: clean.map(str::to_owned),
            binary_license: first
                .filter(|_| clean.is_none())
                .map(|file| Bytes(file.bytes.to_vec())),
            license_file_name: first.map(|file| file.name.clone()),
            license_files: several.iter().map(named_file).collect(),
            message: sentences(&text.warnings),
        }
    }
}

impl wire::FileDefinitions {
    /// The names of the files, by the definitions in their order as far as there are some.
    pub fn new(definitions: &[wire::FileDefinition], text: &ExternalText) -> Self {
        let mut defined = definitions.iter().map(|definition| definition.name.clone());
        let name = |file: &File| wire::FileName {
            name: defined
                .next()
                .flatten()
                .unwrap_or_else(|| file.name.clone()),
            value: file.name.clone(),
        };
        Self {
            license_file_names: text.files.iter().map(name).collect(),
        }
    }
}

impl From<Vec<Problem>> for wire::Status {
    fn from(problems: Vec<Problem>) -> Self {
        Self {
            code: Some(i32::from(!problems.is_empty())),
            message: sentences(&problems),
        }
    }
}

fn sentences(problems: &[Problem]) -> Option<String> {
    let messages: Vec<_> = problems
        .iter()
        .map(|problem| problem.message.as_str())
        .collect();
    (!messages.is_empty()).then(|| messages.join("\n"))
}

fn named_file(file: &File) -> wire::NamedFile {
    let value = match file.text() {
        Some(text) => wire::AnyValue::Text(text.to_owned()),
        None => wire::AnyValue::Bytes(Bytes(file.bytes.to_vec())),
    };
    wire::NamedFile {
        name: Some(file.name.clone()),
        value: Some(value),
    }
}

/// Nothing where the license is given back.
fn kind(name: Option<&str>) -> Result<Option<RequestKind>> {
    Ok(Some(match name.map_or("ACTIVATION", str::trim) {
        "ACTIVATION" | "UPSELL" | "SHORT_CODE_ACTIVATION" => RequestKind::Activation,
        "RENEW" | "UPGRADE" | "REPAIR" | "SHORT_CODE_REPAIR" | "PUBLISHER_ERROR" => {
            RequestKind::Replacement
        }
        "REHOST" => RequestKind::Rehost,
        "EMERGENCY" | "STOPGAP" => RequestKind::Emergency,
        "RETURN" | "SHORT_CODE_RETURN" => return Ok(None),
        _ => {
            return Err(Error::invalid(
                "requestType",
                "The type of request is not known.",
            ));
        }
    }))
}

fn license_type(model: Option<&str>) -> Option<LicenseType> {
    let model = model?.to_ascii_uppercase();
    let is = |words: &[&str]| words.iter().any(|word| model.contains(word));
    if is(&["FLOAT", "CONCURRENT", "SERVED"]) {
        Some(LicenseType::Floating)
    } else if is(&["NODE", "LOCKED"]) {
        Some(LicenseType::NodeLocked)
    } else {
        None
    }
}

fn host_types(
    technology: Option<&wire::LicenseTechnology>,
    model: &wire::LicenseModel,
) -> Vec<String> {
    let policies = [
        &model.node_locked_host_id_policy,
        &model.server_host_id_policy,
    ];
    let policies = policies.into_iter().flatten();
    let counts = policies.filter(|policy| policy.is_ignored != Some(true));
    let of_model = counts.flat_map(|policy| policy.host_id_types.clone());
    let of_technology = technology
        .into_iter()
        .flat_map(|one| one.host_types.clone());
    of_model.chain(of_technology).collect()
}

fn host(host: wire::CustomHostId, types: Vec<String>) -> ExternalHost {
    ExternalHost {
        identifier: host.host_identifier,
        types,
        attributes: host
            .host_attribute_values
            .into_iter()
            .filter_map(key_value)
            .collect(),
    }
}

fn customer(unit: wire::OrganizationUnit) -> Option<RequestParty> {
    let name = unit.display_name.or_else(|| unit.name.clone())?;
    Some(RequestParty {
        name,
        external_ref: unit.name,
        attributes: custom(unit.custom_attributes),
    })
}

fn product(product: wire::Product) -> ExternalProduct {
    ExternalProduct {
        name: product.name.unwrap_or_default(),
        version: product.version,
        quantity_per_copy: product.quantity_per_copy.unwrap_or(1),
        attributes: custom(product.custom_attributes),
        features: product.features.into_iter().map(feature).collect(),
    }
}

fn feature(feature: wire::Feature) -> ExternalFeature {
    ExternalFeature {
        name: feature.name,
        version: Some(feature.version).filter(|version| !version.is_empty()),
        count: feature.count,
        attributes: feature
            .feature_override
            .into_iter()
            .filter_map(pair)
            .collect(),
    }
}

/// The most general values.
fn of_generator(
    technology: Option<&wire::LicenseTechnology>,
    configuration: Option<&wire::LicenseGeneratorConfig>,
) -> Vec<Vec<Attribute>> {
    let technology = technology.cloned().unwrap_or_default();
    let configuration = configuration.cloned().unwrap_or_default();
    vec![
        set(technology.license_attributes),
        set(technology.generator_attributes),
        set(configuration.attributes),
    ]
}

fn set(set: Option<wire::AttributeSet>) -> Vec<Attribute> {
    let pairs = set.unwrap_or_default().attributes;
    pairs.into_iter().filter_map(pair).collect()
}

/// Without a value it says nothing.
fn pair(pair: wire::Pair) -> Option<Attribute> {
    Some(Attribute {
        name: pair.name?,
        value: pair.value?,
    })
}

fn key_value(pair: wire::KeyValue) -> Option<Attribute> {
    Some(Attribute {
        name: pair.key?,
        value: pair.value?,
    })
}

fn custom(list: Vec<wire::CustomAttribute>) -> Vec<Attribute> {
    let values = |attribute: wire::CustomAttribute| {
        let name = attribute.name;
        attribute
            .attributes
            .into_iter()
            .map(move |value| Attribute {
                name: name.clone(),
                value,
            })
    };
    list.into_iter().flat_map(values).collect()
}

fn day(day: Option<LooseDay>) -> Option<time::Date> {
    day.map(|day| day.0)
}
