use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lds_plugin_api::document::{
    Description, GenerateResult, Problem, Rejection, ValidateResult, VerifyResult,
};
use lds_plugin_api::{Op, Status, call, strict};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::Token;

const SEED: &str = "9f2c51d07be84a6693c1f00d5a7e42b8116d3e0c94fa2785de60b1c3a4978f25";

fn request() -> Value {
    json!({"schema":1,"kind":"ACTIVATION","dryRun":false,"now":"2026-11-24T23:31:13Z","today":"2026-11-25",
        "seed":SEED,"licenseId":"lic_1","customer":{"name":"Müller GmbH","attributes":{}},"licensee":"Müller & Söhne",
        "product":{"code":"cad","name":"CAD Pro","version":"2026.1","attributes":{}},
        "licenseType":"NODE_LOCKED","quantity":5,
        "features":[{"name":"draw","version":"2.0","count":5,"expiresOn":"2027-11-24","parameters":{},"attributes":{}}],
        "hosts":[{"type":"ETHERNET","value":"001122aabbcc"}],"startsOn":"2026-11-25","expiresOn":"2027-11-24",
        "settings":{"issuer":"Acme"},"parameters":{},
        "grants":[{"name":"sign:default","algorithm":"EdDSA","fingerprint":"ab12"}]})
}

fn generate(request: &Value) -> (Status, Vec<u8>) {
    call::<Token>(Op::Generate.number(), &serde_json::to_vec(request).unwrap())
}

fn result(request: &Value) -> GenerateResult {
    let (status, output) = generate(request);
    assert_eq!(status, Status::Ok, "{}", String::from_utf8_lossy(&output));
    strict::from_slice(&output).unwrap()
}

/// Header, payload and signature part, as a JWT library takes a token apart.
fn parts(result: &GenerateResult) -> (Value, Value, String) {
    let text = result.files[0].text.clone().unwrap();
    let parts: Vec<_> = text.split('.').collect();
    let decoded =
        |part: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
    assert_eq!(parts.len(), 3);
    (decoded(parts[0]), decoded(parts[1]), parts[2].to_owned())
}

#[test]
fn a_token_has_header_claims_and_a_slot() {
    let result = result(&request());
    let (header, claims, signature) = parts(&result);
    assert_eq!(header, json!({"alg":"EdDSA","typ":"JWT","kid":"ab12"}));
    assert_eq!(
        claims,
        json!({"iss":"Acme","sub":"Müller & Söhne","jti":"lic_1","iat":1_795_563_073,
            "nbf":1_795_514_400,"exp":1_827_144_000,"licenseType":"NODE_LOCKED","quantity":5,
            "product":{"code":"cad","name":"CAD Pro","version":"2026.1"},
            "features":[{"name":"draw","version":"2.0","count":5,"expiresOn":"2027-11-24"}],
            "hosts":[{"type":"ETHERNET","value":"001122aabbcc"}],
            "issuedOn":"2026-11-25","startsOn":"2026-11-25","expiresOn":"2027-11-24"})
    );
    let slot = &result.signatures[0];
    assert_eq!(slot.placeholder, signature);
    let text = result.files[0].text.as_deref().unwrap();
    let (message, _) = text.rsplit_once('.').unwrap();
    assert_eq!(slot.message.text.as_deref(), Some(message));
    assert_eq!(text.matches(&slot.placeholder).count(), 1);
}

#[test]
fn works_without_settings_dates_and_features() {
    let mut bare = request();
    for member in ["customer", "licensee", "startsOn", "expiresOn"] {
        bare.as_object_mut().unwrap().remove(member);
    }
    bare["settings"] = json!({});
    bare["features"] = json!([]);
    let (_, claims, _) = parts(&result(&bare));
    for absent in [
        "iss",
        "sub",
        "nbf",
        "exp",
        "notForUse",
        "expiresOn",
        "replaces",
    ] {
        assert_eq!(claims.get(absent), None, "{absent}");
    }
}

#[test]
fn a_token_lives_as_long_as_any_of_its_features() {
    let mut request = request();
    let trial =
        json!({"name":"trial","count":1,"expiresOn":"2026-12-24","parameters":{},"attributes":{}});
    request["features"].as_array_mut().unwrap().push(trial);
    assert_eq!(parts(&result(&request)).1["exp"], 1_827_144_000);
    request["features"][1]
        .as_object_mut()
        .unwrap()
        .remove("expiresOn");
    assert_eq!(parts(&result(&request)).1.get("exp"), None);
}

#[test]
fn a_preview_says_that_it_is_one() {
    let mut preview = request();
    preview["dryRun"] = json!(true);
    assert_eq!(parts(&result(&preview)).1["notForUse"], json!(true));
}

#[test]
fn the_algorithm_is_the_grants() {
    for algorithm in ["EdDSA", "ES256", "RS256"] {
        let mut request = request();
        request["grants"] = json!([{"name":"sign:default","algorithm":algorithm}]);
        let result = result(&request);
        assert_eq!(parts(&result).0, json!({"alg":algorithm,"typ":"JWT"}));
        assert_eq!(result.signatures[0].algorithm, algorithm);
    }
    for grants in [
        json!([]),
        json!([{"name":"sign:default","algorithm":"none"}]),
    ] {
        let mut request = request();
        request["grants"] = grants;
        let (status, output) = generate(&request);
        assert_eq!(status, Status::Input);
        assert_eq!(
            strict::from_slice::<Rejection>(&output).unwrap().code,
            "INPUT"
        );
    }
}

#[test]
fn describes_itself() {
    let (status, output) = call::<Token>(Op::Describe.number(), b"");
    let description: Description = strict::from_slice(&output).unwrap();
    assert_eq!(status, Status::Ok);
    for op in [
        Op::Generate,
        Op::Validate,
        Op::Verify,
        Op::Read,
        Op::SelfTest,
    ] {
        assert!(description.ops.iter().any(|name| name == op.name()), "{op}");
    }
    assert!(description.settings.iter().all(|setting| !setting.required));
    assert_eq!(call::<Token>(Op::SelfTest.number(), b"").0, Status::Ok);
}

#[test]
fn audiences_are_a_list() {
    let mut request = request();
    request["settings"]["audience"] = json!(["cad", "https://acme.example/cam"]);
    assert_eq!(
        parts(&result(&request)).1["aud"],
        json!(["cad", "https://acme.example/cam"])
    );
}

#[test]
fn an_issuer_with_a_colon_must_be_a_uri() {
    let mut request = request();
    request["settings"]["issuer"] = json!("Acme: CAD");
    let (status, output) = generate(&request);
    let rejection: Rejection = strict::from_slice(&output).unwrap();
    assert_eq!(status, Status::Rejected);
    assert_eq!(rejection.code, "NOT_A_URI");
    assert_eq!(rejection.field.as_deref(), Some("/settings/issuer"));
}

/// What VALIDATE says of settings.
fn errors(settings: &Value) -> Vec<Problem> {
    let input = json!({"schema":1,"product":{"code":"cad","name":"CAD","attributes":{}},"licenseType":"FLOATING",
        "quantity":1,"features":[],"settings":settings});
    let input = serde_json::to_vec(&input).unwrap();
    let (status, output) = call::<Token>(Op::Validate.number(), &input);
    assert_eq!(status, Status::Ok, "{}", String::from_utf8_lossy(&output));
    strict::from_slice::<ValidateResult>(&output)
        .unwrap()
        .errors
}

#[test]
fn validates_settings_before_there_is_a_license() {
    assert_eq!(errors(&json!({})), []);
    assert_eq!(errors(&json!({"issuer":"urn:acme","audience":["cad"]})), []);
    let errors = errors(&json!({"issuer":"a: b","audience":["cad",":"]}));
    let fields: Vec<_> = errors.iter().filter_map(|e| e.field.as_deref()).collect();
    assert_eq!(fields, ["/settings/issuer", "/settings/audience"]);
}

#[test]
fn a_seed_that_is_none_is_not_understood() {
    for seed in ["", "9f2c", &format!("{}!", &SEED[1..]), &SEED.repeat(2)] {
        let mut request = request();
        request["seed"] = json!(seed);
        assert_eq!(generate(&request).0, Status::Input, "{seed}");
    }
}

/// What VERIFY says of a token of this text.
fn verify(request: &Value, text: &str) -> VerifyResult {
    let file = json!({"name":"license.jwt","mediaType":"application/jwt","text":text});
    let input = json!({"schema":1,"request":request,"files":[file]});
    let input = serde_json::to_vec(&input).unwrap();
    let (status, output) = call::<Token>(Op::Verify.number(), &input);
    assert_eq!(status, Status::Ok, "{}", String::from_utf8_lossy(&output));
    strict::from_slice(&output).unwrap()
}

/// A signed token of these claims.
fn token(claims: &Value) -> String {
    let header = URL_SAFE_NO_PAD.encode(r#"{"typ":"JWT","kid":"ab12","alg":"EdDSA"}"#);
    format!(
        "{header}.{}.c2ln",
        URL_SAFE_NO_PAD.encode(claims.to_string())
    )
}

#[test]
fn a_token_of_the_same_meaning_is_the_same() {
    let request = request();
    let (_, claims, _) = parts(&result(&request));
    assert_eq!(
        verify(&request, &token(&claims)),
        VerifyResult {
            schema: 1,
            same: true,
            differences: vec![]
        }
    );
}

#[test]
fn differences_are_told() {
    let request = request();
    let (_, claims, _) = parts(&result(&request));
    let differ = |edit: fn(&mut Value)| {
        let mut edited = claims.clone();
        edit(&mut edited);
        let answer = verify(&request, &token(&edited));
        assert!(!answer.same);
        answer.differences
    };
    assert_eq!(
        differ(|claims| claims["quantity"] = json!(6)),
        ["quantity is 6, asked for 5."]
    );
    assert_eq!(
        differ(|claims| claims["admin"] = json!(true)),
        ["admin is true, asked for absent."]
    );
    assert_eq!(
        differ(|claims| drop(claims.as_object_mut().unwrap().remove("jti"))),
        ["jti is absent, asked for \"lic_1\"."]
    );
    let long = differ(|claims| claims["sub"] = json!("ü".repeat(9000)));
    assert!(long[0].chars().count() < 500, "{long:?}");
}

#[test]
fn what_is_no_token_differs() {
    let request = request();
    let whole = result(&request).files[0].text.clone().unwrap();
    let (message, _) = whole.rsplit_once('.').unwrap();
    for text in ["", "..", "a.b.c", message, &format!("{message}.")] {
        let answer = verify(&request, text);
        assert_eq!(
            answer.differences,
            ["license.jwt is not a token."],
            "{text}"
        );
    }
    assert!(verify(&request, &whole).same);
}

/// What READ says of files.
fn read(files: &Value) -> (Status, Vec<u8>) {
    let input = json!({"schema":1,"today":"2026-11-25","settings":{},"files":files});
    call::<Token>(Op::Read.number(), input.to_string().as_bytes())
}

fn file(text: &str) -> Value {
    json!([{"name":"any.txt","mediaType":"text/plain","text":text}])
}

#[test]
fn a_token_is_read_in_the_requests_words() {
    let request = request();
    let (_, claims, _) = parts(&result(&request));
    let (status, output) = read(&file(&format!("{}\n", token(&claims))));
    assert_eq!(status, Status::Ok);
    let read: Value = serde_json::from_slice(&output).unwrap();
    for member in ["licenseId", "licenseType", "licensee", "hosts", "expiresOn"] {
        assert_eq!(read[member], request[member], "{member}");
    }
    assert_eq!(read["product"]["code"], request["product"]["code"]);
    let names = |value: &Value| -> Vec<Value> {
        let features = value["features"].as_array().unwrap().iter();
        features
            .map(|feature| json!([feature["name"], feature["count"]]))
            .collect()
    };
    assert_eq!(names(&read), names(&request));
    assert_eq!(
        (&read["signed"], &read["problems"]),
        (&json!(true), &json!([]))
    );
}

#[test]
fn what_a_user_would_stumble_over_is_told() {
    let (_, mut claims, _) = parts(&result(&request()));
    claims["expiresOn"] = json!("2026-11-24");
    claims["notForUse"] = json!(true);
    let (_, output) = read(&file(&token(&claims)));
    let result: Value = serde_json::from_slice(&output).unwrap();
    let codes: Vec<_> = result["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| &p["code"])
        .collect();
    assert_eq!(codes, ["NOT_FOR_USE", "EXPIRED"]);
    assert_eq!(result["signed"], json!(false));
}

#[test]
fn what_others_write_is_not_mine() {
    let other = token(&json!({"iss": "somebody", "jti": "1"}));
    for files in [
        json!([]),
        file("FEATURE a b 1 permanent 1 SIGN=0"),
        file(&other),
    ] {
        let (status, output) = read(&files);
        assert_eq!(status, Status::Rejected);
        let rejection: Rejection = strict::from_slice(&output).unwrap();
        assert_eq!(rejection.code, "NOT_MINE");
    }
}

proptest! {
    #[test]
    fn whatever_people_type_comes_back(licensee in ".*", value in ".*") {
        let mut request = request();
        request["licensee"] = json!(licensee);
        request["hosts"][0]["value"] = json!(value);
        let (_, claims, _) = parts(&result(&request));
        prop_assert_eq!(&claims["sub"], &json!(licensee));
        prop_assert_eq!(&claims["hosts"][0]["value"], &json!(value));
    }
}
