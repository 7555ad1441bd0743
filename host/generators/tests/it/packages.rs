//! Packages: what is refused and with which sentence, who may sign what, how versions change, and
//! what becomes of files that somebody changed.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use lds_domain::generator::GeneratorState;
use lds_domain::ports::Generators as _;
use lds_generators::package::{self, Installation, InstalledPackages, Installer, Package};
use lds_generators::{GeneratorsConfig, LoadError, inspect};
use tempfile::TempDir;

use crate::kit::runtime;
use crate::paper::Paper;
use crate::server::Server;

const ID: &str = "com.acme.paper";
/// RFC 8410, section 10.3: the private key whose public key is that of section 10.1.
const KEY: &str = "-----BEGIN PRIVATE KEY-----\n\
                   MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n\
                   -----END PRIVATE KEY-----\n";
const PUBLIC: &str = "Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=";

/// An author's folder, digests up to date.
struct Author(TempDir);

impl Author {
    fn new(version: &str) -> Self {
        let author = Self(tempfile::tempdir().unwrap());
        let module = wat::parse_str(Paper::named("paper", version).module()).unwrap();
        author.write("paper.wasm", &module);
        author.write("plugin.toml", manifest(ID, version).as_bytes());
        author.write("vectors/selftest.json", br#"{"op":"DESCRIBE","status":0}"#);
        package::update(author.path()).unwrap();
        author
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn replace(&self, from: &str, to: &str) {
        let path = self.path().join("plugin.toml");
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{text}");
        fs::write(path, text.replace(from, to)).unwrap();
    }

    async fn sign(&self) -> String {
        let keys = tempfile::tempdir().unwrap();
        let key = keys.path().join("key.pem");
        fs::write(&key, KEY).unwrap();
        let key = package::sign(self.path(), &key).await.unwrap();
        key.to_string()
    }

    fn refusal(&self) -> String {
        Package::read(self.path()).unwrap_err().to_string()
    }
}

fn manifest(id: &str, version: &str) -> String {
    format!(
        "# Kept.\n[plugin]\nid = \"{id}\"\nversion = \"{version}\"\nabi = \"1.0\"\nkind = \"wasm\"\n\
         [artefacts]\n\"paper.wasm\" = \"\" # the module\n[tests]\nvectors = \"vectors\"\n"
    )
}

async fn install(server: &Server, config: &str, path: &Path) -> Result<Installation, LoadError> {
    let config: GeneratorsConfig = toml::from_str(config).unwrap();
    let installer = Installer {
        runtime: &runtime(),
        config: &config,
        packages: InstalledPackages::of(server.data_dir()),
    };
    installer.install(path).await
}

#[test]
fn digests_are_brought_up_to_date_and_the_rest_of_the_text_stays() {
    let author = Author::new("1.0.0");
    let text = fs::read_to_string(author.path().join("plugin.toml")).unwrap();
    assert!(text.starts_with("# Kept.\n[plugin]\n"), "{text}");
    assert!(text.contains("\"paper.wasm\" = \"sha256:"), "{text}");
    assert!(text.contains("\" # the module\n"), "{text}");
    Package::read(author.path()).unwrap();
}

#[test]
fn what_is_no_good_package_is_refused_with_a_sentence() {
    type Spoil = fn(&Author);
    let cases: [(Spoil, &str); 7] = [
        (|it| it.write("paper.wasm", b"x"), "was changed after"),
        (
            |it| it.write("more.txt", b"x"),
            "more.txt lies in the package",
        ),
        (
            |it| fs::remove_file(it.path().join("paper.wasm")).unwrap(),
            "paper.wasm is missing",
        ),
        (|it| it.replace("abi =", "api ="), "unknown field `api`"),
        (
            |it| it.replace("\"paper.wasm\" =", "\"../paper.wasm\" ="),
            "out of the package",
        ),
        (
            |it| symlink("/etc/passwd", it.path().join("vectors/link")).unwrap(),
            "vectors/link is a symbolic link",
        ),
        (
            |it| {
                for n in 0..200 {
                    it.write(&format!("vectors/{n}.json"), b"{}");
                }
            },
            "more than 200 files",
        ),
    ];
    for (spoil, told) in cases {
        let author = Author::new("1.0.0");
        spoil(&author);
        let refusal = author.refusal();
        assert!(refusal.contains(told), "{refusal}");
    }
}

/// An archive with one entry of this kind, made by hand as no honest tool makes it.
fn archive(name: &str, kind: tar::EntryType, copies: usize) -> PathBuf {
    let mut builder = tar::Builder::new(Vec::new());
    for _ in 0..copies {
        let mut header = tar::Header::new_gnu();
        let field = &mut header.as_old_mut().name;
        field[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(kind);
        header.set_mode(0o644);
        header.set_size(0);
        header.set_cksum();
        builder.append(&header, std::io::empty()).unwrap();
    }
    let path = tempfile::tempdir().unwrap().keep().join("bad.tar");
    fs::write(&path, builder.into_inner().unwrap()).unwrap();
    path
}

#[test]
fn archives_that_reach_out_are_refused() {
    use tar::EntryType as Kind;
    for (name, kind, copies, told) in [
        ("../x", Kind::Regular, 1, "../x leads out of the package"),
        ("a/../../x", Kind::Regular, 1, "leads out of the package"),
        (
            "/etc/x",
            Kind::Regular,
            1,
            "/etc/x leads out of the package",
        ),
        ("x", Kind::Symlink, 1, "x is a symbolic link"),
        ("x", Kind::Link, 1, "x is a hard link"),
        ("x", Kind::Char, 1, "x is a device"),
        ("x", Kind::Regular, 2, "two files of the name x"),
        ("x", Kind::Regular, 1, "plugin.toml is missing"),
    ] {
        let path = archive(name, kind, copies);
        let refusal = Package::read(&path).unwrap_err().to_string();
        assert!(refusal.contains(told), "{name}: {refusal}");
        fs::remove_dir_all(path.parent().unwrap()).unwrap();
    }
}

#[tokio::test]
async fn an_archive_is_the_same_each_time_and_is_read_as_the_folder() {
    let author = Author::new("1.0.0");
    author.sign().await;
    let package = Package::of_author(author.path()).unwrap();
    assert_eq!(package.archive_name(), "paper-1.0.0.tar");
    let bytes = package.archive().unwrap();
    assert_eq!(
        bytes,
        Package::read(author.path()).unwrap().archive().unwrap()
    );
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("paper-1.0.0.tar");
    fs::write(&path, &bytes).unwrap();
    let read = Package::read(&path).unwrap();
    assert_eq!(read.digest, package.digest);
    assert_eq!(read.archive().unwrap(), bytes);
}

#[tokio::test]
async fn a_policy_asks_for_a_vendor_who_is_trusted_for_the_id() {
    let author = Author::new("1.0.0");
    let strict = "[plugin_policy]\nwasm = 'require'\n";
    let server = Server::new("");
    let refused = install(&server, strict, author.path()).await.unwrap_err();
    assert!(
        refused.to_string().contains("it is not signed"),
        "{refused}"
    );
    let key = author.sign().await;
    assert_eq!(key, PUBLIC);
    let refused = install(&server, strict, author.path()).await.unwrap_err();
    assert!(
        refused.to_string().contains("no vendor of [plugin_trust]"),
        "{refused}"
    );
    let trust =
        |ids: &str| format!("{strict}[plugin_trust.acme]\nkey = '{key}'\nids = ['{ids}']\n");
    let other = install(&server, &trust("com.acm"), author.path()).await;
    let refused = other.unwrap_err().to_string();
    assert!(
        refused.contains("trusted for com.acm and not for com.acme.paper"),
        "{refused}"
    );
    assert_eq!(
        fs::read_dir(server.data_dir().join("plugins"))
            .unwrap()
            .count(),
        0
    );
    let done = install(&server, &trust("com.acme"), author.path())
        .await
        .unwrap();
    assert_eq!(done.tests, 1);
    assert_eq!(done.package.signer.unwrap().to_string(), "signed by acme");
    // A signature of other bytes is none.
    author.replace("# Kept.", "# Changed.");
    let refused = install(&server, &trust("com.acme"), author.path())
        .await
        .unwrap_err();
    assert!(
        refused.to_string().contains("no vendor of [plugin_trust]"),
        "{refused}"
    );
}

#[tokio::test]
async fn an_upgrade_that_fails_its_own_test_leaves_the_old_version() {
    let server = Server::new("");
    install(&server, "", Author::new("1.0.0").path())
        .await
        .unwrap();
    let bad = Author::new("2.0.0");
    bad.write(
        "vectors/no.json",
        br#"{"op":"DESCRIBE","status":0,"output":{"schema":2}}"#,
    );
    let refused = install(&server, "", bad.path())
        .await
        .unwrap_err()
        .to_string();
    assert!(
        refused.contains("fails its own test vectors/no.json"),
        "{refused}"
    );
    assert!(
        refused.contains("/schema: expected 2, found 1"),
        "{refused}"
    );
    assert_eq!(version(&server).await, "1.0.0");
}

#[tokio::test]
async fn the_version_before_can_be_taken_back() {
    let server = Server::new("");
    let packages = InstalledPackages::of(server.data_dir());
    let missing = packages.rollback(ID).unwrap_err().to_string();
    assert!(
        missing.contains("no package com.acme.paper is installed"),
        "{missing}"
    );
    for new in ["1.0.0", "2.0.0", "3.0.0"] {
        install(&server, "", Author::new(new).path()).await.unwrap();
        assert_eq!(version(&server).await, new);
    }
    packages.rollback(ID).unwrap();
    assert_eq!(version(&server).await, "2.0.0");
    packages.rollback(ID).unwrap();
    assert_eq!(version(&server).await, "3.0.0");
    packages.remove(ID).unwrap();
    assert!(server.start().await.get("paper").is_none());
    let left = fs::read_dir(server.data_dir().join("plugins")).unwrap();
    assert_eq!(left.count(), 0);
}

async fn version(server: &Server) -> String {
    let info = server.listed("paper").await;
    assert_eq!(info.state, GeneratorState::Ready, "{:?}", info.message);
    info.description.as_ref().unwrap().version.clone()
}

#[tokio::test]
async fn two_packages_of_one_id_are_told_apart_from_the_first() {
    let server = Server::new("");
    install(&server, "", Author::new("1.0.0").path())
        .await
        .unwrap();
    let other = Package::read(Author::new("2.0.0").path()).unwrap();
    let copy = server.data_dir().join("plugins/copy.tar");
    fs::write(copy, other.archive().unwrap()).unwrap();
    assert_eq!(version(&server).await, "1.0.0");
    let told = server.failure("copy.tar").await;
    assert!(
        told.contains("com.acme.paper has the id com.acme.paper too"),
        "{told}"
    );
    assert!(told.contains("take one of the two away"), "{told}");
}

#[tokio::test]
async fn a_package_serves_as_a_section_names_it() {
    let server = Server::new("[plugins.mine]\npackage = 'com.acme.paper'\n");
    install(&server, "", Author::new("1.0.0").path())
        .await
        .unwrap();
    assert_eq!(server.listed("mine").await.state, GeneratorState::Ready);
    assert!(server.start().await.get("paper").is_none());
}

#[tokio::test]
async fn changed_files_do_not_serve_until_they_are_confirmed() {
    let server = Server::new("").with("paper.wasm", &Paper::named("paper", "1.0.0"));
    let first = server.start().await;
    let known = first.pins();
    let known = known.map(|found| (found.source.clone(), found.pin.clone()));
    let known: lds_generators::Pins = known.collect();
    assert_eq!(known["paper.wasm"].name, "paper");
    let same = server.start_knowing(&known).await;
    assert_eq!(same.get("paper").unwrap().state, GeneratorState::Ready);
    let server = server.with("paper.wasm", &Paper::named("paper", "2.0.0"));
    let changed = server.start_knowing(&known).await;
    let info = changed.get("paper").unwrap();
    assert_eq!(info.state, GeneratorState::Disabled);
    assert!(
        info.message
            .as_ref()
            .unwrap()
            .contains("lds plugin confirm paper"),
        "{info:?}"
    );
    let found = changed.provenance("paper").unwrap().pin.clone().unwrap();
    assert!(found.changed);
    let confirmed = [(found.source, found.pin)].into();
    let again = server.start_knowing(&confirmed).await;
    assert_eq!(again.get("paper").unwrap().state, GeneratorState::Ready);
}

#[tokio::test]
async fn a_folder_full_of_rubbish_stops_nothing() {
    let server = Server::new("");
    let folder = server.data_dir().join("plugins");
    for n in 0..1000 {
        let ending = ["wasm", "tar", "txt", "so"][n % 4];
        fs::write(folder.join(format!("{n}.{ending}")), format!("rubbish {n}")).unwrap();
    }
    fs::write(folder.join("token"), "no plugin").unwrap();
    fs::create_dir(folder.join("hello")).unwrap();
    let generators = server.start().await;
    for n in 0..1000 {
        let ending = ["wasm", "tar", "txt", "so"][n % 4];
        let info = generators
            .get(&format!("{n}.{ending}"))
            .expect("it is listed");
        assert_eq!(info.state, GeneratorState::Failed);
        assert!(info.message.as_ref().unwrap().len() > 30, "{info:?}");
    }
    assert_eq!(
        generators.get("token").unwrap().state,
        GeneratorState::Ready
    );
    assert_eq!(
        generators.get("./token").unwrap().state,
        GeneratorState::Failed
    );
    assert_eq!(
        generators.get("./hello").unwrap().state,
        GeneratorState::Failed
    );
}

#[tokio::test]
async fn an_authors_tests_tell_what_differs() {
    let author = Author::new("1.0.0");
    author.write(
        "vectors/a.json",
        br#"{"op":"DESCRIBE","status":1,"output":{"schema":1}}"#,
    );
    let tested = inspect::test(&runtime(), author.path()).await.unwrap();
    assert_eq!(tested.len(), 2);
    let wrong = tested[0].outcome.as_ref().unwrap_err();
    assert_eq!(wrong[0], "status: expected REJECTED, found OK");
    assert!(
        wrong
            .iter()
            .any(|line| line.contains("/name: expected nothing")),
        "{wrong:?}"
    );
    assert_eq!(tested[1].outcome, Ok(()));
}
