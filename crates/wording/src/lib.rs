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

/// The nearest of the known words, if one is near enough to be a slip of the keyboard: at most a third of the
/// letters differ, or they differ in case, `-` and `_` only.
pub fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let plain = |text: &str| text.to_lowercase().replace(['-', '_'], "");
    let wanted = plain(word);
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&wanted, &plain(candidate)), candidate))
        .filter(|(distance, candidate)| *distance * 3 <= candidate.len().max(word.len()))
        .min_by_key(|(distance, candidate)| (*distance, *candidate))
        .map(|(_, candidate)| candidate)
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
}
