//! `golden/transitions/<story>/` holds commits of a topology, `1.yaml`, `2.yaml`, …, and what each of them brings up
//! against what is deployed, which is the last one that was not refused: `plan.txt`, refusals and plan. A commit of
//! comments alone deletes the file. Stories are documentation; no rule about transitions is without one,
//! `docs/transitions.md` lists them all, and the checker walks every plan that is told.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use cassc::catalogue::{Warnings, settle};
use cassc::check::{Checked, Checkup, check};
use cassc::cluster::Cluster;
use cassc::diagnostic::DocumentId;
use cassc::overrides;
use cassc::parse::source::{Origin, Source};
use cassc::parse::{Parsed, Reading, Text, parse};
use cassc::plan::{self, Before, Plan};
use cassc::report::plan::FleetPlan;
use cassc::report::{self, Colors, human};
use cassc::resolved;
use cassc::subject::Subject;
use cassc::transition::{self, DeployedSource, Force, Judgment, Transition, deletion, judge};
use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::Value;

use crate::checker::check as check_plan;
use crate::compare::{assert_same, difference, repository, yaml_files};
use crate::rendered::assert_none;

const FOLDER: &str = "golden/transitions";

/// The name of a story and the names and texts of its commits.
type Story = (String, Vec<(String, String)>);

fn stories() -> Vec<Story> {
    let entries = fs::read_dir(repository(FOLDER)).expect("the folder is there");
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry can be read").path()).collect();
    folders.sort();
    let file_name = |path: &Path| path.file_name().expect("it has a name").to_string_lossy().into_owned();
    let commit = |path: PathBuf| (file_name(&path), fs::read_to_string(&path).expect("a commit can be read"));
    let story = |folder: PathBuf| {
        let name = file_name(&folder);
        let commits: Vec<_> = yaml_files(&format!("{FOLDER}/{name}")).into_iter().map(commit).collect();
        assert!(commits.len() >= 2, "{name} has no change");
        (name, commits)
    };
    folders.into_iter().map(story).collect()
}

fn read(commits: &[(String, String)]) -> Reading {
    let source = |(name, text): &(String, String)| Source {
        name: name.clone(),
        bytes: text.as_str().into(),
        origin: if text.contains("kind: CassandraTopology") { Origin::Named } else { Origin::Found },
    };
    let reading = parse(commits.iter().map(source).collect());
    assert_eq!(reading.complaints, [], "{commits:?}");
    reading
}

/// One commit of a story beside what is deployed.
struct Commit<'s> {
    texts: &'s [Text],
    /// The commit that is deployed, by its position.
    deployed: usize,
    /// This commit.
    wanted: usize,
    before: &'s Cluster,
    /// `None` when the file is gone.
    after: Option<&'s Cluster>,
    judgment: Judgment,
}

/// The topology of one commit, in which there is no error.
fn accepted(parsed: Parsed) -> Checked {
    let settled = |parsed: &[Parsed], found| settle(parsed, found, Warnings::Show);
    let reading = Reading { parsed: vec![parsed], ..Reading::default() };
    let Checkup { complaints, mut accepted } = check(reading, overrides::complaints, settled);
    accepted.pop().unwrap_or_else(|| panic!("{complaints:#?}"))
}

/// Judges every commit of a story but the first against the last one that was not refused, for that is what is
/// deployed.
fn walk<R>(commits: &[(String, String)], visit: impl Fn(&Commit<'_>) -> R) -> Vec<R> {
    let Reading { texts, parsed, .. } = read(commits);
    let checked: Vec<Checked> = parsed.into_iter().map(accepted).collect();
    let mut clusters: Vec<Option<Cluster>> = Vec::new();
    let (mut deployed, mut results) = (0, Vec::new());
    for wanted in 0..commits.len() {
        let checked = checked.iter().find(|checked| checked.document.text == wanted);
        let previous = clusters.get(deployed).and_then(Option::as_ref);
        clusters.push(checked.map(|checked| resolved(checked, previous)));
        if wanted > 0 {
            let before = clusters[deployed].as_ref().expect("nothing comes after the end");
            let after = clusters[wanted].as_ref();
            let was = DeployedSource { lock: None, topology: Some(DocumentId { text: deployed, number: 0 }) };
            let judgment = judgment(&texts, checked, before, after, was);
            let is_refused = !judgment.refused.is_empty();
            results.push(visit(&Commit { texts: &texts, deployed, wanted, before, after, judgment }));
            deployed = if is_refused { deployed } else { wanted };
        }
    }
    results
}

fn judgment(
    texts: &[Text],
    checked: Option<&Checked>,
    before: &Cluster,
    after: Option<&Cluster>,
    was: DeployedSource,
) -> Judgment {
    let Some((checked, after)) = checked.zip(after) else {
        return match deletion(before, was) {
            Ok(accepted) => Judgment { refused: Vec::new(), accepted: vec![accepted] },
            Err(refused) => Judgment { refused: vec![refused], accepted: Vec::new() },
        };
    };
    let rings = (before.ring(), after.ring());
    judge(&Transition { subject: &Subject::new(checked), after, before, texts, was, rings })
}

/// What is told about a commit: what is refused, what is accepted, and what happens.
fn section(commit: &Commit<'_>) -> String {
    let (texts, judgment) = (commit.texts, &commit.judgment);
    let mut text = format!("## {} → {}\n", texts[commit.deployed].name, texts[commit.wanted].name);
    if !judgment.refused.is_empty() {
        write!(text, "\n{}", human(texts, &judgment.refused, Colors::Plain)).expect("a String takes all");
    }
    for accepted in &judgment.accepted {
        let (code, message, reason) = (&accepted.code, &accepted.message, &accepted.reason);
        write!(text, "\naccepted: {code} {message} ({reason})\n").expect("a String takes all");
    }
    if judgment.refused.is_empty() {
        let told = report::plan::text(&FleetPlan::new(None, vec![plan_of(commit)]), Colors::Plain);
        let told = told.split("\n\nSteps in prepare and settle").next().unwrap_or_default();
        write!(text, "\n{}\n", told.trim_end()).expect("a String takes all");
    }
    text
}

fn plan_of(commit: &Commit<'_>) -> Plan {
    let deployed = Before { cluster: commit.before, lock: None };
    match commit.after {
        Some(after) => plan::plan(Some(&deployed), after),
        None => plan::deletion(&deployed, None),
    }
}

/// The codes that a commit brings up, in order.
fn codes(commit: &Commit<'_>) -> Vec<String> {
    let accepted = commit.judgment.accepted.iter().map(|accepted| accepted.code.clone());
    commit.judgment.refused.iter().map(|complaint| complaint.code.to_owned()).chain(accepted).collect()
}

/// The codes of rules that look at a change: each needs a story instead of a pair under `golden/diagnostics`.
pub(crate) fn codes_of_changes() -> BTreeSet<String> {
    transition::rules().map(|(rule, _)| rule.code.to_owned()).collect()
}

#[test]
fn every_story_goes_as_told() {
    let differences = stories().into_iter().filter_map(|(name, commits)| {
        difference(&repository(FOLDER).join(name).join("plan.txt"), &walk(&commits, section).join("\n"))
    });
    assert_same(&differences.collect::<Vec<_>>());
}

/// What is wrong with the plan of a commit, if it is carried out. Who accepts E303 or E324 knows that the objects stay the
/// same ones; the checker does not.
fn broken_promises(commit: &Commit<'_>) -> Vec<String> {
    if !commit.judgment.refused.is_empty() || codes(commit).iter().any(|code| code == "E303" || code == "E324") {
        return Vec::new();
    }
    let findings = check_plan(Some(commit.before), commit.after, &plan_of(commit));
    let name = &commit.texts[commit.wanted].name;
    findings.iter().map(|finding| format!("{name}: {finding}")).collect()
}

#[test]
fn every_plan_that_a_story_tells_keeps_every_promise() {
    let of_story = |(name, commits): (String, Vec<(String, String)>)| {
        let broken = walk(&commits, broken_promises).into_iter().flatten();
        broken.map(move |it| format!("{name}/{it}")).collect::<Vec<_>>()
    };
    assert_none(&stories().into_iter().flat_map(of_story).collect::<Vec<_>>());
}

#[test]
fn every_commit_of_a_story_is_right_by_itself_and_begins_with_what_happens() {
    for (name, commits) in stories() {
        read(&commits).parsed.into_iter().for_each(|parsed| drop(accepted(parsed)));
        for (commit, text) in &commits {
            assert!(text.starts_with("# "), "{name}/{commit} says nothing about itself");
        }
    }
}

#[test]
fn every_rule_about_a_change_has_a_story() {
    let plans = stories().into_iter().map(|(name, _)| repository(FOLDER).join(name).join("plan.txt"));
    // Two clusters are a story of the command line.
    let plans = plans.chain([repository("golden/cli/neighbours.txt")]);
    let told: String = plans.filter_map(|plan| fs::read_to_string(plan).ok()).collect();
    let untold = |code: &String| !told.contains(&format!("[{code}]")) && !told.contains(&format!("accepted: {code} "));
    assert_eq!(codes_of_changes().into_iter().filter(untold).collect::<Vec<_>>(), Vec::<String>::new());
}

/// The rows of the table begin with the code, and the last cell says whether it can be accepted.
#[test]
fn every_rule_about_a_change_stands_in_the_table() {
    let table = fs::read_to_string(repository("docs/transitions.md")).expect("it is there");
    let row = |code: &str| table.lines().find(|line| line.starts_with(&format!("| {code} |")));
    for (rule, force) in transition::rules() {
        let row = row(rule.code).unwrap_or_else(|| panic!("{} is not in the table", rule.code));
        let expected = match force {
            Force::WithReason => "with a reason |".to_owned(),
            Force::Never(why) => format!("never: {why} |"),
        };
        assert!(row.ends_with(&expected), "{row}\nshould end with {expected}");
    }
    let known = codes_of_changes();
    let codes = table.lines().filter_map(|line| line.strip_prefix("| E3")?.split(' ').next());
    let unknown: Vec<_> = codes.map(|digits| format!("E3{digits}")).filter(|code| !known.contains(code)).collect();
    assert_eq!(unknown, Vec::<String>::new(), "codes that no rule has");
}

#[test]
fn every_story_that_the_table_names_is_there() {
    let table = fs::read_to_string(repository("docs/transitions.md")).expect("it is there");
    let links = table.split("golden/transitions/").skip(1).filter_map(|rest| rest.split(')').next());
    let missing: Vec<&str> = links.filter(|story| !repository(FOLDER).join(story).is_dir()).collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn refusals_do_not_depend_on_the_order_of_keys() {
    for (name, commits) in stories() {
        let turned: Vec<_> = commits.iter().map(|(name, text)| (name.clone(), with_keys_turned_round(text))).collect();
        assert_eq!(walk(&turned, codes), walk(&commits, codes), "{name}");
    }
}

/// The same topology with the keys of every map in the opposite order, in flow style.
fn with_keys_turned_round(text: &str) -> String {
    let events = Parser::new_from_str(text).map(|event| event.expect("the reader has read it").0);
    let mut events = events.filter(|event| {
        matches!(event, Event::Scalar(..) | Event::MappingStart(..) | Event::SequenceStart(..))
            || matches!(event, Event::MappingEnd | Event::SequenceEnd)
    });
    let first = events.next();
    first.map_or_else(|| text.to_owned(), |first| turned(first, &mut events))
}

fn turned<'e>(event: Event<'e>, rest: &mut impl Iterator<Item = Event<'e>>) -> String {
    match event {
        Event::Scalar(text, ScalarStyle::Plain, ..) => text.into_owned(),
        Event::Scalar(text, ..) => Value::from(text.as_ref()).to_string(),
        Event::MappingStart(..) => {
            let mut pairs = Vec::new();
            while let Some(key) = rest.next().filter(|event| *event != Event::MappingEnd) {
                let value = rest.next().expect("a key has a value");
                pairs.insert(0, format!("{}: {}", turned(key, rest), turned(value, rest)));
            }
            format!("{{{}}}", pairs.join(", "))
        }
        Event::SequenceStart(..) => {
            let mut items = Vec::new();
            while let Some(item) = rest.next().filter(|event| *event != Event::SequenceEnd) {
                items.push(turned(item, rest));
            }
            format!("[{}]", items.join(", "))
        }
        other => unreachable!("{other:?} is no value"),
    }
}
