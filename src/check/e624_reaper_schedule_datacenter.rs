//! E624: a schedule of Reaper for a datacenter that does not exist.

use cassc_wording::quoted;

use super::e130_rebuild_from::found;
use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E624",
    name: "reaper-schedule-datacenter",
    summary: "a schedule of Reaper names a datacenter that does not exist",
    explain: "\
Reaper accepts a schedule for an unknown datacenter, and then repairs nothing.

Write the `name` of a datacenter of the topology. With `additionalSeeds` it may also be a datacenter that runs elsewhere: then write its
name in Cassandra.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let Some(reaper) = &subject.spec().repair.reaper else { return };
    for (index, schedule) in reaper.schedules.iter().enumerate() {
        let route = Route::of("spec.repair.reaper.schedules").index(index).key("datacenters");
        let named = schedule.datacenters.iter().enumerate();
        for (position, name) in named.filter(|(_, name)| found(subject, name).is_none()) {
            let message = format!("`{}` names no datacenter of the topology", name.escape_debug());
            let at = subject.value(route.index(position), "unknown");
            let known: Vec<&str> = subject.spec().datacenters.iter().map(|it| it.name.as_str()).collect();
            let help = format!("write {}", quoted(&known).replace(" and ", " or "));
            complaints.push(RULE.complain(message, at).help(help));
        }
    }
}
