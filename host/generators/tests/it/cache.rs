//! Compiled code on disk: used when genuine, ignored when not.

use std::path::{Path, PathBuf};

use lds_generators::{CacheKey, CallStatus, Runtime};

use crate::kit::{GENERATE, PluginFile, raw_wat, wat, worker};
use crate::paper::{Paper, description};

const KEY: [u8; 32] = [7; 32];

fn plugin(status: u32) -> PluginFile {
    wat(&format!(
        r#"(func (export "lds_call") (param i32 i32) (result i32) (i32.const {status}))"#
    ))
}

/// Loads and calls the plugin with a cache in `dir`.
async fn status(dir: &Path, key: [u8; 32], file: &PluginFile) -> CallStatus {
    let runtime = Runtime::start(worker())
        .unwrap()
        .with_cache(dir.to_owned(), CacheKey::new(&key));
    let plugin = runtime.open_file(&file.path, None).await.unwrap();
    plugin.call(GENERATE, b"").await.status
}

fn entries(dir: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
}

#[tokio::test]
async fn the_key_is_made_once() {
    let (dir, file) = (tempfile::tempdir().unwrap(), plugin(1));
    let path = dir.path().join("secrets/cache.key");
    let cache = dir.path().join("cache");
    let mut seen = Vec::new();
    for _ in 0..2 {
        let key = CacheKey::load_or_make(&path).unwrap();
        let runtime = Runtime::start(worker()).unwrap();
        let runtime = runtime.with_cache(cache.clone(), key);
        runtime.open_file(&file.path, None).await.unwrap();
        seen.push(std::fs::read(&entries(&cache)[0]).unwrap());
    }
    // Under another key it would have been written anew, with another MAC.
    assert_eq!(seen[0], seen[1]);
    std::fs::write(&path, "short").unwrap();
    assert!(CacheKey::load_or_make(&path).is_err());
}

#[tokio::test]
async fn an_entry_serves_the_next_start_without_a_compiler() {
    serves_the_next_start(&plugin(1)).await;
}

#[tokio::test]
async fn an_entry_of_a_component_does_so_too() {
    let paper = Paper::new(&description("paper")).answers(GENERATE, 1, "{}");
    serves_the_next_start(&raw_wat(&paper.component())).await;
}

async fn serves_the_next_start(file: &PluginFile) {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(status(dir.path(), KEY, file).await, CallStatus::Rejected);
    assert_eq!(entries(dir.path()).len(), 1);
    let no_compiler = lds_generators::WorkerProgram::new("/nonexistent", []);
    let runtime = Runtime::start(no_compiler)
        .unwrap()
        .with_cache(dir.path().to_owned(), CacheKey::new(&KEY));
    let plugin = runtime.open_file(&file.path, None).await.unwrap();
    assert_eq!(
        plugin.call(GENERATE, b"").await.status,
        CallStatus::Rejected
    );
}

#[tokio::test]
async fn damaged_entries_are_made_anew() {
    let (dir, file) = (tempfile::tempdir().unwrap(), plugin(1));
    assert_eq!(status(dir.path(), KEY, &file).await, CallStatus::Rejected);
    let entry = entries(dir.path()).remove(0);
    let genuine = std::fs::read(&entry).unwrap();
    let mut flipped = genuine.clone();
    *flipped.last_mut().unwrap() ^= 1;
    for damaged in [
        &flipped[..],
        &genuine[..genuine.len() / 2],
        &genuine[..10],
        b"",
    ] {
        std::fs::write(&entry, damaged).unwrap();
        assert_eq!(status(dir.path(), KEY, &file).await, CallStatus::Rejected);
        let now = std::fs::read(&entry).unwrap();
        assert!(now != damaged && now.len() == genuine.len());
    }
}

#[tokio::test]
async fn code_under_another_key_is_not_trusted() {
    let (dir, file) = (tempfile::tempdir().unwrap(), plugin(1));
    assert_eq!(
        status(dir.path(), [8; 32], &file).await,
        CallStatus::Rejected
    );
    let entry = entries(dir.path()).remove(0);
    let foreign = std::fs::read(&entry).unwrap();
    assert_eq!(status(dir.path(), KEY, &file).await, CallStatus::Rejected);
    assert_ne!(std::fs::read(&entry).unwrap()[..32], foreign[..32]);
}

#[tokio::test]
async fn a_genuine_entry_does_not_stand_in_for_another_plugin() {
    let dir = tempfile::tempdir().unwrap();
    let (one, two) = (plugin(1), plugin(2));
    assert_eq!(status(dir.path(), KEY, &one).await, CallStatus::Rejected);
    let first = entries(dir.path()).remove(0);
    assert_eq!(status(dir.path(), KEY, &two).await, CallStatus::Input);
    let second = entries(dir.path())
        .into_iter()
        .find(|path| *path != first)
        .unwrap();
    std::fs::copy(&first, &second).unwrap();
    assert_eq!(status(dir.path(), KEY, &two).await, CallStatus::Input);
}
