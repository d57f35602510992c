//! E320: `expandTo` was reduced or removed.

use super::e319_storage_size::is_larger;
use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{Force, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E320",
    name: "expand-to-shrunk",
    summary: "`storage.expandTo` of a deployed rack was reduced or removed",
    explain: "\
PVCs cannot shrink; the API server refuses it. Without `expandTo` existing PVCs keep their size, but the next new node gets
a volume of only `size`, too small for its share of the data. Cass Operator's webhook refuses smaller volumes too.

Keep `expandTo` at the deployed size or raise it. To shrink the volumes, add a datacenter with smaller volumes, rebuild it,
and decommission the old datacenter. Force the change where no PVC was expanded, for example because the StorageClass does
not allow it (`kubectl get pvc` shows the sizes).",
};

pub(super) const FORCE: Force = Force::WithReason;

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    for change in transition.changed_racks(|_, _, rack| rack.expand_to.as_deref()) {
        let Some(was) = change.before.filter(|was| change.after.is_none_or(|now| is_larger(was, now))) else {
            continue;
        };
        let at = change.at("storage.expandTo", "expandTo");
        let whose = change.whose();
        let (message, label) = match change.after {
            Some(now) => (
                format!("`storage.expandTo` of {whose} was reduced from {was} to {now}: volumes cannot shrink"),
                "smaller",
            ),
            None => (
                format!("`storage.expandTo` of {whose} was removed: new volumes would be smaller than {was}"),
                "no `expandTo`",
            ),
        };
        let complaint = transition.refuse(&RULE, message, at, label, format!("deployed: {was}"));
        complaints.push(complaint.help(format!("write `expandTo: {was}` or a larger size")));
    }
}
