use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::Value;

use super::from_slice;
use crate::document::{GenerateResult, ValidateResult};

type Object = BTreeMap<String, Value>;

fn fault(text: &str) -> String {
    from_slice::<Object>(text.as_bytes())
        .unwrap_err()
        .to_string()
}

#[test]
fn refuses_what_the_contract_refuses() {
    for (text, reason) in [
        ("\u{feff}{}", "expected an object at byte 0"),
        ("[]", "expected an object at byte 0"),
        ("{} x", "something follows the object at byte 3"),
        (r#"{"a":1,"a":1}"#, "a member is doubled at byte 11"),
        (
            r#"{"a":{"b":1,"\u0062":1}}"#,
            "a member is doubled at byte 21",
        ),
        (r#"{"a":1.0}"#, "a number is not whole at byte 6"),
        (r#"{"a":1e3}"#, "a number is not whole at byte 6"),
        (r#"{"a":01}"#, "a number begins with 0 at byte 7"),
        (
            r#"{"a":9007199254740992}"#,
            "a number is too large at byte 20",
        ),
        (r#"{"a":"\ud800"}"#, "a lone surrogate at byte 12"),
        (r#"{"a":"\udc00"}"#, "a lone surrogate at byte 12"),
        (r#"{"a":"\ud800\u0041"}"#, "a lone surrogate at byte 18"),
        (
            "{\"a\":\"\n\"}",
            "a control character in a string at byte 6",
        ),
        (r#"{"a":1,}"#, "expected `\"` at byte 7"),
        (r#"{"a":"#, "expected a value at byte 5"),
        (r#"{"a":nul}"#, "unknown word at byte 5"),
    ] {
        assert_eq!(fault(text), reason, "{text}");
    }
    assert!(from_slice::<Object>(b"{\"a\":\"\xff\"}").is_err());
}

#[test]
fn sixteen_levels_are_deep_enough() {
    let nested = |arrays: usize| format!("{{\"a\":{}{}}}", "[".repeat(arrays), "]".repeat(arrays));
    assert!(from_slice::<Object>(nested(15).as_bytes()).is_ok());
    assert_eq!(fault(&nested(16)), "nested too deep at byte 20");
}

#[test]
fn unknown_members_are_looked_at_and_ignored() {
    let read = |text: &str| from_slice::<ValidateResult>(text.as_bytes());
    let fine = read(r#"{"schema":1,"errors":null,"later":{"x":[1,true,"\ud83d\ude00"]}}"#);
    assert!(fine.unwrap().errors.is_empty());
    assert!(read(r#"{"schema":1,"later":{"x":1,"x":2}}"#).is_err());
    assert!(read(r#"{"schema":1,"later":0.5}"#).is_err());
    assert!(read(r#"{"schema":1,"later":"\udfff"}"#).is_err());
}

#[test]
fn an_array_is_no_object() {
    let read = |text: &str| from_slice::<GenerateResult>(text.as_bytes());
    assert!(read(r#"{"schema":1,"files":[{"name":"a","mediaType":"b"}]}"#).is_ok());
    assert!(read(r#"{"schema":1,"files":[["a","b"]]}"#).is_err());
}

#[test]
fn many_members_are_checked_too() {
    let members: Vec<_> = (0..5000).map(|n| format!("\"m{n}\":{n}")).collect();
    let text = format!("{{{}}}", members.join(","));
    let object: Object = from_slice(text.as_bytes()).unwrap();
    assert_eq!(object.len(), 5000);
    let doubled = text.replace("\"m4999\"", "\"m17\"");
    assert!(from_slice::<Object>(doubled.as_bytes()).is_err());
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-(1i64 << 53) + 1..1 << 53).prop_map(Value::from),
        ".*".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(".*", inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn reads_what_another_library_writes(value in prop::collection::btree_map(".*", values(), 0..6)) {
        for text in [serde_json::to_vec(&value).unwrap(), serde_json::to_vec_pretty(&value).unwrap()] {
            prop_assert_eq!(&from_slice::<Object>(&text).unwrap(), &value);
        }
    }

    #[test]
    fn agrees_with_another_library_on_damaged_text(
        value in prop::collection::btree_map("[a-z]*", values(), 0..6),
        place in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut text = serde_json::to_vec(&value).unwrap();
        let place = place.index(text.len());
        text[place] = byte;
        if let Ok(object) = from_slice::<Object>(&text) {
            prop_assert_eq!(object, serde_json::from_slice::<Object>(&text).unwrap());
        }
    }
}
