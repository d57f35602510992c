//! Whatever users write, the Markdown keeps its form: a reader that nobody here wrote sees the same blocks for hostile
//! names as for harmless ones, finds the names as they were written, and nobody is mentioned. The limit of a comment
//! holds.

use std::collections::BTreeMap;

use cassc::plan::{
    Action, By, Change, ClaimGrowth, Effect, ObjectName, OperationChange, Plan, RackRoll, Refusal, Stage, Step, Verdict,
};
use cassc::report::Colors;
use cassc::report::plan::{FleetPlan, LIMIT, MARKER, markdown, text};
use cassc::transition::Accepted;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use pulldown_cmark::{Event, Options, Parser, Tag};
use serde_json::json;

use super::fleets;
use crate::readers::hostile_strings;

/// What has a meaning in Markdown, in HTML, on GitHub or in a terminal; random strings are made of these.
const ATOMS: &str = r"\\|\\\\|`|``|```|~|~~|\*|\*\*|_|__|\||\n|\n\n|\r\n|\n---\n|\n# |\n- |\n1\. |\n    |<|>|</details>|<details>|</summary>|<!--|-->|<b>|<script>|</code>|<br>|&|&amp;|&#64;|@|@all|#|#1|!|\[|\]|\(|\)|\[x\]\(y\)|\[\^1\]|:|https://x\.y/@z|\$|\$\$|=|\+|-|\^|\x1b\[2J|\x00|\u{202e}|\u{200b}|\u{feff}|é|大|a|b1| |  |\t";

/// Random strings of [`ATOMS`].
const RANDOM: usize = 600;

/// Answers with one string after the other, and remembers them.
struct Names<'s> {
    strings: &'s [String],
    next: usize,
    harmless: BTreeMap<&'s str, String>,
    is_harmless: bool,
}

impl<'s> Names<'s> {
    fn from(strings: &'s [String], next: usize) -> Self {
        Self { strings, next, harmless: BTreeMap::new(), is_harmless: false }
    }

    /// The next string, or its harmless name: equal strings have equal names.
    fn one(&mut self) -> String {
        let string = &self.strings[self.next % self.strings.len()];
        self.next += 1;
        let number = self.harmless.len();
        let harmless = self.harmless.entry(string).or_insert_with(|| format!("n{number}"));
        if self.is_harmless { harmless.clone() } else { string.clone() }
    }

    fn two(&mut self) -> Vec<String> {
        vec![self.one(), self.one()]
    }

    fn object(&mut self) -> ObjectName {
        let (kube_cluster, namespace) = (Some(self.one()), Some(self.one()));
        ObjectName { kube_cluster, namespace, kind: self.one(), name: self.one() }
    }
}

/// Three clusters with a string in every place that takes one.
fn fleet(names: &mut Names<'_>) -> FleetPlan {
    let refusal = Refusal { code: names.one(), message: names.one(), place: names.one(), help: Some(names.one()) };
    let accepted = Accepted { code: names.one(), message: names.one(), reason: names.one() };
    let refused = Plan { refusals: vec![refusal], ..fleets::plan(&names.one(), Verdict::Refused, &names.one()) };
    let change = Change {
        field: names.one(),
        place: Some(names.one()),
        from: Some(names.one()),
        to: Some(names.one()),
        effect: Effect::Restarts,
        pods: 3,
    };
    let steps =
        actions(names).into_iter().map(|action| Step { stage: Stage::Settle, by: By::Job, action, guards: Vec::new() });
    let steps = steps.collect();
    let base = fleets::plan(&names.one(), Verdict::Changed, &names.one());
    let changed = Plan { changes: vec![change], steps, accepted: vec![accepted], ..base };
    FleetPlan::new(Some(names.one()), vec![changed, refused, fleets::unchanged(&names.one())])
}

fn actions(names: &mut Names<'_>) -> Vec<Action> {
    let rack = RackRoll {
        datacenter: names.one(),
        rack: names.one(),
        stateful_set: "not shown: the pods' names begin with it".to_owned(),
        pods: names.two(),
        reasons: names.two(),
    };
    vec![
        Action::Person { task: names.one() },
        Action::Apply {
            created: vec![names.object()],
            changed: vec![names.object()],
            removed: vec![names.object()],
            kept: vec![names.object()],
        },
        Action::Decommission { datacenter: names.one(), pods: names.two(), nodes_left: 1 },
        Action::Join { pods: names.two(), founds: false, start_orders: 1 },
        Action::ReplicateSystemKeyspaces { replicas: BTreeMap::from([(names.one(), 1)]) },
        Action::Rebuild { datacenter: names.one(), from: names.one(), pods: names.two() },
        Action::Roll { racks: vec![rack], canary_pods: None, stopped: false },
        Action::UpgradeTables { pods: names.two() },
        Action::Cleanup { pods: names.two() },
        Action::ExpandClaims { claims: vec![ClaimGrowth { claim: names.one(), from: names.one(), to: names.one() }] },
        Action::DeleteClaims { claims: names.two() },
        operation(names),
    ]
}

fn operation(names: &mut Names<'_>) -> Action {
    let text = json!({"id": names.one(), "kind": "snapshot", "snapshot": names.one(), "keyspaces": names.two()});
    let operation = serde_json::from_value(text).expect("an operation");
    Action::Operation { change: OperationChange::Runs, operation: Box::new(operation), pods: names.two() }
}

fn events(markdown: &str) -> impl Iterator<Item = Event<'_>> {
    let github = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    Parser::new_ext(markdown, github | Options::ENABLE_FOOTNOTES | Options::ENABLE_MATH | Options::ENABLE_GFM)
}

/// The tags of a piece of HTML.
fn tags(html: &str) -> Vec<String> {
    html.split('<').skip(1).map(|rest| rest.split('>').next().unwrap_or_default().to_owned()).collect()
}

/// All blocks of a text in order, with the tags of HTML blocks. Text, code and our own line breaks are left out: they
/// are what may differ. Whatever else comes up is markup that somebody smuggled in.
fn form(markdown: &str) -> Vec<String> {
    let mut form = Vec::new();
    for event in events(markdown) {
        match event {
            Event::Start(tag) => form.push(format!("<{tag:?}>")),
            Event::End(tag) => form.push(format!("</{tag:?}>")),
            Event::Html(html) => form.extend(tags(&html)),
            Event::InlineHtml(html) if matches!(&*html, "<code>" | "</code>" | "<br>") => {}
            Event::Text(_) | Event::Code(_) | Event::SoftBreak => {}
            other => form.push(format!("{other:?}")),
        }
    }
    form
}

/// What a reader sees, without the invisible spaces; a line break for each `<br>`.
fn seen(markdown: &str) -> String {
    let mut seen = String::new();
    for event in events(markdown) {
        match event {
            Event::Text(text) | Event::Code(text) => seen.push_str(&text),
            Event::InlineHtml(html) if &*html == "<br>" => seen.push('\n'),
            Event::End(_) => seen.push('\n'),
            _ => {}
        }
    }
    seen.replace('\u{200b}', "")
}

/// What GitHub would take for a mention or an issue: it looks at what is shown outside of code.
fn mentions(markdown: &str) -> Vec<String> {
    let mut mentions = Vec::new();
    let mut is_code = false;
    let mut shown = String::new();
    for event in events(markdown) {
        match event {
            Event::InlineHtml(html) => is_code = &*html == "<code>" || (is_code && &*html != "</code>"),
            Event::Text(text) if !is_code => shown.push_str(&text),
            Event::Html(html) => mentions.extend(html.contains('@').then(|| html.to_string())),
            _ => shown.push('\n'),
        }
    }
    let after = shown.char_indices().filter(|(_, character)| matches!(character, '@' | '#'));
    mentions.extend(after.filter_map(|(at, _)| {
        let next = shown[at + 1..].chars().next();
        (next != Some('\u{200b}')).then(|| shown[at..].lines().next().unwrap_or_default().to_owned())
    }));
    mentions
}

/// The parts of a string that every form shows as they are.
fn parts(string: &str) -> impl Iterator<Item = &str> {
    string.split(|c: char| !(c.is_ascii_graphic() || c.is_alphanumeric()) || c == '`').filter(|part| part.len() < 90)
}

fn strings() -> Vec<String> {
    let mut runner =
        TestRunner::new_with_rng(ProptestConfig::default(), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let random = proptest::string::string_regex(&format!("({ATOMS}){{0,12}}")).expect("the pattern is one");
    let mut draw = || random.new_tree(&mut runner).expect("a string can be made").current();
    let mut strings = hostile_strings::all();
    strings.extend((0..RANDOM).map(|_| draw()));
    strings
}

#[test]
fn no_text_of_a_user_changes_the_form_mentions_anybody_or_is_lost() {
    let strings = strings();
    for first in (0..strings.len()).step_by(7) {
        let mut names = Names::from(&strings, first);
        let hostile = fleet(&mut names);
        let used: Vec<&str> = names.harmless.keys().copied().collect();
        let harmless = fleet(&mut Names { is_harmless: true, ..Names::from(&strings, first) });
        let written = markdown(&hostile);
        assert_eq!(form(&written), form(&markdown(&harmless)), "{used:?}\n{written}");
        assert_eq!(mentions(&written), Vec::<String>::new(), "{used:?}\n{written}");
        let seen = seen(&written);
        let lost: Vec<&str> = used.iter().flat_map(|string| parts(string)).filter(|it| !seen.contains(it)).collect();
        assert_eq!(lost, Vec::<&str>::new(), "{written}\n{seen}");
        for report in [written, text(&hostile, Colors::Plain)] {
            let control = report.chars().find(|&it| (it.is_control() && it != '\n') || it == '\u{202e}');
            assert_eq!(control, None, "{report:?}");
        }
    }
}

/// Planted: the readers above see what they are there to see.
#[test]
fn the_reader_sees_a_broken_table_a_lost_fold_and_a_mention() {
    let good = markdown(&fleets::every_action());
    for (from, to) in [("</details>", ""), ("| from |", "| fr|om |"), ("what changes", "**what** changes")] {
        assert_ne!(form(&good), form(&good.replacen(from, to, 1)), "{from}");
    }
    assert_eq!(mentions(&good), Vec::<String>::new());
    assert_eq!(mentions("ask @admins"), ["@admins"]);
    assert_eq!(mentions("see `@x` <code>@y</code> #12"), ["#12"]);
}

fn count(text: &str, tag: &str) -> usize {
    text.matches(tag).count()
}

#[test]
fn a_comment_is_never_too_long_and_says_what_it_leaves_out() {
    let one = fleets::every_action().plans.swap_remove(0);
    let many = |number: usize| {
        let plans = (0..number).map(|it| Plan { cluster: format!("shop-{it}"), ..one.clone() });
        FleetPlan::new(None, plans.collect())
    };
    for number in [1, 5, 10, 20, 100, 3000] {
        let written = markdown(&many(number));
        assert!(written.encode_utf16().count() <= LIMIT, "{number}");
        assert!(written.starts_with(MARKER));
        let folds = count(&written, "<details>");
        assert_eq!(folds, count(&written, "</details>"), "{number}");
        let left_out = format!("{} clusters' changes and steps are left out", number - folds);
        assert_eq!(written.contains(&left_out), folds < number, "{number}: {folds}");
        assert_eq!(form(&written).iter().filter(|it| *it == "details").count(), folds);
    }
    assert!(markdown(&many(3000)).contains("rows of this table are left out"));
    let refused = |number: usize| {
        let refusal = Refusal {
            code: "E318".to_owned(),
            message: "the storage class changes".to_owned(),
            place: format!("shop-{number}.yaml:1:1"),
            help: Some("help ".repeat(20)),
        };
        Plan { refusals: vec![refusal], ..fleets::plan(&format!("shop-{number}"), Verdict::Refused, "") }
    };
    let written = markdown(&FleetPlan::new(None, (0..2000).map(refused).collect()));
    assert!(written.encode_utf16().count() <= LIMIT);
    assert!(written.contains("refused clusters are left out"), "{written}");
    assert!(events(&written).any(|event| matches!(event, Event::Start(Tag::List(_)))));
}
