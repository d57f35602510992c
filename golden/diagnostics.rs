//! `golden/diagnostics/<code>[-case].yaml` is the smallest wrong topology, the `.txt` beside it exactly what a user
//! sees. No rule without a pair, no pair without a rule; rules about changes have stories instead (`transitions`).

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use cassc::catalogue::{Warnings, rules};
use cassc::parse::source::{Origin, Source};
use cassc::report::{Colors, human, summary};
use cassc::{Compilation, Options, compile};

use crate::compare::{assert_same, difference, yaml_files};
use crate::transitions::codes_of_changes;

fn cases() -> Vec<PathBuf> {
    yaml_files("golden/diagnostics")
}

/// The code that a case is about: `E103` of `E103-two-clusters.yaml`.
fn code(case: &Path) -> String {
    let stem = case.file_stem().expect("a case has a name").to_string_lossy();
    stem.split('-').next().expect("split yields at least one part").to_owned()
}

fn complaints_of(case: &Path) -> (String, BTreeSet<&'static str>) {
    let name = case.file_name().expect("a case has a name").to_string_lossy().into_owned();
    let bytes = fs::read(case).expect("a case can be read");
    let source = Source { name, bytes, origin: Origin::Named };
    let options = Options { dialect: None, warnings: Warnings::Show };
    let Compilation { texts, complaints, .. } = compile(vec![source], options);
    let codes = complaints.iter().map(|complaint| complaint.code).collect();
    let text = human(&texts, &complaints, Colors::Plain);
    (format!("{text}\n{}\n", summary(&complaints).unwrap_or_default()), codes)
}

#[test]
fn every_complaint_reads_as_expected() {
    let mut differences = Vec::new();
    for case in cases() {
        let (text, codes) = complaints_of(&case);
        assert!(codes.contains(code(&case).as_str()), "{} does not bring up its code, but:\n{text}", case.display());
        differences.extend(difference(&case.with_extension("txt"), &text));
    }
    assert_same(&differences);
}

#[test]
fn every_rule_has_a_case_and_every_case_a_rule() {
    let cases: BTreeSet<String> = cases().iter().map(|case| code(case)).collect();
    let rules: BTreeSet<String> = rules().into_iter().map(|rule| rule.code.to_owned()).collect();
    // What looks at a change is told by a story.
    let rules: BTreeSet<String> = rules.difference(&codes_of_changes()).cloned().collect();
    assert_eq!(rules.difference(&cases).collect::<Vec<_>>(), Vec::<&String>::new(), "rules without a case");
    assert_eq!(cases.difference(&rules).collect::<Vec<_>>(), Vec::<&String>::new(), "cases without a rule");
}

/// A topology with quotes, comments, lists and maps of both styles.
const SHOP: &str = "# The shop\napiVersion: cassc/v1alpha1\nkind: CassandraTopology\nmetadata: {name: shop}\nspec:\n  \
                    cassandra:\n    version: \"4.1.9\"\n    config: {concurrent_reads: 64}\n  resources:\n    limits: {memory: \
                    8Gi}\n  storage: {size: 100Gi}\n  datacenters:\n    - name: dc1 # one\n      nodes: 3\n";

#[test]
fn a_look_alike_is_named_wherever_it_is_inserted() {
    for (inserted, code) in [("\u{a0}", "U+00A0"), ("\u{200b}", "U+200B"), ("\u{feff}", "U+FEFF")] {
        let mut named = 0;
        let mut refused = 0;
        for byte in 1..SHOP.len() {
            let text = format!("{}{inserted}{}", &SHOP[..byte], &SHOP[byte..]);
            let source = Source { name: "shop.yaml".to_owned(), bytes: text.into(), origin: Origin::Named };
            let Compilation { texts, complaints, .. } =
                compile(vec![source], Options { dialect: None, warnings: Warnings::Show });
            let shown = human(&texts, &complaints, Colors::Plain);
            let is_refused = shown.contains("error[");
            refused += usize::from(is_refused);
            named += usize::from(is_refused && shown.contains(&format!("{code} (")));
        }
        assert!(named * 10 >= refused * 9, "{code} is named in {named} of {refused} texts that are refused");
    }
}
