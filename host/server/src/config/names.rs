//! Variables of the environment that look like settings and are none.

use serde_json::Value;

use super::layers::PREFIX;
use super::{Config, ConfigError, show};

/// How alike two names must be for one to be a slip of the other; 1 is equal. Higher than for keys
/// of a file: an orchestrator gives variables such as `LDS_SERVICE_PORT` to every container.
const LIKENESS: f64 = 0.8;
/// The file itself is named by a variable as well.
const CONFIG: &str = "LDS_CONFIG";

/// Refuses a variable that is a slip of a known one: whoever set it believes that it counts.
pub(super) fn refuse_slip(name: &str) -> Result<(), ConfigError> {
    let likeness = |known: &str| strsim::normalized_damerau_levenshtein(&bare(known), &bare(name));
    let known = variables();
    if known.iter().any(|known| known == name) {
        return Ok(());
    }
    let near = known
        .iter()
        .map(|known| (likeness(known), known))
        .filter(|(likeness, _)| *likeness >= LIKENESS)
        .max_by(|one, other| one.0.total_cmp(&other.0));
    match near {
        Some((_, near)) => Err(ConfigError::new(format!(
            "{name}: unknown variable; did you mean {near}?"
        ))),
        None => Ok(()),
    }
}

/// Those of all settings outside of `[plugins]` and `[signers]`.
fn variables() -> Vec<String> {
    // Without values there are no names, and then nothing is refused.
    let values = serde_json::to_value(Config::default()).unwrap_or(Value::Null);
    let mut leaves = Vec::new();
    show::collect(&values, String::new(), &mut leaves);
    let keys = leaves.into_iter().map(|(key, _)| key);
    let variables = keys.map(|key| format!("{PREFIX}{}", key.to_uppercase().replace('.', "__")));
    variables.chain([CONFIG.to_owned()]).collect()
}

/// What is compared: a single underscore for a double one is the most likely slip.
fn bare(name: &str) -> String {
    name.trim_start_matches(PREFIX).replace('_', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_refused_with_what_was_meant() {
        for (slip, meant) in [
            ("LDS_HTTP_LISTEN", "LDS_HTTP__LISTEN"),
            ("LDS_HTTP_LSITEN", "LDS_HTTP__LISTEN"),
            ("LDS_DATADIR", "LDS_DATA_DIR"),
            ("LDS_STORE_URL", "LDS_STORE__URL"),
            ("LDS_STORE_URLFILE", "LDS_STORE__URL_FILE"),
            ("LDS_CONFIGS", "LDS_CONFIG"),
        ] {
            let told = format!("{slip}: unknown variable; did you mean {meant}?");
            assert_eq!(refuse_slip(slip).unwrap_err().to_string(), told);
        }
    }

    #[test]
    fn variables_of_others_are_left_alone() {
        for name in [
            "LDS_CONFIG",
            "LDS_URL",
            "LDS_USER",
            "LDS_PASSWORD",
            "LDS_REF",
            "LDS_SERVICE_HOST",
            "LDS_SERVICE_PORT_HTTP",
            "LDS_PORT_8080_TCP_ADDR",
        ] {
            assert_eq!(refuse_slip(name), Ok(()), "{name}");
        }
    }
}
