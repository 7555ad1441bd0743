//! What a remote declares, by the operator's word: a DESCRIBE document in a file, or nothing but the
//! usual host types.

use std::path::Path;

use lds_plugin_api::document::Description;
use lds_plugin_api::{Op, hosts};

use crate::config::RemoteConfig;
use crate::documents::{decode, encode};
use crate::error::LoadError;

const VERSION: &str = "1.0.0";
const OPS: [Op; 3] = [Op::Describe, Op::Generate, Op::Validate];

/// The document, with the name that products use and the operations that the contract has.
pub(super) fn description(
    name: &str,
    config: &RemoteConfig,
    data_dir: &Path,
) -> Result<Vec<u8>, LoadError> {
    let usual = Description {
        ops: OPS.iter().map(|op| op.name().to_owned()).collect(),
        ..Description::new(name, VERSION, name)
    };
    let description = match &config.description {
        None => Description {
            host_types: vec![
                hosts::ethernet(),
                hosts::hostname(),
                hosts::disk_serial(),
                hosts::machine_id(),
                hosts::user(),
            ],
            ..usual
        },
        Some(file) => Description {
            name: usual.name,
            ops: usual.ops,
            ..read(&data_dir.join(file))?
        },
    };
    if !description.capabilities.is_empty() {
        return Err(LoadError::new(
            "a remote has no capabilities: it signs by itself",
        ));
    }
    encode(&description).map_err(LoadError::new)
}

fn read(file: &Path) -> Result<Description, LoadError> {
    let failed = |error: String| LoadError::new(format!("{}: {error}", file.display()));
    let bytes = std::fs::read(file).map_err(|error| failed(error.to_string()))?;
    decode(&bytes).map_err(failed)
}
