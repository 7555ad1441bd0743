//! Who may have texts written.

use super::{call, seats};
use crate::support::{Client, PASSWORD, Server};

/// The secret of a token of the administrator's with this scope.
pub(super) fn token(server: &Server, scope: &str) -> String {
    let wanted = format!("<name>fno</name><scope>{scope}</scope>");
    let made = Client::new(server).internal("createToken", &wanted);
    made.unwrap_or_else(|fault| panic!("{fault:?}"))
        .want("secret")
}

/// A caller that shows such a token by Basic.
fn with_token(server: &Server, scope: &str) -> Client {
    Client::with(&server.url, "fno", &token(server, scope))
}

fn outcome(client: &Client) -> Result<(), (u16, String)> {
    let answer = call(client, "GeneratorRequest", &seats());
    answer
        .map(drop)
        .map_err(|refused| (refused.status, refused.name))
}

#[test]
fn without_credentials_nobody_may() {
    let server = Server::start();
    let refused = Err((401, "AuthenticationRequired".to_owned()));
    assert_eq!(
        outcome(&Client::with(&server.url, "admin", "wrong")),
        refused
    );
    for element in [
        "pingRequest",
        "ProductRequest",
        "LicenseModelRequest",
        "GeneratorRequest",
        "FulfillmentRecordSet",
        "FileNamesRequest",
        "ConsolidatedLicenseResquest",
        "HostIdRequest",
    ] {
        let (status, text) = Client::nobody(&server)
            .exchange(super::PATH, crate::support::GENERATOR, element, "")
            .expect("an answer");
        assert_eq!(status, 401, "{element}: {text}");
    }
}

#[test]
fn the_scope_is_for_this_and_nothing_else() {
    let server = Server::start();
    let fno = with_token(&server, "generator");
    assert_eq!(outcome(&fno), Ok(()));
    for operation in [
        "findCustomers",
        "findGenerators",
        "findLicenses",
        "previewLicense",
    ] {
        let fault = fno
            .internal(operation, "")
            .map(|answer| answer.0)
            .expect_err("no right");
        assert_eq!(fault.code, "PermissionDenied", "{operation}");
    }
    let reader = with_token(&server, "read");
    assert_eq!(outcome(&reader), Err((500, "PermissionDenied".to_owned())));
}

#[test]
fn roles_that_issue_licenses_may() {
    let server = Server::start();
    let admin = Client::new(&server);
    for (role, expected) in [
        ("MANAGER", Ok(())),
        ("SALES", Err((500, "PermissionDenied".to_owned()))),
        ("DEVELOPER", Err((500, "PermissionDenied".to_owned()))),
    ] {
        let login = role.to_lowercase();
        let user = format!(
            "<user><login>{login}</login><displayName>{login}</displayName><role>{role}</role></user>"
        );
        let stored = admin.internal("storeUsers", &user).expect("a user");
        let reset = format!(
            "<id>{}</id><password>{PASSWORD}</password>",
            stored.want("id")
        );
        admin.internal("resetPassword", &reset).expect("a password");
        let client = Client::with(&server.url, &login, PASSWORD);
        assert_eq!(outcome(&client), expected, "{role}");
    }
}

#[test]
fn an_address_is_enough_where_the_operator_says_so() {
    let listed = Server::start_with("[fno]\naddresses = [\"127.0.0.0/8\"]\n");
    assert_eq!(outcome(&Client::nobody(&listed)), Ok(()));
    // Wrong credentials are no none.
    let wrong = Client::with(&listed.url, "admin", "wrong");
    assert_eq!(
        outcome(&wrong),
        Err((401, "AuthenticationRequired".to_owned()))
    );
    let (status, _) = Client::nobody(&listed)
        .exchange("/soap/v1", crate::support::GENERATOR, "findCustomers", "")
        .expect("an answer");
    assert_eq!(status, 500);
    let other = Server::start_with("[fno]\naddresses = [\"192.0.2.0/24\"]\n");
    let refused = Err((401, "AuthenticationRequired".to_owned()));
    assert_eq!(outcome(&Client::nobody(&other)), refused);
}
