//! What the plugin says of itself.

use lds_plugin_api::document::{
    Capability, Definition, Description, ExpectedFile, Form, HostType, LicenseType, ValueType,
};
use lds_plugin_api::{Op, hosts};

use crate::{CAPABILITY, FILE, MEDIA_TYPE, keywords, settings};

const NAME: &str = "[A-Za-z0-9_-]{1,30}";
/// One word of printable ASCII without quotes.
const WORD: &str = "[!#-&(-~]{1,255}";

pub(crate) fn description() -> Description {
    let mut description =
        Description::new("flexnet", "1.0.0", "LDS").with_ops(&[Op::Validate, Op::Verify, Op::Read]);
    description.description =
        Some("FLEXnet-compatible license files, signed by the vendor's own kit.".to_owned());
    description.license_types = vec![LicenseType::NodeLocked, LicenseType::Floating];
    description.host_types = host_types();
    description.settings = settings();
    description.parameters = vec![
        Definition::new("notice", ValueType::Text)
            .label("Notice")
            .help("Keyword NOTICE of every line. ASCII without quotes.")
            .range(1, 200),
    ];
    let line = Definition::new("line", ValueType::Text)
        .label("Kind of line")
        .help("Default: INCREMENT for counted features, FEATURE for uncounted ones.")
        .choices(&["FEATURE", "INCREMENT"]);
    description.feature_parameters = core::iter::once(line)
        .chain(keywords::definitions())
        .collect();
    description.files = vec![ExpectedFile {
        name: FILE.to_owned(),
        media_type: MEDIA_TYPE.to_owned(),
    }];
    description.capabilities = vec![Capability {
        name: CAPABILITY.to_owned(),
        required: Some(false),
        algorithms: Vec::new(),
        label: Some("The vendor's signing kit".to_owned()),
    }];
    description
}

fn host_types() -> Vec<HostType> {
    vec![
        hosts::ethernet(),
        hosts::hostname(),
        hosts::disk_serial(),
        hosts::user(),
        HostType::new("DISPLAY", "Display", Form::Exact, WORD).example("cad-07:0"),
        HostType::new(
            "INTERNET",
            "Internet address",
            Form::Exact,
            "[0-9*]{1,3}(\\.[0-9*]{1,3}){3}",
        )
        .example("192.0.2.*"),
        HostType::new(
            "FLEXID",
            "FLEXID dongle",
            Form::Upper,
            "[0-9A-F]{1,2}-[0-9A-F]{4,16}",
        )
        .example("9-3A71C5D0")
        .help("The number is printed on the dongle; lmhostid -flexid shows it."),
        HostType::new("COMPOSITE", "Composite host id", Form::Hex, "[0-9a-f]{12}")
            .example("3C52A10F8BE4")
            .help("The product shows it."),
        HostType::new("ANY", "Any host", Form::Exact, "ANY").example("ANY"),
    ]
}

fn settings() -> Vec<Definition> {
    vec![
        Definition::new("vendor", ValueType::Text)
            .label("Vendor daemon")
            .help("The name of the vendor daemon, as in every line.")
            .pattern(NAME)
            .required(),
        Definition::new("vendorPath", ValueType::Text)
            .label("Path of the vendor daemon")
            .pattern(WORD),
        Definition::new("optionsFile", ValueType::Text).label("Options file").pattern(WORD),
        Definition::new("vendorPort", ValueType::Int)
            .label("Port of the vendor daemon")
            .range(1, 65535),
        Definition::new("useServer", ValueType::Bool)
            .label("Clients ask the server only")
            .help("Writes USE_SERVER into floating licenses.")
            .default(true),
        Definition::new("unsigned", ValueType::Bool)
            .label("Not signed")
            .help("Files keep the placeholder SIGN=0 and are marked as not for use.")
            .default(false),
        Definition::new("signatureDigits", ValueType::List)
            .label("Lengths of signatures")
            .help("How many hex digits the kit may write; empty: any length that kits are known to write.")
            .choices(&settings::SIGNATURE_DIGITS),
    ]
}
