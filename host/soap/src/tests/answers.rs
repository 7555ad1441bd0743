//! Replies that are no entity's alone: batches, users with their tokens, previews, what the service
//! tells of itself.

use std::sync::Arc;

use lds_domain::access::{Role, Scope};
use lds_domain::command::{
    BatchAnswer, BatchItem, CreatedOrders, NewToken, Preview, ServiceInfo, Status, StoreItem,
};
use lds_domain::generator::{GeneratorInfo, GeneratorState, Problem};
use lds_domain::license::File;
use lds_domain::token::{Network, Token};
use lds_domain::user::{User, UserData, UserState};
use lds_domain::{Code, Error};
use time::macros::datetime;

use super::replies::{page, round};
use super::samples::{customer, id, license, pair, stamps};
use crate::operation::internal;
use crate::wire::batch::StateChangeResult;
use crate::wire::issue::ReplaceLicensesResult;
use crate::{Addressing, Context, Version, encode_reply};

fn item<T>(value: Option<T>, failure: Option<Error>) -> BatchItem<T> {
    BatchItem {
        id: None,
        value,
        failure,
    }
}

#[test]
fn batches_answer_item_by_item() {
    let failure = || Error::new(Code::StaleRevision, "changed").at("customer[1].revision");
    let answer = BatchAnswer {
        status: Status::PartialFailure,
        failed: 1,
        items: vec![item(Some(customer()), None), item(None, Some(failure()))],
    };
    let read = round::<internal::StoreCustomers>(&answer.into());
    assert_eq!(
        (read.status.as_str(), read.total, read.failed),
        ("PARTIAL_FAILURE", 2, 1)
    );
    assert_eq!(read.item[0].customer.as_ref().unwrap().revision, Some(3));
    let failed = read.item[1].failure.as_ref().unwrap();
    assert_eq!(
        (read.item[1].index, failed.code.as_str(), failed.retryable),
        (1, "StaleRevision", false)
    );

    let answer = BatchAnswer {
        status: Status::Failure,
        failed: 1,
        items: vec![item(None::<()>, Some(failure()))],
    };
    let read =
        round::<internal::DeleteCustomers>(&StateChangeResult::new(vec!["ext:a".into()], answer));
    assert_eq!(
        (read.item[0].id.as_str(), read.item[0].failure.is_some()),
        ("ext:a", true)
    );
}

#[test]
fn users_and_tokens() {
    let user = User {
        id: id(),
        revision: 1,
        data: UserData {
            login: "ada".into(),
            display_name: "Ada".into(),
            email: None,
            roles: vec![Role::Manager, Role::Auditor],
            external_ref: None,
            attributes: Vec::new(),
        },
        state: UserState::Invited,
        password: Some(lds_domain::user::PasswordHash("$argon2id$hash".into())),
        totp: false,
        last_signed_in_at: None,
        stamps: stamps(),
    };
    let bytes =
        encode_reply::<internal::FindUsers>(&Context::default(), &page(vec![user.clone()]).into())
            .unwrap();
    assert!(!String::from_utf8(bytes).unwrap().contains("argon2"));
    let read = round::<internal::FindUsers>(&page(vec![user.clone()]).into());
    let item = StoreItem::try_from(read.user[0].clone()).unwrap();
    assert_eq!(item.data, user.data);

    let token = Token {
        id: id(),
        name: "build".into(),
        user: id(),
        scopes: vec![Scope::Read, Scope::Role(Role::Sales)],
        expires_at: Some(datetime!(2027-01-01 00:00 UTC)),
        addresses: vec![Network::parse("192.0.2.0/24").unwrap()],
        digest: [7; 32],
        sealed: Some(vec![1]),
        last_used_at: None,
        revoked: false,
        stamps: stamps(),
    };
    let new = NewToken {
        token,
        secret: Some("lds_secret".into()),
    };
    let read = round::<internal::CreateToken>(&new.into());
    assert_eq!(read.token.scope, ["read", "SALES"]);
    assert_eq!(read.token.state, "ACTIVE");
    assert_eq!(
        (read.token.address[0].as_str(), read.token.digest),
        ("192.0.2.0/24", true)
    );
    assert_eq!(read.secret.as_deref(), Some("lds_secret"));
}

#[test]
fn previews_generators_and_the_service() {
    let preview = Preview {
        files: vec![File::new("a".into(), "text/plain".into(), Vec::new())],
        warnings: vec![Problem {
            code: "NOT_FOR_USE".into(),
            message: "Not for use.".into(),
            field: None,
        }],
    };
    let read = round::<internal::PreviewLicense>(&preview.into());
    assert_eq!(read.warning[0].code, "NOT_FOR_USE");

    let broken = GeneratorInfo {
        name: "rlm".into(),
        kind: "NATIVE".into(),
        digest: "00".into(),
        state: GeneratorState::Failed,
        message: Some("It crashed.".into()),
        description: None,
        operator_settings: vec![pair("secret", "hidden")],
    };
    let generators = vec![Arc::new(broken)];
    let read = round::<internal::FindGenerators>(&generators.clone().into());
    assert_eq!(
        (
            read.generator[0].state.as_str(),
            read.generator[0].version.as_deref()
        ),
        ("FAILED", None)
    );

    let info = ServiceInfo {
        timezone: "Europe/Vienna".into(),
        limits: vec![("batchItems", 1000)],
        generators,
    };
    let read = round::<internal::GetServiceInfo>(&info.into());
    assert_eq!(
        (read.limit[0].name.as_str(), read.limit[0].value.as_str()),
        ("batchItems", "1000")
    );
    assert_eq!(read.api_version, ["v1"]);
}

#[test]
fn empty_lists_are_valid() {
    round::<internal::FindUsers>(&page(Vec::new()).into());
    round::<internal::FindLicenses>(&page(Vec::new()).into());
    round::<internal::FindGenerators>(&Vec::new().into());
    round::<internal::CreateOrders>(&CreatedOrders::default().into());
}

#[test]
fn addressed_requests_get_addressed_replies() {
    let context = Context {
        version: Version::Soap12,
        addressing: Some(Addressing {
            message_id: Some("urn:a&b".into()),
        }),
    };
    let reply = Vec::new().into();
    let bytes = encode_reply::<internal::FindGenerators>(&context, &reply).unwrap();
    let expected = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<soap:Envelope xmlns:soap=\"http://www.w3.org/2003/05/soap-envelope\">\
        <soap:Header xmlns:wsa=\"http://www.w3.org/2005/08/addressing\"><wsa:Action>\
        urn:license-distribution-service:v1:LicenseDistributionPort:findGeneratorsResponse</wsa:Action>\
        <wsa:RelatesTo>urn:a&amp;b</wsa:RelatesTo></soap:Header><soap:Body>\
        <findGeneratorsResponse xmlns=\"urn:license-distribution-service:v1\"><result></result></findGeneratorsResponse>\
        </soap:Body></soap:Envelope>";
    assert_eq!(String::from_utf8(bytes).unwrap(), expected);
}

#[test]
fn a_replacement_is_answered_by_the_ids_as_they_were_given() {
    let failure = Error::new(
        Code::ActionNotAllowed,
        "The license was removed and is over.",
    );
    let answer = BatchAnswer {
        status: Status::PartialFailure,
        failed: 1,
        items: vec![
            BatchItem {
                id: None,
                value: None,
                failure: Some(failure),
            },
            BatchItem {
                id: Some(license().id.to_string()),
                value: Some(license()),
                failure: None,
            },
        ],
    };
    let ids = vec!["ext:a".to_owned(), "ext:b".to_owned()];
    let read = round::<internal::ReplaceLicenses>(&ReplaceLicensesResult::new(ids, answer));
    assert_eq!((read.total, read.failed), (2, 1));
    assert_eq!((read.item[0].index, &*read.item[0].id), (0, "ext:a"));
    assert_eq!(
        read.item[0].failure.as_ref().unwrap().code,
        "ActionNotAllowed"
    );
    assert_eq!((read.item[1].index, &*read.item[1].id), (1, "ext:b"));
    assert_eq!(
        read.item[1].license.as_ref().unwrap().id,
        license().id.to_string()
    );
}
