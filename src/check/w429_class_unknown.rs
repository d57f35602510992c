//! W429: a class that Cassandra itself does not have.

use std::collections::BTreeSet;

use cassc_cassandra::classes::{ClassKey, class_keys};
use cassc_ring::release::Minor;
use cassc_wording::nearest;
use serde_json::Value;

use super::config_classes::class_name;
use super::config_findings::minor;
use super::settings::{Reader, Setting, Settings, different_racks};
use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "W429",
    name: "class-unknown",
    summary: "a class does not exist in this Cassandra version",
    explain: "\
Some settings name a class: compressors, authorizers, memtables, the row cache, encryption. Cassandra loads it when it
starts or when it is first used, and fails with `ClassNotFoundException` if it does not exist. cassc has a list of the
classes of each minor version. Other classes must be in a jar in your image, or in `-Xbootclasspath/a`.

Correct the name. Accept the warning if a jar contains the class.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let Some(minor) = minor(subject) else { return };
    let mut seen: BTreeSet<Route> = BTreeSet::new();
    let mut reader = Reader::new(minor);
    for place in different_racks(subject) {
        let settings = reader.settings(place);
        for (setting, key, class) in class_keys().flat_map(|key| named(&settings, key)) {
            let Some(entry) = ClassKey::of(minor, key).filter(|entry| !entry.has(minor, class)) else { continue };
            if seen.insert(setting.route.clone()) {
                complaints.push(complaint(subject, minor, setting, entry, class));
            }
        }
        let index = settings.get("default_secondary_index").filter(|index| !is_index(index));
        if let Some(index) = index.filter(|index| seen.insert(index.route.clone())) {
            let message = format!("Cassandra {minor} has no secondary index `{}`", index.written.escape_debug());
            let complaint = RULE.complain(message, subject.value(index.route.clone(), "read by `CREATE INDEX`"));
            complaints
                .push(complaint.expected(format!("{}, or the full name of a class", SECONDARY_INDEXES.join(", "))));
        }
    }
}

/// What `CREATE INDEX` of 5.0 makes without `USING` (`IndexMetadata`), in any case.
const SECONDARY_INDEXES: [&str; 4] = ["legacy_local_table", "sai", "StorageAttachedIndex", "SASIIndex"];

fn is_index(index: &Setting) -> bool {
    index
        .value
        .as_str()
        .is_none_or(|name| name.contains('.') || SECONDARY_INDEXES.iter().any(|known| known.eq_ignore_ascii_case(name)))
}

/// The settings of a key with the classes that they name: the key itself, its `class_name` alone, or each memtable.
fn named<'s>(settings: &'s Settings, key: &'static str) -> Vec<(&'s Setting, &'static str, &'s str)> {
    let alone = settings.get(&format!("{key}.class_name"));
    let written = settings.get(key).into_iter().chain(alone);
    let classes = written.flat_map(|setting| {
        let several = match &setting.value {
            Value::Object(configurations) if key == "memtable.configurations" => configurations.values().collect(),
            value => vec![value],
        };
        several.into_iter().filter_map(class_name).map(move |class| (setting, key, class))
    });
    classes.collect()
}

fn complaint(subject: &Subject<'_>, minor: Minor, setting: &Setting, entry: &ClassKey, class: &str) -> Diagnostic {
    let known = entry.written(minor);
    let message = format!("Cassandra {minor} has no class `{}` for `{}`", class.escape_debug(), setting.name);
    let complaint = RULE.complain(message, subject.value(setting.route.clone(), "")).expected(known.join(", "));
    let short = class.rsplit('.').next().unwrap_or_default();
    let is_this = |name: &&String| name.rsplit('.').next() == Some(short);
    match known.iter().find(is_this).map(String::as_str).or_else(|| nearest(class, known.iter().map(String::as_str))) {
        Some(near) => complaint.help(format!("did you mean `{near}`?")),
        None => complaint,
    }
}
