//! The lexical forms of XML Schema's numbers and truth values.

use super::Error;

/// `xs:int` or `xs:long` from 0 to `most`; blanks around it, a sign and leading zeros are allowed.
pub(super) fn unsigned(text: &str, most: u64) -> Result<u64, Error> {
    // A minus is good for zero only, and that the parser of signed numbers knows.
    text.trim_ascii()
        .parse()
        .ok()
        .and_then(|value: i64| u64::try_from(value).ok())
        .filter(|value| *value <= most)
        .ok_or_else(|| Error::new(format!("The value is a whole number from 0 to {most}.")))
}

/// `xs:int`; blanks around it, a sign and leading zeros are allowed.
pub(super) fn signed(text: &str) -> Result<i32, Error> {
    let value = text.trim_ascii().parse();
    value.map_err(|_| Error::new("The value is a whole number of 32 bits."))
}

/// `xs:boolean`; blanks around it are allowed.
pub(super) fn boolean(text: &str) -> Result<bool, Error> {
    match text.trim_ascii() {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(Error::new("The value is true or false.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_forms_of_xml_schema() {
        for (text, value) in [("7", 7), (" +7\n", 7), ("007", 7), ("-0", 0), ("100", 100)] {
            assert_eq!(unsigned(text, 100).unwrap(), value, "{text}");
        }
        for wrong in [
            "",
            " ",
            "-1",
            "101",
            "1.0",
            "1e2",
            "0x1",
            "1 0",
            "٣",
            "99999999999999999999",
        ] {
            assert!(unsigned(wrong, 100).is_err(), "{wrong}");
        }
    }

    #[test]
    fn numbers_with_a_sign_have_them_too() {
        for (text, value) in [
            ("-7", -7),
            (" +7\n", 7),
            ("-007", -7),
            ("-2147483648", i32::MIN),
            ("2147483647", i32::MAX),
        ] {
            assert_eq!(signed(text).unwrap(), value, "{text}");
        }
        for wrong in ["", "-", "--7", "- 7", "-7.0", "2147483648", "-2147483649"] {
            assert!(signed(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn truth_has_four_forms() {
        assert!(boolean("true").unwrap() && boolean(" 1 ").unwrap());
        assert!(!boolean("false").unwrap() && !boolean("0").unwrap());
        for wrong in ["", "TRUE", "yes", "2"] {
            assert!(boolean(wrong).is_err(), "{wrong}");
        }
    }
}
