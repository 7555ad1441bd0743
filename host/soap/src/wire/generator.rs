//! The contract of `FlexNet` Operations on the wire: what is used of it. The rest of its types is in
//! the WSDL alone, and passed over on input.

use serde::{Deserialize, Serialize};

pub use super::any::AnyValue;
use crate::leaf::{Bytes, LooseDay, Timestamp};

/// Declares wire types; what is missing in a message is as by default.
macro_rules! types {
    ($($(#[$doc:meta])* $name:ident { $($(#[$mdoc:meta])* $member:ident: $kind:ty,)* })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default, rename_all = "camelCase")]
        pub struct $name { $($(#[$mdoc])* pub $member: $kind,)* }
    )+};
}

types! {
    /// Asks whether the service answers.
    PingRequest {
        /// Comes back.
        str: Option<String>,
    }
    /// It does.
    PingResponse {
        /// What was sent.
        str: Option<String>,
        /// When it was answered.
        processed_time: Option<Timestamp>,
        /// By what.
        info: Option<String>,
    }
    /// Whether something is valid.
    Status {
        /// Why not.
        message: Option<String>,
        /// 0: it is; services have codes below 0 too.
        code: Option<i32>,
    }
    /// Asks for a license text.
    GeneratorRequest {
        /// The license's name at the sender.
        #[serde(rename = "fulfilementID")]
        fulfilement_id: String,
        /// How many copies.
        fulfill_count: u32,
        /// How many more may be used.
        overdraft_count: u32,
        /// First day.
        start_date: Option<LooseDay>,
        /// Whom it is sent to.
        ship_to_email: Option<String>,
        /// The machine.
        custom_host: Option<CustomHostId>,
        /// What it comes from.
        parent_fulfillments: Vec<FulfillmentRecord>,
        /// Why: `ACTIVATION`, `REHOST`, …
        request_type: Option<String>,
        /// Whether it is only tried.
        verify_request: bool,
        /// The line's id.
        #[serde(rename = "activationID")]
        activation_id: String,
        /// Last day of maintenance.
        version_date: Option<LooseDay>,
        /// Last good day; absent = permanent.
        expiration_date: Option<LooseDay>,
        /// Of the line.
        #[serde(rename = "EntitlementLineItemCustomAttributes")]
        line_attributes: Vec<CustomAttribute>,
        /// The entitlement's id.
        #[serde(rename = "entitlementID")]
        entitlement_id: String,
        /// The order's id.
        order_id: Option<String>,
        /// Whose it is.
        sold_to: Option<OrganizationUnit>,
        /// Of the entitlement.
        #[serde(rename = "EntitlementCustomAttributes")]
        entitlement_attributes: Vec<CustomAttribute>,
        /// What is granted.
        entitled_products: Vec<Product>,
        /// The part number.
        part_number: Option<String>,
        /// How it is cut.
        license_model: Option<LicenseModel>,
        /// Values for the generator.
        license_generator_configuration: Option<LicenseGeneratorConfig>,
        /// Which generator.
        license_technology: Option<LicenseTechnology>,
        /// Files that are expected.
        license_file_definitions: Vec<FileDefinition>,
        /// `TEXT` or `BINARY`.
        license_file_type: Option<String>,
        /// The text of the license that ends.
        current_license_on_host: Option<String>,
    }
    /// A license text.
    GeneratorResponse {
        /// Whether it is finished.
        complete: bool,
        /// The text.
        license_text: Option<String>,
        /// The bytes, where it is no text.
        binary_license: Option<Bytes>,
        /// The file's name.
        license_file_name: Option<String>,
        /// Several files.
        license_files: Vec<NamedFile>,
        /// For staff.
        message: Option<String>,
    }
    /// One file.
    NamedFile {
        /// Its name.
        name: Option<String>,
        /// Its content.
        value: Option<AnyValue>,
    }
    /// A file that is expected.
    FileDefinition {
        /// What it is called in the license technology.
        name: Option<String>,
    }
    /// Names of files by their definitions.
    FileDefinitions {
        /// The names.
        license_file_names: Vec<FileName>,
    }
    /// A file's name.
    FileName {
        /// The definition.
        name: String,
        /// The name.
        value: String,
    }
    /// A feature.
    Feature {
        /// Its name.
        name: String,
        /// How many.
        count: u64,
        /// Its version.
        version: String,
        /// For people.
        descritpion: Option<String>,
        /// Values of its own.
        feature_override: Vec<Pair>,
    }
    /// A name and a value.
    Pair {
        /// The name.
        name: Option<String>,
        /// The value.
        value: Option<String>,
    }
    /// Which host types may be used.
    HostIdPolicy {
        /// Whether it does not count.
        is_ignored: Option<bool>,
        /// The types.
        host_id_types: Vec<String>,
    }
    /// Attributes.
    AttributeSet {
        /// The attributes.
        attributes: Vec<Pair>,
    }
    /// An attribute with several values.
    CustomAttribute {
        /// The name.
        name: String,
        /// The values.
        attributes: Vec<String>,
    }
    /// Values for the generator.
    LicenseGeneratorConfig {
        /// Its name.
        name: Option<String>,
        /// The values.
        attributes: Option<AttributeSet>,
    }
    /// A license technology: which generator.
    LicenseTechnology {
        /// Its name.
        name: Option<String>,
        /// Values of licenses.
        license_attributes: Option<AttributeSet>,
        /// Values for the generator.
        generator_attributes: Option<AttributeSet>,
        /// Host types.
        host_types: Vec<String>,
    }
    /// A machine.
    CustomHostId {
        /// What identifies it.
        host_identifier: Option<String>,
        /// Which generator.
        #[serde(rename = "LicenseTechnologyName")]
        license_technology_name: Option<String>,
        /// More about it.
        #[serde(rename = "HostAttributeValues")]
        host_attribute_values: Vec<KeyValue>,
    }
    /// A key and a value.
    KeyValue {
        /// The key.
        key: Option<String>,
        /// The value.
        value: Option<String>,
    }
    /// Asks for a host identifier.
    HostIdRequest {
        /// What identifies the machine.
        #[serde(rename = "HostIdMap")]
        host_id_map: Vec<KeyValue>,
        /// The type.
        #[serde(rename = "HostIdType")]
        host_id_type: String,
    }
    /// An earlier license.
    FulfillmentRecord {
        /// Its name at the sender.
        fulfillment_id: Option<String>,
    }
    /// Licenses to be made one.
    FulfillmentRecordSet {
        /// The licenses.
        fulfillments: Vec<FulfillmentRecord>,
    }
    /// A license made of many.
    ConsolidatedLicense {
        /// The text.
        license_text: Option<String>,
    }
    /// An organization.
    OrganizationUnit {
        /// A number.
        id: u64,
        /// Its name for programs.
        name: Option<String>,
        /// Its name for people.
        display_name: Option<String>,
        /// Its values.
        custom_attributes: Vec<CustomAttribute>,
    }
}

/// Declares a type with the members of a product, and more.
macro_rules! product {
    ($(#[$doc:meta])* $name:ident { $($more:tt)* }) => {
        types! {
            $(#[$doc])*
            $name {
                /// Its name.
                name: Option<String>,
                /// Its version.
                version: Option<String>,
                /// Its type.
                product_type: Option<String>,
                /// Whether it consists of products.
                suite: bool,
                /// Whether it is maintenance alone.
                maintenance: bool,
                /// Whether it takes a license.
                licensed_product: bool,
                /// Whether its version is a date.
                needs_dated_version: bool,
                /// Its values.
                custom_attributes: Vec<CustomAttribute>,
                /// What it grants.
                features: Vec<Feature>,
                /// How many of each feature a copy has.
                quantity_per_copy: Option<u32>,
                $($more)*
            }
        }
    };
}

product! {
    /// A product.
    Product {}
}

product! {
    /// Asks whether a product is valid.
    ProductRequest {
        /// Which generator.
        license_technology: Option<LicenseTechnology>,
        /// Values for the generator.
        license_generator_config: Option<LicenseGeneratorConfig>,
        /// Whether it is in use.
        deployed: bool,
    }
}

/// Declares a type with the members of a license model, and more.
macro_rules! license_model {
    ($(#[$doc:meta])* $name:ident { $($more:tt)* }) => {
        types! {
            $(#[$doc])*
            $name {
                /// Its name.
                name: Option<String>,
                /// `NODE_LOCKED`, `FLOATING`, …
                model_type: Option<String>,
                /// Values of the model.
                model_time_attributes: Option<AttributeSet>,
                /// Values of the entitlement.
                entitlement_time_attributes: Option<AttributeSet>,
                /// Values of the fulfillment.
                fulfillment_time_attributes: Option<AttributeSet>,
                /// Host types of license servers.
                server_host_id_policy: Option<HostIdPolicy>,
                /// Host types of machines.
                node_locked_host_id_policy: Option<HostIdPolicy>,
                $($more)*
            }
        }
    };
}

license_model! {
    /// How a license is cut.
    LicenseModel {}
}

license_model! {
    /// Asks whether a license model is valid.
    LicenseModelRequest {
        /// Whether it is in use.
        deployed: Option<bool>,
        /// Which generator.
        #[serde(rename = "LicenseTechnology")]
        license_technology: Option<LicenseTechnology>,
        /// Values for the generator.
        license_generator_configuration: Option<LicenseGeneratorConfig>,
    }
}

/// A host identifier.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostIdResponse(pub String);
