//! Configuration from outside in: texts and variables in, values and sentences out.

use std::path::Path;

use serde_json::Value;

use super::layers::Origin;
use super::*;

const EXAMPLE: &str = include_str!("../../../../config/lds.toml");
const REFERENCE: &str = include_str!("../../../../docs/configure.md");

fn load_text(text: &str, variables: &[(&str, &str)]) -> Result<Loaded, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lds.toml");
    std::fs::write(&path, text).unwrap();
    let variables = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    load(Some(&path), variables, Vec::new()).map_err(|error| {
        let folder = format!("{}/", folder.path().display());
        error.to_string().replace(&folder, "")
    })
}

fn refused(text: &str) -> String {
    load_text(text, &[]).unwrap_err()
}

#[test]
fn the_defaults_are_those_of_the_web() {
    let config = Config::default();
    let options = config.http.options(&config.branding, &config.fno);
    let web = lds_web::Options::default();
    assert_eq!(format!("{options:?}"), format!("{web:?}"));
}

#[test]
fn nothing_at_all_gives_the_defaults() {
    let loaded = load(None, std::iter::empty(), Vec::new()).unwrap();
    assert_eq!(loaded.config, Config::default());
    assert!(loaded.origins.is_empty());
}

#[test]
fn an_unknown_key_is_named_with_its_line_and_the_nearest() {
    assert_eq!(
        refused("# first\n[http]\nlsiten = \"127.0.0.1:1\"\n"),
        "lds.toml:3: http.lsiten: unknown key lsiten; did you mean listen?"
    );
    assert_eq!(
        refused("[htpp]\nlisten = \"127.0.0.1:1\"\n"),
        "lds.toml:1: unknown key htpp; did you mean http?"
    );
    assert_eq!(
        refused("[log]\nzzz = 1\n"),
        "lds.toml:2: log.zzz: unknown key zzz; known are format, filter"
    );
}

#[test]
fn a_key_of_a_plugin_is_checked_as_well() {
    assert_eq!(
        refused("[plugins.token]\n\ntime_mss = 5\n"),
        "lds.toml:3: plugins.token.time_mss: unknown key time_mss; did you mean time_ms?"
    );
}

#[test]
fn a_wrong_key_of_a_vendor_is_told() {
    let text = refused("[plugin_trust.acme]\nkey = \"AAAA\"\nids = []\n");
    assert!(
        text.starts_with("lds.toml:2: plugin_trust.acme.key: it is no public key of Ed25519"),
        "{text}"
    );
}

#[test]
fn a_wrong_value_is_named_with_its_key() {
    let text = refused("[http]\nbody_kib = \"big\"\n");
    assert!(text.starts_with("lds.toml:2: http.body_kib: "), "{text}");
    assert_eq!(
        refused("[http]\nlisten = \"localhost\"\n"),
        "lds.toml:2: http.listen: localhost is no IP address with a port, such as 127.0.0.1:8080 \
         or [::]:8080"
    );
    assert_eq!(
        refused("[log]\nformat = \"jason\"\n"),
        "lds.toml:2: log.format: unknown value jason; did you mean json?"
    );
    assert_eq!(
        refused("[time]\nzone = \"Europe/Berln\"\n"),
        "lds.toml:2: time.zone: no time zone Europe/Berln; did you mean Europe/Berlin?"
    );
    assert_eq!(
        refused("[http]\ntrusted_proxies = [\"10.0.0.0/8\", \"proxy\"]\n"),
        "lds.toml:2: http.trusted_proxies: proxy is no address and no network such as 10.0.0.0/8"
    );
}

#[test]
fn not_everybody_has_texts_written() {
    assert_eq!(
        refused("[fno]\naddresses = [\"0.0.0.0/0\"]\n"),
        "lds.toml:2: fno.addresses: 0.0.0.0/0 is everybody, who could then have licenses written: \
         name the servers alone"
    );
}

#[test]
fn limits_that_let_nothing_through_are_refused() {
    for key in [
        "body_kib",
        "header_time_ms",
        "body_time_ms",
        "max_connections",
    ] {
        let text = refused(&format!("[http]\n{key} = 0\n"));
        let place = format!("lds.toml:2: http.{key}: ");
        assert!(
            text.starts_with(&place) && text.contains("nonzero"),
            "{text}"
        );
    }
}

#[test]
fn a_text_that_is_no_toml_is_named_with_its_line() {
    let text = refused("[http]\nlisten =\n");
    assert!(text.starts_with("lds.toml:2: "), "{text}");
}

#[test]
fn a_missing_file_is_named() {
    let error = load(
        Some(Path::new("/nowhere/lds.toml")),
        std::iter::empty(),
        Vec::new(),
    );
    let text = error.unwrap_err().to_string();
    assert!(text.starts_with("/nowhere/lds.toml: "), "{text}");
}

#[test]
fn variables_win_over_the_file_and_flags_over_both() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lds.toml");
    std::fs::write(&path, "[http]\nlisten = \"127.0.0.1:1\"\nbody_kib = 1\n").unwrap();
    let variables = [
        ("LDS_HTTP__LISTEN", "127.0.0.1:2"),
        ("LDS_HTTP__BODY_KIB", "2"),
        ("LDS_DATA_DIR", "elsewhere"),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let flag = Flag {
        name: "--listen",
        key: "http.listen",
        value: "127.0.0.1:3".to_owned(),
    };
    let Loaded { config, origins } = load(Some(&path), variables.into_iter(), vec![flag]).unwrap();
    assert_eq!(config.http.listen.port(), 3);
    assert_eq!(config.http.body_kib.get(), 2);
    assert_eq!(config.data_dir, Path::new("elsewhere"));
    assert_eq!(origins["http.listen"], Origin::Flag("--listen"));
    let variable = Origin::Variable("LDS_HTTP__BODY_KIB".to_owned());
    assert_eq!(origins["http.body_kib"], variable);
}

#[test]
fn a_variable_is_a_text_a_number_or_a_list() {
    let variables = [
        ("LDS_BRANDING__NAME", "1984"),
        ("LDS_LOG__FILTER", "warn,lds_web=debug"),
        ("LDS_HTTP__TRUSTED_PROXIES", r#"["10.0.0.0/8", "::1"]"#),
        ("LDS_HTTP__MANAGEMENT__LISTEN", "127.0.0.1:9"),
    ];
    let config = load_text("", &variables).unwrap().config;
    assert_eq!(config.branding.name, "1984");
    assert_eq!(String::from(config.log.filter), "warn,lds_web=debug");
    assert_eq!(config.http.trusted_proxies.len(), 2);
    assert_eq!(config.http.management.listen.port(), 9);
}

#[test]
fn a_wrong_variable_is_named() {
    let refused = |name, value| load_text("", &[(name, value)]).unwrap_err();
    assert_eq!(
        refused("LDS_HTTP__LSITEN", "127.0.0.1:1"),
        "LDS_HTTP__LSITEN: unknown key lsiten; did you mean listen?"
    );
    let text = refused("LDS_HTTP__BODY_KIB", "big");
    assert!(text.starts_with("LDS_HTTP__BODY_KIB: "), "{text}");
    assert_eq!(
        refused("LDS_SIGNERS__DEFAULT__KIND", "file"),
        "LDS_SIGNERS__DEFAULT__KIND: [signers] is read from the file alone"
    );
    let text = refused("LDS_DATA_DIR__X", "1");
    assert!(text.starts_with("LDS_DATA_DIR__X: "), "{text}");
}

#[test]
fn a_variable_takes_the_place_of_the_files_other_form() {
    let text = "[store]\nurl_file = \"/run/secrets/url\"\n";
    let loaded = load_text(text, &[("LDS_STORE__URL", "postgres://db/lds")]).unwrap();
    assert_eq!(loaded.config.store.url_file, None);
    assert!(!loaded.origins.contains_key("store.url_file"));
    assert_eq!(
        loaded.config.store.url.unwrap().expose(),
        "postgres://db/lds"
    );
}

#[test]
fn shown_values_tell_their_origin_and_no_secret() {
    let text = "[store]\nurl = \"postgres://lds:swordfish@db/lds\"\n[plugins.token]\ntime_ms = 7\n";
    let loaded = load_text(text, &[("LDS_TIME__ZONE", "Europe/Berlin")]).unwrap();
    let shown = show::show(&loaded).unwrap();
    let line = |key: &str| {
        let mut lines = shown.lines();
        let start = format!("{key} = ");
        lines.find_map(|line| line.strip_prefix(&start)).unwrap()
    };
    assert_eq!(line("http.listen"), "\"127.0.0.1:8080\"  # default");
    assert_eq!(line("http.public_url"), "(not set)  # default");
    assert_eq!(line("time.zone"), "\"Europe/Berlin\"  # LDS_TIME__ZONE");
    assert!(line("store.url").starts_with("\"(hidden)\"  # /"));
    assert!(line("plugins.token.time_ms").ends_with("lds.toml:4"));
    assert!(!shown.contains("swordfish"), "{shown}");
}

/// Leaves of all sections but those with names in them.
fn leaves(value: &Value, path: &str, found: &mut Vec<(String, Value)>) {
    let Value::Object(members) = value else {
        return found.push((path.to_owned(), value.clone()));
    };
    for (name, value) in members {
        let named = [
            "plugins",
            "remotes",
            "signers",
            "plugin_trust",
            "technologies",
        ];
        if !named.contains(&name.as_str()) {
            leaves(value, &lines::join(path, name), found);
        }
    }
}

fn defaults() -> Vec<(String, Value)> {
    let mut found = Vec::new();
    let value = serde_json::to_value(Config::default()).unwrap();
    leaves(&value, "", &mut found);
    found
}

/// The example with its settings switched on: a comment without a blank after the sign is one.
fn example_switched_on() -> String {
    let lines = EXAMPLE.lines().map(|line| match line.strip_prefix('#') {
        Some(setting) if !setting.starts_with(' ') => setting,
        _ => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_example_sets_nothing() {
    assert_eq!(load_text(EXAMPLE, &[]).unwrap().config, Config::default());
}

#[test]
fn the_example_tells_every_setting_with_its_default() {
    let loaded = load_text(&example_switched_on(), &[]).unwrap();
    let mut found = Vec::new();
    leaves(
        &serde_json::to_value(&loaded.config).unwrap(),
        "",
        &mut found,
    );
    for ((key, default), (same, value)) in defaults().into_iter().zip(found) {
        assert_eq!(key, same);
        assert!(loaded.origins.contains_key(&key), "{key} is missing");
        assert!(default.is_null() || default == value, "{key}: {value}");
    }
    assert!(loaded.config.plugins.contains_key("token"));
    assert!(loaded.config.signers.contains_key("vendor"));
    assert!(loaded.config.plugin_trust.contains_key("acme"));
}

#[test]
fn the_reference_tells_every_setting_with_its_default() {
    for (key, default) in defaults() {
        let default = match default {
            Value::Null => "not set".to_owned(),
            value => format!("`{value}`"),
        };
        let row = format!("| `{key}` | {default} | ");
        assert!(REFERENCE.contains(&row), "docs/configure.md lacks {row}");
    }
}
