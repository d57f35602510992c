//! The text of real topologies with random damage, the same in every run: whatever the bytes, the compiler answers with
//! clusters or with complaints. (The fuzz target in `fuzz/` asks the same for as long as one likes.)

use std::collections::BTreeMap;
use std::fs;

use proptest::prelude::*;
use proptest::sample::Index;

use crate::random::panic_of;
use crate::readers::hostile_strings;
use crate::rendered::{assert_none, topologies};

/// How many damaged texts are tried: about two seconds without optimization.
const TEXTS: usize = 3000;

/// Damage to a text, at places that are chosen by their share of its length.
#[derive(Clone, Debug)]
pub(crate) enum Damage {
    /// Another byte.
    Byte(Index, u8),
    /// Something that readers of YAML get wrong.
    Insert(Index, String),
    /// A part that is missing.
    Cut(Index, Index),
    /// A line that stands elsewhere again.
    Repeat(Index, Index),
    /// A line that is missing.
    Drop(Index),
    /// A line with more or fewer blanks before it.
    Indent(Index, usize),
    /// The end that is missing.
    Truncate(Index),
}

pub(crate) fn damage() -> impl Strategy<Value = Damage> {
    let place = any::<Index>;
    prop_oneof![
        (place(), any::<u8>()).prop_map(|(at, byte)| Damage::Byte(at, byte)),
        (place(), hostile_strings::pieces()).prop_map(|(at, text)| Damage::Insert(at, text)),
        (place(), place()).prop_map(|(from, to)| Damage::Cut(from, to)),
        (place(), place()).prop_map(|(from, to)| Damage::Repeat(from, to)),
        place().prop_map(Damage::Drop),
        (place(), 0..9_usize).prop_map(|(line, blanks)| Damage::Indent(line, blanks)),
        place().prop_map(Damage::Truncate),
    ]
}

pub(crate) fn damaged(mut text: Vec<u8>, damage: &Damage) -> Vec<u8> {
    if text.is_empty() {
        return text;
    }
    let mut lines: Vec<Vec<u8>> = text.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    let size = lines.len();
    match damage {
        Damage::Byte(at, byte) => *at.get_mut(&mut text) = *byte,
        Damage::Insert(at, piece) => drop(text.splice(at.index(text.len())..at.index(text.len()), piece.bytes())),
        Damage::Cut(from, to) => {
            let (from, to) = (from.index(text.len()), to.index(text.len()));
            text.drain(from.min(to)..from.max(to).min(from.min(to) + 40));
        }
        Damage::Truncate(at) => text.truncate(at.index(text.len())),
        Damage::Repeat(from, to) => {
            lines.insert(to.index(size), lines[from.index(size)].clone());
            return lines.concat();
        }
        Damage::Drop(line) => {
            lines.remove(line.index(size));
            return lines.concat();
        }
        Damage::Indent(line, blanks) => {
            let line = line.get_mut(&mut lines);
            let indented = [" ".repeat(*blanks).as_bytes(), line.trim_ascii_start()].concat();
            *line = indented;
            return lines.concat();
        }
    }
    text
}

#[test]
fn no_damage_to_a_text_makes_the_compiler_panic() {
    let texts: Vec<Vec<u8>> =
        topologies().into_iter().map(|path| fs::read(path).expect("a topology can be read")).collect();
    let strategy = (any::<Index>(), prop::collection::vec(damage(), 1..5));
    let mut panics: BTreeMap<String, String> = BTreeMap::new();
    for (which, damages) in hostile_strings::random(strategy, TEXTS) {
        let text = damages.iter().fold(which.get(&texts).clone(), damaged);
        if let Some(message) = panic_of(&text) {
            panics.entry(message).or_insert_with(|| String::from_utf8_lossy(&text).into_owned());
        }
    }
    let panics: Vec<String> = panics.into_iter().map(|(message, text)| format!("{message}\n{text}")).collect();
    assert_none(&panics);
}
