//! Every operation answers by the schema of the WSDL that is served: with what it does, with
//! nothing found, with a fault.

use std::collections::BTreeSet;

use crate::support::message::{CUSTOMERS, STAFF, Service};
use crate::support::{Answer, Client, Server, inner, on_both};

use super::golden;
use super::schema::Schema;
use super::world::{Case, World, call};

/// Calls until there is an event.
const MOST_CALLS: usize = 10_000;

on_both!(every_operation_answers_by_its_schema);

fn every_operation_answers_by_its_schema(server: &Server) {
    let world = World::new(server);
    let cases = world.cases();
    for (service, folder) in [(STAFF, "staff"), (CUSTOMERS, "customers")] {
        let schema = Schema::of(server, service);
        let cases = cases.iter();
        let own = cases.filter(|case| case.service.path == service.path);
        let (mut replies, mut wrong) = (Vec::new(), Vec::new());
        let mut answered = BTreeSet::new();
        for case in own {
            let reply = reply(&world, case);
            wrong.extend(golden::complaint(folder, case.operation, &reply));
            replies.push(reply);
            answered.insert(case.operation);
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert_eq!(answered.len(), golden::count(folder));
        replies.extend(faults(server, service, &schema));
        schema.validate(&replies);
        assert_eq!(answered, schema.operations().collect());
    }
}

/// The content of the body of what a good request is answered with.
fn reply(world: &World, case: &Case) -> String {
    let mut answers = (0..MOST_CALLS).map(|_| {
        let answer = call(&world.admin, case.service, &case.request);
        answer.unwrap_or_else(|fault| panic!("{}: {fault:?}", case.operation))
    });
    // Other databases of the same server may hold events back for a moment.
    let is_early =
        |answer: &Answer| case.operation == "findEvents" && !answer.0.contains("<event>");
    let answer = answers.find(|answer| !is_early(answer));
    let answer = answer.expect("an event");
    let is_done = !answer.0.contains("<failure>");
    assert!(is_done, "{}: {}", case.operation, answer.0);
    inner(&answer.0, "Body")
}

/// The details of the faults of all operations, for someone who is nobody.
fn faults(server: &Server, service: Service, schema: &Schema) -> Vec<String> {
    let mut details = Vec::new();
    for operation in schema.operations().filter(|name| *name != "getServiceInfo") {
        let nobody = Client::with(&server.url, "nobody", "lds_nothing");
        let asked = nobody.exchange(service.path, service.namespace, operation, "<unknown/>");
        let answer = Answer(asked.expect("an answer").1);
        assert!(
            answer.get("faultcode").is_some(),
            "{operation}: {}",
            answer.0
        );
        details.push(inner(&answer.0, "detail"));
    }
    details
}

/// Lists that are empty are valid as well.
#[test]
fn what_finds_nothing_answers_by_its_schema() {
    let server = Server::start();
    let (admin, schema) = (Client::new(&server), Schema::of(&server, STAFF));
    let finding = schema.operations().filter(|name| name.starts_with("find"));
    let replies: Vec<String> = finding
        .map(|operation| {
            let filter = match operation {
                "findEvents" => "<type>nothing.happened</type>",
                "findAuditEntries" => "<subject>nothing</subject>",
                "findGenerators" => "<id>nothing</id>",
                "findTokens" => "<text><value>nothing</value></text>",
                _ => "<externalRef>nothing</externalRef>",
            };
            let answer = admin.internal(operation, filter);
            let answer = answer.unwrap_or_else(|fault| panic!("{operation}: {fault:?}"));
            assert_eq!(answer.get("id").or(answer.get("name")), None, "{operation}");
            inner(&answer.0, "Body")
        })
        .collect();
    assert!(replies.len() >= 8);
    schema.validate(&replies);
}
