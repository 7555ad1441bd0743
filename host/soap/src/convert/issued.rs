//! The customer's side.

use lds_domain::command::{
    Activate, ForMachine, IssuedLicense, Left, NeededHost, OrderInfo, Rehost,
};
use lds_domain::generator::Definition;

use super::{list, text};
use crate::leaf::{Day, Timestamp};
use crate::wire::activation as wire;

impl From<wire::ActivateRequest> for Activate {
    fn from(request: wire::ActivateRequest) -> Self {
        Self {
            order_id: request.order_id,
            hosts: list(request.host),
            parameters: list(request.parameter),
        }
    }
}

impl From<wire::MachineRequest> for ForMachine {
    fn from(request: wire::MachineRequest) -> Self {
        Self {
            order_id: request.order_id,
            hosts: list(request.host),
        }
    }
}

impl From<wire::EmergencyRequest> for ForMachine {
    fn from(request: wire::EmergencyRequest) -> Self {
        Self {
            order_id: request.order_id,
            hosts: list(request.host),
        }
    }
}

impl From<wire::RehostRequest> for Rehost {
    fn from(request: wire::RehostRequest) -> Self {
        Self {
            order_id: request.order_id,
            hosts: list(request.host),
            new_hosts: list(request.new_host),
        }
    }
}

impl From<IssuedLicense> for wire::IssuedLicense {
    fn from(issued: IssuedLicense) -> Self {
        let license = issued.license;
        Self {
            id: text(license.id),
            product_code: license.product_code.clone(),
            product_name: license.product_name.clone(),
            licensee: issued.licensee,
            host: list(license.hosts.iter().cloned()),
            file: list(license.files.iter().cloned()),
            kind: text(license.kind),
            state: text(license.state),
            issued_at: Timestamp(license.issued_at),
            starts_on: license.starts_on.map(Day),
            expires_on: license.expires_on.map(Day),
            maintenance_until: license.maintenance_until.map(Day),
            extra: Vec::new(),
        }
    }
}

impl From<OrderInfo> for wire::OrderInfo {
    fn from(info: OrderInfo) -> Self {
        let left = |left: Option<Left>| left.map(|left| left.left);
        Self {
            product_code: info.product_code,
            product_name: info.product_name,
            licensee: info.licensee,
            license_type: text(info.license_type),
            host_type: list(info.host_types),
            min_hosts: info.min_hosts,
            parameter: list(info.parameters),
            activations_left: info.activations_left,
            moves_left: left(info.moves),
            emergencies_left: left(info.emergencies),
            removal_requested: info.removal_requested,
            extra: Vec::new(),
        }
    }
}

impl From<NeededHost> for wire::NeededHost {
    fn from(needed: NeededHost) -> Self {
        Self {
            host_type: needed.host_type.name.clone(),
            label: needed.host_type.label.clone(),
            help: needed.host_type.help.clone(),
            example: needed.host_type.example.clone(),
            min: needed.min,
            max: needed.max,
            extra: Vec::new(),
        }
    }
}

impl From<Definition> for wire::NeededParameter {
    fn from(definition: Definition) -> Self {
        Self {
            name: definition.name,
            value_type: text(definition.value_type),
            label: definition.label,
            // A default stands in for what is left out.
            required: definition.required && definition.default.is_none(),
            choice: definition.choices,
            extra: Vec::new(),
        }
    }
}
