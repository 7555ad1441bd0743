//! A license generator: writes a text that names the license, its hosts and features.

use lds_plugin_api::document::{
    Description, ExpectedFile, Feature, File, GenerateRequest, GenerateResult, Problem,
};
use lds_plugin_api::{Generator, Outcome, generator, hosts};

struct Hello;

#[generator]
impl Generator for Hello {
    fn describe() -> Description {
        let mut description = Description::new("hello", "1.0.0", "Example");
        description.host_types = vec![hosts::ethernet()];
        description.files = vec![ExpectedFile {
            name: "license.txt".into(),
            media_type: "text/plain".into(),
        }];
        description
    }

    fn generate(request: GenerateRequest) -> Outcome<GenerateResult> {
        let text = license(&request)?;
        let file = File::text("license.txt", "text/plain", text);
        Ok(GenerateResult::new([file]))
    }
}

fn license(request: &GenerateRequest) -> Outcome<String> {
    let mut text = String::new();
    if request.dry_run {
        line(&mut text, "NOT FOR USE: a preview.")?;
    }
    line(&mut text, &format!("Hello, {}!", or(&request.licensee, "world")))?;
    line(&mut text, &format!("LICENSE {}", request.license_id))?;
    line(&mut text, &format!("PRODUCT {}", request.product.code))?;
    line(&mut text, &format!("ISSUED {}", request.today))?;
    line(&mut text, &format!("STARTS {}", or(&request.starts_on, "at once")))?;
    line(&mut text, &format!("EXPIRES {}", or(&request.expires_on, "never")))?;
    for host in &request.hosts {
        line(&mut text, &format!("HOST {} {}", host.host_type, host.value))?;
    }
    for Feature { name, version, count, expires_on, .. } in &request.features {
        let (version, expires) = (or(version, "-"), or(expires_on, "never"));
        line(&mut text, &format!("FEATURE {name} {version} {count} {expires}"))?;
    }
    Ok(text)
}

/// A name with a line break in it would forge a line: such a request is refused.
fn line(text: &mut String, line: &str) -> Outcome<()> {
    if line.chars().any(|c| c < ' ') {
        let message = "A name or value contains a line break or control character.";
        return Err(Problem::new("CONTROL_CHARACTER", message).into());
    }
    text.push_str(line);
    text.push('\n');
    Ok(())
}

fn or<'a>(value: &'a Option<String>, otherwise: &'a str) -> &'a str {
    value.as_deref().unwrap_or(otherwise)
}
