//! The SOAP endpoints: from a request's bytes to a reply's. It must not know any operation by name
//! but through its table.

mod observe;
mod operations;
mod refusal;
mod table;
mod wsdl;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use aws_lc_rs::hmac;
use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use hyper::http::request::Parts;
use hyper::{Method, Request, Response, StatusCode};
use lds_domain::access::{Actor, Source};
use lds_domain::service::Services;
use lds_domain::{Code, Error, Result};
use lds_soap::{Context, Envelope, Fault, FaultKind, Service, encode_fault};

use crate::auth::{Authenticator, Credentials};
use crate::correlation::{Correlation, Correlations};
use crate::http::head::Link;
use crate::http::reply::{self, Body};
use crate::http::{body, media, origin};
use crate::options::Options;
use crate::order_ids::WrongOrderIds;
use observe::{Ended, Meter, OK};
use refusal::Refusal;
use table::{Call, Entry, Table};

const INTERNAL_PATH: &str = "/soap/v1";
const ACTIVATION_PATH: &str = "/soap/activation/v1";

/// The service at a path.
pub(crate) fn service_at(path: &str) -> Option<Service> {
    match path {
        INTERNAL_PATH => Some(Service::LicenseDistribution),
        ACTIVATION_PATH => Some(Service::Activation),
        _ => None,
    }
}

const fn path(service: Service) -> &'static str {
    match service {
        Service::LicenseDistribution => INTERNAL_PATH,
        Service::Activation => ACTIVATION_PATH,
    }
}

/// Both endpoints.
pub(crate) struct Endpoint {
    services: Arc<Services>,
    options: Arc<Options>,
    authenticator: Authenticator,
    wrong_order_ids: Arc<WrongOrderIds>,
    correlations: Correlations,
    table: Table,
    unknown: [Meter; 2],
}

/// What is known of a request while it is worked on.
struct Task<'a> {
    service: Service,
    head: &'a Parts,
    address: IpAddr,
    charset: Option<&'a str>,
    /// Filled in as the message is read.
    context: Context,
    /// Filled in as soon as it is known.
    entry: Option<&'a Entry>,
}

impl Endpoint {
    pub(crate) fn new(
        services: Arc<Services>,
        options: Arc<Options>,
        wrong_order_ids: Arc<WrongOrderIds>,
        key: hmac::Key,
    ) -> Self {
        Self {
            wrong_order_ids,
            correlations: Correlations::new(&key),
            authenticator: Authenticator::new(Arc::clone(&services), key),
            table: operations::table(),
            unknown: [Service::LicenseDistribution, Service::Activation].map(Meter::unknown),
            services,
            options,
        }
    }

    /// Answers a request at a service's path.
    pub(crate) async fn answer(
        &self,
        service: Service,
        request: Request<Incoming>,
        peer: IpAddr,
        link: &Link,
    ) -> Response<Body> {
        let (head, body) = request.into_parts();
        match head.method {
            Method::POST => self.post(service, &head, body, peer, link).await,
            Method::GET | Method::HEAD => self.describe(service, &head, peer),
            _ => not_allowed("GET, HEAD, POST"),
        }
    }

    fn describe(&self, service: Service, head: &Parts, peer: IpAddr) -> Response<Body> {
        let Some(version) = wsdl::asked(head.uri.query()) else {
            return not_allowed("POST");
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
        peer: IpAddr,
        link: &Link,
    ) -> Response<Body> {
        let start = Instant::now();
        let content_type = head.headers.get(CONTENT_TYPE).map(HeaderValue::to_str);
        let Some(media::Charset(charset)) =
            media::soap(content_type.transpose().unwrap_or(Some("")))
        else {
            link.linger();
            let text = "SOAP messages are text/xml or application/soap+xml.\n";
            let refusal = reply::refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE, text);
            return reply::closing(refusal);
        };
        let limits = self.options.body_limits();
        let bytes = match body::read(&mut body, &head.headers, limits).await {
            Ok(bytes) => bytes,
            Err(refused) => {
                link.linger();
                return reply::refused_body(refused);
            }
        };
        let mut task = Task {
            service,
            head,
            address: origin::client(peer, &head.headers, &self.options.trusted_proxies),
            charset,
            context: Context::default(),
            entry: None,
        };
        let result = self.work(&mut task, &bytes).await;
        self.reply(&task, result, start)
    }

    async fn work<'a>(&'a self, task: &mut Task<'a>, bytes: &Bytes) -> Result<Vec<u8>, Refusal> {
        let text = lds_soap::decode(bytes, task.charset)?;
        let envelope = Envelope::read(&text).map_err(|rejected| {
            task.context.version = rejected.version;
            rejected.fault
        })?;
        task.context = envelope.context();
        let entry = self.entry(task.service, &envelope)?;
        task.entry = Some(entry);
        let call = Call {
            services: Arc::clone(&self.services),
            actor: self.actor(task, entry, &envelope).await?,
            context: task.context.clone(),
        };
        let running = entry.start(call, envelope)?;
        let result = running.await;
        if let (Err(error), Service::Activation) = (&result, task.service) {
            self.wrong_order_ids.count(task.address, error);
        }
        Ok(result?)
    }

    fn entry(&self, service: Service, envelope: &Envelope<'_>) -> Result<&Entry, Fault> {
        let name = envelope.request();
        Some(name)
            .filter(|name| name.namespace == service.namespace())
            .and_then(|name| self.table.find(service, name.local))
            .ok_or_else(|| Fault::client("The service has no such operation."))
    }

    async fn actor(
        &self,
        task: &Task<'_>,
        entry: &Entry,
        envelope: &Envelope<'_>,
    ) -> Result<Actor, Refusal> {
        if task.service == Service::Activation {
            // Customers show nothing but Order IDs.
            self.wrong_order_ids.admit(task.address)?;
            return Ok(Actor::customer(Some(task.address), Source::Soap));
        }
        let in_message = envelope.credentials().map(Credentials::from);
        let in_headers = Credentials::of_headers(&task.head.headers)?;
        let (credentials, is_in_message) = match (in_message, in_headers) {
            (Some(credentials), Credentials::None) => (credentials, true),
            (None, credentials) => (credentials, false),
            (Some(_), _) => {
                let message = "There are credentials in the message and in HTTP's headers.";
                return Err(Fault::of(FaultKind::InvalidSecurity, message).into());
            }
        };
        if credentials == Credentials::None && !entry.is_open {
            let message = "This operation needs credentials.";
            return Err(Error::new(Code::AuthenticationRequired, message).into());
        }
        let actor = self.authenticator.actor(credentials, task.address).await;
        actor.map_err(|error| {
            let refusal = Refusal::from(error);
            if is_in_message {
                refusal.for_message_credentials()
            } else {
                refusal
            }
        })
    }

    fn reply(
        &self,
        task: &Task<'_>,
        result: Result<Vec<u8>, Refusal>,
        start: Instant,
    ) -> Response<Body> {
        let correlation = self.correlations.draw();
        let (reply, outcome) = match result {
            Ok(bytes) => {
                let content_type = task.context.version.content_type();
                let headers = &task.head.headers;
                (
                    reply::packed(StatusCode::OK, content_type, bytes, headers),
                    OK,
                )
            }
            Err(refusal) => {
                refusal.log(
                    task.entry.map_or("unknown", |entry| entry.name),
                    correlation,
                );
                (
                    fault(task, &refusal, correlation),
                    refusal.fault.code.name(),
                )
            }
        };
        let unknown = &self.unknown[task.service as usize];
        let meter = task.entry.map_or(unknown, |entry| &entry.meter);
        meter.ended(&Ended {
            status: reply.status(),
            outcome,
            time: start.elapsed(),
            correlation,
        });
        reply
    }
}

fn fault(task: &Task<'_>, refusal: &Refusal, correlation: Correlation) -> Response<Body> {
    let fault = &refusal.fault;
    let bytes = encode_fault(&task.context, task.service, fault, &correlation.to_string());
    let status = refusal.status();
    let content_type = task.context.version.content_type();
    let mut reply = reply::packed(status, content_type, bytes, &task.head.headers);
    let headers = reply.headers_mut();
    if status == StatusCode::UNAUTHORIZED {
        let basic = "Basic realm=\"License Distribution Service\", charset=\"UTF-8\"";
        headers.append(WWW_AUTHENTICATE, HeaderValue::from_static(basic));
        headers.append(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(wait) = fault.retry_after_seconds {
        headers.insert(RETRY_AFTER, wait.into());
    }
    reply
}

fn not_allowed(allow: &'static str) -> Response<Body> {
    let text = "SOAP calls are sent with POST; the WSDL is at ?wsdl.\n";
    let mut reply = reply::refusal(StatusCode::METHOD_NOT_ALLOWED, text);
    let allow = HeaderValue::from_static(allow);
    reply.headers_mut().insert(ALLOW, allow);
    reply
}
