//! What clients may write differently, and headers.

use super::{ACTIVATION, activate, message, message_with, receive};
use crate::operation::activation::Activate;
use crate::wire::activation::ActivateRequest;
use crate::wire::license::Host;
use crate::{Envelope, FaultKind, Password, PasswordDigest, Rejected, Version};

const WSSE: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
const WSA: &str = "http://www.w3.org/2005/08/addressing";
const OLD_WSA: &str = "http://schemas.xmlsoap.org/ws/2004/08/addressing";
const XSI: &str = "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";

fn expected() -> ActivateRequest {
    ActivateRequest {
        order_id: "A<B".into(),
        host: vec![Host {
            host_type: "ETHERNET".into(),
            value: "00".into(),
            port: Some(27000),
            ..Host::default()
        }],
        parameter: Vec::new(),
    }
}

#[track_caller]
fn reads(message: &str) {
    assert_eq!(
        receive::<Activate>(message.as_bytes(), None).as_ref(),
        Ok(&expected())
    );
}

#[test]
fn spellings_of_one_request() {
    let host = "<host><type>ETHERNET</type><value>00</value><port>27000</port></host>";
    for content in [
        format!("<orderId>A&lt;B</orderId>{host}"),
        format!("\n  <orderId>A&#60;B</orderId>\r\n\t{host}\n"),
        format!("<orderId>A&#x3c;B</orderId>{host}"),
        format!("<orderId><![CDATA[A<]]>B</orderId>{host}"),
        format!("<orderId>A<!-- c --><![CDATA[<B]]></orderId><!-- c -->{host}"),
        format!(
            "<orderId>A&lt;B</orderId>{}",
            host.replace("27000", " +027000\n")
        ),
        format!(
            "<orderId>A&lt;B</orderId>{}",
            host.replace("<port>", "<name/><port>")
        ),
        format!(
            "<orderId>A&lt;B</orderId>{}",
            host.replace("<port>", "<name></name><port>")
        ),
        format!(
            "<orderId>A&lt;B</orderId>{}",
            host.replace("<port>", &format!("<name {XSI} xsi:nil=\"true\"/><port>"))
        ),
        format!(
            "<orderId>A&lt;B</orderId>{}",
            host.replace(
                "<port>",
                &format!("<name {XSI} xsi:nil=\" 1 \"></name><port>")
            )
        ),
        format!(
            "<orderId {XSI} xsi:type=\"xsd:string\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\">A&lt;B</orderId>{host}"
        ),
        format!("<orderId>A&lt;B</orderId>{host}<parameter/>"),
        format!("<orderId xmlns='{ACTIVATION}' id='x'>A&lt;B</orderId >{host}"),
    ] {
        reads(&message(&activate(&content)));
        reads(&format!(
            "<?xml version='1.0' encoding=\"UTF-8\" standalone='yes' ?>\n<!-- x -->{}\n<!-- x -->",
            message(&activate(&content))
        ));
    }
}

#[test]
fn prefixes_are_free() {
    for version in [Version::Soap11, Version::Soap12] {
        let soap = version.namespace();
        reads(&format!(
            "<Envelope xmlns=\"{soap}\" encodingStyle=\"\"><Header/><Body><x:activate xmlns:x=\"{ACTIVATION}\" xmlns=\"urn:other\">\
             <x:orderId>A&lt;B</x:orderId><y:host xmlns:y=\"{ACTIVATION}\"><y:type>ETHERNET</y:type><x:value>00</x:value>\
             <port xmlns=\"{ACTIVATION}\">27000</port></y:host></x:activate></Body></Envelope>"
        ));
    }
}

#[test]
fn utf16_and_marks() {
    let text = message(&activate(
        "<orderId>A&lt;B</orderId><host><type>ETHERNET</type><value>00</value><port>27000</port></host>",
    ));
    let units = |mark: &str| format!("{mark}{text}").encode_utf16().collect::<Vec<_>>();
    for mark in ["", "\u{feff}"] {
        let little: Vec<u8> = units(mark).into_iter().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = units(mark).into_iter().flat_map(u16::to_be_bytes).collect();
        for bytes in [little, big, format!("{mark}{text}").into_bytes()] {
            assert_eq!(receive::<Activate>(&bytes, None), Ok(expected()));
        }
    }
}

/// Login and password; whether there are addressing headers; the message's id.
type Read = (Option<(String, String)>, bool, Option<String>);

fn read(version: Version, headers: &str) -> Result<Read, Rejected> {
    let text = message_with(version, headers, &activate("<orderId>A</orderId>"));
    let envelope = Envelope::read(&text)?;
    let credentials = envelope
        .credentials()
        .map(|token| (token.username.clone(), as_text(&token.password)));
    let context = envelope.context();
    assert_eq!(context.version, version);
    let addressing = context.addressing;
    Ok((
        credentials,
        addressing.is_some(),
        addressing.and_then(|addressing| addressing.message_id),
    ))
}

fn as_text(password: &Password) -> String {
    match password {
        Password::Text(text) => text.clone(),
        Password::Digest(_) => panic!("a password as text"),
    }
}

#[track_caller]
fn fault(headers: &str) -> FaultKind {
    let rejected = read(Version::Soap11, headers).expect_err(headers);
    rejected.fault.kind
}

fn security(content: &str) -> String {
    format!("<w:Security xmlns:w=\"{WSSE}\" s:mustUnderstand=\"1\">{content}</w:Security>")
}

#[test]
fn a_username_token_is_read_in_any_order() {
    let both = |read: Read| read.0;
    let ada = Some(("ada".to_owned(), "p<w".to_owned()));
    let token = |content: &str| security(&format!("<w:UsernameToken>{content}</w:UsernameToken>"));
    let kind = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText";
    for content in [
        "<w:Username>ada</w:Username><w:Password>p&lt;w</w:Password>".to_owned(),
        format!("<w:Password Type=\"{kind}\">p&lt;w</w:Password><w:Username>ada</w:Username>"),
        "<w:Nonce>x</w:Nonce><w:Username>ada</w:Username><w:Password Type=\"PasswordText\"><![CDATA[p<w]]></w:Password><Created xmlns=\"urn:wsu\">x</Created>".to_owned(),
    ] {
        for version in [Version::Soap11, Version::Soap12] {
            assert_eq!(read(version, &token(&content)).map(both), Ok(ada.clone()));
        }
    }
}

#[test]
fn security_headers_that_are_wrong_or_doubled() {
    let one =
        "<w:UsernameToken><w:Username>a</w:Username><w:Password>b</w:Password></w:UsernameToken>";
    assert_eq!(fault(&security(&one.repeat(2))), FaultKind::InvalidSecurity);
    assert_eq!(fault(&security(one).repeat(2)), FaultKind::InvalidSecurity);
    assert_eq!(
        fault(&security(&format!(
            "<w:BinarySecurityToken>x</w:BinarySecurityToken>{one}"
        ))),
        FaultKind::InvalidSecurity
    );
    for broken in [
        one.replace("<w:Username>a</w:Username>", ""),
        one.replace("<w:Password>b</w:Password>", ""),
        one.replace(
            "<w:Username>a</w:Username>",
            &"<w:Username>a</w:Username>".repeat(2),
        ),
        one.replace(
            "<w:Password>b</w:Password>",
            &"<w:Password>b</w:Password>".repeat(2),
        ),
        one.replace("<w:Password>", "<w:Password Type=\"urn:x#Kerberos\">"),
    ] {
        assert_eq!(
            fault(&security(&broken)),
            FaultKind::InvalidSecurity,
            "{broken}"
        );
    }
}

/// The members of a token with a digest; the values are those of the example of the profile's
/// section 3.1, as far as it gives them.
const DIGEST: [&str; 4] = [
    "<w:Username>NNK</w:Username>",
    "<w:Password Type=\"urn:x#PasswordDigest\">weYI3nXd8LjMNVksCKFV8t3rgHh=</w:Password>",
    "<w:Nonce EncodingType=\"urn:x#Base64Binary\">WScqanjCEAC4mQoBE07sAQ==</w:Nonce>",
    "<u:Created>2003-07-16T01:24:32Z</u:Created>",
];

fn digest_token(members: &[&str]) -> String {
    let utility =
        "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
    let members = members.concat();
    security(&format!(
        "<w:UsernameToken xmlns:u=\"{utility}\">{members}</w:UsernameToken>"
    ))
}

fn read_digest(headers: &str) -> Option<PasswordDigest> {
    let text = message_with(Version::Soap11, headers, &activate(""));
    let envelope = Envelope::read(&text).ok()?;
    match &envelope.credentials()?.password {
        Password::Digest(digest) => Some(digest.clone()),
        Password::Text(_) => None,
    }
}

#[test]
fn a_digest_is_read_with_what_it_was_made_of() {
    let mut members = DIGEST.map(|member| member.replace("rgHh=", "rgHg="));
    for _ in 0..4 {
        members.rotate_left(1);
        let members: Vec<_> = members.iter().map(String::as_str).collect();
        let digest = read_digest(&digest_token(&members)).unwrap();
        assert_eq!(digest.digest[..3], [0xc1, 0xe6, 0x08]);
        assert_eq!(digest.nonce.len(), 16);
        assert_eq!(digest.nonce[..3], [0x59, 0x27, 0x2a]);
        assert_eq!(digest.created, "2003-07-16T01:24:32Z");
    }
    let members = DIGEST.map(|member| {
        member
            .replace("rgHh=", "rgHg=\n ")
            .replace(">2003", "> 2003")
    });
    let members: Vec<_> = members.iter().map(String::as_str).collect();
    let digest = read_digest(&digest_token(&members)).unwrap();
    assert_eq!(digest.created, " 2003-07-16T01:24:32Z", "exactly as sent");
}

#[test]
fn a_digest_without_what_it_was_made_of_is_none() {
    let whole = DIGEST.map(|member| member.replace("rgHh=", "rgHg="));
    let broken = |place: usize, member: &str| {
        let mut members: Vec<_> = whole.iter().map(String::as_str).collect();
        members[place] = member;
        fault(&digest_token(&members))
    };
    let long = format!("<w:Nonce>{}</w:Nonce>", "AAAA".repeat(86));
    for (place, member) in [
        (0, ""),
        (2, ""),
        (3, ""),
        (1, "<w:Password Type=\"#PasswordDigest\">AAAA</w:Password>"),
        (
            1,
            "<w:Password Type=\"#PasswordDigest\">no base64</w:Password>",
        ),
        (2, "<w:Nonce>no base64</w:Nonce>"),
        (2, "<w:Nonce/>"),
        (2, &long),
        // Of another namespace, it is none.
        (3, "<w:Created>2003-07-16T01:24:32Z</w:Created>"),
    ] {
        assert_eq!(
            broken(place, member),
            FaultKind::InvalidSecurity,
            "{member}"
        );
    }
    for member in &whole[2..] {
        assert_eq!(
            broken(0, &format!("{}{member}", whole[0])),
            FaultKind::InvalidSecurity
        );
    }
}

#[test]
fn a_signature_is_no_authentication() {
    let signature = "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:SignedInfo/></ds:Signature>";
    let timestamp = "<u:Timestamp xmlns:u=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd\"/>";
    for content in [signature, timestamp, ""] {
        assert_eq!(
            read(Version::Soap11, &security(content)),
            Ok((None, false, None))
        );
    }
}

#[test]
fn headers_that_must_be_understood_and_are_not() {
    for value in ["1", "true", " 1 "] {
        let header = format!("<x:h xmlns:x=\"urn:x\" s:mustUnderstand=\"{value}\"/>");
        assert_eq!(fault(&header), FaultKind::MustUnderstand);
        let known = security(
            "<w:UsernameToken><w:Username>a</w:Username><w:Password>b</w:Password></w:UsernameToken>",
        );
        assert_eq!(
            fault(&format!("{known}{header}")),
            FaultKind::MustUnderstand
        );
    }
    for value in ["0", "false"] {
        let header = format!("<x:h xmlns:x=\"urn:x\" s:mustUnderstand=\"{value}\"><y/></x:h>");
        assert!(read(Version::Soap11, &header).is_ok());
    }
    assert_eq!(fault("<h s:mustUnderstand=\"maybe\"/>"), FaultKind::Client);
    // An attribute of another namespace is none of SOAP's.
    assert!(read(Version::Soap11, "<h mustUnderstand=\"1\"/>").is_ok());
}

#[test]
fn headers_for_others_are_passed_over() {
    let others = [
        (Version::Soap11, "actor", "urn:someone"),
        (
            Version::Soap12,
            "role",
            "http://www.w3.org/2003/05/soap-envelope/role/none",
        ),
        (Version::Soap12, "role", "urn:someone"),
    ];
    for (version, attribute, role) in others {
        let header = format!("<h s:mustUnderstand=\"1\" s:{attribute}=\"{role}\"/>");
        assert!(read(version, &header).is_ok(), "{role}");
        let token = "<w:UsernameToken><w:Username>a</w:Username><w:Password>b</w:Password></w:UsernameToken>";
        let foreign = security(token).replace(
            "<w:Security",
            &format!("<w:Security s:{attribute}=\"{role}\""),
        );
        assert_eq!(read(version, &foreign), Ok((None, false, None)));
    }
    let ours = [
        (
            Version::Soap11,
            "actor",
            "http://schemas.xmlsoap.org/soap/actor/next",
        ),
        (Version::Soap11, "actor", ""),
        (
            Version::Soap12,
            "role",
            "http://www.w3.org/2003/05/soap-envelope/role/next",
        ),
        (
            Version::Soap12,
            "role",
            "http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver",
        ),
    ];
    for (version, attribute, role) in ours {
        let header = format!("<h s:mustUnderstand=\"1\" s:{attribute}=\"{role}\"/>");
        let kind = read(version, &header).map_err(|rejected| rejected.fault.kind);
        assert_eq!(kind, Err(FaultKind::MustUnderstand), "{role}");
    }
}

#[test]
fn addressing_of_both_years_is_understood_and_answered_in_one() {
    let headers = |namespace: &str| {
        format!(
            "<a:Action xmlns:a=\"{namespace}\" s:mustUnderstand=\"1\">x</a:Action>\
             <a:ReplyTo xmlns:a=\"{namespace}\"><a:Address>http://localhost/</a:Address></a:ReplyTo>\
             <a:MessageID xmlns:a=\"{namespace}\"> urn:1 </a:MessageID>"
        )
    };
    assert_eq!(
        read(Version::Soap12, &headers(WSA)),
        Ok((None, true, Some("urn:1".into())))
    );
    assert_eq!(
        read(Version::Soap12, &headers(OLD_WSA)),
        Ok((None, false, None))
    );
}

#[test]
fn a_message_has_one_id_of_some_length() {
    let id = |id: &str| format!("<a:MessageID xmlns:a=\"{WSA}\">{id}</a:MessageID>");
    assert_eq!(fault(&(id("urn:1") + &id("urn:1"))), FaultKind::Client);
    assert_eq!(fault(&id(&"x".repeat(2049))), FaultKind::Client);
    let longest = "x".repeat(2048);
    assert_eq!(
        read(Version::Soap11, &id(&longest)),
        Ok((None, true, Some(longest)))
    );
}

#[test]
fn credentials_do_not_show_themselves() {
    let text = message_with(
        Version::Soap11,
        &security(
            "<w:UsernameToken><w:Username>ada</w:Username><w:Password>secret</w:Password></w:UsernameToken>",
        ),
        &activate(""),
    );
    let envelope = Envelope::read(&text).unwrap();
    assert_eq!(
        format!("{:?}", envelope.credentials()),
        "Some(UsernameToken(…))"
    );
}
