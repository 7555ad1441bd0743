//! `lds plugin new`: a project that builds with the ordinary tools of its language, and whose
//! plugin passes `check` and `test` at once.

mod templates;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use templates::File;

/// A new project.
#[derive(clap::Args)]
pub(crate) struct New {
    /// What to write it in
    #[arg(long, value_enum)]
    lang: Language,
    /// Its name, by which products will know it; the folder is made here
    #[arg(value_parser = name)]
    name: String,
}

/// A language with a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Language {
    /// A WebAssembly module, with the SDK
    Rust,
    /// A WebAssembly module and a native library of one source
    C,
    /// A WebAssembly module
    Cpp,
    /// A WebAssembly module
    Zig,
    /// A WebAssembly module
    Go,
    /// A WebAssembly module
    Assemblyscript,
    /// A WebAssembly component
    Js,
    /// A WebAssembly component
    Python,
    /// A program of its own, here a Python script
    Process,
}

/// How a plugin runs, as `plugin.toml` names it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Wasm,
    Component,
    Process,
}

impl New {
    pub(super) fn run(&self) -> Result<ExitCode> {
        let folder = PathBuf::from(&self.name);
        if folder.exists() {
            bail!("{} is there already", folder.display());
        }
        for (path, text) in self.lang.files() {
            let path = folder.join(self.named(&path));
            write(&path, &self.named(text))?;
        }
        write(&folder.join("plugin.toml"), &self.manifest())?;
        println!(
            "{} is made; its README.md tells how to go on",
            folder.display()
        );
        Ok(ExitCode::SUCCESS)
    }

    fn named(&self, text: &str) -> String {
        text.replace(
            "\\\"vendor\\\":\\\"LDS\\\"",
            "\\\"vendor\\\":\\\"Example\\\"",
        )
        .replace("hello", &self.name)
    }

    /// Digests are left empty: `lds plugin sign` and `pack` write them.
    fn manifest(&self) -> String {
        let (name, kind) = (&self.name, self.lang.kind());
        let module = format!("{name}.wasm");
        let (kind, artefacts) = match kind {
            Kind::Wasm => ("wasm", vec![&*module]),
            Kind::Component => ("component", vec![&*module]),
            Kind::Process => ("process", vec!["main.py", "generator.py"]),
        };
        let mut text = format!(
            "[plugin]\nid = \"com.example.{name}\"\nversion = \"1.0.0\"\nabi = \"1.0\"\n\
             kind = \"{kind}\"\n\n[artefacts]\n"
        );
        for artefact in artefacts {
            // Writing to a text never fails.
            let _ = writeln!(text, "\"{artefact}\" = \"\"");
        }
        if kind == "process" {
            text.push_str("\n[process]\ncommand = [\"python3\", \"main.py\"]\nmode = \"lines\"\n");
        }
        text.push_str("\n[tests]\nvectors = \"vectors\"\n");
        text
    }
}

impl Language {
    fn kind(self) -> Kind {
        match self {
            Self::Js | Self::Python => Kind::Component,
            Self::Process => Kind::Process,
            _ => Kind::Wasm,
        }
    }

    /// All files of a project but `plugin.toml`.
    fn files(self) -> Vec<(String, &'static str)> {
        let own: &[&[File]] = match self {
            Self::Rust => &[templates::RUST],
            Self::C => &[templates::C, templates::HELLO_C, templates::HEADER],
            Self::Cpp => &[templates::CPP, templates::HEADER],
            Self::Zig => &[templates::ZIG],
            Self::Go => &[templates::GO],
            Self::Assemblyscript => &[templates::ASSEMBLYSCRIPT],
            Self::Js => &[templates::JS, templates::WIT],
            Self::Python => &[templates::PYTHON, templates::GENERATOR_PY, templates::WIT],
            Self::Process => &[templates::PROCESS, templates::GENERATOR_PY],
        };
        let mut files = below("", own.concat());
        if self == Self::Rust {
            files.extend(below("lds-plugin-api/src/", templates::SDK.to_vec()));
            files.extend(below(
                "lds-plugin-api/macros/src/",
                templates::SDK_MACROS.to_vec(),
            ));
        }
        files.extend(below(
            "",
            [&[templates::README], templates::VECTORS].concat(),
        ));
        files
    }
}

fn below(folder: &str, files: Vec<File>) -> Vec<(String, &'static str)> {
    let path = |(path, text): File| (format!("{folder}{path}"), text);
    files.into_iter().map(path).collect()
}

fn write(path: &Path, text: &str) -> Result<()> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path, text))
        .with_context(|| format!("cannot write {}", path.display()))
}

/// As DESCRIBE takes names.
fn name(name: &str) -> Result<String, &'static str> {
    let sign = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let first = name.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
    if first && name.len() <= 40 && name.bytes().all(sign) {
        Ok(name.to_owned())
    } else {
        Err("expected a lower case letter, then up to 39 of a to z, 0 to 9 and -")
    }
}
