//! One look at everything. A call that fails leaves a hole where its answer would be, except for what nothing can be judged
//! without.

use std::collections::BTreeMap;

use cassc_ring::Ring;

use crate::cluster::{Answer, Cluster};
use crate::guard::Guards;
use crate::look::Observed;
use crate::situation::{Site, Situation};
use crate::state::State;

/// Looks at Kubernetes, then at the ring through every pod that has an address and is past its gate.
pub(crate) async fn observe<C: Cluster>(
    cluster: &C,
    site: &Site,
    ring: &Ring,
    state: &State,
    guards: Guards,
) -> Answer<Observed> {
    let now = cluster.now();
    let objects = cluster.objects().await?;
    let empty = || BTreeMap::new();
    let mut seen =
        Observed { now, objects, views: empty(), keyspaces: None, roles: None, jobs: BTreeMap::new(), reaper: None };
    let running =
        seen.objects.pods.iter().filter(|(_, pod)| pod.address.is_some() && !pod.is_in_gate && !pod.is_deleting);
    for (name, pod) in running {
        seen.views.insert(name.clone(), cluster.endpoints(name, pod).await);
    }
    for (name, running) in &state.memory.jobs {
        let pod = seen.objects.pods.get(name).filter(|pod| pod.uid == running.pod_uid);
        if let (Some(pod), Some(id)) = (pod, &running.id) {
            seen.jobs.insert(name.clone(), cluster.job(name, pod, id).await);
        }
    }
    let asked = Situation::new(site, ring, &seen, state, guards).anybody().map(str::to_owned);
    if let Some((name, pod)) = asked.and_then(|name| seen.objects.pods.get_key_value(&name)) {
        seen.keyspaces = Some(cluster.keyspaces(name, pod).await);
        if state.memory.initialized && !state.memory.default_role_locked && ring.steps.is_some() {
            seen.roles = Some(cluster.roles(name, pod).await);
        }
    }
    Ok(seen)
}
