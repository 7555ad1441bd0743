//! License texts that come in, and what is told of them.

use lds_domain::command::{
    BatchAnswer, BatchItem, GenerateLicense, ImportLicenses, StateChange, Status, TestGenerator,
    Trial,
};
use lds_domain::id::Key;
use lds_domain::verification::{Match, TextProblem, Verification, VerifyLicense};
use lds_domain::{Code, Error};
use time::macros::{date, datetime};

use super::messages::example;
use super::replies::round;
use super::samples::license;
use crate::leaf::Bytes;
use crate::operation::internal;
use crate::wire::NameValue;
use crate::wire::license::File;
use crate::wire::verify::VerifyLicenseRequest;

#[test]
fn a_text_arrives_byte_for_byte() {
    let command = VerifyLicense::try_from(example::<internal::VerifyLicense>()).unwrap();
    assert_eq!(command.generator.as_deref(), Some("flexnet"));
    let [file] = command.files.as_slice() else {
        panic!("one file");
    };
    assert_eq!(
        (file.name.as_str(), &*file.bytes),
        ("license.lic", &b"FEATURE draw\r\n"[..])
    );
}

#[test]
fn a_file_that_was_read_can_be_asked_about() {
    let read = round::<internal::GetLicense>(&license().into());
    let request = VerifyLicenseRequest {
        file: read.file,
        generator: None,
    };
    let command = VerifyLicense::try_from(request).unwrap();
    assert_eq!(command.files, license().files);
}

#[test]
fn a_file_has_text_or_data_and_not_both() {
    let neither = File {
        name: "a".to_owned(),
        media_type: "text/plain".to_owned(),
        ..File::default()
    };
    let both = File {
        text: Some("a".to_owned()),
        data: Some(Bytes(vec![1])),
        ..neither.clone()
    };
    for file in [neither, both] {
        let request = VerifyLicenseRequest {
            file: vec![file],
            generator: None,
        };
        let refused = VerifyLicense::try_from(request).unwrap_err();
        let field = refused.field.as_deref();
        assert_eq!(
            (refused.code, field),
            (Code::InvalidRequest, Some("file[0].text"))
        );
    }
}

#[test]
fn what_is_told_of_a_text_arrives() {
    let verification = Verification {
        matched: Match::Changed,
        license: Some(license()),
        differences: vec!["count is 6, asked for 5.".to_owned()],
        grant: Some("{\"schema\":1}".to_owned()),
        problems: vec![TextProblem {
            code: "EXPIRED".to_owned(),
            message: "It is over.".to_owned(),
            line: Some(7),
        }],
    };
    let told = round::<internal::VerifyLicense>(&verification.into());
    assert_eq!(told.matched, "CHANGED");
    assert_eq!(told.license.unwrap().id, license().id.to_string());
    assert_eq!(told.difference, ["count is 6, asked for 5."]);
    assert_eq!(told.grant.as_deref(), Some("{\"schema\":1}"));
    assert_eq!(
        (told.problem[0].code.as_str(), told.problem[0].line),
        ("EXPIRED", Some(7))
    );
    let unknown = Verification {
        matched: Match::Unknown,
        license: None,
        differences: Vec::new(),
        grant: None,
        problems: Vec::new(),
    };
    let told = round::<internal::VerifyLicense>(&unknown.into());
    assert_eq!((told.matched.as_str(), told.license), ("UNKNOWN", None));
}

#[test]
fn a_test_of_a_generator_arrives_and_is_told() {
    let command = TestGenerator::from(example::<internal::TestGenerator>());
    assert_eq!(command.name, "token");
    let request = command.request.unwrap();
    assert!(request.trim().starts_with("{\"schema\":1,"), "{request}");
    let trial = Trial {
        status: "BAD_OUTPUT",
        output: Some("{\r\n\u{fffd}".to_owned()),
        files: license().files,
        micros: 1 << 40,
        memory_bytes: 1 << 33,
        message: Some("two files are named a".to_owned()),
        request: request.clone(),
    };
    let told = round::<internal::TestGenerator>(&trial.into());
    assert_eq!(told.status, "BAD_OUTPUT");
    assert_eq!(told.output.as_deref(), Some("{\r\n\u{fffd}"));
    assert_eq!((told.micros, told.memory_bytes), (1 << 40, 1 << 33));
    assert_eq!((told.file.len(), told.request), (2, request));
}

#[test]
fn generators_are_named_by_their_names() {
    let request = example::<internal::DisableGenerators>();
    let command = StateChange::<String>::try_from(request).unwrap();
    assert_eq!(command.batch.items, ["flexnet", "token"]);
    assert_eq!(command.reason.as_deref(), Some("the kit was replaced"));
}

#[test]
fn a_license_without_an_order_arrives_as_it_was_asked_for() {
    let mut request = example::<internal::GenerateLicense>();
    // The example has none: the generator of its product takes none.
    request.parameter.push(NameValue {
        name: "note".to_owned(),
        value: "for the fair".to_owned(),
    });
    let command = GenerateLicense::try_from(request).unwrap();
    assert_eq!(command.customer, Key::External("crm-1".to_owned()));
    assert_eq!(command.product, Key::External("erp-7".to_owned()));
    let terms = command.terms.unwrap();
    assert_eq!(
        (terms.quantity, terms.host_rules[0].host_type.as_str()),
        (3, "ETHERNET")
    );
    assert_eq!(
        (command.features[0].name.as_str(), command.features[0].count),
        ("draw", Some(2))
    );
    assert_eq!(command.hosts[0].value, "00-11-22-AA-BB-CC");
    assert_eq!(command.parameters[0].value, "for the fair");
    assert_eq!(command.attributes[0].value, "4711");
    assert_eq!(command.options.request_id.as_deref(), Some("fair-2026"));
    assert!(!command.options.dry_run);
}

#[test]
fn a_license_without_an_order_names_none() {
    let mut manual = license();
    manual.order = None;
    let told = round::<internal::GenerateLicense>(&manual.into());
    assert_eq!(told.order_ref, None);
}

#[test]
fn what_was_issued_elsewhere_arrives_as_it_is() {
    let command = ImportLicenses::try_from(example::<internal::ImportLicenses>()).unwrap();
    assert!(command.atomic && !command.options.dry_run);
    assert_eq!(command.options.request_id.as_deref(), Some("migration-1"));
    let [under, without] = command.items.as_slice() else {
        panic!("two items");
    };
    assert!(under.order.is_some() && under.customer.is_none() && under.product.is_none());
    assert_eq!(&*under.files[0].bytes, b"FEATURE draw\r\n");
    assert_eq!(under.issued_at, datetime!(2019-03-01 08:30 UTC));
    assert_eq!(
        (under.starts_on, under.expires_on),
        (None, Some(date!(2027 - 02 - 28)))
    );
    assert_eq!(
        (
            under.features[0].count,
            under.features[0].version.as_deref()
        ),
        (5, Some("2.0"))
    );
    assert_eq!(under.external_ref.as_deref(), Some("old-4711"));
    assert_eq!(without.customer, Some(Key::External("crm-1".to_owned())));
    assert_eq!(&*without.files[0].bytes, b"by hand\n");
    assert_eq!(without.attributes[0].value, "2018/12");
}

#[test]
fn what_became_of_an_import_arrives() {
    let item = |value, failure| BatchItem {
        id: None,
        value,
        failure,
    };
    let answer = BatchAnswer {
        status: Status::PartialFailure,
        failed: 1,
        items: vec![
            item(Some(license()), None),
            item(
                None,
                Some(Error::new(Code::AlreadyExists, "It is there.").at("host")),
            ),
        ],
    };
    let told = round::<internal::ImportLicenses>(&answer.into());
    assert_eq!(
        (told.status.as_str(), told.total, told.failed),
        ("PARTIAL_FAILURE", 2, 1)
    );
    assert_eq!(
        told.item[0].license.as_ref().unwrap().id,
        license().id.to_string()
    );
    let failure = told.item[1].failure.as_ref().unwrap();
    assert_eq!(
        (failure.code.as_str(), failure.field.as_deref()),
        ("AlreadyExists", Some("host"))
    );
}
