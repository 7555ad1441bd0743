//! Signers from outside: the commands, a key that is replaced, and secrets that appear nowhere.

use std::path::Path;
use std::process::Command;

use crate::support::{Client, Finished, Place, Server, Shop};

const MANAGEMENT: &str = "[http.management]\nlisten = \"127.0.0.1:0\"\n";
const GRANT: &str = "[plugins.token.grants]\n\"sign:default\" = \"vendor\"\n";
const PASSPHRASE: &str = "viola-da-gamba";
const PIN: &str = "31415926";
const SECRET: &str = "bassoon-bassoon-bassoon-bassoon-bassoon";

fn run(folder: &Path, command: &str) -> String {
    let words: Vec<_> = command.split(' ').collect();
    let output = Command::new(words[0])
        .args(&words[1..])
        .current_dir(folder)
        .output()
        .unwrap_or_else(|error| panic!("{} is missing: {error}", words[0]));
    assert!(output.status.success(), "{command}: {output:?}");
    String::from_utf8(output.stdout).expect("text")
}

/// A place with an Ed25519 key of this name, and the fingerprint that openssl tells.
fn make_key(place: &Place, name: &str) -> String {
    let folder = place.folder();
    run(
        folder,
        &format!("openssl genpkey -algorithm ed25519 -out {name}.pem"),
    );
    run(
        folder,
        &format!("openssl pkey -in {name}.pem -pubout -outform DER -out {name}.der"),
    );
    let digest = run(folder, &format!("openssl dgst -sha256 -r {name}.der"));
    digest.split(' ').next().expect("a digest").to_owned()
}

fn file_signer(name: &str, file: &str) -> String {
    format!("[signers.{name}]\nkind = \"file\"\nkey_file = \"../{file}\"\n")
}

/// A key, a shared secret, a program, and one whose file is missing.
fn of_every_kind() -> Place {
    let place = Place::new(&format!(
        "{GRANT}{}{}{}{}",
        file_signer("vendor", "vendor.pem"),
        file_signer("secret", "secret") + "algorithm = \"HS256\"\n",
        "[signers.kit]\nkind = \"command\"\nprogram = \"/bin/sed\"\n\
         args = [\"-i\", \"s/SIGN=0/SIGN=1/\", \"{in}\"]\n",
        file_signer("lost", "lost.pem"),
    ));
    place.file("secret", &format!("{SECRET}\n"));
    place
}

#[test]
fn signers_are_listed_with_who_is_granted_them() {
    let place = of_every_kind();
    let fingerprint = make_key(&place, "vendor");
    let told = place.lds(&["signer", "list"]).success();
    let line = |name: &str| {
        let mut lines = told.lines().map(|line| line.split_whitespace().collect());
        let found = lines.find(|words: &Vec<_>| words[0] == name);
        found.unwrap_or_else(|| panic!("no {name} in {told}"))
    };
    assert_eq!(
        line("vendor"),
        [
            "vendor",
            "file",
            "EdDSA",
            &*fingerprint,
            "token",
            "sign:default"
        ]
    );
    assert_eq!(line("secret")[..3], ["secret", "file", "HS256"]);
    assert_eq!(line("kit")[..3], ["kit", "command", "-"]);
    assert_eq!(line("default")[4..], ["-"]);
    assert_eq!(
        line("lost")[..6],
        ["lost", "file", "-", "-", "-", "failed:"]
    );
    assert!(!told.contains(SECRET), "{told}");
}

#[test]
fn signers_are_tried() {
    let place = of_every_kind();
    make_key(&place, "vendor");
    let test = |name| place.lds(&["signer", "test", name]);
    assert!(test("vendor").success().starts_with("ok     EdDSA: "));
    assert!(test("secret").success().starts_with("ok     HS256: "));
    assert!(test("kit").failure().contains("name one by --file"));
    assert!(test("lost").failure().contains("lost.pem cannot be read"));
    assert!(
        test("nobody")
            .failure()
            .contains("there is no signer nobody")
    );
    place.file("license.lic", "FEATURE x SIGN=0\n");
    let with_file = |name| place.lds(&["signer", "test", name, "--file", "license.lic"]);
    assert_eq!(with_file("kit").success(), "FEATURE x SIGN=1\n");
    assert!(with_file("vendor").failure().contains("leave --file out"));
}

#[test]
fn public_keys_are_those_that_openssl_tells() {
    let place = of_every_kind();
    make_key(&place, "vendor");
    let tell = |name| place.lds(&["signer", "public-key", name]);
    let expected = run(place.folder(), "openssl pkey -in vendor.pem -pubout");
    assert_eq!(tell("vendor").success(), expected);
    assert!(tell("secret").failure().contains("has no public key"));
    assert!(
        tell("kit")
            .failure()
            .contains("its vendor has the public key")
    );
}

fn start(place: Place, key: &str) -> Server {
    let signer = file_signer("vendor", key);
    place.file("lds.toml", &format!("{MANAGEMENT}{GRANT}{signer}"));
    Server::at(place)
}

/// Which key the stored license names; the text must be the one that was issued.
fn signed_with(client: &Client, text: &str) -> String {
    let file = "<name>license.jwt</name><mediaType>application/jwt</mediaType>";
    let request = format!("<file>{file}<text>{text}</text></file>");
    let answer = client.internal("verifyLicense", &request);
    let answer = answer.expect("an answer");
    assert_eq!(answer.want("match"), "EXACT");
    let license = client.internal("getLicense", &format!("<id>{}</id>", answer.want("id")));
    let signers = license.expect("a license").elements("signer");
    assert_eq!(signers.len(), 1);
    signers[0].want("fingerprint")
}

#[test]
fn a_license_keeps_the_name_of_the_key_that_signed_it() {
    let place = Place::new(MANAGEMENT);
    place.create_administrator();
    let (old, new) = (make_key(&place, "old"), make_key(&place, "new"));
    let mut server = start(place, "old.pem");
    let shop = Shop::new(Client::new(&server));
    let order = shop.order("");
    let before = shop
        .activate(&order, "001122aabbcc")
        .expect("a license")
        .want("text");
    server.stop();
    let server = start(server.crash(), "new.pem");
    let shop = Shop {
        client: Client::new(&server),
        ..shop
    };
    let order = shop.order("");
    let after = shop
        .activate(&order, "001122aabbdd")
        .expect("a license")
        .want("text");
    assert_eq!(signed_with(&shop.client, &before), old);
    assert_eq!(signed_with(&shop.client, &after), new);
}

/// A token of SoftHSM; what must stand before a command for it to find the token.
fn make_token(place: &Place, pin: &str) -> String {
    let folder = place.folder();
    let config = folder.join("softhsm2.conf");
    std::fs::create_dir(folder.join("tokens")).expect("a folder");
    let tokens = folder.join("tokens");
    place.file(
        "softhsm2.conf",
        &format!("directories.tokendir = {}\n", tokens.display()),
    );
    let variable = format!("SOFTHSM2_CONF={}", config.display());
    let util = format!("env {variable} softhsm2-util");
    let init = "--init-token --free --label vendor --so-pin 11223344 --pin";
    run(folder, &format!("{util} {init} {pin}"));
    let import = "--import hsm.pem --token vendor --label key --id 01 --pin";
    run(folder, &format!("{util} {import} {pin}"));
    variable
}

/// All three signers need a secret, and none of the secrets fits but the shared one.
#[test]
fn secrets_appear_nowhere() {
    let place = Place::new("");
    make_key(&place, "hsm");
    let variable = make_token(&place, "27182818");
    make_key(&place, "plain");
    place.file("right", "violoncello");
    let encrypt = "openssl pkcs8 -topk8 -in plain.pem -out vendor.pem -passout file:right";
    run(place.folder(), encrypt);
    for (name, secret) in [("passphrase", PASSPHRASE), ("pin", PIN), ("secret", SECRET)] {
        place.file(name, &format!("{secret}\n"));
    }
    let config = [
        MANAGEMENT,
        "[log]\nfilter = \"trace\"\n",
        GRANT,
        &file_signer("vendor", "vendor.pem"),
        "passphrase_file = \"../passphrase\"\n",
        &file_signer("secret", "secret"),
        "algorithm = \"HS256\"\n",
        "[signers.hsm]\nkind = \"pkcs11\"\nmodule = \"/usr/lib/softhsm/libsofthsm2.so\"\n\
         token = \"vendor\"\nkey_label = \"key\"\npin_file = \"../pin\"\nenv = [\"SOFTHSM2_CONF\"]\n",
    ];
    place.file("lds.toml", &config.concat());
    place.create_administrator();
    let lds = |arguments: &[&str]| {
        let mut command = place.command(arguments);
        let (name, value) = variable.split_once('=').expect("a variable");
        let ended = Finished::of(command.env(name, value));
        ended.out + &ended.err
    };
    let told = [
        lds(&["signer", "list"]),
        lds(&["signer", "test", "vendor"]),
        lds(&["signer", "test", "hsm"]),
        lds(&["signer", "test", "secret"]),
        lds(&["config", "show"]),
    ];
    assert!(told[1].contains("the passphrase is wrong"), "{}", told[1]);
    assert!(told[2].contains("refuses the PIN"), "{}", told[2]);
    assert!(told[3].contains("ok     HS256"), "{}", told[3]);
    assert!(told[4].contains("../passphrase"), "{}", told[4]);
    let server = Server::at(place);
    let log = server.log();
    assert!(log.contains("the passphrase is wrong"), "{log}");
    for secret in [PASSPHRASE, PIN, SECRET] {
        assert!(!log.contains(secret), "{secret} is in the log");
        assert!(!told.concat().contains(secret), "{secret} was told");
    }
}

/// Who writes a secret where none belongs is told the key, not the value.
#[test]
fn a_secret_in_the_configuration_is_refused_without_its_value() {
    let wrong = format!(
        "{}passphrase = \"{PASSPHRASE}\"\n",
        file_signer("vendor", "v.pem")
    );
    let told = Place::new(&wrong).lds(&["signer", "list"]).failure();
    assert!(told.contains("unknown key passphrase"), "{told}");
    assert!(!told.contains(PASSPHRASE), "{told}");
}
