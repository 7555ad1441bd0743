//! Messages as a test wants them, whole, and their answers with everything that a fault says.

use super::client::{ACTIVATION, Answer, INTERNAL};
use super::http::{Connection, Header, Response, request};
use super::server::Server;
use super::validity;

pub(crate) const SOAP11: &str = "http://schemas.xmlsoap.org/soap/envelope/";
pub(crate) const SOAP12: &str = "http://www.w3.org/2003/05/soap-envelope";
/// What a message of SOAP 1.1 comes as.
pub(crate) const XML: Header<'static> = ("Content-Type", "text/xml; charset=utf-8");

/// One of the services.
#[derive(Clone, Copy)]
pub(crate) struct Service {
    pub(crate) path: &'static str,
    pub(crate) namespace: &'static str,
}

pub(crate) const STAFF: Service = Service {
    path: "/soap/v1",
    namespace: INTERNAL,
};
pub(crate) const CUSTOMERS: Service = Service {
    path: "/soap/activation/v1",
    namespace: ACTIVATION,
};

impl Service {
    /// An envelope of SOAP 1.1.
    pub(crate) fn message(self, operation: &str, content: &str) -> String {
        self.message_with(SOAP11, "", operation, content)
    }

    /// An envelope of a version, with headers.
    pub(crate) fn message_with(
        self,
        version: &str,
        headers: &str,
        operation: &str,
        content: &str,
    ) -> String {
        format!(
            "<s:Envelope xmlns:s=\"{version}\"><s:Header>{headers}</s:Header><s:Body>\
             <{operation} xmlns=\"{}\">{content}</{operation}></s:Body></s:Envelope>",
            self.namespace
        )
    }
}

/// A fault with its surroundings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    /// SOAP's own code, without prefix.
    pub(crate) kind: String,
    /// Ours.
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) field: Option<String>,
    pub(crate) retry_after_seconds: Option<u32>,
    pub(crate) correlation_id: String,
}

/// The answer to a message.
pub(crate) fn outcome(response: &Response) -> Result<Answer, Box<Refusal>> {
    let answer = Answer(response.text());
    let kind = answer.get("faultcode").or_else(|| answer.get("Value"));
    let Some(kind) = kind else {
        assert_eq!(response.status, 200, "{}", answer.0);
        return Ok(answer);
    };
    let seconds = answer.get("retryAfterSeconds");
    Err(Box::new(Refusal {
        status: response.status,
        kind: kind.rsplit(':').next().unwrap_or_default().to_owned(),
        code: answer.get("code").unwrap_or_default(),
        message: answer.get("message").unwrap_or_default(),
        field: answer.get("field"),
        retry_after_seconds: seconds.map(|seconds| seconds.parse().expect("a number")),
        correlation_id: answer.get("correlationId").unwrap_or_default(),
    }))
}

impl Server {
    /// A new connection of a client.
    pub(crate) fn connect(&self) -> Connection {
        Connection::open(self.url.trim_start_matches("http://"))
    }

    /// Gets a page.
    pub(crate) fn get(&self, target: &str, headers: &[Header]) -> Response {
        self.connect()
            .exchange(&request("GET", target, headers, b""))
    }

    /// Sends a message to a service on a connection of its own.
    pub(crate) fn post(&self, service: Service, headers: &[Header], message: &[u8]) -> Response {
        let request = request("POST", service.path, headers, message);
        let response = self.connect().exchange(&request);
        validity::keep(&self.url, &String::from_utf8_lossy(&response.body));
        response
    }

    /// Asks what needs neither credentials nor storage: the server must still be well.
    pub(crate) fn assert_answers(&self) {
        let message = STAFF.message("getServiceInfo", "");
        let response = self.post(STAFF, &[XML], message.as_bytes());
        let answer = outcome(&response).expect("the server answers");
        assert_eq!(answer.want("product"), "License Distribution Service");
    }
}
