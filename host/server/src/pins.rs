//! The digests of plugins, as the database keeps them: who changes a file of the plugin folder has
//! not changed what serves.

use anyhow::{Context, Result};
use lds_generators::{FoundPin, Pin, Pins};
use lds_store::Store;

use crate::command::explained;

/// The note's name in the database.
const NOTE: &str = "plugins";

/// All that are known.
pub(crate) async fn known(store: &Store) -> Result<Pins> {
    let note = store.note(NOTE).await.map_err(|error| explained(&error))?;
    note.map_or_else(|| Ok(Pins::new()), |note| read(&note))
}

/// Keeps those that are seen for the first time, and names that changed.
pub(crate) async fn keep(
    store: &Store,
    known: &Pins,
    found: impl Iterator<Item = &FoundPin>,
) -> Result<()> {
    let new: Vec<_> = found
        .filter(|found| !found.changed && known.get(&found.source) != Some(&found.pin))
        .map(|found| (found.source.clone(), found.pin.clone()))
        .collect();
    if new.is_empty() {
        return Ok(());
    }
    change(store, |pins| pins.extend(new)).await
}

/// Takes the files as they are now for good.
pub(crate) async fn confirm(store: &Store, source: String, pin: Pin) -> Result<()> {
    change(store, |pins| {
        pins.insert(source, pin);
    })
    .await
}

/// Forgets a plugin that is gone.
pub(crate) async fn forget(store: &Store, source: &str) -> Result<()> {
    change(store, |pins| {
        pins.remove(source);
    })
    .await
}

async fn change(store: &Store, change: impl FnOnce(&mut Pins) + Send) -> Result<()> {
    let changed = store.change_note(NOTE, |note| {
        // A note that can't be read was told of when the plugins were loaded.
        let mut pins = note.and_then(|note| read(&note).ok()).unwrap_or_default();
        change(&mut pins);
        write(&pins)
    });
    changed.await.map_err(|error| explained(&error))
}

fn read(note: &str) -> Result<Pins> {
    let rows: Vec<(String, String, String)> =
        serde_json::from_str(note).context("the digests of plugins in the database are damaged")?;
    Ok(rows
        .into_iter()
        .map(|(source, name, digest)| (source, Pin { name, digest }))
        .collect())
}

fn write(pins: &Pins) -> String {
    let rows: Vec<_> = pins
        .iter()
        .map(|(source, pin)| (source, &pin.name, &pin.digest))
        .collect();
    serde_json::json!(rows).to_string()
}

#[cfg(test)]
mod tests {
    use super::{Pin, Pins, read, write};

    #[test]
    fn what_is_written_is_read() {
        let pin = Pin {
            name: "tiny".to_owned(),
            digest: "00ff".to_owned(),
        };
        let pins = Pins::from([("com.example.tiny".to_owned(), pin)]);
        assert_eq!(read(&write(&pins)).unwrap(), pins);
        assert!(read("{}").is_err());
    }
}
