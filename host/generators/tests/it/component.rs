//! Hostile and wrong components: each ends with the status or the sentence that the interface lays
//! down, as a core module does.

use std::fmt::Write;

use lds_generators::{CallStatus, LogLevel, PluginKind};

use crate::kit::{GENERATE, call, open, raw_wat, refusal, runtime, wat};
use crate::paper::{Paper, description};
use crate::parts::{ABI, CALL, ECHO, Parts, run};

async fn status(body: &str) -> CallStatus {
    call(&run(body), b"{}").await.status
}

#[tokio::test]
async fn answers_as_a_module_does() {
    let module = wat(
        r#"(func (export "lds_call") (param $op i32) (param $len i32) (result i32)
      (drop (call $read (i32.const 0) (i32.const 16) (local.get $len)))
      (call $write (i32.const 16) (local.get $len)))"#,
    );
    let module = open(&module).await.unwrap();
    let component = open(&run(ECHO)).await.unwrap();
    assert_eq!(module.kind, PluginKind::Wasm);
    assert_eq!(component.kind, PluginKind::Component);
    assert_eq!(component.kind.name(), "COMPONENT");
    assert_eq!(component.limits.memory, 256 << 20);
    for input in ["", r#"{"schema":1}"#, r#"{"licensee":"Müller\n€ 𝄞"}"#] {
        for _ in 0..2 {
            let first = module.call(GENERATE, input.as_bytes()).await;
            let second = component.call(GENERATE, input.as_bytes()).await;
            assert_eq!(
                (first.status, first.output.as_slice()),
                (CallStatus::Ok, input.as_bytes())
            );
            assert_eq!(
                (second.status, second.output),
                (CallStatus::Ok, first.output)
            );
            assert_eq!(second.memory, 65536);
        }
    }
}

#[tokio::test]
async fn each_call_finds_a_fresh_instance() {
    let counter = run(r"
      (if (i32.load (i32.const 0)) (then (unreachable)))
      (i32.store (i32.const 0) (i32.const 1))
      (call $answer (i32.const 0) (i32.const 0) (i32.const 0))");
    let plugin = open(&counter).await.unwrap();
    for _ in 0..3 {
        assert_eq!(plugin.call(GENERATE, b"").await.status, CallStatus::Ok);
    }
}

#[tokio::test]
async fn statuses_are_those_of_the_interface() {
    for (code, expected, kept) in [
        (0, CallStatus::Ok, "{}"),
        (1, CallStatus::Rejected, "{}"),
        (4, CallStatus::Unsupported, ""),
        (5, CallStatus::BadOutput, ""),
        (-1, CallStatus::BadOutput, ""),
    ] {
        let body = format!("(call $answer (i32.const {code}) (local.get $at) (local.get $len))");
        let outcome = call(&run(&body), b"{}").await;
        assert_eq!(outcome.status, expected, "{code}");
        assert_eq!(outcome.output, kept.as_bytes(), "{code}");
    }
}

#[tokio::test]
async fn what_ends_a_call_has_the_name_that_it_has_for_modules() {
    let recursion = "(call $call (local.get $op) (local.get $at) (call $call (local.get $op) \
                     (local.get $at) (local.get $len)))";
    let greedy = "(loop (drop (memory.grow (i32.const 16))) (br 0)) (i32.const 0)";
    for (body, expected) in [
        ("(unreachable)", CallStatus::Trap),
        ("(loop (br 0)) (i32.const 0)", CallStatus::Timeout),
        (recursion, CallStatus::Stack),
        (greedy, CallStatus::Memory),
    ] {
        assert_eq!(status(body).await, expected, "{body}");
    }
}

#[tokio::test]
async fn answers_that_break_the_canonical_form_are_told() {
    let outside = "(call $answer (i32.const 0) (i32.const 65535) (i32.const 2))";
    assert_eq!(status(outside).await, CallStatus::Trap);
    assert_eq!(status("(i32.const 65532)").await, CallStatus::Trap);
    assert_eq!(status("(i32.const 17)").await, CallStatus::Trap);
    let bad_text = "(i32.store8 (i32.const 0) (i32.const 255))
      (call $answer (i32.const 0) (i32.const 0) (i32.const 1))";
    assert_eq!(status(bad_text).await, CallStatus::BadOutput);
}

#[tokio::test]
async fn a_request_that_is_no_text_is_not_asked() {
    let outcome = call(&run("(unreachable)"), b"\xff").await;
    assert_eq!(outcome.status, CallStatus::Input);
    assert!(outcome.note.unwrap().contains("UTF-8"));
}

/// An answer of so many zero bytes.
async fn answer_of(len: usize) -> (CallStatus, usize) {
    let body = format!("(call $answer (i32.const 0) (i32.const 65536) (i32.const {len}))");
    let file = Parts {
        pages: 200,
        body: &body,
        ..Parts::default()
    };
    let outcome = call(&file.file(), b"{}").await;
    (outcome.status, outcome.output.len())
}

#[tokio::test]
async fn output_beyond_the_limit_is_told_and_dropped() {
    let limit = 1 << 20;
    assert_eq!(answer_of(limit).await, (CallStatus::Ok, limit));
    for len in [limit + 1, 2 * limit, 2 * limit + 1, 10 * limit] {
        assert_eq!(answer_of(len).await, (CallStatus::OutputLimit, 0), "{len}");
    }
}

#[tokio::test]
async fn messages_are_kept_up_to_a_limit() {
    let flood = format!(
        "(local $i i32)
        (loop
          (call $log (i32.const 9) (local.get $at) (local.get $len))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br_if 0 (i32.lt_u (local.get $i) (i32.const 10000))))
        {ECHO}"
    );
    let text = "x".repeat(1000);
    let outcome = call(&run(&flood), text.as_bytes()).await;
    assert_eq!(outcome.status, CallStatus::Ok);
    assert_eq!(outcome.logs.len(), 65);
    assert_eq!(
        (outcome.logs[0].level, outcome.logs[0].text.as_str()),
        (LogLevel::Debug, text.as_str())
    );
}

#[tokio::test]
async fn a_message_that_is_no_text_traps() {
    let body = format!(
        "(i32.store8 (i32.const 0) (i32.const 255))
        (call $log (i32.const 1) (i32.const 0) (i32.const 1)) {ECHO}"
    );
    let outcome = call(&run(&body), b"{}").await;
    assert_eq!(outcome.status, CallStatus::Trap);
    assert!(outcome.note.unwrap().contains("UTF-8"));
}

#[tokio::test]
async fn a_start_function_counts_within_the_time_limit() {
    let spinning = Parts {
        items: "(func $spin (loop (br 0))) (start $spin)",
        ..Parts::default()
    };
    let refused = refusal(&spinning.file()).await;
    assert!(refused.contains("TIMEOUT"), "{refused}");
}

#[tokio::test]
async fn imports_that_are_not_offered_are_named() {
    for (import, part) in [
        (
            r#"(import "wasi:cli/environment@0.2.3" (instance (export "get" (func))))"#,
            "wasi:cli/environment@0.2.3",
        ),
        (
            r#"(import "lds:generator/host@2.0.0" (instance))"#,
            "host@2.0.0",
        ),
        (
            r#"(import "lds:generator/host@1.0.0" (func))"#,
            "host@1.0.0",
        ),
        (
            r#"(import "lds:generator/host@1.0.0" (instance (export "sign" (func))))"#,
            "imports sign",
        ),
        (
            r#"(import "lds:generator/host@1.0.0" (instance
              (export "log" (func (param "text" string)))))"#,
            "log of lds:generator/host@1.0.0 as func(string), expected func(u32, string)",
        ),
        (r#"(import "clock" (func (result u64)))"#, "imports clock"),
        (
            r#"(import "library" (core module (export "f" (func))))"#,
            "imports library",
        ),
    ] {
        let refused = refusal(&raw_wat(&format!("(component {import})"))).await;
        assert!(refused.contains(part), "{refused}");
    }
}

#[tokio::test]
async fn missing_and_mistyped_exports_are_named() {
    let untyped = r#"(func (export "lds-call") (canon lift (core func $main "abi2")))"#;
    let items = r#"(func (export "abi2"))"#;
    let command = r#"(instance $run) (export "wasi:cli/run@0.2.3" (instance $run))"#;
    let signed = r#"(func (export "lds-abi") (result s32) (canon lift (core func $main "abi")))"#;
    for (exports, part) in [
        (["", CALL], "no lds-abi"),
        ([ABI, ""], "no lds-call"),
        ([signed, CALL], "lds-abi as func() -> s32"),
        (
            [ABI, untyped],
            "lds-call as func(), expected func(u32, string) -> tuple<s32, string>",
        ),
        ([ABI, command], "wasi:cli/run@0.2.3, so it is a program"),
    ] {
        let file = Parts {
            items,
            exports,
            ..Parts::default()
        };
        let refused = refusal(&file.file()).await;
        assert!(refused.contains(part), "{refused}");
    }
}

#[tokio::test]
async fn a_first_memory_above_the_limit_is_refused() {
    let large = |pages| Parts {
        pages,
        body: ECHO,
        ..Parts::default()
    };
    let refused = refusal(&large(4097).file()).await;
    assert!(refused.contains("first memory is 268500992"), "{refused}");
    let outcome = call(&large(4096).file(), b"{}").await;
    assert_eq!(outcome.status, CallStatus::Ok);
    let file = large(100).file();
    let mut limits = open(&file).await.unwrap().limits;
    limits.memory = 64 * 65536;
    let opened = runtime().open_file(&file.path, Some(limits)).await;
    let refused = opened.err().unwrap().to_string();
    assert!(refused.contains("first memory"), "{refused}");
}

#[tokio::test]
async fn another_version_is_refused() {
    let other = Parts {
        abi: 0x2_0000,
        ..Parts::default()
    };
    let refused = refusal(&other.file()).await;
    assert!(refused.contains("version 2.0"), "{refused}");
}

#[tokio::test]
async fn memories_count_together() {
    let twice = format!(
        r#"(component
      (core module $large (memory 3000))
      (core instance (instantiate $large))
      (core instance (instantiate $large))
      (core module $main
        (memory (export "memory") 1)
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
        (func (export "abi") (result i32) (i32.const 0x10000))
        (func (export "call") (param i32 i32 i32) (result i32) (i32.const 16)))
      (core instance $main (instantiate $main))
      {ABI}
      {})"#,
        CALL.replace("$libc", "$main")
    );
    let refused = refusal(&raw_wat(&twice)).await;
    assert!(refused.contains("MEMORY"), "{refused}");
}

/// The folder of a package of the kind component with these files.
async fn package(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut manifest = String::from(
        "[plugin]\nid = \"com.example.echo\"\nversion = \"1.0.0\"\nabi = \"1.0\"\n\
         kind = \"component\"\n[artefacts]\n",
    );
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::write(&path, wat::parse_str(text).unwrap()).unwrap();
        let digest = runtime().open_file(&path, None).await.unwrap().digest;
        writeln!(manifest, "\"{name}\" = \"sha256:{digest}\"").unwrap();
    }
    std::fs::write(folder.path().join("plugin.toml"), manifest).unwrap();
    folder
}

#[tokio::test]
async fn a_package_has_one_component() {
    let paper = Paper::new(&description("paper"));
    let (component, module) = (paper.component(), paper.module());
    let folder = package(&[("echo.wasm", &component)]).await;
    let plugin = runtime().open_file(folder.path(), None).await.unwrap();
    assert_eq!(plugin.kind, PluginKind::Component);
    assert_eq!(plugin.call(GENERATE, b"{}").await.status, CallStatus::Ok);
    for (files, part) in [
        (&[][..], "one artefact"),
        (
            &[("a.wasm", &*component), ("b.wasm", &component)],
            "one artefact",
        ),
        (&[("a.wasm", &module)], "a.wasm is of the kind wasm"),
    ] {
        let folder = package(files).await;
        let opened = runtime().open_file(folder.path(), None).await;
        let refused = opened.err().unwrap().to_string();
        assert!(refused.contains(part), "{refused}");
    }
}

#[tokio::test]
async fn a_flood_of_resources_ends_the_call() {
    let hoard = format!(
        r#"(component
      (type $thing (resource (rep i32)))
      (core func $new (canon resource.new $thing))
      (core module $main
        (import "host" "new" (func $new (param i32) (result i32)))
        (memory (export "memory") 1)
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
        (func (export "abi") (result i32) (i32.const 0x10000))
        (func (export "call") (param i32 i32 i32) (result i32)
          (loop (drop (call $new (i32.const 0))) (br 0)) (i32.const 16)))
      (core instance $main (instantiate $main
        (with "host" (instance (export "new" (func $new))))))
      {ABI}
      {})"#,
        CALL.replace("$libc", "$main")
    );
    let outcome = call(&raw_wat(&hoard), b"{}").await;
    assert_eq!(outcome.status, CallStatus::Trap, "{outcome:?}");
}

#[tokio::test]
async fn what_is_no_component_does_not_compile() {
    for text in ["(component", "(component (import \"x\" (func (result y))))"] {
        let refused = refusal(&raw_wat(text)).await;
        assert!(refused.contains("cannot be compiled"), "{refused}");
    }
    let refused = refusal(&raw_wat("(component)")).await;
    assert!(refused.contains("no lds-abi"), "{refused}");
}
