//! Passwords: what they must be, and their hashes. Each hash and each comparison costs some 20 ms
//! of work on purpose: callers keep it off threads that others wait for.

use argon2::password_hash::PasswordHasher;
use argon2::password_hash::phc::{self, Output};
use argon2::{Algorithm, Argon2, Block, Params, Version};

use crate::error::{Error, Result};
use crate::ports::Random;
use crate::user::{PasswordHash, fold};

/// Shortest password, in characters.
pub const MIN_LENGTH: usize = 10;
/// Longest password, in bytes: longer ones would only cost time.
pub const MAX_LENGTH: usize = 1024;
/// Different characters that a password has at least.
const MIN_DIFFERENT: usize = 5;

/// Signs of a drawn password.
const DRAWN_LENGTH: usize = 22;

/// 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const SALT: usize = 16;

/// Checks a new password: long enough, neither the login nor a few signs repeated. No rule on
/// kinds of signs: length is what counts.
///
/// # Errors
/// `InvalidRequest` at `password`.
pub fn check(password: &str, login: &str) -> Result<()> {
    let refused = |message: String| Err(Error::invalid("password", message));
    if password.chars().count() < MIN_LENGTH {
        return refused(format!("A password has {MIN_LENGTH} characters at least."));
    }
    if password.len() > MAX_LENGTH {
        return refused(format!("A password has {MAX_LENGTH} bytes at most."));
    }
    if password.chars().any(char::is_control) {
        return refused("A password has no control characters.".to_owned());
    }
    let mut different: Vec<char> = password.chars().collect();
    different.sort_unstable();
    different.dedup();
    if different.len() < MIN_DIFFERENT {
        return refused(format!(
            "A password has {MIN_DIFFERENT} different characters at least."
        ));
    }
    if fold(password).contains(&fold(login)) {
        return refused("A password does not hold the login.".to_owned());
    }
    Ok(())
}

/// A password that nobody guesses: 131 random bits.
pub fn draw(random: &dyn Random) -> String {
    crate::token::draw_signs(random, DRAWN_LENGTH)
}

/// Hashes a password with a salt of its own.
///
/// # Errors
/// `Internal` where there is no memory for it.
pub fn hash(password: &str, random: &dyn Random) -> Result<PasswordHash> {
    let mut salt = [0; SALT];
    random.fill(&mut salt);
    let hash = hasher()?
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map_err(Error::internal)?;
    Ok(PasswordHash(hash.to_string()))
}

/// The memory that a password is verified in, for one after the other: allocated anew for each,
/// such large pieces add up in the allocator to many times what is in use.
#[derive(Default)]
pub struct Workspace(Vec<Block>);

/// Whether a password is the one that was hashed. Without a hash, for an unknown user, it is as
/// much work and the answer is no.
pub fn verify(password: &str, hash: Option<&PasswordHash>, workspace: &mut Workspace) -> bool {
    if password.len() > MAX_LENGTH {
        return false;
    }
    let Some(hash) = hash else {
        std::hint::black_box(in_vain(password, workspace));
        return false;
    };
    is_hashed(password, &hash.0, workspace).unwrap_or(false)
}

fn in_vain(password: &str, workspace: &mut Workspace) -> Option<Output> {
    workspace.hash(&hasher().ok()?, password, &[0; SALT], 32)
}

/// By the hash's own parameters; nothing where it is none.
fn is_hashed(password: &str, hash: &str, workspace: &mut Workspace) -> Option<bool> {
    let hash = phc::PasswordHash::new(hash).ok()?;
    let (salt, expected) = (hash.salt?, hash.hash?);
    let argon2 = Argon2::new(
        Algorithm::try_from(hash.algorithm.as_str()).ok()?,
        Version::try_from(hash.version?).ok()?,
        Params::try_from(&hash).ok()?,
    );
    // Outputs are compared in the same time, wherever they differ.
    Some(workspace.hash(&argon2, password, &salt, expected.len())? == expected)
}

impl Workspace {
    fn hash(
        &mut self,
        argon2: &Argon2<'_>,
        password: &str,
        salt: &[u8],
        length: usize,
    ) -> Option<Output> {
        self.0.resize(argon2.params().block_count(), Block::new());
        let mut out = vec![0; length];
        argon2
            .hash_password_into_with_memory(password.as_bytes(), salt, &mut out, &mut self.0)
            .ok()?;
        Output::new(&out).ok()
    }
}

fn hasher() -> Result<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(Error::internal)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::fixed::SeededRandom;

    #[test]
    fn a_hash_knows_its_password_only() {
        let hashed = hash("correct horse battery", &SeededRandom::new(1)).unwrap();
        assert!(hashed.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        let mut workspace = Workspace::default();
        let mut verify = |password, hash| verify(password, hash, &mut workspace);
        assert!(verify("correct horse battery", Some(&hashed)));
        assert!(!verify("correct horse batterY", Some(&hashed)));
        assert!(!verify("correct horse battery", None));
        assert!(verify("correct horse battery", Some(&hashed)));
        assert!(!verify(
            "anything",
            Some(&PasswordHash("no hash".to_owned()))
        ));
    }

    #[test]
    fn each_hash_has_a_salt_of_its_own() {
        let random = SeededRandom::new(1);
        let [one, other] = [(); 2].map(|()| hash("correct horse battery", &random).unwrap());
        assert_ne!(one, other);
    }

    /// A published vector of the reference implementation: other parameters than ours, which
    /// travel in the hash.
    #[test]
    fn a_hash_made_elsewhere_is_verified_by_its_own_parameters() {
        let published = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        let published = PasswordHash(published.to_owned());
        let mut workspace = Workspace::default();
        assert!(verify("password", Some(&published), &mut workspace));
        assert!(!verify("Password", Some(&published), &mut workspace));
    }

    /// Whatever was in the memory before has no part in the next hash.
    #[test]
    fn memory_is_used_again() {
        let hashed = hash("correct horse battery", &SeededRandom::new(1)).unwrap();
        let mut workspace = Workspace::default();
        assert!(!verify("another password", None, &mut workspace));
        let memory = workspace.0.as_ptr();
        assert!(verify(
            "correct horse battery",
            Some(&hashed),
            &mut workspace
        ));
        assert_eq!(workspace.0.as_ptr(), memory);
    }

    #[test]
    fn weak_passwords_are_refused() {
        assert_eq!(check("correct horse", "anna"), Ok(()));
        for weak in [
            "short",
            "aaaaaaaaaaaaaaa",
            "my Anna 1234567",
            "with\nline break",
        ] {
            assert!(check(weak, "anna").is_err(), "{weak}");
        }
        assert!(check(&"abcdefgh".repeat(200), "anna").is_err());
    }
}
