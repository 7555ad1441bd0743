//! Samples of entities, with every member set, so that a member that is lost is seen.

use lds_domain::access::{Role, Scope, Source};
use lds_domain::attribute::Attribute;
use lds_domain::claim::ClaimClass;
use lds_domain::customer::{Address, Contact, Customer, CustomerData, CustomerState};
use lds_domain::date::{Base, DateRule, Unit};
use lds_domain::host::Host;
use lds_domain::id::{EventId, Id, LicenseId, OrderRef};
use lds_domain::license::{
    File, GeneratorStamp, GrantedFeature, License, LicenseKind, LicenseState, SignerStamp,
};
use lds_domain::order::{Order, OrderData, OrderState, Relation};
use lds_domain::order_id::OrderId;
use lds_domain::ports::fixed::SeededRandom;
use lds_domain::product::{Feature, Product, ProductData, ProductState};
use lds_domain::terms::{Allowance, EmergencyAllowance, HostLock, HostRule, Licensee, Terms};
use lds_domain::token::{Network, Token};
use lds_domain::unit::{Activity, Changes, NewLicense, Rows};
use lds_domain::user::{PasswordHash, Stamps, User, UserData, UserState};
use time::macros::date;
use uuid::Uuid;

use super::NOW;

/// An id by number.
pub(crate) fn id<I: Id>(n: u128) -> I {
    I::from_uuid(Uuid::from_u128(n))
}

/// Stamps with different members.
pub(crate) fn stamps() -> Stamps {
    Stamps::new(NOW, "usr_1").touched(NOW + time::Duration::hours(1), "usr_2")
}

/// A pair.
pub(crate) fn attribute(name: &str, value: &str) -> Attribute {
    Attribute {
        name: name.to_owned(),
        value: value.to_owned(),
    }
}

/// A user.
pub(crate) fn user(n: u128, login: &str) -> User {
    User {
        id: id(n),
        revision: 3,
        data: UserData {
            login: login.to_owned(),
            display_name: format!("User {login}"),
            email: Some(format!("{login}@example.com")),
            roles: vec![Role::Administrator, Role::Sales],
            external_ref: Some(format!("user-{n}")),
            attributes: vec![attribute("team", "north")],
        },
        state: UserState::Active,
        password: Some(PasswordHash("$argon2id$…".to_owned())),
        totp: true,
        last_signed_in_at: None,
        stamps: stamps(),
    }
}

/// A token of a user.
pub(crate) fn token(n: u128, user: u128, digest: u8) -> Token {
    Token {
        id: id(n),
        name: "ci \"quoted\"".to_owned(),
        user: id(user),
        scopes: vec![Scope::Role(Role::Sales), Scope::Read, Scope::Generator],
        expires_at: Some(NOW + time::Duration::days(1)),
        addresses: ["192.0.2.0/24", "2001:db8::/32"]
            .map(|text| Network::parse(text).unwrap())
            .to_vec(),
        digest: [digest; 32],
        sealed: Some(vec![0, 1, 0xff]),
        last_used_at: None,
        revoked: false,
        stamps: stamps(),
    }
}

/// A customer.
pub(crate) fn customer(n: u128, name: &str) -> Customer {
    Customer {
        id: id(n),
        revision: 1,
        data: CustomerData {
            name: name.to_owned(),
            contacts: vec![Contact {
                name: "Zoë O'Neil".to_owned(),
                email: Some("zoe@example.com".into()),
                phone: Some("+43 1 234".into()),
                role: Some("buyer".into()),
            }],
            address: Some(Address {
                street: Some("Gasse 1".into()),
                postal_code: Some("1010".into()),
                city: Some("Wien".into()),
                region: Some("W".into()),
                country: Some("AT".into()),
            }),
            locale: Some("de-AT".into()),
            notes: Some("two\nlines, \u{1f600}, \"quotes\" and \\".into()),
            external_ref: Some(format!("crm-{n}")),
            attributes: vec![attribute("segment", "gold"), attribute("region", "eu")],
        },
        state: CustomerState::Active,
        stamps: stamps(),
    }
}

/// Terms with every member set.
pub(crate) fn terms(max_activations: u32) -> Terms {
    let after = |unit| DateRule::After {
        amount: 2,
        unit,
        from: Base::FirstActivation,
    };
    Terms {
        quantity: 5,
        max_activations,
        host_lock: HostLock::Required,
        host_rules: vec![HostRule {
            host_type: "ETHERNET".to_owned(),
            min: 0,
            max: 2,
        }],
        start: Some(DateRule::Fixed {
            date: date!(2026 - 01 - 31),
        }),
        expiry: after(Unit::Years),
        maintenance: Some(after(Unit::Months)),
        licensee: Licensee::Fixed("ACME".to_owned()),
        moves_allowed: Some(Allowance {
            count: 2,
            per_days: Some(30),
        }),
        emergency_allowed: Some(EmergencyAllowance {
            allowance: Allowance {
                count: 1,
                per_days: None,
            },
            days: 3,
        }),
        ..Terms::default()
    }
}

/// A feature.
pub(crate) fn feature(name: &str) -> Feature {
    Feature {
        name: name.to_owned(),
        version: Some("2.0".into()),
        count: Some(7),
        expiry: Some(DateRule::Never),
        maintenance: Some(DateRule::Fixed {
            date: date!(2030 - 12 - 31),
        }),
        parameters: vec![attribute("p", "1"), attribute("p", "2")],
        attributes: vec![attribute("sku", "x")],
    }
}

/// A product.
pub(crate) fn product(n: u128, code: &str) -> Product {
    Product {
        id: id(n),
        revision: 2,
        data: ProductData {
            code: code.to_owned(),
            version: Some("1.0".into()),
            name: format!("Product {code}"),
            generator: "token".to_owned(),
            settings: vec![attribute("audience", "a"), attribute("audience", "b")],
            features: vec![feature("core")],
            terms: terms(1),
            notes: Some("notes".into()),
            external_ref: Some(format!("erp-{n}")),
            attributes: vec![attribute("line", "one")],
        },
        state: ProductState::Active,
        stamps: stamps(),
    }
}

/// An order of customer 10 and product 20.
pub(crate) fn order(n: u128, max_activations: u32) -> Order {
    Order {
        id: id(n),
        revision: 1,
        order_id: OrderId::draw(&SeededRandom::new(u64::try_from(n).unwrap())),
        data: OrderData {
            customer: id(10),
            product: id(20),
            terms: terms(max_activations),
            features: vec![feature("core"), feature("extra")],
            valid_from: Some(date!(2026 - 01 - 01)),
            valid_until: Some(date!(2027 - 12 - 31)),
            notes: Some("order notes".into()),
            external_ref: Some(format!("po-{n}")),
            attributes: vec![attribute("channel", "web")],
        },
        state: OrderState::Active,
        parent: Some(id(n + 5000)),
        root: id(n),
        relation: Some(Relation::Renewal),
        created_on: date!(2026 - 11 - 20),
        active_licenses: 0,
        first_activated_on: None,
        allowances_reset_on: Some(date!(2026 - 11 - 21)),
        stamps: stamps(),
    }
}

/// A host.
pub(crate) fn host(value: &str) -> Host {
    Host {
        host_type: "ETHERNET".to_owned(),
        value: value.to_owned(),
        name: Some("server1".into()),
        port: Some(27000),
    }
}

/// A license of an order of customer 10 and product 20, with a text file and one of bytes.
pub(crate) fn license(n: u128, order: Option<OrderRef>, host_value: &str) -> License {
    License {
        id: id(n),
        revision: 1,
        order,
        root: order,
        deal: None,
        customer: id(10),
        product: id(20),
        product_code: "APP".to_owned(),
        product_name: "The App".to_owned(),
        licensee: Some("ACME & Söhne".into()),
        hosts: vec![host(host_value)],
        files: vec![
            File::new(
                "app.lic".into(),
                "text/plain".into(),
                b"line 1\n\t\"line\" 2 \xc3\xa4\n".to_vec(),
            ),
            File::new(
                "app.bin".into(),
                "application/octet-stream".into(),
                vec![0, 1, 254, 255, 13],
            ),
        ],
        parameters: vec![attribute("edition", "pro")],
        kind: LicenseKind::Activation,
        state: LicenseState::Active,
        issued_at: NOW,
        activated_on: date!(2026 - 11 - 25),
        starts_on: Some(date!(2026 - 11 - 26)),
        expires_on: Some(date!(2027 - 11 - 25)),
        maintenance_until: Some(date!(2028 - 11 - 25)),
        features: vec![GrantedFeature {
            name: "core".to_owned(),
            version: Some("2.0".into()),
            count: 35,
            expires_on: Some(date!(2027 - 11 - 25)),
            maintenance_until: None,
        }],
        generator: Some(GeneratorStamp {
            name: "token".to_owned(),
            version: "1.0.0".to_owned(),
            digest: "ab".repeat(32),
        }),
        signers: vec![SignerStamp {
            name: "default".to_owned(),
            algorithm: "EdDSA".to_owned(),
            fingerprint: "cd".repeat(32),
        }],
        input_digest: Some([9; 32]),
        source: Source::Portal,
        removal: None,
        replaces: Some(id(n + 7000)),
        is_dry: false,
        replaced_by: None,
        external_ref: Some(format!("lic-{n}")),
        attributes: vec![attribute("asset", "42")],
        stamps: stamps(),
    }
}

/// The changes that make a live license with this claim.
pub(crate) fn activation(license: License, claim: u8) -> Changes {
    let order = license.order.unwrap();
    let activity = Activity {
        order,
        licenses: 1,
        first_activated_on: Some(license.activated_on),
    };
    Changes {
        outcomes: vec![lds_domain::unit::Outcome::Done(license.id.to_string())],
        new_licenses: vec![NewLicense {
            license: license.into(),
            claims: vec![[claim; 32]],
            class: ClaimClass::Live,
            document: Some(b"{\"request\":1}".to_vec().into()),
        }],
        activity: vec![activity],
        audit: vec![super::entry("activateLicense")],
        events: vec![event(1)],
        ..Changes::default()
    }
}

/// An event.
pub(crate) fn event(n: u128) -> lds_domain::audit::Event {
    lds_domain::audit::Event {
        id: id::<EventId>(n),
        time: NOW,
        kind: "license.created",
        subject: "lic_1".to_owned(),
        order: None,
    }
}

/// Customer 10, product 20 and these orders.
pub(crate) fn basis(orders: Vec<Order>) -> Changes {
    Changes {
        customers: new(vec![customer(10, "ACME")]),
        products: new(vec![product(20, "APP")]),
        orders: new(orders),
        ..Changes::default()
    }
}

/// Rows to insert.
pub(crate) fn new<T, I>(new: Vec<T>) -> Rows<T, I> {
    Rows {
        new,
        ..Rows::default()
    }
}

/// Rows to overwrite.
pub(crate) fn changed<T, I>(changed: Vec<T>) -> Rows<T, I> {
    Rows {
        changed,
        ..Rows::default()
    }
}

/// A license's id by number.
pub(crate) fn license_id(n: u128) -> LicenseId {
    id(n)
}
