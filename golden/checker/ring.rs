//! Members of the ring: they leave one by one from the end of their racks, and join in the start order once all have
//! left.

use cassc::plan::Stage;

use super::finding::Kind;
use super::side::{Pod, Side};
use super::world::{State, World};

impl World<'_> {
    /// Nodes leave.
    pub(super) fn decommission(&mut self, stage: Stage, datacenter: &str, pods: &[String], nodes_left: u32) {
        // Where the delivery tool applies everything at once, nodes leave before it applies anything.
        if stage != Stage::Before {
            self.judge_base("nodes leave");
        } else if !self.handled.is_empty() {
            self.find(Kind::ApplyOrder, "nodes leave after everything was applied");
        }
        if stage == Stage::Settle && !self.is_told(Stage::Before, "/spec/replicas") {
            self.find(Kind::PersonNotTold, "that the delivery tool must leave replicas alone");
        }
        if self.somebody_joins() {
            self.find(Kind::TwoChangesAtOnce, format!("nodes of {datacenter} leave while others start"));
        }
        let (before, after) = (self.before, self.after);
        let stays = |(pod, it): &(&String, &Pod)| it.datacenter == datacenter && after.pods.contains_key(*pod);
        let staying = before.pods.iter().filter(stays).count();
        if staying != nodes_left as usize {
            self.find(Kind::NodesLeftMisjudged, format!("{datacenter}: {nodes_left} instead of {staying}"));
        }
        let Some(ring_name) = self.before.ring_name(datacenter) else {
            return self.find(Kind::UnknownName, datacenter);
        };
        if staying == 0 {
            if self.replicas.contains_key(ring_name) {
                self.find(Kind::StillReplicated, datacenter);
            }
            if !self.is_told(Stage::Before, ring_name) {
                self.find(Kind::PersonNotTold, format!("keyspaces of {datacenter}"));
            }
        }
        for pod in pods {
            self.leave(datacenter, ring_name, pod);
            if stage == Stage::Settle && self.nodes.get(pod).is_some_and(|node| node.state == State::Left) {
                // The Job lowers the replicas.
                self.nodes.remove(pod);
            }
        }
    }

    fn leave(&mut self, datacenter: &str, ring_name: &str, pod: &str) {
        let Some(node) = self.nodes.get(pod).cloned().filter(|it| it.datacenter == datacenter) else {
            return self.find(Kind::UnknownName, format!("{pod} in {datacenter}"));
        };
        if self.after.pods.contains_key(pod) || node.state != State::Up {
            self.find(Kind::LeavesThoughItStays, pod);
        }
        let of_rack = self.nodes.values().filter(|it| it.stateful_set == node.stateful_set && it.state == State::Up);
        if of_rack.map(|it| it.ordinal).max() != Some(node.ordinal) {
            self.find(Kind::NotTheLastOfItsRack, pod);
        }
        if let Some(node) = self.nodes.get_mut(pod) {
            node.state = State::Left;
        }
        let (nodes, replicas) = (self.up(datacenter), self.replicas.get(ring_name).copied().unwrap_or(0));
        if nodes < replicas as usize {
            let what = format!("{datacenter} has {nodes} nodes and {replicas} replicas when {pod} has left");
            self.find(Kind::BelowReplication, what);
        }
    }

    /// Nodes join.
    pub(super) fn join(&mut self, stage: Stage, pods: &[String], founds: bool) {
        self.joins.push(stage);
        let after = self.after;
        let is_grown = |pod: &&String| !self.nodes.contains_key(*pod) && after.pods.contains_key(*pod);
        if stage == Stage::Settle {
            for pod in pods.iter().filter(is_grown).cloned().collect::<Vec<_>>() {
                self.make_pod(after, &pod, State::Starting);
            }
        }
        // Pods of new StatefulSets start at once; the Job waits for them before it does anything else.
        let waiting = if after.job_scales() && stage == Stage::Cluster { Vec::new() } else { self.still_to_leave() };
        if let Some(first) = waiting.first() {
            self.find(Kind::TwoChangesAtOnce, format!("nodes join before {first} has left"));
        }
        if self.joins.len() > 1 && self.joins != [Stage::Cluster, Stage::Settle] {
            self.find(Kind::JoinOrder, "there are two lists of nodes that join");
        }
        if founds != (self.before.cluster.is_none() && self.after.founds) {
            self.find(Kind::WrongFounder, format!("{founds}"));
        }
        for pod in pods {
            if let Some(before) = self.waits_for(pod) {
                self.find(Kind::JoinOrder, format!("the gate of {pod} waits for {before}"));
            }
            match self.nodes.get_mut(pod) {
                Some(node) if node.state == State::Starting => node.state = State::Up,
                Some(_) => self.find(Kind::NotStarting, format!("{pod} is there already")),
                None if self.after.pods.contains_key(pod) => {
                    self.find(Kind::NotStarting, format!("{pod} is not made yet"));
                }
                None => self.find(Kind::UnknownName, pod),
            }
        }
        for order in after.start_order.values() {
            let place = |pod: &String| order.iter().position(|it| it == pod);
            let places: Vec<usize> = pods.iter().filter_map(place).collect();
            if !places.is_sorted() {
                self.find(Kind::JoinOrder, format!("the gates let them in as {order:?}"));
            }
        }
    }

    /// Nodes that were there drop what now belongs to others.
    pub(super) fn clean_up(&mut self, pods: &[String]) {
        if self.somebody_starts() {
            self.find(Kind::CleanupMisjudged, "others have not joined yet");
        }
        self.judge_members(pods, Kind::CleanupMisjudged);
        self.cleaned.extend(pods.iter().cloned());
    }

    /// All nodes rewrite their tables.
    pub(super) fn rewrite_tables(&mut self, pods: &[String]) {
        self.judge_members(pods, Kind::TablesMisjudged);
        let after = self.after;
        let behind = |pod: &&String| self.before.restarts(after, pod) && !self.restarted.contains(*pod);
        if let Some(pod) = pods.iter().find(behind) {
            self.find(Kind::TablesMisjudged, format!("{pod} runs the old version"));
        }
        self.rewritten.extend(pods.iter().cloned());
    }

    fn judge_members(&mut self, pods: &[String], kind: Kind) {
        for pod in pods {
            match self.nodes.get(pod).map(|node| node.state) {
                Some(State::Up) => {}
                Some(_) => self.find(kind, format!("{pod} is no member of the ring")),
                None => self.find(Kind::UnknownName, pod),
            }
        }
    }

    /// The members are those that are asked for, and did what follows from others joining and from another release
    /// line.
    pub(super) fn judge_ring_at_the_end(&mut self) {
        let (before, after) = (self.before, self.after);
        for (pod, node) in self.nodes.clone() {
            if node.state != State::Up || !after.pods.contains_key(&pod) {
                self.find(Kind::WrongEnd, format!("{pod} is {:?}", node.state));
            }
        }
        for pod in after.pods.keys().filter(|pod| !self.nodes.contains_key(*pod)).collect::<Vec<_>>() {
            self.find(Kind::WrongEnd, format!("{pod} was never made"));
        }
        let grows = |datacenter: &str| {
            let new = |(pod, it): (&String, &Pod)| it.datacenter == datacenter && !before.pods.contains_key(pod);
            after.pods.iter().any(new)
        };
        let stays = |(pod, it): &(&String, &Pod)| after.pods.contains_key(*pod) && grows(&it.datacenter);
        let cleans: Vec<String> = before.pods.iter().filter(stays).map(|(pod, _)| pod.clone()).collect();
        self.judge_each_once(Kind::CleanupMisjudged, &cleans, self.cleaned.clone());
        let line = |side: &Side<'_>| side.cluster.map(|cluster| cluster.version.minor);
        let upgraded = before.cluster.is_some() && line(before) != line(after);
        let rewrite: Vec<String> = after.pods.keys().filter(|_| upgraded).cloned().collect();
        self.judge_each_once(Kind::TablesMisjudged, &rewrite, self.rewritten.clone());
        if upgraded && !self.is_told(Stage::Before, "upgradesstables") {
            self.find(Kind::PersonNotTold, "the tables of an earlier upgrade");
        }
    }

    fn judge_each_once(&mut self, kind: Kind, expected: &[String], mut done: Vec<String>) {
        done.sort();
        if done != expected {
            self.find(kind, format!("{done:?} instead of {expected:?}"));
        }
    }
}
