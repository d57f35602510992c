//! W418: a deprecated or renamed key of cassandra.yaml.

use cassc_cassandra::config_keys::Problem;

use super::config_findings::{findings, minor};
use super::e412_config_key_other_name::{is_fatal, suggestion};
use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "W418",
    name: "config-key-deprecated",
    summary: "a key of cassandra.yaml is deprecated or renamed",
    explain: "\
Cassandra still accepts the key and logs a warning at every start. A later version will refuse it, in the middle of an
upgrade.

Write the new name, or remove the key if it has no successor.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let Some(minor) = minor(subject) else { return };
    for found in findings(subject) {
        let complaint = match &found.problem {
            Problem::OldName(renamed) if !is_fatal(minor, &found.name) => {
                let message = format!("`{}` was renamed in Cassandra {minor}", found.name);
                RULE.complain(message, subject.key(found.route, "")).help(suggestion(renamed))
            }
            Problem::Deprecated => {
                let message = format!("`{}` is deprecated in Cassandra {minor}", found.name);
                RULE.complain(message, subject.key(found.route, "")).help("remove it if you do not need it")
            }
            _ => continue,
        };
        complaints.push(complaint);
    }
}
