//! E307: `ringName` of a deployed rack changed.

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{At, Force, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E307",
    name: "rack-ring-name-changed",
    summary: "`ringName` of a deployed rack changed",
    explain: "\
A node stores the name of its rack with its data and does not start in a different rack (\"Cannot start node if snitch's
rack … differs from previous rack …\"), because the rack decides which replicas the node holds. The name is also part of
the selector of the StatefulSet, which is immutable.

Write the deployed `ringName`; it defaults to `name`.",
};

pub(super) const FORCE: Force = Force::Never("Cassandra does not start in another rack");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    for (datacenter, rack) in transition.racks() {
        let (was, now) = (&rack.before.ring_name, &rack.after.ring_name);
        if was != now {
            let scope = Scope::Rack(&datacenter.after.name, &rack.after.name);
            let at = At::of(scope, "ringName", "ringName");
            let name = format!("rack `{}` of `{}`", rack.after.name, datacenter.after.name);
            let message = format!("`ringName` of {name} changed from `{was}` to `{now}`: its nodes would not start");
            let complaint = transition.refuse(&RULE, message, at, format!("now `{now}`"), format!("deployed: `{was}`"));
            complaints.push(complaint.help(format!("write `ringName: {was}`")));
        }
    }
}
