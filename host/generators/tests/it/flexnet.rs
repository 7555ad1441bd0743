//! The bundled plugin `flexnet`, end to end with a shell script in the place of
//! the vendor's kit.

use lds_domain::Code;
use lds_domain::generator::{GenerateRequest, Value};
use lds_domain::ports::Generators as _;
use lds_domain::terms::LicenseType;

use crate::server::{Server, request};

/// Signs every line with twelve digits, in groups as kits write them.
const SIGN: &str = r#"/bin/sed -i 's/SIGN=0/SIGN="0123 4567 89AB"/' "$1""#;

fn server(script: &str) -> Server {
    let script = serde_json::to_string(script).unwrap();
    Server::new(&format!(
        r#"
        [plugins.flexnet]
        grants = {{ "seal:kit" = "kit" }}
        [signers.kit]
        kind = "command"
        program = "/bin/sh"
        args = ["-c", {script}, "kit", "{{in}}"]
        "#
    ))
}

fn floating() -> GenerateRequest {
    let mut request = request();
    request.license_type = LicenseType::Floating;
    request.hosts[0].name = Some("lic01".into());
    request.features[0].count = 7;
    request
}

#[tokio::test]
async fn the_kit_signs_each_line_and_the_reader_agrees() {
    for request in [request(), floating()] {
        let generators = server(SIGN).start().await;
        let made = generators.generate("flexnet", &request).await.unwrap();
        let text = made.files[0].text().unwrap();
        assert!(text.contains("draw acmed 2.0 24-nov-2027"), "{text}");
        assert!(text.contains(r#"SIGN="0123 4567 89AB""#), "{text}");
        assert!(!text.contains("SIGN=0"), "{text}");
        assert_eq!(made.signers.len(), 1);
        assert_eq!(made.signers[0].name, "kit");
    }
}

#[tokio::test]
async fn a_faulty_kit_gives_no_license() {
    for script in [
        "true".to_owned(),
        format!("{SIGN}; /bin/sed -i 's/2.0 24-nov/3.0 24-nov/' \"$1\""),
        format!("{SIGN}; /bin/sed -i '/draw/d' \"$1\""),
        format!("{SIGN}; /bin/sed -i 's/001122aabbcc/001122aabbcd/' \"$1\""),
        "/bin/sed -i 's/SIGN=0/SIGN=0123/' \"$1\"".to_owned(),
    ] {
        let generators = server(&script).start().await;
        let error = generators
            .generate("flexnet", &request())
            .await
            .unwrap_err();
        assert_eq!(error.code, Code::SignerFailed, "{script}");
        assert!(error.internal.unwrap().contains("VERIFY"), "{script}");
    }
}

#[tokio::test]
async fn without_a_kit_only_unsigned_products_get_a_file() {
    let generators = Server::new("").start().await;
    let refused = generators
        .generate("flexnet", &request())
        .await
        .unwrap_err();
    assert_eq!(refused.code, Code::GeneratorRejected);
    let mut unsigned = request();
    unsigned
        .settings
        .push(("unsigned".into(), Value::Bool(true)));
    let made = generators.generate("flexnet", &unsigned).await.unwrap();
    let text = made.files[0].text().unwrap();
    assert!(text.contains("SIGN=0"), "{text}");
    assert!(made.signers.is_empty());
}

#[tokio::test]
async fn the_vendors_no_reaches_the_user() {
    let generators = server(SIGN).start().await;
    let mut bad = request();
    bad.features[0].name = "two words".into();
    let refused = generators.generate("flexnet", &bad).await.unwrap_err();
    assert_eq!(refused.code, Code::GeneratorRejected);
    assert!(!refused.message.is_empty());
}
