//! The program in the cluster as it is rendered: what it may do, what it runs as, and that nothing of Cassandra changes by
//! its being there. Judged on the objects alone.

use std::collections::BTreeSet;

use cassc::cluster::Steps;
use cassc::render::pod_templates;
use serde_json::{Value, json};

use crate::hygiene::{items, pod_template};
use crate::rendered::{Rendered, all, assert_none, compiled, mutated, rendered};

const SHOP: &str = "apiVersion: cassc/v1alpha1\nkind: CassandraTopology\nmetadata: {name: shop, namespace: cass}\nspec:\n  \
                    cassandra: {version: 4.1.9}\n  resources: {requests: {cpu: \"2\", memory: 8Gi}, limits: {memory: 8Gi}}\n  \
                    storage: {size: 100Gi}\n  datacenters:\n    - {name: dc1, nodes: 3, racks: [{name: a}, {name: b}, {name: \
                    c}]}\n";

/// The shop with more lines below `spec`.
fn shop(more: &str) -> Rendered {
    let text = SHOP.replace("spec:\n", &format!("spec:\n{more}"));
    let compilation = compiled("shop.yaml", text.clone().into_bytes(), None);
    assert!(!compilation.accepted.is_empty(), "{text}{:#?}", compilation.complaints);
    rendered(&compilation).swap_remove(0)
}

fn text<'v>(object: &'v Value, pointer: &str) -> &'v str {
    object.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

fn texts<'v>(object: &'v Value, list: &str) -> BTreeSet<&'v str> {
    items(object, list).filter_map(Value::as_str).collect()
}

fn name_of(object: &Value) -> &str {
    text(object, "/metadata/name")
}

fn namespace_of(object: &Value) -> &str {
    text(object, "/metadata/namespace")
}

/// What is broken about the program in one Kubernetes cluster.
fn faults(rendered: &Rendered) -> Vec<String> {
    let title = &rendered.title;
    let mut faults: Vec<String> = Vec::new();
    let jobs = rendered.of_kind("Job").filter(|job| !is_of_reaper(job)).map(|job| &job["spec"]);
    let cron_jobs = rendered.of_kind("CronJob").map(|job| &job["spec"]["jobTemplate"]["spec"]);
    faults.extend(jobs.chain(cron_jobs).flat_map(|spec| of_job(rendered, spec)).map(str::to_owned));
    for role in rendered.of_kind("Role") {
        faults.extend(items(role, "rules").filter_map(|rule| of_rule(rendered, role, rule)));
    }
    faults
        .extend(rendered.of_kind("RoleBinding").filter_map(|binding| of_binding(rendered, binding)).map(str::to_owned));
    faults.extend(templates(rendered));
    let has_steps = rendered.cluster.steps.is_some();
    let kinds = ["Job", "Role", "RoleBinding"].map(|kind| rendered.of_kind(kind).count() > 0);
    if kinds != [has_steps; 3] {
        faults.push(format!("Job, Role and RoleBinding: {kinds:?}, with steps: {has_steps}"));
    }
    faults.into_iter().map(|fault| format!("{title}: {fault}")).collect()
}

/// The Job of Reaper's tables has nothing of the program but its image.
fn is_of_reaper(job: &Value) -> bool {
    name_of(job).ends_with("-reaper-init-schema")
}

fn of_job(rendered: &Rendered, spec: &Value) -> Vec<&'static str> {
    let template = &spec["template"];
    let pod = &template["spec"];
    let container = &pod["containers"][0];
    let labels = template["metadata"]["labels"].as_object();
    let selects_cassandra =
        labels.is_some_and(|labels| labels.keys().any(|key| key.starts_with("cassandra.datastax.com/")));
    let account = rendered.of_kind("ServiceAccount").find(|it| it["metadata"]["name"] == pod["serviceAccountName"]);
    let statements = [
        (!selects_cassandra, "its pods count among those of Cassandra"),
        (spec["ttlSecondsAfterFinished"].is_null(), "a delivery tool would create it again"),
        (spec["podReplacementPolicy"] == "Failed", "two pods run at once"),
        (pod["restartPolicy"] == "Never", "a container that failed leaves no trace"),
        (spec["activeDeadlineSeconds"].as_u64() > Some(7 * 24 * 3600), "terabytes do not leave in a week"),
        (pod["automountServiceAccountToken"] == true, "it cannot call the API server"),
        (account.is_some_and(|it| it["automountServiceAccountToken"] == false), "others get its token"),
        (container["securityContext"]["readOnlyRootFilesystem"] == true, "it may write its root file system"),
        (container["terminationMessagePolicy"] == "FallbackToLogsOnError", "it does not tell why it failed"),
        (container["args"][0] == "settle", "it is not asked to settle"),
    ];
    statements.into_iter().filter(|(holds, _)| !holds).map(|(_, fault)| fault).collect()
}

/// What may be done to objects whose names nobody knows yet.
const UNNAMED: [(&str, &[&str]); 11] = [
    ("statefulsets", &["list"]),
    ("controllerrevisions", &["list"]),
    ("pods", &["list", "delete"]),
    ("pods/log", &["get"]),
    ("pods/eviction", &["create"]),
    ("persistentvolumeclaims", &["get", "list", "patch", "delete"]),
    ("configmaps", &["list", "create", "delete"]),
    ("events", &["get", "create", "patch"]),
    ("jobs", &["list", "delete"]),
    ("leases", &["create"]),
    ("secrets", &["create"]),
];

fn of_rule(rendered: &Rendered, owner: &Value, rule: &Value) -> Option<String> {
    let (resources, verbs, names) = (texts(rule, "resources"), texts(rule, "verbs"), texts(rule, "resourceNames"));
    let resource = *resources.first()?;
    let is_wild = rule.to_string().contains('*') || resources.len() != 1;
    let here = |kind: &'static str| rendered.of_kind(kind).filter(|it| namespace_of(it) == namespace_of(owner));
    let is_due = match (resource, names.is_empty()) {
        ("secrets", true) => verbs == ["create"].into() && generates(rendered),
        (_, true) => {
            UNNAMED.iter().any(|(known, allowed)| *known == resource && verbs == allowed.iter().copied().collect())
        }
        ("statefulsets/scale", false) => {
            verbs == ["update"].into() && names == here("StatefulSet").map(name_of).collect()
        }
        ("configmaps", false) => {
            let is_due = |it: &&str| match verbs.len() {
                1 => verbs.contains("get") && it.ends_with("-desired-ring"),
                _ => verbs == ["get", "update"].into() && it.ends_with("-state"),
            };
            names.len() == 1 && names.iter().all(is_due)
        }
        ("leases", false) => verbs == ["get", "update"].into() && names == [name_of(owner)].into(),
        ("secrets", false) => verbs == ["get"].into(),
        _ => false,
    };
    (is_wild || !is_due).then(|| format!("a right that nobody needs: {rule}"))
}

fn generates(rendered: &Rendered) -> bool {
    let steps = rendered.cluster.steps.as_ref();
    let of_roles = |steps: &Steps| steps.roles.iter().any(|role| role.generated);
    steps.is_some_and(|steps| steps.generates_superuser || of_roles(steps) || steps.reaper.is_some())
}

/// The account is rendered, where the Job runs.
fn of_binding(rendered: &Rendered, binding: &Value) -> Option<&'static str> {
    let subject = &binding["subjects"][0];
    let is_here =
        |it: &Value| it["metadata"]["name"] == subject["name"] && it["metadata"]["namespace"] == subject["namespace"];
    let mut jobs = rendered.of_kind("Job").filter(|job| !is_of_reaper(job));
    let runs_there = jobs.all(|job| job["metadata"]["namespace"] == subject["namespace"]);
    let mut accounts = rendered.of_kind("ServiceAccount");
    let is_bound = accounts.any(is_here) && runs_there && items(binding, "subjects").count() == 1;
    (!is_bound).then_some("the rights are another's")
}

/// The digest of a pod template is the same in `ring.json` and on its StatefulSet, and there only with steps.
fn templates(rendered: &Rendered) -> Vec<String> {
    let told = |ring: &Value| -> Vec<(String, Value)> {
        let racks = items(ring, "datacenters").flat_map(|datacenter| items(datacenter, "racks"));
        racks.map(|rack| (text(rack, "/statefulSet").to_owned(), rack["template"].clone())).collect()
    };
    let rings =
        rendered.of_kind("ConfigMap").filter_map(|it| serde_json::from_str(it["data"]["ring.json"].as_str()?).ok());
    let known: Vec<(String, Value)> = rings.flat_map(|ring: Value| told(&ring)).collect();
    let is_told = |set: &Value| {
        let digest = &set["metadata"]["annotations"]["cassc.io/template"];
        let mut known = known.iter().filter(|(name, _)| name == name_of(set)).peekable();
        digest.is_string() == rendered.cluster.steps.is_some()
            && known.peek().is_some()
            && known.all(|(_, it)| it == digest)
    };
    let unknown = rendered.of_kind("StatefulSet").filter(|set| !is_told(set));
    unknown.map(|set| format!("{} has another digest than the desired ring", name_of(set))).collect()
}

#[test]
fn the_program_may_do_what_it_has_to_and_nothing_else() {
    assert_none(&all().iter().flat_map(faults).collect::<Vec<_>>());
}

#[test]
fn every_right_too_much_is_found() {
    let good = all().into_iter().find(|it| it.title.contains("everything")).expect("a topology has everything");
    assert_none(&faults(&good));
    let mutations = [
        ("Role", "/rules/0/verbs/-", json!("delete"), "nobody needs"),
        ("Role", "/rules/0/verbs/-", json!("get"), "nobody needs"),
        ("Role", "/rules/1/verbs/-", json!("patch"), "nobody needs"),
        ("Role", "/rules/8/verbs/-", json!("patch"), "nobody needs"),
        ("Role", "/rules/1/resourceNames", json!([]), "nobody needs"),
        ("Role", "/rules/1/resourceNames/-", json!("other"), "nobody needs"),
        ("Role", "/rules/3/resources/0", json!("*"), "nobody needs"),
        ("Role", "/rules/-", json!({"apiGroups": [""], "resources": ["secrets"], "verbs": ["list"]}), "nobody needs"),
        ("RoleBinding", "/subjects/0/namespace", json!("elsewhere"), "another's"),
        ("RoleBinding", "/subjects/0/name", json!("default"), "another's"),
        ("Job", "/spec/ttlSecondsAfterFinished", json!(60), "again"),
        ("Job", "/spec/podReplacementPolicy", json!("TerminatingOrFailed"), "two pods"),
        ("Job", "/spec/template/metadata/labels/cassandra.datastax.com~1cluster", json!("Every_Thing"), "count among"),
        ("CronJob", "/spec/jobTemplate/spec/template/spec/restartPolicy", json!("OnFailure"), "no trace"),
        ("StatefulSet", "/metadata/annotations/cassc.io~1template", json!("x"), "another digest"),
        ("ServiceAccount", "/automountServiceAccountToken", json!(true), "others get"),
    ];
    for (kind, pointer, value, expected) in mutations {
        let mut bad = good.clone();
        for (_, object) in bad.objects.iter_mut().filter(|(_, object)| object["kind"] == kind) {
            let unescaped = pointer.replace("~1", "/");
            let is_escaped = unescaped != pointer;
            if is_escaped {
                let (parent, key) = pointer.rsplit_once('/').expect("a pointer begins with a slash");
                let key = key.replace("~1", "/");
                object.pointer_mut(parent).expect("it is there")[key] = value.clone();
            } else {
                *object = mutated(object, pointer, value.clone());
            }
        }
        let found = faults(&bad);
        assert!(found.iter().any(|fault| fault.contains(expected)), "{kind}{pointer}: {expected} is not in {found:#?}");
    }
}

/// Turning the program on restarts nothing: StatefulSets get an annotation, and their pod templates stay.
#[test]
fn turning_steps_on_changes_no_pod_template() {
    let (before, after) = (shop(""), shop("  steps: {enabled: true}\n"));
    assert_eq!(pod_templates(&before.cluster), pod_templates(&after.cluster));
    let specs = |of: &Rendered| of.of_kind("StatefulSet").map(|it| it["spec"].clone()).collect::<Vec<_>>();
    assert_eq!(specs(&before), specs(&after));
}

/// A Job is immutable: what is different in it gives it another name, overrides included.
#[test]
fn another_job_has_another_name() {
    let job = |more: &str| {
        shop(&format!("  steps: {{enabled: true{more}"))
            .of_kind("Job")
            .map(name_of)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let override_of = |patch: &str| {
        format!(
            "}}\n  accept: [{{code: W533, reason: a test}}]\n  overrides: [{{kind: Job, all: true, patch: {patch}}}]\n"
        )
    };
    let names: Vec<Vec<String>> = vec![
        job("}\n"),
        job(", image: \"registry.example.com/cassc-step:0.1.0\"}\n"),
        job(", resources: {limits: {memory: 512Mi}}}\n"),
        job("}\n  rollout: {retry: again}\n"),
        job("}\n  cleanup: manual\n"),
        job("}\n  stopped: true\n"),
        job(&override_of("{spec: {template: {spec: {priorityClassName: low}}}}")),
    ];
    let distinct: BTreeSet<&Vec<String>> = names.iter().collect();
    assert_eq!(distinct.len(), names.len(), "{names:?}");
    assert!(names.iter().flatten().all(|name| name.starts_with("shop-settle-") && name.len() == 20), "{names:?}");
    // The CronJob is mutable and has its own name.
    assert_eq!(job(", schedule: \"1 2 * * *\"}\n"), job("}\n"));
}

/// A Job waits for the desired ring of its commit; a CronJob takes the one that is there.
#[test]
fn a_job_names_the_generation_of_its_ring_and_a_cron_job_none() {
    let with_cron = |it: &Rendered| it.of_kind("CronJob").count() > 0;
    let rendered = all();
    assert!(rendered.iter().any(with_cron), "a topology has a schedule");
    for rendered in rendered.iter().filter(|it| it.cluster.steps.is_some()) {
        let generations = |template: &Value| -> Vec<String> {
            let arguments = items(&template["spec"]["containers"][0], "args").filter_map(Value::as_str);
            arguments.filter_map(|it| it.strip_prefix("--generation=")).map(str::to_owned).collect()
        };
        // The ring is in every namespace, and the program reads the one beside its Job.
        let mut jobs = rendered.of_kind("Job").filter(|job| !is_of_reaper(job));
        let job = jobs.next().expect("steps are rendered");
        let rings = rendered.of_kind("ConfigMap").filter(|it| namespace_of(it) == namespace_of(job));
        let wanted: Vec<&str> = rings.filter_map(|it| it["data"]["generation"].as_str()).map(str::trim).collect();
        let jobs = generations(&job["spec"]["template"]);
        assert!(wanted.len() == 1 && jobs == wanted, "{}: {jobs:?}, the ring is {wanted:?}", rendered.title);
        for cron_job in rendered.of_kind("CronJob") {
            assert_eq!(generations(&cron_job["spec"]["jobTemplate"]["spec"]["template"]), Vec::<String>::new());
        }
    }
}

#[test]
fn a_stopped_ring_is_born_without_pods_and_keeps_its_order() {
    let (running, stopped) = (shop("  steps: {enabled: true}\n"), shop("  steps: {enabled: true}\n  stopped: true\n"));
    let replicas =
        |of: &Rendered| of.of_kind("StatefulSet").map(|it| it["spec"]["replicas"].clone()).collect::<Vec<_>>();
    assert_eq!((replicas(&running), replicas(&stopped)), (vec![json!(1); 3], vec![json!(0); 3]));
    let order = |of: &Rendered| of.of_kind("ConfigMap").find_map(|it| it["data"].get("start-order").cloned());
    assert!(order(&running).is_some() && order(&running) == order(&stopped));
    let template = |of: &Rendered| of.of_kind("StatefulSet").filter_map(pod_template).cloned().collect::<Vec<_>>();
    assert_eq!(template(&running), template(&stopped));
}

/// A lock of a cluster without the program does not name it, and is read as such.
#[test]
fn a_lock_of_before_there_were_steps_is_read() {
    let without = serde_json::to_value(&shop("").cluster).expect("a cluster is JSON");
    let off = serde_json::to_value(&shop("  steps: {enabled: false}\n").cluster).expect("a cluster is JSON");
    assert_eq!(without, off);
    for field in ["steps", "rebuildFrom", "whenNodesLeave", "stepImage"] {
        assert!(!without.to_string().contains(field), "{field}");
    }
    let with = shop("  steps: {enabled: true}\n  auth: {roles: [{name: app, generate: true}]}\n").cluster;
    let read = serde_json::from_value(serde_json::to_value(&with).expect("a cluster is JSON"));
    assert_eq!(with, read.expect("it is read back"));
}
