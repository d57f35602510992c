//! E412: a key of cassandra.yaml with the name of a different version, or with two names.

use cassc_cassandra::config_keys::{Problem, Renamed};
use cassc_ring::release::Minor;

use super::config_findings::{Found, findings, minor, shown};
use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E412",
    name: "config-key-other-name",
    summary: "a key has a different name in this version of Cassandra, or is written with two names",
    explain: "\
Cassandra 4.1 renamed about ninety keys and gave their values units: `read_request_timeout_in_ms: 5000` became
`read_request_timeout: 5000ms`. Older versions refuse the new names. Newer versions do not start if the merged configuration
contains both names. If a key is written with dots and nested, one of the two values is silently lost.

Write the key once, with the name of this version.",
};

/// An old name that makes Cassandra 5.0.9 fail with a `NullPointerException` when it reads its configuration.
const FATAL_IN_5_0: [&str; 1] = ["table_count_warn_threshold"];

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let Some(minor) = minor(subject) else { return };
    for found in findings(subject) {
        let complaint = match &found.problem {
            Problem::OtherName(renamed) => other_name(subject, minor, &found, renamed),
            Problem::OldName(renamed) if is_fatal(minor, &found.name) => {
                let message = format!("Cassandra {minor} does not start with `{}`", found.name);
                let complaint = RULE.complain(message, subject.key(found.route, "old name"));
                complaint.help(format!("write `{}`", renamed.name))
            }
            Problem::Twice { .. } => twice(subject, &found),
            _ => continue,
        };
        complaints.push(complaint);
    }
}

/// Whether this minor does not start with an old name that it accepts otherwise.
pub(super) fn is_fatal(minor: Minor, name: &str) -> bool {
    minor == Minor::V5_0 && FATAL_IN_5_0.contains(&name)
}

fn other_name(subject: &Subject<'_>, minor: Minor, found: &Found, renamed: &Renamed) -> Diagnostic {
    let message = format!("`{}` has the name `{}` in Cassandra {minor}", found.name, renamed.name);
    RULE.complain(message, subject.key(found.route.clone(), "")).help(suggestion(renamed))
}

/// What to write instead.
pub(super) fn suggestion(renamed: &Renamed) -> String {
    match &renamed.value {
        Some(value) => format!("write `{}: {}`", renamed.name, shown(value)),
        None => format!("write `{}`, and convert the value", renamed.name),
    }
}

fn twice(subject: &Subject<'_>, found: &Found) -> Diagnostic {
    let (other_route, other_name) = found.other.clone().unwrap_or_default();
    let message = if found.name == other_name {
        format!("`{}` is written twice, with dots and nested", found.name)
    } else {
        format!("`{}` and `{other_name}` are the same setting", found.name)
    };
    let complaint = RULE.complain(message, subject.key(found.route.clone(), "written twice"));
    complaint.label(subject.key(other_route, "first here")).help("remove one of the two")
}
