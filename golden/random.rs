//! Random topologies, the same in every run: what the compiler accepts must pass every oracle, what it refuses must
//! have a reason, and nothing at all may make it panic.

pub(crate) mod topologies;

use std::collections::BTreeMap;
use std::panic::catch_unwind;

use cassc::deliver::arrange;
use cassc::diagnostic::Severity;
use cassc::{Compilation, yaml};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;

use crate::hygiene::{faults_together, pod_template};
use crate::pod_security::broken_controls;
use crate::readers::hostile_strings;
use crate::rendered::{DIALECTS, Rendered, assert_none, compiled, rendered};
use crate::{invariants, strict_schema};

/// How many topologies each property is tried with: about two seconds without optimization.
const SENSIBLE: u32 = 96;
const HOSTILE: usize = 400;

pub(crate) fn runner(cases: u32) -> TestRunner {
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 200, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

/// Block style, unless a key is one that our writer refuses (`<<`).
pub(crate) fn text(topology: &Value) -> String {
    yaml::to_string(topology).unwrap_or_else(|_| with_keys_reversed(topology))
}

/// The same value as YAML in flow style, with the keys of every map the other way round.
pub(crate) fn with_keys_reversed(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let entries = map
                .iter()
                .rev()
                .map(|(key, value)| format!("{}: {}", Value::from(key.as_str()), with_keys_reversed(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        Value::Array(list) => format!("[{}]", list.iter().map(with_keys_reversed).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

/// The clusters as values with all their files, or the codes of what is wrong.
fn outcome(compilation: &Compilation) -> (Vec<Value>, Vec<(String, String)>, Vec<&'static str>) {
    let clusters: Vec<_> = compilation.clusters().map(|(_, cluster)| cluster).collect();
    let values = clusters.iter().map(|cluster| serde_json::to_value(cluster).expect("a cluster is JSON"));
    let trees = clusters.iter().map(|cluster| arrange(cluster).files);
    let files = trees.flat_map(|tree| tree.iter().map(|(p, t)| (p.to_owned(), t.to_owned())).collect::<Vec<_>>());
    let mut codes: Vec<&'static str> = compilation.complaints.iter().map(|complaint| complaint.code).collect();
    codes.sort_unstable();
    (values.collect(), files.collect(), codes)
}

/// What any oracle says against the objects.
pub(crate) fn faults(rendered: &Rendered) -> Vec<String> {
    let allowed: &[&str] = if rendered.cluster.pod.host_network { &["Host Namespaces"] } else { &[] };
    let mut faults = invariants::faults(rendered);
    faults.extend(faults_together(rendered));
    for (path, object) in &rendered.objects {
        faults.extend(strict_schema::faults(object));
        if let Some(template) = pod_template(object) {
            let broken = broken_controls(template);
            faults.extend(broken.iter().filter(|it| !allowed.contains(it)).map(|it| format!("{path}: {it}")));
        }
    }
    let tree = arrange(&rendered.cluster).files;
    faults.extend(tree.case_collisions().iter().map(|pair| format!("{pair:?} differ in case only")));
    let unread = rendered.objects.iter().filter(|(path, _)| tree.get(path).is_none());
    faults.extend(unread.map(|(path, _)| format!("{path} is not in the tree")));
    faults
}

fn has_an_error(compilation: &Compilation) -> bool {
    compilation.complaints.iter().any(|complaint| complaint.severity == Severity::Error && !complaint.code.is_empty())
}

#[test]
fn whatever_is_accepted_passes_every_oracle() {
    let accepted = std::cell::Cell::new(0);
    let strategy = (topologies::sensible(), prop::sample::select(DIALECTS.to_vec()));
    let outcome = runner(SENSIBLE).run(&strategy, |(topology, dialect)| {
        let text = text(&topology);
        let compilation = compiled("random.yaml", text.clone().into_bytes(), Some(dialect));
        if compilation.accepted.is_empty() {
            prop_assert!(has_an_error(&compilation), "refused without a reason:\n{text}");
            return Ok(());
        }
        accepted.set(accepted.get() + 1);
        let faults: Vec<String> = rendered(&compilation).iter().flat_map(faults).collect();
        prop_assert!(faults.is_empty(), "{}\n{text}", faults.join("\n"));
        Ok(())
    });
    assert!(outcome.is_ok(), "{}", outcome.expect_err("it is an error"));
    assert!(
        accepted.get() * 4 > SENSIBLE * 3,
        "only {} of {SENSIBLE} sensible topologies are accepted",
        accepted.get()
    );
}

#[test]
fn the_same_topology_renders_the_same_bytes_whatever_the_order_of_its_keys() {
    let strategy = (topologies::sensible(), prop::sample::select(DIALECTS.to_vec()));
    let result = runner(SENSIBLE / 2).run(&strategy, |(topology, dialect)| {
        let compile = |text: String| outcome(&compiled("random.yaml", text.into_bytes(), Some(dialect)));
        let first = compile(text(&topology));
        prop_assert_eq!(&compile(text(&topology)), &first);
        prop_assert_eq!(&compile(with_keys_reversed(&topology)), &first);
        Ok(())
    });
    assert!(result.is_ok(), "{}", result.expect_err("it is an error"));
}

/// What compiling and arranging a text panics with.
pub(crate) fn panic_of(text: &[u8]) -> Option<String> {
    let outcome = catch_unwind(|| {
        let compilation = compiled("random.yaml", text.to_owned(), None);
        compilation.clusters().for_each(|(_, cluster)| drop(arrange(&cluster)));
        assert!(!compilation.accepted.is_empty() || has_an_error(&compilation), "refused without a reason");
    });
    let panic = outcome.err()?;
    let message = panic.downcast_ref::<String>().cloned();
    Some(message.or_else(|| Some((*panic.downcast_ref::<&str>()?).to_owned())).unwrap_or_default())
}

#[test]
fn no_topology_makes_the_compiler_panic() {
    let mut panics: BTreeMap<String, String> = BTreeMap::new();
    for topology in hostile_strings::random(topologies::hostile(), HOSTILE) {
        let text = text(&topology);
        if let Some(message) = panic_of(text.as_bytes()) {
            panics.entry(message).or_insert(text);
        }
    }
    let panics: Vec<String> = panics.into_iter().map(|(message, text)| format!("{message}\n{text}")).collect();
    assert_none(&panics);
}
