//! What system libraries find where a machine would be: the request, and nothing else.

use lds_generators::{CallOutcome, CallStatus, LogLevel};

use crate::kit::{call, raw_wat, refusal};

const REQUEST: &[u8] = br#"{"schema":1,"now":"2026-11-24T23:31:13Z","seed":"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"}"#;

/// A module with these imports of WASI, which does this in `lds_call`; `$write`
/// writes output. The result is 0.
fn module(imports: &[(&str, &str)], body: &str) -> crate::kit::PluginFile {
    let import = |(name, kind): &(&str, &str)| {
        format!(r#"(import "wasi_snapshot_preview1" "{name}" (func ${name} {kind}))"#)
    };
    let imports: String = imports.iter().map(import).collect();
    raw_wat(&format!(
        r#"(module {imports}
  (import "lds_v1" "output_write" (func $write (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 600) "one\ntw\02o\n")
  (func (export "lds_abi") (result i32) (i32.const 0x10000))
  (func (export "lds_call") (param i32 i32) (result i32)
    {body}
    (i32.const 0)))"#
    ))
}

const TWO: &str = "(param i32 i32) (result i32)";
const FOUR: &str = "(param i32 i32 i32 i32) (result i32)";
const CLOCK: (&str, &str) = ("clock_time_get", "(param i32 i64 i32) (result i32)");
const EXIT: (&str, &str) = ("proc_exit", "(param i32)");

async fn run(imports: &[(&str, &str)], body: &str, input: &[u8]) -> CallOutcome {
    call(&module(imports, body), input).await
}

/// Runs a body that traps where a number is not what it must be.
async fn holds(imports: &[(&str, &str)], number: &str, expected: i32) {
    let body = format!("(if (i32.ne {number} (i32.const {expected})) (then (unreachable)))");
    let outcome = run(imports, &body, REQUEST).await;
    assert_eq!(outcome.status, CallStatus::Ok, "{number}");
}

#[tokio::test]
async fn every_clock_shows_the_moment_of_the_request() {
    let body = "(drop (call $clock_time_get (i32.const 0) (i64.const 1) (i32.const 8)))
      (drop (call $clock_time_get (i32.const 1) (i64.const 1) (i32.const 16)))
      (drop (call $write (i32.const 8) (i32.const 16)))";
    let now = 1_795_563_073_000_000_000_u64.to_le_bytes();
    let outcome = run(&[CLOCK], body, REQUEST).await;
    assert_eq!(outcome.output, [now, now].concat());
    for without in [&b""[..], b"{}", b"[", br#"{"now":"today"}"#] {
        let outcome = run(&[CLOCK], body, without).await;
        let nothing = [0_u64.to_le_bytes(), 1_u64.to_le_bytes()].concat();
        assert_eq!(outcome.output, nothing);
    }
}

const BLOCK_0: [u8; 32] = [
    0xa9, 0xd6, 0xe5, 0x00, 0x29, 0x3a, 0x88, 0xbd, 0x38, 0xcb, 0xe2, 0x13, 0xd0, 0x7a, 0xb7, 0x1f,
    0x8c, 0xb2, 0x25, 0x85, 0x52, 0x07, 0x2a, 0x01, 0xbd, 0xf1, 0xc4, 0x0b, 0xe5, 0x27, 0xf4, 0xd0,
];
const BLOCK_1: [u8; 32] = [
    0x04, 0xef, 0x47, 0x2d, 0xd8, 0xb7, 0x3b, 0x3f, 0x17, 0x33, 0x09, 0xf3, 0xa0, 0x09, 0xee, 0x16,
    0x99, 0xa5, 0x39, 0x75, 0x53, 0x24, 0x4f, 0xc0, 0x65, 0x90, 0xc6, 0x65, 0x34, 0x5e, 0xeb, 0x45,
];

/// The blocks are those of `sha256sum` over seed and number.
#[tokio::test]
async fn randomness_comes_from_the_seed() {
    let body = "(drop (call $random_get (i32.const 100) (i32.const 5)))
      (drop (call $random_get (i32.const 105) (i32.const 35)))
      (drop (call $write (i32.const 100) (i32.const 40)))";
    let expected = [BLOCK_0, BLOCK_1].concat();
    let outcome = run(&[("random_get", TWO)], body, REQUEST).await;
    assert_eq!(outcome.output, expected[..40]);
    for without in [&b"{}"[..], br#"{"seed":"0001"}"#] {
        let outcome = run(&[("random_get", TWO)], body, without).await;
        assert_eq!(outcome.output, [0; 40]);
    }
}

#[tokio::test]
async fn what_is_printed_is_logged_by_lines() {
    // Two vectors: "one\ntw" and "\02o\n"; then one of the first three bytes.
    let body = "(i32.store (i32.const 0) (i32.const 600)) (i32.store (i32.const 4) (i32.const 6))
      (i32.store (i32.const 8) (i32.const 607)) (i32.store (i32.const 12) (i32.const 2))
      (if (call $fd_write (i32.const 1) (i32.const 0) (i32.const 2) (i32.const 40)) (then (unreachable)))
      (if (i32.ne (i32.load (i32.const 40)) (i32.const 8)) (then (unreachable)))
      (i32.store (i32.const 4) (i32.const 3))
      (if (call $fd_write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 40)) (then (unreachable)))
      (if (i32.ne (call $fd_write (i32.const 3) (i32.const 0) (i32.const 1) (i32.const 40)) (i32.const 8)) (then (unreachable)))";
    let outcome = run(&[("fd_write", FOUR)], body, b"").await;
    assert_eq!(outcome.status, CallStatus::Ok);
    let lines: Vec<_> = outcome
        .logs
        .iter()
        .map(|line| (line.level, &*line.text))
        .collect();
    assert_eq!(
        lines,
        [
            (LogLevel::Info, "one"),
            (LogLevel::Info, "two"),
            (LogLevel::Warn, "one")
        ]
    );
}

#[tokio::test]
async fn a_flood_of_print_is_cut() {
    let body =
        "(i32.store (i32.const 0) (i32.const 1000)) (i32.store (i32.const 4) (i32.const 60000))
      (loop $again
        (drop (call $fd_write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 40)))
        (i32.store (i32.const 44) (i32.add (i32.load (i32.const 44)) (i32.const 1)))
        (br_if $again (i32.lt_u (i32.load (i32.const 44)) (i32.const 100))))";
    let outcome = run(&[("fd_write", FOUR)], body, b"").await;
    assert_eq!(outcome.status, CallStatus::Ok);
    let logged: usize = outcome.logs.iter().map(|line| line.text.len()).sum();
    assert!((60_000..=65_536).contains(&logged), "{logged}");
}

#[tokio::test]
async fn there_are_no_arguments_variables_or_folders() {
    for name in ["args_sizes_get", "environ_sizes_get"] {
        let body = format!(
            "(i64.store (i32.const 8) (i64.const -1))
             (drop (call ${name} (i32.const 8) (i32.const 12)))
             (drop (call $write (i32.const 8) (i32.const 8)))"
        );
        assert_eq!(run(&[(name, TWO)], &body, b"").await.output, [0; 8]);
    }
    for (name, expected) in [("args_get", 0), ("environ_get", 0), ("fd_prestat_get", 8)] {
        holds(
            &[(name, TWO)],
            &format!("(call ${name} (i32.const 3) (i32.const 0))"),
            expected,
        )
        .await;
    }
    holds(&[("sched_yield", "(result i32)")], "(call $sched_yield)", 0).await;
}

#[tokio::test]
async fn all_else_is_not_supported() {
    for (name, kind, args) in [
        (
            "fd_read",
            FOUR,
            "(i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)",
        ),
        (
            "poll_oneoff",
            FOUR,
            "(i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)",
        ),
        ("fd_close", "(param i32) (result i32)", "(i32.const 1)"),
        ("clock_res_get", TWO, "(i32.const 0) (i32.const 8)"),
        (
            "fd_seek",
            "(param i32 i64 i32 i32) (result i32)",
            "(i32.const 1) (i64.const 0) (i32.const 0) (i32.const 8)",
        ),
    ] {
        holds(&[(name, kind)], &format!("(call ${name} {args})"), 52).await;
    }
}

#[tokio::test]
async fn exit_and_bad_addresses_are_traps() {
    let exit = run(&[EXIT], "(call $proc_exit (i32.const 0))", b"").await;
    assert_eq!(exit.status, CallStatus::Trap);
    assert!(exit.note.unwrap().contains("exit"));
    for (import, number) in [
        (
            CLOCK,
            "(call $clock_time_get (i32.const 0) (i64.const 1) (i32.const 65530))",
        ),
        (
            ("random_get", TWO),
            "(call $random_get (i32.const 65530) (i32.const 7))",
        ),
        (
            ("args_sizes_get", TWO),
            "(call $args_sizes_get (i32.const 0) (i32.const -1))",
        ),
        (
            ("fd_write", FOUR),
            "(call $fd_write (i32.const 1) (i32.const 0) (i32.const 9000) (i32.const 0))",
        ),
    ] {
        let outcome = run(&[import], &format!("(drop {number})"), b"").await;
        assert_eq!(outcome.status, CallStatus::Trap, "{number}");
    }
    let many = "(call $fd_write (i32.const 1) (i32.const 0) (i32.const -1) (i32.const 0))";
    holds(&[("fd_write", FOUR)], many, 21).await;
}

#[tokio::test]
async fn what_a_module_prints_before_it_traps_is_told() {
    let module = raw_wat(
        r#"(module
  (import "wasi_snapshot_preview1" "fd_write" (func $print (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 600) "fatal error: no clock")
  (func (export "_initialize")
    (i32.store (i32.const 0) (i32.const 600)) (i32.store (i32.const 4) (i32.const 21))
    (drop (call $print (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 40)))
    (unreachable))
  (func (export "lds_abi") (result i32) (i32.const 0x10000))
  (func (export "lds_call") (param i32 i32) (result i32) (i32.const 0)))"#,
    );
    let refused = refusal(&module).await;
    assert!(
        refused.ends_with("it says: fatal error: no clock"),
        "{refused}"
    );
}

/// Some compilers import a function twice.
#[tokio::test]
async fn an_import_may_be_repeated() {
    let again = r#"(import "wasi_snapshot_preview1" "fd_close" (func (param i32) (result i32)))"#;
    let module = raw_wat(&format!(
        r#"(module {again} {again} (memory (export "memory") 1)
        (func (export "lds_abi") (result i32) (i32.const 0x10000))
        (func (export "lds_call") (param i32 i32) (result i32) (i32.const 0)))"#
    ));
    assert_eq!(call(&module, b"").await.status, CallStatus::Ok);
}

#[tokio::test]
async fn other_types_are_named() {
    for (name, kind, part) in [
        (
            "fd_write",
            "(param i32) (result i32)",
            "(i32, i32, i32, i32) -> i32",
        ),
        ("proc_exit", "(param i32) (result i32)", "expected (i32)"),
        ("path_open", "(param i32)", "a function with the result i32"),
        (
            "path_open",
            "(result i64)",
            "a function with the result i32",
        ),
    ] {
        let refused = refusal(&module(&[(name, kind)], "")).await;
        assert!(refused.contains(part), "{refused}");
    }
}
