//! Native plugins in the server: named in the configuration, called through
//! the domain's port, what they print logged.

use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use lds_domain::Code;
use lds_domain::attribute::Attribute;
use lds_domain::generator::{GeneratorState, HostParts, RequestOrder};
use lds_domain::order_id::OrderId;
use lds_domain::ports::Generators as _;
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use crate::kit::{GENERATE, PluginFile, c, runtime};
use crate::paper::{description_with, result_with};
use crate::server::{Server, request};

/// A library that describes itself and does this at whatever else it is asked.
fn library(members: serde_json::Value, generate: &str) -> PluginFile {
    let quoted = |text: String| serde_json::to_string(&text).unwrap();
    let description = quoted(description_with("native", members).to_string());
    let result = quoted(result_with("LICENSE\n", json!({})).to_string());
    c(&format!(
        r"static char in[1 << 16];
        static const char *text = {result};
        int32_t lds_call(const struct lds_host *h, uint32_t op, uint32_t len) {{
          const char *out = {description};
          in[h->input_read(h->ctx, 0, (uint8_t *)in, sizeof in - 1)] = 0;
          if (op > 1) {{ out = text; {generate} }}
          h->output_write(h->ctx, (const uint8_t *)out, strlen(out));
          return 0; }}"
    ))
}

fn server(library: &PluginFile, grants: &str) -> Server {
    let path = library.path.display();
    Server::new(&format!("[plugins.mine]\npackage = '{path}'\n{grants}"))
}

#[tokio::test]
async fn a_library_serves_under_the_operators_name() {
    let library = library(json!({}), "");
    let server = server(&library, "");
    let info = server.listed("mine").await;
    assert_eq!(info.kind, "NATIVE");
    let made = server.generate("mine").await.unwrap();
    assert_eq!(made.files[0].text(), Some("LICENSE\n"));
    assert_eq!(made.generator.name, "mine");
}

#[tokio::test]
async fn a_host_value_is_composed_of_typed_parts() {
    let types = json!([{"name": "DONGLE", "label": "Dongle", "form": "upper",
        "attributes": [{"name": "slot", "type": "int", "required": true}]}]);
    let compose = r#"if (op == 6 && strstr(in, "\"type\":\"DONGLE\"") && strstr(in, "{\"slot\":7}"))
        out = "{\"schema\":1,\"value\":\"ab-7\"}";"#;
    let members = json!({"ops": ["DESCRIBE", "GENERATE", "HOST"], "hostTypes": types});
    let generators = server(&library(members, compose), "").start().await;
    let parts = |host_type: &str, slot: &str| HostParts {
        host_type: host_type.to_owned(),
        attributes: vec![Attribute {
            name: "slot".to_owned(),
            value: slot.to_owned(),
        }],
    };
    let composed = generators.compose("mine", &parts("DONGLE", "7")).await;
    assert_eq!(composed.unwrap().as_deref(), Some("ab-7"));
    for (host_type, slot, code) in [
        ("DONGLE", "seven", Code::InvalidRequest),
        ("OTHER", "7", Code::HostTypeUnsupported),
        // What it answers is no host.
        ("DONGLE", "8", Code::GeneratorFailed),
    ] {
        let refused = generators.compose("mine", &parts(host_type, slot)).await;
        assert_eq!(refused.unwrap_err().code, code, "{host_type} {slot}");
    }
    let without = server(&library(json!({}), ""), "").start().await;
    let none = without.compose("mine", &parts("DONGLE", "7")).await;
    assert_eq!(none.unwrap(), None);
}

#[tokio::test]
async fn a_bare_library_in_the_folder_is_not_loaded() {
    let server = Server::new("");
    let library = library(json!({}), "");
    std::fs::copy(&library.path, server.data_dir().join("plugins/native.so")).unwrap();
    let generators = server.start().await;
    assert!(generators.get("native").is_none());
}

#[tokio::test]
async fn the_order_id_goes_only_to_who_may_see_it() {
    let saw = r#"if (strstr(in, "AAAAA-BBBBB-CCCCC-DDDDD")) {
      out = "{\"schema\":1,\"code\":\"SAW\",\"message\":\"Seen.\"}";
      h->output_write(h->ctx, (const uint8_t *)out, strlen(out)); return 1; }"#;
    let spy = library(
        json!({"capabilities": [{"name": "order-id", "required": false}]}),
        saw,
    );
    let mut request = request();
    request.order = Some(RequestOrder {
        order_id: Some(OrderId::from_stored("AAAAA-BBBBB-CCCCC-DDDDD".into())),
        external_ref: None,
        attributes: vec![],
    });
    let blind = server(&spy, "").start().await;
    let made = blind.generate("mine", &request).await.unwrap();
    assert!(!String::from_utf8(made.document).unwrap().contains("AAAAA"));
    let trusted = server(&spy, "grants = { order-id = true }").start().await;
    let seen = trusted.generate("mine", &request).await.unwrap_err();
    assert_eq!(seen.code, Code::GeneratorRejected);
}

#[tokio::test]
async fn time_limits_of_the_operator_and_lower_ones_of_the_plugin_hold() {
    let hang = library(json!({}), "for (;;) pause();");
    let slow = server(&hang, "time_ms = 300");
    let start = Instant::now();
    assert_eq!(slow.error("mine").await.code, Code::GeneratorTimeout);
    assert!(start.elapsed() >= Duration::from_millis(300));
    let modest = library(json!({"limits": {"timeMs": 20}}), "for (;;) pause();");
    let generators = server(&modest, "time_ms = 60000").start().await;
    let start = Instant::now();
    let error = generators.generate("mine", &request()).await.unwrap_err();
    assert_eq!(error.code, Code::GeneratorTimeout);
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn who_finds_the_queue_full_is_turned_away() {
    let hang = library(json!({}), "for (;;) pause();");
    let generators = server(&hang, "concurrency = 1\nqueue = 1").start().await;
    let request = request();
    let call = || generators.generate("mine", &request);
    let (first, second, third) = tokio::join!(call(), call(), call());
    assert_eq!(first.unwrap_err().code, Code::GeneratorTimeout);
    assert_eq!(second.unwrap_err().code, Code::GeneratorTimeout);
    assert_eq!(third.unwrap_err().code, Code::GeneratorUnavailable);
}

#[tokio::test]
async fn a_crash_is_a_failure_and_the_server_goes_on() {
    let crash = library(json!({}), "if (strstr(in, \"draw\")) abort();");
    let generators = server(&crash, "").start().await;
    let error = generators.generate("mine", &request()).await.unwrap_err();
    assert_eq!(error.code, Code::GeneratorFailed);
    assert!(error.internal.unwrap().contains("CRASHED"));
    let mut other = request();
    other.features[0].name = "plot".into();
    assert!(generators.generate("mine", &other).await.is_ok());
    assert_eq!(generators.get("mine").unwrap().state, GeneratorState::Ready);
}

/// Everything that is logged on this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// Lets other tasks run until this has been logged.
    async fn wait_for(&self, part: &str) {
        let start = Instant::now();
        while !self.text().contains(part) {
            assert!(
                start.elapsed().as_secs() < 10,
                "{part} is not in {}",
                self.text()
            );
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn what_a_library_prints_and_logs_is_logged() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(log.clone())
        .with_ansi(false)
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let chatty = library(
        json!({}),
        r#"puts("on stdout"); fflush(stdout); fputs("on stderr\n", stderr);
        h->log(h->ctx, 2, (const uint8_t *)"by log", 6);"#,
    );
    let generators = server(&chatty, "").start().await;
    generators.generate("mine", &request()).await.unwrap();
    for part in ["on stdout", "on stderr", "by log"] {
        log.wait_for(part).await;
    }
    assert!(!log.text().contains("LICENSE"));
}

#[tokio::test]
async fn workers_end_with_their_plugin() {
    let file = c(r#"
      int32_t lds_call(const struct lds_host *h, uint32_t op, uint32_t len) {
        char pid[20]; int n = snprintf(pid, sizeof pid, "%d", getpid());
        return h->output_write(h->ctx, (const uint8_t *)pid, n); }"#);
    let plugin = runtime().open_file(&file.path, None).await.unwrap();
    let outcome = plugin.call(GENERATE, b"").await;
    let process = format!("/proc/{}", String::from_utf8(outcome.output).unwrap());
    assert!(Path::new(&process).exists());
    drop(plugin);
    let start = Instant::now();
    while Path::new(&process).exists() {
        assert!(start.elapsed().as_secs() < 10, "the worker lives on");
        std::thread::yield_now();
    }
}
