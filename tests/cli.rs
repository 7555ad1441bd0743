//! The command line: what an operator does beside the server.

use std::os::unix::fs::PermissionsExt;

use crate::support::{Client, Finished, PASSWORD, Place, Server, Shop};

const LOGIN: &str = "admin";

fn create_user(place: &Place, login: &str, password: &str) -> Finished {
    place.file("secret", &format!("{password}\n"));
    let role = ["--role", "SUPPORT", "--password-file", "secret"];
    place.lds(&[&["user", "create", "--login", login], &role[..]].concat())
}

#[test]
fn the_version_is_told() {
    let place = Place::new("");
    let version = place.lds(&["version"]).success();
    assert_eq!(version, concat!("lds ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn what_the_server_keeps_is_private() {
    let place = Place::new("");
    place.create_administrator();
    let mode = |name: &str| {
        let path = place.data().join(name);
        let metadata = path.metadata().expect(name);
        metadata.permissions().mode() & 0o777
    };
    assert_eq!(mode("."), 0o700);
    assert_eq!(mode("secrets"), 0o700);
    assert_eq!(mode("secrets/master.key"), 0o600);
}

#[test]
fn a_database_without_its_key_is_not_touched() {
    let place = Place::new("");
    place.create_administrator();
    let key = place.data().join("secrets/master.key");
    let backup = place.data().join("backup");
    std::fs::rename(&key, &backup).expect("moved");
    for command in [
        &["serve", "--listen", "127.0.0.1:0"][..],
        &[
            "token", "create", "--user", LOGIN, "--name", "ci", "--scope", "read",
        ],
    ] {
        let told = place.lds(command).failure();
        assert!(told.contains("master key"), "{told}");
        assert!(told.contains("restore the key from the backup"), "{told}");
        assert!(!key.exists(), "a new key was drawn");
    }
    std::fs::rename(&backup, &key).expect("restored");
    create_user(&place, "anna", PASSWORD).success();
}

/// Generators take longer to start than such commands to do their work.
#[test]
fn commands_that_write_no_license_start_no_generators() {
    let place = Place::new("");
    place.create_administrator();
    let token = ["token", "create", "--user", LOGIN, "--name", "ci"];
    place
        .lds(&[&token[..], &["--scope", "read"]].concat())
        .success();
    let compiled = place.data().join("cache");
    assert!(!compiled.exists(), "plugins were compiled");
    place.lds(&["plugin", "list"]).success();
    assert!(compiled.exists(), "compiled plugins lie elsewhere");
}

#[test]
fn a_login_is_taken_once() {
    let place = Place::new("");
    let made = create_user(&place, "anna", PASSWORD).success();
    let (id, login) = made.trim_end().split_once(' ').expect("id and login");
    assert!(id.starts_with("usr_"), "{made}");
    assert_eq!(login, "anna");
    // Logins are compared without case.
    let told = create_user(&place, "ANNA", PASSWORD).failure();
    assert!(told.starts_with("error: login: "), "{told}");
}

#[test]
fn a_weak_password_is_refused() {
    let place = Place::new("");
    let told = create_user(&place, "anna", "short").failure();
    assert_eq!(
        told,
        "error: password: A password has 10 characters at least.\n"
    );
}

#[test]
fn a_token_holds_what_its_user_may() {
    let place = Place::new("");
    place.create_administrator();
    let create = |user, scope| {
        place.lds(&[
            "token", "create", "--user", user, "--name", "ci", "--scope", scope,
        ])
    };
    let secret = create(LOGIN, "ADMINISTRATOR").success();
    assert!(
        lds_domain::token::is_well_formed(secret.trim_end()),
        "{secret}"
    );
    let told = create(LOGIN, "SALES").failure();
    assert!(told.contains("does not have this role"), "{told}");
    assert_eq!(
        create("nobody", "read").failure(),
        "error: there is no user nobody\n"
    );
}

#[test]
fn help_lists_roles_and_scopes() {
    let place = Place::new("");
    let roles = "ADMINISTRATOR, MANAGER, SALES, SUPPORT, DEVELOPER, AUDITOR";
    let help = place.lds(&["user", "create", "--help"]).success();
    assert!(
        help.contains(&format!("[possible values: {roles}]")),
        "{help}"
    );
    let help = place.lds(&["token", "create", "--help"]).success();
    let scopes = format!("[possible values: {roles}, read, generator]");
    assert!(help.contains(&scopes), "{help}");
}

#[test]
fn orders_are_drawn_while_the_server_runs() {
    let server = Server::start();
    let shop = Shop::new(Client::new(&server));
    let order = ["order", "create", "--count", "2"];
    let of = ["--customer", &shop.customer, "--product", &shop.product];
    let printed = server.place().lds(&[order, of].concat()).success();
    let ids: Vec<_> = printed.lines().collect();
    assert_eq!(ids.len(), 2, "{printed}");
    for id in ids {
        shop.activate(id, "00-11-22-AA-BB-CC").expect("a license");
    }
}

#[test]
fn wrong_arguments_end_with_2() {
    let place = Place::new("");
    for wrong in [
        &["serv"][..],
        &[
            "token", "create", "--user", "a", "--name", "b", "--scope", "ALL",
        ],
        &["order", "create", "--customer", "x", "--product", "ext:b"],
    ] {
        assert_eq!(place.lds(wrong).code, Some(2), "{wrong:?}");
    }
}

/// The state of a plugin in the list of all.
fn state(place: &Place, name: &str) -> String {
    let listed = place.lds(&["plugin", "list"]).success();
    let line = listed
        .lines()
        .find(|line| line.split_whitespace().next() == Some(name));
    let state = line.and_then(|line| line.split_whitespace().nth(1));
    state.unwrap_or_else(|| panic!("{listed}")).to_owned()
}

#[test]
fn the_bundled_plugins_are_in_service() {
    let place = Place::new("");
    for name in ["flexnet", "token"] {
        assert_eq!(state(&place, name), "READY", "{name}");
    }
}

#[test]
fn the_bundled_example_is_in_service_where_the_operator_wants_it() {
    assert_eq!(state(&Place::new(""), "hello"), "DISABLED");
    assert_eq!(state(&Place::new("[plugins.hello]\n"), "hello"), "READY");
}

#[test]
fn a_file_that_is_no_plugin_is_examined_with_a_sentence() {
    let place = Place::new("");
    place.file("plugin.wasm", "no module");
    let checked = place.lds(&["plugin", "check", "plugin.wasm"]);
    assert_eq!(checked.code, Some(1));
    assert!(checked.out.starts_with("wrong  interface: "), "{checked:?}");
}

#[test]
fn health_is_told_by_exit_code() {
    let mut server = Server::start();
    let management = server.management.trim_start_matches("http://").to_owned();
    let check = |server: &Server| {
        let mut command = server.place().command(&["healthcheck"]);
        Finished::of(command.env("LDS_HTTP__MANAGEMENT__LISTEN", &management))
    };
    assert_eq!(check(&server).success(), "ready\n");
    let status = server.stop();
    assert!(status.success(), "{}", server.log());
    let told = check(&server).failure();
    assert!(told.starts_with("error: no answer from http://"), "{told}");
}

#[test]
fn a_taken_address_is_told() {
    let server = Server::start();
    let address = server.url.trim_start_matches("http://");
    let told = server.place().lds(&["serve", "--listen", address]);
    let start = format!("error: http.listen: cannot listen on {address}: ");
    let told = told.failure();
    assert!(told.starts_with(&start), "{told}");
    server.assert_answers();
}

#[test]
fn a_second_server_keeps_out_of_the_directory() {
    let server = Server::start();
    let second = ["serve", "--listen", "127.0.0.1:0"];
    let errors = server.place().lds(&second).failure();
    assert!(
        errors.contains("another server runs on the data directory"),
        "{errors}"
    );
    let server = server.crash_and_restart();
    Client::new(&server)
        .internal("getServiceInfo", "")
        .expect("the lock ended with the server that was killed");
}
