//! A vendor with a bit of everything, and for every operation a request that does what it is for.

use crate::support::message::{CUSTOMERS, STAFF, Service};
use crate::support::{Answer, Client, Fault, Server};

use super::element::Element;

/// Terms with all allowances, for any number of machines.
const TERMS: &str = "<terms><maxActivations>0</maxActivations><hostLock>REQUIRED</hostLock>\
    <hostRule><type>ETHERNET</type></hostRule><movesAllowed><count>9</count><perDays>30</perDays></movesAllowed>\
    <emergencyAllowed><count>9</count><days>7</days></emergencyAllowed></terms>";
/// Terms with dates and numbers to reckon with.
const DATED: &str = "<terms><quantity>3</quantity><maxActivations>5</maxActivations>\
    <hostLock>REQUIRED</hostLock><hostRule><type>ETHERNET</type></hostRule>\
    <expiry><kind>AFTER</kind><amount>30</amount><unit>DAYS</unit>\
    <anchor>FIRST_ACTIVATION</anchor></expiry>\
    <maintenance><kind>AFTER</kind><amount>45</amount><unit>DAYS</unit>\
    <anchor>EACH_ACTIVATION</anchor></maintenance>\
    <licensee><kind>FIXED</kind><text>Editor Works</text></licensee></terms>";
/// A feature of each kind.
const FEATURES: &str = "<feature><name>base</name><version>3.0</version><count>2</count>\
    <attribute><name>part</name><value>B-1</value></attribute></feature>\
    <feature><name>plots</name><count>0</count>\
    <expiry><kind>FIXED</kind><date>2099-12-31</date></expiry></feature>";
const ATTRIBUTE: &str = "<attribute><name>ticket</name><value>4711</value></attribute>";
/// A machine, and another one.
pub(super) const HOST: &str = "<host><type>ETHERNET</type><value>00-11-22-AA-BB-CC</value></host>";
pub(super) const NEW_HOST: &str =
    "<newHost><type>ETHERNET</type><value>00-11-22-AA-BB-DD</value></newHost>";
pub(super) const REASON: &str = "<reason>As agreed.</reason>";

/// An operation and a request that is good.
pub(super) struct Case {
    pub(super) service: Service,
    pub(super) operation: &'static str,
    pub(super) request: Element,
}

impl Case {
    fn new(service: Service, operation: &'static str, content: &str) -> Self {
        Self {
            service,
            operation,
            request: Element::parse(&format!("<{operation}>{content}</{operation}>")),
        }
    }
}

/// Calls an operation of either service.
pub(super) fn call(client: &Client, service: Service, request: &Element) -> Result<Answer, Fault> {
    let (name, content) = (&request.name, request.content());
    let called = client.call(service.path, service.namespace, name, &content);
    called.unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A server with objects in it. An order of its own for each operation that changes one.
pub(super) struct World {
    pub(super) admin: Client,
    /// The user whom operations change.
    pub(super) user: String,
    token: String,
    customer: String,
    product: String,
}

impl World {
    pub(super) fn new(server: &Server) -> Self {
        let admin = Client::new(server);
        let make = |operation: &str, content: &str| {
            let made = admin.internal(operation, content).expect("made");
            assert!(!made.0.contains("<failure>"), "{operation}: {}", made.0);
            made
        };
        let user = |login: &str| {
            format!(
                "<user><login>{login}</login><displayName>{login}</displayName>\
                 <role>SUPPORT</role><externalRef>{login}</externalRef></user>"
            )
        };
        let users = make("storeUsers", &(user("hr-1") + &user("hr-2"))).all("id");
        let token = format!(
            "<userId>{}</userId><name>ci</name><scope>read</scope>\
             <expiresAt>2099-12-31T23:59:59Z</expiresAt>",
            users[0]
        );
        let token = make("createToken", &token).want("id");
        let customers = [1, 2, 3, 4].map(|n| {
            format!(
                "<customer><name>Customer {n}</name><externalRef>crm-{n}</externalRef></customer>"
            )
        });
        let customer = make("storeCustomers", &customers.concat()).want("id");
        let products = [1, 2, 3, 4].map(|n| {
            format!(
                "<product><code>editor</code><version>{n}</version><name>Editor</name>\
                 <generator>token</generator><feature><name>base</name></feature>{TERMS}\
                 <externalRef>erp-{n}</externalRef></product>"
            )
        });
        let product = make("storeProducts", &products.concat()).want("id");
        make("activateProducts", "<id>ext:erp-1</id><id>ext:erp-2</id>");
        Self {
            admin,
            user: users[0].clone(),
            token,
            customer,
            product,
        }
    }

    /// A new order's Order ID.
    pub(super) fn order(&self) -> String {
        self.admin
            .internal("createOrders", &sold(&self.customer, &self.product))
            .expect("an order")
            .want("orderId")
    }

    /// Order ID and license of a new order on the machine.
    pub(super) fn activated(&self) -> (String, String) {
        let order = self.order();
        let machine = format!("<orderId>{order}</orderId>{HOST}");
        let license = self
            .admin
            .activation("activate", &machine)
            .expect("a license");
        (order, license.want("id"))
    }

    /// Order ID of a new order whose customer took a license from a machine and gave it back.
    fn moved(&self) -> String {
        let (order, _) = self.activated();
        let machine = format!("<orderId>{order}</orderId>{HOST}");
        for operation in ["deactivate", "activate"] {
            let done = self.admin.activation(operation, &machine);
            done.expect("a license");
        }
        order
    }

    /// A license that is removed.
    fn removed(&self) -> String {
        let (_, license) = self.activated();
        let remove = format!("<id>{license}</id>{REASON}");
        let removed = self.admin.internal("removeLicenses", &remove);
        assert!(!removed.expect("removed").0.contains("<failure>"));
        license
    }

    /// Order ID and license of a new order, of which the license is asked back.
    pub(super) fn asked_back(&self) -> (String, String) {
        let (order, license) = self.activated();
        let ask = format!("<id>{license}</id>{REASON}");
        self.admin.internal("requestRemovals", &ask).expect("asked");
        (order, license)
    }

    /// A good request for every operation; each is good whatever became of the others.
    pub(super) fn cases(&self) -> Vec<Case> {
        let mut cases = Vec::new();
        let mut add = |service, operations: &[(&'static str, String)]| {
            let operations = operations.iter();
            cases.extend(operations.map(|(name, content)| Case::new(service, name, content)));
        };
        add(STAFF, &finding());
        add(STAFF, &self.people());
        add(STAFF, &self.goods());
        add(STAFF, &self.orders());
        add(STAFF, &self.licenses());
        add(STAFF, &generators());
        add(CUSTOMERS, &self.customer_side());
        cases
    }

    fn people(&self) -> Vec<(&'static str, String)> {
        let (user, token) = (&self.user, &self.token);
        let changed = format!("<id>{user}</id>{REASON}");
        vec![
            (
                "storeUsers",
                format!(
                    "<user><id>{user}</id><revision>1</revision><login>hr-1</login>\
                     <displayName>Eva</displayName><role>SUPPORT</role></user>"
                ),
            ),
            ("lockUsers", changed.clone()),
            ("unlockUsers", changed.clone()),
            ("disableUsers", changed.clone()),
            ("enableUsers", changed),
            ("resetPassword", "<id>ext:hr-2</id>".to_owned()),
            (
                "createToken",
                "<name>ci</name><scope>read</scope>\
                 <expiresAt>2099-12-31T23:59:59Z</expiresAt><address>192.0.2.0/24</address>\
                 <digest>true</digest>"
                    .to_owned(),
            ),
            ("revokeTokens", format!("<id>{token}</id>{REASON}")),
            ("deleteUsers", format!("<id>ext:hr-2</id>{REASON}")),
        ]
    }

    fn goods(&self) -> Vec<(&'static str, String)> {
        let by = |reference: &str| format!("<id>ext:{reference}</id>{REASON}");
        let (customer, product) = (&self.customer, &self.product);
        vec![
            (
                "storeCustomers",
                format!(
                    "<customer><id>{customer}</id><revision>1</revision><name>A &amp; B</name>\
                     <contact><name>Ada</name><email>ada@example.org</email></contact>\
                     <address><city>Linz</city><country>AT</country></address>\
                     <locale>de-AT</locale><notes>Pays late.</notes>\
                     <externalRef>crm-1</externalRef>{ATTRIBUTE}</customer>"
                ),
            ),
            ("blockCustomers", by("crm-2")),
            ("unblockCustomers", by("crm-2")),
            ("eraseCustomers", by("crm-3")),
            ("deleteCustomers", by("crm-4")),
            (
                "storeProducts",
                format!(
                    "<product><id>{product}</id><revision>2</revision><code>editor</code>\
                     <version>1</version><name>Editor</name><generator>token</generator>\
                     <setting><name>audience</name><value>editor</value></setting>{FEATURES}\
                     {DATED}<externalRef>erp-1</externalRef>{ATTRIBUTE}</product>"
                ),
            ),
            ("activateProducts", by("erp-3")),
            ("retireProducts", by("erp-2")),
            ("deleteProducts", by("erp-4")),
        ]
    }

    fn orders(&self) -> Vec<(&'static str, String)> {
        let by = |order: &str| format!("<id>{order}</id>{REASON}");
        let sold = format!(
            "<customerId>{}</customerId><productId>{}</productId>",
            self.customer, self.product
        );
        let (stored, changed) = (self.moved(), self.order());
        vec![
            (
                "createOrders",
                format!(
                    "<order>{sold}<validUntil>2099-12-31</validUntil><notes>By phone.</notes>\
                     {ATTRIBUTE}</order><count>2</count>"
                ),
            ),
            (
                "storeOrders",
                format!(
                    "<order><id>{stored}</id><revision>1</revision>{sold}{TERMS}{FEATURES}\
                     <externalRef>PO-4711</externalRef></order>"
                ),
            ),
            (
                "deriveOrder",
                format!("<id>{changed}</id><relation>RENEWAL</relation>"),
            ),
            ("suspendOrders", by(&changed)),
            ("resumeOrders", by(&changed)),
            ("resetAllowances", by(&changed)),
            ("revokeOrders", by(&self.order())),
            ("deleteOrders", by(&self.order())),
        ]
    }

    fn licenses(&self) -> Vec<(&'static str, String)> {
        let by = |license: &str| format!("<id>{license}</id>{REASON}");
        let fresh = || self.activated().1;
        let order = self.order();
        vec![
            ("getLicense", format!("<id>{}</id>", self.removed())),
            (
                "previewLicense",
                format!("<orderId>{order}</orderId>{HOST}"),
            ),
            (
                "activateLicense",
                format!("<orderId>{order}</orderId>{HOST}{ATTRIBUTE}"),
            ),
            ("rehostLicense", format!("<id>{}</id>{NEW_HOST}", fresh())),
            ("replaceLicenses", by(&fresh())),
            (
                "emergencyLicense",
                format!("<orderId>{order}</orderId>{HOST}<days>3</days>{REASON}"),
            ),
            ("requestRemovals", by(&fresh())),
            ("cancelRemovalRequests", by(&self.asked_back().1)),
            ("removeLicenses", by(&fresh())),
            ("verifyLicense", self.file()),
            ("importLicenses", import(&self.order())),
            (
                "generateLicense",
                format!(
                    "<customerId>{}</customerId><productId>{}</productId>{HOST}",
                    self.customer, self.product
                ),
            ),
        ]
    }

    /// The text of a license as a file.
    fn file(&self) -> String {
        let read = format!("<id>{}</id>", self.activated().1);
        let license = self.admin.internal("getLicense", &read).expect("a license");
        let text = license.want("text");
        format!(
            "<file><name>a.jwt</name><mediaType>text/plain</mediaType><text>{text}</text></file>"
        )
    }

    fn customer_side(&self) -> Vec<(&'static str, String)> {
        let on = |order: &str| format!("<orderId>{order}</orderId>{HOST}");
        let order = self.order();
        vec![
            ("getOrderInfo", format!("<orderId>{order}</orderId>")),
            ("activate", on(&order)),
            ("getLicense", on(&self.activated().0)),
            ("emergency", on(&order)),
            ("rehost", on(&self.activated().0) + NEW_HOST),
            ("deactivate", on(&self.activated().0)),
            ("confirmRemoval", on(&self.asked_back().0)),
        ]
    }
}

/// A license of an order that was issued elsewhere.
fn import(order: &str) -> String {
    format!(
        "<item><orderId>{order}</orderId>{HOST}<file><name>a.lic</name>\
         <mediaType>text/plain</mediaType><text>old</text></file>\
         <issuedAt>2019-03-01T08:30:00Z</issuedAt><expiresOn>2099-02-28</expiresOn>\
         <feature><name>draw</name><version>2.0</version><count>5</count></feature>\
         <externalRef>old-1</externalRef>{ATTRIBUTE}</item>"
    )
}

/// The example is in no product.
fn generators() -> Vec<(&'static str, String)> {
    let changed = format!("<id>hello</id>{REASON}");
    vec![
        ("testGenerator", "<name>token</name>".to_owned()),
        ("disableGenerators", changed.clone()),
        ("enableGenerators", changed),
    ]
}

/// What changes nothing. One of each is enough.
fn finding() -> Vec<(&'static str, String)> {
    [
        ("getServiceInfo", ""),
        ("findUsers", "<id>ext:hr-1</id>"),
        ("findTokens", "<pageSize>1</pageSize>"),
        (
            "findCustomers",
            "<id>ext:crm-1</id><withTotal>true</withTotal>",
        ),
        ("findProducts", "<id>ext:erp-1</id>"),
        ("findOrders", "<pageSize>1</pageSize>"),
        (
            "findLicenses",
            "<state>REMOVAL_REQUESTED</state><pageSize>1</pageSize>",
        ),
        ("findGenerators", "<id>token</id>"),
        (
            "findAuditEntries",
            "<action>requestRemovals</action><pageSize>1</pageSize>",
        ),
        ("verifyAudit", ""),
        (
            "findEvents",
            "<type>license.created</type><pageSize>1</pageSize>",
        ),
    ]
    .map(|(name, content)| (name, content.to_owned()))
    .to_vec()
}

/// An order of this customer for this product.
pub(super) fn sold(customer: &str, product: &str) -> String {
    format!("<order><customerId>{customer}</customerId><productId>{product}</productId></order>")
}
