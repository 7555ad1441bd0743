//! What DESCRIBE answered, checked by the rules of the interface.

use std::sync::Arc;

use lds_domain::generator::{Description, RequestKind};
use lds_domain::host::HostType;
use lds_domain::terms::LicenseType;
use lds_plugin_api::{Op, document as doc};

use crate::documents::decode;
use crate::error::LoadError;
use crate::limits::Limits;
use crate::names::{is_line, is_plugin_name, is_version};

use super::definitions::{definitions, host_type};

/// A description that keeps all rules.
pub struct Described {
    /// As the plugin gave it.
    pub document: doc::Description,
    /// As the domain uses it.
    pub domain: Arc<Description>,
}

impl Described {
    /// Whether the plugin has an operation.
    pub fn has(&self, op: Op) -> bool {
        self.document.ops.iter().any(|name| name == op.name())
    }

    /// The limits that hold: lower wishes of the plugin count.
    pub(crate) fn lower(&self, limits: Limits) -> Limits {
        let Some(wish) = self.document.limits else {
            return limits;
        };
        let least = |limit: usize, wish: Option<u32>, shift: u32| {
            wish.map_or(limit, |wish| limit.min((wish as usize) << shift))
        };
        Limits {
            time: wish.time_ms.map_or(limits.time, |ms| {
                limits.time.min(std::time::Duration::from_millis(ms.into()))
            }),
            memory: least(limits.memory, wish.memory_mib, 20),
            output: least(limits.output, wish.output_kib, 10),
            ..limits
        }
    }
}

/// Reads and checks a description.
pub(crate) fn describe(bytes: &[u8]) -> Result<Described, LoadError> {
    let text = std::str::from_utf8(bytes)
        .map_err(|_| LoadError::new("DESCRIBE gave a document that is not UTF-8"))?;
    let document: doc::Description = decode(bytes)
        .map_err(|error| LoadError::new(format!("DESCRIBE gave a bad document: {error}")))?;
    let checked = check(&document)
        .and_then(|()| to_domain(&document, text))
        .map_err(|error| LoadError::new(format!("DESCRIBE breaks a rule: {error}")))?;
    Ok(Described {
        domain: Arc::new(checked),
        document,
    })
}

fn check(document: &doc::Description) -> Result<(), LoadError> {
    let rules = [
        (document.schemas.contains(&doc::SCHEMA), "schemas lacks 1"),
        (is_plugin_name(&document.name), "name is no name"),
        (is_version(&document.version), "version is not n.n.n"),
        (is_line(&document.vendor), "vendor is no line of text"),
    ];
    if let Some((_, broken)) = rules.iter().find(|(kept, _)| !kept) {
        return Err(LoadError::new(*broken));
    }
    let has = |op: Op| document.ops.iter().any(|name| name == op.name());
    for op in [Op::Describe, Op::Generate] {
        if !has(op) {
            return Err(LoadError::new(format!("ops lacks {}", op.name())));
        }
    }
    let seals = document
        .capabilities
        .iter()
        .any(|c| c.name.starts_with("seal:"));
    if seals && !has(Op::Verify) {
        return Err(LoadError::new("it seals, but ops lacks VERIFY"));
    }
    let mut names: Vec<_> = document.capabilities.iter().map(|c| &c.name).collect();
    names.sort();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(LoadError::new(format!("{} is declared twice", pair[0]))),
        None => Ok(()),
    }
}

fn to_domain(document: &doc::Description, text: &str) -> Result<Description, LoadError> {
    Ok(Description {
        version: document.version.clone(),
        vendor: document.vendor.clone(),
        kinds: document.kinds.iter().copied().map(kind).collect(),
        license_types: document
            .license_types
            .iter()
            .copied()
            .map(license_type)
            .collect(),
        host_types: host_types(&document.host_types)?,
        settings: definitions("settings", &document.settings)?,
        parameters: definitions("parameters", &document.parameters)?,
        feature_parameters: definitions("featureParameters", &document.feature_parameters)?,
        validates: document.ops.iter().any(|name| name == Op::Validate.name()),
        document: text.to_owned(),
    })
}

fn host_types(declared: &[doc::HostType]) -> Result<Vec<Arc<HostType>>, LoadError> {
    let mut types: Vec<Arc<HostType>> = Vec::with_capacity(declared.len());
    for declared in declared {
        if types.iter().any(|other| other.name == declared.name) {
            let twice = format!("hostTypes: {} is declared twice", declared.name);
            return Err(LoadError::new(twice));
        }
        definitions("attributes of a host type", &declared.attributes)?;
        types.push(Arc::new(host_type(declared)?));
    }
    Ok(types)
}

fn kind(kind: doc::Kind) -> RequestKind {
    match kind {
        doc::Kind::Activation => RequestKind::Activation,
        doc::Kind::Manual => RequestKind::Manual,
        doc::Kind::Emergency => RequestKind::Emergency,
        doc::Kind::Replacement => RequestKind::Replacement,
        doc::Kind::Rehost => RequestKind::Rehost,
    }
}

fn license_type(license_type: doc::LicenseType) -> LicenseType {
    match license_type {
        doc::LicenseType::NodeLocked => LicenseType::NodeLocked,
        doc::LicenseType::Floating => LicenseType::Floating,
    }
}
