//! E422: a JVM option that is invalid or not allowed.

use cassc_cassandra::jvm::{OptionError, check_option, owned_option};

use super::jvm_paths;
use super::pod_files::PodFiles;
use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E422",
    name: "jvm-option",
    summary: "a JVM option is invalid or not allowed",
    explain: "\
Each option becomes a line of an options file, which Cassandra's start script reads. It ignores lines that do not start with a
dash, and a second option in the same line would bypass all checks. cassc manages some options itself, such as the heap size.
`replace_address` must not apply to all pods: docs/when-a-pod-waits.md describes how to replace one node. Other options disable
checks that protect data. The JVM does not start if an option names an agent that the pod does not have, or a log that it
cannot write.

Write one option per list element, use the field of the topology if there is one, and add a volume for files that the image
does not have.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for (level, jvm) in subject.jvms() {
        let route = level.route().key("cassandra").key("jvm").key("options");
        for (index, option) in jvm.options.iter().flatten().enumerate() {
            let at = |text: &str| subject.value(route.index(index), text);
            let shown = option.escape_debug();
            let complaint = match (check_option(option), owned_option(option)) {
                (Err(OptionError::NoDash(_)), _) if option.is_empty() => {
                    Some(RULE.complain("a JVM option is empty", at("")))
                }
                (Err(OptionError::NoDash(_)), _) => {
                    let message = format!("`{shown}` is not a JVM option: it does not start with `-`");
                    Some(RULE.complain(message, at("would be ignored")).help(format!("write `-{shown}`, or remove it")))
                }
                (Err(OptionError::ControlCharacter(_)), _) => {
                    let complaint = RULE.complain(format!("`{shown}` contains a control character"), at(""));
                    Some(complaint.help("write one option per list element, on one line"))
                }
                (Err(OptionError::MoreThanOne(_)), _) => {
                    let complaint = RULE.complain(format!("`{shown}` is more than one JVM option"), at(""));
                    Some(complaint.help("write one option per list element"))
                }
                (Err(OptionError::Space(_)), _) => {
                    let message = format!("`{shown}` contains a space, where the start script splits it");
                    Some(RULE.complain(message, at("split at the space")).help("write it without spaces"))
                }
                (Ok(()), Some(owned)) => {
                    let message = format!("the JVM option `{shown}` is not allowed");
                    Some(RULE.complain(message, at(owned.reason)).help(owned.instead))
                }
                (Ok(()), None) => None,
            };
            complaints.extend(complaint);
        }
    }
    let files = PodFiles::of(subject);
    for found in jvm_paths::faults(subject, &files).into_iter().filter(|found| found.fault.is_fatal()) {
        let at = |label: &str| subject.value(found.route.clone(), label);
        complaints.push(found.fault.complaint(&RULE, &files, &found.name, at));
    }
}
