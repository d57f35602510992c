//! E413: a key of cassandra.yaml that only earlier or later versions have.

use cassc_cassandra::config_keys::Problem;

use super::config_findings::{findings, minor};
use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E413",
    name: "config-key-gone",
    summary: "a key does not exist in this version of Cassandra, only in earlier or later ones",
    explain: "\
Cassandra does not start with a key of a different version (`Invalid yaml. Please remove properties …`). For an upgrade,
remove such keys in the commit that changes the version.

Remove the key, or use a version that has it.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let Some(minor) = minor(subject) else { return };
    for found in findings(subject) {
        let complaint = match &found.problem {
            Problem::Gone(removed) => {
                let message = format!("Cassandra {minor} no longer has `{}`", found.name);
                let label = format!("last in {}", removed.last_in);
                RULE.complain(message, subject.key(found.route, label)).help("remove it")
            }
            Problem::NotYet { introduced_in } => {
                let message = format!("Cassandra {minor} does not have `{}` yet", found.name);
                let label = format!("new in {introduced_in}");
                RULE.complain(message, subject.key(found.route, label)).help("remove it")
            }
            _ => continue,
        };
        complaints.push(complaint);
    }
}
