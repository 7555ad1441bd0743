//! Password digests of WS-Security: for tokens made for them, for five minutes, once.

use std::sync::Barrier;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use crate::clients::{python, succeeded};
use crate::support::http::{Response, basic};
use crate::support::message::{SOAP11, SOAP12, STAFF, XML, outcome};
use crate::support::{Client, PASSWORD, Server, on_both, on_postgres};

const WSS: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-";

on_both!(zeep_signs_in_with_a_digest what_is_not_right_is_refused of_many_at_once_one_is_let_in);

/// Id and secret of a new token for digests.
fn token(server: &Server, more: &str) -> (String, String) {
    let wanted = format!("<name>ci</name><scope>ADMINISTRATOR</scope>{more}");
    let made = Client::new(server).internal("createToken", &wanted);
    let made = made.expect("made");
    (made.want("id"), made.want("secret"))
}

fn digest_token(server: &Server) -> (String, String) {
    token(server, "<digest>true</digest>")
}

#[expect(
    clippy::disallowed_methods,
    reason = "the server under test has the real clock"
)]
fn at(ago: Duration) -> String {
    let time = OffsetDateTime::now_utc() - ago;
    time.format(&Rfc3339).expect("a time")
}

/// A security header with these bytes as nonce.
fn signed(username: &str, secret: &str, nonce: &[u8], created: &str) -> String {
    let signed = [nonce, created.as_bytes(), secret.as_bytes()].concat();
    let proof = BASE64.encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, &signed));
    let nonce = BASE64.encode(nonce);
    format!(
        "<w:Security xmlns:w=\"{WSS}wssecurity-secext-1.0.xsd\" s:mustUnderstand=\"1\" \
         xmlns:u=\"{WSS}wssecurity-utility-1.0.xsd\"><u:Timestamp><u:Created>{created}</u:Created>\
         </u:Timestamp><w:UsernameToken><u:Created>{created}</u:Created><w:Nonce>{nonce}</w:Nonce>\
         <w:Password Type=\"{WSS}username-token-profile-1.0#PasswordDigest\">{proof}</w:Password>\
         <w:Username>{username}</w:Username></w:UsernameToken></w:Security>"
    )
}

fn find(server: &Server, version: &str, security: &str) -> Response {
    let message = STAFF.message_with(version, security, "findCustomers", "");
    server.post(STAFF, &[XML], message.as_bytes())
}

fn assert_let_in(response: &Response) {
    outcome(response).expect("let in");
}

/// The fault that the profile asks for, and not a word of HTTP's.
fn assert_refused(what: &str, response: &Response) {
    assert_eq!(response.header("WWW-Authenticate"), None, "{what}");
    let fault = outcome(response)
        .err()
        .unwrap_or_else(|| panic!("{what} is let in"));
    let told = (fault.status, fault.kind.as_str(), fault.code.as_str());
    assert_eq!(
        told,
        (500, "FailedAuthentication", "AuthenticationRequired"),
        "{what}"
    );
}

fn zeep_signs_in_with_a_digest(server: &Server) {
    const CALL: &str = "import sys, zeep\n\
        from zeep.wsse.username import UsernameToken\n\
        url, name, secret = sys.argv[1:]\n\
        client = lambda secret: zeep.Client(url + '/soap/v1?wsdl',\n\
        \x20   wsse=UsernameToken(name, secret, use_digest=True)).service\n\
        service = client(secret)\n\
        print(service.findUsers().user[0].login, service.findUsers().user[0].login)\n\
        try:\n\
        \x20   client(secret[:-1]).findUsers()\n\
        except zeep.exceptions.Fault as fault:\n\
        \x20   print(fault.code)\n";
    let (id, secret) = digest_token(server);
    let mut command = python();
    command.args(["-c", CALL, &server.url, &id, &secret]);
    let output = command.output().expect("Python runs");
    let told = succeeded(&output);
    let mut lines = told.lines();
    assert_eq!(lines.next(), Some("admin admin"));
    assert!(
        lines
            .next()
            .is_some_and(|code| code.ends_with(":FailedAuthentication")),
        "{told}"
    );
    let found = Client::new(server)
        .internal("findTokens", "")
        .expect("found");
    assert_eq!(found.want("digest"), "true");
}

fn what_is_not_right_is_refused(server: &Server) {
    let (id, secret) = digest_token(server);
    let (plain, plain_secret) = token(server, "");
    let now = at(Duration::ZERO);
    let refuse = |what: &str, name: &str, secret: &str, created: &str| {
        let security = signed(name, secret, what.as_bytes(), created);
        assert_refused(what, &find(server, SOAP11, &security));
    };
    refuse("another secret", &id, &plain_secret, &now);
    refuse("a token not made for it", &plain, &plain_secret, &now);
    refuse("a login", "admin", &secret, &now);
    refuse("a password", "admin", PASSWORD, &now);
    refuse("a token that is none", "tok_0", &secret, &now);
    refuse("six minutes ago", &id, &secret, &at(Duration::minutes(6)));
    refuse("in two minutes", &id, &secret, &at(Duration::minutes(-2)));
    refuse("no time", &id, &secret, "now");
    let good = signed(&id, &secret, b"good", &now);
    for (what, from, to) in [
        (
            "another nonce",
            BASE64.encode(b"good"),
            BASE64.encode(b"evil"),
        ),
        ("another time", now.clone(), at(Duration::SECOND)),
    ] {
        assert_refused(what, &find(server, SOAP11, &good.replace(&from, &to)));
    }
    // Refused ones used nothing up.
    assert_let_in(&find(server, SOAP11, &good));
    assert_refused("shown again", &find(server, SOAP11, &good));
    let next = signed(&id, &secret, b"next", &now);
    assert_let_in(&find(server, SOAP12, &next));
    let again = outcome(&find(server, SOAP12, &next)).err();
    let again = again.expect("shown again");
    assert_eq!((again.status, &*again.kind), (500, "Sender"));
    let revoke = format!("<id>{id}</id><reason>It leaked.</reason>");
    Client::new(server)
        .internal("revokeTokens", &revoke)
        .expect("revoked");
    refuse("a revoked token", &id, &secret, &now);
    server.assert_answers();
}

fn of_many_at_once_one_is_let_in(server: &Server) {
    assert_one_is_let_in(&[server]);
}

#[test]
fn of_many_at_once_one_is_let_in_by_two_servers() {
    let config = on_postgres();
    let first = Server::start_with(&config);
    let second = first.further(&config);
    assert_one_is_let_in(&[&first, &second]);
}

fn assert_one_is_let_in(servers: &[&Server]) {
    const CALLERS: usize = 16;
    let (id, secret) = digest_token(servers[0]);
    let security = signed(&id, &secret, b"all of them", &at(Duration::ZERO));
    let barrier = Barrier::new(CALLERS);
    let (barrier, security) = (&barrier, &*security);
    let answers: Vec<Response> = std::thread::scope(|scope| {
        let callers: Vec<_> = (0..CALLERS)
            .map(|n| {
                let server = servers[n % servers.len()];
                scope.spawn(move || {
                    barrier.wait();
                    find(server, SOAP11, security)
                })
            })
            .collect();
        callers
            .into_iter()
            .map(|caller| caller.join().expect("a caller"))
            .collect()
    });
    let (good, bad): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
    assert_eq!(good.len(), 1);
    for answer in bad {
        assert_refused("one of many", answer);
    }
}

/// As wrong passwords are, and told from nothing else by it.
#[test]
fn wrong_digests_are_delayed() {
    let server = Server::start();
    let (id, secret) = digest_token(&server);
    let now = at(Duration::ZERO);
    let show = |username: &str, secret: &str, n: usize| {
        let security = signed(username, secret, &n.to_be_bytes(), &now);
        outcome(&find(&server, SOAP11, &security))
    };
    for username in [&*id, "tok_0"] {
        let codes = (0..6).map(|n| show(username, "wrong", n).err().expect("refused").code);
        let codes: Vec<_> = codes.collect();
        assert_eq!(codes[..5], ["AuthenticationRequired"; 5], "{username}");
        assert_eq!(codes[5], "RateLimited", "{username}");
    }
    let right = show(&id, &secret, 6).err().expect("it has to wait too");
    assert!(right.retry_after_seconds.is_some_and(|time| time >= 1));
    let (other, secret) = digest_token(&server);
    show(&other, &secret, 7).expect("nobody erred about this one");
}

/// What was taken is known after a power cut as well.
#[test]
fn a_digest_is_not_good_again_after_a_crash() {
    let server = Server::start();
    let (id, secret) = digest_token(&server);
    let security = signed(&id, &secret, b"once", &at(Duration::ZERO));
    assert_let_in(&find(&server, SOAP11, &security));
    let server = server.crash_and_restart();
    assert_refused("after a crash", &find(&server, SOAP11, &security));
    let other = signed(&id, &secret, b"twice", &at(Duration::ZERO));
    assert_let_in(&find(&server, SOAP11, &other));
}

/// The token is as good in every other way.
#[test]
fn a_token_for_digests_is_a_token() {
    let server = Server::start();
    let (_, secret) = digest_token(&server);
    let message = STAFF.message("findCustomers", "");
    for authorization in [format!("Bearer {secret}"), basic("whoever", &secret)] {
        let headers = [XML, ("Authorization", &*authorization)];
        assert_let_in(&server.post(STAFF, &headers, message.as_bytes()));
    }
}

#[test]
fn the_command_line_makes_tokens_for_them_too() {
    let server = Server::start();
    let token = ["token", "create", "--user", "admin", "--name", "ci"];
    let more = ["--scope", "administrator", "--digest"];
    let told = server.place().lds(&[&token[..], &more].concat()).success();
    let [id, secret] = told.lines().collect::<Vec<_>>()[..] else {
        panic!("not two lines");
    };
    let security = signed(id, secret, b"nonce", &at(Duration::ZERO));
    assert_let_in(&find(&server, SOAP11, &security));
}
