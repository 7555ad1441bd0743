//! A form that arrived: from our own pages, of bounded size, with who sent it.

use std::sync::Arc;

use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use lds_domain::access::{Actor, Source};

use super::form::Fields;
use super::render::Problem;
use super::{ClientAddr, Portal, guard};

/// A form and its sender.
pub(super) struct Submitted {
    /// A customer.
    pub(super) actor: Actor,
    /// What was typed.
    pub(super) fields: Fields,
}

const ELSEWHERE: Problem = Problem {
    title: "This form was sent from another site",
    text: "Nothing was done. Open this page by its own address and enter the Order ID here.",
};

const TOO_LONG: Problem = Problem {
    title: "That is too much text",
    text: "Nothing was done. An Order ID and the host are a few lines; go back and shorten the rest.",
};

const NO_FORM: Problem = Problem {
    title: "The form can't be read",
    text: "Nothing was done. Start again with the Order ID.",
};

impl FromRequest<Arc<Portal>> for Submitted {
    type Rejection = Response;

    async fn from_request(request: Request, portal: &Arc<Portal>) -> Result<Self, Response> {
        if guard::is_cross_site(request.headers(), request.uri()) {
            return Err(portal.pages.problem(StatusCode::FORBIDDEN, &ELSEWHERE));
        }
        let address = request
            .extensions()
            .get()
            .copied()
            .unwrap_or(ClientAddr(None));
        let form = Form::from_request(request, portal).await;
        let Form(pairs) = form.map_err(|rejection| refused(portal, rejection))?;
        let fields = Fields::new(pairs);
        let wrong = &portal.wrong_order_ids;
        wrong
            .admit(wrong.attempt(address.0, fields.order_id()))
            .map_err(|error| portal.ask(&fields, Some(&error)))?;
        Ok(Self {
            actor: Actor::customer(address.0, Source::Portal),
            fields,
        })
    }
}

fn refused(portal: &Portal, rejection: FormRejection) -> Response {
    let status = rejection.into_response().status();
    let problem = match status {
        StatusCode::PAYLOAD_TOO_LARGE => &TOO_LONG,
        _ => &NO_FORM,
    };
    portal.pages.problem(status, problem)
}
