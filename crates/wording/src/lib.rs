//! Words of messages: numbers and names in sentences, and the known name that a misspelt one most likely means. Called by
//! rules, plans and the command line.

/// `1 file`, `2 files`.
pub fn counted(number: usize, word: &str) -> String {
    counted_as(number, word, &format!("{word}s"))
}

/// The same with a plural of its own, or with a verb: `1 node joins`, `2 nodes join`.
pub fn counted_as(number: usize, singular: &str, plural: &str) -> String {
    format!("{number} {}", if number == 1 { singular } else { plural })
}

/// A number of nodes: `1 node`, `3 nodes`.
pub fn nodes(number: u32) -> String {
    counted(number as usize, "node")
}

/// Names between backticks: "`a`, `b` and `c`".
pub fn quoted(names: &[&str]) -> String {
    joined(&names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>())
}

/// `a, b and c`.
pub fn joined(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [word] => word.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Longer quoted names are cut in their middle.
const LONGEST_QUOTED: usize = 200;
/// So much is kept of the beginning and of the end of what is cut, in characters.
const KEPT: (usize, usize) = (80, 40);
/// Longer texts are cut in their middle, even where nothing is quoted.
const LONGEST_TEXT: usize = 4000;

/// A message that can be read: of long names between backticks, and of a very long text, only the beginning and the end.
pub fn shortened(text: String) -> String {
    if text.len() <= LONGEST_QUOTED {
        return text;
    }
    let parts = text.split('`').enumerate();
    let cut = |(position, part): (usize, &str)| {
        let is_long_name = position % 2 == 1 && part.len() > LONGEST_QUOTED;
        if is_long_name { without_middle(part) } else { part.to_owned() }
    };
    let text = parts.map(cut).collect::<Vec<_>>().join("`");
    if text.len() <= LONGEST_TEXT { text } else { without_middle(&text) }
}

fn without_middle(text: &str) -> String {
    let beginning: String = text.chars().take(KEPT.0).collect();
    let end = text.char_indices().rev().nth(KEPT.1 - 1).map_or(0, |(position, _)| position);
    if end <= beginning.len() { text.to_owned() } else { format!("{beginning}…{}", &text[end..]) }
}

/// The nearest of the known words, if one is near enough to be a slip of the keyboard: at most a third of the
/// letters differ, or they differ in case, `-` and `_` only.
pub fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    Words::new(known).nearest(word)
}

/// Known words, prepared for being looked through often.
#[derive(Clone, Debug)]
pub struct Words<'k>(Vec<(&'k str, Letters)>);

impl<'k> Words<'k> {
    /// These words.
    pub fn new(known: impl IntoIterator<Item = &'k str>) -> Self {
        Self(known.into_iter().map(|word| (word, Letters::of(word))).collect())
    }

    /// The nearest of them, as [`nearest()`] says.
    pub fn nearest(&self, word: &str) -> Option<&'k str> {
        let (wanted, letters) = (plain(word), Letters::of(word));
        let is_near = |distance: usize, candidate: &str| distance * 3 <= candidate.len().max(word.len());
        let like = |candidate: &Letters, word: &str| is_near(letters.least_distance(candidate), word);
        let candidates = self.0.iter().filter(|(candidate, letters)| like(letters, candidate));
        candidates
            .map(|(candidate, _)| (strsim::damerau_levenshtein(&wanted, &plain(candidate)), *candidate))
            .filter(|(distance, candidate)| is_near(*distance, candidate))
            .min()
            .map(|(_, candidate)| candidate)
    }
}

/// A word without what does not count: case, `-` and `_`.
fn plain(word: &str) -> String {
    letters(word).collect()
}

fn letters(word: &str) -> impl Iterator<Item = char> {
    word.chars().filter(|letter| !matches!(letter, '-' | '_')).flat_map(char::to_lowercase)
}

/// How often each letter stands in a word. Most words differ in so many letters that their order, which is costly to
/// compare, cannot matter any more.
#[derive(Clone, Copy, Debug)]
struct Letters([u8; Self::GROUPS]);

impl Letters {
    /// Letters are counted in this many groups: `a` to `z` have one each, others share.
    const GROUPS: usize = 32;

    fn of(word: &str) -> Self {
        let mut counts = [0_u8; Self::GROUPS];
        for letter in letters(word) {
            let count = &mut counts[letter as usize % Self::GROUPS];
            *count = count.saturating_add(1);
        }
        Self(counts)
    }

    /// The distance of two words is at least this: each step adds, removes or replaces one letter, or swaps two.
    fn least_distance(&self, other: &Self) -> usize {
        let (mut missing, mut extra) = (0_usize, 0_usize);
        for (here, there) in self.0.iter().zip(&other.0) {
            missing += usize::from(there.saturating_sub(*here));
            extra += usize::from(here.saturating_sub(*there));
        }
        missing.max(extra)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_a_slip_away() {
        let known = ["datacenters", "cassandra", "storage", "seeds"];
        assert_eq!(nearest("datacentres", known), Some("datacenters"));
        assert_eq!(nearest("Cassandra", known), Some("cassandra"));
        assert_eq!(nearest("volumes", known), None);
    }

    #[test]
    fn long_names_lose_their_middle_and_the_message_stays() {
        let long = format!("{}é{}", "a".repeat(100), "b".repeat(100));
        let message = shortened(format!("`{long}` is no name; write `x`"));
        assert_eq!(message, format!("`{}…{}` is no name; write `x`", "a".repeat(80), "b".repeat(40)));
        assert_eq!(shortened("é".repeat(5000)), format!("{}…{}", "é".repeat(80), "é".repeat(40)));
        let usual = format!("expected one of {}", "abc, ".repeat(100));
        assert_eq!(shortened(usual.clone()), usual);
    }

    #[test]
    fn counting_letters_leaves_out_no_word_that_is_near() {
        let words =
            ["", "a", "aa", "ab", "ba", "abc", "acb", "bca", "seeds", "sedes", "seed_s", "Straße", "strasse", "ÄÖ"];
        for (one, other) in words.iter().flat_map(|one| words.map(|other| (one, other))) {
            let distance = strsim::damerau_levenshtein(&plain(one), &plain(other));
            assert!(Letters::of(one).least_distance(&Letters::of(other)) <= distance, "{one} {other}");
        }
    }
}
