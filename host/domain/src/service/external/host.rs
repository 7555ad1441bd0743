//! The machine: another license server tells a value and perhaps names beside it, a generator wants
//! a type and a value.

use crate::attribute::Attribute;
use crate::command::ExternalHost;
use crate::error::{Error, Result};
use crate::generator::Description;
use crate::host::{self, Host, HostTypeRef, unsupported};
use crate::terms::LicenseType;

/// The attribute with a license server's port.
const PORT: &str = "DEFAULT_SERVER_PORT";

/// The hosts in normal form: attributes that are named as host types of the generator; else the
/// identifier, whose type stands before it, or is the first of the model's that takes it; where the
/// model names none, it is the first that the generator declares. Nothing else is guessed: a slip
/// in an address must not become the name of a machine.
pub(super) fn hosts(
    asked: &ExternalHost,
    license_type: LicenseType,
    attributes: &[Attribute],
    description: &Description,
) -> Result<Vec<Host>> {
    let named: Vec<Host> = asked
        .attributes
        .iter()
        .filter(|attribute| description.host_type(&attribute.name).is_some())
        .map(|attribute| host(&attribute.name, &attribute.value))
        .collect();
    let mut hosts = match asked.identifier.as_deref() {
        _ if !named.is_empty() => named,
        Some(identifier) => vec![identified(identifier, &asked.types, description)?],
        None => Vec::new(),
    };
    if license_type == LicenseType::Floating {
        let port = attributes.iter().find(|attribute| attribute.name == PORT);
        let port = port.and_then(|port| port.value.trim().parse().ok());
        for host in &mut hosts {
            host.port = port;
        }
    }
    host::normalize("customHost", &hosts, |name| {
        let declared = description.host_type(name).cloned();
        declared.ok_or_else(|| unsupported(name, description.host_type_names()))
    })
}

fn identified(identifier: &str, types: &[String], description: &Description) -> Result<Host> {
    if let Some((before, value)) = identifier.split_once('=')
        && description.host_type(before.trim()).is_some()
    {
        return Ok(host(before.trim(), value));
    }
    let takes = |host_type: &&HostTypeRef| host_type.normalize(identifier).is_ok();
    let named = types.iter().filter_map(|name| description.host_type(name));
    // Of those that do not take it, the first says what is wrong.
    let fitting = named.clone().find(takes).or_else(|| named.clone().next());
    match fitting.or_else(|| description.host_types.first()) {
        Some(host_type) => Ok(host(&host_type.name, identifier)),
        None => Err(Error::invalid(
            "customHost",
            "The generator makes licenses that are not bound to a machine: leave the host out.",
        )),
    }
}

fn host(host_type: &str, value: &str) -> Host {
    Host {
        host_type: host_type.to_owned(),
        value: value.to_owned(),
        name: None,
        port: None,
    }
}
