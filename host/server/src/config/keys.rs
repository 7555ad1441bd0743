//! `[keys]`: the key that protects what the database keeps.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::ConfigError;
use super::secret::{self, Secret};

/// Bytes of the master key.
const LENGTH: usize = 32;

/// `[keys]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Keys {
    /// 64 hexadecimal digits; absent: a key in the data directory, made at the first start.
    pub(crate) master_key: Option<Secret>,
    /// A file with the digits.
    pub(crate) master_key_file: Option<PathBuf>,
}

impl Keys {
    /// The master key, if the configuration tells it.
    pub(crate) fn master_key(&self) -> Result<Option<Zeroizing<[u8; LENGTH]>>, ConfigError> {
        let file = self.master_key_file.as_deref();
        let Some(digits) = secret::read("keys.master_key", self.master_key.as_ref(), file)? else {
            return Ok(None);
        };
        let key = decode(digits.expose().trim()).ok_or_else(|| {
            ConfigError::new("keys.master_key must have 64 hexadecimal digits, 32 bytes")
        })?;
        Ok(Some(key))
    }
}

fn decode(digits: &str) -> Option<Zeroizing<[u8; LENGTH]>> {
    if digits.len() != 2 * LENGTH || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let mut key = Zeroizing::new([0; LENGTH]);
    for (byte, place) in key.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(digits.get(place..place + 2)?, 16).ok()?;
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_become_bytes() {
        let digits = "00ff10".to_owned() + &"a5".repeat(29);
        let key = decode(&digits).unwrap();
        assert_eq!(key[..4], [0x00, 0xff, 0x10, 0xa5]);
        assert_eq!(key[31], 0xa5);
    }

    #[test]
    fn anything_else_is_no_key() {
        for wrong in ["", &"0".repeat(63), &"0".repeat(65), &"+1".repeat(32)] {
            assert!(decode(wrong).is_none(), "{wrong}");
        }
    }
}
