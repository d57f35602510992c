//! E413: a key of cassandra.yaml that this version has no longer, or not yet.

use cassc_cassandra::config_keys::Problem;

use super::config_findings::{findings, minor};
use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E413",
    name: "config-key-gone",
    summary: "this version of Cassandra has the key no longer, or not yet",
    explain: "\
Cassandra refuses to start with a key of another version (`Invalid yaml. Please remove properties …`). An upgrade
removes such keys in the same commit that changes the version.

Remove the key, or keep the version that has it.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let Some(minor) = minor(subject) else { return };
    for found in findings(subject) {
        let complaint = match &found.problem {
            Problem::Gone(removed) => {
                let message = format!("Cassandra {minor} no longer has `{}`", found.name);
                let label = format!("the last to have it was {}", removed.last_in);
                RULE.complain(message, subject.key(found.route, label)).help("remove it")
            }
            Problem::NotYet { introduced_in } => {
                let message = format!("Cassandra {minor} does not have `{}` yet", found.name);
                let label = format!("it came with {introduced_in}");
                RULE.complain(message, subject.key(found.route, label)).help("remove it")
            }
            _ => continue,
        };
        complaints.push(complaint);
    }
}
