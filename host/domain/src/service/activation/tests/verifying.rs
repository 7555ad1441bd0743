//! Texts that are looked at: which license they are, and what they say.

use super::*;
use crate::license::File;
use crate::testing::GENERATOR;
use crate::verification::{MAX_FILES, Match, Reading, Verification, VerifyLicense};

async fn verify(shop: &Shop, role: Role, files: Vec<File>) -> Result<Verification> {
    let command = VerifyLicense {
        files,
        generator: None,
    };
    shop.bench
        .services
        .verify_license(&actor(role), command)
        .await
}

/// A file of this text, by any name.
fn file(text: &str) -> File {
    let bytes = text.as_bytes().to_vec();
    File::new("mail.txt".to_owned(), "text/plain".to_owned(), bytes)
}

fn text(license: &License) -> String {
    license.files[0].text().unwrap().to_owned()
}

fn reading(license_id: Option<String>, hosts: Vec<Host>) -> Reading {
    Reading {
        license_id,
        hosts,
        document: "{\"schema\":1}".to_owned(),
        problems: Vec::new(),
    }
}

#[tokio::test]
async fn the_bytes_of_a_license_are_that_license_whatever_the_file_is_called() {
    let shop = Shop::new(ethernet_terms()).await;
    let license = shop.activate(MACHINE).await.unwrap().license;
    shop.bench.generators.reads(reading(None, Vec::new()));
    let found = verify(&shop, Role::Auditor, vec![file(&text(&license))]).await;
    let found = found.unwrap();
    assert_eq!(found.matched, Match::Exact);
    assert_eq!(found.differences, Vec::<String>::new());
    assert_eq!(found.license.as_ref(), Some(&*license));
    assert_eq!(found.grant.as_deref(), Some("{\"schema\":1}"));
    assert_eq!(shop.bench.generators.runs(), 1);
}

#[tokio::test]
async fn a_text_that_stands_for_several_is_the_one_in_force() {
    let shop = Shop::new(ethernet_terms()).await;
    let removed = shop.activate(MACHINE).await.unwrap().license;
    shop.remove(removed.id).await;
    let removed = shop.licenses().remove(0);
    let mut twin = License {
        id: id(77),
        order: None,
        root: None,
        issued_at: removed.issued_at - time::Duration::DAY,
        ..removed.clone()
    };
    twin.state = crate::license::LicenseState::Active;
    let new = crate::unit::NewLicense {
        license: Arc::new(twin),
        claims: Vec::new(),
        class: crate::claim::ClaimClass::Live,
        document: None,
    };
    shop.write(Changes {
        new_licenses: vec![new],
        ..Changes::default()
    })
    .await;
    let found = verify(&shop, Role::Auditor, vec![file(&text(&removed))]).await;
    assert_eq!(found.unwrap().license.unwrap().id, id(77));
}

#[tokio::test]
async fn other_bytes_are_compared_with_the_license_whose_number_they_show() {
    let shop = Shop::new(ethernet_terms()).await;
    let license = shop.activate(MACHINE).await.unwrap().license;
    let wider = text(&license).replace('\n', "  \n");
    let found = verify(&shop, Role::Support, vec![file(&wider)])
        .await
        .unwrap();
    assert_eq!(found.matched, Match::SameMeaning);
    assert_eq!(found.license.unwrap().id, license.id);
    assert!(found.differences[0].contains("signature"), "it is told");
    let forged = text(&license).replace("core", "everything");
    let found = verify(&shop, Role::Support, vec![file(&forged)])
        .await
        .unwrap();
    assert_eq!(found.matched, Match::Changed);
    assert_eq!(found.license.unwrap().id, license.id);
    assert_eq!(found.differences, ["It says something else."]);
}

#[tokio::test]
async fn what_a_generator_reads_leads_to_the_license() {
    let shop = Shop::new(ethernet_terms()).await;
    let license = shop.activate(MACHINE).await.unwrap().license;
    let whole = text(&license).replace('\n', "\r\n");
    let hidden = whole.replace(&license.id.to_string(), "-");
    let find = async |reading: Option<Reading>| {
        if let Some(reading) = reading {
            shop.bench.generators.reads(reading);
        }
        let found = verify(&shop, Role::Support, vec![file(&hidden)])
            .await
            .unwrap();
        (found.matched, found.license.map(|license| license.id))
    };
    assert_eq!(find(None).await, (Match::Unknown, None));
    let known = (Match::SameMeaning, Some(license.id));
    let by_number = reading(Some(license.id.to_string()), Vec::new());
    assert_eq!(find(Some(by_number)).await, known);
    assert_eq!(find(Some(reading(None, vec![host(MACHINE)]))).await, known);
    let other = host("00-11-22-AA-BB-CD");
    let unknown = (Match::Unknown, None);
    assert_eq!(
        find(Some(reading(None, vec![other.clone()]))).await,
        unknown
    );
    assert_eq!(
        find(Some(reading(None, vec![host(MACHINE), other]))).await,
        unknown
    );
    assert_eq!(
        find(Some(reading(Some("12".to_owned()), Vec::new()))).await,
        unknown
    );
}

#[tokio::test]
async fn without_the_request_it_is_known_but_not_compared() {
    let shop = Shop::new(ethernet_terms()).await;
    let license = shop.activate(MACHINE).await.unwrap().license;
    let whole = text(&license);
    shop.change_order(|order| order.state = OrderState::Revoked)
        .await;
    let command = StateChange {
        batch: crate::testing::batch(vec![Key::Id(customer().id)]),
        reason: Some("asked".to_owned()),
    };
    let erased = shop
        .bench
        .services
        .erase_customers(&actor(Role::Administrator), command)
        .await;
    assert_eq!(erased.unwrap().failed, 0);
    let found = verify(&shop, Role::Auditor, vec![file(&whole)])
        .await
        .unwrap();
    assert_eq!(found.matched, Match::Exact, "digests stay");
    let found = verify(&shop, Role::Auditor, vec![file(&format!("{whole} "))]).await;
    let found = found.unwrap();
    assert_eq!(found.matched, Match::Changed);
    assert_eq!(found.license.unwrap().id, license.id);
    assert!(found.differences[0].contains("can't be compared"));
}

#[tokio::test]
async fn a_generator_that_is_named_must_be_there() {
    let shop = Shop::new(ethernet_terms()).await;
    let ask = async |name: &str| {
        let command = VerifyLicense {
            files: vec![file("x")],
            generator: Some(name.to_owned()),
        };
        let auditor = actor(Role::Auditor);
        shop.bench.services.verify_license(&auditor, command).await
    };
    assert_eq!(ask(GENERATOR).await.unwrap().matched, Match::Unknown);
    let missing = ask("other").await.unwrap_err();
    assert_eq!(
        (missing.code, missing.field.as_deref()),
        (Code::NotFound, Some("generator"))
    );
    let license = shop.activate(MACHINE).await.unwrap().license;
    shop.bench
        .generators
        .change(|info| info.state = crate::generator::GeneratorState::Failed);
    assert_eq!(code(ask(GENERATOR).await), Code::GeneratorUnavailable);
    let wider = text(&license).replace('\n', "  \n");
    let found = verify(&shop, Role::Auditor, vec![file(&wider)])
        .await
        .unwrap();
    assert_eq!(found.matched, Match::Changed, "it can't be asked");
}

#[tokio::test]
async fn files_are_needed_and_not_too_many() {
    let shop = Shop::new(ethernet_terms()).await;
    let check = async |files| {
        let refused = verify(&shop, Role::Auditor, files).await.unwrap_err();
        (refused.code, refused.field.unwrap_or_default())
    };
    let invalid = |field: &str| (Code::InvalidRequest, field.to_owned());
    assert_eq!(check(Vec::new()).await, invalid("file"));
    let nameless = File::new(String::new(), "text/plain".to_owned(), vec![1]);
    assert_eq!(
        check(vec![file("x"), nameless]).await,
        invalid("file[1].name")
    );
    let many = check(vec![file("x"); MAX_FILES + 1]).await;
    assert_eq!(many.0, Code::LimitExceeded);
    let command = VerifyLicense {
        files: vec![file("x")],
        generator: None,
    };
    let customer = customer_actor();
    let refused = shop.bench.services.verify_license(&customer, command).await;
    assert_eq!(code(refused), Code::AuthenticationRequired);
}
