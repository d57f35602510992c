//! `golden/generations/<revision>.txt` holds the digest of every pod template that a generation of defaults makes of
//! `golden/generations/topologies.yaml`: the examples as they once were, and random topologies. Configuration files are
//! in the digests, for pods refer to them by their hash.

use std::collections::BTreeMap;
use std::fs;

use cassc::check::{Checkup, check};
use cassc::cluster::Cluster;
use cassc::cluster::generation::{GENERATIONS, newest};
use cassc::lock::template_digest;
use cassc::parse::source::{Origin, Source};
use cassc::parse::{Parsed, Reading, parse};
use cassc::render::pod_templates;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::compare::{assert_same, difference, repository, updating, yaml_files};
use crate::random::{text, topologies};
use crate::readers::hostile_strings::random;
use crate::rendered::{assert_none, compiled};

/// How many random topologies there are, where the file has to be made.
const RANDOM: usize = 30;

const ADVICE: &str =
    "a released generation must not change: add a row to GENERATIONS and make the difference depend on it";

/// Digest by cluster and StatefulSet.
type Digests = BTreeMap<String, String>;

/// The topologies stay what they are, so that only what renders them can make a difference. More may be added at the
/// end.
fn fixed_topologies() -> Vec<u8> {
    let path = repository("golden/generations/topologies.yaml");
    if updating() && !path.exists() {
        let examples = yaml_files("examples").into_iter().map(|path| fs::read_to_string(path).expect("it can be read"));
        let texts: Vec<String> = examples.chain(random_topologies()).collect();
        fs::write(&path, texts.join("---\n")).expect("the topologies can be written");
    }
    fs::read(path).expect("the topologies can be read")
}

fn random_topologies() -> Vec<String> {
    let numbered = topologies::sensible().prop_filter("a rule refuses it", |topology: &Value| {
        !compiled("random.yaml", text(topology).into_bytes(), None).accepted.is_empty()
    });
    let named = |(number, mut topology): (usize, Value)| {
        topology["metadata"]["name"] = json!(format!("random-{number:02}"));
        text(&topology)
    };
    random(numbered, RANDOM).into_iter().enumerate().map(named).collect()
}

/// The clusters as a generation has them. A topology that a stricter rule refuses leaves the file, and its digests go with it.
fn clusters(revision: u32) -> Vec<Cluster> {
    let source = Source { name: "topologies.yaml".to_owned(), bytes: fixed_topologies(), origin: Origin::Named };
    let reading = parse(vec![source]);
    assert_eq!(reading.complaints, []);
    let resolved = |mut parsed: Parsed| {
        parsed.topology.spec.revision = Some(revision);
        let reading = Reading { parsed: vec![parsed], ..Reading::default() };
        let Checkup { complaints, accepted } = check(reading, |_| Vec::new(), |_, found| found);
        cassc::resolved(accepted.first().unwrap_or_else(|| panic!("{complaints:#?}")), None)
    };
    reading.parsed.into_iter().map(resolved).collect()
}

fn digests(revision: u32) -> Digests {
    let of_cluster = |cluster: Cluster| {
        let templates = pod_templates(&cluster).into_iter();
        templates.map(|(set, template)| (set.to_owned(), template_digest(&template))).collect::<Vec<_>>()
    };
    clusters(revision).into_iter().flat_map(of_cluster).collect()
}

fn written(digests: &Digests) -> String {
    digests.iter().flat_map(|(set, digest)| [set, " ", digest, "\n"]).collect()
}

fn parsed(text: &str) -> Digests {
    text.lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(set, digest)| (set.to_owned(), digest.to_owned()))
        .collect()
}

/// What a released generation makes otherwise than it did.
fn broken(released: &Digests, now: &Digests) -> Vec<String> {
    let changed = released.iter().filter(|(set, digest)| now.get(*set) != Some(digest));
    changed.map(|(set, _)| set.clone()).collect()
}

#[test]
fn no_released_generation_makes_other_pod_templates_than_it_did() {
    let mut faults = Vec::new();
    let mut differences = Vec::new();
    for generation in &GENERATIONS {
        let path = repository("golden/generations").join(format!("{}.txt", generation.revision));
        let now = digests(generation.revision);
        let released = fs::read_to_string(&path).ok().map(|text| parsed(&text));
        let may_change = generation.revision == newest() && updating();
        let broken = released.map(|released| broken(&released, &now)).unwrap_or_default();
        if let Some(first) = broken.first().filter(|_| !may_change) {
            let (number, count) = (generation.revision, broken.len());
            faults.push(format!("{ADVICE}: generation {number} makes {count} of them otherwise, {first} the first"));
        } else {
            differences.extend(difference(&path, &written(&now)));
        }
    }
    assert_none(&faults);
    assert_same(&differences);
}

#[test]
fn a_template_that_a_generation_makes_otherwise_is_found() {
    let released: Digests = [("a", "1"), ("b", "2")].map(|(set, digest)| (set.into(), digest.into())).into();
    let mut now = released.clone();
    now.insert("c".to_owned(), "3".to_owned());
    assert_eq!(broken(&released, &now), Vec::<String>::new());
    now.insert("b".to_owned(), "3".to_owned());
    now.remove("a");
    assert_eq!(broken(&released, &now), ["a", "b"]);
}

#[test]
fn every_generation_makes_something_of_its_own() {
    for pair in GENERATIONS.windows(2) {
        assert_ne!(digests(pair[0].revision), digests(pair[1].revision), "{} is {}", pair[1].revision, pair[1].news);
    }
}
