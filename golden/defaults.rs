//! What the templates set, and the table of it that administrators read: `docs/defaults.md`.

use std::fs;

use crate::compare::repository;

fn text(path: &str) -> String {
    fs::read_to_string(repository(path)).expect("it is there")
}

/// The blocks of a `cassandra.yaml` that set keys, their comment first.
fn blocks(text: &str) -> Vec<&str> {
    text.split("\n\n").filter(|block| block.lines().any(|line| !line.starts_with('#'))).collect()
}

/// The keys of a block that stand at its outermost level.
fn keys(block: &str) -> Vec<&str> {
    let is_key = |key: &&str| key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    block.lines().filter_map(|line| line.split_once(':')).map(|(key, _)| key).filter(is_key).collect()
}

#[test]
fn every_key_of_every_cassandra_yaml_says_why() {
    for minor in ["3.11", "4.0", "4.1", "5.0"] {
        for block in blocks(&text(&format!("templates/cassandra/{minor}/cassandra.yaml"))) {
            assert!(block.starts_with("# ") && !block.starts_with("# ---"), "{minor}: nothing is said about\n{block}");
        }
    }
}

#[test]
fn every_decision_stands_in_the_table_of_defaults() {
    let table = text("docs/defaults.md");
    for minor in ["3.11", "4.0", "4.1", "5.0"] {
        let base = text(&format!("templates/cassandra/{minor}/cassandra.yaml"));
        let decided = blocks(&base).into_iter().filter(|block| block.contains("# Decided:")).flat_map(keys);
        let missing: Vec<&str> = decided.filter(|key| !table.contains(&format!("`{key}`"))).collect();
        assert_eq!(missing, Vec::<&str>::new(), "{minor}");
    }
}
