//! E411: an invalid value of a key of cassandra.yaml.

use cassc_cassandra::config_keys::Problem;

use super::config_findings::{findings, minor, shown};
use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E411",
    name: "config-value",
    summary: "the value of a key of cassandra.yaml is invalid",
    explain: "\
Cassandra does not start with a value of the wrong type, without a required unit (since 4.1), or with an unknown choice
(`Invalid yaml`). The first pod of the rolling restart would not come back.

Write a value in the form that the note names.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let Some(minor) = minor(subject) else { return };
    for found in findings(subject) {
        let Problem::WrongValue { expected } = &found.problem else { continue };
        let value = shown(&found.value);
        let message = if found.value.is_object() || found.value.is_array() || value.chars().count() > 40 {
            format!("the value of `{}` is invalid in Cassandra {minor}", found.name)
        } else {
            format!("`{}: {}` is invalid in Cassandra {minor}", found.name, value.escape_debug())
        };
        complaints.push(RULE.complain(message, subject.value(found.route, "")).expected(expected));
    }
}
