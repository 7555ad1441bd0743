//! What lists are searched by: the texts of each entity, folded, and digests of attributes.

use aws_lc_rs::digest;
use lds_domain::attribute::Attribute;
use lds_domain::customer::Customer;
use lds_domain::order::Order;
use lds_domain::product::Product;
use lds_domain::token::Token;
use lds_domain::user::User;

/// Kinds of texts.
pub(crate) mod texts {
    pub(crate) const USER: &str = "USER";
    pub(crate) const TOKEN: &str = "TOKEN";
    pub(crate) const CUSTOMER: &str = "CUSTOMER";
    pub(crate) const PRODUCT: &str = "PRODUCT";
    pub(crate) const ORDER: &str = "ORDER";
    pub(crate) const LICENSE: &str = "LICENSE";
    /// Order IDs without dashes; no text filter looks at them.
    pub(crate) const ORDER_ID: &str = "ORDER_ID";
}

/// An entity with texts and attributes.
pub(super) trait Searched {
    /// Each text with its kind, not folded yet.
    fn texts(&self) -> Vec<(&'static str, String)>;
    /// The caller's own data.
    fn attributes(&self) -> &[Attribute];
}

impl Searched for User {
    fn texts(&self) -> Vec<(&'static str, String)> {
        let data = &self.data;
        let always = [&data.login, &data.display_name];
        of_kind(
            texts::USER,
            always
                .into_iter()
                .chain(&data.email)
                .chain(&data.external_ref),
        )
    }

    fn attributes(&self) -> &[Attribute] {
        &self.data.attributes
    }
}

impl Searched for Token {
    fn texts(&self) -> Vec<(&'static str, String)> {
        of_kind(texts::TOKEN, std::iter::once(&self.name))
    }

    fn attributes(&self) -> &[Attribute] {
        &[]
    }
}

impl Searched for Customer {
    fn texts(&self) -> Vec<(&'static str, String)> {
        let data = &self.data;
        let contacts = data.contacts.iter();
        let persons = contacts.flat_map(|contact| [Some(&contact.name), contact.email.as_ref()]);
        let own = [&data.name].into_iter().chain(&data.external_ref);
        of_kind(texts::CUSTOMER, own.chain(persons.flatten()))
    }

    fn attributes(&self) -> &[Attribute] {
        &self.data.attributes
    }
}

impl Searched for Product {
    fn texts(&self) -> Vec<(&'static str, String)> {
        let data = &self.data;
        of_kind(
            texts::PRODUCT,
            [&data.code, &data.name]
                .into_iter()
                .chain(&data.external_ref),
        )
    }

    fn attributes(&self) -> &[Attribute] {
        &self.data.attributes
    }
}

impl Searched for Order {
    fn texts(&self) -> Vec<(&'static str, String)> {
        let mut all = of_kind(texts::ORDER, self.data.external_ref.iter());
        all.push((texts::ORDER_ID, self.order_id.expose().replace('-', "")));
        all
    }

    fn attributes(&self) -> &[Attribute] {
        &self.data.attributes
    }
}

fn of_kind<'a>(
    kind: &'static str,
    all: impl Iterator<Item = &'a String>,
) -> Vec<(&'static str, String)> {
    all.map(|text| (kind, text.clone())).collect()
}

/// Texts are compared without case.
pub(crate) fn fold(text: &str) -> String {
    text.trim().to_lowercase()
}

/// By which a pair is found: values may be long, digests are not.
pub(crate) fn attribute_digest(attribute: &Attribute) -> [u8; 16] {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(&(attribute.name.len() as u64).to_le_bytes());
    context.update(attribute.name.as_bytes());
    context.update(attribute.value.as_bytes());
    let mut short = [0; 16];
    short.copy_from_slice(&context.finish().as_ref()[..16]);
    short
}
