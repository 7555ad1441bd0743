//! The round trip of every entity: found, one member changed, stored back as it was read, and
//! nothing else is otherwise; on both databases.

use crate::support::{Answer, Client, Server, leaves, on_both};

on_both! { a_customer a_user a_product }

/// An entity with every member set.
struct Entity {
    name: &'static str,
    find: &'static str,
    store: &'static str,
    members: &'static str,
    /// A member, its text, and another one.
    change: (&'static str, &'static str, &'static str),
}

fn a_customer(server: &Server) {
    assert_round(
        server,
        &Entity {
            name: "customer",
            find: "findCustomers",
            store: "storeCustomers",
            members: "<name>Aalto</name><contact><name>Ann</name><email>a@b.example</email>\
                <phone>+49 1</phone><role>buyer</role></contact><contact><name>Bob</name></contact>\
                <address><street>A 1</street><postalCode>89073</postalCode><city>Ulm</city>\
                <region>BW</region><country>DE</country></address><locale>de</locale>\
                <notes>two\nlines</notes><externalRef>own</externalRef>\
                <attribute><name>tier</name><value> gold </value></attribute>",
            change: ("name", "Aalto", "Baalto"),
        },
    );
}

fn a_user(server: &Server) {
    assert_round(
        server,
        &Entity {
            name: "user",
            find: "findUsers",
            store: "storeUsers",
            members: "<login>Ada</login><displayName>Ada L.</displayName>\
                <email>ada@b.example</email><role>SALES</role><role>SUPPORT</role>\
                <externalRef>own</externalRef>\
                <attribute><name>team</name><value>north</value></attribute>",
            change: ("displayName", "Ada L.", "Ada K."),
        },
    );
}

fn a_product(server: &Server) {
    assert_round(
        server,
        &Entity {
            name: "product",
            find: "findProducts",
            store: "storeProducts",
            members: "<code>editor</code><version>3</version><name>Editor</name>\
                <generator>token</generator>\
                <setting><name>issuer</name><value>Press</value></setting>\
                <feature><name>base</name><version>3.0</version><count>0</count><expiry>\
                <kind>FIXED</kind><date>2099-12-31</date></expiry></feature>\
                <feature><name>more</name></feature>\
                <terms><quantity>5</quantity><maxActivations>0</maxActivations>\
                <hostLock>REQUIRED</hostLock><hostRule><type>ETHERNET</type><max>3</max></hostRule>\
                <minHosts>2</minHosts><hostMatch>AT_LEAST</hostMatch>\
                <hostMatchCount>2</hostMatchCount><expiry><kind>AFTER</kind><amount>1</amount>\
                <unit>YEARS</unit><anchor>FIRST_ACTIVATION</anchor></expiry>\
                <licensee><kind>FIXED</kind><text>Ulm</text></licensee>\
                <movesAllowed><count>2</count><perDays>365</perDays></movesAllowed>\
                <emergencyAllowed><count>1</count><days>7</days></emergencyAllowed></terms>\
                <notes>two\nlines</notes><externalRef>own</externalRef>\
                <attribute><name>a</name><value></value></attribute>",
            change: ("name", "Editor", "Editor Pro"),
        },
    );
}

fn assert_round(server: &Server, entity: &Entity) {
    let client = Client::new(server);
    let name = entity.name;
    let store = |element: &str| client.internal(entity.store, element).expect("an answer");
    let made = store(&format!("<{name}>{}</{name}>", entity.members));
    assert_eq!(made.want("status"), "SUCCESS", "{}", made.0);
    let found = || {
        let found = client.internal(entity.find, "<externalRef>own</externalRef>");
        found.expect("a list").elements(name).remove(0)
    };
    let before = found();
    for given in leaves(&format!("<{name}>{}</{name}>", entity.members)) {
        assert!(leaves(&before.0).contains(&given), "{given:?} is lost");
    }
    let same = store(&before.0);
    assert_eq!(same.elements(name).remove(0).0, before.0);
    let (member, old, new) = entity.change;
    let other = before.0.replacen(
        &format!("<{member}>{old}</{member}>"),
        &format!("<{member}>{new}</{member}>"),
        1,
    );
    assert_ne!(other, before.0);
    assert_eq!(store(&other).want("status"), "SUCCESS");
    assert_only(&before, &found(), member, new);
    assert_eq!(store(&other).want("code"), "StaleRevision");
}

/// The member has this text now; revision and stamp tell of it.
fn assert_only(before: &Answer, after: &Answer, member: &str, new: &str) {
    let (before, after) = (leaves(&before.0), leaves(&after.0));
    assert_eq!(before.len(), after.len());
    let other = before
        .iter()
        .zip(&after)
        .filter(|(before, after)| before != after);
    let other: Vec<_> = other.map(|(_, (name, text))| (&**name, &**text)).collect();
    let stamps = ["updatedAt", "updatedBy"];
    let told: Vec<_> = other
        .into_iter()
        .filter(|(name, _)| !stamps.contains(name))
        .collect();
    assert_eq!(told, [("revision", "2"), (member, new)]);
}
