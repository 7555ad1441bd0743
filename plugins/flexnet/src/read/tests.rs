use super::*;

fn one(text: &str) -> Grant {
    let reading = license(text);
    assert_eq!(reading.problems, [], "{text}");
    assert_eq!(reading.license.grants.len(), 1, "{text}");
    reading.license.grants[0].clone()
}

fn codes(text: &str) -> Vec<(String, Option<u32>)> {
    let problems = license(text).problems;
    problems
        .into_iter()
        .map(|problem| (problem.code, problem.line))
        .collect()
}

#[test]
fn layout_has_no_meaning() {
    let plain =
        one("FEATURE router acmed 2.0 31-dec-2027 5 NOTICE=\"a b\" TS_OK SIGN=0123456789AB\n");
    for text in [
        "feature router acmed 2.0 31-DEC-2027 5 \\\r\n\tNOTICE=\"a b\" \\\r\n\tTS_OK SIGN=0123456789AB\r\n",
        "FEATURE router acmed 2.0 31-dec-2027 5 NOTICE=\"a \\\n\tb\" TS_OK SIGN=\"0123 4567 89AB\"",
        "FEATURE  router\tacmed 2.0 31-dec-2027 005 NOTICE=\"a b\" \"TS_OK\" \\\n SIGN=\"0123456789AB\"",
    ] {
        assert_eq!(one(text), plain, "{text}");
    }
}

#[test]
fn values_are_split_at_the_first_equals_sign() {
    let grant = one(
        "INCREMENT router acmed 34 01-dec-2027 150 0123456789AB VENDOR_STRING=vi=0:at=200:lo=CN: \
         NOTICE=product=ROUTER SN=7",
    );
    assert_eq!(
        grant.attributes,
        [
            Attribute::new("VENDOR_STRING", "vi=0:at=200:lo=CN:"),
            Attribute::new("NOTICE", "product=ROUTER"),
            Attribute::new("SN", "7"),
        ]
    );
}

#[test]
fn uncounted_and_permanent_have_two_spellings() {
    let grant = one("FEATURE router acmed 2.0 1-jan-0 0 HOSTID=ANY SIGN=0");
    assert_eq!((grant.count, grant.expiry), (0, None));
    assert_eq!(
        grant,
        one("FEATURE router acmed 2.0 permanent uncounted HOSTID=ANY SIGN=0")
    );
}

#[test]
fn server_lines_have_two_forms() {
    let reading =
        license("SERVER lic01 0011 27000 PLAT=1\nDAEMON acmed bin/acmed etc/acmed.opt 27010\n");
    let same = license(
        "server lic01 0011 27000\nVENDOR acmed bin/acmed OPTIONS=etc/acmed.opt PORT=27010\n",
    );
    assert_eq!(reading.problems, []);
    assert_eq!(reading, same);
    assert_eq!(same.license.servers[0].port, Some(27000));
    assert_eq!(same.license.vendors[0].port, Some(27010));
}

#[test]
fn slips_are_told_with_their_line() {
    let problem = |code: &str, line| vec![(code.to_owned(), Some(line))];
    for (text, expected) in [
        (
            "# fine\n\nFEATUR router acmed 2.0 31-dec-2027 5 SIGN=0",
            problem("UNKNOWN_KEYWORD", 3),
        ),
        ("\u{feff}SERVER lic01 0011\n", problem("UNKNOWN_KEYWORD", 1)),
        (
            "FEATURE r acmed 2.0 31-dec-2027 5 SIGN=0 \\\n",
            problem("DANGLING_CONTINUATION", 1),
        ),
        (
            "FEATURE r acmed 2.0 31-dec-2027 5 NOTICE=\"a SIGN=0\n",
            problem("QUOTE", 1),
        ),
        (
            "FEATURE r acmed 2.0 2027-12-31 5 SIGN=0\n",
            problem("SYNTAX", 1),
        ),
        (
            "FEATURE r acmed 2.0 31-feb-2027 5 SIGN=0\n",
            problem("SYNTAX", 1),
        ),
        (
            "FEATURE r acmed 2.0 31-dec-2027 -5 SIGN=0\n",
            problem("SYNTAX", 1),
        ),
        (
            "FEATURE r acmed 2.0 31-dec-2027 5 SIGN=0123456789AG\n",
            problem("SYNTAX", 1),
        ),
        (
            "FEATURE r acmed 2.0 31-dec-2027 5 SN=1 sn=2 SIGN=0\n",
            problem("SYNTAX", 1),
        ),
        ("SERVER lic01 0011 65536\n", problem("SYNTAX", 1)),
        (
            "PACKAGE p acmed 1.0 COMPONENTS=a SIGN=0\n",
            problem("UNSUPPORTED_LINE", 1),
        ),
    ] {
        assert_eq!(codes(text), expected, "{text}");
    }
}
