//! The pages of `docs/soap/` quote the programs that the tests run: each block that names a file is
//! found in it, sign by sign.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::stacks::STACKS;
use crate::docs::quotations;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The names in a folder, without extension; of folders alone if so wished.
fn names(folder: &str, kind: fn(&Path) -> bool) -> BTreeSet<String> {
    let entries = std::fs::read_dir(root().join(folder)).expect("a folder");
    entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| kind(path))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect()
}

#[test]
fn every_stack_has_a_folder_and_a_page() {
    let stacks: BTreeSet<_> = STACKS.iter().map(|stack| (*stack).to_owned()).collect();
    assert_eq!(names("tests/clients", Path::is_dir), stacks);
    assert_eq!(names("docs/soap", Path::is_file), stacks);
}

#[test]
fn pages_quote_the_tested_programs() {
    for stack in STACKS {
        let page = read(&root().join(format!("docs/soap/{stack}.md")));
        let quotations = quotations(&page);
        assert!(quotations.len() > 2, "{stack} quotes no program");
        for (file, text) in quotations {
            assert!(
                read(&root().join(file)).contains(text),
                "{stack}.md quotes what is not in {file}:\n{text}"
            );
        }
    }
}
