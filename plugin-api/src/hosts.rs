//! Host types that several generators take. Host type names are server-wide, and declarations that
//! differ in form or pattern exclude each other: whoever takes one of these declares it so.

use crate::document::{Form, HostType};

/// The address of a network card.
pub fn ethernet() -> HostType {
    HostType::new("ETHERNET", "Ethernet address", Form::Hex, "[0-9a-f]{12}")
        .example("00-11-22-AA-BB-CC")
        .help("Windows: getmac /v. Linux: ip link. macOS: ifconfig en0.")
}

/// The name of a machine.
pub fn hostname() -> HostType {
    HostType::new(
        "HOSTNAME",
        "Host name",
        Form::Lower,
        "[a-z0-9]([a-z0-9._-]{0,251}[a-z0-9])?",
    )
    .example("cad-07")
    .help("Windows, Linux and macOS: hostname.")
}

/// The serial number of a volume.
pub fn disk_serial() -> HostType {
    HostType::new(
        "DISK_SERIAL",
        "Disk serial number",
        Form::Hex,
        "[0-9a-f]{8}",
    )
    .example("8C4F-21D0")
    .help("Windows: vol C:")
}

/// The identity of an installed system.
pub fn machine_id() -> HostType {
    HostType::new("MACHINE_ID", "Machine id", Form::Lower, "[0-9a-f]{32}")
        .example("9f2c51d07be84a6693c1f00d5a7e42b8")
        .help("Linux: cat /etc/machine-id. Windows: reg query HKLM\\SOFTWARE\\Microsoft\\Cryptography /v MachineGuid, without the dashes.")
}

/// A person's account.
pub fn user() -> HostType {
    HostType::new("USER", "User name", Form::Exact, r"[!#-&(-\[\]-~]{1,64}")
        .example("mmustermann")
        .help("Windows and Linux: whoami, without the domain.")
}
