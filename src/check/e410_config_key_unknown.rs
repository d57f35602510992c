//! E410: an unknown key of cassandra.yaml, or a key that must be nested in this version.

use cassc_cassandra::config_keys::{Problem, nearest, table};

use super::config_findings::{findings, minor};
use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;
use crate::topology::foreign_names::elsewhere;

pub(super) const RULE: Rule = Rule {
    code: "E410",
    name: "config-key-unknown",
    summary: "a key of cassandra.yaml is unknown",
    explain: "\
Cassandra does not start with an unknown key (`Invalid yaml. Please remove properties …`). The first pod of the rolling restart
would not come back. cassc checks the keys, also nested ones, against the list of each minor version.

Correct the name. Before 4.1 nested keys must be written as maps, not with dots.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let Some(minor) = minor(subject) else { return };
    for found in findings(subject) {
        let complaint = match &found.problem {
            Problem::Unknown { full_name } => {
                let message = match found.name.as_str() {
                    "" => "a key of cassandra.yaml is empty".to_owned(),
                    name => format!("Cassandra {minor} has no key `{}`", name.escape_debug()),
                };
                let complaint = RULE.complain(message, subject.key(found.route, ""));
                match (elsewhere(full_name, "config"), nearest(table(minor), full_name)) {
                    (Some(here), _) => complaint.help(here),
                    (None, Some(nearest)) => complaint.help(format!("did you mean `{nearest}`?")),
                    (None, None) => complaint.help("correct or remove the key"),
                }
            }
            Problem::Flat => {
                let message = format!("Cassandra {minor} does not accept the dotted key `{}`", found.name);
                let complaint = RULE.complain(message, subject.key(found.route, ""));
                complaint.help(format!("write `{}`", nested(&found.name)))
            }
            _ => continue,
        };
        complaints.push(complaint);
    }
}

fn nested(name: &str) -> String {
    match name.split_once('.') {
        Some((first, rest)) => format!("{first}: {{{}}}", nested(rest)),
        None => format!("{name}: …"),
    }
}
