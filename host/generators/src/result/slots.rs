//! Signature slots: where in a file which signature goes.

use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use lds_plugin_api::document as doc;

use crate::hex;
use crate::signer::Algorithm;

use super::files::{Files, content};

/// A slot whose place and message are known.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) file: usize,
    pub(super) place: Range<usize>,
    pub(super) role: String,
    pub(super) algorithm: Algorithm,
    pub(super) message: Vec<u8>,
    encoding: doc::Encoding,
}

impl Slot {
    /// Finds the place; whether the role is granted is checked elsewhere.
    pub(super) fn read(
        slot: doc::SignatureSlot,
        algorithm: Algorithm,
        files: &Files,
    ) -> Result<Self, String> {
        let file = files.place(&slot.file)?;
        let target = &files.0[file];
        if slot.encoding == doc::Encoding::Raw && !target.binary {
            return Err("a raw signature in a text file".into());
        }
        let (message, _) = content(slot.message.text, slot.message.base64)?;
        Ok(Self {
            file,
            place: find_once(&target.bytes, &slot.placeholder)?,
            role: slot.signer,
            algorithm,
            message,
            encoding: slot.encoding,
        })
    }

    /// A signature as it stands in the file.
    pub(super) fn encode(&self, signature: &[u8]) -> Vec<u8> {
        match self.encoding {
            doc::Encoding::Hex => hex::encode(signature).into_bytes(),
            doc::Encoding::Base64 => STANDARD.encode(signature).into_bytes(),
            doc::Encoding::Base64url => URL_SAFE_NO_PAD.encode(signature).into_bytes(),
            doc::Encoding::Raw => signature.to_vec(),
        }
    }
}

/// No two slots may share a byte.
pub(super) fn check_apart(slots: &[Slot]) -> Result<(), String> {
    for (i, slot) in slots.iter().enumerate() {
        let overlaps = |other: &Slot| {
            other.file == slot.file
                && other.place.start < slot.place.end
                && slot.place.start < other.place.end
        };
        if slots[..i].iter().any(overlaps) {
            return Err("two placeholders overlap".into());
        }
    }
    Ok(())
}

/// The only place where the placeholder stands.
fn find_once(bytes: &[u8], placeholder: &str) -> Result<Range<usize>, String> {
    let sought = placeholder.as_bytes();
    let printable = sought.iter().all(|b| (b' '..=b'~').contains(b));
    if !(8..=128).contains(&sought.len()) || !printable {
        return Err("a placeholder is not 8 to 128 printable ASCII characters".into());
    }
    let mut places = bytes
        .windows(sought.len())
        .enumerate()
        .filter(|(_, window)| *window == sought)
        .map(|(start, _)| start..start + sought.len());
    match (places.next(), places.next()) {
        (Some(place), None) => Ok(place),
        (None, _) => Err("a placeholder does not stand in its file".into()),
        (Some(_), Some(_)) => Err("a placeholder stands more than once in its file".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::find_once;

    #[test]
    fn a_placeholder_stands_exactly_once() {
        assert_eq!(find_once(b"a SIG-0001 b", "SIG-0001"), Ok(2..10));
        assert!(find_once(b"", "SIG-0001").is_err());
        assert!(find_once(b"SIG-0001SIG-0001", "SIG-0001").is_err());
        // Overlapping finds are two places as well.
        assert!(find_once(b"aaaaaaaaa", "aaaaaaaa").is_err());
    }

    #[test]
    fn a_placeholder_is_printable_and_long_enough() {
        let in_file = |placeholder: &str| find_once(placeholder.as_bytes(), placeholder);
        assert!(in_file("1234567").is_err());
        assert!(in_file("12345678").is_ok());
        assert!(in_file(&"x".repeat(128)).is_ok());
        assert!(in_file(&"x".repeat(129)).is_err());
        assert!(in_file("12345\t78").is_err());
        assert!(in_file("1234567ä").is_err());
    }
}
