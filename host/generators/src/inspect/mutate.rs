//! Requests gone wrong, the same ones every time.

/// A small generator of numbers (xorshift); good enough to stumble about.
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `sides`.
    fn throw(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % (sides.max(1) as u64)).unwrap_or_default()
    }
}

/// The request with one to four changes: a byte replaced, a stretch left out,
/// said twice, or all after it cut off.
pub(super) fn mutate(input: &[u8], seed: u64) -> Vec<u8> {
    const SIGNS: &[u8] = b"\"\\{}[],:0123456789-.eE nulltruefalse\0\n\x7f\xc3\xff/";
    let mut dice = Dice::new(seed);
    let mut bytes = input.to_vec();
    for _ in 0..=dice.throw(4) {
        let at = dice.throw(bytes.len());
        let end = (at + 1 + dice.throw(24)).min(bytes.len());
        match dice.throw(8) {
            0 => bytes.truncate(at),
            1 | 2 => drop(bytes.drain(at.min(end)..end)),
            3 => {
                let stretch = bytes[at.min(end)..end].to_vec();
                bytes.splice(end..end, stretch);
            }
            _ if at < bytes.len() => bytes[at] = SIGNS[dice.throw(SIGNS.len())],
            _ => {}
        }
    }
    bytes
}

/// The numbers below `len` in another order.
pub(super) fn shuffled(len: usize) -> Vec<usize> {
    let mut dice = Dice::new(len as u64);
    let mut places: Vec<_> = (0..len).collect();
    for last in (1..len).rev() {
        places.swap(last, dice.throw(last + 1));
    }
    places
}

#[cfg(test)]
mod tests {
    use super::{mutate, shuffled};

    #[test]
    fn changes_are_many_and_repeatable() {
        let input = br#"{"schema":1,"kind":"ACTIVATION","features":[]}"#;
        let changed = (1..200)
            .filter(|seed| mutate(input, *seed) != input)
            .count();
        assert!(changed > 190, "{changed}");
        assert_eq!(mutate(input, 7), mutate(input, 7));
        assert_ne!(mutate(input, 7), mutate(input, 8));
        for seed in 1..200 {
            mutate(b"", seed);
            mutate(b"x", seed);
        }
    }

    #[test]
    fn a_shuffle_keeps_all_and_moves_most() {
        let mut places = shuffled(100);
        assert_ne!(places, (0..100).collect::<Vec<_>>());
        places.sort_unstable();
        assert_eq!(places, (0..100).collect::<Vec<_>>());
    }
}
