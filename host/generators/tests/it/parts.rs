//! Components in the text format, made of parts of which a test changes the one that it is about.

use crate::kit::{PluginFile, raw_wat};

pub(crate) const ECHO: &str = "(call $answer (i32.const 0) (local.get $at) (local.get $len))";
const HOST: &str = r#"(import "lds:generator/host@1.0.0" (instance $host
    (export "log" (func (param "level" u32) (param "text" string)))))"#;
pub(crate) const ABI: &str =
    r#"(func (export "lds-abi") (result u32) (canon lift (core func $main "abi")))"#;
pub(crate) const CALL: &str = r#"(func (export "lds-call") (param "op" u32) (param "input" string)
    (result (tuple s32 string))
    (canon lift (core func $main "call") (memory (core memory $libc "memory"))
      (realloc (core func $libc "realloc"))))"#;

/// A component with the host, memory of so many pages, `lds_abi` with this answer, `body` in
/// `lds_call`, and these exports. The input lies at 1024; `$answer` returns status and output.
pub(crate) struct Parts<'a> {
    pub(crate) pages: u32,
    pub(crate) abi: u32,
    pub(crate) items: &'a str,
    pub(crate) body: &'a str,
    pub(crate) exports: [&'a str; 2],
}

impl Default for Parts<'_> {
    fn default() -> Self {
        Self {
            pages: 1,
            abi: 0x1_0000,
            items: "",
            body: "(i32.const 0)",
            exports: [ABI, CALL],
        }
    }
}

impl Parts<'_> {
    pub(crate) fn file(&self) -> PluginFile {
        let Self {
            pages,
            abi,
            items,
            body,
            exports: [first, second],
        } = self;
        raw_wat(&format!(
            r#";; A component.
(component
  {HOST}
  (core module $libc
    (memory (export "memory") {pages})
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024)))
  (core instance $libc (instantiate $libc))
  (core func $log (canon lower (func $host "log") (memory (core memory $libc "memory"))))
  (core module $main
    (import "host" "log" (func $log (param i32 i32 i32)))
    (import "libc" "memory" (memory 1))
    (func $answer (param $status i32) (param $at i32) (param $len i32) (result i32)
      (i32.store (i32.const 16) (local.get $status))
      (i32.store (i32.const 20) (local.get $at))
      (i32.store (i32.const 24) (local.get $len))
      (i32.const 16))
    {items}
    (func (export "abi") (result i32) (i32.const {abi}))
    (func $call (export "call") (param $op i32) (param $at i32) (param $len i32) (result i32)
      {body}))
  (core instance $main (instantiate $main
    (with "host" (instance (export "log" (func $log))))
    (with "libc" (instance $libc))))
  {first}
  {second})"#
        ))
    }
}

pub(crate) fn run(body: &str) -> PluginFile {
    Parts {
        body,
        ..Parts::default()
    }
    .file()
}
