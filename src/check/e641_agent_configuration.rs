//! E641: two configurations of the metrics agent.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E641",
    name: "agent-configuration",
    summary: "the metrics agent would have two configurations",
    explain: "\
The agent that exports the metrics of Cassandra reads one configuration: `metrics-collector.yaml` beside it, or the file that the
option `-Dcollector-config-path` names. With `filterInAgent` cassc writes that file and the option. An option of yours would
win or lose by its place in the command line, and the metrics of one of the two would be missing.

Remove `filterInAgent`, or your option and what your file drops from `collect`.",
};

/// The option, as the agent asks for it (`ConfigReader` of the Management API).
const OPTION: &str = "-Dcollector-config-path";

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let monitor = subject.spec().monitoring.service_monitor.settings();
    if !monitor.is_some_and(|it| it.filter_in_agent) {
        return;
    }
    for (level, jvm) in subject.jvms() {
        let options = jvm.options.iter().flatten().enumerate();
        for (index, _) in options.filter(|(_, option)| option.starts_with(OPTION)) {
            let route = level.route().join(&Route::of("cassandra.jvm.options")).index(index);
            let filter = subject.value(Route::of("spec.monitoring.serviceMonitor.filterInAgent"), "cassc's own");
            let message = format!("`{OPTION}` and `filterInAgent` both configure the metrics agent");
            let complaint = RULE.complain(message, subject.value(route, "yours")).label(filter);
            complaints.push(complaint.help("remove one of the two"));
        }
    }
}
