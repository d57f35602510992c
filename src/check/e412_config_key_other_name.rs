//! E412: a key of cassandra.yaml under the name that another version has for it, or under two names.

use cassc_cassandra::config_keys::{Problem, Renamed};
use cassc_ring::release::Minor;

use super::config_findings::{Found, findings, minor, shown};
use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E412",
    name: "config-key-other-name",
    summary: "a key has another name in this version of Cassandra, or stands under two names",
    explain: "\
Cassandra 4.1 renamed some ninety keys and gave their values units: `read_request_timeout_in_ms: 5000` became
`read_request_timeout: 5000ms`. Older versions refuse the new names, and a new version refuses to start where old
and new name stand together, wherever in the topology each was written. Of one key that stands flat and nested, one
is silently lost.

Write the name that this version has, once.",
};

/// An old name with which the real 5.0.9 ends in a `NullPointerException` while it reads its configuration.
const FATAL_IN_5_0: [&str; 1] = ["table_count_warn_threshold"];

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let Some(minor) = minor(subject) else { return };
    for found in findings(subject) {
        let complaint = match &found.problem {
            Problem::OtherName(renamed) => other_name(subject, minor, &found, renamed),
            Problem::OldName(renamed) if is_fatal(minor, &found.name) => {
                let message = format!("Cassandra {minor} does not start with `{}`", found.name);
                let complaint = RULE.complain(message, subject.key(found.route, "an old name"));
                complaint.help(format!("write `{}`", renamed.name))
            }
            Problem::Twice { .. } => twice(subject, &found),
            _ => continue,
        };
        complaints.push(complaint);
    }
}

/// Whether an old name that this minor knows keeps it from starting.
pub(super) fn is_fatal(minor: Minor, name: &str) -> bool {
    minor == Minor::V5_0 && FATAL_IN_5_0.contains(&name)
}

fn other_name(subject: &Subject<'_>, minor: Minor, found: &Found, renamed: &Renamed) -> Diagnostic {
    let message = format!("`{}` is called `{}` in Cassandra {minor}", found.name, renamed.name);
    RULE.complain(message, subject.key(found.route.clone(), "")).help(suggestion(renamed))
}

/// What to write instead.
pub(super) fn suggestion(renamed: &Renamed) -> String {
    match &renamed.value {
        Some(value) => format!("write `{}: {}`", renamed.name, shown(value)),
        None => format!("write `{}`, with the value in its own form", renamed.name),
    }
}

fn twice(subject: &Subject<'_>, found: &Found) -> Diagnostic {
    let (other_route, other_name) = found.other.clone().unwrap_or_default();
    let message = if found.name == other_name {
        format!("`{}` stands here twice, flat and nested", found.name)
    } else {
        format!("`{}` and `{other_name}` are the same setting", found.name)
    };
    let complaint = RULE.complain(message, subject.key(found.route.clone(), "here"));
    complaint.label(subject.key(other_route, "and here")).help("remove one of the two")
}
