//! The customer portal `/activate`: from an Order ID to the license text, page by page, without a
//! script.
//!
//! The Order ID is the credential. It travels in bodies of forms alone: no URL, title or log has
//! it. The pages know the services and nothing of how they store or generate.

mod assets;
mod form;
mod guard;
mod need;
mod render;
mod submit;
mod view;
mod words;

use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, State as Shared};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use lds_domain::access::Actor;
use lds_domain::license::{File, saved_as};
use lds_domain::service::Services;
use lds_domain::{Code, Error};

use crate::order_ids::WrongOrderIds;

use form::Fields;
use render::{Brand, Pages, Problem};
use submit::Submitted;
use view::{EntryPage, HostPage, LicensePage};
use words::{Note, is_mistyped, status};

/// Longest form, in bytes.
const MAX_FORM: usize = 64 * 1024;

/// What the portal stands on.
#[derive(Clone)]
pub(crate) struct State {
    /// The services.
    pub(crate) services: Arc<Services>,
    /// The vendor's name, as pages show it.
    pub(crate) brand_name: String,
    /// Where customers get help.
    pub(crate) support_email: Option<String>,
    /// Keeps guessers of Order IDs out.
    pub(crate) wrong_order_ids: Arc<WrongOrderIds>,
}

/// The client's address, as an extension of the request; set by whoever knows about proxies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ClientAddr(
    /// Absent where it is not known.
    pub(crate) Option<IpAddr>,
);

struct Portal {
    services: Arc<Services>,
    wrong_order_ids: Arc<WrongOrderIds>,
    pages: Pages,
}

/// The portal's pages and assets.
pub(crate) fn router(state: State) -> Router {
    let brand = Brand {
        name: state.brand_name,
        support: state.support_email,
    };
    let portal = Portal {
        services: state.services,
        wrong_order_ids: state.wrong_order_ids,
        pages: Pages::new(brand),
    };
    let back = || async { Redirect::to("/activate") };
    Router::new()
        .route("/", get(back))
        .route("/activate", get(entry).post(order))
        .route("/activate/license", get(back).post(license))
        .route("/activate/download", get(back).post(download))
        .route("/assets/{file}", get(assets::serve))
        .fallback(missing)
        .layer(DefaultBodyLimit::max(MAX_FORM))
        .layer(from_fn(guard::headers))
        .with_state(Arc::new(portal))
}

/// Asks for the Order ID.
async fn entry(Shared(portal): Shared<Arc<Portal>>) -> Response {
    portal.ask(&Fields::default(), None)
}

/// Asks for what the order's activation needs.
async fn order(Shared(portal): Shared<Arc<Portal>>, submitted: Submitted) -> Response {
    let Submitted { actor, fields } = submitted;
    match portal.services.order_info(&actor, fields.order_id()).await {
        Ok(info) => {
            let page = HostPage::new(&info, &fields, None);
            portal.pages.show(StatusCode::OK, "host.html", &page)
        }
        Err(error) => portal.ask_again(&actor, &fields, &error),
    }
}

/// Makes the license, or shows the one that there is.
async fn license(Shared(portal): Shared<Arc<Portal>>, submitted: Submitted) -> Response {
    let command = match submitted.fields.activate() {
        Ok(command) => command,
        Err(error) => return portal.refuse(&submitted, &error).await,
    };
    match portal.services.activate(&submitted.actor, command).await {
        Ok(issued) => {
            let order_id = submitted.fields.order_id();
            let info = portal.services.order_info(&submitted.actor, order_id).await;
            let page = LicensePage::new(order_id, &issued, info.ok().as_ref());
            portal.pages.show(StatusCode::OK, "license.html", &page)
        }
        Err(error) => portal.refuse(&submitted, &error).await,
    }
}

/// Hands out a file of the license that there is.
async fn download(Shared(portal): Shared<Arc<Portal>>, submitted: Submitted) -> Response {
    let command = match submitted.fields.for_machine() {
        Ok(command) => command,
        Err(error) => return portal.refuse(&submitted, &error).await,
    };
    match portal
        .services
        .fetch_license(&submitted.actor, &command)
        .await
    {
        Ok(issued) => match view::wanted(&issued.license.files, &submitted.fields) {
            Some(file) => attachment(file),
            None => portal.pages.problem(StatusCode::NOT_FOUND, &NO_FILE),
        },
        Err(error) => portal.refuse(&submitted, &error).await,
    }
}

async fn missing(Shared(portal): Shared<Arc<Portal>>) -> Response {
    portal.pages.problem(StatusCode::NOT_FOUND, &NO_PAGE)
}

const NO_PAGE: Problem = Problem {
    title: "There is nothing here",
    text: "The address is wrong or old. With your Order ID you find everything from the start.",
};

const NO_FILE: Problem = Problem {
    title: "There is no such file",
    text: "Open the license again with your Order ID and download it from there.",
};

impl Portal {
    /// The page that asks for the Order ID, with what was typed and why it was refused.
    fn ask(&self, fields: &Fields, refusal: Option<&Error>) -> Response {
        let page = EntryPage {
            order_id: fields.order_id().to_owned(),
            note: refusal.map(Note::refusal),
            at_field: refusal.is_some_and(|error| error.code == Code::OrderNotUsable),
            mistyped: refusal.is_some_and(is_mistyped),
        };
        self.pages.show(answer(refusal), "activate.html", &page)
    }

    /// The same page, after an order was not found or is not served: whoever looks for too many
    /// has to wait.
    fn ask_again(&self, actor: &Actor, fields: &Fields, refusal: &Error) -> Response {
        let wrong = &self.wrong_order_ids;
        wrong.count(wrong.attempt(actor.address, fields.order_id()), refusal);
        self.ask(fields, Some(refusal))
    }

    /// The page that the refused form came from, with all that was typed.
    async fn refuse(&self, submitted: &Submitted, refusal: &Error) -> Response {
        let Submitted { actor, fields } = submitted;
        match self.services.order_info(actor, fields.order_id()).await {
            Ok(info) => {
                let page = HostPage::new(&info, fields, Some(refusal));
                self.pages.show(answer(Some(refusal)), "host.html", &page)
            }
            Err(error) => self.ask_again(actor, fields, &error),
        }
    }
}

/// The status of a page; failures of ours are logged here.
fn answer(refusal: Option<&Error>) -> StatusCode {
    let status = refusal.map_or(StatusCode::OK, status);
    if let Some(error) = refusal.filter(|_| status.is_server_error()) {
        let cause = error.internal.as_deref().unwrap_or_default();
        tracing::error!(code = %error.code, cause, "the portal could not answer");
    }
    status
}

fn attachment(file: &File) -> Response {
    let media_type = HeaderValue::from_str(&file.media_type)
        .unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let named = HeaderValue::from_str(&disposition(&file.name))
        .unwrap_or(HeaderValue::from_static("attachment"));
    let headers = [(CONTENT_TYPE, media_type), (CONTENT_DISPOSITION, named)];
    (headers, Body::from(file.bytes.to_vec())).into_response()
}

/// Names a file so that nothing in the name can end the header's value, or do harm where it is saved.
fn disposition(name: &str) -> String {
    format!("attachment; filename=\"{}\"", saved_as(name))
}

#[cfg(test)]
mod tests;
