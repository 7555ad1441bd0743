//! Calls: who is let in, what comes back.

use std::io::Read;
use std::sync::atomic::Ordering;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::read::GzDecoder;
use lds_domain::user::UserState;

use super::office::{LOGIN, PASSWORD, SECRET};
use super::{Answer, Server};
use crate::Options;

const SOAP11: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const SOAP12: &str = "http://www.w3.org/2003/05/soap-envelope";
const INTERNAL: &str = "urn:license-distribution-service:v1";
const ACTIVATION: &str = "urn:license-distribution-service:activation:v1";
const WSSE: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";

fn message(version: &str, header: &str, namespace: &str, request: &str) -> String {
    format!(
        "<e:Envelope xmlns:e=\"{version}\" xmlns=\"{namespace}\"><e:Header>{header}</e:Header>\
         <e:Body>{request}</e:Body></e:Envelope>"
    )
}

fn internal(request: &str) -> String {
    message(SOAP11, "", INTERNAL, request)
}

fn basic(login: &str, password: &str) -> String {
    let pair = STANDARD.encode(format!("{login}:{password}"));
    format!("Authorization: Basic {pair}\r\n")
}

async fn call(server: &Server, headers: &str, request: &str) -> Answer {
    server.post("/soap/v1", headers, internal(request)).await
}

async fn call_with_wss(server: &Server, password: &str) -> Answer {
    let header = format!(
        "<s:Security xmlns:s=\"{WSSE}\"><s:UsernameToken><s:Username>{LOGIN}</s:Username>\
         <s:Password>{password}</s:Password></s:UsernameToken></s:Security>"
    );
    let message = message(SOAP11, &header, INTERNAL, "<findGenerators/>");
    server.post("/soap/v1", "", message).await
}

#[tokio::test]
async fn the_service_tells_of_itself_to_everyone() {
    let server = Server::start().await;
    let answer = call(&server, "", "<getServiceInfo/>").await;
    answer.assert(
        200,
        &["<getServiceInfoResponse", "<timezone>UTC</timezone>"],
    );
    assert!(
        answer
            .head
            .contains("content-type: text/xml; charset=utf-8")
    );
    assert!(
        answer
            .head
            .contains(&format!("content-length: {}", answer.body.len()))
    );
    assert!(!answer.text().contains("<generator>"));
}

#[tokio::test]
async fn the_envelope_decides_on_the_version_of_the_answer() {
    let server = Server::start().await;
    let message = message(SOAP12, "", INTERNAL, "<getServiceInfo/>");
    let answer = server
        .post("/soap/v1", "Content-Type: text/xml\r\n", message)
        .await;
    answer.assert(200, &[SOAP12]);
    assert!(answer.head.contains("content-type: application/soap+xml"));
}

#[tokio::test]
async fn every_kind_of_credentials_lets_in() {
    let server = Server::start().await;
    let bearer = format!("Authorization: Bearer {}\r\n", server.office.secret);
    let token_as_password = basic("whoever", &server.office.secret);
    for headers in [basic("ANNA", PASSWORD), bearer, token_as_password] {
        let answer = call(&server, &headers, "<findGenerators/>").await;
        answer.assert(200, &["<name>sample</name>"]);
    }
    call_with_wss(&server, PASSWORD)
        .await
        .assert(200, &["sample"]);
    call_with_wss(&server, &server.office.secret)
        .await
        .assert(200, &["sample"]);
    assert_eq!(server.office.signed_in.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn http_is_asked_for_credentials_that_are_missing_or_wrong() {
    let server = Server::start().await;
    let wrong_token = format!("Authorization: Bearer {}\r\n", "lds_x");
    for headers in [
        String::new(),
        basic(LOGIN, "wrong"),
        basic("nobody", PASSWORD),
        wrong_token,
        "Authorization: Negotiate abc\r\n".to_owned(),
    ] {
        let answer = call(&server, &headers, "<findUsers/>").await;
        answer.assert(
            401,
            &["<soap:Fault>", "<code>AuthenticationRequired</code>"],
        );
        assert!(answer.head.contains("www-authenticate: basic realm="));
    }
    let open = call(&server, &basic(LOGIN, "wrong"), "<getServiceInfo/>").await;
    open.assert(401, &["AuthenticationRequired"]);
}

#[tokio::test]
async fn wrong_credentials_in_the_message_are_a_fault() {
    let server = Server::start().await;
    let answer = call_with_wss(&server, "wrong").await;
    answer.assert(
        500,
        &["wsse:FailedAuthentication", "AuthenticationRequired"],
    );
    assert!(!answer.head.contains("www-authenticate"));
}

#[tokio::test]
async fn a_user_who_is_not_active_is_not_let_in() {
    let server = Server::with(UserState::Locked, Options::default()).await;
    let bearer = format!("Authorization: Bearer {}\r\n", server.office.secret);
    for headers in [basic(LOGIN, PASSWORD), bearer] {
        call(&server, &headers, "<findUsers/>")
            .await
            .assert(401, &[]);
    }
}

/// A database may refuse to look for it; that is no failure of ours.
#[tokio::test]
async fn a_login_that_no_database_takes_is_nobodys() {
    let server = Server::start().await;
    let answer = call(&server, &basic("an\0na", PASSWORD), "<findGenerators/>").await;
    answer.assert(401, &["<code>AuthenticationRequired</code>"]);
}

#[tokio::test]
async fn failures_make_wait_but_not_those_who_were_let_in_already() {
    let server = Server::start().await;
    let right = basic(LOGIN, PASSWORD);
    call(&server, &right, "<findGenerators/>")
        .await
        .assert(200, &[]);
    for _ in 0..5 {
        call(&server, &basic(LOGIN, "wrong"), "<findUsers/>")
            .await
            .assert(401, &[]);
    }
    let answer = call(&server, &basic(LOGIN, "wrong"), "<findUsers/>").await;
    answer.assert(500, &["<code>RateLimited</code>", "<retryAfterSeconds>"]);
    assert!(answer.head.contains("retry-after: "));
    call(&server, &right, "<findGenerators/>")
        .await
        .assert(200, &[]);
}

#[tokio::test]
async fn what_only_the_log_may_hold_is_not_told() {
    let server = Server::start().await;
    let answer = call(&server, &basic(LOGIN, PASSWORD), "<findUsers/>").await;
    answer.assert(
        500,
        &["soap:Server", "<code>Internal</code>", "<correlationId>"],
    );
    assert!(!answer.text().contains(SECRET));
}

#[tokio::test]
async fn unknown_order_ids_are_refused_and_then_make_wait() {
    let server = Server::start().await;
    let request = "<getOrderInfo><orderId>22222-22222-22222-2223N</orderId></getOrderInfo>";
    let message = message(SOAP11, "", ACTIVATION, request);
    for _ in 0..20 {
        let answer = server.post("/soap/activation/v1", "", &message).await;
        answer.assert(500, &["<code>OrderNotUsable</code>"]);
        assert!(!answer.text().contains("22222"));
    }
    let answer = server.post("/soap/activation/v1", "", &message).await;
    answer.assert(500, &["<code>RateLimited</code>"]);
}

#[tokio::test]
async fn what_is_no_operation_of_the_service_is_a_fault_of_the_client() {
    let server = Server::start().await;
    for request in [
        "<activate/>",
        "<getServiceInfo xmlns=\"urn:other\"/>",
        "<getServiceInfo/><getServiceInfo/>",
        "<getServiceInfo><x/></getServiceInfo>",
    ] {
        call(&server, "", request)
            .await
            .assert(500, &["soap:Client", "InvalidRequest"]);
    }
    server
        .post("/soap/v1", "", "no xml")
        .await
        .assert(500, &["soap:Client"]);
}

#[tokio::test]
async fn the_wsdl_names_the_address_that_was_asked() {
    let server = Server::start().await;
    let get = |target: &str| format!("GET {target} HTTP/1.1\r\nHost: a.example:81\r\n\r\n");
    let answer = server.send(get("/soap/v1?WSDL")).await;
    answer.assert(200, &["location=\"http://a.example:81/soap/v1\""]);
    let answer = server.send(get("/soap/activation/v1?wsdl=soap12")).await;
    answer.assert(
        200,
        &["http://a.example:81/soap/activation/v1", "wsdl/soap12/"],
    );
    let strange = "GET /soap/v1?wsdl HTTP/1.1\r\nHost: a\"b\r\n\r\n";
    server.send(strange).await.assert(400, &[]);

    let public_url = Some("https://licenses.example".to_owned());
    let options = Options {
        public_url,
        ..Options::default()
    };
    let server = Server::with(UserState::Active, options).await;
    let answer = server.send(get("/soap/v1?wsdl")).await;
    answer.assert(200, &["location=\"https://licenses.example/soap/v1\""]);
}

#[tokio::test]
async fn long_replies_are_packed_for_those_who_take_it() {
    let server = Server::start().await;
    let get = |headers: &str| format!("GET /soap/v1?wsdl HTTP/1.1\r\nHost: a\r\n{headers}\r\n");
    let packed = server.send(get("Accept-Encoding: gzip\r\n")).await;
    assert!(packed.head.contains("content-encoding: gzip"));
    let mut text = String::new();
    GzDecoder::new(&*packed.body)
        .read_to_string(&mut text)
        .unwrap();
    let plain = server.send(get("")).await;
    assert_eq!(plain.text(), text);
    assert!(!plain.head.contains("content-encoding"));
    let short = call(&server, "Accept-Encoding: gzip\r\n", "<noSuchOperation/>").await;
    assert!(!short.head.contains("content-encoding"));
}

#[tokio::test]
async fn a_head_says_how_long_the_wsdl_is() {
    let server = Server::start().await;
    let ask = |method: &str| format!("{method} /soap/v1?wsdl HTTP/1.1\r\nHost: a\r\n\r\n");
    let head = server.send(ask("HEAD")).await;
    let get = server.send(ask("GET")).await;
    let length = format!("content-length: {}\r\n", get.body.len());
    assert!(head.head.contains(&length) && get.head.contains(&length));
    assert!(head.body.is_empty());
}

#[tokio::test]
async fn the_portal_counts_unknown_order_ids_with_the_service() {
    let server = Server::start().await;
    let headers = "Content-Type: application/x-www-form-urlencoded\r\n";
    let form = "orderId=22222-22222-22222-2223N";
    for _ in 0..20 {
        let answer = server.post("/activate", headers, form).await;
        assert_eq!(answer.status, 422);
    }
    let answer = server.post("/activate", headers, form).await;
    answer.assert(429, &["Too many attempts"]);
    let request = "<getOrderInfo><orderId>22222-22222-22222-2223N</orderId></getOrderInfo>";
    let message = message(SOAP11, "", ACTIVATION, request);
    let answer = server.post("/soap/activation/v1", "", message).await;
    answer.assert(500, &["<code>RateLimited</code>"]);
}

/// Whoever asks from many addresses is counted by what he asks for.
#[tokio::test]
async fn an_unknown_order_id_makes_wait_from_other_addresses_too() {
    let trusted_proxies = vec![lds_domain::token::Network::parse("127.0.0.1").unwrap()];
    let options = Options {
        trusted_proxies,
        ..Options::default()
    };
    let server = Server::with(UserState::Active, options).await;
    let ask = async |last: u8, order_id: &str| {
        let request = format!("<getOrderInfo><orderId>{order_id}</orderId></getOrderInfo>");
        let message = message(SOAP11, "", ACTIVATION, &request);
        let from = format!("X-Forwarded-For: 192.0.2.{last}\r\n");
        server.post("/soap/activation/v1", &from, message).await
    };
    for last in 1..=20 {
        let answer = ask(last, "22222-22222-22222-2223N").await;
        answer.assert(500, &["<code>OrderNotUsable</code>"]);
    }
    let answer = ask(21, "222222222222222 2223n").await;
    answer.assert(500, &["<code>RateLimited</code>", "<retryAfterSeconds>"]);
    let other = ask(21, "AAAAABBBBBCCCCCDDDDD").await;
    other.assert(500, &["<code>OrderNotUsable</code>"]);
}

/// Else whoever sends both headers would be taken for the proxy.
#[tokio::test]
async fn whoever_the_proxies_do_not_tell_is_refused() {
    let trusted_proxies = vec![lds_domain::token::Network::parse("127.0.0.1").unwrap()];
    let options = Options {
        trusted_proxies,
        ..Options::default()
    };
    let server = Server::with(UserState::Active, options).await;
    let both = "X-Forwarded-For: 192.0.2.1\r\nForwarded: for=192.0.2.2\r\n";
    let message = message(SOAP11, "", INTERNAL, "<getServiceInfo/>");
    let answer = server.post("/soap/v1", both, &message).await;
    answer.assert(400, &["different clients"]);
    let form = format!("Content-Type: application/x-www-form-urlencoded\r\n{both}");
    let answer = server.post("/activate", &form, "orderId=x").await;
    answer.assert(400, &["different clients"]);
    let one = "X-Forwarded-For: 192.0.2.1\r\n";
    server
        .post("/soap/v1", one, &message)
        .await
        .assert(200, &[]);
}
