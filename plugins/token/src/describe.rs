//! What the plugin says of itself.

use lds_plugin_api::document::{
    Capability, Definition, Description, ExpectedFile, Limits, ValueType,
};
use lds_plugin_api::{Op, hosts};

use crate::{ALGORITHMS, CAPABILITY, FILE, MEDIA_TYPE};

pub(crate) fn description() -> Description {
    let mut description =
        Description::new("token", "1.0.0", "LDS").with_ops(&[Op::Validate, Op::Verify, Op::Read]);
    description.description =
        Some("A signed JSON license (JWT), checked with the public key alone.".to_owned());
    description.host_types = vec![
        hosts::ethernet(),
        hosts::hostname(),
        hosts::disk_serial(),
        hosts::machine_id(),
        hosts::user(),
    ];
    description.settings = settings();
    description.files = vec![ExpectedFile {
        name: FILE.to_owned(),
        media_type: MEDIA_TYPE.to_owned(),
    }];
    description.capabilities = vec![Capability {
        name: CAPABILITY.to_owned(),
        required: None,
        algorithms: ALGORITHMS.map(str::to_owned).to_vec(),
        label: Some("License key".to_owned()),
    }];
    description.limits = Some(Limits {
        time_ms: Some(50),
        memory_mib: Some(16),
        output_kib: None,
    });
    description
}

/// None is required: the plugin works as it is.
fn settings() -> Vec<Definition> {
    vec![
        Definition::new("issuer", ValueType::Text)
            .label("Issuer")
            .help("Who issues the license: the claim iss. A name, or a URI.")
            .range(1, 200),
        Definition::new("audience", ValueType::List)
            .label("Audience")
            .help("Who accepts the license: the claim aud. Names, or URIs. A library then asks the product for its own name."),
    ]
}
