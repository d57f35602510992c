//! E326: the volume of Reaper changed as a PVC cannot.

use super::e319_storage_size::is_larger;
use crate::cluster::{Cluster, VolumeClaim};
use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{At, Force, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E326",
    name: "reaper-volume-changed",
    summary: "the volume of a deployed Reaper has another StorageClass or became smaller",
    explain: "\
The StorageClass of a PVC is immutable, and a PVC cannot shrink: the API server refuses both, and with them every later change of the
volume.

Write the deployed class and the deployed size or a larger one. To begin on a new volume, remove `repair.reaper`, apply that, delete the
PVC `<cluster>-reaper`, and add `repair.reaper` again. The history of repairs is then lost, and the schedules are made anew.",
};

pub(super) const FORCE: Force = Force::Never("the API server refuses the PVC");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    fn volume(cluster: &Cluster) -> Option<&VolumeClaim> {
        cluster.reaper()?.volume.as_ref()
    }
    let Some((was, now)) = volume(transition.before).zip(volume(transition.after)) else { return };
    let at = |written, resolved| At::of(Scope::Cluster, written, resolved);
    let class =
        |volume: &VolumeClaim| volume.class.clone().map_or("the default class".to_owned(), |it| format!("`{it}`"));
    if was.class != now.class {
        let (before, after) = (class(was), class(now));
        let message = format!("the StorageClass of Reaper's volume changed from {before} to {after}");
        let complaint = transition.refuse(
            &RULE,
            message,
            at("repair.reaper.volume.class", "steps.reaper.volume.class"),
            format!("now {after}"),
            format!("deployed: {before}"),
        );
        complaints.push(complaint.help("write the deployed class"));
    }
    if is_larger(&was.size, &now.size) {
        let message = format!("Reaper's volume shrank from {} to {}: a PVC cannot shrink", was.size, now.size);
        let complaint = transition.refuse(
            &RULE,
            message,
            at("repair.reaper.volume.size", "steps.reaper.volume.size"),
            "smaller",
            format!("deployed: {}", was.size),
        );
        complaints.push(complaint.help(format!("write `size: {}` or a larger size", was.size)));
    }
}
