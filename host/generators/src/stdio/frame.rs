//! One line of the streams: a call, or the answer to it.
//!
//! The documents within are carried as they are, not looked at.

use lds_plugin_api::Op;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::apart::{Answer, Failure};
use crate::carrier::CallOutcome;
use crate::status::CallStatus;

/// What a line has besides its document, at most, in bytes.
pub(super) const AROUND: usize = 1024;

/// The line of an answer; unknown members mean nothing.
#[derive(Deserialize)]
struct Reply<'a> {
    id: u64,
    status: i32,
    #[serde(borrow)]
    output: Option<&'a RawValue>,
}

/// A call that no line can carry: an operation without a name, bytes that are
/// no document. Programs that are sound never see either.
pub(super) fn refused(op: u32, input: &[u8]) -> Option<CallOutcome> {
    if Op::from_number(op).is_none() {
        let note = format!("the operation {op} has no name by which a program could be asked");
        return Some(CallOutcome::failed(CallStatus::Unsupported, note));
    }
    let is_line = !input.contains(&b'\n') && !input.contains(&b'\r');
    let fits = input.is_empty() || (is_line && serde_json::from_slice::<&RawValue>(input).is_ok());
    (!fits).then(|| {
        let note = "the request is no JSON in one line, and nothing else reaches a program";
        CallOutcome::failed(CallStatus::Input, note)
    })
}

/// The line of a call.
pub(super) fn call(id: u64, op: Op, input: &[u8]) -> Vec<u8> {
    let mut line = format!(r#"{{"id":{id},"op":"{op}""#).into_bytes();
    if !input.is_empty() {
        line.extend_from_slice(br#","input":"#);
        line.extend_from_slice(input);
    }
    line.extend_from_slice(b"}\n");
    line
}

/// What a line says that must be the answer to the call of this number.
pub(super) fn answer(line: &[u8], id: u64, most: usize) -> Result<Answer, Failure> {
    let bad = |note: String| Failure::new(CallStatus::BadOutput, note);
    let reply: Reply<'_> = serde_json::from_slice(line).map_err(|error| {
        bad(format!(
            "the program wrote a line that is no answer: {error}"
        ))
    })?;
    if reply.id != id {
        let note = format!("the program answered call {}, expected {id}", reply.id);
        return Err(bad(note));
    }
    if CallStatus::from_plugin(reply.status).is_none() {
        let note = format!("the program answered the unknown status {}", reply.status);
        return Err(bad(note));
    }
    let output = reply.output.map_or("", RawValue::get);
    Ok(Answer {
        code: reply.status,
        output: output.as_bytes().to_vec(),
        overflowed: output.len() > most,
        memory: 0,
    })
}

#[cfg(test)]
mod tests {
    use lds_plugin_api::Op;

    use super::{answer, call, refused};
    use crate::status::CallStatus;

    fn text(id: u64, op: Op, input: &str) -> String {
        String::from_utf8(call(id, op, input.as_bytes())).unwrap()
    }

    #[test]
    fn a_call_is_one_line() {
        assert_eq!(
            text(1, Op::Describe, ""),
            "{\"id\":1,\"op\":\"DESCRIBE\"}\n"
        );
        assert_eq!(
            text(2, Op::Read, r#"{"schema":1}"#),
            "{\"id\":2,\"op\":\"READ\",\"input\":{\"schema\":1}}\n"
        );
    }

    #[test]
    fn an_answer_is_taken_as_it_is_written() {
        let line = br#" {"status":1, "more":[1], "output": {"b": "\u00e9"}, "id":7} "#;
        let answer = answer(line, 7, 100).unwrap();
        assert_eq!(answer.code, 1);
        assert_eq!(answer.output, br#"{"b": "\u00e9"}"#);
    }

    #[test]
    fn an_answer_without_a_document_has_none() {
        for line in [
            r#"{"id":7,"status":4}"#,
            r#"{"id":7,"status":4,"output":null}"#,
        ] {
            assert_eq!(answer(line.as_bytes(), 7, 100).unwrap().output, b"");
        }
    }

    #[test]
    fn other_lines_are_no_answers() {
        for line in [
            "",
            "hello",
            "[7,0]",
            r#"{"id":7}"#,
            r#"{"id":8,"status":0}"#,
            r#"{"id":7,"status":5}"#,
            r#"{"id":7,"status":0.5}"#,
            r#"{"id":7,"id":7,"status":0}"#,
            r#"{"id":7,"status":0}{}"#,
        ] {
            assert!(answer(line.as_bytes(), 7, 100).is_err(), "{line}");
        }
        let long = format!(r#"{{"id":7,"status":0,"output":"{}"}}"#, "x".repeat(99));
        assert!(answer(long.as_bytes(), 7, 100).unwrap().overflowed);
        assert!(!answer(long.as_bytes(), 7, 101).unwrap().overflowed);
    }

    #[test]
    fn what_no_line_can_carry_is_not_sent() {
        let status = |op, input: &[u8]| refused(op, input).map(|outcome| outcome.status);
        assert_eq!(status(1, b""), None);
        assert_eq!(status(2, br#"{"a":"b"}"#), None);
        assert_eq!(status(99, b"{}"), Some(CallStatus::Unsupported));
        for input in [&b"{"[..], b"{}\n", b"{\r}", b"{} {}", b"{\"a\":\"\xff\"}"] {
            assert_eq!(status(2, input), Some(CallStatus::Input), "{input:?}");
        }
    }
}
