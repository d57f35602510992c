//! E531: overrides of what identifies the cluster or protects its data.

use serde_json::Value;

use super::changes::ORDER;
use super::patched::{Patched, Place};
use super::{Complaint, called};
use crate::check::{instead_of_variable, is_free_path, owner_of_annotation, owner_of_label};
use crate::diagnostic::Rule;
use crate::kubernetes::schema::{Way, shown};

pub(super) const RULE: Rule = Rule {
    code: "E531",
    name: "override-protected",
    summary: "an override changes what identifies the cluster or protects its data",
    explain: "\
Some fields of a rendered object hold the cluster together: names, namespaces, selectors and the labels that they use, the
governing service and the volumeClaimTemplates of a StatefulSet, which are immutable; the number of replicas and how a StatefulSet
updates its pods, which the order of steps relies on; the gate, the scripts, the start order, the drain and the mounts of the data.
Others belong to a delivery tool. A wrong value loses data, makes a second ring, or stops the delivery.

Fields that have a word of their own in the topology are refused too where a rule looks at that word: it would not see the
override. Write the field that the help line names.",
};

/// A part of an object that stays as it is.
struct Protected {
    /// The kind of the object; [`ANY`] and [`HEADLESS`] are kinds here.
    kind: &'static str,
    /// The way, and with it everything below.
    way: &'static str,
    /// Why, in a few words.
    why: &'static str,
    /// What to write instead.
    instead: Option<&'static str>,
}

/// Every object.
const ANY: &str = "";
/// A service whose name in DNS gives the addresses of pods.
const HEADLESS: &str = "headless Service";

const fn fixed(kind: &'static str, way: &'static str, why: &'static str) -> Protected {
    Protected { kind, way, why, instead: None }
}

const fn field(kind: &'static str, way: &'static str, why: &'static str, instead: &'static str) -> Protected {
    Protected { kind, way, why, instead: Some(instead) }
}

const SELECTS: &str = "selects the pods";
const IMMUTABLE: &str = "immutable in Kubernetes";
const HAS_FIELD: &str = "a rule looks at the field";
const GATE: &str = "decides when Cassandra may start";
const NAMES: &str = "gates and nodes find pods by it";
const IDENTITY: &str = "part of the pod's identity";
const FILES: &str = "written by cassc, and read by the pods";
const PROGRAM: &str = "the program in the cluster itself";
const RIGHTS: &str = "the rights of the program in the cluster";
const ONE_PROGRAM: &str = "one program at a time";
const ONE_REAPER: &str = "one Reaper at a time";
const NOT_READY: &str = "no pod would get ready: Reaper waits for a role that is created when pods are ready";
const OWNER: &str = "the data belongs to this user";

/// Which fields of a StatefulSet are immutable stands in `ValidateStatefulSetUpdate` (Kubernetes `pkg/apis/apps/validation`),
/// those of services in `ValidateServiceUpdate` (`pkg/apis/core/validation`).
const PROTECTED: &[Protected] = &[
    fixed(ANY, "apiVersion", "names the object"),
    fixed(ANY, "kind", "names the object"),
    fixed(ANY, "status", "written by Kubernetes"),
    field("ConfigMap", "data", FILES, "write it in the topology, such as in `cassandra.config`"),
    field("ConfigMap", "binaryData", FILES, "mount a ConfigMap of your own with `storage.additionalVolumes`"),
    fixed("ConfigMap", "immutable", FILES),
    fixed("Service", "spec.selector", SELECTS),
    fixed("Service", "spec.clusterIP", IMMUTABLE),
    fixed("Service", "spec.clusterIPs", IMMUTABLE),
    field("Service", "spec.ipFamilies", IMMUTABLE, "write `ipFamilyPolicy`, which can change"),
    fixed("Service", "spec.healthCheckNodePort", IMMUTABLE),
    field("Service", "spec.loadBalancerClass", IMMUTABLE, "write `services.cql.loadBalancerClass`"),
    fixed("Service", "spec.externalName", NAMES),
    fixed(HEADLESS, "spec.type", NAMES),
    fixed(HEADLESS, "spec.publishNotReadyAddresses", NAMES),
    field("EndpointSlice", "endpoints", "addresses of seeds", "write `additionalSeeds`"),
    field("EndpointSlice", "addressType", IMMUTABLE, "write `additionalSeeds`"),
    fixed("PodDisruptionBudget", "spec.selector", SELECTS),
    field("PodDisruptionBudget", "spec.maxUnavailable", HAS_FIELD, "write `disruptionBudget.maxUnavailable`"),
    field("PodDisruptionBudget", "spec.minAvailable", HAS_FIELD, "write `disruptionBudget.maxUnavailable`"),
    field("StatefulSet", "spec.replicas", "nodes of the ring", "write `nodes` of the datacenter or the rack"),
    fixed("StatefulSet", "spec.selector", SELECTS),
    fixed("StatefulSet", "spec.serviceName", IMMUTABLE),
    field("StatefulSet", "spec.volumeClaimTemplates", IMMUTABLE, "write `storage`"),
    fixed("StatefulSet", "spec.podManagementPolicy", IMMUTABLE),
    field("StatefulSet", "spec.updateStrategy", "keeps restarts in order", "write `rollout`"),
    fixed("StatefulSet", "spec.ordinals", IDENTITY),
    fixed("StatefulSet", "spec.persistentVolumeClaimRetentionPolicy", "keeps the data"),
    fixed("StatefulSet", "spec.template.spec.hostname", IDENTITY),
    fixed("StatefulSet", "spec.template.spec.hostnameOverride", IDENTITY),
    fixed("StatefulSet", "spec.template.spec.subdomain", IDENTITY),
    fixed("StatefulSet", "spec.template.spec.setHostnameAsFQDN", IDENTITY),
    fixed("StatefulSet", "spec.template.spec.nodeName", "pods of a rack need several workers"),
    fixed("StatefulSet", "spec.template.spec.restartPolicy", "Kubernetes allows one value here"),
    fixed("StatefulSet", "spec.template.spec.activeDeadlineSeconds", "ends pods without a drain"),
    field("StatefulSet", "spec.template.spec.serviceAccount", HAS_FIELD, "write `pod.serviceAccount`"),
    field("StatefulSet", "spec.template.spec.serviceAccountName", HAS_FIELD, "write `pod.serviceAccount`"),
    field("StatefulSet", "spec.template.spec.hostNetwork", HAS_FIELD, "write `pod.hostNetwork`"),
    field("StatefulSet", "spec.template.spec.dnsPolicy", HAS_FIELD, "write `pod.dnsPolicy`"),
    field("StatefulSet", "spec.template.spec.dnsConfig", HAS_FIELD, "write `pod.dnsConfig`"),
    field(
        "StatefulSet",
        "spec.template.spec.terminationGracePeriodSeconds",
        "the drain is timed by it",
        "write `pod.terminationGraceSeconds`",
    ),
    field("StatefulSet", "spec.template.spec.securityContext.runAsUser", OWNER, "write `pod.securityContext`"),
    field("StatefulSet", "spec.template.spec.securityContext.runAsGroup", OWNER, "write `pod.securityContext`"),
    field("StatefulSet", "spec.template.spec.securityContext.fsGroup", OWNER, "write `pod.securityContext`"),
    field(
        "StatefulSet",
        "spec.template.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution",
        "volumes stay where they are",
        "write `zone`, `nodeLabels` or `scheduling.nodeAffinity`",
    ),
    fixed("StatefulSet", "spec.template.spec.initContainers(order)", GATE),
    field(
        "StatefulSet",
        "spec.template.spec.initContainers[server-config-init].resources",
        GATE,
        "write `gate.resources`",
    ),
    fixed("StatefulSet", "spec.template.spec.initContainers[server-config-init]", GATE),
    field(
        "StatefulSet",
        "spec.template.spec.containers[cassandra].image",
        HAS_FIELD,
        "write `cassandra.version` or `cassandra.image`",
    ),
    fixed("StatefulSet", "spec.template.spec.containers[cassandra].name", "Cassandra itself"),
    fixed("StatefulSet", "spec.template.spec.containers[cassandra].command", "starts Cassandra"),
    field(
        "StatefulSet",
        "spec.template.spec.containers[cassandra].args",
        "starts Cassandra",
        "write `cassandra.jvm.options`",
    ),
    fixed("StatefulSet", "spec.template.spec.containers[cassandra].workingDir", "starts Cassandra"),
    fixed("StatefulSet", "spec.template.spec.containers[cassandra].lifecycle.preStop", "drains Cassandra"),
    field(
        "StatefulSet",
        "spec.template.spec.containers[cassandra].readinessProbe",
        "marks the volume as bootstrapped",
        "write `pod.probes`",
    ),
    field(
        "StatefulSet",
        "spec.template.spec.containers[cassandra].resources.limits",
        "the heap is sized by them",
        "write `resources`",
    ),
    field(
        "StatefulSet",
        "spec.template.spec.containers[cassandra].resources.requests",
        "the heap is sized by them",
        "write `resources`",
    ),
    fixed("StatefulSet", "spec.template.spec.containers[cassandra].securityContext.runAsUser", OWNER),
    fixed("StatefulSet", "spec.template.spec.containers[cassandra].securityContext.runAsGroup", OWNER),
    fixed("StatefulSet", "spec.template.spec.volumes[server-config]", "holds Cassandra's configuration"),
    fixed("StatefulSet", "spec.template.spec.volumes[cassc-config]", GATE),
    fixed("StatefulSet", "spec.template.spec.volumes[cassc-start-order]", GATE),
    fixed("StatefulSet", "spec.template.spec.volumes[cassc-state]", GATE),
    field(
        "StatefulSet",
        "spec.template.spec.volumes[management-api-server-certs-volume]",
        HAS_FIELD,
        "write `managementApi.tls`",
    ),
    field("Job", "spec.template.spec.containers[cassc-step].image", HAS_FIELD, "write `steps.image`"),
    field("Job", "spec.template.spec.containers[cassc-step].resources", HAS_FIELD, "write `steps.resources`"),
    fixed("Job", "spec.template.spec.containers[cassc-step].name", PROGRAM),
    fixed("Job", "spec.template.spec.containers[cassc-step].command", PROGRAM),
    fixed("Job", "spec.template.spec.containers[cassc-step].args", PROGRAM),
    fixed("Job", "spec.template.spec.serviceAccount", RIGHTS),
    fixed("Job", "spec.template.spec.serviceAccountName", RIGHTS),
    fixed("Job", "spec.template.spec.automountServiceAccountToken", RIGHTS),
    fixed("Job", "spec.template.spec.restartPolicy", ONE_PROGRAM),
    fixed("Job", "spec.parallelism", ONE_PROGRAM),
    fixed("Job", "spec.completions", ONE_PROGRAM),
    fixed("Job", "spec.podReplacementPolicy", ONE_PROGRAM),
    fixed("Job", "spec.selector", SELECTS),
    fixed("Job", "spec.manualSelector", SELECTS),
    field(
        "CronJob",
        "spec.jobTemplate.spec.template.spec.containers[cassc-step].image",
        HAS_FIELD,
        "write `steps.image`",
    ),
    field(
        "CronJob",
        "spec.jobTemplate.spec.template.spec.containers[cassc-step].resources",
        HAS_FIELD,
        "write `steps.resources`",
    ),
    fixed("CronJob", "spec.jobTemplate.spec.template.spec.containers[cassc-step].name", PROGRAM),
    fixed("CronJob", "spec.jobTemplate.spec.template.spec.containers[cassc-step].command", PROGRAM),
    fixed("CronJob", "spec.jobTemplate.spec.template.spec.containers[cassc-step].args", PROGRAM),
    fixed("CronJob", "spec.jobTemplate.spec.template.spec.serviceAccount", RIGHTS),
    fixed("CronJob", "spec.jobTemplate.spec.template.spec.serviceAccountName", RIGHTS),
    fixed("CronJob", "spec.jobTemplate.spec.template.spec.automountServiceAccountToken", RIGHTS),
    fixed("CronJob", "spec.jobTemplate.spec.template.spec.restartPolicy", ONE_PROGRAM),
    fixed("CronJob", "spec.jobTemplate.spec.parallelism", ONE_PROGRAM),
    fixed("CronJob", "spec.jobTemplate.spec.completions", ONE_PROGRAM),
    fixed("CronJob", "spec.jobTemplate.spec.podReplacementPolicy", ONE_PROGRAM),
    fixed("CronJob", "spec.jobTemplate.spec.selector", SELECTS),
    fixed("CronJob", "spec.jobTemplate.spec.manualSelector", SELECTS),
    fixed("Job", "spec.ttlSecondsAfterFinished", "a delivery tool would create it again"),
    field("CronJob", "spec.schedule", HAS_FIELD, "write `steps.schedule`"),
    fixed("CronJob", "spec.concurrencyPolicy", ONE_PROGRAM),
    fixed("Deployment", "spec.selector", SELECTS),
    fixed("Deployment", "spec.replicas", ONE_REAPER),
    fixed("Deployment", "spec.strategy", ONE_REAPER),
    field("Deployment", "spec.template.spec.containers[reaper].image", HAS_FIELD, "write `repair.reaper.image`"),
    field(
        "Deployment",
        "spec.template.spec.containers[reaper].resources",
        HAS_FIELD,
        "write `repair.reaper.resources`",
    ),
    fixed("Deployment", "spec.template.spec.containers[reaper].name", "Reaper itself"),
    field("StatefulSet", "spec.template.spec.containers[reaper].image", HAS_FIELD, "write `repair.reaper.image`"),
    field(
        "StatefulSet",
        "spec.template.spec.containers[reaper].resources",
        HAS_FIELD,
        "write `repair.reaper.resources`",
    ),
    fixed("StatefulSet", "spec.template.spec.containers[reaper].readinessProbe", NOT_READY),
    fixed("StatefulSet", "spec.template.spec.containers[reaper].startupProbe", NOT_READY),
    field("PersistentVolumeClaim", "spec", IMMUTABLE, "write `repair.reaper.volume`"),
    fixed("NetworkPolicy", "spec.podSelector", SELECTS),
    fixed("NetworkPolicy", "spec.policyTypes", "refuses what is not named"),
    fixed("RoleBinding", "roleRef", IMMUTABLE),
    fixed("RoleBinding", "subjects", RIGHTS),
];

/// Each change of a protected part, and each protected part that a patch writes as it is: it would change other objects, or
/// these later. Several at one place of a patch are told once, by the caller.
pub(super) fn check(patched: &Patched<'_>) -> Vec<Complaint> {
    let is_headless = patched.kind == "Service" && patched.before["spec"]["clusterIP"] == "None";
    let is_of_kind = |it: &&Protected| it.kind == ANY || it.kind == patched.kind || it.kind == HEADLESS && is_headless;
    let mut complaints = Vec::new();
    let mut changed: Vec<&str> = Vec::new();
    for change in &patched.changes {
        let way = shown(&change.way);
        let by_table = PROTECTED.iter().filter(is_of_kind).find(|it| is_below(&way, it.way));
        changed.extend(by_table.map(|it| it.way));
        let reason = by_table.map(Protected::reason).or_else(|| in_metadata(&change.way));
        let told = reason.map(|reason| (reason, change.told.len())).or_else(|| in_pods(patched, &change.way));
        complaints.extend(told.map(|(reason, length)| {
            let told = &change.told[..length.min(change.told.len())];
            complaint(patched, patched.place(told), &shown(told), reason)
        }));
    }
    // The key of an element only names it, as `kind` and `apiVersion` name the object.
    let names = |it: &&Protected| it.way.rsplit('.').next() == Some("name") || it.kind == ANY;
    for written in PROTECTED.iter().filter(is_of_kind).filter(|it| !names(it) && !changed.contains(&it.way)) {
        let place = patched.exact_place(&steps(written.way)).into_iter();
        complaints.extend(place.map(|place| complaint(patched, place, written.way, written.reason())));
    }
    complaints
}

fn complaint(patched: &Patched<'_>, place: Place, way: &str, (why, instead): Reason) -> Complaint {
    Complaint {
        rule: RULE,
        place,
        message: format!("an override must not change `{way}` of {}", called(patched.kind, &patched.before)),
        label: why,
        help: instead.unwrap_or_else(|| "remove it from the patch".to_owned()),
    }
}

impl Protected {
    fn reason(&self) -> Reason {
        (self.why.to_owned(), self.instead.map(str::to_owned))
    }
}

/// A way of the table as steps.
fn steps(way: &str) -> Way {
    let names = way.split('.').flat_map(|part| {
        let (key, element) = part.split_once('[').map_or((part, None), |(key, element)| (key, Some(element)));
        [Some(key.to_owned()), element.map(|element| format!("[{element}"))]
    });
    names.flatten().collect()
}

fn is_below(way: &str, protected: &str) -> bool {
    way.strip_prefix(protected).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// Why, and what to write instead.
type Reason = (String, Option<String>);

/// Of the metadata of an object or of its pods only labels and annotations of nobody else may change.
fn in_metadata(way: &[String]) -> Option<Reason> {
    let templates: [&[&str]; 3] =
        [&["spec", "template"], &["spec", "jobTemplate", "spec", "template"], &["spec", "jobTemplate"]];
    let inner = templates.into_iter().find(|it| way.len() > it.len() && way[..it.len()] == **it);
    let way = inner.map_or(way, |it| &way[it.len()..]);
    let (first, rest) = way.split_first()?;
    if first != "metadata" {
        return None;
    }
    let owner = match rest {
        [kind, key, ..] if kind == "labels" => owner_of_label(key)?,
        [kind, key, ..] if kind == "annotations" => owner_of_annotation(key)?,
        [kind] if kind == "labels" || kind == "annotations" => return None,
        _ => return Some(("identifies the object or protects it".to_owned(), None)),
    };
    Some((format!("reserved for {owner}"), Some("use your own key, such as `example.com/team`".to_owned())))
}

/// Variables, mounts and volumes that a pod lives on, and how many steps the way to the element has.
fn in_pods(patched: &Patched<'_>, way: &[String]) -> Option<(Reason, usize)> {
    const OF_CONTAINER: usize = 7;
    const OF_POD: usize = 5;
    let below = way.strip_prefix(&["spec", "template", "spec"].map(str::to_owned)[..])?;
    let named = |step: &str| step.trim_start_matches('[').trim_end_matches(']').to_owned();
    match below {
        [list, container, env, variable, ..]
            if list == "containers" && container == "[cassandra]" && env == "env" && variable != ORDER =>
        {
            let instead = instead_of_variable(&named(variable))?;
            Some((("managed by cassc".to_owned(), Some(instead.to_owned())), OF_CONTAINER))
        }
        [list, container, mounts, path, ..]
            if list == "containers" && container == "[cassandra]" && mounts == "volumeMounts" && path != ORDER =>
        {
            let path = named(path);
            let is_there = |mount: &Value| mount["mountPath"] == path.as_str();
            let mut mounts = cassandra(&patched.before)?["volumeMounts"].as_array().into_iter().flatten();
            let instead = || Some("write `storage.additionalVolumes`".to_owned());
            if mounts.any(is_there) {
                return Some((("Cassandra needs it".to_owned(), instead()), OF_CONTAINER));
            }
            (!is_free_path(&path)).then(|| (("hides files of Cassandra".to_owned(), instead()), OF_CONTAINER))
        }
        [list, volume, ..] if list == "volumes" => {
            let name = named(volume);
            let mut claims = patched.before["spec"]["volumeClaimTemplates"].as_array().into_iter().flatten();
            let is_claim = claims.any(|claim| claim["metadata"]["name"] == name.as_str());
            is_claim.then(|| (("the name of a volumeClaimTemplate".to_owned(), None), OF_POD))
        }
        _ => None,
    }
}

fn cassandra(object: &Value) -> Option<&Value> {
    let containers = object.pointer("/spec/template/spec/containers")?.as_array()?;
    containers.iter().find(|container| container["name"] == "cassandra")
}
