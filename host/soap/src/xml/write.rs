//! Escaping. Characters that XML does not have become U+FFFD, so that whatever an entity holds,
//! the reply stays well-formed.

const PLAIN: u8 = 0;
const IN_TEXT: u8 = 1;
const IN_ATTRIBUTE: u8 = 2;

/// Which bytes need a second look, and where.
static CARE: [u8; 256] = {
    let mut care = [PLAIN; 256];
    let mut byte = 0;
    while byte < 0x20 {
        care[byte] = IN_TEXT;
        byte += 1;
    }
    care[b'\t' as usize] = IN_ATTRIBUTE;
    care[b'\n' as usize] = IN_ATTRIBUTE;
    care[b'&' as usize] = IN_TEXT;
    care[b'<' as usize] = IN_TEXT;
    care[b'>' as usize] = IN_TEXT;
    care[b'"' as usize] = IN_ATTRIBUTE;
    // The first byte of U+FFFE and U+FFFF.
    care[0xef] = IN_TEXT;
    care
};

/// Writes text content.
pub(crate) fn escape_text(text: &str, out: &mut Vec<u8>) {
    escape(text, out, |care| care == IN_TEXT);
}

/// Writes an attribute's value; it stands in double quotes.
pub(crate) fn escape_attribute(text: &str, out: &mut Vec<u8>) {
    escape(text, out, |care| care != PLAIN);
}

fn escape(text: &str, out: &mut Vec<u8>, needs_care: impl Fn(u8) -> bool) {
    let bytes = text.as_bytes();
    out.reserve(bytes.len());
    let mut done = 0;
    for (at, byte) in bytes.iter().enumerate() {
        if !needs_care(CARE[usize::from(*byte)]) {
            continue;
        }
        if let Some((instead, length)) = replacement(&bytes[at..]) {
            out.extend_from_slice(&bytes[done..at]);
            out.extend_from_slice(instead);
            done = at + length;
        }
    }
    out.extend_from_slice(&bytes[done..]);
}

/// What is written instead, and of how many bytes.
fn replacement(rest: &[u8]) -> Option<(&'static [u8], usize)> {
    let instead: &[u8] = match rest {
        [b'&', ..] => b"&amp;",
        [b'<', ..] => b"&lt;",
        [b'>', ..] => b"&gt;",
        [b'"', ..] => b"&quot;",
        [b'\r', ..] => b"&#13;",
        [b'\n', ..] => b"&#10;",
        [b'\t', ..] => b"&#9;",
        [0xef, 0xbf, 0xbe | 0xbf, ..] => return Some(("\u{fffd}".as_bytes(), 3)),
        [0xef, ..] => return None,
        _ => "\u{fffd}".as_bytes(),
    };
    Some((instead, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> String {
        let mut out = Vec::new();
        escape_text(text, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn text_is_escaped_and_stays_well_formed() {
        assert_eq!(text("a<b>&\"'\r\n\t"), "a&lt;b&gt;&amp;\"'&#13;\n\t");
        assert_eq!(text("]]>"), "]]&gt;");
        assert_eq!(
            text("a\0b\u{1}\u{fffe}\u{ffff}\u{fffd}\u{f900}ü"),
            "a\u{fffd}b\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{f900}ü"
        );
    }

    #[test]
    fn attributes_keep_their_line_ends() {
        let mut out = Vec::new();
        escape_attribute("a\"\n<\t", &mut out);
        assert_eq!(out, b"a&quot;&#10;&lt;&#9;");
    }
}
