//! Who may do what: roles, scopes of tokens, and the actor of a command.

use std::fmt;
use std::net::IpAddr;

use crate::error::{Code, Error, Result};
use crate::id::{OrderRef, TokenId, UserId};
use crate::terms::names;

names! {
    /// A role of an internal user.
    Role {
        /// Runs the installation.
        Administrator = "ADMINISTRATOR",
        /// Runs the business.
        Manager = "MANAGER",
        /// Sells.
        Sales = "SALES",
        /// Helps customers.
        Support = "SUPPORT",
        /// Makes products and generators.
        Developer = "DEVELOPER",
        /// Looks at everything.
        Auditor = "AUDITOR",
    }
}

names! {
    /// Something that a role allows.
    Permission {
        /// Change one's own password and tokens.
        ChangeOwn = "CHANGE_OWN",
        /// Read users and others' tokens.
        ReadUsers = "READ_USERS",
        /// Change users and others' tokens.
        WriteUsers = "WRITE_USERS",
        /// Read customers.
        ReadCustomers = "READ_CUSTOMERS",
        /// Change customers.
        WriteCustomers = "WRITE_CUSTOMERS",
        /// Erase customers.
        EraseCustomers = "ERASE_CUSTOMERS",
        /// Read products.
        ReadProducts = "READ_PRODUCTS",
        /// Change products.
        WriteProducts = "WRITE_PRODUCTS",
        /// Read orders.
        ReadOrders = "READ_ORDERS",
        /// Change orders.
        WriteOrders = "WRITE_ORDERS",
        /// Read licenses.
        ReadLicenses = "READ_LICENSES",
        /// Preview license texts.
        PreviewLicenses = "PREVIEW_LICENSES",
        /// Activate, remove, replace, rehost and the like.
        HandleLicenses = "HANDLE_LICENSES",
        /// Generate, import, override.
        IssueLicenses = "ISSUE_LICENSES",
        /// Have texts written of which nothing is kept.
        WriteTexts = "WRITE_TEXTS",
        /// Read about generators.
        ReadGenerators = "READ_GENERATORS",
        /// Test, enable, disable generators.
        RunGenerators = "RUN_GENERATORS",
        /// Read the audit log.
        ReadAudit = "READ_AUDIT",
        /// Read events.
        ReadEvents = "READ_EVENTS",
        /// See Order IDs in full.
        SeeOrderIds = "SEE_ORDER_IDS",
    }
}

impl Permission {
    const fn bit(self) -> u32 {
        1 << self as u32
    }
}

impl Role {
    /// The table of roles.
    pub const fn permissions(self) -> &'static [Permission] {
        match self {
            Self::Administrator => Permission::ALL,
            Self::Manager => MANAGER,
            Self::Sales => SALES,
            Self::Support => SUPPORT,
            Self::Developer => DEVELOPER,
            Self::Auditor => AUDITOR,
        }
    }
}

const MANAGER: &[Permission] = &[
    Permission::ChangeOwn,
    Permission::ReadCustomers,
    Permission::WriteCustomers,
    Permission::ReadProducts,
    Permission::WriteProducts,
    Permission::ReadOrders,
    Permission::WriteOrders,
    Permission::ReadLicenses,
    Permission::PreviewLicenses,
    Permission::HandleLicenses,
    Permission::IssueLicenses,
    Permission::WriteTexts,
    Permission::ReadGenerators,
    Permission::ReadAudit,
    Permission::ReadEvents,
    Permission::SeeOrderIds,
];

const SALES: &[Permission] = &[
    Permission::ChangeOwn,
    Permission::ReadCustomers,
    Permission::WriteCustomers,
    Permission::ReadProducts,
    Permission::ReadOrders,
    Permission::WriteOrders,
    Permission::ReadLicenses,
    Permission::PreviewLicenses,
    Permission::ReadEvents,
    Permission::SeeOrderIds,
];

const SUPPORT: &[Permission] = &[
    Permission::ChangeOwn,
    Permission::ReadCustomers,
    Permission::ReadProducts,
    Permission::ReadOrders,
    Permission::ReadLicenses,
    Permission::PreviewLicenses,
    Permission::HandleLicenses,
    Permission::SeeOrderIds,
];

const DEVELOPER: &[Permission] = &[
    Permission::ChangeOwn,
    Permission::ReadCustomers,
    Permission::ReadProducts,
    Permission::WriteProducts,
    Permission::ReadOrders,
    Permission::ReadLicenses,
    Permission::PreviewLicenses,
    Permission::ReadGenerators,
    Permission::RunGenerators,
];

const AUDITOR: &[Permission] = &[
    Permission::ChangeOwn,
    Permission::ReadUsers,
    Permission::ReadCustomers,
    Permission::ReadProducts,
    Permission::ReadOrders,
    Permission::ReadLicenses,
    Permission::ReadGenerators,
    Permission::ReadAudit,
    Permission::ReadEvents,
];

/// What of its user's rights a token carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// The rights of one of the user's roles.
    Role(Role),
    /// What the user may read, Order IDs shortened.
    Read,
    /// The generator endpoint for `FlexNet` Operations only.
    Generator,
}

impl Scope {
    /// The name on the wire and in the store.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Role(role) => role.name(),
            Self::Read => "read",
            Self::Generator => "generator",
        }
    }

    /// Reads the name.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "read" => Some(Self::Read),
            "generator" => Some(Self::Generator),
            _ => Role::from_name(name).map(Self::Role),
        }
    }
}

/// A set of permissions.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Access(u32);

impl Access {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// To have texts written, and nothing else.
    pub const TEXTS: Self = Self(Permission::WriteTexts.bit());

    /// Everything that the roles allow.
    pub fn of_roles(roles: &[Role]) -> Self {
        let permissions = roles.iter().flat_map(|role| role.permissions());
        Self(permissions.fold(0, |bits, permission| bits | permission.bit()))
    }

    /// What a token of a user with these roles allows. A role that the user lost is lost to the
    /// token.
    pub fn of_token(roles: &[Role], scopes: &[Scope]) -> Self {
        scopes.iter().fold(Self::NONE, |sum, scope| {
            let part = match scope {
                Scope::Role(role) if roles.contains(role) => Self::of_roles(&[*role]),
                Scope::Read => Self::of_roles(roles).reading(),
                Scope::Generator => Self::of_roles(roles).and(Self::TEXTS),
                Scope::Role(_) => Self::NONE,
            };
            Self(sum.0 | part.0)
        })
    }

    const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    fn reading(self) -> Self {
        use Permission::{
            ReadAudit, ReadCustomers, ReadEvents, ReadGenerators, ReadLicenses, ReadOrders,
            ReadProducts, ReadUsers,
        };
        let reading = [
            ReadUsers,
            ReadCustomers,
            ReadProducts,
            ReadOrders,
            ReadLicenses,
            ReadGenerators,
            ReadAudit,
            ReadEvents,
        ];
        Self(
            self.0
                & reading
                    .iter()
                    .fold(0, |bits, permission| bits | permission.bit()),
        )
    }

    /// Whether it allows anything but to have texts written, of which nothing is kept.
    pub const fn reaches_the_store(self) -> bool {
        self.0 & !Self::TEXTS.0 != 0
    }

    /// Whether it allows something.
    pub const fn allows(self, permission: Permission) -> bool {
        self.0 & permission.bit() != 0
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set()
            .entries(Permission::ALL.iter().filter(|p| self.allows(**p)))
            .finish()
    }
}

names! {
    /// Through which interface something came.
    Source {
        /// A SOAP call.
        Soap = "SOAP",
        /// A REST call.
        Rest = "REST",
        /// The customer's page.
        Portal = "PORTAL",
        /// The administration's pages.
        Gui = "GUI",
        /// The command line.
        Cli = "CLI",
        /// An import of what was issued elsewhere.
        Import = "IMPORT",
    }
}

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// An internal user, perhaps by a token.
    User(UserId, Option<TokenId>),
    /// A customer who knows an Order ID; the order is known once it was found.
    Customer(Option<OrderRef>),
    /// The operator at the machine's own command line.
    Operator,
    /// Nobody yet: only open operations.
    Anonymous,
}

/// The caller of a command: who, with which rights, from where.
#[derive(Clone, Debug)]
pub struct Actor {
    /// Who acts.
    pub who: Who,
    /// With which rights.
    pub access: Access,
    /// The client's address, if there is one.
    pub address: Option<IpAddr>,
    /// Through which interface.
    pub source: Source,
}

impl Actor {
    /// The operator at the command line: everything is allowed.
    pub fn operator() -> Self {
        Self {
            who: Who::Operator,
            access: Access::of_roles(&[Role::Administrator]),
            address: None,
            source: Source::Cli,
        }
    }

    /// A customer.
    pub fn customer(address: Option<IpAddr>, source: Source) -> Self {
        Self {
            who: Who::Customer(None),
            access: Access::NONE,
            address,
            source,
        }
    }

    /// Nobody.
    pub fn anonymous(address: Option<IpAddr>, source: Source) -> Self {
        Self {
            who: Who::Anonymous,
            access: Access::NONE,
            address,
            source,
        }
    }

    /// A program that its address alone lets in, to have texts written.
    pub fn by_address(address: IpAddr, source: Source) -> Self {
        Self {
            access: Access::TEXTS,
            ..Self::anonymous(Some(address), source)
        }
    }

    /// Refuses what the actor's rights do not hold.
    ///
    /// # Errors
    /// `AuthenticationRequired`, `PermissionDenied`.
    pub fn require(&self, permission: Permission) -> Result<()> {
        if self.access.allows(permission) {
            return Ok(());
        }
        match self.who {
            Who::Anonymous | Who::Customer(_) => Err(Error::new(
                Code::AuthenticationRequired,
                "Sign in to do this.",
            )),
            _ => Err(Error::new(
                Code::PermissionDenied,
                "Your roles do not allow this.",
            )),
        }
    }

    /// How the actor is named in the audit log and in stamps.
    pub fn name(&self) -> String {
        match &self.who {
            Who::User(user, _) => user.to_string(),
            Who::Customer(Some(order)) => format!("customer:{order}"),
            Who::Customer(None) => "customer".to_owned(),
            Who::Operator => "operator".to_owned(),
            Who::Anonymous => "anonymous".to_owned(),
        }
    }

    /// Whose request ids these are: the token's, else the user's.
    pub fn caller(&self) -> String {
        match &self.who {
            Who::User(_, Some(token)) => token.to_string(),
            _ => self.name(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_read_token_reads_and_nothing_else() {
        let access = Access::of_token(&[Role::Manager], &[Scope::Read]);
        for permission in Permission::ALL {
            let reads = permission.name().starts_with("READ_");
            let manager = Access::of_roles(&[Role::Manager]).allows(*permission);
            assert_eq!(access.allows(*permission), reads && manager, "{permission}");
        }
    }

    #[test]
    fn a_token_never_holds_more_than_its_user() {
        let access = Access::of_token(
            &[Role::Support],
            &[Scope::Role(Role::Administrator), Scope::Role(Role::Support)],
        );
        assert_eq!(access, Access::of_roles(&[Role::Support]));
        let token = |role| Access::of_token(&[role], &[Scope::Generator]);
        assert_eq!(token(Role::Administrator), Access::TEXTS);
        assert_eq!(token(Role::Manager), Access::TEXTS);
        assert_eq!(token(Role::Developer), Access::NONE);
    }
}
