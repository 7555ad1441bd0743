//! Customers.

use lds_domain::command::StoreItem;
use lds_domain::customer::{Address, Contact, Customer, CustomerData};
use lds_domain::id::CustomerId;
use lds_domain::{Error, Result};

use super::{WireStamps, item_reference, list, text};
use crate::wire::customer as wire;

impl TryFrom<wire::Customer> for StoreItem<CustomerId, CustomerData> {
    type Error = Error;

    fn try_from(customer: wire::Customer) -> Result<Self> {
        Ok(Self {
            id: customer.id.as_deref().map(item_reference),
            revision: customer.revision,
            data: CustomerData {
                name: customer.name,
                contacts: list(customer.contact),
                address: customer.address.map(Address::from),
                locale: customer.locale,
                notes: customer.notes,
                external_ref: customer.external_ref,
                attributes: list(customer.attribute),
            },
            state: customer.state,
        })
    }
}

impl From<Customer> for wire::Customer {
    fn from(customer: Customer) -> Self {
        let stamps = WireStamps::from(customer.stamps);
        Self {
            id: Some(text(customer.id)),
            revision: Some(customer.revision),
            name: customer.data.name,
            contact: list(customer.data.contacts),
            address: customer.data.address.map(wire::Address::from),
            locale: customer.data.locale,
            notes: customer.data.notes,
            external_ref: customer.data.external_ref,
            attribute: list(customer.data.attributes),
            state: Some(text(customer.state)),
            created_at: stamps.created_at,
            created_by: stamps.created_by,
            updated_at: stamps.updated_at,
            updated_by: stamps.updated_by,
            extra: Vec::new(),
        }
    }
}

impl From<wire::Contact> for Contact {
    fn from(contact: wire::Contact) -> Self {
        Self {
            name: contact.name,
            email: contact.email,
            phone: contact.phone,
            role: contact.role,
        }
    }
}

impl From<Contact> for wire::Contact {
    fn from(contact: Contact) -> Self {
        Self {
            name: contact.name,
            email: contact.email,
            phone: contact.phone,
            role: contact.role,
            extra: Vec::new(),
        }
    }
}

impl From<wire::Address> for Address {
    fn from(address: wire::Address) -> Self {
        Self {
            street: address.street,
            postal_code: address.postal_code,
            city: address.city,
            region: address.region,
            country: address.country,
        }
    }
}

impl From<Address> for wire::Address {
    fn from(address: Address) -> Self {
        Self {
            street: address.street,
            postal_code: address.postal_code,
            city: address.city,
            region: address.region,
            country: address.country,
            extra: Vec::new(),
        }
    }
}
