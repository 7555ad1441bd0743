//! Who is let in, how he is told that he is not, and what a failure costs.

use crate::support::http::{Header, Response, basic};
use crate::support::message::{Refusal, SOAP11, SOAP12, STAFF, XML, outcome};
use crate::support::{Client, PASSWORD, Server};

const LOGIN: &str = "admin";
const WSSE: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";

/// Asks for what only users may see.
fn find(server: &Server, version: &str, security: &str, headers: &[Header]) -> Response {
    let message = STAFF.message_with(version, security, "findCustomers", "");
    let all: Vec<_> = [XML].iter().chain(headers).copied().collect();
    server.post(STAFF, &all, message.as_bytes())
}

fn with_header(server: &Server, authorization: &str) -> Response {
    find(server, SOAP11, "", &[("Authorization", authorization)])
}

/// Calls an operation with these credentials.
fn call(
    server: &Server,
    authorization: &str,
    operation: &str,
    content: &str,
) -> Result<(), Box<Refusal>> {
    let message = STAFF.message(operation, content);
    let headers = [XML, ("Authorization", authorization)];
    outcome(&server.post(STAFF, &headers, message.as_bytes())).map(drop)
}

fn refused(response: &Response) -> Box<Refusal> {
    outcome(response).err().expect("refused")
}

fn username_token(login: &str, password: &str) -> String {
    format!(
        "<w:Security xmlns:w=\"{WSSE}\" s:mustUnderstand=\"1\"><w:UsernameToken>\
         <w:Username>{login}</w:Username><w:Password>{password}</w:Password>\
         </w:UsernameToken></w:Security>"
    )
}

fn assert_let_in(response: &Response) {
    outcome(response).expect("let in");
}

fn assert_challenged(response: &Response) {
    assert_eq!(response.status, 401);
    let challenge = response.header("WWW-Authenticate").expect("a challenge");
    assert!(challenge.contains("Basic realm="), "{challenge}");
    let fault = refused(response);
    assert_eq!(fault.code, "AuthenticationRequired");
    assert_eq!(fault.kind, "Client");
}

/// Id and secret of a new token.
fn token(server: &Server, content: &str) -> (String, String) {
    let made = Client::new(server).internal("createToken", content);
    let made = made.expect("made");
    (made.want("id"), made.want("secret"))
}

fn bearer(secret: &str) -> String {
    format!("Bearer {secret}")
}

/// A further user; gives his credentials.
fn user(server: &Server, login: &str, role: &str) -> String {
    let password = "another good password";
    let file = server.folder().join("another");
    std::fs::write(&file, password).expect("a file");
    let file = file.to_str().expect("UTF-8");
    let create = ["user", "create", "--login", login, "--role", role];
    let mut command = server.place().command(&create);
    let output = command.args(["--password-file", file]).output();
    let output = output.expect("the program runs");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    basic(login, password)
}

#[test]
fn good_credentials_open_in_every_form() {
    let server = Server::start();
    let (_, secret) = token(&server, "<name>ci</name><scope>ADMINISTRATOR</scope>");
    let password = basic(LOGIN, PASSWORD);
    let upper = basic(&LOGIN.to_uppercase(), PASSWORD);
    let as_password = basic("whoever", &secret);
    for authorization in [password, upper, bearer(&secret), as_password] {
        assert_let_in(&with_header(&server, &authorization));
    }
    for (login, password) in [(LOGIN, PASSWORD), ("whoever", &*secret)] {
        for version in [SOAP11, SOAP12] {
            let security = username_token(login, password);
            assert_let_in(&find(&server, version, &security, &[]));
        }
    }
}

#[test]
fn no_and_wrong_http_credentials_are_challenged() {
    let server = Server::start();
    assert_challenged(&find(&server, SOAP11, "", &[]));
    let wrong = [
        basic("nobody", "a-password-of-tests"),
        basic("nobody2", ""),
        basic("", ""),
        bearer("lds_x"),
        bearer(""),
        "Basic !!!".to_owned(),
        "Negotiate YII=".to_owned(),
        "Digest username=\"admin\"".to_owned(),
    ];
    for authorization in wrong {
        assert_challenged(&with_header(&server, &authorization));
    }
    assert_let_in(&with_header(&server, &basic(LOGIN, PASSWORD)));
}

#[test]
fn wrong_credentials_in_the_message_are_a_fault() {
    let server = Server::start();
    for (version, kind) in [(SOAP11, "FailedAuthentication"), (SOAP12, "Sender")] {
        let security = username_token("nobody", "wrong password");
        let response = find(&server, version, &security, &[]);
        assert_eq!(response.header("WWW-Authenticate"), None);
        let fault = refused(&response);
        assert_eq!((fault.status, fault.kind.as_str()), (500, kind));
        assert_eq!(fault.code, "AuthenticationRequired");
    }
}

#[test]
fn one_token_in_the_message_is_enough() {
    let server = Server::start();
    let one = username_token(LOGIN, PASSWORD);
    let two = one.replace("</w:Security>", "<w:UsernameToken/></w:Security>");
    let fault = refused(&find(&server, SOAP11, &two, &[]));
    assert_eq!(
        (fault.status, fault.kind.as_str()),
        (500, "InvalidSecurity")
    );
}

/// A signature that nobody checked is no credential.
#[test]
fn a_signature_alone_is_nobody() {
    let server = Server::start();
    let security = format!(
        "<w:Security xmlns:w=\"{WSSE}\"><ds:Signature \
         xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:SignatureValue>AAAA\
         </ds:SignatureValue></ds:Signature></w:Security>"
    );
    assert_challenged(&find(&server, SOAP11, &security, &[]));
}

#[test]
fn what_anyone_may_know_needs_no_credentials_but_no_wrong_ones() {
    let server = Server::start();
    let message = STAFF.message("getServiceInfo", "");
    let ask = |headers: &[Header]| server.post(STAFF, headers, message.as_bytes());
    let anyone = outcome(&ask(&[XML])).expect("open");
    assert!(anyone.all("generator").is_empty());
    let authorization = basic(LOGIN, PASSWORD);
    let known = ask(&[XML, ("Authorization", &authorization)]);
    // Two in service, and the example.
    assert_eq!(outcome(&known).expect("open").all("generator").len(), 3);
    let wrong = basic("nobody", "wrong password");
    assert_challenged(&ask(&[XML, ("Authorization", &wrong)]));
}

#[test]
fn a_token_ends_with_its_revocation() {
    let server = Server::start();
    let (id, secret) = token(&server, "<name>ci</name><scope>ADMINISTRATOR</scope>");
    assert_let_in(&with_header(&server, &bearer(&secret)));
    let content = format!("<id>{id}</id><reason>It leaked.</reason>");
    let revoked = Client::new(&server).internal("revokeTokens", &content);
    assert_eq!(revoked.expect("an answer").want("status"), "SUCCESS");
    assert_challenged(&with_header(&server, &bearer(&secret)));
}

#[test]
fn a_token_is_good_at_its_addresses_only() {
    let server = Server::start();
    let at = |network: &str| {
        let scope = "<name>ci</name><scope>ADMINISTRATOR</scope>";
        let content = format!("{scope}<address>{network}</address>");
        bearer(&token(&server, &content).1)
    };
    assert_let_in(&with_header(&server, &at("127.0.0.0/8")));
    assert_challenged(&with_header(&server, &at("192.0.2.0/24")));
}

#[test]
fn a_token_does_no_more_than_its_scope() {
    let server = Server::start();
    let (_, secret) = token(&server, "<name>reader</name><scope>read</scope>");
    let reader = bearer(&secret);
    call(&server, &reader, "findCustomers", "").expect("may read");
    let customer = "<customer><name>x</name></customer>";
    let fault = call(&server, &reader, "storeCustomers", customer).expect_err("may not write");
    assert_eq!(
        (fault.status, fault.code.as_str()),
        (500, "PermissionDenied")
    );
}

/// The password that was right a moment ago is remembered, but not beyond its user.
#[test]
fn a_deleted_user_is_out_at_once() {
    let server = Server::start();
    let credentials = user(&server, "bo", "SUPPORT");
    assert_let_in(&with_header(&server, &credentials));
    let client = Client::new(&server);
    let found = client.internal("findUsers", "<text><value>bo</value></text>");
    let id = found.expect("found").want("id");
    let delete = format!("<id>{id}</id><reason>Left.</reason>");
    let deleted = client.internal("deleteUsers", &delete).expect("an answer");
    assert_eq!(deleted.want("status"), "SUCCESS", "{}", deleted.0);
    assert_challenged(&with_header(&server, &credentials));
}

/// A role that is taken away is gone with the next request.
#[test]
fn a_change_of_roles_is_in_force_at_once() {
    let server = Server::start();
    let manager = user(&server, "cy", "MANAGER");
    let customer = "<customer><name>x</name></customer>";
    call(&server, &manager, "storeCustomers", customer).expect("a manager may write");
    let client = Client::new(&server);
    let found = client.internal("findUsers", "<text><value>cy</value></text>");
    let found = found.expect("found");
    let changed = format!(
        "<user><id>{}</id><revision>{}</revision><login>cy</login>\
         <displayName>Cy</displayName><role>AUDITOR</role></user>",
        found.want("id"),
        found.want("revision")
    );
    let stored = client.internal("storeUsers", &changed).expect("an answer");
    assert_eq!(stored.want("status"), "SUCCESS", "{}", stored.0);
    let fault = call(&server, &manager, "storeCustomers", customer).expect_err("an auditor");
    assert_eq!(fault.code, "PermissionDenied");
}

/// Fails until it has to wait; gives the fault that says so.
fn fail_until_limited(server: &Server, login: &str) -> Box<Refusal> {
    for _ in 0..50 {
        let fault = refused(&with_header(server, &basic(login, "wrong password")));
        if fault.code == "RateLimited" {
            return fault;
        }
        assert_eq!(fault.status, 401);
        assert_eq!(fault.code, "AuthenticationRequired");
    }
    panic!("nobody ever had to wait");
}

#[test]
fn guessing_a_password_has_to_wait() {
    let server = Server::start();
    let fault = fail_until_limited(&server, LOGIN);
    assert_eq!(fault.status, 500);
    let wait = fault.retry_after_seconds.expect("a time");
    assert!((1..=60).contains(&wait), "{wait}");
}

/// Otherwise an answer would tell which logins there are.
#[test]
fn an_unknown_login_waits_like_a_known_one() {
    let server = Server::start();
    let told = |login| {
        let fault = fail_until_limited(&server, login);
        (fault.kind, fault.message.replace(char::is_numeric, ""))
    };
    assert_eq!(told(LOGIN), told("nobody"));
}

/// Whoever guesses at a login does not lock its owner out, who comes from another address.
#[test]
fn guessing_locks_nobody_else_out() {
    let server = Server::start_with("[http]\ntrusted_proxies = [\"127.0.0.1\"]\n");
    let from = |address, password| {
        let authorization = basic(LOGIN, password);
        let headers = [
            ("Authorization", &*authorization),
            ("X-Forwarded-For", address),
        ];
        find(&server, SOAP11, "", &headers)
    };
    let is_limited = |_| refused(&from("192.0.2.66", "wrong password")).code == "RateLimited";
    assert!((0..50).any(is_limited), "nobody ever had to wait");
    assert_let_in(&from("192.0.2.1", PASSWORD));
}
