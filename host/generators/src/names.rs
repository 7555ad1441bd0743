//! The forms of names in documents, without regular expressions since they are
//! checked on every call.

/// `[a-z][a-z0-9-]{0,39}`: plugins and roles.
pub(crate) fn is_plugin_name(name: &str) -> bool {
    begins(name, |b| b.is_ascii_lowercase())
        && fits(name, 40, |b| {
            b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'
        })
}

/// `[A-Z][A-Z0-9_]{0,39}`: host types and codes.
pub(crate) fn is_code(name: &str) -> bool {
    begins(name, |b| b.is_ascii_uppercase())
        && fits(name, 40, |b| {
            b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_'
        })
}

/// `[A-Za-z][A-Za-z0-9_]{0,63}`: settings and parameters.
pub(crate) fn is_definition_name(name: &str) -> bool {
    begins(name, |b| b.is_ascii_alphabetic())
        && fits(name, 64, |b| b.is_ascii_alphanumeric() || b == b'_')
}

/// `n.n.n`
pub(crate) fn is_version(text: &str) -> bool {
    let parts: Vec<_> = text.split('.').collect();
    let number =
        |part: &&str| (1..=9).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    parts.len() == 3 && parts.iter().all(number)
}

/// One line of at most 500 characters for people.
pub(crate) fn is_line(text: &str) -> bool {
    !text.is_empty() && text.chars().count() <= 500 && !text.chars().any(char::is_control)
}

fn begins(name: &str, allowed: impl Fn(u8) -> bool) -> bool {
    name.bytes().next().is_some_and(allowed)
}

fn fits(name: &str, longest: usize, allowed: impl Fn(u8) -> bool) -> bool {
    name.len() <= longest && name.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::{is_code, is_definition_name, is_line, is_plugin_name, is_version};

    #[test]
    fn names_have_their_forms() {
        assert!(is_plugin_name("a") && is_plugin_name("flex-net2"));
        assert!(!is_plugin_name("") && !is_plugin_name("2a") && !is_plugin_name("A"));
        assert!(!is_plugin_name(&"a".repeat(41)));
        assert!(is_code("MACHINE_ID") && !is_code("machine") && !is_code("_A"));
        assert!(is_definition_name("dupGroup") && !is_definition_name("dup-group"));
        assert!(is_version("1.0.10") && !is_version("1.0") && !is_version("1.0.x"));
        assert!(is_line("One line.") && !is_line("two\nlines") && !is_line(""));
        assert!(!is_line(&"x".repeat(501)));
    }
}
