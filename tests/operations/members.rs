//! Members that are wrong: for each of every operation's request what is said of it, and that
//! nothing was changed.

use crate::support::message::{CUSTOMERS, STAFF};
use crate::support::{Answer, Client, Fault, Server};

use super::element::Element;
use super::schema::{Place, Schema};
use super::world::{Case, World, call};

/// Longer than any member may be.
const TOO_LONG: usize = 5000;
/// Members of entities that are told and never set.
const READ_ONLY: [&str; 7] = [
    "state",
    "orderId",
    "parentRef",
    "rootRef",
    "relation",
    "createdBy",
    "updatedBy",
];

/// What is wrong with a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
    Missing,
    Doubled,
    Mistyped,
    Empty,
    TooLong,
    /// A reference that nothing has.
    Unknown,
}

const ALL: [Wrong; 6] = [
    Wrong::Missing,
    Wrong::Doubled,
    Wrong::Mistyped,
    Wrong::Empty,
    Wrong::TooLong,
    Wrong::Unknown,
];

impl Place {
    /// As faults name it.
    fn field(&self) -> String {
        let steps = self.path.iter().map(|member| {
            let index = if member.is_list { "[0]" } else { "" };
            format!("{}{index}", member.name)
        });
        steps.collect::<Vec<_>>().join(".")
    }

    fn name(&self) -> &str {
        self.path.last().map_or("", |member| &member.name)
    }

    /// The type of what it is a member of; empty for the request itself.
    fn owner(&self) -> &str {
        let owner = self.path.iter().rev().nth(1);
        owner.map_or("", |member| &member.kind)
    }

    fn is_read_only(&self) -> bool {
        let is_entity = ["User", "Customer", "Product", "Order"].contains(&self.owner());
        is_entity && READ_ONLY.contains(&self.name())
            || self.owner() == "File" && self.name() == "sha256"
    }

    /// Whether it names something that there is already.
    fn is_reference(&self) -> bool {
        let named = ["id", "customerId", "productId", "userId", "orderId"];
        named.contains(&self.name()) && !self.is_read_only()
    }
}

/// Whether this can be wrong with a member.
fn fits(schema: &Schema, case: &Case, place: &Place, wrong: Wrong) -> bool {
    let Some(member) = place.path.last() else {
        return false;
    };
    let is_simple = schema.members(&member.kind).is_empty();
    let is_text = member.kind == "string" && !place.is_read_only();
    // A value may be empty; what is searched for may be nothing.
    let may_be_empty = place.owner() == "NameValue" && member.name == "value";
    let searches = case.operation.starts_with("find") || case.operation == "previewLicense";
    match wrong {
        Wrong::Missing => !member.is_optional,
        Wrong::Doubled => !member.is_list,
        Wrong::Mistyped => is_simple && member.kind != "string",
        Wrong::Empty => is_text && !member.is_optional && !may_be_empty,
        // A license text may be longer.
        Wrong::TooLong => is_text && place.owner() != "File",
        Wrong::Unknown => place.is_reference() && !searches && case.service.path == STAFF.path,
    }
}

/// The request with something wrong at a place; `None` where nothing would be left around it, which
/// is as good as leaving it out.
fn spoil(schema: &Schema, case: &Case, place: &Place, wrong: Wrong) -> Option<Element> {
    let mut request = case.request.clone();
    let element = schema.at(&mut request, place);
    match wrong {
        Wrong::Empty => element.text.clear(),
        Wrong::Mistyped => "wrong".clone_into(&mut element.text),
        Wrong::TooLong => element.text = "x".repeat(TOO_LONG),
        Wrong::Unknown => "ext:nothing".clone_into(&mut element.text),
        Wrong::Missing | Wrong::Doubled => {
            let (last, around) = place.path.split_last()?;
            let parent = schema.at(
                &mut request,
                &Place {
                    path: around.to_vec(),
                },
            );
            let is_it = |child: &Element| child.name == last.name;
            let n = parent.children.iter().position(is_it)?;
            if wrong == Wrong::Doubled {
                parent.children.insert(n, parent.children[n].clone());
            } else {
                parent.children.remove(n);
                if parent.children.is_empty() && !around.is_empty() {
                    return None;
                }
            }
        }
    }
    Some(request)
}

/// The code that tells what is wrong.
fn code(case: &Case, place: &Place, wrong: Wrong) -> &'static str {
    let is_of_form = matches!(wrong, Wrong::Missing | Wrong::Doubled | Wrong::Mistyped);
    let is_order = matches!(case.operation, "deriveOrder" | "findOrders");
    match (place.name(), place.owner()) {
        _ if is_of_form => "InvalidRequest",
        // An item that is no item is none.
        ("id", "") if wrong == Wrong::Empty && place.path[0].is_list => "InvalidRequest",
        ("id", "Order") if case.operation == "createOrders" => "InvalidRequest",
        // A name, which could be any.
        ("id", "") if case.operation == "findGenerators" => "InvalidRequest",
        ("type", "Host") => "HostTypeUnsupported",
        ("value", "Host") => "HostInvalid",
        ("orderId", _) if wrong != Wrong::Unknown => "OrderNotUsable",
        ("id", "") if is_order && wrong != Wrong::Unknown => "OrderNotUsable",
        ("rootRef", _) => "NotFound",
        // An order has its own.
        ("customerId" | "productId", "ImportedLicense") if wrong == Wrong::Unknown => {
            "InvalidRequest"
        }
        ("generator", "") if case.operation == "verifyLicense" => "NotFound",
        _ if place.is_reference() => "NotFound",
        _ => "InvalidRequest",
    }
}

/// Code and path of a fault, or of the failure of the first item that has one.
pub(super) fn refusal(answer: Result<Answer, Fault>) -> Option<(String, String)> {
    let told = |code, field: Option<String>| (code, field.unwrap_or_default());
    match answer {
        Err(fault) => Some(told(fault.code, fault.field)),
        Ok(answer) => {
            let failures = answer.elements("failure");
            let failure = failures.first()?;
            Some(told(failure.want("code"), failure.get("field")))
        }
    }
}

/// Whether a path is the one of a place: an item's failure tells it from the item on, and a list
/// without items has none that could be at fault.
fn is_of(field: &str, place: &Place, wrong: Wrong) -> bool {
    let whole = place.field();
    let from_item = whole.split_once("[0].").map(|(_, rest)| rest);
    let is_list = place.path.last().is_some_and(|member| member.is_list);
    let without_index = whole.strip_suffix("[0]").filter(|_| is_list);
    field == whole
        || from_item == Some(field)
        || from_item
            .and_then(|rest| rest.strip_suffix("[0]"))
            .filter(|_| is_list)
            == Some(field)
        || without_index == Some(field) && wrong != Wrong::TooLong
        || without_index == Some("id") && field == "id"
}

/// What is said, where it is not what should be said.
fn complaint(admin: &Client, schema: &Schema, case: &Case, place: &Place) -> Vec<String> {
    let fitting = ALL
        .into_iter()
        .filter(|wrong| fits(schema, case, place, *wrong));
    let wrong = fitting.filter_map(|wrong| {
        let request = spoil(schema, case, place, wrong)?;
        let said = refusal(call(admin, case.service, &request));
        let expected = code(case, place, wrong);
        let is_right = said
            .as_ref()
            .is_some_and(|(code, field)| code == expected && is_of(field, place, wrong));
        let (operation, field) = (case.operation, place.field());
        (!is_right).then(|| format!("{operation} {field} {wrong:?}: {said:?}, not {expected}"))
    });
    wrong.collect()
}

/// Entries of the audit log: every write is one.
pub(super) fn written(admin: &Client) -> String {
    admin
        .internal("verifyAudit", "")
        .expect("a verdict")
        .want("entries")
}

#[test]
fn every_member_that_is_wrong_is_named_and_nothing_is_changed() {
    let server = Server::start();
    let world = World::new(&server);
    let cases = world.cases();
    let admin = &world.admin;
    let before = written(admin);
    let mut wrong = Vec::new();
    for service in [STAFF, CUSTOMERS] {
        let schema = Schema::of(&server, service);
        for case in cases
            .iter()
            .filter(|case| case.service.path == service.path)
        {
            for place in schema.places(case.operation) {
                wrong.extend(complaint(admin, &schema, case, &place));
            }
            assert_eq!(
                written(admin),
                before,
                "{} changed something: {wrong:#?}",
                case.operation
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// As an id that nothing has would.
#[test]
fn an_item_that_is_no_id_fails_alone() {
    let server = Server::start();
    let world = World::new(&server);
    for (operation, good, kind) in [
        (
            "retireProducts",
            "ext:erp-2",
            "usr_0190a1b2c3d47e5f8899aabbccddeeff",
        ),
        ("blockCustomers", "ext:crm-2", "cus_1"),
        ("blockCustomers", "ext:crm-3", "ext:"),
    ] {
        let ids = format!("<id>{kind}</id><id>{good}</id><reason>As agreed.</reason>");
        let answer = world.admin.internal(operation, &ids).expect("an answer");
        assert_eq!(answer.want("status"), "PARTIAL_FAILURE", "{kind}");
        assert_eq!(answer.all("id"), [kind, good]);
        assert_eq!(answer.all("code"), ["NotFound"]);
        assert_eq!(answer.all("field"), ["id"]);
    }
    let stored = "<customer><id>1</id><revision>1</revision><name>A</name></customer>\
                  <customer><name>B</name></customer>";
    let answer = world
        .admin
        .internal("storeCustomers", stored)
        .expect("an answer");
    assert_eq!(answer.want("failed"), "1");
    assert_eq!(
        (answer.all("code"), answer.all("name")),
        (vec!["NotFound".into()], vec!["B".into()])
    );
}
