//! The command line: what an operator does beside the server.

use std::os::unix::fs::PermissionsExt;

use crate::support::TestApp;
use crate::support::app::{LOGIN, PASSWORD};
use crate::support::process;

fn create_user(app: &TestApp, login: &str, password: &str) -> process::Finished {
    app.file("secret", &format!("{password}\n"));
    let role = ["--role", "SUPPORT", "--password-file", "secret"];
    app.lds(&[&["user", "create", "--login", login], &role[..]].concat())
}

#[test]
fn the_version_is_told() {
    let app = TestApp::stopped("");
    let version = app.lds(&["version"]).success();
    assert_eq!(version, concat!("lds ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn what_the_server_keeps_is_private() {
    let app = TestApp::stopped("");
    let mode = |name: &str| {
        let path = app.path().join("data").join(name);
        let metadata = path.metadata().expect(name);
        metadata.permissions().mode() & 0o777
    };
    assert_eq!(mode("."), 0o700);
    assert_eq!(mode("secrets"), 0o700);
    assert_eq!(mode("secrets/master.key"), 0o600);
}

#[test]
fn a_login_is_taken_once() {
    let app = TestApp::stopped("");
    let made = create_user(&app, "anna", PASSWORD).success();
    let (id, login) = made.trim_end().split_once(' ').expect("id and login");
    assert!(id.starts_with("usr_"), "{made}");
    assert_eq!(login, "anna");
    // Logins are compared without case.
    let told = create_user(&app, "ANNA", PASSWORD).failure();
    assert!(told.starts_with("error: login: "), "{told}");
}

#[test]
fn a_weak_password_is_refused() {
    let app = TestApp::stopped("");
    let told = create_user(&app, "anna", "short").failure();
    assert_eq!(
        told,
        "error: password: A password has 10 characters at least.\n"
    );
}

#[test]
fn a_token_holds_what_its_user_may() {
    let app = TestApp::stopped("");
    let create = |user, scope| {
        app.lds(&[
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
fn wrong_arguments_end_with_2() {
    let app = TestApp::stopped("");
    for wrong in [
        &["serv"][..],
        &[
            "token", "create", "--user", "a", "--name", "b", "--scope", "ALL",
        ],
        &["order", "create", "--customer", "x", "--product", "ext:b"],
    ] {
        assert_eq!(app.lds(wrong).code, Some(2), "{wrong:?}");
    }
}

#[test]
fn the_bundled_plugins_are_in_service() {
    let app = TestApp::stopped("");
    let listed = app.lds(&["plugin", "list"]).success();
    for name in ["flexnet", "token"] {
        let line = listed.lines().find(|line| line.starts_with(name));
        let state = line.and_then(|line| line.split_whitespace().nth(1));
        assert_eq!(state, Some("READY"), "{listed}");
    }
}

#[test]
fn a_file_that_is_no_plugin_is_examined_with_a_sentence() {
    let app = TestApp::stopped("");
    app.file("plugin.wasm", "no module");
    let checked = app.lds(&["plugin", "check", "plugin.wasm"]);
    assert_eq!(checked.code, Some(1));
    assert!(checked.out.starts_with("wrong  interface: "), "{checked:?}");
}

#[test]
fn health_is_told_by_exit_code() {
    let mut app = TestApp::start();
    let management = app.management().to_string();
    let check = |app: &TestApp| {
        let mut command = process::command(&["healthcheck"]);
        command.env("LDS_HTTP__MANAGEMENT__LISTEN", &management);
        process::run(command, app.path())
    };
    assert_eq!(check(&app).success(), "ready\n");
    let (status, printed) = app.stop();
    assert!(status.success(), "{printed}");
    let told = check(&app).failure();
    assert!(told.starts_with("error: no answer from http://"), "{told}");
}

#[test]
fn a_taken_address_is_told() {
    let app = TestApp::start();
    let address = app.address().to_string();
    let told = app.lds(&["serve", "--listen", &address]).failure();
    let start = format!("error: http.listen: cannot listen on {address}: ");
    assert!(told.starts_with(&start), "{told}");
}
