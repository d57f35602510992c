//! Reaper as it is rendered: nothing that a pod of Cassandra could wait for, no password outside of Secrets and memory, a Job that no number
//! of nodes changes. Judged on the objects alone; the script in the sidecar is run.

use std::fs;
use std::io::Read as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use cassc::render::pod_templates;
use cassc_ring::Ring;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::compare::repository;
use crate::hygiene::{containers, items, pod_spec};
use crate::real_tool::is_here;
use crate::rendered::{Rendered, all, assert_none, compiled, mutated, rendered};

const SHOP: &str = "apiVersion: cassc/v1alpha1\nkind: CassandraTopology\nmetadata: {name: shop, namespace: cass}\nspec:\n  \
                    cassandra: {version: 4.1.9}\n  resources: {requests: {cpu: \"2\", memory: 8Gi}, limits: {memory: 8Gi}}\n  \
                    storage: {size: 100Gi}\n  steps: {enabled: true}\n  datacenters:\n    - {name: dc1, nodes: 3, racks: [{name: \
                    a}, {name: b}, {name: c}]}\n";

/// The shop with this below `spec.repair`.
fn shop(repair: &str) -> Rendered {
    shop_of(repair, "nodes: 3")
}

fn shop_of(repair: &str, nodes: &str) -> Rendered {
    let text = SHOP.replace("nodes: 3", nodes).replace("spec:\n", &format!("spec:\n  repair: {repair}\n"));
    let compilation = compiled("shop.yaml", text.clone().into_bytes(), None);
    assert!(!compilation.accepted.is_empty(), "{text}{:#?}", compilation.complaints);
    rendered(&compilation).swap_remove(0)
}

fn named<'r>(rendered: &'r Rendered, kind: &'r str, name: &str) -> Option<&'r Value> {
    rendered.of_kind(kind).find(|object| object["metadata"]["name"] == name)
}

fn ring(rendered: &Rendered) -> Ring {
    let desired = rendered.of_kind("ConfigMap").find_map(|it| it["data"]["ring.json"].as_str());
    serde_json::from_str(desired.expect("it is rendered")).expect("it is a ring")
}

/// Those of Cass Operator, which the documents about it show.
#[test]
fn objects_have_the_names_of_the_documents() {
    for (file, name) in
        [("examples/reaper.yaml", "example-reaper"), ("golden/topologies/reaper-multi-rack.yaml", "multi-rack")]
    {
        let text = fs::read(repository(file)).expect("it is there");
        let rendered = rendered(&compiled(file, text, None)).swap_remove(0);
        let service = named(&rendered, "Service", &format!("{name}-reaper-service")).expect("its Service");
        assert_eq!(service["spec"]["ports"][0]["port"], 7080);
        assert!(named(&rendered, "Job", &format!("{name}-reaper-init-schema")).is_some(), "{name}");
    }
}

/// The value of a variable, or the name of the Secret that it comes from.
fn variable<'v>(container: &'v Value, name: &str) -> Option<&'v str> {
    let found = items(container, "env").find(|it| it["name"] == name)?;
    found["value"].as_str().or_else(|| found["valueFrom"]["secretKeyRef"]["name"].as_str())
}

/// The variables that are secret.
const SECRET: [&str; 3] = ["JWT_SECRET", "REAPER_AUTH_PASSWORD", "REAPER_CASS_AUTH_PASSWORD"];

/// What is wrong with Reaper in the pods of an object.
fn faults(object: &Value) -> Vec<&'static str> {
    let Some(pod) = pod_spec(object) else { return Vec::new() };
    let of_cassandra = object["kind"] == "StatefulSet";
    let ours = containers(pod).filter(|it| it["name"] == "reaper" || it["name"] == "schema-migration");
    ours.flat_map(|container| container_faults(pod, container, of_cassandra)).collect()
}

fn container_faults(pod: &Value, container: &Value, of_cassandra: bool) -> Vec<&'static str> {
    let probes = ["readinessProbe", "startupProbe", "livenessProbe"];
    let has_probe = probes.iter().any(|probe| !container[*probe].is_null());
    let is_in_memory = |path: &str| {
        let mount = items(container, "volumeMounts").find(|it| it["mountPath"] == path);
        let volume = mount.and_then(|mount| items(pod, "volumes").find(|it| it["name"] == mount["name"]));
        volume.is_some_and(|volume| volume["emptyDir"]["medium"] == "Memory")
    };
    let in_clear = |it: &Value| SECRET.iter().any(|name| it["name"] == *name) && !it["value"].is_null();
    let statements = [
        (of_cassandra && has_probe, "a pod of Cassandra waits for Reaper"),
        (!is_in_memory("/etc/cassandra-reaper/config"), "passwords are written to a disk"),
        (items(container, "env").any(in_clear), "a password is in the manifest"),
        (container["securityContext"]["readOnlyRootFilesystem"] != true, "its root file system is writable"),
        (variable(container, "REAPER_TMP_DIRECTORY") != Some("/tmp"), "it has nowhere to write to"),
        (!items(container, "volumeMounts").any(|it| it["mountPath"] == "/tmp"), "nothing is mounted at /tmp"),
    ];
    statements.into_iter().filter(|(is_wrong, _)| *is_wrong).map(|(_, fault)| fault).collect()
}

#[test]
fn no_pod_waits_for_reaper_and_no_password_is_written_down() {
    let all = all();
    let faulty = all.iter().flat_map(|rendered| {
        let of_object = |(path, object): &(String, Value)| {
            faults(object).into_iter().map(|it| format!("{path}: {it}")).collect::<Vec<_>>()
        };
        rendered.objects.iter().flat_map(of_object)
    });
    assert_none(&faulty.collect::<Vec<_>>());
    let good = shop("{reaper: {}}");
    let set = good.of_kind("StatefulSet").next().expect("a rack is one");
    let position = items(&set["spec"]["template"]["spec"], "containers").position(|it| it["name"] == "reaper");
    let reaper = format!("/spec/template/spec/containers/{}", position.expect("it is a container"));
    let volume = items(&set["spec"]["template"]["spec"], "volumes").position(|it| it["name"] == "reaper-config");
    let volume = format!("/spec/template/spec/volumes/{}", volume.expect("it is a volume"));
    for (pointer, value, expected) in [
        (format!("{reaper}/readinessProbe"), json!({"tcpSocket": {"port": 7080}}), "waits for Reaper"),
        (format!("{reaper}/startupProbe"), json!({"tcpSocket": {"port": 7080}}), "waits for Reaper"),
        (format!("{reaper}/securityContext/readOnlyRootFilesystem"), json!(false), "writable"),
        (format!("{reaper}/env/-"), json!({"name": "JWT_SECRET", "value": "x"}), "in the manifest"),
        (format!("{volume}/emptyDir"), json!({}), "written to a disk"),
    ] {
        let found = faults(&mutated(set, &pointer, value));
        assert!(found.iter().any(|fault| fault.contains(expected)), "{pointer}: {found:?}");
    }
}

#[test]
fn a_sidecar_is_as_reaper_needs_it() {
    let rendered = shop("{reaper: {autoSchedule: true, schedules: [{keyspace: b}, {keyspace: a}]}}");
    let set = rendered.of_kind("StatefulSet").next().expect("a rack is one");
    let pod = pod_spec(set).expect("it has pods");
    let reaper = containers(pod).find(|it| it["name"] == "reaper").expect("it runs in the pods");
    for (name, value) in [
        ("REAPER_STORAGE_TYPE", "cassandra"),
        ("REAPER_DATACENTER_AVAILABILITY", "SIDECAR"),
        ("REAPER_SKIP_SCHEMA_MIGRATION", "true"),
        ("REAPER_ENABLE_DYNAMIC_SEED_LIST", "false"),
        ("REAPER_SERVER_APP_PORT", "7080"),
        ("REAPER_SERVER_ADMIN_PORT", "7081"),
        ("REAPER_CASS_CONTACT_POINTS", r#"[{"host":"127.0.0.1","port":9042}]"#),
        ("REAPER_CASS_LOCAL_DC", "\"dc1\""),
        ("REAPER_CASS_KEYSPACE", "reaper_db"),
        ("REAPER_CASS_AUTH_ENABLED", "true"),
        ("REAPER_CASS_AUTH_PASSWORD", "shop-reaper"),
        ("REAPER_AUTH_USER", "shop-reaper-ui"),
        ("JWT_SECRET", "shop-reaper-token"),
        ("REAPER_HEAP_SIZE", "256m"),
        ("REAPER_AUTO_SCHEDULING_EXCLUDED_KEYSPACES", r#"["a","b"]"#),
    ] {
        assert_eq!(variable(reaper, name), Some(value), "{name}");
    }
    assert_eq!(reaper["securityContext"]["runAsUser"], 1001);
    let service = named(&rendered, "Service", "shop-reaper-service").expect("it is rendered");
    assert_eq!(service["spec"]["ports"][0], json!({"name": "ui", "port": 7080, "protocol": "TCP", "targetPort": "ui"}));
    assert!(service["spec"]["publishNotReadyAddresses"].is_null());
    assert_eq!(service["spec"]["selector"], json!({"cassandra.datastax.com/cluster": "shop"}));
}

#[test]
fn a_ring_without_passwords_has_no_role_and_an_old_one_an_old_reaper() {
    let open = SHOP.replace("spec:\n", "spec:\n  auth: {authenticator: AllowAll}\n  repair: {reaper: {}}\n");
    let open = rendered(&compiled("shop.yaml", open.replace("4.1.9", "3.11.17").into_bytes(), None)).swap_remove(0);
    let job = named(&open, "Job", "shop-reaper-init-schema").expect("it is rendered");
    let pod = pod_spec(job).expect("it has a pod");
    assert!(!pod.to_string().contains("superuser") && !pod.to_string().contains("secretKeyRef"), "{pod}");
    let migration = &pod["containers"][0];
    assert_eq!(migration["image"], "docker.io/thelastpickle/cassandra-reaper:3.8.0");
    assert_eq!(variable(migration, "REAPER_CASS_CONTACT_POINTS"), Some(r#"["shop-dc1-service"]"#));
    assert_eq!(variable(migration, "REAPER_CASS_PORT"), Some("9042"));
    assert_eq!(ring(&open).steps.and_then(|it| it.reaper).and_then(|it| it.role_secret), None);
}

#[test]
fn no_number_of_nodes_and_no_schedule_changes_the_job_or_a_pod() {
    let with = |schedules: &str, nodes: &str| shop_of(&format!("{{reaper: {{schedules: [{schedules}]}}}}"), nodes);
    let (one, other) = (with("", "nodes: 3"), with("{keyspace: shop}", "nodes: 9"));
    let spec = |of: &Rendered| named(of, "Job", "shop-reaper-init-schema").expect("it is rendered")["spec"].clone();
    assert_eq!(spec(&one), spec(&other));
    assert_eq!(pod_templates(&one.cluster), pod_templates(&other.cluster));
    let args = json!([
        "reaper-schema",
        "--ring=/ring/ring.json",
        "--contact=shop-dc1-service:9042",
        "--superuser=/secrets/superuser",
        "--role=/secrets/role"
    ]);
    assert_eq!(spec(&one)["template"]["spec"]["initContainers"][0]["args"], args);
}

#[test]
fn a_deployment_changes_no_pod_of_cassandra() {
    let (without, with) = (shop("{}"), shop("{reaper: {mode: deployment}}"));
    assert_eq!(pod_templates(&without.cluster), pod_templates(&with.cluster));
    let deployment = named(&with, "Deployment", "shop-reaper").expect("it is rendered");
    let reaper = &pod_spec(deployment).expect("it has a pod")["containers"][0];
    for (name, value) in [
        ("REAPER_DATACENTER_AVAILABILITY", "ALL"),
        ("REAPER_HTTP_MANAGEMENT_ENABLE", "true"),
        ("REAPER_CASS_CONTACT_POINTS", r#"[{"host":"shop-dc1-service","port":9042}]"#),
    ] {
        assert_eq!(variable(reaper, name), Some(value), "{name}");
    }
    let labels = &deployment["spec"]["template"]["metadata"]["labels"];
    assert!(!labels.to_string().contains("cassandra.datastax.com"), "its pod counts among those of Cassandra");
    let told = ring(&with).steps.and_then(|it| it.reaper).expect("it is in the ring");
    assert_eq!(told.seed_host.as_deref(), Some("shop-seed-service.cass.svc.cluster.local"));
}

/// What a schedule is when nothing of it is written.
#[test]
fn every_default_of_a_schedule_is_in_the_desired_ring() {
    let rendered = shop("{reaper: {schedules: [{keyspace: a}, {keyspace: b, incremental: true, tables: [y, x]}]}}");
    let reaper = serde_json::to_value(ring(&rendered).steps.and_then(|it| it.reaper)).expect("it is JSON");
    let written = json!({
        "keyspace": "a", "everyDays": 7, "intensity": 9000, "parallelism": "datacenterAware", "segmentsPerNode": 64, "threads": 1,
        "timeoutMinutes": 30, "scope": "full", "adaptive": false, "paused": false
    });
    assert_eq!(reaper["schedules"][0], written);
    assert_eq!(reaper["schedules"][1]["parallelism"], "parallel");
    assert_eq!(reaper["schedules"][1]["tables"], json!(["x", "y"]));
}

/// In two Kubernetes clusters one writes: the Job is there alone.
#[test]
fn one_kubernetes_cluster_makes_the_tables() {
    let all = all();
    let several: Vec<&Rendered> = all.iter().filter(|it| it.title.contains("reaper-several")).collect();
    assert!(several.len() >= 2, "a topology has several");
    for rendered in several {
        let in_east = rendered.objects.iter().any(|(path, _)| path.starts_with("kube-east/"));
        assert_eq!(named(rendered, "Job", "both-reaper-init-schema").is_some(), in_east, "{}", rendered.title);
        let told = ring(rendered).steps.and_then(|it| it.reaper).expect("it is in the ring");
        assert_eq!(told.written_by.as_deref(), Some("kube-east"));
        assert_eq!(told.schedules[0].datacenters, ["EAST-1", "west"]);
    }
}

/// A double of the image's entry point: it ends twice, and then runs until it is told to end.
const ENTRY: &str = "#!/bin/sh\necho run >> runs\necho \"$*\"\n[ \"$(wc -l < runs)\" -lt 3 ] && exit 1\n\
                     trap 'echo terminated; kill $!; exit 143' TERM\nsleep 60 & wait $!\n";

/// The output of the script of the sidecar in a shell, told to end once Reaper runs.
fn output_of_script(shell: &[&str]) -> String {
    let folder = TempDir::new().expect("a folder can be made");
    let text = fs::read_to_string(repository("templates/scripts/reaper.sh")).expect("it is there");
    let text = text.replace("/usr/local/bin/entrypoint.sh", "sh ./entry").replace("sleep 10 ", "sleep 0.1 ");
    fs::write(folder.path().join("reaper.sh"), text).expect("it can be written");
    fs::write(folder.path().join("entry"), ENTRY).expect("it can be written");
    let mut command = Command::new(shell[0]);
    command.args(&shell[1..]).arg("reaper.sh").current_dir(folder.path()).stdout(Stdio::piped());
    let mut script = command.spawn().expect("the shell answered to its probe");
    let begun = Instant::now();
    let runs = || fs::read_to_string(folder.path().join("runs")).unwrap_or_default().lines().count();
    while runs() < 3 && begun.elapsed() < Duration::from_mins(1) {
        std::thread::sleep(Duration::from_millis(50));
    }
    // The double sets its trap after it has counted itself.
    std::thread::sleep(Duration::from_millis(500));
    let told = Command::new("kill").args(["-TERM", &script.id().to_string()]).status();
    assert!(told.is_ok_and(|status| status.success()), "the script still runs");
    let status = script.wait().expect("it ends");
    assert!(status.success() && begun.elapsed() < Duration::from_secs(50), "{shell:?}: {status}");
    let mut printed = String::new();
    script.stdout.take().expect("it is piped").read_to_string(&mut printed).expect("it is text");
    printed
}

#[test]
fn the_script_starts_reaper_again_and_ends_it_with_the_pod() {
    for shell in [&["dash"][..], &["bash"], &["busybox", "sh"]] {
        if is_here(shell[0], &[&shell[1..], &["-c", ":"]].concat()) {
            let again = "cassandra-reaper\nReaper ended with 1; it starts again in 10 seconds\n";
            let expected = format!("{again}{again}cassandra-reaper\nterminated\n");
            assert_eq!(output_of_script(shell), expected, "{shell:?}");
        }
    }
}
