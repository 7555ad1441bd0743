//! Templates, embedded in the binary, and the answers made from them. Values are escaped on their
//! way into a page, and a value that a template names but nobody gave is an error.

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, context};
use serde::Serialize;

const TEMPLATES: [(&str, &str); 6] = [
    ("base.html", include_str!("../../templates/base.html")),
    ("parts.html", include_str!("../../templates/parts.html")),
    (
        "activate.html",
        include_str!("../../templates/activate.html"),
    ),
    ("host.html", include_str!("../../templates/host.html")),
    ("license.html", include_str!("../../templates/license.html")),
    ("problem.html", include_str!("../../templates/problem.html")),
];

/// What stands on every page.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Brand {
    /// The vendor's name.
    pub(super) name: String,
    /// Where customers get help.
    pub(super) support: Option<String>,
}

/// The templates with what stands on every page.
pub(super) struct Pages {
    templates: Environment<'static>,
    brand: Brand,
}

/// A page for what no form can mend.
#[derive(Debug, Serialize)]
pub(super) struct Problem {
    /// A few words.
    pub(super) title: &'static str,
    /// What to do next.
    pub(super) text: &'static str,
}

impl Pages {
    /// Reads the templates.
    pub(super) fn new(brand: Brand) -> Self {
        let mut templates = Environment::new();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        templates.set_auto_escape_callback(|_| AutoEscape::Html);
        for (name, source) in TEMPLATES {
            // A template that is none shows up when its page is asked for, and in the tests.
            if let Err(error) = templates.add_template(name, source) {
                tracing::error!(%error, name, "a template is broken");
            }
        }
        Self { templates, brand }
    }

    /// A page of this template.
    pub(super) fn show(&self, status: StatusCode, name: &str, page: &impl Serialize) -> Response {
        match self.render(name, page) {
            Ok(text) => (status, Html(text)).into_response(),
            Err(error) => {
                tracing::error!(%error, name, "a page could not be made");
                let text = "That went wrong on our side. Try again in a minute.";
                (StatusCode::INTERNAL_SERVER_ERROR, text).into_response()
            }
        }
    }

    /// A page for what no form can mend.
    pub(super) fn problem(&self, status: StatusCode, problem: &Problem) -> Response {
        self.show(status, "problem.html", problem)
    }

    fn render(&self, name: &str, page: &impl Serialize) -> Result<String, minijinja::Error> {
        let (brand, page) = (Serde(&self.brand), Serde(page));
        let template = self.templates.get_template(name)?;
        template.render(context! { brand, page })
    }
}

#[cfg(test)]
mod tests;
