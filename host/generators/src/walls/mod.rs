//! What plugins in processes of their own may reach: a native library the files that it is loaded
//! from and its call, a program its folder, its scratch files and the system's programs, and nothing
//! else of the server's or the machine's.
//!
//! `files` are the walls of the kernel's Landlock; `calls` those of its seccomp around a library,
//! `program_calls` those around a program. They must not know what plugins are for.

mod calls;
mod files;
mod program_calls;

use std::path::Path;
use std::sync::Once;

use crate::error::LoadError;

/// A wall that the kernel can put up.
struct Wall {
    around: &'static str,
    stands: fn() -> bool,
}

const WALLS: [Wall; 4] = [
    Wall {
        around: "files (Landlock, Linux 5.13)",
        stands: files::around_files,
    },
    Wall {
        around: "TCP (Landlock, Linux 6.7)",
        stands: files::around_tcp,
    },
    Wall {
        around: "signals (Landlock, Linux 6.12)",
        stands: files::around_signals,
    },
    Wall {
        around: "system calls (seccomp)",
        stands: calls::can_stand,
    },
];

/// The walls around libraries and programs that this kernel cannot put up.
pub fn missing_walls() -> Vec<&'static str> {
    let missing = WALLS.iter().filter(|wall| !(wall.stands)());
    missing.map(|wall| wall.around).collect()
}

/// Tells the operator, once, which walls this kernel puts up and which it has not.
pub(crate) fn tell() {
    static TOLD: Once = Once::new();
    TOLD.call_once(|| {
        let missing = missing_walls();
        let around = WALLS.iter().map(|wall| wall.around);
        let standing: Vec<_> = around.filter(|name| !missing.contains(name)).collect();
        let walls = standing.join(", ");
        tracing::info!(walls, "libraries and programs are closed in");
        if !missing.is_empty() {
            let missing = missing.join(", ");
            tracing::warn!(
                missing,
                "this kernel lacks walls: there libraries and programs can do what the server's user can, \
                 without that around files read its keys"
            );
        }
    });
}

/// Closes this thread, which is to load a library, and those that it starts in. As far as the
/// kernel can.
pub(crate) fn close_in(library: &Path) -> Result<(), LoadError> {
    files::close_in(library).map_err(|error| failed(&error))?;
    if calls::can_stand() {
        calls::close_in().map_err(|error| failed(&error))?;
    }
    Ok(())
}

/// Closes this process, which is to become a program, in. As far as the kernel can.
pub(crate) fn close_program_in(folder: &Path, scratch: &Path) -> Result<(), LoadError> {
    files::close_program_in(folder, scratch).map_err(|error| failed(&error))?;
    if calls::can_stand() {
        program_calls::close_in().map_err(|error| failed(&error))?;
    }
    Ok(())
}

fn failed(error: &dyn std::fmt::Display) -> LoadError {
    LoadError::new(format!("the worker cannot close itself in: {error}"))
}
