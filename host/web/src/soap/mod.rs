//! The SOAP endpoints: methods, media types and bodies here, what is in the bodies in `call`. Which
//! operations there are is known to one table alone.

mod call;
mod generator;
mod observe;
mod operations;
mod refusal;
mod table;
mod wsdl;

use std::net::IpAddr;
use std::sync::Arc;

use aws_lc_rs::hmac;
use hyper::body::Incoming;
use hyper::header::CONTENT_TYPE;
use hyper::http::request::Parts;
use hyper::{Method, Request, Response, StatusCode};
use lds_domain::service::Services;
use lds_soap::Service;

use crate::auth::Authenticator;
use crate::correlation::Correlations;
use crate::http::connection::Arrival;
use crate::http::reply::{self, Body};
use crate::http::room::{Held, Room};
use crate::http::{body, media, origin};
use crate::options::Options;
use crate::order_ids::WrongOrderIds;
use call::Task;
use observe::Meter;
use table::Table;

const INTERNAL_PATH: &str = "/soap/v1";
const ACTIVATION_PATH: &str = "/soap/activation/v1";
/// Behind it, a generator's name may stand.
const GENERATOR_PATH: &str = "/flexnet/services/LicenseGeneratorService";

/// The service at a path.
pub(crate) fn service_at(path: &str) -> Option<Service> {
    match path {
        INTERNAL_PATH => Some(Service::LicenseDistribution),
        ACTIVATION_PATH => Some(Service::Activation),
        GENERATOR_PATH => Some(Service::Generator),
        _ => generator_at(path).map(|_| Service::Generator),
    }
}

/// The generator that a path names.
fn generator_at(path: &str) -> Option<&str> {
    let name = path.strip_prefix(GENERATOR_PATH)?.strip_prefix('/')?;
    let plain = |sign: u8| sign.is_ascii_alphanumeric() || matches!(sign, b'-' | b'_' | b'.');
    (!name.is_empty() && name.bytes().all(plain)).then_some(name)
}

/// Whether a path that is no service's was meant to be one.
pub(crate) fn is_near(path: &str) -> bool {
    path == "/soap" || path.starts_with("/soap/")
}

/// The answer at such a path, for whoever configured it. The body is not read, so the connection
/// ends.
pub(crate) fn no_service() -> Response<Body> {
    let text = "There is no service at this path. The vendor's is at /soap/v1, the customers' at \
                /soap/activation/v1; the WSDL of each is at ?wsdl.\n";
    reply::closing(reply::refusal(StatusCode::NOT_FOUND, text))
}

const fn path(service: Service) -> &'static str {
    match service {
        Service::LicenseDistribution => INTERNAL_PATH,
        Service::Activation => ACTIVATION_PATH,
        Service::Generator => GENERATOR_PATH,
    }
}

/// All endpoints.
pub(crate) struct Endpoint {
    services: Arc<Services>,
    options: Arc<Options>,
    room: Room,
    authenticator: Authenticator,
    wrong_order_ids: Arc<WrongOrderIds>,
    correlations: Correlations,
    table: Table,
    unknown: [Meter; 3],
}

/// A reply, and to what.
pub(crate) enum Answer {
    /// To a call, which has told of itself.
    Call(Response<Body>),
    /// To a request that did not become one.
    Other(Response<Body>),
}

impl Endpoint {
    pub(crate) fn new(
        services: Arc<Services>,
        options: Arc<Options>,
        room: Room,
        wrong_order_ids: Arc<WrongOrderIds>,
        key: hmac::Key,
    ) -> Self {
        Self {
            wrong_order_ids,
            correlations: Correlations::new(&key),
            authenticator: Authenticator::new(Arc::clone(&services), key),
            table: operations::table(),
            unknown: [
                Service::LicenseDistribution,
                Service::Activation,
                Service::Generator,
            ]
            .map(Meter::unknown),
            services,
            options,
            room,
        }
    }

    /// Answers a request at a service's path.
    pub(crate) async fn answer(
        &self,
        service: Service,
        request: Request<Incoming>,
        arrival: Arrival<'_>,
    ) -> Answer {
        let (head, body) = request.into_parts();
        match head.method {
            Method::POST => self.post(service, &head, body, arrival).await,
            Method::GET | Method::HEAD => {
                Answer::Other(self.describe(service, &head, arrival.peer))
            }
            _ => Answer::Other(not_allowed(wsdl::asked(head.uri.query()).is_some())),
        }
    }

    fn describe(&self, service: Service, head: &Parts, peer: IpAddr) -> Response<Body> {
        let Some(version) = wsdl::asked(head.uri.query()) else {
            return not_allowed(false);
        };
        let options = &self.options;
        let told = || origin::base_url(peer, &head.headers, &options.trusted_proxies);
        let base_url = options.public_url.clone().or_else(told);
        wsdl::serve(service, version, base_url.as_deref(), head)
    }

    async fn post(
        &self,
        service: Service,
        head: &Parts,
        mut body: Incoming,
        arrival: Arrival<'_>,
    ) -> Answer {
        match self.read(service, head, &mut body, arrival.peer).await {
            Ok((task, bytes)) => Answer::Call(self.call(task, &bytes, arrival.at).await),
            Err(refusal) => {
                arrival.link.linger();
                Answer::Other(refusal)
            }
        }
    }

    /// What is to be done, and the message that tells it.
    async fn read<'a>(
        &self,
        service: Service,
        head: &'a Parts,
        body: &mut Incoming,
        peer: IpAddr,
    ) -> Result<(Task<'a>, Held), Response<Body>> {
        let charset = content_type(head).and_then(media::soap);
        let charset = charset.ok_or_else(unsupported)?;
        let address = origin::client(peer, &head.headers, &self.options.trusted_proxies)
            .map_err(reply::bad_request)?;
        let bytes = body::read(body, &head.headers, self.options.body_limits(), &self.room)
            .await
            .map_err(reply::refused_body)?;
        Ok((Task::new(service, head, address, charset), bytes))
    }
}

/// The content type, empty where there is none; `None` where it is no text.
fn content_type(head: &Parts) -> Option<&str> {
    match head.headers.get(CONTENT_TYPE) {
        Some(value) => value.to_str().ok(),
        None => Some(""),
    }
}

fn unsupported() -> Response<Body> {
    let text = "SOAP messages are text/xml or application/soap+xml.\n";
    reply::closing(reply::refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE, text))
}

/// A method that the resource does not take: a description is read and called, the rest of a
/// service's path called alone.
fn not_allowed(is_description: bool) -> Response<Body> {
    let text = "SOAP calls are sent with POST; the WSDL is at ?wsdl.\n";
    let allow = if is_description {
        "GET, HEAD, POST"
    } else {
        "POST"
    };
    reply::not_allowed(allow, text)
}
