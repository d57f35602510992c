//! E411: a value that a key of cassandra.yaml does not take.

use cassc_cassandra::config_keys::Problem;

use super::config_findings::{findings, minor, shown};
use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E411",
    name: "config-value",
    summary: "a key of cassandra.yaml does not take this value",
    explain: "\
Cassandra refuses to start with a value of the wrong type, without a unit where it wants one (since 4.1), or with a
word that is none of its choices (`Invalid yaml`). The first pod of the roll would never come back.

Write a value of the form that the complaint names.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let Some(minor) = minor(subject) else { return };
    for found in findings(subject) {
        let Problem::WrongValue { expected } = &found.problem else { continue };
        let value = shown(&found.value);
        let message = if found.value.is_object() || found.value.is_array() || value.chars().count() > 40 {
            format!("`{}` of Cassandra {minor} does not take this value", found.name)
        } else {
            format!("`{}` of Cassandra {minor} does not take `{}`", found.name, value.escape_debug())
        };
        complaints.push(RULE.complain(message, subject.value(found.route, "")).expected(expected));
    }
}
