//! What an author of plugins does: begins a project, builds it with the tools of its language,
//! examines it, and tries it with the vectors that came with it.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::Command;

use crate::clients::{programs, succeeded};

const NAME: &str = "key-file";

/// A test for each language.
macro_rules! languages {
    ($($language:ident)*) => {
        $(
            #[test]
            #[ignore = "wants what `scripts/setup plugins` installs; `make test-plugins` runs it"]
            fn $language() {
                Project::new(stringify!($language)).holds();
            }
        )*
    };
}

languages!(assemblyscript c cpp go js process python rust zig);

struct Project {
    folder: PathBuf,
    place: tempfile::TempDir,
}

impl Project {
    /// Begun and built.
    fn new(language: &str) -> Self {
        let place = tempfile::tempdir().expect("a folder");
        let mut new = lds();
        new.current_dir(place.path());
        succeeded(&ran(new.args(["plugin", "new", "--lang", language, NAME])));
        let folder = place.path().join(NAME);
        let authors = programs().join("../authors");
        if folder.join("package.json").exists() {
            let modules = authors.join("node/node_modules");
            symlink(
                fs::canonicalize(modules).expect("modules"),
                folder.join("node_modules"),
            )
            .expect("a link");
        }
        let path = std::env::var("PATH").expect("a path");
        let tools = fs::canonicalize(authors.join("python/bin")).expect("tools");
        let path = format!("{}:{path}", tools.display());
        let mut build = Command::new("sh");
        build.arg(folder.join("build.sh")).env("PATH", path);
        succeeded(&ran(&mut build));
        Self { folder, place }
    }

    fn holds(&self) {
        for command in ["check", "test", "pack"] {
            succeeded(&ran(lds()
                .current_dir(self.place.path())
                .args(["plugin", command])
                .arg(&self.folder)));
        }
        let archive = self.place.path().join("key-file-1.0.0.tar");
        for command in ["check", "test"] {
            succeeded(&ran(lds().args(["plugin", command]).arg(&archive)));
        }
    }
}

fn lds() -> Command {
    Command::new(env!("CARGO_BIN_EXE_lds"))
}

fn ran(command: &mut Command) -> std::process::Output {
    command.output().expect("started")
}
