//! What a topology says once for the whole cluster.

use super::{All, optional};
use crate::draft::{Draft, datacenter, spec};
use crate::report::Refusal;

/// Budget, and what follows from `deletePVC`.
pub(super) fn write(draft: &mut Draft, all: All<'_, '_>) -> Result<(), Refusal> {
    budget(draft, all)?;
    let claims = all.one(draft, "deletePVC");
    if optional::<bool>(&claims)? == Some(true) {
        draft.lose(
            &claims,
            "deleted the volumes together with the cluster",
            "delete the PersistentVolumeClaims by hand: cassc keeps them when a cluster goes",
        );
    } else if claims.value().is_some() {
        draft.meet(&claims, "cassc keeps the volumes when a cluster goes");
    }
    Ok(())
}

/// Whether nodes are cleaned up after growth without being asked. Only the program in the cluster does so.
pub(super) fn cleanup(draft: &mut Draft, all: All<'_, '_>) -> Result<(), Refusal> {
    let pilot = all.one(draft, "autoPilot");
    let has_steps = draft.get(&spec(&["steps", "enabled"])).is_some();
    match optional::<bool>(&pilot)? {
        Some(false) if has_steps => {
            draft.change(
                &pilot,
                &spec(&["cleanup"]),
                "manual",
                "nodes are cleaned up after growth when somebody asks for it",
            );
        }
        Some(_) if has_steps => draft.meet(&pilot, "cassc cleans up after growth by itself"),
        Some(_) => draft.meet(&pilot, "without `steps` the plan names the nodes to clean up after growth"),
        None => {}
    }
    Ok(())
}

/// CassKop has one budget for the cluster, cassc one for each datacenter.
fn budget(draft: &mut Draft, all: All<'_, '_>) -> Result<(), Refusal> {
    for site in all.sites {
        let at = all.part_of(site).spec().key("maxPodUnavailable");
        let to = datacenter(site.index).key("disruptionBudget").key("maxUnavailable");
        match optional::<u32>(&at)? {
            // 0 is 1 (`SetDefaults`).
            Some(0 | 1) => {
                draft.meet(&at, "one pod of each datacenter, as cassc has it; CassKop counts the whole cluster");
            }
            Some(number) => draft.change(&at, &to, number, "of each datacenter; CassKop counts the whole cluster"),
            None => {}
        }
    }
    Ok(())
}
