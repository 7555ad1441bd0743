//! What the format can carry. Values have no escape: a line break would begin a line of its own,
//! which the kit would sign, and a quote would end the value.

/// A value of a keyword; the error names what can't be carried.
pub(crate) fn value(text: &str) -> Result<(), &'static str> {
    if text.trim().is_empty() {
        return Err("is empty");
    }
    if text.bytes().any(|byte| byte.is_ascii_control()) {
        return Err("contains a line break or control character");
    }
    if !text.is_ascii() {
        return Err("contains a character that is not ASCII");
    }
    if text.contains(['"', '\'']) {
        return Err("contains a quote");
    }
    let lone_backslash = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte == b'\\');
    if text.ends_with('\\') || text.split(' ').any(lone_backslash) {
        return Err("contains a backslash that stands alone or at the end");
    }
    Ok(())
}

/// A value that must be one word: host ids, paths.
pub(crate) fn word(text: &str) -> Result<(), &'static str> {
    value(text)?;
    if text.contains(' ') {
        return Err("contains a blank");
    }
    Ok(())
}

/// A feature or vendor: 1 to 30 letters, digits, `_`, `-`.
pub(crate) fn name(text: &str) -> Result<(), &'static str> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if (1..=30).contains(&text.len()) && text.bytes().all(allowed) {
        return Ok(());
    }
    Err("is not made of 1 to 30 letters, digits, _ and -")
}

/// Digits with at most one point between them.
pub(crate) fn version(text: &str) -> Result<(), &'static str> {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let fits = match text.split_once('.') {
        Some((before, after)) => digits(before) && digits(after),
        None => digits(text),
    };
    if fits && text.len() <= 20 {
        return Ok(());
    }
    Err("is not made of digits with at most one point")
}

/// The name of a license server.
pub(crate) fn host(text: &str) -> Result<(), &'static str> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-:".contains(&byte);
    if (1..=255).contains(&text.len()) && text.bytes().all(allowed) {
        return Ok(());
    }
    Err("is not made of letters, digits, . _ - and :")
}

#[cfg(test)]
mod tests {
    use super::{name, value, version, word};

    #[test]
    fn values_that_would_break_out_are_refused() {
        for bad in [
            "",
            " ",
            "a\nb",
            "a\rb",
            "a\tb",
            "a\"b",
            "customer's copy",
            "a \\ b",
            "a \\\\ b",
            "c:\\dir\\",
            "\\ a",
            "M\u{fc}ller",
            "a\u{2028}b",
            "a\0b",
        ] {
            assert!(value(bad).is_err(), "{bad:?}");
        }
        for good in [
            "a",
            "Licensed to Example Ltd",
            "c:\\dir\\x",
            "a\\ b",
            "k=v: <1>",
            "#1",
        ] {
            assert_eq!(value(good), Ok(()), "{good:?}");
        }
        assert!(word("a b").is_err());
    }

    #[test]
    fn names_and_versions_have_their_forms() {
        assert!(name("draw_2-x").is_ok() && name(&"a".repeat(30)).is_ok());
        assert!(name("").is_err() && name("my router").is_err() && name("a.b").is_err());
        assert!(name(&"a".repeat(31)).is_err());
        assert!(version("34").is_ok() && version("2.0").is_ok() && version("2026.0131").is_ok());
        for bad in ["", ".", "1.", ".1", "1.2.3", "2024a", "-1", "1 0"] {
            assert!(version(bad).is_err(), "{bad:?}");
        }
    }
}
