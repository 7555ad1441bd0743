//! Which files a plugin may reach: a native library those that it is loaded from, a program those of
//! its folder and of the system. Landlock closes TCP, signals and abstract sockets off as well.

use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr,
    RulesetCreated, RulesetCreatedAttr, RulesetError, Scope, path_beneath_rules,
};

/// What the walls are made of at best: files since Linux 5.13, TCP since 6.7, signals and abstract
/// sockets since 6.12.
const WANTED: ABI = ABI::V6;
/// Where libraries of the system lie, what its loader reads, and the worker itself, in which
/// libraries look for the bounds of their stack.
const SYSTEM: [&str; 10] = [
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/etc/ld.so.cache",
    "/dev/null",
    "/dev/random",
    "/dev/urandom",
    "/proc/self",
];

/// What programs are made of, and what their runtimes ask the kernel. Nothing of `/etc` that could
/// be somebody's secret; links to these places lead into them.
const PROGRAMS: [&str; 17] = [
    "/bin",
    "/lib",
    "/lib64",
    "/usr",
    "/etc/alternatives",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/dev/null",
    "/dev/random",
    "/dev/urandom",
    "/dev/zero",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/self",
    "/proc/stat",
    "/sys/devices/system/cpu",
    "/sys/kernel/mm/transparent_hugepage",
];
/// Where Debian keeps what runtimes are set up with.
const SET_UP: [&str; 5] = ["java", "mono", "perl", "python", "ruby"];

/// Whether files can be closed off.
pub(super) fn around_files() -> bool {
    stands(|rules| rules.handle_access(AccessFs::from_all(ABI::V1)))
}

/// Whether TCP can be closed off.
pub(super) fn around_tcp() -> bool {
    stands(|rules| rules.handle_access(AccessNet::from_all(ABI::V4)))
}

/// Whether signals, and abstract sockets, can be closed off.
pub(super) fn around_signals() -> bool {
    stands(|rules| rules.scope(Scope::from_all(ABI::V6)))
}

fn stands(wall: impl FnOnce(Ruleset) -> Result<Ruleset, RulesetError>) -> bool {
    let rules = Ruleset::default().set_compatibility(CompatLevel::HardRequirement);
    wall(rules).and_then(Ruleset::create).is_ok()
}

/// Closes this thread, and those that it starts, in. As far as the kernel can.
pub(super) fn close_in(library: &Path) -> Result<(), RulesetError> {
    let readable = SYSTEM.iter().map(PathBuf::from).chain(files_of(library));
    let reading = AccessFs::ReadFile | AccessFs::ReadDir;
    rules()?
        .add_rules(path_beneath_rules(readable, reading))?
        .restrict_self()?;
    Ok(())
}

/// Closes this process, which is to become a program, in. As far as the kernel can.
pub(super) fn close_program_in(folder: &Path, scratch: &Path) -> Result<(), RulesetError> {
    let own = [folder.to_owned()];
    let readable = PROGRAMS
        .iter()
        .map(PathBuf::from)
        .chain(set_up())
        .chain(own);
    let reading = AccessFs::ReadFile | AccessFs::ReadDir | AccessFs::Execute;
    let null = [Path::new("/dev/null")];
    rules()?
        .add_rules(path_beneath_rules(readable, reading))?
        .add_rules(path_beneath_rules(null, AccessFs::WriteFile))?
        .add_rules(path_beneath_rules([scratch], AccessFs::from_all(WANTED)))?
        .restrict_self()?;
    Ok(())
}

/// `/etc/java-17-openjdk`, `/etc/perl`.
fn set_up() -> Vec<PathBuf> {
    let entries = Path::new("/etc").read_dir().into_iter().flatten().flatten();
    let is_one = |name: &str| SET_UP.iter().any(|set_up| name.starts_with(set_up));
    entries
        .filter(|entry| entry.file_name().to_str().is_some_and(is_one))
        .map(|entry| entry.path())
        .collect()
}

/// Nothing is allowed yet.
fn rules() -> Result<RulesetCreated, RulesetError> {
    Ruleset::default()
        .handle_access(AccessFs::from_all(WANTED))?
        .handle_access(AccessNet::from_all(WANTED))?
        .scope(Scope::from_all(WANTED))?
        .create()
}

/// The library, and those beside it, of which it may need one.
fn files_of(library: &Path) -> Vec<PathBuf> {
    let folder = library.parent().and_then(|folder| folder.read_dir().ok());
    let beside = folder.into_iter().flatten().flatten();
    beside
        .map(|entry| entry.path())
        .filter(|path| is_library(path))
        .chain([library.to_owned()])
        .collect()
}

/// `libx.so`, `libx.so.1`.
fn is_library(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| name.split('.').skip(1).any(|part| part == "so"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_are_known_by_their_names() {
        for (name, is) in [
            ("liba.so", true),
            ("/b/liba.so.1.2", true),
            ("a.wasm", false),
            ("key.pem", false),
            ("notes.so-called", false),
        ] {
            assert_eq!(is_library(Path::new(name)), is, "{name}");
        }
    }
}
