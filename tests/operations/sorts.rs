//! By which members lists are sorted: what the WSDL says of `sort` is what the service takes.

use crate::support::message::STAFF;
use crate::support::{Client, Server};

use super::schema::Schema;

/// The members in a sentence on sorting, as the WSDL and the service write it.
fn listed(sentence: &str) -> Vec<&str> {
    let (_, list) = sentence.split_once("ne of ").expect("a list");
    let (list, _) = list.split_once(", with - before it").expect("an end");
    list.split(", ").collect()
}

#[test]
fn every_list_says_by_which_members_it_is_sorted() {
    let server = Server::start();
    let (admin, schema) = (Client::new(&server), Schema::of(&server, STAFF));
    let mut sorted = Vec::new();
    for operation in schema.operations() {
        let members = schema.members(schema.request(operation));
        let Some(sort) = members.iter().find(|member| member.name == "sort") else {
            continue;
        };
        let told = listed(&sort.said);
        let refused = admin.internal(operation, "<sort>nothing</sort>").err();
        let refused = refused.expect("no such member");
        assert_eq!(refused.field.as_deref(), Some("sort"), "{operation}");
        assert_eq!(told, listed(&refused.message), "{operation}");
        for name in told {
            for sign in ["", "-"] {
                let answer = admin.internal(operation, &format!("<sort>{sign}{name}</sort>"));
                answer.unwrap_or_else(|fault| panic!("{operation}, {sign}{name}: {fault:?}"));
            }
        }
        sorted.push(operation.to_owned());
    }
    let others = ["findEvents", "findGenerators"];
    let finding = schema.operations().filter(|name| name.starts_with("find"));
    let finding: Vec<_> = finding.filter(|name| !others.contains(name)).collect();
    assert_eq!(sorted, finding);
}
