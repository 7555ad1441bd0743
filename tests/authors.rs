//! What an author of plugins does: begins a project, builds it with the tools of its language,
//! examines it, and tries it with the vectors that came with it.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

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

languages!(assemblyscript c cpp go process rust zig);

struct Project {
    folder: PathBuf,
    _place: tempfile::TempDir,
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
        Self {
            folder,
            _place: place,
        }
    }

    /// The built plugin: one file, or the folder with its script.
    fn plugin(&self) -> PathBuf {
        let module = self.folder.join(format!("{NAME}.wasm"));
        if module.exists() {
            module
        } else {
            self.folder.clone()
        }
    }

    fn holds(&self) {
        succeeded(&ran(lds().args(["plugin", "check"]).arg(self.plugin())));
        let vectors = fs::read_dir(self.folder.join("vectors")).expect("vectors");
        let vectors: Vec<_> = vectors.map(|entry| entry.expect("a file").path()).collect();
        assert_eq!(vectors.len(), 3);
        for vector in vectors {
            self.answers(&vector);
        }
    }

    fn answers(&self, vector: &Path) {
        let text = fs::read_to_string(vector).expect("a vector");
        let vector: Value = serde_json::from_str(&text).expect("JSON");
        let request = self.folder.join("request.json");
        fs::write(&request, vector["input"].to_string()).expect("written");
        let mut run = lds();
        run.args(["plugin", "run"]).arg(self.plugin());
        let output = ran(run.arg("--request").arg(&request));
        let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(answer, vector["output"], "{text}");
        assert_eq!(output.status.success(), vector["status"] == 0, "{text}");
    }
}

fn lds() -> Command {
    Command::new(env!("CARGO_BIN_EXE_lds"))
}

fn ran(command: &mut Command) -> std::process::Output {
    command.output().expect("started")
}
