//! Password digests of WS-Security: SHA-1 over nonce, time and secret, good for five minutes and
//! once. It must not know whose secret it is.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY};
use lds_domain::token::{Proof, Spent};
use lds_domain::{Code, Error, Result};
use lds_soap::PasswordDigest;
use lds_soap::leaf::Timestamp;
use time::{Duration, OffsetDateTime};

/// How old a digest may be.
const GOOD_FOR: Duration = Duration::minutes(5);
/// How far the sender's clock may be ahead.
const AHEAD: Duration = Duration::minutes(1);
/// How far the clocks of servers with one store may be apart.
const APART: Duration = Duration::minutes(5);

/// Whether the digest is of this time. What is to be kept of it, lest it is shown again: the digest
/// itself, for bytes moved from the time to the nonce or back leave it as it is.
///
/// # Errors
/// `AuthenticationRequired`.
pub(super) fn check_time(digest: &PasswordDigest, now: OffsetDateTime) -> Result<Spent> {
    let created = Timestamp::parse(&digest.created).map(|created| created.0);
    let created = created.filter(|created| {
        let age = now - *created;
        age <= GOOD_FOR && age >= -AHEAD
    });
    let created = created.ok_or_else(|| {
        let message = "The password digest was not created in the last five minutes.";
        Error::new(Code::AuthenticationRequired, message)
    })?;
    Ok(Spent {
        proof: Proof(digest.digest),
        until: created + GOOD_FOR + APART,
    })
}

/// Whether the digest was made with this secret.
pub(super) fn is_of(digest: &PasswordDigest, secret: &str) -> bool {
    let mut context = Context::new(&SHA1_FOR_LEGACY_USE_ONLY);
    context.update(&digest.nonce);
    context.update(digest.created.as_bytes());
    context.update(secret.as_bytes());
    verify_slices_are_equal(context.finish().as_ref(), &digest.digest).is_ok()
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-25 10:00 UTC);

    /// The digest was computed with Python's hashlib.
    fn sample() -> PasswordDigest {
        PasswordDigest {
            digest: [
                0xf8, 0x1b, 0x76, 0x29, 0x36, 0xcd, 0x14, 0xe0, 0x49, 0x0c, 0x3e, 0xc8, 0xf4, 0x32,
                0x0a, 0xb6, 0x25, 0xfc, 0x55, 0x4b,
            ],
            nonce: b"0123456789abcdef".to_vec(),
            created: "2026-11-25T10:00:00Z".to_owned(),
        }
    }

    #[test]
    fn a_digest_is_of_the_secret_it_was_made_with() {
        assert!(is_of(&sample(), "lds_secret"));
        assert!(!is_of(&sample(), "lds_secrets"));
        let mut other = sample();
        other.nonce[0] ^= 1;
        assert!(!is_of(&other, "lds_secret"));
    }

    #[test]
    fn a_digest_is_good_for_five_minutes() {
        let at = |created: &str| {
            let digest = PasswordDigest {
                created: created.to_owned(),
                ..sample()
            };
            check_time(&digest, NOW).map(|spent| spent.until)
        };
        for good in [
            "2026-11-25T09:55:00Z",
            "2026-11-25T10:01:00.000Z",
            "2026-11-25T11:00:00+01:00",
            "2026-11-25T10:00:00",
        ] {
            assert!(at(good).is_ok_and(|until| until >= NOW + APART), "{good}");
        }
        for bad in [
            "2026-11-25T09:54:59.999Z",
            "2026-11-25T10:01:00.001Z",
            "2025-11-25T10:00:00Z",
            " 2026-11-25T10:00:00Z",
            "12026-11-25T10:00:00Z",
            "yesterday",
            "",
        ] {
            let refused = at(bad).unwrap_err();
            assert_eq!(refused.code, Code::AuthenticationRequired, "{bad}");
        }
    }
}
