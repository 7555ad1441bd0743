//! A remote generator: this server has its texts written by a service of the same contract, here
//! another server of its own kind, and by services that do not keep to it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::caller::token;
use super::{PATH, call};
use crate::clients::{python, succeeded};
use crate::support::{Client, ETHERNET, Server, Shop};

pub(super) const MACHINE: &str = "00-11-22-AA-BB-CC";

/// A server whose generator `partner` is at this URL.
pub(super) fn server_for(url: &str, more: &str) -> Server {
    Server::start_with(&format!(
        "[remotes.partner]\nurl = \"{url}\"\ntechnology = \"hello\"\n{more}"
    ))
}

/// A server that writes texts for others, and the lines by which another one may ask it.
fn writer() -> (Server, String) {
    let writer = Server::start_with("[plugins.hello]\n");
    let file = writer.folder().join("token");
    std::fs::write(&file, token(&writer, "generator") + "\n").expect("a file");
    let shown = format!("token_file = '{}'\n", file.display());
    (writer, shown)
}

/// The sender's name for a license, by another program.
pub(super) fn fulfillment(license: &str) -> String {
    let script = format!("import uuid; print(uuid.uuid5(uuid.NAMESPACE_OID, '{license}'))");
    let output = python().args(["-c", &script]).output();
    succeeded(&output.expect("Python runs")).trim().to_owned()
}

/// What one server is given for its license is, byte for byte, what the other writes for whoever asks.
#[test]
fn two_servers_understand_each_other() {
    let (writer, shown) = writer();
    let server = server_for(&format!("{}{PATH}", writer.url), &shown);
    let terms = format!(
        "<terms>{ETHERNET}<expiry><kind>FIXED</kind><date>2099-12-31</date></expiry></terms>"
    );
    let shop = Shop::with(Client::new(&server), "partner", "", &terms);
    let license = shop.activate(&shop.order(""), MACHINE).expect("a license");
    let text = license.want("text");
    for part in [
        "Hello, Miller & Sons!",
        "HOST ETHERNET 001122aabbcc",
        "FEATURE base 3.0 0 2099-12-31",
    ] {
        assert!(text.contains(part), "no {part} in {text}");
    }
    let request = format!(
        "<fulfilementID>{}</fulfilementID><fulfillCount>1</fulfillCount>\
         <customHost><hostIdentifier>ETHERNET=001122aabbcc</hostIdentifier></customHost>\
         <expirationDate>2099-12-31T00:00:00</expirationDate>\
         <soldTo><id>0</id><displayName>Miller &amp; Sons</displayName></soldTo>\
         <entitledProducts><name>editor</name><features><name>base</name><count>0</count>\
         <version>3.0</version></features></entitledProducts>\
         <licenseTechnology><name>hello</name></licenseTechnology>",
        fulfillment(&license.want("id"))
    );
    let direct = call(&Client::new(&writer), "GeneratorRequest", &request).expect("a text");
    assert_eq!(text, direct.want("licenseText"));
    let listed = Client::new(&server).internal("findGenerators", "<id>partner</id>");
    let listed = listed.expect("a generator");
    assert_eq!(
        (listed.want("kind"), listed.want("state")),
        ("REMOTE".into(), "READY".into())
    );
}

#[test]
fn what_the_service_refuses_is_the_vendors_no() {
    let (writer, shown) = writer();
    let server = server_for(&format!("{}{PATH}/nobody", writer.url), &shown);
    let told = trial(&server);
    assert_eq!(told.0, "REJECTED");
    let without = server_for(&format!("{}{PATH}", writer.url), "");
    assert_eq!(trial(&without).0, "UNAVAILABLE");
}

/// How a test of the generator ends.
fn trial(server: &Server) -> (String, String) {
    let tried = Client::new(server).internal("testGenerator", "<name>partner</name>");
    let tried = tried.unwrap_or_else(|fault| panic!("{fault:?}"));
    (
        tried.want("status"),
        tried.get("message").unwrap_or_default(),
    )
}

/// A service that does this with each connection, once the request is there.
fn stub(answer: impl Fn(&mut TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("its address"));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            read_request(&mut stream);
            answer(&mut stream);
        }
    });
    url
}

/// To its end: what is not read makes the system end the connection before the reply is through.
fn read_request(stream: &mut TcpStream) {
    let (mut request, mut piece) = (Vec::new(), [0; 4096]);
    while !request.ends_with(b"Envelope>") {
        match stream.read(&mut piece) {
            Ok(count) if count > 0 => request.extend_from_slice(&piece[..count]),
            _ => return,
        }
    }
}

fn reply(status: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/xml\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n{body}"
    )
}

fn envelope(body: &str) -> String {
    format!(
        "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Body>{body}</e:Body>\
         </e:Envelope>"
    )
}

fn response(content: &str) -> String {
    let namespace = crate::support::GENERATOR;
    envelope(&format!(
        "<GeneratorResponse xmlns=\"{namespace}\">{content}</GeneratorResponse>"
    ))
}

fn fault(name: &str) -> String {
    envelope(&format!(
        "<e:Fault><faultcode>e:Server</faultcode><faultstring>No.</faultstring><detail>\
         <x:licGeneratorException xmlns:x=\"{}\"><x:message>Not so.</x:message><x:name>{name}</x:name>\
         </x:licGeneratorException></detail></e:Fault>",
        crate::support::GENERATOR
    ))
}

#[test]
fn whatever_a_service_answers_has_a_name() {
    let good = "<complete>true</complete><licenseText>TEXT</licenseText>";
    let binary = "<complete>true</complete><binaryLicense>AAE=</binaryLicense>";
    for (reply, status) in [
        (reply("200 OK", &response(good)), "OK"),
        (reply("200 OK", &response(binary)), "OK"),
        (
            reply("200 OK", &response("<complete>false</complete>")),
            "UNAVAILABLE",
        ),
        (
            reply("200 OK", &response("<complete>true</complete>")),
            "BAD_OUTPUT",
        ),
        (
            reply("200 OK", &response("<complete>maybe</complete>")),
            "BAD_OUTPUT",
        ),
        (reply("200 OK", &envelope("<Status/>")), "BAD_OUTPUT"),
        (reply("200 OK", &envelope("")), "BAD_OUTPUT"),
        (reply("200 OK", "<html>Hello</html>"), "BAD_OUTPUT"),
        (reply("200 OK", "no XML"), "BAD_OUTPUT"),
        (reply("200 OK", ""), "BAD_OUTPUT"),
        (
            reply("200 OK", "<!DOCTYPE x [<!ENTITY e 'x'>]><x>&e;</x>"),
            "BAD_OUTPUT",
        ),
        (reply("500 Error", &fault("InvalidRequest")), "REJECTED"),
        (reply("500 Error", &fault("GeneratorRejected")), "REJECTED"),
        (
            reply("500 Error", &fault("ProductValidationException")),
            "REJECTED",
        ),
        (reply("500 Error", &fault("GeneratorFailed")), "UNAVAILABLE"),
        (reply("500 Error", &fault("")), "UNAVAILABLE"),
        (reply("500 Error", "<html>Oops</html>"), "BAD_OUTPUT"),
        (reply("404 Not Found", ""), "UNAVAILABLE"),
        (reply("204 No Content", ""), "UNAVAILABLE"),
        (
            reply("302 Found", "").replace("\r\n\r\n", "\r\nLocation: /\r\n\r\n"),
            "UNAVAILABLE",
        ),
        ("SSH-2.0-OpenSSH_9.2\r\n".to_owned(), "UNAVAILABLE"),
        // It closes before, and in the middle.
        (String::new(), "UNAVAILABLE"),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<e:Env".to_owned(),
            "UNAVAILABLE",
        ),
    ] {
        let shown = reply.clone();
        let url = stub(move |stream| drop(stream.write_all(reply.as_bytes())));
        let server = server_for(&url, "");
        let (ended, message) = trial(&server);
        assert_eq!(ended, status, "{shown}\n{message}");
    }
}

/// Any code but 0 is a no, below 0 too, and the vendor's words are handed on.
#[test]
fn the_status_of_a_product_is_the_vendors_word() {
    let product = "<product><code>editor</code><name>Editor</name><generator>partner</generator>\
        <feature><name>base</name><version>3.0</version><count>0</count></feature><terms/></product>";
    for (status, refused) in [
        ("<code>0</code>", None),
        ("", None),
        (
            "<message>Not sold.</message><code>7</code>",
            Some("Not sold."),
        ),
        (
            "<message>Not sold.</message><code>-7</code>",
            Some("Not sold."),
        ),
    ] {
        let namespace = crate::support::GENERATOR;
        let status = envelope(&format!("<Status xmlns=\"{namespace}\">{status}</Status>"));
        let reply = reply("200 OK", &status);
        let url = stub(move |stream| drop(stream.write_all(reply.as_bytes())));
        let stored = Client::new(&server_for(&url, "")).internal("storeProducts", product);
        let stored = stored.expect("an answer");
        let code = refused.map(|_| "GeneratorRejected".to_owned());
        let told = stored.elements("failure").pop();
        let told = told.map(|failure| (failure.want("code"), failure.want("message")));
        let expected = code.zip(refused.map(str::to_owned));
        assert_eq!(told, expected, "{status}");
    }
}

#[test]
fn a_service_that_hangs_or_trickles_is_left_in_time() {
    for trickles in [false, true] {
        let url = stub(move |stream| {
            let head = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n";
            let mut sent = Ok(());
            while sent.is_ok() && trickles {
                sent = stream.write_all(head.as_bytes());
                std::thread::sleep(Duration::from_millis(20));
            }
            // Until the other side gives up.
            let _ = stream.read(&mut [0; 64]);
        });
        let server = server_for(&url, "time_ms = 300\n");
        let started = Instant::now();
        assert_eq!(trial(&server).0, "TIMEOUT", "{trickles}");
        assert!(started.elapsed() < Duration::from_secs(3));
    }
}

#[test]
fn a_reply_without_end_is_cut_off() {
    let url = stub(|stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
        while stream.write_all(&[b'x'; 4096]).is_ok() {}
    });
    let server = server_for(&url, "output_kib = 64\n");
    assert_eq!(trial(&server).0, "OUTPUT_LIMIT");
}

/// Serves one certificate, and answers with a good text.
const TLS: &str = r#"
import http.server, ssl, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        body = sys.argv[2].encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1])
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_port, flush=True)
server.serve_forever()
"#;

#[test]
fn a_certificate_that_nobody_vouches_for_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("server.pem");
    let path = file.to_str().expect("UTF-8");
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-nodes",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
        ])
        .args([
            "-days",
            "2",
            "-subj",
            "/CN=partner",
            "-keyout",
            path,
            "-out",
        ])
        .arg(folder.path().join("ca.pem"))
        .args([
            "-addext",
            "subjectAltName=IP:127.0.0.1",
            "-addext",
            "basicConstraints=critical,CA:FALSE",
        ])
        .output();
    succeeded(&made.expect("openssl runs"));
    let certificate = std::fs::read(folder.path().join("ca.pem")).expect("a certificate");
    let mut both = std::fs::read(&file).expect("a key");
    both.extend_from_slice(&certificate);
    std::fs::write(&file, both).expect("both");
    let text = response("<complete>true</complete><licenseText>TEXT</licenseText>");
    let mut service = python()
        .args(["-c", TLS, path, &text])
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python runs");
    let mut port = String::new();
    let output = service.stdout.take().expect("its output");
    BufReader::new(output).read_line(&mut port).expect("a port");
    let url = format!("https://127.0.0.1:{}/", port.trim());
    let known = format!("ca_file = '{}'\n", folder.path().join("ca.pem").display());
    let vouched = trial(&server_for(&url, &known));
    let strange = trial(&server_for(&url, ""));
    let _ = service.kill();
    let _ = service.wait();
    assert_eq!(vouched.0, "OK", "{}", vouched.1);
    assert_eq!(strange.0, "UNAVAILABLE");
    assert!(strange.1.contains("certificate"), "{}", strange.1);
}

#[test]
fn a_remote_that_can_not_be_used_is_listed_with_the_reason() {
    for (url, more, reason) in [
        (
            "ftp://partner.example",
            "",
            "url does not begin with https:// or http://",
        ),
        (
            "https://partner.example",
            "token_file = \"/nowhere/token\"\n",
            "/nowhere/token",
        ),
        (
            "https://partner.example",
            "user = \"me\"\n",
            "user with password_file",
        ),
        (
            "https://partner.example",
            "ca_file = \"/nowhere/ca.pem\"\n",
            "/nowhere/ca.pem",
        ),
        (
            "https://partner.example",
            "description = \"/nowhere/d.json\"\n",
            "/nowhere/d.json",
        ),
        (
            "https://partner.example",
            "enabled = false\n",
            "[remotes.partner]",
        ),
    ] {
        let server = server_for(url, more);
        let listed = Client::new(&server).internal("findGenerators", "<id>partner</id>");
        let message = listed.expect("a generator").want("message");
        assert!(message.contains(reason), "{message}");
    }
}
