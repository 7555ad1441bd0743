//! Licenses without an order: by whom, for whom, by what terms; replaced and removed like others.

use super::*;
use crate::command::{BatchAnswer, GenerateLicense, Status};
use crate::date::{Base, DateRule, Unit as Span};
use crate::license::{LicenseKind, LicenseState};
use crate::product::Feature;
use crate::terms::Licensee;
use crate::testing::{GENERATOR, batch, feature};

fn command() -> GenerateLicense {
    GenerateLicense {
        customer: Key::Id(id(1)),
        product: Key::Id(id(2)),
        terms: None,
        features: Vec::new(),
        hosts: vec![host(MACHINE)],
        parameters: Vec::new(),
        attributes: Vec::new(),
        options: WriteOptions::default(),
    }
}

impl Shop {
    async fn generate(&self, role: Role, command: GenerateLicense) -> Result<License> {
        let services = &self.bench.services;
        services.generate_license(&actor(role), command).await
    }

    async fn made(&self, command: GenerateLicense) -> License {
        self.generate(Role::Manager, command).await.unwrap()
    }

    async fn replace_all(&self, ids: Vec<LicenseId>, atomic: bool) -> BatchAnswer<License> {
        self.replace(StateChange {
            batch: Batch {
                atomic,
                ..batch(ids.into_iter().map(Key::Id).collect())
            },
            reason: Some("more".to_owned()),
        })
        .await
    }

    async fn change_customer(&self, change: impl FnOnce(&mut Customer)) {
        let mut changed = self.bench.tables().customers[&customer().id].clone();
        change(&mut changed);
        changed.revision += 1;
        let customers = Rows {
            changed: vec![changed],
            ..Default::default()
        };
        self.write(Changes {
            customers,
            ..Changes::default()
        })
        .await;
    }

    async fn change_product(&self, change: impl FnOnce(&mut Product)) {
        let mut changed = self.bench.tables().products[&product().id].clone();
        change(&mut changed);
        changed.revision += 1;
        let products = Rows {
            changed: vec![changed],
            ..Default::default()
        };
        self.write(Changes {
            products,
            ..Changes::default()
        })
        .await;
    }
}

fn yearly() -> Terms {
    Terms {
        quantity: 3,
        expiry: DateRule::After {
            amount: 1,
            unit: Span::Years,
            from: Base::EachActivation,
        },
        licensee: Licensee::Customer,
        ..ethernet_terms()
    }
}

fn own() -> GenerateLicense {
    GenerateLicense {
        terms: Some(yearly()),
        features: vec![Feature {
            count: Some(2),
            ..feature("extra")
        }],
        ..command()
    }
}

#[tokio::test]
async fn each_call_makes_one_by_the_products_terms() {
    let shop = Shop::new(ethernet_terms()).await;
    let (one, other) = (shop.made(command()).await, shop.made(command()).await);
    assert_ne!(one.id, other.id);
    assert_eq!(
        (one.kind, one.order, one.root),
        (LicenseKind::Manual, None, None)
    );
    assert_eq!((one.customer, one.product), (customer().id, product().id));
    assert_eq!(one.features[0].name, "core");
    let deal = one.deal.as_ref().unwrap();
    assert_eq!(
        (&deal.terms, &deal.features),
        (&product().data.terms, &product().data.features)
    );
    let tables = shop.bench.tables();
    assert_eq!(tables.licenses[&one.id], one);
    assert!(tables.claims.is_empty());
    assert_eq!(tables.orders[&shop.order.id].active_licenses, 0);
    let told: Vec<_> = tables
        .events
        .iter()
        .map(|event| (event.kind, event.order))
        .collect();
    assert_eq!(told, [("license.created", None); 2]);
    assert_eq!(tables.audit[0].action, "generateLicense");
    assert_eq!(tables.audit[0].subject, one.id.to_string());
}

#[tokio::test]
async fn own_terms_and_features_stand_in_for_the_products() {
    let shop = Shop::new(ethernet_terms()).await;
    let license = shop.made(own()).await;
    assert_eq!(
        (license.features[0].name.as_str(), license.features[0].count),
        ("extra", 6)
    );
    assert_eq!(
        license.expires_on,
        Some(time::macros::date!(2027 - 11 - 24))
    );
    assert_eq!(license.licensee.as_deref(), Some("Aalto"));
    assert_eq!(shop.bench.generators.validations(), 1);
    let typo = GenerateLicense {
        features: vec![Feature {
            parameters: vec![crate::attribute::Attribute {
                name: "tyre".to_owned(),
                value: "1".to_owned(),
            }],
            ..feature("extra")
        }],
        ..command()
    };
    let refused = shop.generate(Role::Manager, typo).await.unwrap_err();
    let field = refused.field.as_deref();
    assert_eq!(
        (refused.code, field),
        (Code::InvalidRequest, Some("feature[0].parameter[0].name"))
    );
}

#[tokio::test]
async fn managers_alone_generate() {
    let shop = Shop::new(ethernet_terms()).await;
    for role in [Role::Sales, Role::Support, Role::Developer, Role::Auditor] {
        let refused = shop.generate(role, command()).await;
        assert_eq!(code(refused), Code::PermissionDenied, "{role}");
    }
    assert!(shop.generate(Role::Administrator, command()).await.is_ok());
}

#[tokio::test]
async fn states_and_names_are_looked_at() {
    let shop = Shop::new(ethernet_terms()).await;
    let refused = async |command| {
        let error = shop.generate(Role::Manager, command).await.unwrap_err();
        (error.code, error.field.unwrap_or_default())
    };
    let at = |code, field: &str| (code, field.to_owned());
    let nobody = GenerateLicense {
        customer: Key::Id(id(9)),
        ..command()
    };
    assert_eq!(refused(nobody).await, at(Code::NotFound, "customerId"));
    let nothing = GenerateLicense {
        product: Key::External("x".to_owned()),
        ..command()
    };
    assert_eq!(refused(nothing).await, at(Code::NotFound, "productId"));
    let homeless = GenerateLicense {
        hosts: Vec::new(),
        ..command()
    };
    assert_eq!(refused(homeless).await.0, Code::HostMissing);
    let timeless = GenerateLicense {
        terms: Some(Terms {
            quantity: 0,
            ..ethernet_terms()
        }),
        ..command()
    };
    assert_eq!(
        refused(timeless).await,
        at(Code::InvalidRequest, "terms.quantity")
    );
    shop.change_product(|product| product.state = ProductState::Draft)
        .await;
    assert_eq!(
        refused(command()).await,
        at(Code::ActionNotAllowed, "productId")
    );
    shop.change_product(|product| product.state = ProductState::Retired)
        .await;
    shop.made(command()).await;
    shop.change_customer(|customer| customer.state = CustomerState::Blocked)
        .await;
    assert_eq!(
        refused(command()).await,
        at(Code::OrderSuspended, "customerId")
    );
    assert_eq!(shop.bench.generators.runs(), 1);
}

#[tokio::test]
async fn a_request_is_answered_with_the_license_it_made() {
    let shop = Shop::new(ethernet_terms()).await;
    let mut repeatable = command();
    repeatable.options.request_id = Some("r-1".to_owned());
    let first = shop.made(repeatable.clone()).await;
    shop.change_customer(|customer| customer.state = CustomerState::Blocked)
        .await;
    assert_eq!(shop.made(repeatable.clone()).await.id, first.id);
    assert_eq!(shop.bench.generators.runs(), 1, "what was made is told of");
    repeatable.hosts = vec![host("00-11-22-AA-BB-CD")];
    let other = shop.generate(Role::Manager, repeatable).await;
    assert_eq!(code(other), Code::IdempotencyConflict);
    assert_eq!(shop.licenses().len(), 1);
}

#[tokio::test]
async fn a_dry_run_writes_nothing() {
    let shop = Shop::new(ethernet_terms()).await;
    let mut dry = command();
    dry.options.dry_run = true;
    assert_eq!(shop.made(dry).await.kind, LicenseKind::Manual);
    assert!(shop.licenses().is_empty());
    assert!(shop.bench.tables().audit.is_empty());
}

#[tokio::test]
async fn a_customer_who_changes_meanwhile_is_looked_at_again() {
    let shop = Shop::new(ethernet_terms()).await;
    let services = Arc::clone(&shop.bench.services);
    let running = tokio::spawn(async move {
        let manager = actor(Role::Manager);
        services.generate_license(&manager, own()).await
    });
    // The generator lets others have a turn while it runs.
    tokio::task::yield_now().await;
    assert_eq!(shop.bench.generators.runs(), 1, "the generator is running");
    shop.change_customer(|customer| customer.data.name = "Renamed".to_owned())
        .await;
    let license = running.await.unwrap().unwrap();
    assert_eq!(license.licensee.as_deref(), Some("Renamed"));
    assert_eq!(shop.bench.generators.runs(), 2);
    assert_eq!(shop.licenses().len(), 1);
}

#[tokio::test]
async fn a_customer_who_is_blocked_or_erased_meanwhile_gets_none() {
    type Change = fn(&mut Customer);
    let changes: [(Change, Code); 2] = [
        (
            |customer| customer.state = CustomerState::Blocked,
            Code::OrderSuspended,
        ),
        (
            |customer| customer.data = customer.data.erased(),
            Code::ActionNotAllowed,
        ),
    ];
    for (change, expected) in changes {
        let shop = Shop::new(ethernet_terms()).await;
        let services = Arc::clone(&shop.bench.services);
        let running = tokio::spawn(async move {
            let manager = actor(Role::Manager);
            services.generate_license(&manager, command()).await
        });
        tokio::task::yield_now().await;
        assert_eq!(shop.bench.generators.runs(), 1, "the generator is running");
        shop.change_customer(change).await;
        assert_eq!(code(running.await.unwrap()), expected);
        assert!(shop.licenses().is_empty());
    }
}

/// Switches the shop's generator off and lets what was begun come to its end.
async fn switched_off_under(
    shop: &Shop,
    running: tokio::task::JoinHandle<Result<License>>,
) -> Code {
    tokio::task::yield_now().await;
    assert_eq!(shop.bench.generators.runs(), 1, "the generator is running");
    let command = StateChange {
        batch: batch(vec![GENERATOR.to_owned()]),
        reason: Some("its key leaked".to_owned()),
    };
    let (services, developer) = (&shop.bench.services, actor(Role::Developer));
    let off = services.disable_generators(&developer, command);
    assert_eq!(off.await.unwrap().failed, 0);
    code(running.await.unwrap())
}

#[tokio::test]
async fn what_a_generator_wrote_before_it_was_switched_off_is_not_issued_after() {
    let shop = Shop::new(ethernet_terms()).await;
    let services = Arc::clone(&shop.bench.services);
    let generating = async move {
        let manager = actor(Role::Manager);
        services.generate_license(&manager, command()).await
    };
    let refused = switched_off_under(&shop, tokio::spawn(generating)).await;
    assert_eq!(refused, Code::GeneratorUnavailable);
    assert!(shop.licenses().is_empty());

    let shop = Shop::new(ethernet_terms()).await;
    let (services, mut command) = (Arc::clone(&shop.bench.services), shop.staff(MACHINE));
    // It runs by itself then, in step with the test.
    command.options.request_id = Some("r-1".to_owned());
    let activating = async move {
        let manager = actor(Role::Manager);
        services.activate_license(&manager, command).await
    };
    let refused = switched_off_under(&shop, tokio::spawn(activating)).await;
    assert_eq!(refused, Code::GeneratorUnavailable);
    assert!(shop.licenses().is_empty());
}

#[tokio::test]
async fn it_is_replaced_by_its_own_terms_and_what_the_product_says_now() {
    let shop = Shop::new(ethernet_terms()).await;
    let mut first = own();
    first.attributes = vec![crate::attribute::Attribute {
        name: "ticket".to_owned(),
        value: "1".to_owned(),
    }];
    let old = shop.made(first).await;
    shop.change_product(|product| {
        product.data.name = "CAD Two".to_owned();
        product.data.features = vec![feature("other")];
        product.state = ProductState::Retired;
    })
    .await;
    shop.bench.clock.set(NOW + time::Duration::days(30));
    let answer = shop.replace_all(vec![old.id, old.id], true).await;
    assert_eq!(answer.status, Status::Success);
    let new = answer.items[0].value.clone().unwrap();
    assert_eq!(answer.items[1].id, Some(new.id.to_string()));
    assert_eq!(
        (new.product_name.as_str(), &new.features),
        ("CAD Two", &old.features)
    );
    assert_eq!(
        (new.activated_on, new.expires_on),
        (old.activated_on, old.expires_on)
    );
    assert_eq!(
        (new.kind, new.replaces),
        (LicenseKind::Manual, Some(old.id))
    );
    assert_eq!(
        (&new.deal, &new.hosts, &new.attributes),
        (&old.deal, &old.hosts, &old.attributes)
    );
    let tables = shop.bench.tables();
    let ended = &tables.licenses[&old.id];
    assert_eq!(
        (ended.state, ended.replaced_by),
        (LicenseState::Replaced, Some(new.id))
    );
    let again = shop.replace_all(vec![old.id], false).await;
    assert_eq!(again.items[0].id, Some(new.id.to_string()));
    assert_eq!(shop.licenses().len(), 2);
    shop.remove(new.id).await;
    let over = shop.replace_all(vec![old.id, new.id], false).await;
    let codes = over
        .items
        .iter()
        .map(|item| item.failure.as_ref().unwrap().code);
    assert!(codes.eq([Code::ActionNotAllowed; 2]));
}

#[tokio::test]
async fn what_was_erased_can_not_be_replaced() {
    let shop = Shop::new(ethernet_terms()).await;
    let license = shop.made(command()).await;
    shop.change_order(|order| order.state = OrderState::Revoked)
        .await;
    let command = StateChange {
        batch: batch(vec![Key::Id(customer().id)]),
        reason: Some("asked".to_owned()),
    };
    let services = &shop.bench.services;
    let administrator = actor(Role::Administrator);
    let erased = services.erase_customers(&administrator, command).await;
    assert_eq!(erased.unwrap().failed, 0);
    assert_eq!(shop.licenses()[0].deal, None);
    let refused = shop.replace_all(vec![license.id], false).await;
    let failure = refused.items[0].failure.as_ref().unwrap();
    assert_eq!(failure.code, Code::ActionNotAllowed);
}
