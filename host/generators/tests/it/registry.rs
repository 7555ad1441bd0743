//! Who is taken into service, who is listed as failed, and with what words.

use lds_domain::generator::GeneratorState;
use lds_domain::ports::Generators as _;
use serde_json::json;

use crate::paper::{DESCRIBE, Paper, SELFTEST, description, description_with};
use crate::server::Server;

#[tokio::test]
async fn a_bare_module_is_known_by_its_own_name() {
    let server = Server::new("").with("file.wasm", &Paper::new(&description("paper")));
    let info = server.listed("paper").await;
    assert_eq!(info.state, GeneratorState::Ready);
    assert_eq!(info.kind, "WASM");
    assert_eq!(info.digest.len(), 64);
    let described = info.description.unwrap();
    assert_eq!(described.version, "1.0.0");
    assert_eq!(described.document, description("paper").to_string());
}

#[tokio::test]
async fn a_component_serves_as_a_module_does() {
    let paper = Paper::new(&description("paper"));
    let server = Server::new("[plugins.module]\npackage = 'module.wasm'")
        .with("module.wasm", &paper)
        .with_wat("component.wasm", &paper.component());
    assert_eq!(server.listed("module").await.kind, "WASM");
    let component = server.listed("paper").await;
    assert_eq!(component.state, GeneratorState::Ready);
    assert_eq!(component.kind, "COMPONENT");
    let made = server.generate("paper").await.unwrap();
    assert_eq!(made.files[0].text(), Some("LICENSE\n"));
    assert_eq!(made.generator.digest, component.digest);
    let other = server.generate("module").await.unwrap();
    assert_eq!(made.files, other.files);
    assert_eq!(made.document, other.document);
}

#[tokio::test]
async fn the_operator_names_plugins_and_switches_them_off() {
    let paper = Paper::new(&description("paper"));
    let server =
        Server::new("[plugins.mine]\npackage = 'file.wasm'\n[plugins.paper]\nenabled = false")
            .with("file.wasm", &paper)
            .with("other.wasm", &paper);
    assert_eq!(server.listed("mine").await.state, GeneratorState::Ready);
    assert_eq!(server.listed("paper").await.state, GeneratorState::Disabled);
    assert!(server.generate("mine").await.is_ok());
    let error = server.error("paper").await;
    assert_eq!(error.code, lds_domain::Code::GeneratorUnavailable);
}

#[tokio::test]
async fn a_section_without_a_plugin_is_told() {
    let server = Server::new("[plugins.ghost]\n[plugins.lost]\npackage = 'lost.so'");
    assert!(server.failure("ghost").await.contains("no plugin"));
    assert!(
        server
            .failure("lost")
            .await
            .contains("lost.so cannot be read")
    );
}

#[tokio::test]
async fn a_name_is_taken_once() {
    let server = Server::new("")
        .with("a.wasm", &Paper::new(&description("paper")))
        .with("b.wasm", &Paper::new(&description("paper")));
    assert_eq!(server.listed("paper").await.state, GeneratorState::Ready);
    assert!(server.failure("b.wasm").await.contains("is taken"));
}

#[tokio::test]
async fn the_example_is_in_service_where_it_has_a_section() {
    let state = async |config: &str| Server::new(config).listed("hello").await.state;
    assert_eq!(state("").await, GeneratorState::Disabled);
    assert_eq!(state("[plugins.hello]").await, GeneratorState::Ready);
    let off = "[plugins.hello]\nenabled = false";
    assert_eq!(state(off).await, GeneratorState::Disabled);
}

#[tokio::test]
async fn the_examples_name_is_free_for_others() {
    let own = description("hello");
    for section in ["", "[plugins.hello]", "[plugins.hello]\npackage = 'a.wasm'"] {
        let server = Server::new(section).with("a.wasm", &Paper::new(&own));
        let info = server.listed("hello").await;
        assert_eq!(info.state, GeneratorState::Ready, "{section}");
        let described = info.description.unwrap();
        assert_eq!(described.document, own.to_string(), "{section}");
        let generators = server.start().await;
        let listed = generators.list().into_iter();
        assert_eq!(listed.filter(|info| info.name == "hello").count(), 1);
        assert!(generators.get("a.wasm").is_none(), "{section}");
    }
}

#[tokio::test]
async fn host_types_mean_one_thing_in_the_whole_server() {
    let host = |form: &str, pattern: &str| json!({"hostTypes": [{"name": "RACK", "label": "Rack", "form": form, "pattern": pattern}]});
    let server = Server::new("")
        .with(
            "a.wasm",
            &Paper::new(&description_with("first", host("upper", "[A-Z]+"))),
        )
        .with(
            "b.wasm",
            &Paper::new(&description_with("same", host("upper", "[A-Z]+"))),
        )
        .with(
            "c.wasm",
            &Paper::new(&description_with("form", host("lower", "[A-Z]+"))),
        )
        .with(
            "d.wasm",
            &Paper::new(&description_with("pattern", host("upper", "[A-Z]*"))),
        );
    let generators = server.start().await;
    let state = |name: &str| generators.get(name).unwrap().state;
    assert_eq!(state("first"), GeneratorState::Ready);
    assert_eq!(state("same"), GeneratorState::Ready);
    assert_eq!(state("form"), GeneratorState::Failed);
    assert_eq!(state("pattern"), GeneratorState::Failed);
    let normal = generators
        .host_type("RACK")
        .unwrap()
        .normalize("ulm")
        .unwrap();
    assert_eq!(normal, "ULM");
}

#[tokio::test]
async fn lies_and_slips_in_describe_are_named() {
    let setting = |setting: serde_json::Value| json!({"settings": [setting]});
    let host = |host: serde_json::Value| json!({"hostTypes": [host]});
    for (members, part) in [
        (json!({"schemas": [2]}), "schemas"),
        (json!({"version": "1"}), "version"),
        (json!({"vendor": "two\nlines"}), "vendor"),
        (json!({"ops": ["DESCRIBE"]}), "GENERATE"),
        (json!({"kinds": ["BIRTHDAY"]}), "BIRTHDAY"),
        (setting(json!({"name": "a b", "type": "text"})), "a b"),
        (setting(json!({"name": "a", "type": "colour"})), "colour"),
        (
            setting(json!({"name": "a", "type": "int", "default": "1"})),
            "declared type",
        ),
        (
            setting(json!({"name": "a", "type": "int", "min": 2, "default": 1})),
            "at least 2",
        ),
        (
            setting(json!({"name": "a", "type": "int", "min": 2, "max": 1})),
            "greater",
        ),
        (
            setting(json!({"name": "a", "type": "text", "pattern": "(?=x)"})),
            "pattern",
        ),
        (
            host(json!({"name": "rack", "label": "R", "form": "hex"})),
            "rack",
        ),
        (
            host(json!({"name": "RACK", "label": "R", "form": "round"})),
            "round",
        ),
        (
            host(
                json!({"name": "RACK", "label": "R", "form": "hex", "pattern": "[0-9]", "example": "x"}),
            ),
            "example",
        ),
        (json!({"capabilities": [{"name": "root"}]}), "root"),
        (
            json!({"capabilities": [{"name": "seal:kit", "required": false}]}),
            "VERIFY",
        ),
        (
            json!({"ops": ["DESCRIBE", "GENERATE", "SELFTEST"]}),
            "SELFTEST ended with UNSUPPORTED",
        ),
    ] {
        let paper = Paper::new(&description_with("liar", members));
        let server = Server::new("[plugins.liar]\npackage = 'liar.wasm'").with("liar.wasm", &paper);
        let failure = server.failure("liar").await;
        assert!(failure.contains(part), "{failure}");
    }
}

#[tokio::test]
async fn a_name_must_have_its_form() {
    for name in ["", "Paper", "pa per", "../paper"] {
        let server = Server::new("").with("p.wasm", &Paper::new(&description(name)));
        let failure = server.failure("p.wasm").await;
        assert!(failure.contains("name is no name"), "{failure}");
    }
}

#[tokio::test]
async fn documents_of_describe_and_selftest_are_read_strictly() {
    let good = description("paper").to_string();
    for bad in [
        "",
        "null",
        "[]",
        "{}",
        "\u{feff}{}",
        &good.replace("[1]", "[1.0]"),
        &good.replacen('{', r#"{"schema":1,"#, 1),
    ] {
        let paper = Paper::new(&description("paper")).answers(DESCRIBE, 0, bad);
        let failure = Server::new("")
            .with("p.wasm", &paper)
            .failure("p.wasm")
            .await;
        assert!(failure.contains("bad document"), "{failure}");
    }
    let tested = description_with(
        "paper",
        json!({"ops": ["DESCRIBE", "GENERATE", "SELFTEST"]}),
    );
    for (status, output, part) in [
        (0, "", "bad document"),
        (
            3,
            r#"{"schema":1,"code":"SICK","message":"No."}"#,
            "INTERNAL",
        ),
    ] {
        let paper = Paper::new(&tested).answers(SELFTEST, status, output);
        let failure = Server::new("")
            .with("p.wasm", &paper)
            .failure("p.wasm")
            .await;
        assert!(failure.contains(part), "{failure}");
    }
    let well = Paper::new(&tested).answers(SELFTEST, 0, r#"{"schema":1}"#);
    let server = Server::new("").with("p.wasm", &well);
    assert_eq!(server.listed("paper").await.state, GeneratorState::Ready);
}

#[tokio::test]
async fn capabilities_must_be_granted_and_fit() {
    let sign = |capability: serde_json::Value| {
        Paper::new(&description_with(
            "paper",
            json!({"capabilities": [capability]}),
        ))
    };
    let needed = sign(json!({"name": "sign:main", "algorithms": ["ES256"]}));
    let section = "[plugins.paper]\n";
    for (config, part) in [
        ("", "sign:main, which is not granted"),
        (
            "grants = { 'sign:main' = 'ghost' }",
            "there is no signer ghost",
        ),
        (
            "grants = { 'sign:main' = 'default' }",
            "needs a signer for ES256",
        ),
        ("grants = { 'sign:main' = true }", "by the name of a signer"),
        (
            "grants = { 'sign:main' = 'default', 'sign:other' = 'default' }",
            "no such capability",
        ),
        (
            "grants = { 'sign:main' = 'kit' }\n[signers.kit]\nkind = 'command'\nprogram = '/bin/true'",
            "of kind command",
        ),
        (
            "grants = { 'sign:main' = 'key' }\n[signers.key]\nkind = 'file'\nkey_file = 'ghost.pem'",
            "ghost.pem cannot be read",
        ),
    ] {
        let server = Server::new(&format!("{section}{config}")).with("p.wasm", &needed);
        let failure = server.failure("paper").await;
        assert!(failure.contains(part), "{failure}");
    }
    let wish = sign(json!({"name": "sign:main", "required": false}));
    let server = Server::new("").with("p.wasm", &wish);
    assert_eq!(server.listed("paper").await.state, GeneratorState::Ready);
}

#[tokio::test]
async fn the_operators_settings_must_fit() {
    let paper = Paper::new(&description_with(
        "paper",
        json!({"settings": [{"name": "port", "type": "int", "max": 9}, {"name": "tags", "type": "list"}]}),
    ));
    for (settings, part) in [
        ("{ prot = 1 }", "no setting prot, only: port, tags"),
        ("{ port = 10 }", "at most 9"),
        ("{ port = 'x' }", "whole number"),
    ] {
        let server =
            Server::new(&format!("[plugins.paper]\nsettings = {settings}")).with("p.wasm", &paper);
        let failure = server.failure("paper").await;
        assert!(failure.contains(part), "{failure}");
    }
    let server = Server::new("[plugins.paper]\nsettings = { port = 1, tags = ['a', 'b'] }")
        .with("p.wasm", &paper);
    let settings = server.listed("paper").await.operator_settings;
    let settings: Vec<_> = settings.iter().map(|s| (&*s.name, &*s.value)).collect();
    assert_eq!(settings, [("port", "1"), ("tags", "a"), ("tags", "b")]);
}

#[test]
fn the_configuration_is_written_as_it_is_read() {
    let text = r#"
        [plugins.keyfile]
        package = "keyfile.wasm"
        time_ms = 2000
        grants = { "sign:main" = "acme-2026", order-id = true }
        settings = { issuer = "Acme", port = 7, open = false, tags = ["a"] }
        [signers.acme-2026]
        kind = "file"
        key_file = "acme.pem"
        [signers.kit]
        kind = "command"
        program = "/opt/kit/lmcrypt"
        mode = "in_out"
        "#;
    let read: lds_generators::GeneratorsConfig = toml::from_str(text).unwrap();
    assert_eq!(read.plugins["keyfile"].time_ms, Some(2000));
    let written = toml::to_string(&read).unwrap();
    assert_eq!(
        toml::from_str::<lds_generators::GeneratorsConfig>(&written).unwrap(),
        read
    );
}

#[tokio::test]
async fn unknown_keys_of_the_configuration_are_refused() {
    for text in [
        "[plugins.paper]\ntime = 1",
        "[signers.key]\nkind = 'file'\nkey_file = 'a'\npassword = 'b'",
        "[signers.key]\nkind = 'magic'",
        "[plugin.paper]",
    ] {
        assert!(
            toml::from_str::<lds_generators::GeneratorsConfig>(text).is_err(),
            "{text}"
        );
    }
}
