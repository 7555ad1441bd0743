//! Hostile and wrong modules: each ends with the status or the sentence that
//! the interface lays down, and the runtime serves on.

use lds_generators::{CallStatus, LogLevel};

use crate::kit::{GENERATE, call, open, raw_wat, refusal, wat};

/// `lds_call` with this body and a result of 0.
fn run(body: &str) -> crate::kit::PluginFile {
    wat(&format!(
        r#"(func $run (export "lds_call") (param $op i32) (param $len i32) (result i32) {body})"#
    ))
}

async fn status(body: &str) -> CallStatus {
    call(&run(body), b"{}").await.status
}

#[tokio::test]
async fn gives_back_what_it_was_given() {
    let echo = run(r"
      (drop (call $read (i32.const 0) (i32.const 16) (local.get $len)))
      (call $write (i32.const 16) (local.get $len))");
    let outcome = call(&echo, br#"{"a":1}"#).await;
    assert_eq!(outcome.status, CallStatus::Ok);
    assert_eq!(outcome.output, br#"{"a":1}"#);
    assert_eq!(outcome.memory, 65536);
}

#[tokio::test]
async fn reads_only_what_there_is() {
    let plugin = run(r"
      (if (i32.ne (call $read (i32.const 1) (i32.const 0) (i32.const 100)) (i32.const 4)) (then (unreachable)))
      (if (i32.ne (call $read (i32.const 5) (i32.const 0) (i32.const 100)) (i32.const 0)) (then (unreachable)))
      (if (i32.ne (call $read (i32.const -1) (i32.const 0) (i32.const 100)) (i32.const 0)) (then (unreachable)))
      (if (i32.ne (call $read (i32.const 0) (i32.const -1) (i32.const 0)) (i32.const 0)) (then (unreachable)))
      (i32.const 0)");
    assert_eq!(call(&plugin, b"12345").await.status, CallStatus::Ok);
}

#[tokio::test]
async fn each_call_finds_a_fresh_instance() {
    let counter = run(r"
      (if (i32.load (i32.const 0)) (then (return (i32.const 3))))
      (i32.store (i32.const 0) (i32.const 1))
      (i32.const 0)");
    let plugin = open(&counter).await.unwrap();
    for _ in 0..3 {
        assert_eq!(plugin.call(GENERATE, b"").await.status, CallStatus::Ok);
    }
}

#[tokio::test]
async fn statuses_are_those_of_the_interface() {
    for (code, expected) in [
        (1, CallStatus::Rejected),
        (2, CallStatus::Input),
        (3, CallStatus::Internal),
        (4, CallStatus::Unsupported),
        (5, CallStatus::BadOutput),
        (-1, CallStatus::BadOutput),
    ] {
        assert_eq!(status(&format!("(i32.const {code})")).await, expected);
    }
}

#[tokio::test]
async fn a_trap_is_told_by_its_reason() {
    let outcome = call(&run("(unreachable)"), b"").await;
    assert_eq!(outcome.status, CallStatus::Trap);
    assert!(outcome.note.unwrap().contains("unreachable"));
    let division = "(i32.div_s (i32.const 1) (local.get $len))";
    assert_eq!(call(&run(division), b"").await.status, CallStatus::Trap);
}

#[tokio::test]
async fn a_range_outside_memory_traps_even_if_nothing_would_be_copied() {
    let read = "(call $read (i32.const 2) (i32.const 65535) (i32.const 2))";
    assert_eq!(status(read).await, CallStatus::Trap);
    let write = "(call $write (i32.const -8) (i32.const 16))";
    assert_eq!(status(write).await, CallStatus::Trap);
}

#[tokio::test]
async fn an_endless_loop_ends_at_the_time_limit() {
    let outcome = call(&run("(loop (br 0)) (i32.const 0)"), b"").await;
    assert_eq!(outcome.status, CallStatus::Timeout);
    assert!(outcome.micros >= 200_000, "{}", outcome.micros);
}

#[tokio::test]
async fn an_endless_loop_lets_others_work() {
    let plugin = open(&run(
        "(loop (br_if 0 (i32.eqz (local.get $len)))) (i32.const 0)",
    ))
    .await
    .unwrap();
    // One thread for both: the quick call must get its turn within the other.
    let looping = async { (plugin.call(GENERATE, b"").await, std::time::Instant::now()) };
    let quick = async {
        tokio::task::yield_now().await;
        (plugin.call(GENERATE, b"1").await, std::time::Instant::now())
    };
    let ((looping, last), (quick, first)) = tokio::join!(looping, quick);
    assert_eq!(looping.status, CallStatus::Timeout);
    assert_eq!(quick.status, CallStatus::Ok);
    assert!(first < last);
}

#[tokio::test]
async fn endless_recursion_exhausts_the_stack() {
    let body = "(i32.add (i32.const 1) (call $run (local.get $op) (local.get $len)))";
    assert_eq!(status(body).await, CallStatus::Stack);
}

#[tokio::test]
async fn growth_beyond_the_limit_ends_the_call() {
    let greedy = "(loop (drop (memory.grow (i32.const 16))) (br 0)) (i32.const 0)";
    assert_eq!(status(greedy).await, CallStatus::Memory);
    let outcome = call(
        &run("(i32.eq (memory.grow (i32.const 100)) (i32.const -1))"),
        b"",
    )
    .await;
    assert_eq!(outcome.status, CallStatus::Ok);
    assert_eq!(outcome.memory, 101 * 65536);
}

#[tokio::test]
async fn a_flood_of_output_is_told_and_dropped() {
    let flood = r"
      (loop (br_if 0 (i32.eqz (call $write (i32.const 0) (i32.const 65536)))))
      (i32.const 0)";
    let outcome = call(&run(flood), b"").await;
    assert_eq!(outcome.status, CallStatus::OutputLimit);
    assert!(outcome.output.is_empty());
}

#[tokio::test]
async fn a_flood_of_messages_is_cut() {
    let flood = r"
      (local $i i32)
      (loop
        (call $log (i32.const 9) (i32.const 0) (i32.const 1000))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if 0 (i32.lt_u (local.get $i) (i32.const 10000))))
      (i32.const 0)";
    let outcome = call(&run(flood), b"").await;
    assert_eq!(outcome.status, CallStatus::Ok);
    assert_eq!(outcome.logs.len(), 65);
    assert_eq!(outcome.logs[0].level, LogLevel::Debug);
}

#[tokio::test]
async fn bad_utf8_in_a_message_is_replaced() {
    let plugin = wat(r#"(data (i32.const 0) "a\ffb")
        (func (export "lds_call") (param i32 i32) (result i32)
          (call $log (i32.const 1) (i32.const 0) (i32.const 3)) (i32.const 0))"#);
    let outcome = call(&plugin, b"").await;
    assert_eq!(outcome.logs[0].text, "a\u{fffd}b");
    assert_eq!(outcome.logs[0].level, LogLevel::Error);
}

#[tokio::test]
async fn initialize_runs_before_the_call_and_sees_no_input() {
    let plugin = wat(r#"(global $seen (mut i32) (i32.const -1))
        (func (export "_initialize")
          (global.set $seen (i32.add
            (call $read (i32.const 0) (i32.const 0) (i32.const 9))
            (call $write (i32.const 0) (i32.const 9)))))
        (func (export "lds_call") (param i32 i32) (result i32)
          (i32.add (global.get $seen) (i32.const 2)))"#);
    // Nothing read is 0, nothing written is -1; with the 2 it is REJECTED.
    let outcome = call(&plugin, b"123").await;
    assert_eq!(outcome.status, CallStatus::Rejected);
    assert!(outcome.output.is_empty());
}

#[tokio::test]
async fn a_start_function_counts_within_the_time_limit() {
    let refused = refusal(&wat(r#"(func $spin (loop (br 0))) (start $spin)
        (func (export "lds_call") (param i32 i32) (result i32) (i32.const 0))"#))
    .await;
    assert!(refused.contains("TIMEOUT"), "{refused}");
}

#[tokio::test]
async fn nan_bits_are_canonical() {
    let plugin = run(r"
      (i32.store (i32.const 0) (i32.reinterpret_f32
        (f32.div (f32.const 0) (f32.const -0))))
      (call $write (i32.const 0) (i32.const 4))");
    let outcome = call(&plugin, b"").await;
    assert_eq!(outcome.output, 0x7fc0_0000_u32.to_le_bytes());
}

#[tokio::test]
async fn imports_that_are_not_offered_are_named() {
    for (import, part) in [
        (r#"(import "env" "abort" (func))"#, "env.abort"),
        (r#"(import "lds_v1" "sign" (func))"#, "lds_v1.sign"),
        (
            r#"(import "lds_v1" "log" (func (param i64)))"#,
            "(i32, i32, i32)",
        ),
        (r#"(import "env" "memory" (memory 1))"#, "env.memory"),
        (
            r#"(import "wasi_unstable" "fd_close" (func (param i32) (result i32)))"#,
            "wasi_unstable.fd_close",
        ),
    ] {
        let refused = refusal(&raw_wat(&format!("(module {import})"))).await;
        assert!(refused.contains(part), "{refused}");
    }
}

#[tokio::test]
async fn missing_and_mistyped_exports_are_named() {
    let memory = r#"(memory (export "memory") 1)"#;
    let abi = r#"(func (export "lds_abi") (result i32) (i32.const 0x10000))"#;
    let call = r#"(func (export "lds_call") (param i32 i32) (result i32) (i32.const 0))"#;
    for (module, part) in [
        (format!("{abi} {call}"), "no memory"),
        (format!("{memory} {call}"), "lds_abi"),
        (format!("{memory} {abi}"), "lds_call"),
        (
            format!(r#"{memory} {abi} (func (export "lds_call") (result i32) (i32.const 0))"#),
            "(i32, i32) -> i32",
        ),
        (
            format!(r#"{memory} {abi} {call} (func (export "_initialize") (param i32))"#),
            "_initialize",
        ),
        (
            format!(r#"{memory} {abi} {call} (func (export "_start"))"#),
            "reactor",
        ),
    ] {
        let refused = refusal(&raw_wat(&format!("(module {module})"))).await;
        assert!(refused.contains(part), "{refused}");
    }
}

#[tokio::test]
async fn a_first_memory_above_the_limit_is_refused() {
    let refused = refusal(&raw_wat(
        r#"(module (memory (export "memory") 2000)
        (func (export "lds_abi") (result i32) (i32.const 0x10000))
        (func (export "lds_call") (param i32 i32) (result i32) (i32.const 0)))"#,
    ))
    .await;
    assert!(refused.contains("first memory"), "{refused}");
}

#[tokio::test]
async fn another_version_is_refused() {
    let refused = refusal(&raw_wat(
        r#"(module (memory (export "memory") 1)
        (func (export "lds_abi") (result i32) (i32.const 0x20000))
        (func (export "lds_call") (param i32 i32) (result i32) (i32.const 0)))"#,
    ))
    .await;
    assert!(refused.contains("version 2.0"), "{refused}");
}

#[tokio::test]
async fn features_beyond_the_interface_do_not_compile() {
    for module in [
        "(module (memory i64 1))",
        "(module (memory 1) (memory 1))",
        "(module (memory 1 2 shared))",
        "(module (func $f (return_call $f)))",
        "(module (tag))",
        "(module (type (struct)))",
    ] {
        let refused = refusal(&raw_wat(module)).await;
        assert!(refused.contains("cannot be compiled"), "{refused}");
    }
}

#[tokio::test]
async fn garbage_is_no_plugin() {
    for text in ["", "hello", "{}"] {
        let refused = refusal(&raw_wat(text)).await;
        assert!(refused.contains("neither"), "{refused}");
    }
    let refused = refusal(&raw_wat("(module")).await;
    assert!(refused.contains("cannot be compiled"), "{refused}");
}
