//! JSON without the white space that people write it with.

/// The text without white space outside of strings, if it is JSON; other bytes
/// stay as they are, for trying what a plugin makes of them.
pub fn compact(bytes: &[u8]) -> Vec<u8> {
    if serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_err() {
        return bytes.to_vec();
    }
    let (mut quoted, mut escaped) = (false, false);
    bytes
        .iter()
        .copied()
        .filter(|byte| {
            let blank = matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
            let keep = quoted || !blank;
            quoted ^= *byte == b'"' && !escaped;
            escaped = quoted && *byte == b'\\' && !escaped;
            keep
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::compact;

    #[test]
    fn only_white_space_outside_of_strings_goes() {
        let pretty = b"{ \"a b\" :\t[1 , 2],\r\n\"c\\\" d\": \"e \\\\\" , \"f\" : true }\n";
        let text = String::from_utf8(compact(pretty)).unwrap();
        assert_eq!(text, r#"{"a b":[1,2],"c\" d":"e \\","f":true}"#);
    }

    #[test]
    fn what_is_no_json_stays() {
        assert_eq!(compact(b"{ \"a\": }"), b"{ \"a\": }");
        assert_eq!(compact(b""), b"");
    }
}
