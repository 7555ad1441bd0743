//! The contract of `FlexNet` Operations: the wire types against its WSDL.

use super::tree::{Node, WSDL};
use super::{receive, xmllint};
use crate::leaf::{Bytes, LooseDay, Timestamp};
use crate::operation::generator::{GenerateLicense, visit};
use crate::operation::{Operation, Service, Visitor};
use crate::wire::generator::*;
use crate::{Version, ser, wsdl};

const NAMESPACE: &str = Service::Generator.namespace();

#[derive(Default)]
struct Operations(Vec<[String; 3]>);

impl Visitor for Operations {
    fn visit<O: Operation>(&mut self) {
        self.0
            .push([O::NAME, O::REQUEST, O::RESPONSE].map(str::to_owned));
    }
}

#[test]
fn the_wsdl_has_the_operations_with_their_elements() {
    let wsdl = Node::parse(wsdl::document(Service::Generator, Version::Soap11));
    let element = |name: String| {
        let mut messages = wsdl.children(WSDL, "message");
        let message = messages.find(|message| message.label() == name).unwrap();
        let part = message.child(WSDL, "part").unwrap();
        part.attribute("element").unwrap().replace("tns:", "")
    };
    let listed = wsdl
        .child(WSDL, "portType")
        .unwrap()
        .children(WSDL, "operation");
    let listed = listed.map(|operation| {
        let name = operation.label();
        let fault = operation.child(WSDL, "fault").unwrap();
        assert_eq!(fault.label(), "licGeneratorException");
        [
            name.to_owned(),
            element(format!("{name}Request")),
            element(format!("{name}Response")),
        ]
    });
    let mut operations = Operations::default();
    visit(&mut operations);
    assert_eq!(listed.collect::<Vec<_>>(), operations.0);
}

fn attributes() -> AttributeSet {
    AttributeSet {
        attributes: vec![Pair {
            name: Some("ISSUER".into()),
            value: Some("we & you".into()),
        }],
    }
}

fn custom() -> Vec<CustomAttribute> {
    vec![CustomAttribute {
        name: "region".into(),
        attributes: vec!["north".into(), "south".into()],
    }]
}

fn policy() -> HostIdPolicy {
    HostIdPolicy {
        is_ignored: Some(false),
        host_id_types: vec!["ETHERNET".into()],
    }
}

fn day() -> LooseDay {
    LooseDay(time::macros::date!(2028 - 02 - 29))
}

fn technology() -> LicenseTechnology {
    LicenseTechnology {
        name: Some("token".into()),
        license_attributes: Some(attributes()),
        generator_attributes: Some(attributes()),
        host_types: vec!["ETHERNET".into()],
    }
}

fn configuration() -> LicenseGeneratorConfig {
    LicenseGeneratorConfig {
        name: Some("standard".into()),
        attributes: Some(attributes()),
    }
}

fn features() -> Vec<Feature> {
    vec![Feature {
        name: "base".into(),
        count: 9_007_199_254_740_991,
        version: "3.0".into(),
        descritpion: Some("All of it".into()),
        feature_override: attributes().attributes,
    }]
}

fn product() -> Product {
    Product {
        name: Some("Editor".into()),
        version: Some("3.0".into()),
        product_type: Some("PRODUCT".into()),
        suite: true,
        maintenance: true,
        licensed_product: true,
        needs_dated_version: true,
        custom_attributes: custom(),
        features: features(),
        quantity_per_copy: Some(2),
    }
}

fn model() -> LicenseModel {
    LicenseModel {
        name: Some("locked".into()),
        model_type: Some("NODE_LOCKED".into()),
        model_time_attributes: Some(attributes()),
        entitlement_time_attributes: Some(attributes()),
        fulfillment_time_attributes: Some(attributes()),
        server_host_id_policy: Some(policy()),
        node_locked_host_id_policy: Some(policy()),
    }
}

fn request() -> GeneratorRequest {
    GeneratorRequest {
        fulfilement_id: "FID-1".into(),
        fulfill_count: 2,
        overdraft_count: 1,
        start_date: Some(day()),
        ship_to_email: Some("eva@example.com".into()),
        custom_host: Some(CustomHostId {
            host_identifier: Some("001122aabbcc".into()),
            license_technology_name: Some("token".into()),
            host_attribute_values: vec![KeyValue {
                key: Some("HOSTNAME".into()),
                value: Some("nora".into()),
            }],
        }),
        parent_fulfillments: fulfillments(),
        request_type: Some("UPGRADE".into()),
        verify_request: true,
        activation_id: "ACT-1".into(),
        version_date: Some(day()),
        expiration_date: Some(day()),
        line_attributes: custom(),
        entitlement_id: "ENT-1".into(),
        order_id: Some("O-1".into()),
        sold_to: Some(OrganizationUnit {
            id: 7,
            name: Some("miller".into()),
            display_name: Some("Miller & Sons".into()),
            custom_attributes: custom(),
        }),
        entitlement_attributes: custom(),
        entitled_products: vec![product()],
        part_number: Some("P-1".into()),
        license_model: Some(model()),
        license_generator_configuration: Some(configuration()),
        license_technology: Some(technology()),
        license_file_definitions: vec![FileDefinition {
            name: Some("main".into()),
        }],
        license_file_type: Some("TEXT".into()),
        current_license_on_host: Some("FEATURE <base>\n".into()),
    }
}

fn fulfillments() -> Vec<FulfillmentRecord> {
    vec![FulfillmentRecord {
        fulfillment_id: Some("FID-0".into()),
    }]
}

fn response() -> GeneratorResponse {
    let file = |name: &str, value| NamedFile {
        name: Some(name.to_owned()),
        value: Some(value),
    };
    GeneratorResponse {
        complete: true,
        license_text: Some("FEATURE base".into()),
        binary_license: Some(Bytes(vec![0, 255])),
        license_file_name: Some("license.lic".into()),
        license_files: vec![
            file("license.lic", AnyValue::Text("FEATURE base".into())),
            file("license.bin", AnyValue::Bytes(Bytes(vec![0, 255]))),
        ],
        message: Some("Done.".into()),
    }
}

fn element<T: serde::Serialize>(name: &'static str, value: &T) -> String {
    let mut out = Vec::new();
    ser::write_element(name, NAMESPACE, value, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn product_request() -> ProductRequest {
    ProductRequest {
        name: Some("Editor".into()),
        version: Some("3.0".into()),
        product_type: Some("PRODUCT".into()),
        custom_attributes: custom(),
        features: features(),
        quantity_per_copy: Some(2),
        license_technology: Some(technology()),
        license_generator_config: Some(configuration()),
        deployed: true,
        ..ProductRequest::default()
    }
}

fn model_request() -> LicenseModelRequest {
    let model = model();
    LicenseModelRequest {
        name: model.name,
        model_type: model.model_type,
        model_time_attributes: model.model_time_attributes,
        entitlement_time_attributes: model.entitlement_time_attributes,
        fulfillment_time_attributes: model.fulfillment_time_attributes,
        server_host_id_policy: model.server_host_id_policy,
        node_locked_host_id_policy: model.node_locked_host_id_policy,
        deployed: Some(true),
        license_technology: Some(technology()),
        license_generator_configuration: Some(configuration()),
    }
}

#[test]
fn what_is_written_is_valid_by_the_schema() {
    let moment = Timestamp(time::macros::datetime!(2027-12-31 23:59:59 UTC));
    let names = vec![FileName {
        name: "main".into(),
        value: "license.lic".into(),
    }];
    let parts = request().custom_host.unwrap().host_attribute_values;
    let documents = [
        element(
            "pingRequest",
            &PingRequest {
                str: Some("x".into()),
            },
        ),
        element(
            "pingResponse",
            &PingResponse {
                str: Some("x".into()),
                processed_time: Some(moment),
                info: Some("LDS".into()),
            },
        ),
        element("ProductRequest", &product_request()),
        element("LicenseModelRequest", &model_request()),
        element(
            "Status",
            &Status {
                message: Some("No.".into()),
                code: Some(1),
            },
        ),
        element("GeneratorRequest", &request()),
        element("GeneratorRequest", &GeneratorRequest::default()),
        element("FileNamesRequest", &request()),
        element("GeneratorResponse", &response()),
        element("GeneratorResponse", &GeneratorResponse::default()),
        element(
            "FulfillmentRecordSet",
            &FulfillmentRecordSet {
                fulfillments: fulfillments(),
            },
        ),
        element(
            "ConsolidatedLicenseResquest",
            &ConsolidatedLicense {
                license_text: Some("x".into()),
            },
        ),
        element(
            "LicenseFileDefinitionMap",
            &FileDefinitions {
                license_file_names: names,
            },
        ),
        element(
            "HostIdRequest",
            &HostIdRequest {
                host_id_map: parts,
                host_id_type: "ETHERNET".into(),
            },
        ),
        element("HostIdResponse", &HostIdResponse("001122aabbcc".into())),
    ];
    xmllint::validate(Service::Generator, &documents);
}

#[test]
fn what_is_written_is_read_again() {
    let message = super::message(&element("GeneratorRequest", &request()));
    let read = receive::<GenerateLicense>(message.as_bytes(), None).unwrap();
    assert_eq!(read, request());
}

#[test]
fn order_and_namespace_do_not_count_but_repetition_does() {
    let read = |content: &str| {
        let body = format!("<GeneratorRequest xmlns=\"{NAMESPACE}\">{content}</GeneratorRequest>");
        receive::<GenerateLicense>(super::message(&body).as_bytes(), None)
    };
    let ids =
        read("<x/><entitlementID>E</entitlementID><fulfilementID xmlns=\"\">F</fulfilementID>");
    let ids = ids.unwrap();
    assert_eq!((&*ids.entitlement_id, &*ids.fulfilement_id), ("E", "F"));
    let twice = read("<orderId>1</orderId><x/><orderId>2</orderId>").unwrap_err();
    assert_eq!(twice.field.as_deref(), Some("orderId"));
    let list = "<entitledProducts/>";
    assert!(read(&format!("{list}<x/>{list}")).is_err());
}
