//! A call: from the bytes of a message to those of its reply or fault.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use hyper::header::{HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use hyper::http::request::Parts;
use hyper::{Response, StatusCode};
use lds_domain::access::{Actor, Source};
use lds_domain::{Code, Error};
use lds_soap::{Context, Envelope, Fault, FaultKind, Service, encode_fault};

use super::generator::Route;
use super::observe::{Ended, OK};
use super::refusal::Refusal;
use super::table::{Call, Entry};
use super::{Endpoint, generator_at};
use crate::auth::Credentials;
use crate::correlation::Correlation;
use crate::http::media::Charset;
use crate::http::reply::{self, Body};

/// What is known of a call while it is worked on.
pub(super) struct Task<'a> {
    service: Service,
    head: &'a Parts,
    address: IpAddr,
    charset: Charset<'a>,
    /// Known once the envelope was read.
    context: Context,
    /// Known once the request's name was read.
    entry: Option<&'a Entry>,
}

impl<'a> Task<'a> {
    /// A call from an address.
    pub(super) fn new(
        service: Service,
        head: &'a Parts,
        address: IpAddr,
        charset: Charset<'a>,
    ) -> Self {
        Self {
            service,
            head,
            address,
            charset,
            context: Context::default(),
            entry: None,
        }
    }
}

impl Endpoint {
    /// Does what a message asks for, answers, and tells of it.
    pub(super) async fn call<'a>(
        &'a self,
        mut task: Task<'a>,
        bytes: &[u8],
        since: Instant,
    ) -> Response<Body> {
        let result = self.work(&mut task, bytes).await;
        let correlation = self.correlations.draw();
        let unknown = &self.unknown[task.service as usize];
        let meter = task.entry.map_or(unknown, |entry| &entry.meter);
        let outcome = match &result {
            Ok(_) => OK,
            Err(refusal) => {
                refusal.log(meter.operation(), correlation);
                refusal.fault.code.name()
            }
        };
        let reply = task.reply(result, correlation);
        meter.ended(&Ended {
            status: reply.status(),
            outcome,
            time: since.elapsed(),
            correlation,
        });
        reply
    }

    async fn work<'a>(&'a self, task: &mut Task<'a>, bytes: &[u8]) -> Result<Vec<u8>, Refusal> {
        let text = lds_soap::decode(bytes, task.charset.0)?;
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
            wrong_order_ids: Arc::clone(&self.wrong_order_ids),
            route: self.route(task),
            body_limit: self.options.body_limit,
        };
        Ok(entry.start(call, envelope)?.await?)
    }

    /// Which generators another license server means.
    fn route(&self, task: &Task<'_>) -> Route {
        Route {
            named: generator_at(task.head.uri.path()).map(str::to_owned),
            options: Arc::clone(&self.options),
        }
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
            // Customers show nothing but Order IDs, which are in the request.
            return Ok(Actor::customer(Some(task.address), Source::Soap));
        }
        let in_headers = Credentials::of_headers(&task.head.headers)?;
        let Some(in_message) = envelope.credentials() else {
            if in_headers == Credentials::None
                && task.service == Service::Generator
                && self.options.generator.lets_in(task.address)
            {
                return Ok(Actor::by_address(task.address, Source::Soap));
            }
            if in_headers == Credentials::None && !entry.is_open {
                let message = "This operation needs credentials.";
                return Err(Error::new(Code::AuthenticationRequired, message).into());
            }
            return Ok(self.authenticator.actor(in_headers, task.address).await?);
        };
        if in_headers != Credentials::None {
            let message = "There are credentials in the message and in the HTTP headers.";
            return Err(Fault::of(FaultKind::InvalidSecurity, message).into());
        }
        self.authenticator
            .actor(in_message.into(), task.address)
            .await
            .map_err(|error| Refusal::from(error).for_message_credentials())
    }
}

impl Task<'_> {
    fn reply(&self, result: Result<Vec<u8>, Refusal>, correlation: Correlation) -> Response<Body> {
        match result {
            Ok(bytes) => self.packed(StatusCode::OK, bytes),
            Err(refusal) => self.fault(&refusal, correlation),
        }
    }

    fn packed(&self, status: StatusCode, bytes: Vec<u8>) -> Response<Body> {
        let content_type = self.context.version.content_type();
        reply::packed(status, content_type, bytes, &self.head.headers)
    }

    fn fault(&self, refusal: &Refusal, correlation: Correlation) -> Response<Body> {
        let fault = &refusal.fault;
        let correlation = correlation.to_string();
        let bytes = encode_fault(&self.context, self.service, fault, &correlation);
        let status = refusal.status();
        let mut reply = self.packed(status, bytes);
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
}
