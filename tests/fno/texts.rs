//! What is written, and that nothing of it is kept.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::{SEATS, TOKEN, call, call_at, seats};
use crate::support::{Client, Server};

/// The claims of a signed text.
pub(super) fn claims(text: &str) -> Value {
    let part = text.split('.').nth(1).expect("claims");
    let bytes = URL_SAFE_NO_PAD.decode(part).expect("base64");
    serde_json::from_slice(&bytes).expect("JSON")
}

fn text_of(client: &Client, request: &str) -> String {
    let answer = call(client, "GeneratorRequest", request);
    let answer = answer.unwrap_or_else(|refused| panic!("{refused:?}"));
    assert_eq!(answer.want("complete"), "true");
    answer.want("licenseText")
}

#[test]
fn a_text_grants_what_was_asked_for() {
    let server = Server::start();
    let claims = claims(&text_of(&Client::new(&server), &seats()));
    assert_eq!(claims["product"]["code"], "Editor");
    assert_eq!(claims["product"]["version"], "3.0");
    assert_eq!(claims["features"][0]["name"], "base");
    assert_eq!(claims["features"][0]["count"], 6);
    assert_eq!(claims["features"][0]["expiresOn"], "2099-12-31");
    assert_eq!(claims["hosts"][0]["value"], "001122aabbcc");
    assert_eq!(claims["hosts"][0]["type"], "ETHERNET");
    assert_eq!(claims["sub"], "Miller & Sons");
}

/// The id is a UUID of version 5, by another program, of the name that the sender has for the license.
#[test]
fn the_license_id_follows_from_the_fulfillment() {
    let server = Server::start();
    let client = Client::new(&server);
    let first = claims(&text_of(&client, &seats()))["jti"].clone();
    let again = claims(&text_of(&client, &seats()))["jti"].clone();
    let other = text_of(&client, &seats().replace("FID-1", "FID-2"));
    let python = "import uuid; print('lic_' + uuid.uuid5(uuid.NAMESPACE_OID, 'FID-1').hex)";
    let output = crate::clients::python().args(["-c", python]).output();
    let told = crate::clients::succeeded(&output.expect("Python runs"));
    assert_eq!(first, json!(told.trim()));
    assert_eq!(first, again);
    assert_ne!(first, claims(&other)["jti"]);
}

#[test]
fn nothing_is_kept_of_it() {
    let server = Server::start();
    let client = Client::new(&server);
    let kept = || {
        [
            "findLicenses",
            "findOrders",
            "findCustomers",
            "findProducts",
            "findEvents",
        ]
        .map(|find| client.internal(find, "").expect("an answer").0.len())
    };
    let before = kept();
    text_of(&client, &seats());
    assert_eq!(kept(), before);
}

#[test]
fn the_way_to_a_generator_is_its_path_its_name_or_the_operators_word() {
    let config = "[fno.technologies]\n\"Custom Technology\" = \"token\"\n";
    let server = Server::start_with(config);
    let client = Client::new(&server);
    let by = |path: &str, technology: &str| {
        let technology = match technology {
            "" => String::new(),
            name => format!("<licenseTechnology><name>{name}</name></licenseTechnology>"),
        };
        call_at(
            &client,
            path,
            "GeneratorRequest",
            &format!("{SEATS}{technology}"),
        )
        .map(|answer| answer.want("licenseFileName"))
        .map_err(|refused| refused.name)
    };
    for (path, technology) in [("", "token"), ("", "Custom Technology"), ("/token", "")] {
        assert_eq!(by(path, technology).as_deref(), Ok("license.jwt"));
    }
    assert_eq!(by("/flexnet", "token"), Err("InvalidRequest".to_owned()));
    assert_eq!(by("", ""), Err("InvalidRequest".to_owned()));
    for (path, technology) in [("", "Other"), ("/other", "token")] {
        assert_eq!(by(path, technology), Err("NotFound".to_owned()));
    }
}

/// `VENDOR_STRING` is `vendorString` to the generator, and what it does not know is passed on.
#[test]
fn attributes_become_what_the_generator_declares() {
    let server = Server::start();
    let client = Client::new(&server);
    let request = SEATS
        .replace("<count>3</count>", "<count>0</count>")
        .replace(
            "</version></features>",
            "</version><featureOverride><name>VENDOR_STRING</name><value>gold</value>\
             </featureOverride></features>",
        )
        + "<licenseModel><modelTimeAttributes>\
           <attributes><name>VENDOR_NAME</name><value>acmed</value></attributes>\
           <attributes><name>UNSIGNED</name><value>true</value></attributes>\
           <attributes><name>VENDOR_STRING</name><value>silver</value></attributes>\
           <attributes><name>SERIAL_NUMBER</name><value>4711</value></attributes>\
           <attributes><name>NOBODY_KNOWS</name><value>it</value></attributes>\
           </modelTimeAttributes></licenseModel>\
           <licenseTechnology><name>flexnet</name></licenseTechnology>";
    let text = text_of(&client, &request);
    for part in [
        "FEATURE base acmed 3.0 31-dec-2099 uncounted",
        "gold",
        "SN=4711",
        "HOSTID=001122aabbcc",
    ] {
        assert!(text.contains(part), "no {part} in:\n{text}");
    }
    assert!(!text.contains("silver"), "{text}");
}

#[test]
fn a_license_that_is_given_back_has_no_text() {
    let server = Server::start();
    let client = Client::new(&server);
    for kind in ["RETURN", "SHORT_CODE_RETURN"] {
        let request = format!("{}<requestType>{kind}</requestType>", seats());
        let answer = call(&client, "GeneratorRequest", &request).expect("an answer");
        assert_eq!(answer.want("complete"), "true");
        assert_eq!(answer.get("licenseText"), None);
    }
}

#[test]
fn every_type_of_request_is_one_of_ours() {
    let server = Server::start();
    let client = Client::new(&server);
    for kind in [
        "ACTIVATION",
        "UPSELL",
        "SHORT_CODE_ACTIVATION",
        "RENEW",
        "UPGRADE",
        "REPAIR",
        "SHORT_CODE_REPAIR",
        "PUBLISHER_ERROR",
        "REHOST",
        "EMERGENCY",
        "STOPGAP",
    ] {
        let request = format!("{}<requestType>{kind}</requestType>", seats());
        assert_eq!(text_of(&client, &request).split('.').count(), 3, "{kind}");
    }
}

#[test]
fn what_is_only_tried_is_not_signed() {
    let server = Server::start();
    let client = Client::new(&server);
    let tried = seats().replace("<verifyRequest>false", "<verifyRequest>true");
    let answer = call(&client, "GeneratorRequest", &tried).expect("an answer");
    assert!(answer.want("message").contains("not for use"));
    let signature = |text: &str| text.rsplit('.').next().map(str::to_owned);
    let whole = text_of(&client, &seats());
    assert_ne!(signature(&answer.want("licenseText")), signature(&whole));
}

#[test]
fn names_of_files_are_told_without_their_texts() {
    let server = Server::start();
    let client = Client::new(&server);
    let names = |more: &str| {
        let request = format!("{}{more}", seats());
        let answer = call(&client, "FileNamesRequest", &request).expect("names");
        (answer.want("name"), answer.want("value"))
    };
    let defined = "<licenseFileDefinitions><name>main</name></licenseFileDefinitions>";
    assert_eq!(names(""), ("license.jwt".into(), "license.jwt".into()));
    assert_eq!(names(defined), ("main".into(), "license.jwt".into()));
}

#[test]
fn products_and_models_are_checked() {
    let server = Server::start();
    let client = Client::new(&server);
    let code = |element: &str, content: &str| {
        let answer = call(&client, element, content).expect("a status");
        (answer.want("code"), answer.get("message"))
    };
    let product = |technology: &str, count: u32, more: &str| {
        format!(
            "<name>Editor</name><suite>false</suite><maintenance>false</maintenance>\
             <licensedProduct>true</licensedProduct><needsDatedVersion>false</needsDatedVersion>\
             {more}<features><name>base</name><count>{count}</count><version>3.0</version></features>\
             <licenseTechnology><name>{technology}</name></licenseTechnology>\
             <deployed>true</deployed>"
        )
    };
    let vendor = "<customAttributes><name>VENDOR_NAME</name><attributes>acmed</attributes>\
                  </customAttributes>";
    assert_eq!(
        code("ProductRequest", &product("token", 3, "")),
        ("0".into(), None)
    );
    let flexnet = code("ProductRequest", &product("flexnet", 0, vendor));
    assert_eq!(flexnet, ("0".into(), None));
    let (refused, message) = code("ProductRequest", &product("flexnet", 0, ""));
    assert_eq!(refused, "1");
    assert!(message.expect("a sentence").contains("vendor"));
    let model = |value: &str| {
        format!(
            "<name>m</name><modelTimeAttributes><attributes><name>USE_SERVER</name>\
             <value>{value}</value></attributes></modelTimeAttributes>\
             <LicenseTechnology><name>flexnet</name></LicenseTechnology>"
        )
    };
    assert_eq!(
        code("LicenseModelRequest", &model("true")),
        ("0".into(), None)
    );
    assert_eq!(code("LicenseModelRequest", &model("maybe")).0, "1");
}

#[test]
fn a_ping_comes_back() {
    let server = Server::start();
    let answer = call(&Client::new(&server), "pingRequest", "<str>hällo</str>").expect("a ping");
    assert_eq!(answer.want("str"), "hällo");
    assert!(answer.want("processedTime").ends_with('Z'));
    assert!(
        answer
            .want("info")
            .starts_with("License Distribution Service ")
    );
}

/// What is not known, out of order, nil, or in another namespace does no harm.
#[test]
fn the_deep_graph_is_read_leniently() {
    let server = Server::start();
    let client = Client::new(&server);
    let plain = claims(&text_of(&client, &seats()));
    let nil = "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:nil=\"true\"";
    let odd = format!(
        "{TOKEN}<shipToEmail {nil}/><requestType {nil}/><newInTheNextVersion><deep><deeper/></deep>\
         </newInTheNextVersion><x:other xmlns:x=\"urn:other\">text</x:other><parentFulfillments>\
         <fulfillmentId>FID-0</fulfillmentId><lineItem><entitlement><lineItem/></entitlement>\
         </lineItem></parentFulfillments>{SEATS}"
    );
    let odd = odd.replace("<features>", "<features/><features>");
    let mut read = claims(&text_of(&client, &odd));
    for moving in ["iat", "nbf", "issuedAt"] {
        read[moving] = plain[moving].clone();
    }
    let mut plain = plain;
    for moving in ["iat", "nbf", "issuedAt"] {
        plain[moving] = read[moving].clone();
    }
    assert_eq!(read, plain);
}
