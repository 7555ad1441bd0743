//! Texts that a kit signed, or that were changed.

use crate::{floating, signed, text, verify};

#[test]
fn verify_takes_what_a_kit_may_change() {
    let request = floating(1);
    let text = text(&request);
    assert_eq!(verify(&request, &signed(&text)).differences, [""; 0]);
    let unwrapped = signed(&text)
        .replace(" \\\n\t", " ")
        .replace("INCREMENT", "increment");
    assert!(verify(&request, &unwrapped).same);
}

#[test]
fn verify_refuses_what_a_kit_may_not_change() {
    let request = floating(1);
    let text = text(&request);
    let signed = signed(&text);
    for (file, difference) in [
        (text.clone(), "draw: the line is not signed"),
        (
            signed.replace("2027 5", "2027 50"),
            "draw: count is 50, asked for 5",
        ),
        (
            signed.replace("2027 5", "2027 uncounted"),
            "draw: count is uncounted, asked for 5",
        ),
        (
            signed.replace("24-nov", "25-nov"),
            "draw: the expiry is 25-nov-2027, asked for 24-nov-2027",
        ),
        (
            signed.replace("draw", "dram"),
            "draw: the file has dram in its place",
        ),
        (
            signed.replace("aabb01", "aabb02"),
            "the SERVER lines differ",
        ),
        (
            signed.replace("INCREMENT", "INCREMEN"),
            "line 4: The line does not begin with a keyword and counts as a comment.",
        ),
        (
            signed.replace("PLATFORMS=\"x64_n x64_lsb\"", "TS_OK"),
            "draw: TS_OK is set, asked for absent",
        ),
        (
            signed.replace(" 0123 0123\"", "\""),
            "draw: SIGN has 112 digits, which the product does not allow",
        ),
        (String::new(), "the file has 0 grants, asked for 1"),
    ] {
        let result = verify(&request, &file);
        assert!(!result.same);
        assert!(
            result.differences.iter().any(|found| found == difference),
            "{difference}: {:?}",
            result.differences
        );
    }
}
