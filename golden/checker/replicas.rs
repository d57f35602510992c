//! Replicas of the system keyspaces, and the data of new datacenters.

use std::collections::BTreeMap;

use cassc::plan::Stage;

use super::finding::Kind;
use super::world::{State, World};

impl World<'_> {
    /// The system keyspaces get replicas.
    pub(super) fn replicate(&mut self, replicas: &BTreeMap<String, u32>) {
        let (before, after) = (self.before, self.after);
        let both = [before, after].into_iter().filter_map(|side| side.cluster);
        let names: BTreeMap<String, String> =
            both.flat_map(|it| &it.datacenters).map(|it| (it.ring_name.clone(), it.name.clone())).collect();
        for (ring_name, number) in replicas {
            match names.get(ring_name).map(|datacenter| self.up(datacenter)) {
                None => self.find(Kind::UnknownName, ring_name),
                Some(nodes) if nodes < *number as usize => {
                    self.find(Kind::TooManyReplicas, format!("{number} in {ring_name} of {nodes} nodes"));
                }
                Some(_) => {}
            }
        }
        if self.replicas == *replicas {
            self.find(Kind::ReplicasUnchanged, format!("{replicas:?}"));
        }
        self.replicas.clone_from(replicas);
    }

    /// A datacenter copies its data.
    pub(super) fn rebuild(&mut self, datacenter: &str, from: &str, pods: &[String]) {
        let Some(ring_name) = self.after.ring_name(datacenter) else {
            return self.find(Kind::UnknownName, datacenter);
        };
        if !self.replicas.contains_key(ring_name) {
            self.find(Kind::RebuildWithoutReplicas, datacenter);
        }
        if !self.is_told(Stage::After, ring_name) {
            self.find(Kind::PersonNotTold, format!("keyspaces of {datacenter}"));
        }
        let (before, after) = (self.before, self.after);
        let has_data = |source: &str| before.nodes(source) > 0 && after.nodes(source) > 0 && source != datacenter;
        if !before.name_of_ring(from).is_some_and(has_data) {
            self.find(Kind::RebuildFromNowhere, from);
        }
        let mut named = pods.to_vec();
        named.sort();
        let of_datacenter = self.after.pods.iter().filter(|(_, pod)| pod.datacenter == datacenter);
        let all: Vec<String> = of_datacenter.map(|(name, _)| name.clone()).collect();
        let up = |pod: &String| self.nodes.get(pod).is_some_and(|node| node.state == State::Up);
        if named != all || !all.iter().all(up) {
            self.find(Kind::RebuildMisjudged, format!("{named:?} instead of {all:?}"));
        }
        self.rebuilt.push(datacenter.to_owned());
    }

    /// Replicas are as declared, and datacenters that had no nodes got their data where there is any.
    pub(super) fn judge_replicas_at_the_end(&mut self) {
        let (before, after) = (self.before, self.after);
        if self.replicas != after.replicas() {
            self.find(Kind::WrongEnd, format!("replicas are {:?}, not {:?}", self.replicas, after.replicas()));
        }
        let (living, now) = (before.living(), after.living());
        let has_source = living.iter().any(|datacenter| now.contains(datacenter));
        let mut new: Vec<&str> = now.into_iter().filter(|it| has_source && !living.contains(it)).collect();
        new.sort_unstable();
        self.rebuilt.sort();
        if self.rebuilt != new {
            self.find(Kind::RebuildMisjudged, format!("{:?} instead of {new:?}", self.rebuilt));
        }
    }
}
