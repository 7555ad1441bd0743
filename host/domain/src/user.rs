//! Internal users.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use unicode_normalization::UnicodeNormalization;

use crate::access::Role;
use crate::attribute::{Attribute, Names, check_attributes, check_member, check_optional};
use crate::error::{Error, Result};
use crate::id::UserId;
use crate::terms::names;

names! {
    /// Whether a user can sign in.
    UserState {
        /// Has no password yet.
        Invited = "INVITED",
        /// May sign in.
        Active = "ACTIVE",
        /// Locked by staff.
        Locked = "LOCKED",
        /// Switched off by staff.
        Disabled = "DISABLED",
    }
}

/// When and by whom something was made and changed last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamps {
    /// UTC, milliseconds.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub created_at: OffsetDateTime,
    /// The actor's name in the audit log.
    pub created_by: String,
    /// UTC, milliseconds.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub updated_at: OffsetDateTime,
    /// The actor's name in the audit log.
    pub updated_by: String,
}

impl Stamps {
    /// Made just now.
    pub fn new(at: OffsetDateTime, by: &str) -> Self {
        Self {
            created_at: at,
            created_by: by.to_owned(),
            updated_at: at,
            updated_by: by.to_owned(),
        }
    }

    /// Changed just now.
    #[must_use]
    pub fn touched(&self, at: OffsetDateTime, by: &str) -> Self {
        Self {
            updated_at: at,
            updated_by: by.to_owned(),
            ..self.clone()
        }
    }
}

/// A password hash in PHC string form. It does not show itself.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(pub String);

impl PasswordHash {
    /// Tells it from others, and nothing about the password.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// What the caller sets of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserData {
    /// Unique, compared as [`fold`] has it.
    pub login: String,
    /// For people.
    pub display_name: String,
    /// For notices.
    pub email: Option<String>,
    /// What the user may do.
    pub roles: Vec<Role>,
    /// The caller's own id.
    pub external_ref: Option<String>,
    /// The caller's own data.
    pub attributes: Vec<Attribute>,
}

/// An internal person of the vendor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Identifier.
    pub id: UserId,
    /// Counts changes, from 1.
    pub revision: u32,
    /// What the caller sets.
    pub data: UserData,
    /// Whether the user can sign in.
    pub state: UserState,
    /// Absent until one is set.
    pub password: Option<PasswordHash>,
    /// Whether a second factor is set up.
    pub totp: bool,
    /// UTC.
    pub last_signed_in_at: Option<OffsetDateTime>,
    /// When and by whom.
    pub stamps: Stamps,
}

impl UserData {
    /// The form in which logins are compared and stored uniquely.
    pub fn folded_login(&self) -> String {
        fold(&self.login)
    }

    /// Checks the members by themselves.
    pub fn check(&self) -> Result<()> {
        check_login(&self.login)?;
        check_member("displayName", &self.display_name)?;
        check_optional("email", self.email.as_deref())?;
        if self
            .email
            .as_ref()
            .is_some_and(|email| !email.contains('@'))
        {
            return Err(Error::invalid("email", "This is no e-mail address."));
        }
        if self.roles.is_empty() {
            return Err(Error::invalid("role", "A user has one role at least."));
        }
        check_optional("externalRef", self.external_ref.as_deref())?;
        check_attributes("attribute", &self.attributes, Names::Unique)
    }
}

fn check_login(login: &str) -> Result<()> {
    check_member("login", login)?;
    let folded = fold(login);
    // One sign may stand for many.
    check_member("login", &folded)?;
    let refused = |sign| char::is_whitespace(sign) || sign == ':' || is_invisible(sign);
    if login.contains(refused) || folded.contains(refused) {
        return Err(Error::invalid(
            "login",
            "A login has no blanks, no colon and no invisible signs.",
        ));
    }
    Ok(())
}

/// Signs that no one sees: with them two logins would look the same.
const fn is_invisible(sign: char) -> bool {
    matches!(sign,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Logins are compared without case and in one form of each sign, as Unicode's NFKC has it: what
/// is typed with a combining accent, in full width or as a ligature is the same login. Databases
/// compare what comes out of this, byte for byte, and fold nothing.
pub fn fold(login: &str) -> String {
    let typed = login.trim().nfkc();
    let folded: String = typed.flat_map(without_case).nfkc().collect();
    folded.trim().to_owned()
}

/// Unicode's full case folding. Down, up and down again, because `ẞ` is `SS` and two sigmas are one;
/// but `ı` is no `i`, though both are `I` in capitals.
fn without_case(sign: char) -> impl Iterator<Item = char> {
    let is_dotless = sign == 'ı';
    let folded = sign
        .to_lowercase()
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase);
    let kept = is_dotless.then_some(sign);
    kept.into_iter().chain(folded.filter(move |_| !is_dotless))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_that_look_alike_are_one() {
        for (one, other) in [
            ("Ada", " ADA "),
            ("jos\u{e9}", "Jose\u{301}"),
            ("ada", "\u{ff21}\u{ff44}\u{ff41}"),
            ("o\u{fb03}ce", "office"),
            ("stra\u{df}e", "STRASSE"),
            (
                "\u{3bf}\u{3b4}\u{3cc}\u{3c2}",
                "\u{39f}\u{394}\u{38c}\u{3a3}",
            ),
            ("\u{212a}elvin", "kelvin"),
            ("m\u{b2}", "m2"),
            ("\u{17f}ales", "sales"),
            ("STRA\u{1e9e}E", "stra\u{df}e"),
        ] {
            assert_eq!(fold(one), fold(other), "{one} {other}");
        }
        assert_ne!(fold("ada"), fold("adam"));
        assert_ne!(fold("jose"), fold("jos\u{e9}"));
        assert_ne!(fold("adm\u{131}n"), fold("admin"));
        assert_ne!(fold("\u{130}da"), fold("ida"));
        assert_ne!(fold("\u{430}dmin"), fold("admin"), "Cyrillic");
    }

    proptest::proptest! {
        #[test]
        fn what_is_folded_stays_so(login in "\\PC{0,20}") {
            let folded = fold(&login);
            proptest::prop_assert_eq!(fold(&folded), folded);
        }
    }

    #[test]
    fn logins_show_all_their_signs() {
        for login in ["ada", "jos\u{e9}", "ada@example.com", "\u{39f}\u{394}"] {
            check_login(login).unwrap();
        }
        for login in [
            "",
            "a da",
            " ada",
            "a\u{a0}da",
            "a:b",
            "a\u{ff1a}b",
            "a\u{200b}da",
            "a\u{ad}da",
            "ad\u{202e}a",
            "a\u{3164}",
            &"a".repeat(256),
            &"\u{fdfa}".repeat(20),
        ] {
            assert_eq!(
                check_login(login).unwrap_err().field.as_deref(),
                Some("login"),
                "{login}"
            );
        }
    }
}
