//! E307: another name in Cassandra for a rack that exists.

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{At, Force, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E307",
    name: "rack-ring-name-changed",
    summary: "a deployed rack has another name in Cassandra",
    explain: "\
A node keeps its rack beside its data and does not start in another one (\"Cannot start node if snitch's rack … differs
from previous rack …\"), because which replicas it holds depends on it. The name is also part of the selector of the
StatefulSet, which the API server does not let anybody change.

Write `ringName` as it was; it defaults to `name`.",
};

pub(super) const FORCE: Force = Force::Never("Cassandra does not start in another rack");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    for (datacenter, rack) in transition.racks() {
        let (was, now) = (&rack.before.ring_name, &rack.after.ring_name);
        if was != now {
            let scope = Scope::Rack(&datacenter.after.name, &rack.after.name);
            let at = At::of(scope, "ringName", "ringName");
            let message = format!("the rack `{was}` of `{}` cannot become `{now}`", datacenter.after.ring_name);
            let complaint = transition.refuse(&RULE, message, at, "no node starts with it", format!("was `{was}`"));
            complaints.push(complaint.help(format!("write `ringName: {was}`")));
        }
    }
}
