//! Strings that some reader or writer of YAML has been seen to get wrong, and random mixtures of their parts. The same
//! ones in every run.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

/// Words with a meaning in YAML 1.1 or 1.2, or in a language that reads YAML; each is tried in several casings.
const WORDS: &str = "y n yes no on off true false null nil none nan inf infinity .nan .inf -.inf +.inf ~ = << t f e1 e12 \
    e e+1 0xe1 maybe yes1 on_ _on onn";

/// What an integer, float, sexagesimal number, date or version looks like to somebody.
const NUMBERS: &str = "0 00 1 -1 +1 7_ 0_ 1_ 1_000 1_0.0 1234_5678 20200101_ _1 __ 0o17 0O17 017 08 0x1F 0X1f 0x 0b11 \
    0B11 -0b1 +0x1 1. .5 -.5 . .. ... 1.0 1.5e3 1e3 1E3 1e+3 1e3_ -._1 1e1000 1.0e-3 12e03 +12e-03 -2E+05 1,000 1:30 12:30 \
    12:30:00 190:20:30 190:20:30.15 -1:1 2020-01-01 2020-1-1 2001-12-14t21:59:43.10-05:00 2001-12-14T21:59:43Z \
    2020-01-01T00:00:00Z 18446744073709551615 18446744073709551616 9223372036854775808 -9223372036854775809 5.0 1.10 \
    4.1.9 5.0.4 9042 127.0.0.1 ::1 fe80::1 100m 16Gi 0.5 1k 1e 1_e3 0.0.0 1-1 00000000 0777 0o 0b 0b2 6e7 12e4567";

/// Ordinary values of our manifests, and texts of lines with each difficulty of block scalars.
const TEXTS: &[&str] = &[
    "",
    " ",
    "\n",
    "\n\n",
    "\t",
    "\r",
    "\r\n",
    "a b",
    "a  b",
    " a",
    "a ",
    "\ta",
    "a\t",
    "a\tb",
    "a\rb",
    "a\r\nb\r\n",
    "a:b",
    "a: b",
    "a:\tb",
    "a:",
    "a :",
    ":a",
    "a #b",
    "a#b",
    "a\t#b",
    "#a",
    "a #",
    "-",
    "- a",
    "-a",
    "--",
    "---",
    "--- a",
    "---a",
    "... a",
    "?",
    "? a",
    "?a",
    "key: {a: b}",
    "a, b",
    "%YAML 1.2",
    "%TAG ! x",
    "&a",
    "*a",
    "&a b",
    "!a",
    "!!str a",
    "!",
    "|",
    ">",
    "|-",
    "@a",
    "`a`",
    "'a'",
    "\"a\"",
    "a'b\"c",
    "it's",
    "\\",
    "\\n",
    "a\\",
    "\\x41",
    "{a}",
    "[a]",
    "{",
    "]",
    "}}",
    "{{ $labels.pod }}",
    "a}",
    "/a/b",
    "/etc/cassandra/cassandra.yaml",
    "http://a.b:9042/c?d=e&f=g#h",
    "-XX:+UseG1GC",
    "$(POD_NAME).all-pods",
    "a=b",
    "a\n",
    "a\n\n",
    "a\n\n\n",
    "a\nb",
    "a\nb\n",
    "a\n\nb\n\n\n",
    "a\n b\n",
    " a\nb\n",
    "\ta\nb\n",
    "a\n\tb\n",
    "a\n\t\n",
    "a\n \n",
    "a\n ",
    "a\n\t",
    "a \nb\n",
    "a\nb ",
    "\na\n",
    " \na\n",
    "\n a\n",
    "a\n   b\n  c\n",
    "#!/bin/sh\nset -eu\nif true; then\n\techo \"x: $1\" # y\nfi\n",
    "# a\n# b\n",
    "---\na\n",
    "a\n---\nb\n...\n",
    "%a\nb\n",
    "- a\n- b\n",
    "a: b\nc: d\n",
    "\"\n\"",
    "'\n'\n",
    "a\\\nb",
    "|\n",
    "a\u{85}b",
    "a\n\u{85}\nb\n",
    "a\u{2028}b\nc\n",
    "\u{2028}",
    "\u{2029}\n",
    "\u{feff}",
    "\u{feff}a\nb\n",
    "a\n\u{feff}b\n",
    "\u{a0}a",
    "a\u{a0}\nb",
    "a\n\u{3000}\nb\n",
    "é",
    "日本語\n日本\n",
    "😀",
    "a😀\nb",
    "\u{fffd}",
    "\u{fffe}",
    "\u{ffff}",
    "\u{1fffe}",
    "\u{10ffff}",
    "\u{e000}",
    "\u{202e}abc",
    "\u{200b}",
    "e\u{301}",
    "\0",
    "\u{1}a\nb",
    "\u{1b}[0m",
    "\u{7f}",
    "\u{80}",
    "\u{9f}",
];

/// What random strings are made of.
const PIECES: &[&str] = &[
    "a", "B", "0", "1", "7", "_", "-", "+", ".", ":", ",", " ", "  ", "\t", "\n", "\n\n", "\r", "#", "e", "x", "o",
    "y", "no", "true", "null", "~", "=", "<<", "!", "&", "*", "?", "|", ">", "%", "@", "`", "'", "\"", "\\", "{", "}",
    "[", "]", "---", "...", "é", "日", "😀", "\u{a0}", "\u{85}", "\u{2028}", "\u{feff}", "\u{7f}", "\0", "/", "$", "(",
    ")", ": ", " #", "- ",
];

/// All of them, each once, in order.
pub(crate) fn all() -> Vec<String> {
    let mut strings: BTreeSet<String> = TEXTS.iter().map(ToString::to_string).collect();
    strings.extend(WORDS.split_whitespace().flat_map(casings));
    strings.extend(NUMBERS.split_whitespace().flat_map(signed_and_quoted));
    strings.extend((' '..='~').flat_map(around_words));
    strings.extend((0..=0xFF).filter_map(char::from_u32).map(|c| format!("a{c}\nb{c}c\n")));
    strings
        .extend(["a", "a ", "é", "word: ", "x\n", "1"].iter().flat_map(|part| [90, 300, 1100].map(|n| part.repeat(n))));
    strings.extend(random(pieces(), 1500));
    strings.extend(random(prop::collection::vec(any::<char>(), 0..9).prop_map(String::from_iter), 300));
    strings.into_iter().collect()
}

/// As many values of a strategy as asked for, the same in every run.
pub(crate) fn random<S: Strategy>(strategy: S, count: usize) -> Vec<S::Value> {
    let mut runner = TestRunner::deterministic();
    let mut next = || strategy.new_tree(&mut runner).expect("the strategy rejects nothing").current();
    (0..count).map(|_| next()).collect()
}

/// A strategy for short strings of hostile pieces.
pub(crate) fn pieces() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..7).prop_map(|pieces| pieces.concat())
}

fn casings(word: &str) -> Vec<String> {
    let (lower, upper) = (word.to_lowercase(), word.to_uppercase());
    let title = upper.chars().take(1).chain(lower.chars().skip(1)).collect::<String>();
    let camel = lower.chars().take(1).chain(upper.chars().skip(1)).collect::<String>();
    let lines = format!("{lower}\n");
    vec![format!("{lower} "), format!("{lower}:"), format!("{lower} x"), lower, upper, title, camel, lines]
}

fn signed_and_quoted(number: &str) -> Vec<String> {
    ["", "-", "+", "'", "_", "a"].iter().map(|sign| format!("{sign}{number}")).chain([format!("{number}_")]).collect()
}

fn around_words(c: char) -> Vec<String> {
    vec![
        c.to_string(),
        format!("{c}{c}"),
        format!("{c}a"),
        format!("a{c}"),
        format!("{c} a"),
        format!("a {c}"),
        format!("a{c} b"),
        format!("a {c}b"),
        format!("a{c}\n{c}b\n"),
        format!("{c}1"),
        format!("1{c}"),
        format!("1{c}0"),
    ]
}
