//! Numbers and names in sentences, for messages to users. Called by rules, plans and the command line.

/// `1 file`, `2 files`.
pub(crate) fn counted(number: usize, word: &str) -> String {
    counted_as(number, word, &format!("{word}s"))
}

/// The same with a plural of its own, or with a verb: `1 node joins`, `2 nodes join`.
pub(crate) fn counted_as(number: usize, singular: &str, plural: &str) -> String {
    format!("{number} {}", if number == 1 { singular } else { plural })
}

/// A number of nodes: `1 node`, `3 nodes`.
pub(crate) fn nodes(number: u32) -> String {
    counted(number as usize, "node")
}

/// Names between backticks: "`a`, `b` and `c`".
pub(crate) fn quoted(names: &[&str]) -> String {
    joined(&names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>())
}

/// `a, b and c`.
pub(crate) fn joined(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [word] => word.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
