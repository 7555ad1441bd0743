//! Entities of the domain with much in them.

use lds_domain::access::Source;
use lds_domain::attribute::Attribute;
use lds_domain::command::{Left, OrderDetails};
use lds_domain::customer::{Address, Contact, Customer, CustomerData, CustomerState};
use lds_domain::date::{Base, DateRule, Unit};
use lds_domain::host::Host;
use lds_domain::license::{
    File, GeneratorStamp, GrantedFeature, License, LicenseKind, LicenseState, Removal, RemovedBy,
    SignerStamp,
};
use lds_domain::order::{Order, OrderData, OrderState, Relation};
use lds_domain::order_id::OrderId;
use lds_domain::product::{Feature, Product, ProductData, ProductState};
use lds_domain::terms::{
    Allowance, EmergencyAllowance, HostLock, HostMatch, HostRule, LicenseType, Licensee, Terms,
};
use lds_domain::user::Stamps;
use time::macros::{date, datetime};

const UUID: &str = "0190a1b2c3d47e5f8899aabbccddeeff";

pub(super) fn id<I: lds_domain::id::Id>() -> I {
    format!("{}{UUID}", I::PREFIX).parse().unwrap()
}

pub(super) fn stamps() -> Stamps {
    let at = datetime!(2026-11-24 12:00:00.5 UTC);
    Stamps::new(at, "usr_x").touched(datetime!(2026-11-25 00:00 UTC), "usr_y")
}

pub(super) fn pair(name: &str, value: &str) -> Attribute {
    Attribute {
        name: name.into(),
        value: value.into(),
    }
}

pub(super) fn customer() -> Customer {
    Customer {
        id: id(),
        revision: 3,
        data: CustomerData {
            name: "Müller & <Söhne>".into(),
            contacts: vec![Contact {
                name: "Ada".into(),
                email: Some("a@b".into()),
                phone: None,
                role: None,
            }],
            address: Some(Address {
                city: Some("Linz".into()),
                ..Address::default()
            }),
            locale: Some("de-AT".into()),
            notes: Some("two\nlines\tand \"quotes\"\r\n".into()),
            external_ref: Some("crm-1".into()),
            attributes: vec![pair("empty", "")],
        },
        state: CustomerState::Blocked,
        stamps: stamps(),
    }
}

pub(super) fn terms() -> Terms {
    Terms {
        license_type: LicenseType::Floating,
        quantity: 5,
        max_activations: 0,
        host_lock: HostLock::Required,
        host_rules: vec![HostRule {
            host_type: "ETHERNET".into(),
            min: 1,
            max: 3,
        }],
        min_hosts: 3,
        host_match: HostMatch::AtLeast(2),
        start: Some(DateRule::Fixed {
            date: date!(2026 - 12 - 01),
        }),
        expiry: DateRule::After {
            amount: 12,
            unit: Unit::Months,
            from: Base::EachActivation,
        },
        maintenance: Some(DateRule::After {
            amount: 90,
            unit: Unit::Days,
            from: Base::Order,
        }),
        licensee: Licensee::Fixed("Linz".into()),
        moves_allowed: Some(Allowance {
            count: 2,
            per_days: None,
        }),
        emergency_allowed: Some(EmergencyAllowance {
            allowance: Allowance {
                count: 1,
                per_days: Some(30),
            },
            days: 7,
        }),
    }
}

pub(super) fn product(terms: Terms) -> Product {
    Product {
        id: id(),
        revision: 1,
        data: ProductData {
            code: "editor".into(),
            version: None,
            name: "Editor".into(),
            generator: "token".into(),
            settings: vec![pair("a", "1"), pair("a", "2")],
            features: vec![Feature {
                name: "base".into(),
                version: Some("3".into()),
                count: Some(0),
                expiry: Some(DateRule::Never),
                maintenance: None,
                parameters: vec![pair("p", "x")],
                attributes: vec![pair("q", "y")],
            }],
            terms,
            notes: None,
            external_ref: None,
            attributes: Vec::new(),
        },
        state: ProductState::Draft,
        stamps: stamps(),
    }
}

pub(super) fn details() -> OrderDetails {
    let order = Order {
        id: id(),
        revision: 2,
        order_id: OrderId::from_stored("ABCDE-FGHJK-MNPQR-STUVW".into()),
        data: OrderData {
            customer: id(),
            product: id(),
            terms: terms(),
            features: Vec::new(),
            valid_from: Some(date!(2026 - 12 - 01)),
            valid_until: None,
            notes: None,
            external_ref: None,
            attributes: vec![pair("a", "b")],
        },
        state: OrderState::Suspended,
        parent: Some(id()),
        root: id(),
        relation: Some(Relation::Renewal),
        created_on: date!(2026 - 11 - 24),
        active_licenses: 4,
        first_activated_on: Some(date!(2026 - 12 - 02)),
        allowances_reset_on: None,
        stamps: stamps(),
    };
    OrderDetails {
        order,
        shown_order_id: "…-STUVW".into(),
        moves: Some(Left {
            left: 1,
            refill_on: Some(date!(2027 - 01 - 01)),
        }),
        emergencies: None,
    }
}

fn removal() -> Removal {
    Removal {
        removed_at: Some(datetime!(2026-11-25 12:00 UTC)),
        by: Some(RemovedBy::Staff),
        user: Some(id()),
        reason: Some("scrapped".into()),
        ..Removal::default()
    }
}

pub(super) fn license() -> License {
    License {
        id: id(),
        revision: 1,
        order: Some(id()),
        root: Some(id()),
        deal: None,
        customer: id(),
        product: id(),
        product_code: "editor".into(),
        product_name: "Editor".into(),
        licensee: Some("Linz".into()),
        hosts: vec![Host {
            host_type: "ETHERNET".into(),
            value: "001122aabbcc".into(),
            name: None,
            port: Some(65535),
        }],
        files: vec![
            File::new(
                "a.lic".into(),
                "text/plain".into(),
                b"FEATURE a\n\t\"<&>\" ]]>\n".to_vec(),
            ),
            File::new(
                "b.bin".into(),
                "application/octet-stream".into(),
                vec![0, 1, 0xff, b'\r'],
            ),
        ],
        parameters: vec![pair("p", "x")],
        kind: LicenseKind::Activation,
        state: LicenseState::Removed,
        issued_at: datetime!(2026-11-24 12:00 UTC),
        activated_on: date!(2026 - 11 - 24),
        starts_on: Some(date!(2026 - 12 - 01)),
        expires_on: Some(date!(2027 - 11 - 23)),
        maintenance_until: Some(date!(2027 - 05 - 31)),
        features: vec![GrantedFeature {
            name: "base".into(),
            version: None,
            count: 9_007_199_254_740_991,
            expires_on: Some(date!(2027 - 01 - 31)),
            maintenance_until: Some(date!(2027 - 02 - 28)),
        }],
        generator: Some(GeneratorStamp {
            name: "token".into(),
            version: "1".into(),
            digest: "00".into(),
        }),
        signers: vec![SignerStamp {
            name: "default".into(),
            algorithm: "EdDSA".into(),
            fingerprint: "00".into(),
        }],
        input_digest: Some([0xab; 32]),
        source: Source::Soap,
        removal: Some(removal()),
        replaces: None,
        is_dry: false,
        replaced_by: Some(id()),
        external_ref: None,
        attributes: vec![pair("a", "b")],
        stamps: stamps(),
    }
}
