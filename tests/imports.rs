//! Licenses that were issued elsewhere, over the wire, on both databases.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::support::{Answer, Client, Server, Shop, assert_counters, machine, on_both};

const MACHINE: &str = "00-11-22-AA-BB-CC";
const OTHER: &str = "00-11-22-AA-BB-CD";
/// As an old system on Windows wrote it.
const OLD: &[u8] = b"FEATURE base old 1.0 permanent 1 \xfc SIGN=0\r\n";

on_both! {
    an_old_license_is_handed_out_as_it_came
    items_fail_by_themselves_or_together
    an_old_license_without_an_order_is_kept
    a_name_that_would_do_harm_where_it_is_saved_is_refused
}

/// An item of these members, with the old text.
fn item(members: &str, more: &str) -> String {
    let data = STANDARD.encode(OLD);
    format!(
        "<item>{members}<file><name>old.lic</name><mediaType>text/plain</mediaType>\
         <data>{data}</data></file><issuedAt>2019-03-01T08:30:00Z</issuedAt>{more}</item>"
    )
}

fn import(client: &Client, content: &str) -> Answer {
    let answer = client.internal("importLicenses", content);
    answer.expect("an answer")
}

fn total(client: &Client) -> String {
    let found = client.internal("findLicenses", "<withTotal>true</withTotal>");
    found.expect("licenses").want("total")
}

fn an_old_license_is_handed_out_as_it_came(server: &Server) {
    let shop = Shop::new(Client::new(server));
    let order = shop.order("");
    let more = "<expiresOn>2020-02-29</expiresOn><feature><name>base</name><count>1</count>\
        </feature><externalRef>old-1</externalRef>";
    let old = item(&machine(&order, MACHINE), more);
    let dry = import(&shop.client, &format!("{old}<dryRun>true</dryRun>"));
    assert_eq!(
        (dry.want("status"), total(&shop.client)),
        ("SUCCESS".into(), "0".into())
    );
    let made = import(&shop.client, &format!("{old}<requestId>m-1</requestId>"));
    assert_eq!(made.want("status"), "SUCCESS", "{}", made.0);
    assert_eq!(
        (made.want("source"), made.want("kind")),
        ("IMPORT".into(), "ACTIVATION".into())
    );
    let again = import(&shop.client, &format!("{old}<requestId>m-1</requestId>"));
    assert_eq!(again.want("id"), made.want("id"));
    let fetched = shop.activate(&order, MACHINE).expect("the license");
    assert_eq!(fetched.want("id"), made.want("id"));
    assert_eq!(STANDARD.decode(fetched.want("data")).expect("bytes"), OLD);
    let full = shop.activate(&order, OTHER).err().expect("a fault");
    assert_eq!(full.code, "NoActivationsLeft");
    let found = shop.client.internal("findOrders", "").expect("the order");
    let counted = (found.want("activeLicenses"), found.want("firstActivatedOn"));
    assert_eq!(counted, ("1".into(), "2019-03-01".into()));
    let data = STANDARD.encode(OLD);
    let file = format!("<file><name>a</name><mediaType>b</mediaType><data>{data}</data></file>");
    let verified = shop
        .client
        .internal("verifyLicense", &file)
        .expect("an answer");
    assert_eq!(
        (verified.want("match"), verified.want("id")),
        ("EXACT".into(), made.want("id"))
    );
    let replace = "<id>ext:old-1</id><reason>our own now</reason>";
    let replaced = shop.client.internal("replaceLicenses", replace);
    let replaced = replaced.expect("an answer");
    assert_eq!(replaced.want("status"), "SUCCESS", "{}", replaced.0);
    assert_eq!(replaced.want("replaces"), made.want("id"));
    assert_counters(&shop.client);
}

fn items_fail_by_themselves_or_together(server: &Server) {
    let shop = Shop::new(Client::new(server));
    let orders = shop.orders(2, "");
    let named = |order: &str, address: &str, name: &str| {
        let reference = format!("<externalRef>{name}</externalRef>");
        item(&machine(order, address), &reference)
    };
    let items = [
        named(&orders[0], MACHINE, "old-1"),
        named(&orders[0], OTHER, "old-2"),
        named(&orders[1], MACHINE, "old-1"),
        item(
            "<customerId>ext:nobody</customerId><productId>ext:x</productId>",
            "",
        ),
    ];
    let together = import(
        &shop.client,
        &format!("{}<atomic>true</atomic>", items.concat()),
    );
    assert_eq!(
        (together.want("status"), total(&shop.client)),
        ("FAILURE".into(), "0".into())
    );
    let answer = import(&shop.client, &items.concat());
    assert_eq!(
        (answer.want("status"), answer.want("failed")),
        ("PARTIAL_FAILURE".into(), "3".into())
    );
    assert_eq!(
        answer.all("code"),
        ["NoActivationsLeft", "AlreadyExists", "NotFound"]
    );
    assert_eq!(answer.all("field"), ["externalRef", "customerId"]);
    let later = import(&shop.client, &named(&orders[1], MACHINE, "old-1"));
    assert_eq!(later.all("code"), ["AlreadyExists"]);
    assert_eq!(total(&shop.client), "1");
    assert_counters(&shop.client);
}

fn an_old_license_without_an_order_is_kept(server: &Server) {
    let shop = Shop::new(Client::new(server));
    let of = format!(
        "<customerId>{}</customerId><productId>{}</productId>",
        shop.customer, shop.product
    );
    let made = import(&shop.client, &item(&of, ""));
    assert_eq!(
        (made.want("kind"), made.get("orderRef")),
        ("MANUAL".into(), None)
    );
    let change = format!("<id>{}</id><reason>x</reason>", made.want("id"));
    let replaced = shop.client.internal("replaceLicenses", &change);
    assert_eq!(
        replaced.expect("an answer").want("code"),
        "ActionNotAllowed"
    );
    let removed = shop.client.internal("removeLicenses", &change);
    assert_eq!(removed.expect("an answer").want("status"), "SUCCESS");
    assert_counters(&shop.client);
}

fn a_name_that_would_do_harm_where_it_is_saved_is_refused(server: &Server) {
    let shop = Shop::new(Client::new(server));
    let old = item(&machine(&shop.order(""), MACHINE), "");
    for name in ["-rf", "CON", "nul.txt", ".profile", "../a", "a b"] {
        let renamed = old.replace("old.lic", name);
        let answer = import(&shop.client, &renamed);
        let told = (answer.want("code"), answer.want("field"));
        let expected = ("InvalidRequest".into(), "file[0].name".into());
        assert_eq!(told, expected, "{name}");
    }
    assert_eq!(import(&shop.client, &old).want("status"), "SUCCESS");
}
