//! Restarts: exactly the pods that stay and have another template, one at a time while the ring is whole.

use cassc::plan::{Action, Plan, RackRoll};

use super::finding::Kind;
use super::objects::is_applied;
use super::world::{State, World};

impl World<'_> {
    /// Pods restart.
    pub(super) fn roll(&mut self, racks: &[RackRoll], canary_pods: Option<u32>, stopped: bool) {
        let rollout = self.after.cluster.map(|cluster| &cluster.rollout);
        if rollout.is_some_and(|it| it.canary_pods != canary_pods || it.stopped != stopped) {
            self.find(Kind::RolloutReadError, format!("canary {canary_pods:?}, stopped {stopped}"));
        }
        if self.somebody_starts() || !self.still_to_leave().is_empty() {
            self.find(Kind::RestartsWhileRingChanges, "nodes are still to join or to leave");
        }
        let place = |rack: &RackRoll| {
            let is = |it: &super::side::Rack| {
                (&it.datacenter, &it.rack, &it.stateful_set) == (&rack.datacenter, &rack.rack, &rack.stateful_set)
            };
            self.after.racks.iter().position(is)
        };
        let places: Vec<Option<usize>> = racks.iter().map(place).collect();
        if !places.is_sorted() {
            self.find(Kind::RollOrder, "the racks are not in the order of the topology");
        }
        for (rack, place) in racks.iter().zip(places) {
            match place {
                Some(_) => self.roll_rack(rack),
                None => self.find(Kind::UnknownName, format!("{}/{}", rack.datacenter, rack.rack)),
            }
        }
    }

    fn roll_rack(&mut self, rack: &RackRoll) {
        if !is_applied(self, &rack.stateful_set) {
            self.find(Kind::RestartsBeforeApplied, &rack.stateful_set);
        }
        let ordinal = |pod: &String| self.nodes.get(pod).map(|node| node.ordinal);
        let ordinals: Vec<Option<u64>> = rack.pods.iter().map(ordinal).collect();
        let of_rack = |pod: &String| self.nodes.get(pod).is_none_or(|it| it.stateful_set == rack.stateful_set);
        if !ordinals.iter().rev().is_sorted() || !rack.pods.iter().all(of_rack) {
            self.find(Kind::RollOrder, format!("{:?}", rack.pods));
        }
        for pod in &rack.pods {
            self.restart(pod);
        }
    }

    fn restart(&mut self, pod: &str) {
        let (before, after) = (self.before, self.after);
        if !before.pods.contains_key(pod) && !after.pods.contains_key(pod) {
            return self.find(Kind::UnknownName, pod);
        }
        if self.nodes.get(pod).is_none_or(|node| node.state != State::Up) {
            return self.find(Kind::RestartsNobody, pod);
        }
        if !before.pods.contains_key(pod) {
            self.find(Kind::RestartsNewPod, pod);
        } else if !before.restarts(after, pod) {
            self.find(Kind::RestartsUnchanged, pod);
        }
        if !self.restarted.insert(pod.to_owned()) {
            self.find(Kind::RestartsTwice, pod);
        }
    }

    /// Every restart has a reason, and every reason is among the changes as one that restarts.
    pub(super) fn judge_reasons(&mut self, plan: &Plan) {
        let rolls = plan.steps.iter().filter_map(|step| match &step.action {
            Action::Roll { racks, .. } => Some(racks),
            _ => None,
        });
        let restarts: Vec<&str> =
            plan.changes.iter().filter(|change| change.pods > 0).map(|change| change.field.as_str()).collect();
        let racks: Vec<&RackRoll> = rolls.flatten().collect();
        for rack in &racks {
            if rack.reasons.is_empty() {
                self.find(Kind::ReasonMisjudged, format!("{} restarts for nothing", rack.stateful_set));
            }
            for reason in rack.reasons.iter().filter(|reason| !restarts.contains(&reason.as_str())) {
                self.find(Kind::ReasonMisjudged, format!("{}: {reason}", rack.stateful_set));
            }
        }
        for field in restarts {
            if !racks.iter().any(|rack| rack.reasons.iter().any(|reason| reason == field)) {
                self.find(Kind::ReasonMisjudged, format!("no rack restarts for {field}"));
            }
        }
    }

    /// No restart was forgotten, and what was held goes on.
    pub(super) fn judge_restarts_at_the_end(&mut self) {
        let (before, after) = (self.before, self.after);
        // Stopped pods are not there, and start with the template of then.
        let is_stopped = before.is_stopped() || after.is_stopped();
        if is_stopped && !self.restarted.is_empty() {
            self.find(Kind::RestartsNobody, format!("{:?}", self.restarted));
        }
        let behind = |pod: &&String| !is_stopped && before.restarts(after, pod) && !self.restarted.contains(*pod);
        for pod in before.pods.keys().filter(behind).collect::<Vec<_>>() {
            self.find(Kind::RestartMissing, pod);
        }
        let Some((was, now)) = before.cluster.zip(after.cluster).map(|(was, now)| (&was.rollout, &now.rollout)) else {
            return;
        };
        let allowed = |stopped: bool, canary: Option<u32>| match (stopped, canary) {
            (true, _) => 0,
            (false, Some(pods)) => u64::from(pods),
            (false, None) => u64::MAX,
        };
        let more = allowed(now.stopped, now.canary_pods) > allowed(was.stopped, was.canary_pods);
        let expected = usize::from(more && self.restarted.is_empty());
        if self.resumes != expected {
            self.find(Kind::ResumeMisjudged, format!("{} times instead of {expected}", self.resumes));
        }
    }
}
