//! What a generator says to a product, or to an order with terms or features of its own, before
//! there is a license.

use crate::attribute::Attribute;
use crate::error::{Code, Error, Result, instead, shown};
use crate::generator::{Description, GeneratorInfo, GeneratorState, Problem, RequestProduct};
use crate::host;
use crate::issue;
use crate::product::{Feature, Product};
use crate::service::Services;
use crate::terms::Terms;

/// Problems that one message tells of at most.
const MAX_TOLD: usize = 5;

/// What is to be checked.
pub(super) struct Draft<'a> {
    /// The name of the generator.
    pub(super) generator: &'a str,
    /// The product.
    pub(super) product: RequestProduct,
    /// Its settings.
    pub(super) settings: &'a [Attribute],
    /// The product's or the order's terms.
    pub(super) terms: &'a Terms,
    /// Likewise.
    pub(super) features: &'a [Feature],
}

impl Services {
    /// Types all values, compares kinds, license types and host types with what the generator
    /// declares, and asks its VALIDATE.
    ///
    /// # Errors
    /// `InvalidRequest` with `field`, `ActionNotAllowed`, `GeneratorRejected` and the other codes
    /// of generators.
    pub(super) async fn validate(&self, draft: Draft<'_>) -> Result<()> {
        let Some(generator) = self.installed(draft.generator).await? else {
            return Err(self.no_generator(draft.generator).await?);
        };
        let description = match generator.ready() {
            Ok(description) => description,
            Err(error) => return Err(self.not_in_service(&generator, error).await?),
        };
        check_host_rules(draft.terms, description)?;
        let request = issue::validation(
            draft.product,
            draft.settings,
            draft.terms,
            draft.features,
            &generator,
        )?;
        if !description.validates {
            return Ok(());
        }
        let problems = self.generators.validate(&generator.name, &request).await?;
        match problems.as_slice() {
            [] => Ok(()),
            problems => Err(rejected(problems, draft.settings)),
        }
    }

    async fn no_generator(&self, name: &str) -> Result<Error> {
        let (name, instead) = (shown(name), self.generators_in_service().await?);
        let message = format!("There is no generator {name} in service{instead}");
        Ok(Error::invalid("generator", message))
    }

    /// One that is switched off tells how to switch it on; why one failed is for the operator.
    async fn not_in_service(&self, generator: &GeneratorInfo, error: Error) -> Result<Error> {
        let why = match (generator.state, &generator.message) {
            (GeneratorState::Disabled, Some(why)) => format!(" ({why})"),
            _ => String::new(),
        };
        let (name, instead) = (&generator.name, self.generators_in_service().await?);
        let message = format!("The generator {name} is not in service{why}{instead}");
        Ok(Error { message, ..error }.at("generator"))
    }

    /// Those that a product can name instead.
    async fn generators_in_service(&self) -> Result<String> {
        let all = self.listed().await?;
        let ready = all.iter().filter(|info| info.ready().is_ok());
        Ok(instead(ready.map(|info| info.name.as_str())))
    }
}

/// A rule for a host type that the generator does not take could never be met.
fn check_host_rules(terms: &Terms, description: &Description) -> Result<()> {
    for (i, rule) in terms.host_rules.iter().enumerate() {
        if description.host_type(&rule.host_type).is_none() {
            let refused = host::unsupported(&rule.host_type, description.host_type_names());
            let member = format!("terms.hostRule[{i}].type");
            return Err(Error::invalid(member, refused.message));
        }
    }
    Ok(())
}

fn rejected(problems: &[Problem], settings: &[Attribute]) -> Error {
    let told: Vec<_> = problems
        .iter()
        .take(MAX_TOLD)
        .map(|problem| format!("{} ({})", problem.message, problem.code))
        .collect();
    let error = Error::new(Code::GeneratorRejected, told.join(" "));
    let pointer = problems
        .first()
        .and_then(|problem| problem.field.as_deref());
    match pointer.and_then(|pointer| member(pointer, settings)) {
        Some(member) => error.at(member),
        None => error,
    }
}

/// The member on the wire that a JSON Pointer into the generator's request means, as far as it can
/// be told.
fn member(pointer: &str, settings: &[Attribute]) -> Option<String> {
    let parts: Vec<_> = pointer.split('/').skip(1).map(unescape).collect();
    let parts: Vec<_> = parts.iter().map(String::as_str).collect();
    match parts.as_slice() {
        ["licenseType"] => Some("terms.licenseType".to_owned()),
        ["quantity"] => Some("terms.quantity".to_owned()),
        ["product", member] => Some((*member).to_owned()),
        ["settings", name, ..] => {
            let place = settings.iter().position(|setting| setting.name == *name);
            Some(place.map_or_else(|| "setting".to_owned(), |i| format!("setting[{i}].value")))
        }
        ["features", index, rest @ ..] => {
            let index: usize = index.parse().ok()?;
            let inner = match rest {
                [] => String::new(),
                ["parameters", ..] => ".parameter".to_owned(),
                ["attributes", ..] => ".attribute".to_owned(),
                [member, ..] => format!(".{member}"),
            };
            Some(format!("feature[{index}]{inner}"))
        }
        _ => None,
    }
}

fn unescape(part: &str) -> String {
    part.replace("~1", "/").replace("~0", "~")
}

/// A setting is no member of an order or license: where it does not fit, product and generator have
/// parted.
pub(super) fn told_of_product(error: Error, product: &Product) -> Error {
    let field = error.field.as_deref().unwrap_or_default();
    if !field.starts_with("setting") && field != "generator" {
        return error;
    }
    let message = "The product does not fit its generator any more: store the product anew.";
    Error::new(Code::ActionNotAllowed, message)
        .at("productId")
        .because(format!("{}: {error}", product.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_become_members_of_the_wire() {
        let settings = [Attribute {
            name: "a/b".to_owned(),
            value: "1".to_owned(),
        }];
        for (pointer, expected) in [
            ("/features/3/version", Some("feature[3].version")),
            ("/features/0/parameters/tier", Some("feature[0].parameter")),
            ("/features/2", Some("feature[2]")),
            ("/settings/a~1b", Some("setting[0].value")),
            ("/settings/other", Some("setting")),
            ("/quantity", Some("terms.quantity")),
            ("/product/code", Some("code")),
            ("/features/x/name", None),
            ("", None),
            ("nonsense", None),
        ] {
            assert_eq!(member(pointer, &settings).as_deref(), expected, "{pointer}");
        }
    }
}
