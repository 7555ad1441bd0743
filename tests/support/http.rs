//! HTTP byte by byte: sends whatever a test writes, reads one answer at a time.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The longest that an answer may take here: far more than it takes.
const PATIENCE: Duration = Duration::from_mins(1);

/// Name and value.
pub(crate) type Header<'a> = (&'a str, &'a str);

/// A request, whole, with the length of its body.
pub(crate) fn request(method: &str, target: &str, headers: &[Header], body: &[u8]) -> Vec<u8> {
    let length = body.len().to_string();
    let mut all = headers.to_vec();
    if !body.is_empty() || method == "POST" {
        all.push(("Content-Length", &length));
    }
    let mut request = head(method, target, &all);
    request.extend_from_slice(body);
    request
}

/// The head of a request.
pub(crate) fn head(method: &str, target: &str, headers: &[Header]) -> Vec<u8> {
    let mut head = format!("{method} {target} HTTP/1.1\r\n");
    if !headers.iter().any(|(name, _)| *name == "Host") {
        head.push_str("Host: localhost\r\n");
    }
    for (name, value) in headers {
        head.extend([name, ": ", value, "\r\n"]);
    }
    head.push_str("\r\n");
    head.into_bytes()
}

/// The value of an Authorization header.
pub(crate) fn basic(login: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{login}:{password}")))
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Response {
    /// The value of a header; several are joined as HTTP allows it.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let values = self.headers.iter();
        let values: Vec<_> = values
            .filter(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
            .collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("UTF-8")
    }
}

/// A connection of a client.
pub(crate) struct Connection(BufReader<TcpStream>);

impl Connection {
    pub(crate) fn open(address: &str) -> Self {
        let stream = TcpStream::connect(address).expect("the server listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time");
        stream.set_write_timeout(Some(PATIENCE)).expect("a time");
        stream.set_nodelay(true).expect("an option");
        Self(BufReader::new(stream))
    }

    /// Sends bytes; a server that has closed already is none of its concern.
    pub(crate) fn send(&mut self, bytes: &[u8]) {
        match self.0.get_mut().write_all(bytes) {
            Err(error) if is_closed(error.kind()) => {}
            sent => sent.expect("the bytes are sent"),
        }
    }

    /// Sends nothing more, but reads on.
    pub(crate) fn finish_sending(&mut self) {
        self.0.get_mut().shutdown(Shutdown::Write).expect("open");
    }

    /// The next answer; nothing where the server closed instead.
    pub(crate) fn try_receive(&mut self) -> Option<Response> {
        let mut response = self.try_receive_head()?;
        if response.status >= 200 && !matches!(response.status, 204 | 304) {
            response.body = self.body(&response);
        }
        Some(response)
    }

    /// The answer to a HEAD.
    pub(crate) fn receive_head(&mut self) -> Response {
        self.try_receive_head().expect("an answer")
    }

    fn try_receive_head(&mut self) -> Option<Response> {
        let line = self.line()?;
        let status = line.split(' ').nth(1).expect("a status");
        let status = status.parse().expect("a number");
        let mut headers = Vec::new();
        loop {
            let line = self.line().expect("the head is whole");
            if line.is_empty() {
                break;
            }
            let (name, value) = line.split_once(':').expect("a header");
            headers.push((name.to_owned(), value.trim().to_owned()));
        }
        Some(Response {
            status,
            headers,
            body: Vec::new(),
        })
    }

    fn body(&mut self, response: &Response) -> Vec<u8> {
        let length = response.header("Content-Length");
        let length = length.expect("every reply tells its length");
        let mut body = vec![0; length.parse().expect("a number")];
        self.0.read_exact(&mut body).expect("the body is whole");
        body
    }

    /// The next answer.
    pub(crate) fn receive(&mut self) -> Response {
        self.try_receive().expect("an answer")
    }

    /// Sends a request and reads its answer.
    pub(crate) fn exchange(&mut self, request: &[u8]) -> Response {
        self.send(request);
        self.receive()
    }

    /// Whether the server says anything in this time.
    pub(crate) fn has_answer_within(&mut self, time: Duration) -> bool {
        let stream = self.0.get_ref();
        stream.set_read_timeout(Some(time)).expect("a time");
        let answer = stream.peek(&mut [0]);
        stream.set_read_timeout(Some(PATIENCE)).expect("a time");
        answer.is_ok()
    }

    /// Whether the server closes, without another answer.
    pub(crate) fn is_closed(&mut self) -> bool {
        let mut byte = [0];
        match self.0.read(&mut byte) {
            Ok(read) => read == 0,
            Err(error) => is_closed(error.kind()),
        }
    }

    /// A line without its end; nothing where the server closed before it.
    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        match self.0.read_line(&mut line) {
            Ok(0) => None,
            Err(error) if is_closed(error.kind()) => None,
            Err(error) => panic!("no answer: {error}"),
            Ok(_) => Some(line.trim_end_matches(['\r', '\n']).to_owned()),
        }
    }
}

fn is_closed(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::ConnectionReset | ErrorKind::BrokenPipe | ErrorKind::ConnectionAborted
    )
}
