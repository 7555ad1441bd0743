//! A secret in the configuration: it shows itself nowhere.

use std::fmt;
use std::path::Path;

use serde::{Deserialize, Serialize, Serializer};

use super::ConfigError;

/// What stands in a secret's place.
pub(crate) const HIDDEN: &str = "(hidden)";

/// A text that is neither printed nor logged.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(crate) struct Secret(String);

impl Secret {
    /// The secret itself.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(HIDDEN)
    }
}

/// The secret or the content of its file, without the line end that editors add.
pub(crate) fn read(
    key: &str,
    secret: Option<&Secret>,
    file: Option<&Path>,
) -> Result<Option<Secret>, ConfigError> {
    match (secret, file) {
        (Some(_), Some(_)) => Err(ConfigError::new(format!(
            "{key} and {key}_file are both set: keep one"
        ))),
        (Some(secret), None) => Ok(Some(secret.clone())),
        (None, Some(file)) => {
            let text = std::fs::read_to_string(file).map_err(|error| {
                ConfigError::new(format!("{key}_file: {}: {error}", file.display()))
            })?;
            let line = text.trim_end_matches(['\r', '\n']);
            Ok(Some(Secret(line.to_owned())))
        }
        (None, None) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret(text.to_owned())
    }

    #[test]
    fn a_secret_does_not_show_itself() {
        let secret = secret("swordfish");
        assert_eq!(format!("{secret:?}"), HIDDEN);
        assert_eq!(serde_json::to_string(&secret).unwrap(), "\"(hidden)\"");
    }

    #[test]
    fn a_file_gives_its_content_without_the_line_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        std::fs::write(&path, "sword fish \r\n").unwrap();
        let read = read("store.url", None, Some(&path)).unwrap().unwrap();
        assert_eq!(read.expose(), "sword fish ");
    }

    #[test]
    fn two_places_are_one_too_many() {
        let both = read("a.b", Some(&secret("x")), Some(Path::new("y")));
        assert_eq!(
            both.unwrap_err().to_string(),
            "a.b and a.b_file are both set: keep one"
        );
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = read("a.b", None, Some(Path::new("/nowhere/secret"))).unwrap_err();
        let text = error.to_string();
        assert!(text.starts_with("a.b_file: /nowhere/secret: "), "{text}");
    }
}
