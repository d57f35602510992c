//! Steps by hand: cassc does not alter the user's own keyspaces, and never renders Secrets.

use std::collections::BTreeMap;

use cassc_ring::actions::leaving_pods;
use cassc_ring::step::Action;

use super::super::Difference;
use super::roles::has_more_replicas;
use super::{growth, network, prerequisites, reaper};
use crate::cluster::{Cluster, Datacenter, Rack, VolumeSource};
use crate::deliver::{handed_to, install, letting_go, replicas_ignored, stage_by_stage};
use crate::render::Retirement;
use crate::topology::Authenticator;

/// Before the change is merged.
pub(crate) fn before(difference: &Difference<'_>) -> Vec<Action> {
    let mut tasks = prerequisites::before(difference);
    let new = difference.after.filter(|_| difference.before.is_none());
    tasks.extend(new.map(|new| install(new, &difference.folder)));
    tasks.extend(growth::before(difference));
    tasks.extend(before_a_change(difference));
    tasks.extend(network::before(difference));
    tasks.extend(reaper::before(difference));
    tasks.into_iter().map(|task| Action::Person { task }).collect()
}

/// What a change of a deployed cluster asks for.
fn before_a_change(difference: &Difference<'_>) -> Vec<String> {
    let (Some(was), Some(now)) = (difference.before, difference.after) else { return Vec::new() };
    let mut tasks = Vec::new();
    for pair in difference.ring().datacenters() {
        let Some(before) = pair.before.filter(|_| pair.had_nodes()) else { continue };
        if pair.staying() == 0 {
            tasks.push(format!(
                "move the clients away from `{0}`, and remove it from the replication of each of your keyspaces: ALTER KEYSPACE … \
                 WITH replication = {{'class': 'NetworkTopologyStrategy', …}} without '{0}'",
                before.ring_name
            ));
        }
    }
    if was.version.minor != now.version.minor {
        tasks.push(format!(
            "make sure that `nodetool upgradesstables` ran on every node after the last upgrade, and take a snapshot of every \
             node; run no repair, schema change or bootstrap until every node runs {}",
            now.version
        ));
    }
    if was.dialect != now.dialect {
        tasks.extend(letting_go(was.dialect).map(str::to_owned));
    }
    if !leaving_pods(difference.ring()).is_empty() {
        tasks.extend(if now.steps_change_replicas() {
            Some(replicas_ignored(now))
        } else {
            stage_by_stage(now, &difference.folder, &waits(was, now))
        });
    }
    tasks
}

/// Commands that end when the program in the cluster has lowered the replicas of a rack.
fn waits(was: &Cluster, now: &Cluster) -> Vec<String> {
    let wait = |(datacenter, rack): (&Datacenter, &Rack)| {
        let before = was.datacenter(&datacenter.name)?.rack(&rack.name)?;
        let namespace = datacenter.namespace.as_deref().unwrap_or("NAMESPACE");
        (before.nodes > rack.nodes).then(|| {
            format!(
                "kubectl -n {namespace} wait --for=jsonpath='{{.spec.replicas}}'={} --timeout=24h statefulset/{}",
                rack.nodes, rack.stateful_set
            )
        })
    };
    now.racks().filter_map(wait).collect()
}

/// Once nodes of a new datacenter have joined, before they copy their data.
pub(crate) fn replicate(difference: &Difference<'_>) -> Vec<Action> {
    let Some(_) = difference.before.zip(difference.after) else { return Vec::new() };
    let task = |ring_name: &str| {
        format!(
            "give your keyspaces replicas in `{ring_name}`: ALTER KEYSPACE … WITH replication = {{'class': \
             'NetworkTopologyStrategy', …, '{ring_name}': 3}}; let clients read from it only after the rebuild"
        )
    };
    let new = difference.ring().datacenters().into_iter().filter(|pair| pair.is_new()).filter_map(|pair| pair.after);
    new.map(|datacenter| Action::Person { task: task(&datacenter.ring_name) }).collect()
}

/// The delivery tool's own objects are in files that it does not deliver itself.
fn hand_over(difference: &Difference<'_>) -> Vec<String> {
    let Some(cluster) = difference.after.or(difference.before) else { return Vec::new() };
    let name = |dialect| handed_to(dialect).unwrap_or("the delivery tool");
    let files = |paths: &[String]| {
        let paths: Vec<String> = paths.iter().map(|path| format!("`{}`", difference.folder.path(path))).collect();
        paths.join(", ") + difference.folder.remark()
    };
    let mut tasks = Vec::new();
    // A new cluster is handed over before its first step.
    if !difference.handed_over.given.is_empty() && difference.before.is_some() {
        let files = files(&difference.handed_over.given);
        tasks.push(format!(
            "apply for {}, unless something delivers that folder already: {files}",
            name(cluster.dialect)
        ));
    }
    if !difference.handed_over.taken_back.is_empty() {
        let was = difference.before.unwrap_or(cluster).dialect;
        let files = files(&difference.handed_over.taken_back);
        tasks.push(format!(
            "delete for {} what is no longer rendered, without deleting the objects of the ring (docs/delivery.md): {files}",
            name(was)
        ));
    }
    tasks.extend(left_behind(difference));
    tasks.extend(to_be_told(difference));
    tasks
}

/// Who writes the delivery tool's objects has to tell it about the program in the cluster.
fn to_be_told(difference: &Difference<'_>) -> Option<String> {
    let after = difference.after.filter(|after| after.steps.is_some() && !after.steps_change_replicas())?;
    let is_new = difference.before.is_none_or(|before| before.steps.is_none());
    let tool = handed_to(after.dialect).filter(|_| is_new)?;
    Some(format!(
        "have {tool} leave `/spec/replicas` of live StatefulSets alone (docs/delivery.md), and then write \
         `delivery.ignoresReplicas: true`: until then cassc refuses to let nodes leave, and every sync brings the replicas of Git back"
    ))
}

/// The delivery tool's objects in the former namespace stay there, active beside the new ones.
fn left_behind(difference: &Difference<'_>) -> Option<String> {
    let told = |cluster: Option<&Cluster>| cluster.and_then(|it| it.delivery.clone().map(|told| (it.dialect, told)));
    let (was, now) = (told(difference.before)?, told(difference.after)?);
    let is_moved = was.0 == now.0 && was.1.namespace() != now.1.namespace();
    is_moved.then(|| {
        format!(
            "delete the object of {1} in the namespace `{0}`: otherwise it stays active beside the new one (docs/delivery.md)",
            was.1.namespace(),
            handed_to(was.0).unwrap_or("the delivery tool")
        )
    })
}

/// StatefulSets that no delivery tool deletes.
fn leftovers(difference: &Difference<'_>) -> Vec<String> {
    let mut by_place: BTreeMap<(Option<&str>, Option<&str>), Vec<&str>> = BTreeMap::new();
    for object in difference.retired.iter().filter(|object| object.retirement == Retirement::ByHand) {
        let place = (object.kube_cluster.as_deref(), object.namespace.as_deref());
        by_place.entry(place).or_default().push(&object.name);
    }
    let task = |((kube_cluster, namespace), names): ((Option<&str>, Option<&str>), Vec<&str>)| {
        let place = kube_cluster.map(|name| format!(" in {name}")).unwrap_or_default();
        format!(
            "delete the StatefulSets without nodes, which no tool deletes: kubectl -n {} delete statefulset {}{place}",
            namespace.unwrap_or("NAMESPACE"),
            names.join(" ")
        )
    };
    by_place.into_iter().map(task).collect()
}

/// What is lost with a topology that is gone, and what stays.
fn of_deletion(before: &Cluster) -> Vec<Action> {
    let nodes: u32 = before.datacenters.iter().map(Datacenter::nodes).sum();
    let more = before.additional_volumes.iter().filter(|it| matches!(it.source, VolumeSource::Claim(_))).count();
    let claims = nodes as usize * (1 + more);
    let delete = "when the StatefulSets are deleted";
    let stop =
        format!("{delete}, the {nodes} nodes of `{}` stop and serve no client; nothing is decommissioned", before.name);
    let stay = format!(
        "the {claims} PVCs stay with all data, and a topology with the same names would use them again; to delete the data, run \
         {}",
        deletions(before).join(", and ")
    );
    [stop, stay].map(|task| Action::Person { task }).into()
}

/// A command for each namespace that holds claims: without it, claims of a namesake elsewhere would be deleted.
fn deletions(before: &Cluster) -> Vec<String> {
    let places = before.kube_clusters().into_iter().flat_map(|kube_cluster| {
        before.namespaces_in(kube_cluster).into_iter().map(move |namespace| (kube_cluster, namespace))
    });
    let command = |(kube_cluster, namespace): (Option<&str>, Option<&str>)| {
        let namespace = namespace.unwrap_or("NAMESPACE");
        let place = kube_cluster.map(|name| format!(" in {name}")).unwrap_or_default();
        format!("kubectl -n {namespace} delete pvc -l cassandra.datastax.com/cluster={}{place}", before.label)
    };
    places.map(command).collect()
}

/// At the end.
pub(crate) fn after(difference: &Difference<'_>) -> Vec<Action> {
    let mut tasks = hand_over(difference);
    let Some(now) = difference.after else {
        let tasks = tasks.into_iter().map(|task| Action::Person { task });
        return tasks.chain(difference.before.map(of_deletion).unwrap_or_default()).collect();
    };
    tasks.extend(leftovers(difference));
    tasks.extend(network::after(difference));
    tasks.extend(reaper::after(difference));
    let asks = |authenticator| authenticator == Authenticator::Password;
    let same =
        |before: &Cluster| before.authenticator == now.authenticator && before.superuser_secret == now.superuser_secret;
    let changed = !difference.before.is_some_and(same);
    let by_hand = now.steps.is_none();
    if by_hand && asks(now.authenticator) && changed && now.additional_seeds.all().next().is_none() {
        tasks.push(format!(
            "create the Secret `{}` and the first role from it; until then nobody can log in (README, \"The superuser\")",
            now.superuser_secret
        ));
    }
    if by_hand && has_more_replicas(difference) {
        tasks.push("repair the system keyspaces: `nodetool repair -full system_auth` on every node".to_owned());
    }
    tasks.into_iter().map(|task| Action::Person { task }).collect()
}
