//! What the Job does beyond the numbers of nodes: it stops and starts all of them, creates roles, and repairs.

use cassc::cluster::Cluster;
use cassc::topology::Authenticator;

use super::finding::Kind;
use super::world::World;

impl World<'_> {
    /// All nodes stop, or start again.
    pub(super) fn stop_or_start(&mut self, stops: bool, pods: &[String]) {
        let mut named = pods.to_vec();
        named.sort();
        let all: Vec<String> = self.after.pods.keys().cloned().collect();
        let is_asked = self.after.is_stopped() == stops && self.before.is_stopped() != stops;
        if !is_asked || named != all {
            self.find(Kind::StopMisjudged, format!("{named:?} of {all:?}"));
        }
        self.stops += 1;
    }

    /// Everything that the Job has to do was named, once.
    pub(super) fn judge_settled_at_the_end(&mut self) {
        let (before, after) = (self.before, self.after);
        let changes = before.cluster.is_some() && before.is_stopped() != after.is_stopped();
        if self.stops != usize::from(changes) {
            self.find(Kind::StopMisjudged, format!("{} times", self.stops));
        }
        let has_job = |cluster: &&Cluster| cluster.steps.is_some();
        let job = after.cluster.filter(has_job);
        let asked = |cluster: &Cluster| {
            let named = cluster.steps.iter().flat_map(|steps| &steps.roles);
            let named = named.map(|role| role.name.clone()).collect::<Vec<_>>();
            let roles = cluster.steps.as_ref().map(|steps| steps.roles.clone());
            (named, (cluster.superuser_secret.clone(), cluster.authenticator, roles))
        };
        let wanted = job.filter(|it| it.authenticator == Authenticator::Password).map(asked);
        let known = before.cluster.filter(has_job).map(asked);
        let wanted = wanted.filter(|(_, what)| known.as_ref().is_none_or(|(_, known)| known != what));
        let expected: Vec<Vec<String>> = wanted.into_iter().map(|(named, _)| named).collect();
        if self.roles != expected {
            self.find(Kind::RolesMisjudged, format!("{:?} instead of {expected:?}", self.roles));
        }
        let replication = |cluster: &Cluster| cluster.system_replication;
        let more = before.cluster.zip(job).is_some_and(|(was, now)| replication(was) < replication(now));
        if self.repairs != usize::from(more) {
            self.find(Kind::RepairMisjudged, format!("{} times", self.repairs));
        }
    }
}
