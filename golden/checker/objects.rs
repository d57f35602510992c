//! Objects: each that is different is applied once, under the right word and in an order in which nothing is missing;
//! applying a StatefulSet makes and removes pods.

use cassc::plan::ObjectName;
use cassc::topology::Dialect;
use serde_json::Value;

use super::finding::Kind;
use super::world::{State, World};

/// What is different about an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Created,
    Changed,
    Retired,
    Same,
    Unknown,
}

impl World<'_> {
    fn fate(&self, object: &ObjectName) -> Fate {
        match (self.before.objects.get(object), self.after.objects.get(object)) {
            (None, None) => Fate::Unknown,
            (None, Some(_)) => Fate::Created,
            (Some(_), None) => Fate::Retired,
            (Some(was), Some(now)) if was == now => Fate::Same,
            (Some(_), Some(_)) => Fate::Changed,
        }
    }

    /// Objects are applied, and retired.
    pub(super) fn apply(
        &mut self,
        created: &[ObjectName],
        changed: &[ObjectName],
        removed: &[ObjectName],
        kept: &[ObjectName],
    ) {
        self.judge_objects(created, Fate::Created);
        self.judge_objects(changed, Fate::Changed);
        self.judge_objects(removed, Fate::Retired);
        self.judge_objects(kept, Fate::Retired);
        for object in removed.iter().filter(|object| self.is_left_alone(object)).cloned().collect::<Vec<_>>() {
            self.find(Kind::RemovedAgainstItsMark, words(&object));
        }
        if !removed.is_empty() && !self.pending(|object| object.kind == "StatefulSet").is_empty() {
            self.find(Kind::ApplyOrder, "objects are removed before the StatefulSets are applied");
        }
        let sets: Vec<&ObjectName> = created.iter().chain(changed).filter(|it| it.kind == "StatefulSet").collect();
        if !sets.is_empty() {
            self.judge_base("StatefulSets are applied");
        }
        for set in sets {
            self.scale(&set.name);
        }
        // Of a topology that is gone the nodes go with their StatefulSets: that is what was asked for.
        if self.after.cluster.is_some() {
            removed.iter().filter(|it| it.kind == "StatefulSet").for_each(|set| self.take_away(&set.name, |_| true));
        }
    }

    /// Everything that is new or different and no StatefulSet has to be there already. The Job waits for what it needs, and no pod of
    /// Cassandra needs Reaper's Deployment.
    pub(super) fn judge_base(&mut self, what: &str) {
        let pending =
            self.pending(|object| !matches!(object.kind.as_str(), "StatefulSet" | "Deployment") && !is_of_job(object));
        if let Some(first) = pending.first() {
            self.find(Kind::ApplyOrder, format!("{what} before {}", words(first)));
        }
    }

    /// What is new or different and was not applied.
    fn pending(&self, is_meant: impl Fn(&ObjectName) -> bool) -> Vec<ObjectName> {
        let wanted = self.after.objects.keys().filter(|object| is_meant(object) && !self.handled.contains(*object));
        wanted.filter(|object| matches!(self.fate(object), Fate::Created | Fate::Changed)).cloned().collect()
    }

    fn judge_objects(&mut self, objects: &[ObjectName], expected: Fate) {
        for object in objects {
            match self.fate(object) {
                Fate::Unknown => self.find(Kind::UnknownName, words(object)),
                Fate::Same => self.find(Kind::ObjectUnchanged, words(object)),
                fate if fate != expected => {
                    self.find(Kind::ObjectMisjudged, format!("{}: {fate:?}, not {expected:?}", words(object)));
                }
                _ => {}
            }
            if !self.handled.insert(object.clone()) {
                self.find(Kind::ObjectTwice, words(object));
            }
        }
    }

    /// The marks are those of the object as it is deployed. Without any, `kubectl apply` is what is used: it removes
    /// nothing.
    fn is_left_alone(&self, object: &ObjectName) -> bool {
        let Some(deployed) = self.before.objects.get(object) else { return false };
        let mark = |key: &str| deployed["metadata"]["annotations"][key].as_str().unwrap_or_default().to_owned();
        let argocd = mark("argocd.argoproj.io/sync-options").contains("Prune=false");
        let flux = mark("kustomize.toolkit.fluxcd.io/prune") == "disabled";
        let plain = self.after.cluster.or(self.before.cluster).is_some_and(|it| it.dialect == Dialect::Plain);
        argocd || flux || plain
    }

    /// The StatefulSet controller makes all pods at once and takes the others away; where the replicas of a StatefulSet that
    /// is there are the Job's, nothing of that happens.
    fn scale(&mut self, set: &str) {
        let after = self.after;
        let is_there = self.before.racks.iter().any(|rack| rack.stateful_set == set);
        if after.job_scales() && is_there {
            return;
        }
        self.take_away(set, |pod| !after.pods.contains_key(pod));
        let new = after.pods.iter().filter(|(_, it)| it.stateful_set == set).map(|(pod, _)| pod);
        for pod in new.filter(|pod| !self.nodes.contains_key(*pod)).cloned().collect::<Vec<_>>() {
            self.make_pod(after, &pod, State::Starting);
        }
    }

    fn take_away(&mut self, set: &str, is_meant: impl Fn(&str) -> bool) {
        let gone = self.nodes.iter().filter(|(pod, node)| node.stateful_set == set && is_meant(pod));
        for (pod, node) in gone.map(|(pod, node)| (pod.clone(), node.clone())).collect::<Vec<_>>() {
            if node.state == State::Up {
                self.find(Kind::GoneBeforeItLeft, &pod);
            }
            self.nodes.remove(&pod);
        }
    }

    /// Nothing that is different was forgotten.
    pub(super) fn judge_objects_at_the_end(&mut self) {
        let both: Vec<ObjectName> = self.before.objects.keys().chain(self.after.objects.keys()).cloned().collect();
        for object in both {
            if self.fate(&object) != Fate::Same && self.handled.insert(object.clone()) {
                self.find(Kind::ObjectMissing, words(&object));
            }
        }
    }
}

/// Whether an object is the Job of the program in the cluster, or its account and rights.
pub(super) fn is_of_job(object: &ObjectName) -> bool {
    let is_account = object.kind == "ServiceAccount" && object.name.ends_with("-step");
    is_account || matches!(object.kind.as_str(), "Job" | "CronJob" | "Role" | "RoleBinding")
}

/// An object for people.
fn words(object: &ObjectName) -> String {
    let place = |part: &Option<String>| part.as_ref().map_or_else(String::new, |part| format!("{part}/"));
    format!("{} {}{}{}", object.kind, place(&object.kube_cluster), place(&object.namespace), object.name)
}

/// Whether a StatefulSet has been given its new template.
pub(super) fn is_applied(world: &World<'_>, set: &str) -> bool {
    let template = |objects: &std::collections::BTreeMap<ObjectName, Value>| {
        let mut sets = objects.iter().filter(|(name, _)| name.kind == "StatefulSet" && name.name == set);
        sets.next().map(|(_, object)| object["spec"]["template"].clone())
    };
    let handled = world.handled.iter().any(|object| object.kind == "StatefulSet" && object.name == set);
    handled || template(&world.before.objects) == template(&world.after.objects)
}
