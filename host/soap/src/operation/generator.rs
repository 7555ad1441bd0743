//! The operations of `LicenseGeneratorService`, the contract of `FlexNet` Operations. Its elements
//! are named as that product names them, slips included.

use super::operations;
use crate::wire::generator::{
    ConsolidatedLicense, FileDefinitions, FulfillmentRecordSet, GeneratorRequest,
    GeneratorResponse, HostIdRequest, HostIdResponse, LicenseModelRequest, PingRequest,
    PingResponse, ProductRequest, Status,
};

operations! {
    /// Visits every operation of the service.
    visit, Generator {
        /// Whether the service answers.
        Ping = "ping", "pingRequest" => ["pingResponse"]: PingRequest => PingResponse;
        /// Whether a generator takes a product.
        ValidateProduct = "validateProduct", "ProductRequest" => ["Status"]:
            ProductRequest => Status;
        /// Whether a generator takes a license model.
        ValidateLicenseModel = "validateLicenseModel", "LicenseModelRequest" => ["Status"]:
            LicenseModelRequest => Status;
        /// Writes a license text.
        GenerateLicense = "generateLicense", "GeneratorRequest" => ["GeneratorResponse"]:
            GeneratorRequest => GeneratorResponse;
        /// Makes one license of many; no generator does.
        ConsolidateFulfillments = "consolidateFulfillments",
            "FulfillmentRecordSet" => ["ConsolidatedLicense"]:
            FulfillmentRecordSet => ConsolidatedLicense;
        /// The names of the files that a license would have.
        GenerateLicenseFilenames = "generateLicenseFilenames",
            "FileNamesRequest" => ["LicenseFileDefinitionMap"]:
            GeneratorRequest => FileDefinitions;
        /// Likewise of one license made of many; no generator does.
        GenerateConsolidatedLicenseFilenames = "generateConsolidatedLicenseFilenames",
            "ConsolidatedLicenseResquest" => ["LicenseFileDefinitionMap"]:
            ConsolidatedLicense => FileDefinitions;
        /// Composes a host identifier.
        GenerateCustomHostIdentifier = "generateCustomHostIdentifier",
            "HostIdRequest" => ["HostIdResponse"]: HostIdRequest => HostIdResponse;
    }
}
