//! Requests that are right, at the wrong time or for another's: each is refused with the code of the
//! contract, and nothing is changed.

use crate::support::message::{CUSTOMERS, STAFF, Service};
use crate::support::{Server, on_both};

use super::element::Element;
use super::members::{refusal, written};
use super::world::{HOST, NEW_HOST, REASON, World, call, sold};

on_both!(what_comes_at_the_wrong_time_is_refused what_is_anothers_is_none);

/// Does something that must succeed.
fn done(world: &World, operation: &str, content: &str) {
    let answer = world.admin.internal(operation, content);
    let answer = answer.unwrap_or_else(|fault| panic!("{operation}: {fault:?}"));
    assert!(!answer.0.contains("<failure>"), "{operation}: {}", answer.0);
}

/// Refused with this code.
fn refuse(world: &World, service: Service, operation: &str, content: &str, code: &str) {
    let before = written(&world.admin);
    let request = Element::parse(&format!("<{operation}>{content}</{operation}>"));
    let said = refusal(call(&world.admin, service, &request)).map(|(code, _)| code);
    assert_eq!(said.as_deref(), Some(code), "{operation} {content}");
    assert_eq!(written(&world.admin), before, "{operation} {content}");
}

fn by(id: &str) -> String {
    format!("<id>{id}</id>{REASON}")
}

fn on(order: &str) -> String {
    format!("<orderId>{order}</orderId>{HOST}")
}

fn what_comes_at_the_wrong_time_is_refused(server: &Server) {
    let world = World::new(server);
    orders_that_are_over(&world);
    licenses_that_are_over(&world);
    products_that_are_not_sold(&world);
    what_is_in_use(&world);
}

fn orders_that_are_over(world: &World) {
    for (operation, code) in [
        ("suspendOrders", "OrderSuspended"),
        ("revokeOrders", "OrderRevoked"),
    ] {
        let (order, license) = world.activated();
        done(world, operation, &by(&order));
        for operation in ["activate", "getLicense", "emergency"] {
            refuse(world, CUSTOMERS, operation, &on(&order), code);
        }
        refuse(world, CUSTOMERS, "rehost", &(on(&order) + NEW_HOST), code);
        refuse(world, STAFF, "activateLicense", &on(&order), code);
        refuse(
            world,
            STAFF,
            "emergencyLicense",
            &(on(&order) + REASON),
            code,
        );
        let moved = format!("<id>{license}</id>{NEW_HOST}");
        refuse(world, STAFF, "rehostLicense", &moved, code);
        refuse(world, STAFF, "replaceLicenses", &by(&license), code);
    }
    let order = world.order();
    done(world, "revokeOrders", &by(&order));
    refuse(
        world,
        STAFF,
        "resumeOrders",
        &by(&order),
        "ActionNotAllowed",
    );
    refuse(
        world,
        STAFF,
        "suspendOrders",
        &by(&order),
        "ActionNotAllowed",
    );
    let derived = format!("<id>{order}</id><relation>RENEWAL</relation>");
    refuse(world, STAFF, "deriveOrder", &derived, "ActionNotAllowed");
}

fn licenses_that_are_over(world: &World) {
    let (order, license) = world.activated();
    let moved = |license: &str| format!("<id>{license}</id>{NEW_HOST}");
    refuse(
        world,
        CUSTOMERS,
        "confirmRemoval",
        &on(&order),
        "RemovalNotRequested",
    );
    done(world, "removeLicenses", &by(&license));
    for operation in [
        "replaceLicenses",
        "requestRemovals",
        "cancelRemovalRequests",
    ] {
        refuse(world, STAFF, operation, &by(&license), "ActionNotAllowed");
    }
    refuse(
        world,
        STAFF,
        "rehostLicense",
        &moved(&license),
        "ActionNotAllowed",
    );
    refuse(world, CUSTOMERS, "getLicense", &on(&order), "NoLicense");
    let (order, license) = world.asked_back();
    refuse(
        world,
        STAFF,
        "replaceLicenses",
        &by(&license),
        "ActionNotAllowed",
    );
    refuse(
        world,
        STAFF,
        "rehostLicense",
        &moved(&license),
        "ActionNotAllowed",
    );
    let moved = on(&order) + NEW_HOST;
    refuse(world, CUSTOMERS, "rehost", &moved, "ActionNotAllowed");
    refuse(
        world,
        CUSTOMERS,
        "emergency",
        &on(&order),
        "ActionNotAllowed",
    );
}

fn products_that_are_not_sold(world: &World) {
    let sold = |product: &str| sold("ext:crm-1", &format!("ext:{product}"));
    refuse(
        world,
        STAFF,
        "createOrders",
        &sold("erp-3"),
        "ActionNotAllowed",
    );
    done(world, "retireProducts", &by("ext:erp-2"));
    for operation in ["createOrders", "storeOrders"] {
        refuse(world, STAFF, operation, &sold("erp-2"), "ActionNotAllowed");
    }
}

fn what_is_in_use(world: &World) {
    let (order, _) = world.activated();
    for (operation, id) in [
        ("deleteOrders", &*order),
        ("deleteCustomers", "ext:crm-1"),
        ("deleteProducts", "ext:erp-1"),
        ("deleteUsers", "ext:hr-1"),
    ] {
        refuse(world, STAFF, operation, &by(id), "InUse");
    }
    refuse(
        world,
        STAFF,
        "eraseCustomers",
        &by("ext:crm-1"),
        "ActionNotAllowed",
    );
    let (of, product) = (on(&order), "<productId>ext:erp-1</productId>");
    for (member, field) in [
        ("<customerId>ext:crm-1</customerId>", "customerId"),
        (product, "productId"),
    ] {
        let both = of.replace("<host>", &format!("{member}<host>"));
        let fault = world.admin.internal("previewLicense", &both).err();
        let fault = fault.expect("an order, or else the rest");
        let told = (fault.code.as_str(), fault.field.as_deref());
        assert_eq!(told, ("InvalidRequest", Some(field)));
    }
    let twice = "<customer><name>A</name><externalRef>crm-1</externalRef></customer>";
    refuse(world, STAFF, "storeCustomers", twice, "AlreadyExists");
    done(world, "blockCustomers", &by("ext:crm-1"));
    refuse(world, CUSTOMERS, "activate", &on(&order), "OrderSuspended");
}

/// The machine is another order's, and so is its license.
fn what_is_anothers_is_none(server: &Server) {
    let world = World::new(server);
    let (theirs, license) = world.activated();
    let own = world.order();
    for operation in ["getLicense", "deactivate", "confirmRemoval"] {
        refuse(&world, CUSTOMERS, operation, &on(&own), "NoLicense");
    }
    refuse(
        &world,
        CUSTOMERS,
        "rehost",
        &(on(&own) + NEW_HOST),
        "NoLicense",
    );
    let one = format!("<orderId>{own}</orderId>");
    refuse(&world, CUSTOMERS, "getLicense", &one, "NoLicense");
    // Nor is the place of another license of the order free.
    let other = NEW_HOST.replace("newHost", "host");
    let other = format!("<orderId>{theirs}</orderId>{other}");
    world
        .admin
        .activation("activate", &other)
        .expect("a license");
    refuse(
        &world,
        CUSTOMERS,
        "rehost",
        &(on(&theirs) + NEW_HOST),
        "InUse",
    );
    let moved = format!("<id>{license}</id>{NEW_HOST}");
    refuse(&world, STAFF, "rehostLicense", &moved, "InUse");
    // An id of another kind names nothing; for orders it could be an Order ID.
    for (operation, code) in [
        ("removeLicenses", "NotFound"),
        ("blockCustomers", "NotFound"),
        ("retireProducts", "NotFound"),
        ("suspendOrders", "OrderNotUsable"),
    ] {
        refuse(&world, STAFF, operation, &by(&world.user), code);
    }
    for order in [
        sold("ext:erp-1", "ext:erp-1"),
        sold("ext:crm-1", "ext:crm-1"),
        sold(&license, "ext:erp-1"),
    ] {
        refuse(&world, STAFF, "storeOrders", &order, "NotFound");
        refuse(&world, STAFF, "createOrders", &order, "NotFound");
    }
}
