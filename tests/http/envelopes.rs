//! Envelopes as clients write them: versions, encodings, actions, addressing; and how replies look.

use crate::clients::{python, succeeded};
use crate::support::http::{Header, Response};
use crate::support::message::{CUSTOMERS, SOAP11, SOAP12, STAFF, Service, XML, outcome};
use crate::support::{Client, PASSWORD, Server};

const WSA: &str = "http://www.w3.org/2005/08/addressing";
const OLD_WSA: &str = "http://schemas.xmlsoap.org/ws/2004/08/addressing";

/// A call of each service that needs nothing but the server: one is served, one is a fault.
const CALLS: [(Service, &str, u16); 2] = [
    (STAFF, "getServiceInfo", 200),
    (CUSTOMERS, "getOrderInfo", 500),
];

fn send(server: &Server, service: Service, headers: &[Header], message: &str) -> Response {
    server.post(service, headers, message.as_bytes())
}

/// As every stack can read it: the declaration, no mark, the length, no types, the same prefixes.
fn assert_plain(response: &Response) {
    let text = response.text();
    let start = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<soap:Envelope xmlns:soap=\"";
    assert!(text.starts_with(start), "{text}");
    assert!(!text.contains("xsi:"), "{text}");
    let length = response.header("Content-Length").expect("a length");
    assert_eq!(length, response.body.len().to_string());
    assert_eq!(response.header("Transfer-Encoding"), None);
    assert_eq!(response.header("Content-Encoding"), None);
}

/// Whatever content type and port said.
#[test]
fn the_envelope_alone_decides_the_version() {
    let server = Server::start();
    let types = [
        XML,
        ("Content-Type", "application/soap+xml; charset=utf-8"),
        ("Content-Type", "application/soap+xml;action=\"urn:x\""),
        ("Content-Type", "text/xml"),
    ];
    for (service, operation, status) in CALLS {
        for (version, media) in [(SOAP11, "text/xml"), (SOAP12, "application/soap+xml")] {
            let message = service.message_with(version, "", operation, &of(operation));
            for content_type in types {
                let response = send(&server, service, &[content_type], &message);
                assert_eq!(response.status, status);
                assert_plain(&response);
                let told = response.header("Content-Type").expect("a media type");
                assert_eq!(told, format!("{media}; charset=utf-8"));
                let envelope = format!("<soap:Envelope xmlns:soap=\"{version}\">");
                assert!(response.text().contains(&envelope));
            }
        }
    }
}

/// What each of the calls needs.
fn of(operation: &str) -> String {
    match operation {
        "getOrderInfo" => "<orderId>22222-22222-22222-22222</orderId>".to_owned(),
        _ => String::new(),
    }
}

#[test]
fn an_action_is_neither_needed_nor_believed() {
    let server = Server::start();
    let message = STAFF.message("getServiceInfo", "");
    for action in [
        "",
        "\"\"",
        "getServiceInfo",
        "\"urn:other\"",
        "\"deleteUsers\"",
        "'",
    ] {
        let response = send(&server, STAFF, &[XML, ("SOAPAction", action)], &message);
        assert!(outcome(&response).is_ok(), "{action}");
    }
    // Nor does it let anybody do what the body asks for.
    let message = STAFF.message("findUsers", "");
    let action = ("SOAPAction", "\"getServiceInfo\"");
    assert_eq!(send(&server, STAFF, &[XML, action], &message).status, 401);
}

#[test]
fn messages_come_in_utf_8_and_utf_16() {
    let server = Server::start();
    let name = "M\u{fc}ller \u{1d11e}";
    let message = STAFF.message(
        "storeCustomers",
        &format!("<customer><name>{name}</name></customer>"),
    );
    let authorization = crate::support::http::basic("admin", PASSWORD);
    let units = |text: &str| text.encode_utf16().collect::<Vec<_>>();
    let big = |text: &str| {
        units(text)
            .into_iter()
            .flat_map(u16::to_be_bytes)
            .collect::<Vec<_>>()
    };
    let little = |text: &str| {
        units(text)
            .into_iter()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<_>>()
    };
    let marked = format!("\u{feff}{message}");
    let declared = format!("<?xml version=\"1.0\" encoding=\"UTF-16\"?>{message}");
    for (bytes, types) in [
        (
            message.clone().into_bytes(),
            ["text/xml", "text/xml; charset=\"UTF-8\""],
        ),
        (
            marked.clone().into_bytes(),
            ["text/xml", "text/xml;charset=utf-8"],
        ),
        (big(&marked), ["text/xml", "text/xml; charset=UTF-16"]),
        (little(&marked), ["text/xml", "text/xml; charset=utf-16"]),
        (big(&message), ["text/xml", "text/xml; charset=utf-16be"]),
        (
            little(&message),
            ["text/xml", "text/xml; charset=\"utf-16le\""],
        ),
        (
            little(&declared),
            ["text/xml", "application/soap+xml; charset=utf-16le"],
        ),
    ] {
        for content_type in types {
            let headers = [
                ("Content-Type", content_type),
                ("Authorization", &*authorization),
            ];
            let response = server.post(STAFF, &headers, &bytes);
            let stored = outcome(&response).expect(content_type);
            assert_eq!(stored.want("name"), name, "{content_type}");
            assert_plain(&response);
        }
    }
}

#[test]
fn credentials_are_given_once() {
    let server = Server::start();
    let security = "<w:Security xmlns:w=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd\">\
        <w:UsernameToken><w:Username>admin</w:Username><w:Password>a-password-of-tests</w:Password>\
        </w:UsernameToken></w:Security>";
    let message = STAFF.message_with(SOAP11, security, "findUsers", "");
    outcome(&send(&server, STAFF, &[XML], &message)).expect("once");
    let authorization = crate::support::http::basic("admin", PASSWORD);
    let headers = [XML, ("Authorization", &*authorization)];
    let twice = outcome(&send(&server, STAFF, &headers, &message)).err();
    let twice = twice.expect("twice");
    assert_eq!((twice.status, &*twice.kind), (500, "InvalidSecurity"));
}

/// Headers of addressing that have to be understood, as WCF writes them.
fn addressing(namespace: &str) -> String {
    format!(
        "<a:Action xmlns:a=\"{namespace}\" s:mustUnderstand=\"1\">urn:any</a:Action>\
         <a:MessageID xmlns:a=\"{namespace}\">urn:uuid:1&lt;2</a:MessageID>\
         <a:ReplyTo xmlns:a=\"{namespace}\"><a:Address>{namespace}/anonymous</a:Address></a:ReplyTo>\
         <a:To xmlns:a=\"{namespace}\" s:mustUnderstand=\"1\">http://elsewhere.example/</a:To>"
    )
}

#[test]
fn addressed_messages_are_answered_as_they_ask() {
    let server = Server::start();
    for (service, operation, status) in CALLS {
        for version in [SOAP11, SOAP12] {
            let ask = |headers: &str| {
                let message = service.message_with(version, headers, operation, &of(operation));
                let response = send(&server, service, &[XML], &message);
                assert_eq!(response.status, status, "{}", response.text());
                crate::support::Answer(response.text())
            };
            let answer = ask(&addressing(WSA));
            assert_eq!(answer.want("RelatesTo"), "urn:uuid:1<2");
            let action = if status == 200 {
                let port = "LicenseDistributionPort";
                format!("{}:{port}:{operation}Response", service.namespace)
            } else {
                format!("{WSA}/fault")
            };
            assert_eq!(answer.want("Action"), action);
            for headers in [addressing(OLD_WSA), String::new()] {
                let answer = ask(&headers);
                assert_eq!(
                    (answer.get("RelatesTo"), answer.get("Action")),
                    (None, None)
                );
            }
        }
    }
}

/// With addressing and with a digest in one message.
#[test]
fn zeep_sends_addressed_and_signed_messages() {
    const CALL: &str = "import sys, zeep\n\
        from zeep.wsa import WsAddressingPlugin\n\
        from zeep.wsse.username import UsernameToken\n\
        from zeep.plugins import HistoryPlugin\n\
        url, name, secret = sys.argv[1:]\n\
        history = HistoryPlugin()\n\
        service = zeep.Client(url + '/soap/v1?wsdl=soap12', plugins=[WsAddressingPlugin(), history],\n\
        \x20   wsse=UsernameToken(name, secret, use_digest=True)).service\n\
        print(service.findUsers().user[0].login)\n\
        wsa = '{http://www.w3.org/2005/08/addressing}'\n\
        sent = history.last_sent['envelope'].find('.//' + wsa + 'MessageID').text\n\
        got = history.last_received['envelope'].find('.//' + wsa + 'RelatesTo').text\n\
        print('related' if sent == got else 'not related')\n";
    let server = Server::start();
    let token = "<name>ci</name><scope>ADMINISTRATOR</scope><digest>true</digest>";
    let made = Client::new(&server)
        .internal("createToken", token)
        .expect("made");
    let mut command = python();
    command.args([
        "-c",
        CALL,
        &server.url,
        &made.want("id"),
        &made.want("secret"),
    ]);
    let told = succeeded(&command.output().expect("Python runs"));
    assert_eq!(told.lines().collect::<Vec<_>>(), ["admin", "related"]);
}
