//! The public interfaces as one service: SOAP by a direct way, everything else through the router
//! of the pages.

use std::sync::Arc;

use aws_lc_rs::hmac;
use axum::Router;
use http_body_util::Either;
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response};
use lds_domain::service::Services;
use tower::ServiceExt;

use crate::http::connection::{Arrival, Service};
use crate::http::reply::{self, Body};
use crate::http::room::Room;
use crate::http::{body, check, origin};
use crate::observe::Seen;
use crate::options::Options;
use crate::order_ids::WrongOrderIds;
use crate::portal::{self, ClientAddr};
use crate::soap::{Answer, Endpoint, is_near, no_service, service_at};

/// Bytes of a form at most; no page sends more.
const FORM: usize = 64 << 10;

/// Everything that is served to the public.
pub(crate) struct App {
    soap: Endpoint,
    pages: Router,
    options: Arc<Options>,
    room: Room,
}

impl App {
    pub(crate) fn new(services: Arc<Services>, options: Options, random_key: &[u8; 32]) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, random_key);
        let options = Arc::new(options);
        let room = Room::new(options.body_limit);
        let wrong_order_ids = Arc::new(WrongOrderIds::default());
        Self {
            pages: portal::router(portal::State {
                services: Arc::clone(&services),
                brand_name: options.branding.name.clone(),
                support_email: options.branding.support_email.clone(),
                wrong_order_ids: Arc::clone(&wrong_order_ids),
            }),
            soap: Endpoint::new(
                services,
                Arc::clone(&options),
                room.clone(),
                wrong_order_ids,
                key,
            ),
            options,
            room,
        }
    }

    /// Forms are small: they are read as a whole, within the same limits as messages.
    async fn page(&self, request: Request<Incoming>, arrival: Arrival<'_>) -> Response<Body> {
        let (head, mut body) = request.into_parts();
        let proxies = &self.options.trusted_proxies;
        let address = match origin::client(arrival.peer, &head.headers, proxies) {
            Ok(address) => address,
            Err(text) => {
                arrival.link.linger();
                return reply::bad_request(text);
            }
        };
        let mut limits = self.options.body_limits();
        limits.size = limits.size.min(FORM);
        let form = match body::read(&mut body, &head.headers, limits, &self.room).await {
            Ok(form) => form,
            Err(refused) => {
                arrival.link.linger();
                return reply::refused_body(refused);
            }
        };
        let mut request = Request::from_parts(head, axum::body::Body::from(Bytes::clone(&form)));
        request.extensions_mut().insert(ClientAddr(Some(address)));
        match self.pages.clone().oneshot(request).await {
            Ok(response) => response.map(Either::Right),
            Err(never) => match never {},
        }
    }
}

impl Service for App {
    async fn call(&self, request: Request<Incoming>, arrival: Arrival<'_>) -> Response<Body> {
        let seen = Seen::new(&request, arrival.at);
        let reply = match check::check(&request, arrival.link) {
            Err(text) => {
                arrival.link.linger();
                reply::bad_request(text)
            }
            Ok(()) => match service_at(request.uri().path()) {
                None if is_near(request.uri().path()) => {
                    arrival.link.linger();
                    no_service()
                }
                None => self.page(request, arrival).await,
                Some(service) => match self.soap.answer(service, request, arrival).await {
                    Answer::Call(reply) => return reply,
                    Answer::Other(reply) => reply,
                },
            },
        };
        seen.answered(&reply);
        reply
    }
}
