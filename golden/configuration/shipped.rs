//! What Cassandra's own cassandra.yaml shows is accepted: every key that stands there or in its comments, alone. The
//! examples of `golden/configuration/shipped` are keys and values, taken out of the shipped files by
//! `tests/cassandra/shipped_examples.py`.

use std::path::PathBuf;

use cassc_ring::release::{MINORS, Minor};
use rayon::prelude::*;
use serde_json::{Map, Value};

use super::cassandra::are_here;
use super::{Judged, Trial, fault, judged, told, unexplained};
use crate::compare::repository;
use crate::rendered::assert_none;

/// One in so many of the examples that cassc accepts is read by Cassandra too.
const SHARE: usize = 12;

fn examples(minor: Minor) -> Vec<Trial> {
    let path: PathBuf = repository("golden/configuration/shipped").join(format!("{minor}.json"));
    let text = std::fs::read_to_string(path).expect("every minor has examples");
    let examples: Vec<Map<String, Value>> = serde_json::from_str(&text).expect("they are maps");
    examples.into_iter().map(|example| (example, "AllowAll")).collect()
}

#[test]
fn every_example_of_the_shipped_files_is_accepted_unless_cassandra_refuses_it() {
    if !are_here() {
        return;
    }
    let of_minor = |minor: Minor| {
        let accepted = |trial: &Trial| unexplained(&told(minor, trial)).is_none();
        let (accepted, refused): (Vec<Trial>, Vec<Trial>) = examples(minor).into_iter().partition(accepted);
        let some = accepted.into_iter().enumerate().filter(|(index, _)| index % SHARE == 0).map(|(_, trial)| trial);
        judged(minor, &some.chain(refused).collect::<Vec<_>>())
    };
    let all: Vec<Judged> = MINORS.into_par_iter().flat_map_iter(of_minor).collect();
    assert!(all.len() > 60, "{}", all.len());
    assert_none(&all.iter().filter_map(fault).collect::<Vec<_>>());
}
