//! Lists of names: how many are written out, and how they are shortened.

use super::{Line, name, words};

/// Up to how many names a list is written out in full: those that follow each other by
/// number, and others.
pub(super) const NAMED: (usize, usize) = (4, 12);
/// From so many names on a list shows what they share once, in the braces of a shell.
const BRACES: usize = 3;
/// A list of which each name matters.
pub(super) const EVERY: (usize, usize) = (usize::MAX, usize::MAX);

/// Names of which each matters.
pub(super) fn every(names: &[String]) -> Line {
    listed(names, EVERY)
}

/// Names that follow from the first, the last and how many there are, when there are many.
pub(super) fn some(names: &[String]) -> Line {
    listed(names, NAMED)
}

/// The names, or the first and the last of too many.
pub(super) fn listed(names: &[String], most: (usize, usize)) -> Line {
    let most = if follow_each_other(names) { most.0 } else { most.1 };
    match names {
        [first, .., last] if names.len() > most => {
            vec![name(first), words(" … "), name(last), words(format!(" ({})", names.len()))]
        }
        _ => match in_braces(names) {
            Some(short) => vec![name(short)],
            None => {
                let commas = (0..names.len()).map(|position| words(if position == 0 { "" } else { ", " }));
                commas.zip(names).flat_map(|(comma, text)| [comma, name(text)]).collect()
            }
        },
    }
}

/// `shop-dc1-{a,b,c}-sts-0` for three names or more that begin alike, as bash expands it: what they share up to a hyphen
/// is written once. `None` where that is nothing, or where a name means something in braces.
fn in_braces(names: &[String]) -> Option<String> {
    let first = names.first().filter(|_| names.len() >= BRACES)?;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '/' | '_');
    if !names.iter().all(|name| name.chars().all(is_plain)) {
        return None;
    }
    let prefix = (0..first.len())
        .rev()
        .find(|end| first.as_bytes()[*end] == b'-' && names.iter().all(|name| name.starts_with(&first[..=*end])))?
        + 1;
    let suffix = (prefix..first.len()).find(|start| {
        first.as_bytes()[*start] == b'-'
            && names.iter().all(|name| name.len() > prefix + first.len() - start && name.ends_with(&first[*start..]))
    });
    let suffix = suffix.map_or("", |start| &first[start..]);
    let middle: Vec<&str> = names.iter().map(|name| &name[prefix..name.len() - suffix.len()]).collect();
    Some(format!("{}{{{}}}{suffix}", &first[..prefix], middle.join(",")))
}

/// Whether the names are `a-0`, `a-1`, …, upwards or downwards.
fn follow_each_other(names: &[String]) -> bool {
    let parts = names.iter().map(|name| {
        let (prefix, ordinal) = name.rsplit_once('-')?;
        Some((prefix, ordinal.parse::<i64>().ok()?))
    });
    let Some(parts) = parts.collect::<Option<Vec<_>>>() else { return false };
    let is_next = |step: i64| {
        parts.windows(2).all(|pair| pair[0].0 == pair[1].0 && pair[1].1.checked_sub(pair[0].1) == Some(step))
    };
    is_next(1) || is_next(-1)
}
