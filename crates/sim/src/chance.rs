//! Where a simulation takes its choices from: a seed, or a list. Nothing else in this crate is random.

use crate::ring;

/// A generator of numbers from a seed, which are the same everywhere and for ever: a failing seed must stay one.
#[derive(Clone, Debug)]
pub struct Rng(ring::Rng);

impl Rng {
    /// A generator. Equal seeds give equal numbers; neighbouring seeds do not give similar ones.
    pub fn new(seed: u64) -> Self {
        Self(ring::Rng::new(seed))
    }

    /// A number from 0 to less than `n`; 0 for none. The bias of the remainder is below 2⁻⁴⁰ for what is asked here.
    pub fn below(&mut self, n: u64) -> u64 {
        self.0.number().checked_rem(n).unwrap_or(0)
    }

    /// A number of a range, both ends included.
    pub fn within(&mut self, least: u64, most: u64) -> u64 {
        least + self.below(most.saturating_sub(least) + 1)
    }

    /// Whether something happens that happens in so many of 100 cases.
    pub fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }

    /// One of a list; `None` of an empty one.
    pub fn of<'t, T>(&mut self, list: &'t [T]) -> Option<&'t T> {
        let position = self.below(list.len() as u64);
        list.get(usize::try_from(position).unwrap_or(0))
    }
}

/// What is chosen where a list is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// The number of the option that was taken.
    pub option: u32,
    /// How many there were.
    pub options: u32,
}

/// Makes the choices of one run.
#[derive(Clone, Debug)]
pub struct Chooser {
    rng: Rng,
    seed: u64,
    /// The choices that are given, where a list is followed; beyond its end, and for a number that is too large, the first
    /// option is taken.
    list: Option<Vec<u32>>,
    /// The choices that were made of the list's kind.
    log: Vec<Chosen>,
}

impl Chooser {
    /// All choices from a seed.
    pub fn from_seed(seed: u64) -> Self {
        Self { rng: Rng::new(seed), seed, list: None, log: Vec::new() }
    }

    /// Choices between alternatives from a list, and everything takes as long as it usually takes.
    pub fn from_list(list: Vec<u32>) -> Self {
        Self { rng: Rng::new(0), seed: 0, list: Some(list), log: Vec::new() }
    }

    /// The seed; 0 where a list is followed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Whether a list is followed.
    pub fn is_list(&self) -> bool {
        self.list.is_some()
    }

    /// The choices that were made so far, where a list is followed.
    pub fn log(&self) -> &[Chosen] {
        &self.log
    }

    /// How long something takes, in milliseconds: mostly near `usual`, never more than `most`. From a list: `usual`.
    pub fn takes(&mut self, usual: u64, most: u64) -> u64 {
        if self.list.is_some() {
            return usual;
        }
        let longest = if self.rng.percent(15) { most } else { (usual * 2).min(most) };
        self.rng.within(usual / 4, longest)
    }

    /// Whether something happens that happens in so many of 100 cases. From a list: never.
    pub fn percent(&mut self, chance: u64) -> bool {
        self.list.is_none() && chance > 0 && self.rng.percent(chance)
    }

    /// A number from 0 to less than `n`. From a list: 0.
    pub fn below(&mut self, n: u64) -> u64 {
        if self.list.is_some() { 0 } else { self.rng.below(n) }
    }

    /// One of several ways on, which all of them are to be tried where lists are followed. From a seed: the first.
    pub fn branch(&mut self, options: u32) -> u32 {
        let Some(list) = &self.list else { return 0 };
        let option = list.get(self.log.len()).copied().filter(|option| *option < options).unwrap_or(0);
        self.log.push(Chosen { option, options });
        option
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_seeds_give_equal_numbers_and_others_do_not() {
        let numbers = |seed| {
            let mut rng = Rng::new(seed);
            (0..8).map(|_| rng.below(1 << 40)).collect::<Vec<_>>()
        };
        assert_eq!(numbers(7), numbers(7));
        assert_ne!(numbers(7), numbers(8));
    }

    #[test]
    fn a_list_is_followed_and_remembered() {
        let mut chooser = Chooser::from_list(vec![1, 9]);
        assert_eq!([chooser.branch(2), chooser.branch(3), chooser.branch(2)], [1, 0, 0]);
        let chosen =
            [Chosen { option: 1, options: 2 }, Chosen { option: 0, options: 3 }, Chosen { option: 0, options: 2 }];
        assert_eq!(chooser.log(), chosen);
        assert_eq!((chooser.takes(40, 9000), chooser.percent(100)), (40, false));
    }

    #[test]
    fn times_stay_within_their_bounds() {
        let mut chooser = Chooser::from_seed(3);
        let times: Vec<u64> = (0..1000).map(|_| chooser.takes(40, 9000)).collect();
        assert!(times.iter().all(|time| (10..=9000).contains(time)) && times.iter().any(|time| *time > 1000));
    }
}
