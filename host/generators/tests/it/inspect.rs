//! What the examination of a plugin file finds.

use lds_generators::inspect::{Finding, check};
use serde_json::json;

use crate::kit::{PluginFile, c, raw_wat, runtime};
use crate::paper::{GENERATE, Paper, description, description_with};

async fn findings(file: &PluginFile) -> Vec<Finding> {
    check(&runtime(), &file.path).await
}

/// The sentence of the last finding, which is a failure.
async fn complaint(file: &PluginFile) -> String {
    let last = findings(file).await.pop().unwrap();
    last.outcome.unwrap_err()
}

#[tokio::test]
async fn a_sound_plugin_passes() {
    let paper = Paper::new(&description("paper"));
    for plugin in [paper.module(), paper.component()] {
        let findings = findings(&raw_wat(&plugin)).await;
        let subjects: Vec<_> = findings.iter().map(|finding| finding.subject).collect();
        assert_eq!(subjects, ["interface", "description", "purity"]);
        assert!(
            findings.iter().all(|finding| finding.outcome.is_ok()),
            "{findings:?}"
        );
    }
}

#[tokio::test]
async fn what_does_not_load_is_told() {
    assert!(complaint(&raw_wat("(module)")).await.contains("memory"));
}

#[tokio::test]
async fn a_bad_description_is_told() {
    let paper = Paper::new(&description_with("paper", json!({"version": "1"})));
    assert!(
        complaint(&raw_wat(&paper.module()))
            .await
            .contains("version")
    );
}

#[tokio::test]
async fn other_statuses_and_bad_documents_are_told() {
    let paper = Paper::new(&description("paper"));
    let sick = paper.clone().answers(GENERATE, 3, "");
    assert!(
        complaint(&raw_wat(&sick.module()))
            .await
            .contains("ended with INTERNAL")
    );
    let empty = paper.answers(GENERATE, 0, r#"{"schema":1}"#);
    assert!(
        complaint(&raw_wat(&empty.module()))
            .await
            .contains("0 files")
    );
}

#[tokio::test]
async fn memory_of_earlier_calls_is_found() {
    let description = description("counter").to_string().replace('"', "\\\"");
    let counter = c(&format!(
        r#"static int count;
        int32_t lds_call(const struct lds_host *h, uint32_t op, uint32_t len) {{
          static char b[300];
          if (op == 1) strcpy(b, "{description}");
          else sprintf(b, "{{\"schema\":1,\"files\":[{{\"name\":\"a\",\"mediaType\":\"text/plain\",\"text\":\"%d\"}}]}}", count++);
          h->output_write(h->ctx, (const uint8_t *)b, strlen(b));
          return 0; }}"#
    ));
    assert!(complaint(&counter).await.contains("differently"));
}
