//! Keyspaces of Cassandra's own that got more replicas are repaired: until then a login may fail where the new ones are.

use super::Next;
use crate::action::Action;
use crate::cluster::NodeJob;
use crate::situation::Situation;
use crate::whole::Aside;

pub(super) fn next(situation: &Situation<'_>) -> Next {
    for (keyspace, pods) in &situation.state.memory.needs_repair {
        for pod in pods {
            let Some(host_id) = situation.member(pod).filter(|_| situation.failure(pod).is_none()) else { continue };
            let job = NodeJob::repair(keyspace.clone());
            let start = || Action::Start { pod: pod.clone(), host_id: host_id.to_owned(), job, operation: None };
            return super::jobs::unless_it_runs(
                situation,
                pod,
                situation.not_ready_to_change(&Aside::nothing()),
                start,
            );
        }
    }
    Next::Nothing
}
