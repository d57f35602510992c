//! E524: a disruption budget of a number that the API server refuses.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;
use crate::topology::merge::Level;

pub(super) const RULE: Rule = Rule {
    code: "E524",
    name: "budget-number",
    summary: "`maxUnavailable` of the disruption budget is too large",
    explain: "\
`maxUnavailable` is a signed 32-bit integer in the Kubernetes API.

Write the number of pods that may be unavailable at the same time.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for (route, number) in budgets(subject).filter(|(_, number)| i32::try_from(*number).is_err()) {
        let at = subject.value(route, "");
        let complaint = RULE.complain(format!("`maxUnavailable` is {number}"), at);
        complaints.push(complaint.expected(format!("0 to {}", i32::MAX)));
    }
}

/// Every disruption budget that is written: its place and its number.
fn budgets<'t>(subject: &'t Subject<'_>) -> impl Iterator<Item = (Route, u32)> + use<'t> {
    let datacenters = subject.spec().datacenters.iter().enumerate();
    let datacenters = datacenters.map(|(index, datacenter)| (Level::Datacenter(index), &datacenter.disruption_budget));
    let all = std::iter::once((Level::Cluster, &subject.spec().disruption_budget)).chain(datacenters);
    all.filter_map(|(level, budget)| Some((route(level), budget.max_unavailable?)))
}

/// Where the number of a level stands.
pub(super) fn route(level: Level) -> Route {
    level.route().key("disruptionBudget").key("maxUnavailable")
}
