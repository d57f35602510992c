//! What has to be said before a change is applied: which objects must exist that nobody renders, and which PVCs of earlier
//! nodes are in the way of new ones.

use std::collections::BTreeSet;

use cassc::plan::Stage;
use serde_json::Value;

use super::finding::Kind;
use super::side::Side;
use super::world::World;

impl World<'_> {
    /// Tasks before the merge name everything that the new pods refer to and that is not rendered, the folder that a new
    /// cluster is delivered from, and the PVC of the first pod that joins a deployed rack.
    pub(super) fn judge_told_before(&mut self) {
        let (before, after) = (self.before, self.after);
        let known = referred(before);
        for name in referred(after).difference(&known) {
            if !self.is_told(Stage::Before, name) {
                self.find(Kind::PersonNotTold, format!("{name} must exist"));
            }
        }
        let new = after.cluster.filter(|_| before.cluster.is_none());
        if new.is_some_and(|new| !self.is_told(Stage::Before, &format!("DIR/{}", new.name))) {
            self.find(Kind::PersonNotTold, "how the new cluster is delivered");
        }
        let deployed: BTreeSet<&str> = before.racks.iter().map(|rack| rack.stateful_set.as_str()).collect();
        let grows = |(name, pod): &(&String, &super::side::Pod)| {
            deployed.contains(pod.stateful_set.as_str()) && !before.pods.contains_key(*name)
        };
        let joining: Vec<&String> = after.pods.iter().filter(grows).map(|(name, _)| name).collect();
        let is_named = |pod: &&String| self.is_told(Stage::Before, &format!("server-data-{pod}"));
        if before.cluster.is_some() && !joining.is_empty() && !joining.iter().any(is_named) {
            self.find(Kind::PersonNotTold, "PVCs that earlier nodes left behind");
        }
    }
}

/// What the rendered StatefulSets refer to and no rendered object is, each with its kind.
fn referred(side: &Side<'_>) -> BTreeSet<String> {
    let rendered: BTreeSet<&str> = side.objects.keys().map(|object| object.name.as_str()).collect();
    let namespaces = side.objects.keys().filter_map(|object| object.namespace.as_ref());
    let mut names: BTreeSet<String> = namespaces.map(|name| format!("namespace `{name}`")).collect();
    let mut add = |kind: &str, name: Option<&str>| {
        let name = name.filter(|name| !rendered.contains(name) && !name.ends_with("-state"));
        names.extend(name.map(|name| format!("{kind} `{name}`")));
    };
    for (_, set) in side.objects.iter().filter(|(object, _)| object.kind == "StatefulSet") {
        let pod = &set["spec"]["template"]["spec"];
        let list = |value: &'_ Value| value.as_array().cloned().unwrap_or_default();
        for claim in list(&set["spec"]["volumeClaimTemplates"]) {
            add("StorageClass", Some(claim["spec"]["storageClassName"].as_str().unwrap_or("(the default class)")));
        }
        add("PriorityClass", pod["priorityClassName"].as_str());
        add("ServiceAccount", pod["serviceAccountName"].as_str());
        list(&pod["imagePullSecrets"]).iter().for_each(|secret| add("Secret", secret["name"].as_str()));
        for volume in list(&pod["volumes"]) {
            add("Secret", volume["secret"]["secretName"].as_str());
            add("ConfigMap", volume["configMap"]["name"].as_str());
            for source in list(&volume["projected"]["sources"]) {
                add("Secret", source["secret"]["name"].as_str());
                add("ConfigMap", source["configMap"]["name"].as_str());
            }
        }
    }
    names
}
