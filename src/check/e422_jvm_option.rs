//! E422: a JVM option that is none, or that is not the user's to set.

use cassc_cassandra::jvm::{OptionError, check_option, owned_option};

use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E422",
    name: "jvm-option",
    summary: "a JVM option is none, or is not the user's to set",
    explain: "\
Every option is a line of an options file, which Cassandra's start script reads: lines that do not begin with a dash
it ignores, and what follows in the same line escapes every check. Some options are cassc's: the heap is sized
against the container, `replace_address` is decided per pod and once, and a few switch off what keeps data from
being lost.

Write one option for each element of the list, and use the field of the topology where there is one.",
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
                    let message = format!("`{shown}` is no JVM option: it does not begin with a dash");
                    Some(RULE.complain(message, at("would be ignored")))
                }
                (Err(OptionError::ControlCharacter(_)), _) => {
                    Some(RULE.complain(format!("`{shown}` has a control character"), at("one option, one line")))
                }
                (Err(OptionError::MoreThanOne(_)), _) => {
                    let complaint = RULE.complain(format!("`{shown}` is more than one JVM option"), at(""));
                    Some(complaint.help("write one option for each element of the list"))
                }
                (Ok(()), Some(owned)) => {
                    Some(RULE.complain(format!("`{shown}` is not to be set"), at(owned.reason)).help(owned.instead))
                }
                (Ok(()), None) => None,
            };
            complaints.extend(complaint);
        }
    }
}
