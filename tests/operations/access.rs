//! Who may call what: every operation by every role, with a password and with tokens of every
//! scope. The table is the contract's; the server's own is not asked.

use std::collections::BTreeSet;

use crate::support::message::STAFF;
use crate::support::{Client, Server};

use super::element::Element;
use super::schema::{Place, Schema};
use super::world::{Case, World, call};

const ROLES: [&str; 6] = [
    "ADMINISTRATOR",
    "MANAGER",
    "SALES",
    "SUPPORT",
    "DEVELOPER",
    "AUDITOR",
];

/// What an operation does, for the scopes of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Does {
    /// Something that anybody may know.
    Tells,
    /// It reads: a token with the scope `read` may as well.
    Reads,
    Writes,
}

/// Operations, the roles that may call them in the order above, and what they do.
const TABLE: &[(&str, &str, Does)] = &[
    ("getServiceInfo", "xxxxxx", Does::Tells),
    ("findUsers", "x----x", Does::Reads),
    (
        "storeUsers deleteUsers disableUsers enableUsers lockUsers unlockUsers resetPassword",
        "x-----",
        Does::Writes,
    ),
    // Everyone has tokens of his own.
    ("findTokens", "xxxxxx", Does::Reads),
    ("createToken revokeTokens", "xxxxxx", Does::Writes),
    (
        "findCustomers findProducts findOrders findLicenses getLicense verifyLicense",
        "xxxxxx",
        Does::Reads,
    ),
    (
        "storeCustomers deleteCustomers blockCustomers unblockCustomers",
        "xxx---",
        Does::Writes,
    ),
    ("eraseCustomers", "x-----", Does::Writes),
    (
        "storeProducts deleteProducts activateProducts retireProducts",
        "xx--x-",
        Does::Writes,
    ),
    (
        "storeOrders createOrders deriveOrder deleteOrders suspendOrders resumeOrders revokeOrders \
         resetAllowances",
        "xxx---",
        Does::Writes,
    ),
    ("previewLicense", "xxxxx-", Does::Writes),
    (
        "activateLicense removeLicenses requestRemovals cancelRemovalRequests replaceLicenses \
         rehostLicense emergencyLicense",
        "xx-x--",
        Does::Writes,
    ),
    ("generateLicense importLicenses", "xx----", Does::Writes),
    ("findGenerators", "xx--xx", Does::Reads),
    (
        "testGenerator disableGenerators enableGenerators",
        "x---x-",
        Does::Writes,
    ),
    ("findAuditEntries verifyAudit", "xx---x", Does::Reads),
    ("findEvents", "xxx--x", Does::Reads),
];
/// Who sees Order IDs in full.
const SEE_ORDER_IDS: &str = "xxxx--";

/// How someone shows who he is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Password,
    /// A token with the scope of the role.
    Role,
    /// A token with the scope `read`.
    Read,
    /// A token with the scope `generator`.
    Generator,
}

/// A caller: what he is and how he shows it.
struct Caller {
    role: usize,
    by: By,
    client: Client,
}

impl Caller {
    fn name(&self) -> String {
        format!("{} {:?}", ROLES[self.role], self.by)
    }

    fn has(&self, roles: &str) -> bool {
        roles.as_bytes().get(self.role) == Some(&b'x')
    }

    /// What the contract says.
    fn may(&self, operation: &str) -> bool {
        let row = TABLE
            .iter()
            .find(|row| row.0.split_whitespace().any(|name| name == operation));
        let (_, roles, does) = row.unwrap_or_else(|| panic!("{operation} is not in the table"));
        // By a token no other token is made, but by those who may change users.
        let is_new_token = operation == "createToken" && self.by != By::Password;
        let of_scope = match self.by {
            By::Password | By::Role => !is_new_token || ROLES[self.role] == "ADMINISTRATOR",
            By::Read => *does == Does::Reads,
            By::Generator => false,
        };
        *does == Does::Tells || of_scope && self.has(roles)
    }

    fn sees_order_ids(&self) -> bool {
        matches!(self.by, By::Password | By::Role) && self.has(SEE_ORDER_IDS)
    }
}

/// A user with these roles, and how to call by its password.
fn user(server: &Server, admin: &Client, login: &str, roles: &[&str]) -> (String, Client) {
    const PASSWORD: &str = "another good password";
    let roles: Vec<_> = roles
        .iter()
        .map(|role| format!("<role>{role}</role>"))
        .collect();
    let roles = roles.concat();
    let user = format!("<user><login>{login}</login><displayName>x</displayName>{roles}</user>");
    let id = admin
        .internal("storeUsers", &user)
        .expect("a user")
        .want("id");
    let reset = format!("<id>{id}</id><password>{PASSWORD}</password>");
    admin.internal("resetPassword", &reset).expect("a password");
    (id, Client::with(&server.url, login, PASSWORD))
}

/// A client by a token of a user with a scope.
fn by_token(server: &Server, admin: &Client, user: &str, scope: &str) -> Client {
    let token = format!("<userId>{user}</userId><name>x</name><scope>{scope}</scope>");
    let made = admin.internal("createToken", &token).expect("a token");
    Client::with(&server.url, "whoever", &made.want("secret"))
}

/// Everyone, in every way.
fn callers(server: &Server, admin: &Client) -> Vec<Caller> {
    let mut callers = Vec::new();
    let (all, _) = user(server, admin, "all", &ROLES);
    for (role, name) in ROLES.iter().enumerate() {
        let (id, by_password) = user(server, admin, name, &[name]);
        let clients = [
            (By::Password, by_password),
            (By::Role, by_token(server, admin, &id, name)),
            // A token has the role that it was made for, whatever else its user is.
            (By::Role, by_token(server, admin, &all, name)),
            (By::Read, by_token(server, admin, &id, "read")),
        ];
        callers.extend(clients.map(|(by, client)| Caller { role, by, client }));
    }
    let generator = by_token(server, admin, &all, "generator");
    callers.push(Caller {
        role: 0,
        by: By::Generator,
        client: generator,
    });
    callers
}

/// The request, dry where it can be.
fn dry(schema: &Schema, case: &Case) -> Element {
    let mut request = case.request.clone();
    let members = schema.members(schema.request(case.operation));
    if let Some(member) = members.iter().find(|member| member.name == "dryRun") {
        let place = Place {
            path: vec![member.clone()],
        };
        "true".clone_into(&mut schema.at(&mut request, &place).text);
    }
    request
}

/// What came of a call: the code of its fault or of the first failure, or nothing.
fn outcome(caller: &Caller, request: &Element) -> Option<String> {
    match call(&caller.client, STAFF, request) {
        Err(fault) => Some(fault.code),
        Ok(answer) => answer
            .get("code")
            .filter(|_| answer.0.contains("<failure>")),
    }
}

#[test]
fn everyone_may_do_what_the_table_says_and_no_more() {
    let server = Server::start();
    let world = World::new(&server);
    let cases = world.cases();
    let cases: Vec<_> = cases
        .iter()
        .filter(|case| case.service.path == STAFF.path)
        .collect();
    let schema = Schema::of(&server, STAFF);
    let called: BTreeSet<_> = cases.iter().map(|case| case.operation).collect();
    assert_eq!(called, schema.operations().collect());
    let callers = callers(&server, &world.admin);
    let calls = callers.iter().flat_map(|caller| {
        let cases = cases.iter();
        cases.filter_map(|case| complaint(caller, &schema, case))
    });
    let wrong: Vec<_> = calls.collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_order_ids(&callers);
    assert_overrides(&callers, &cases);
}

/// What came of a call, where it is not what the table says.
fn complaint(caller: &Caller, schema: &Schema, case: &Case) -> Option<String> {
    let said = outcome(caller, &dry(schema, case));
    let expected = match case.operation {
        // The token is another's: to those who may not change users it is none.
        "revokeTokens" if caller.may("revokeTokens") && caller.role != 0 => Some("NotFound"),
        operation => (!caller.may(operation)).then_some("PermissionDenied"),
    };
    let (operation, who) = (case.operation, caller.name());
    (said.as_deref() != expected).then(|| format!("{operation} {who}: {said:?}, not {expected:?}"))
}

/// They are credentials: others see the last group.
fn assert_order_ids(callers: &[Caller]) {
    for caller in callers.iter().filter(|caller| caller.may("findOrders")) {
        let found = caller.client.internal("findOrders", "").expect("orders");
        let ids = found.all("orderId");
        assert!(!ids.is_empty());
        for id in ids {
            let is_whole = id.split('-').filter(|group| group.len() == 5).count() == 4;
            assert_eq!(is_whole, caller.sees_order_ids(), "{}: {id}", caller.name());
        }
    }
}

/// Dates of an order are lifted by those alone who may issue licenses.
fn assert_overrides(callers: &[Caller], cases: &[&Case]) {
    let lifted = "<override><reason>Promised on the phone.</reason></override>";
    for operation in ["activateLicense", "rehostLicense"] {
        let case = cases.iter().find(|case| case.operation == operation);
        let content = case.expect("a case").request.content() + lifted + "<dryRun>true</dryRun>";
        for caller in callers.iter().filter(|caller| caller.may(operation)) {
            let answer = caller.client.internal(operation, &content);
            let code = answer.err().map(|fault| fault.code);
            let expected = (!caller.has("xx----")).then_some("PermissionDenied");
            assert_eq!(code.as_deref(), expected, "{operation} {}", caller.name());
        }
    }
}
