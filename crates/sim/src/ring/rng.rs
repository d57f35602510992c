//! Pseudo-random numbers: the same seed makes the same history. `SplitMix64` of Steele, Lea and Flood, twenty lines.

use cassc_settle::cluster::Time;

/// The increment of `SplitMix64`.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// A generator of pseudo-random numbers.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// A generator that always makes the same numbers from the same seed.
    pub fn new(seed: u64) -> Self {
        Self(scramble(seed))
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        scramble(self.0)
    }

    /// A number below `bound`, or zero where that is zero.
    pub fn below(&mut self, bound: usize) -> usize {
        index(self.number() % (bound.max(1) as u64))
    }

    /// A number of seconds in a range, both ends included.
    pub fn between(&mut self, range: (Time, Time)) -> Time {
        within(self.number(), range)
    }

    /// True in so many of a hundred cases.
    pub fn chance(&mut self, percent: u32) -> bool {
        self.number() % 100 < u64::from(percent)
    }

    /// Moves `count` random elements to the front.
    pub fn choose<T>(&mut self, of: &mut [T], count: usize) {
        for place in 0..count.min(of.len()) {
            let other = place + self.below(of.len() - place);
            of.swap(place, other);
        }
    }
}

/// Mixes the bits of a number.
fn scramble(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// A number that depends on nothing but its arguments: a lag that need not be remembered.
pub(super) fn hash(seed: u64, parts: [u64; 3]) -> u64 {
    parts.into_iter().fold(seed, |hash, part| scramble(hash.wrapping_add(GOLDEN) ^ part.wrapping_mul(GOLDEN)))
}

/// A number of seconds in a range, both ends included, chosen by another number.
pub(super) fn within(number: u64, (low, high): (Time, Time)) -> Time {
    low + number % (high.saturating_sub(low) + 1)
}

/// A small number as an index.
pub(super) fn index(number: u64) -> usize {
    usize::try_from(number).expect("the number counts things in memory")
}
