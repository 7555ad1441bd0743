//! The Order ID: the activation key that a customer enters. Knowing it is the credential, so it
//! shows itself shortened in `Debug` and has no place in logs, URLs, events or the audit log.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::error::{Code, Error, Result};
use crate::ports::Random;

/// The 31 signs: digits and capitals without those that look alike (0 1 I L O).
pub const SIGNS: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";
const LENGTH: usize = 20;
const GROUP: usize = 5;
/// Longest text that is looked at: an imported id of 40 signs with generous spacing.
const MAX_INPUT: usize = 255;

/// An Order ID in its normal form: `AAAAA-BBBBB-CCCCC-DDDDD`, or an imported one of 16 to 40
/// signs `A-Z0-9` without dashes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderId(String);

impl OrderId {
    /// Draws a new one: 19 signs, each equally likely (94 bits), and the check character.
    pub fn draw(random: &dyn Random) -> Self {
        let mut values = [0_u8; LENGTH - 1];
        let mut count = 0;
        while count < values.len() {
            let mut bytes = [0_u8; 32];
            random.fill(&mut bytes);
            // Values of 248 and more would favour the first signs.
            for byte in bytes.into_iter().filter(|byte| *byte < 248) {
                if count < values.len() {
                    values[count] = byte % 31;
                    count += 1;
                }
            }
        }
        let signs: Vec<u8> = values
            .iter()
            .chain([&check(&values)])
            .map(|v| SIGNS[usize::from(*v)])
            .collect();
        Self(grouped(&signs))
    }

    /// Reads what a person typed: any case, blanks, missing or other dashes. Twenty signs with the
    /// right check character are one of ours; else 16 to 40 of `A-Z0-9` may be an imported one,
    /// and [`Self::not_found`] tells what to say when it is not.
    ///
    /// # Errors
    /// `OrderNotUsable`.
    pub fn parse(text: &str) -> Result<Self> {
        let signs = squeeze(text).ok_or_else(unknown)?;
        if is_own(&signs) {
            return Ok(Self(grouped(&signs)));
        }
        if (16..=40).contains(&signs.len()) {
            return Ok(Self(signs.iter().map(|sign| char::from(*sign)).collect()));
        }
        Err(unknown())
    }

    /// Whether the check character is right, so that it is one that this service could have drawn.
    pub fn is_own(&self) -> bool {
        self.0.contains('-')
    }

    /// What to say when no order has this id: twenty signs with a wrong check character are
    /// "probably mistyped".
    pub fn not_found(&self) -> Error {
        if !self.is_own() && self.0.len() == LENGTH {
            mistyped()
        } else {
            unknown()
        }
    }

    /// Reads one that was stored in its normal form.
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The whole id: only for those who may see it and for storing it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What others see: the last group.
    pub fn shortened(&self) -> String {
        format!("…-{}", &self.0[self.0.len() - GROUP..])
    }
}

/// The answer to an Order ID that is not known.
pub fn unknown() -> Error {
    Error::new(
        Code::OrderNotUsable,
        "This Order ID is not known. Compare it with the one you received.",
    )
    .at("orderId")
}

/// The answer to an Order ID with a wrong check character.
pub fn mistyped() -> Error {
    Error::new(
        Code::OrderNotUsable,
        "This Order ID is probably mistyped: its last character does not fit the others.",
    )
    .at("orderId")
}

/// The last group, and half of a digest, so that two ids never look alike.
impl fmt::Debug for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digest = Sha256::digest(self.0.as_bytes());
        let half = digest
            .iter()
            .take(16)
            .fold(0_u128, |sum, byte| sum << 8 | u128::from(*byte));
        write!(f, "OrderId({} {half:032x})", self.shortened())
    }
}

/// Capitals and digits only; blanks and every kind of dash are dropped; `None` for anything else.
fn squeeze(text: &str) -> Option<Vec<u8>> {
    if text.len() > MAX_INPUT {
        return None;
    }
    text.chars()
        .filter(|sign| !sign.is_whitespace() && !is_dash(*sign))
        .map(|sign| {
            u8::try_from(sign)
                .ok()
                .filter(u8::is_ascii_alphanumeric)
                .map(|sign| sign.to_ascii_uppercase())
        })
        .collect()
}

const fn is_dash(sign: char) -> bool {
    matches!(
        sign,
        '-' | '_' | '.' | '\u{ad}' | '\u{2010}'
            ..='\u{2015}'
                | '\u{2212}'
                | '\u{fe58}'
                | '\u{fe63}'
                | '\u{ff0d}'
                | '\u{200b}'
                | '\u{feff}'
    )
}

fn is_own(signs: &[u8]) -> bool {
    signs.len() == LENGTH
        && values(signs).is_some_and(|values| {
            let (body, last) = values.split_at(LENGTH - 1);
            last == [check(body)]
        })
}

fn values(signs: &[u8]) -> Option<Vec<u8>> {
    signs
        .iter()
        .map(|sign| {
            SIGNS
                .iter()
                .position(|s| s == sign)
                .and_then(|v| u8::try_from(v).ok())
        })
        .collect()
}

/// Σ i·v(cᵢ) mod 31, i from 1. 31 is prime and i < 31, so every single slip and every swap of
/// neighbours changes it.
fn check(values: &[u8]) -> u8 {
    let sum = values
        .iter()
        .zip(1_u32..)
        .fold(0, |sum, (value, i)| (sum + i * u32::from(*value)) % 31);
    u8::try_from(sum).unwrap_or_default()
}

fn grouped(signs: &[u8]) -> String {
    let mut text = String::with_capacity(LENGTH + 3);
    for (i, sign) in signs.iter().enumerate() {
        if i > 0 && i % GROUP == 0 {
            text.push('-');
        }
        text.push(char::from(*sign));
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ports::fixed::SeededRandom;

    fn drawn(seed: u64) -> OrderId {
        OrderId::draw(&SeededRandom::new(seed))
    }

    #[test]
    fn an_id_worked_out_by_hand_is_accepted() {
        // All signs '2' have the value 0: the check character is '2' as well.
        assert_eq!(
            OrderId::parse("22222-22222-22222-22222").unwrap().expose(),
            "22222-22222-22222-22222"
        );
        // One '3' (value 1) in place 19: 19 mod 31 = 19 -> sign number 19 is 'N'.
        assert_eq!(
            OrderId::parse("22222222222222222 23n").unwrap().expose(),
            "22222-22222-22222-2223N"
        );
    }

    proptest! {
        #[test]
        fn any_spelling_is_read(seed: u64) {
            let id = drawn(seed);
            let spelled = id.expose().to_lowercase().replace('-', " \u{2013} ");
            prop_assert_eq!(OrderId::parse(&spelled).unwrap(), id.clone());
            prop_assert_eq!(OrderId::parse(&id.expose().replace('-', "")).unwrap(), id);
        }

        #[test]
        fn every_single_slip_is_found(seed: u64, place in 0_usize..20, other in 0_usize..31) {
            let id = drawn(seed);
            let mut signs: Vec<u8> = id.expose().bytes().filter(|b| *b != b'-').collect();
            prop_assume!(signs[place] != SIGNS[other]);
            signs[place] = SIGNS[other];
            let slip = OrderId::parse(std::str::from_utf8(&signs).unwrap()).unwrap();
            prop_assert_eq!(slip.not_found(), mistyped());
        }

        #[test]
        fn every_swap_of_neighbours_is_found(seed: u64, place in 0_usize..19) {
            let id = drawn(seed);
            let mut signs: Vec<u8> = id.expose().bytes().filter(|b| *b != b'-').collect();
            prop_assume!(signs[place] != signs[place + 1]);
            signs.swap(place, place + 1);
            let slip = OrderId::parse(std::str::from_utf8(&signs).unwrap()).unwrap();
            prop_assert_eq!(slip.not_found(), mistyped());
        }

        #[test]
        fn no_text_makes_it_panic(text in ".*") {
            let _ = OrderId::parse(&text);
        }
    }

    #[test]
    fn imported_ids_have_no_check_character() {
        assert_eq!(
            OrderId::parse("old-0001-0002-0003-0004").unwrap().expose(),
            "OLD0001000200030004"
        );
        assert!(OrderId::parse("TOOSHORT").is_err());
        assert!(OrderId::parse(&"A".repeat(41)).is_err());
    }

    #[test]
    fn debug_shows_the_last_group_only() {
        let id = drawn(7);
        let shown = format!("{id:?}");
        assert!(!shown.contains(&id.expose()[..17]));
        assert!(shown.contains(&id.expose()[18..]));
    }
}
