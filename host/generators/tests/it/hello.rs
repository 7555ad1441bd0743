//! The example in C, one source and two carriers: byte for byte the same.

use std::path::{Path, PathBuf};

use lds_generators::inspect::{check, sample};
use lds_generators::{CallStatus, LoadedFile};
use lds_plugin_api::Op;

use crate::kit::{GENERATE, runtime};

fn built(file: &str) -> PathBuf {
    Path::new(env!("LDS_PLUGINS")).join(file)
}

async fn open(file: &str) -> LoadedFile {
    runtime().open_file(&built(file), None).await.unwrap()
}

/// The input with one byte changed, left out or doubled.
fn changed(input: &[u8], round: usize) -> Vec<u8> {
    let mut bytes = input.to_vec();
    let at = round.wrapping_mul(7919) % bytes.len();
    match round % 4 {
        0 => bytes[at] = b'"',
        1 => drop(bytes.remove(at)),
        2 => bytes.insert(at, bytes[at]),
        _ => bytes[at] = bytes[at].wrapping_add(1),
    }
    bytes
}

#[tokio::test]
async fn module_and_library_give_the_same_bytes() {
    let (wasm, native) = (open("hello.wasm").await, open("hello.so").await);
    let described = wasm.describe().await.unwrap();
    let other = native.describe().await.unwrap();
    assert_eq!(described.domain.document, other.domain.document);
    let request = sample(&described, Op::Generate).unwrap().unwrap();
    assert_eq!(wasm.call(GENERATE, &request).await.status, CallStatus::Ok);
    for round in 0..400 {
        let input = changed(&request, round);
        for op in [GENERATE, 1, 8, 99] {
            let one = wasm.call(op, &input).await;
            let other = native.call(op, &input).await;
            assert_eq!(
                one.status,
                other.status,
                "{}",
                String::from_utf8_lossy(&input)
            );
            assert_eq!(
                one.output,
                other.output,
                "{}",
                String::from_utf8_lossy(&input)
            );
        }
    }
}

#[tokio::test]
async fn all_pass_the_examination() {
    for file in ["hello.wasm", "hello.so", "token.wasm", "flexnet.wasm"] {
        let findings = check(&runtime(), &built(file)).await;
        assert_eq!(findings.len(), 3, "{file}: {findings:?}");
        assert!(
            findings.iter().all(|f| f.outcome.is_ok()),
            "{file}: {findings:?}"
        );
    }
}
