//! Real locks with random damage to their values and to their bytes, the same in every run: whatever comes out of it is
//! refused, or it can be judged, planned and rendered. (The fuzz target in `fuzz/` asks the same for as long as one
//! likes.)

use std::collections::BTreeMap;
use std::panic::catch_unwind;
use std::time::{Duration, Instant};

use cassc::check::Checked;
use cassc::cluster::Cluster;
use cassc::deliver::arrange;
use cassc::diagnostic::DocumentId;
use cassc::lock::{Lock, Recorded};
use cassc::parse::Text;
use cassc::plan::{Before, deletion, plan};
use cassc::report::plan::{FleetPlan, json, markdown, text};
use cassc::report::{Colors, human};
use cassc::subject::Subject;
use cassc::transition::{self, DeployedSource, Transition, judge};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use rayon::prelude::*;
use serde_json::{Value, json};

use super::{changed, locks, pointers};
use crate::mutations::{self, damaged};
use crate::readers::hostile_strings;
use crate::rendered::{assert_none, compiled, topologies};

/// How many damaged locks are tried, unless the environment says otherwise: about ten seconds without optimization.
const LOCKS: usize = 400;
/// The longest that one may take, on a machine that is busy with other things.
const LONGEST: Duration = Duration::from_mins(1);

/// Damage to a lock, at places that are chosen by their share of all places.
#[derive(Clone, Debug)]
enum Damage {
    /// Another value.
    Value(Index, Value),
    /// A value that stands elsewhere.
    Copy(Index, Index),
    /// A value that is missing.
    Remove(Index),
    /// An element that is there twice.
    Repeat(Index),
    /// A key that nobody knows.
    Key(Index, String),
}

/// Damage to values, then to the text; and whether Git could not merge it.
type Damages = (Vec<Damage>, Vec<mutations::Damage>, Option<(Index, Index)>);

fn values() -> impl Strategy<Value = Value> {
    let texts = ["", "a", "a-b", "A b", "..", "/", "<<", "a\u{85}", "1Gi", "10.0.0.1", "::1", "dc1", "shop", "4.1.9"];
    let numbers = [0, 1, 2, 3, 15, 2000, 2001, 65_535, i64::from(i32::MAX), 4_294_967_295, i64::MAX, -1];
    prop_oneof![
        select(texts.to_vec()).prop_map(Value::from),
        hostile_strings::pieces().prop_map(Value::from),
        select(numbers.to_vec()).prop_map(Value::from),
        select(vec![json!(null), json!(true), json!([]), json!({}), json!(1e300), json!(u64::MAX), json!([[{}]])]),
    ]
}

fn damages() -> impl Strategy<Value = Damages> {
    let place = any::<Index>;
    let damage = prop_oneof![
        2 => (place(), values()).prop_map(|(at, value)| Damage::Value(at, value)),
        3 => (place(), place()).prop_map(|(from, to)| Damage::Copy(from, to)),
        1 => place().prop_map(Damage::Remove),
        2 => place().prop_map(Damage::Repeat),
        1 => (place(), hostile_strings::pieces()).prop_map(|(at, key)| Damage::Key(at, key)),
    ];
    let to_text = prop::option::weighted(0.2, mutations::damage()).prop_map(|damage| damage.into_iter().collect());
    let conflict = prop::option::weighted(0.2, (place(), place()));
    (prop::collection::vec(damage, 0..4), to_text, conflict)
}

fn with(lock: Value, damage: &Damage) -> Value {
    let all = |is_wanted: fn(&Value) -> bool| pointers(&lock, &is_wanted);
    match damage {
        Damage::Value(at, value) => changed(&lock, chosen(*at, &all(|_| true)), value.clone()),
        Damage::Copy(from, to) => {
            // Alike values stay plausible: names for names, racks for racks.
            let from = chosen(*from, &all(|_| true)).clone();
            let value = lock.pointer(&from).expect("it is there").clone();
            let alike = pointers(&lock, &|other| std::mem::discriminant(other) == std::mem::discriminant(&value));
            changed(&lock, chosen(*to, &alike), value)
        }
        Damage::Remove(at) => without(lock.clone(), chosen(*at, &all(|_| true))),
        Damage::Repeat(at) => {
            let lists = all(|value| value.as_array().is_some_and(|items| !items.is_empty()));
            let Some(pointer) = (!lists.is_empty()).then(|| chosen(*at, &lists)) else { return lock };
            let mut items = lock.pointer(pointer).and_then(Value::as_array).expect("it is a list").clone();
            items.push(items[at.index(items.len())].clone());
            changed(&lock, pointer, items.into())
        }
        Damage::Key(at, key) => {
            let pointer = chosen(*at, &all(Value::is_object)).clone();
            let mut map = lock.pointer(&pointer).and_then(Value::as_object).expect("it is a map").clone();
            let value = map.values().next().cloned().unwrap_or_else(|| "x".into());
            map.insert(key.clone(), value);
            changed(&lock, &pointer, map.into())
        }
    }
}

fn chosen(place: Index, pointers: &[String]) -> &String {
    place.get(pointers)
}

fn without(mut lock: Value, pointer: &str) -> Value {
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer begins with a slash");
    match lock.pointer_mut(parent).expect("it is there") {
        Value::Array(items) => drop(items.remove(key.parse().expect("a position"))),
        parent => drop(parent.as_object_mut().and_then(|map| map.remove(&key.replace("~1", "/").replace("~0", "~")))),
    }
    lock
}

/// The text of a damaged lock. Where Git could not merge it, the whole one is the other side of some of its lines.
fn text_of(whole: &Value, (values, bytes, conflict): &Damages) -> String {
    let written = |lock: &Value| serde_json::to_string_pretty(lock).expect("a lock is JSON") + "\n";
    let broken = written(&values.iter().fold(whole.clone(), with));
    let bytes = bytes.iter().fold(broken.into_bytes(), damaged);
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let Some((from, to)) = conflict else { return text };
    let (ours, theirs) = (text.lines().collect::<Vec<_>>(), written(whole));
    let (from, to) = (from.index(ours.len() + 1), to.index(ours.len() + 1));
    let (from, to) = (from.min(to), from.max(to));
    let lines = |lines: &[&str]| lines.iter().flat_map(|line| [*line, "\n"]).collect::<String>();
    let side: Vec<&str> = theirs.lines().collect();
    let side = side.get(from..to.min(side.len())).unwrap_or_default();
    let conflict = format!("<<<<<<< HEAD\n{}=======\n{}>>>>>>> branch\n", lines(&ours[from..to]), lines(side));
    lines(&ours[..from]) + &conflict + &lines(&ours[to..])
}

/// Does with a lock what every verb does; returns whether it could be read.
fn taken(lock_text: &str, checked: &Checked) -> bool {
    let Ok(recorded) = Recorded::read(lock_text) else { return false };
    if let Some(lock) = recorded.lock() {
        assert_eq!(&Lock::read(&lock.to_text()).expect("what was read can be written"), lock);
    }
    let previous = recorded.previous();
    assert!(!arrange(&previous).files.is_empty(), "a cluster has objects");
    let after = cassc::resolved(checked, Some(&previous));
    let before = Before { cluster: &previous, lock: recorded.lock() };
    let fleet = FleetPlan::new(None, vec![plan(Some(&before), &after), deletion(&before, None)]);
    drop((text(&fleet, Colors::Plain), markdown(&fleet), json(&fleet)));
    judged(lock_text, checked, &previous, &after);
    true
}

/// What the rules about changes say, with places in the lock.
fn judged(lock_text: &str, checked: &Checked, before: &Cluster, after: &Cluster) {
    let texts = [Text::other("cassc.lock".to_owned(), None, lock_text.to_owned())];
    let was = DeployedSource { lock: Some(DocumentId { text: 0, number: 0 }), topology: None };
    let rings = (before.ring(), after.ring());
    let subject = Subject::new(checked);
    let judgment = judge(&Transition { subject: &subject, after, before, texts: &texts, was, rings });
    let gone = transition::deletion(before, was).err();
    let refused: Vec<_> = judgment.refused.into_iter().chain(gone).collect();
    assert!(human(&texts, &refused, Colors::Plain).len() >= refused.len(), "a refusal has words");
}

#[test]
fn no_damage_to_a_lock_makes_the_compiler_panic_or_take_long() {
    let compilations: Vec<_> = topologies()
        .into_iter()
        .map(|path| compiled("topology.yaml", std::fs::read(path).expect("a topology can be read"), None))
        .collect();
    let wholes: Vec<Value> = locks().into_iter().map(|(_, lock)| lock).collect();
    let count = std::env::var("CASSC_DAMAGED_LOCKS").ok().and_then(|count| count.parse().ok()).unwrap_or(LOCKS);
    let tried = hostile_strings::random((any::<Index>(), damages()), count).into_par_iter().map(|(which, damages)| {
        let which = which.index(wholes.len());
        let text = text_of(&wholes[which], &damages);
        let begin = Instant::now();
        let outcome = catch_unwind(|| taken(&text, &compilations[which].accepted[0]));
        let is_slow = begin.elapsed() > LONGEST;
        match outcome {
            Ok(is_read) => (is_read, is_slow.then(|| ("it takes long".to_owned(), text))),
            Err(panic) => {
                let message = panic.downcast_ref::<String>().cloned();
                let message = message.or_else(|| Some((*panic.downcast_ref::<&str>()?).to_owned())).unwrap_or_default();
                (true, Some((message, text)))
            }
        }
    });
    let tried: Vec<(bool, Option<(String, String)>)> = tried.collect();
    let read = tried.iter().filter(|(is_read, _)| *is_read).count();
    let faults: BTreeMap<String, String> = tried.into_iter().filter_map(|(_, fault)| fault).collect();
    assert_none(&faults.into_iter().map(|(message, text)| format!("{message}\n{text}")).collect::<Vec<_>>());
    assert!(read > count / 10 && read < count * 9 / 10, "{read} of {count} damaged locks could be read");
}
