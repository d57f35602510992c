//! `cassc argocd …` as Argo CD's plugin server calls it: the files of `examples/argocd`, run through a double of the
//! server. What a user reads in the Application when nothing is rendered stands in `golden/plugin/*.txt`.

mod discovery;
mod examples;
pub(crate) mod fixture;
pub(crate) mod server;
mod vanished;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use std::thread;

use serde_json::Value;

use self::fixture::{Fixture, SHOP};
use self::server::{Request, Unpacked, condition, ended, generated, run, started};
use crate::compare::{assert_same, difference, repository, yaml_files};
use crate::readers::{PYTHON_PROBE, read_by_python};
use crate::real_tool::is_here;

fn clusters() -> Request {
    Request::new("clusters")
}

/// What a user reads, without the version of this cassc.
fn read_by_user(fixture: &Fixture, request: &Request) -> String {
    let read = generated(fixture.path(), request).expect_err("it is not rendered");
    read.replace(env!("CARGO_PKG_VERSION"), "VERSION") + "\n"
}

#[test]
fn a_topology_in_its_lock_is_rendered_as_at_the_command_line() {
    let fixture = Fixture::shop();
    let printed = generated(fixture.path(), &clusters()).expect("it is in its lock");
    assert_eq!(printed, fixture.rendered("shop.yaml --dialect argocd --against shop/cassc.lock"));
    assert_eq!(printed, generated(fixture.path(), &clusters()).expect("another random folder, the same bytes"));
    for dialect in ["argocd", "flux", "plain"] {
        let request = clusters().with(&[("dialect", dialect), ("file", "shop.yaml")]);
        let expected = fixture.rendered(&format!("shop.yaml --dialect {dialect} --against shop/cassc.lock"));
        assert_eq!(generated(fixture.path(), &request), Ok(expected), "{dialect}");
    }
    fixture.rendered("shop.yaml -o . --lock-only --dialect flux");
    assert_eq!(generated(fixture.path(), &clusters()), Ok(printed), "the dialect of the lock is of no concern");
}

/// The lock of a cluster that has grown since remembers what a new one would choose otherwise.
#[test]
fn a_cluster_with_a_history_is_rendered_with_it() {
    let fixture = Fixture::shop();
    fixture.edit("clusters/shop.yaml", "nodes: 6", "nodes: 9").lock("shop.yaml");
    let printed = generated(fixture.path(), &clusters()).expect("it is in its lock");
    assert_eq!(printed, fixture.rendered("shop.yaml --dialect argocd --against shop/cassc.lock"));
    assert_ne!(printed, fixture.rendered("shop.yaml --dialect argocd"), "a new cluster is another one");
    let request = clusters().with(&[("first-install", "true")]);
    assert_eq!(generated(fixture.path(), &request), Ok(printed), "the lock counts, whatever the parameter says");
}

#[test]
fn every_example_is_rendered_and_read_by_yaml_1_1() {
    let fixture = Fixture::new();
    let mut objects = 0;
    for example in yaml_files("examples") {
        let name = example.file_name().and_then(|name| name.to_str()).expect("a file has a name");
        fixture.write(&format!("clusters/{name}"), &fs::read_to_string(&example).expect("it can be read")).lock(name);
        let kube_clusters = kube_clusters(name, &fixture);
        for kube_cluster in kube_clusters {
            let request = clusters().with(&[("file", name), ("kube-cluster", &kube_cluster)]);
            let printed = generated(fixture.path(), &request).expect("it is in its lock");
            objects += printed.lines().filter(|line| *line == "---").count();
            assert_objects(&printed);
        }
    }
    assert!(objects > 30, "{objects} objects");
}

/// The Kubernetes clusters that a topology names, or the only one.
fn kube_clusters(topology: &str, fixture: &Fixture) -> BTreeSet<String> {
    let text = fs::read_to_string(fixture.path().join("clusters").join(topology)).expect("it was written");
    let named = text.lines().filter_map(|line| line.trim().strip_prefix("kubeCluster: ").map(str::to_owned));
    let named: BTreeSet<String> = named.collect();
    if named.is_empty() { [String::new()].into() } else { named }
}

/// Each document is an object of its own, as a YAML 1.1 reader sees it.
fn assert_objects(stream: &str) {
    if !is_here("python3", &PYTHON_PROBE) {
        return;
    }
    let documents = read_by_python("CSafeLoader", stream);
    let documents = documents.as_array().expect("the script prints a list");
    assert_eq!(documents.len(), stream.lines().filter(|line| *line == "---").count());
    let identity = |object: &Value| {
        ["/apiVersion", "/kind", "/metadata/name"]
            .map(|part| object.pointer(part).and_then(Value::as_str).map(str::to_owned))
    };
    let identities: BTreeSet<_> = documents.iter().map(identity).collect();
    assert_eq!(identities.len(), documents.len(), "no object is there twice");
    assert!(identities.iter().flatten().all(Option::is_some), "each has a kind and a name");
}

#[test]
fn what_users_read_in_the_application() {
    let refused = Fixture::shop();
    refused.edit("clusters/shop.yaml", "nodes: 6", "nodes: 2").edit("clusters/shop.yaml", "500Gi", "500 Gi");
    let transition = Fixture::shop();
    transition.edit("clusters/shop.yaml", "name: dc1", "name: dc2").edit("clusters/shop.yaml", "nodes: 6", "nodes: 3");
    let stale = Fixture::shop();
    stale.edit("clusters/shop.yaml", "nodes: 6", "nodes: 9");
    let missing = Fixture::new();
    missing.write("clusters/shop.yaml", SHOP);
    let lost = Fixture::new();
    lost.write("clusters/shop.yaml", SHOP).rendered("shop.yaml -o .");
    lost.remove("clusters/shop/cassc.lock");
    let conflict = Fixture::shop();
    conflict.edit("clusters/shop/cassc.lock", "  \"cluster\"", "<<<<<<< HEAD\n=======\n>>>>>>> x\n  \"cluster\"");
    let gone = Fixture::shop();
    gone.write("clusters/other.yaml", &SHOP.replace("shop", "other").replace("dc1", "dc2")).lock("other.yaml");
    gone.remove("clusters/shop.yaml");
    let shop = Fixture::shop();
    let cases = [
        ("refused-topology", read_by_user(&refused, &clusters())),
        ("refused-transition", read_by_user(&transition, &clusters())),
        ("stale-lock", read_by_user(&stale, &clusters())),
        ("missing-lock", read_by_user(&missing, &clusters())),
        ("lost-lock", read_by_user(&lost, &clusters().with(&[("first-install", "true")]))),
        ("lock-in-conflict", read_by_user(&conflict, &clusters())),
        ("topology-gone", read_by_user(&gone, &clusters())),
        ("empty-folder", condition(&run("generate", Fixture::new().path(), &clusters())) + "\n"),
        ("unknown-parameter", read_by_user(&shop, &clusters().with(&[("fist-install", "true")]))),
        ("outside", read_by_user(&shop, &clusters().with(&[("file", "../shop.yaml")]))),
    ];
    let compared = cases.iter().map(|(name, read)| difference(&repository(&format!("golden/plugin/{name}.txt")), read));
    assert_same(&compared.flatten().collect::<Vec<_>>());
}

/// Two commits in a row, the first of which nobody rendered, would each be judged against the state before the first.
#[test]
fn a_change_without_its_lock_is_not_rendered_and_the_next_one_neither() {
    let fixture = Fixture::shop();
    fixture.edit("clusters/shop.yaml", "concurrent_reads: 64", "concurrent_reads: 32");
    let stale = generated(fixture.path(), &clusters()).expect_err("it is not in its lock");
    assert!(stale.contains("cassc render shop.yaml -o . --lock-only"), "{stale}");
    fixture.edit("clusters/shop.yaml", "concurrent_reads: 32", "concurrent_reads: 16");
    generated(fixture.path(), &clusters()).expect_err("still not");
    let with_first_install = clusters().with(&[("first-install", "true")]);
    generated(fixture.path(), &with_first_install).expect_err("a lock that is there counts");
    fixture.lock("shop.yaml");
    generated(fixture.path(), &clusters()).expect("now it is");
}

#[test]
fn a_new_cluster_is_rendered_only_where_somebody_says_that_it_is() {
    let fixture = Fixture::new();
    fixture.write("clusters/shop.yaml", SHOP);
    generated(fixture.path(), &clusters()).expect_err("an old cluster that lost its lock looks the same");
    let request = clusters().with(&[("first-install", "true")]);
    let printed = generated(fixture.path(), &request).expect("it is new");
    assert_eq!(printed, fixture.rendered("shop.yaml --dialect argocd"));
    fixture.lock("shop.yaml");
    assert_eq!(generated(fixture.path(), &clusters()), Ok(printed), "the lock that is committed next changes nothing");
}

/// A repository that moves from rendered files to the plugin keeps its locks.
#[test]
fn the_lock_of_rendered_files_is_as_good() {
    let fixture = Fixture::new();
    fixture.write("clusters/shop.yaml", SHOP).rendered("shop.yaml -o .");
    let printed = generated(fixture.path(), &clusters()).expect("it is in its lock");
    fixture.edit("clusters/shop.yaml", "nodes: 6", "nodes: 9");
    let stale = generated(fixture.path(), &clusters()).expect_err("it is not in its lock");
    assert!(stale.contains("`cassc render shop.yaml -o .`"), "the files would go stale with the lock alone: {stale}");
    fixture.edit("clusters/shop.yaml", "nodes: 9", "nodes: 6");
    let lock = fs::read(fixture.path().join("clusters/shop/cassc.lock")).expect("it was rendered");
    fixture.remove("clusters/shop/base").remove("clusters/shop/cluster").remove("clusters/shop/kustomization.yaml");
    fixture.lock("shop.yaml");
    assert_eq!(fs::read(fixture.path().join("clusters/shop/cassc.lock")).expect("it stayed"), lock);
    assert_eq!(generated(fixture.path(), &clusters()), Ok(printed));
}

#[test]
fn a_lock_may_stand_beside_its_topology_or_in_the_folder_of_the_application_but_not_in_both() {
    let fixture = Fixture::new();
    fixture.write("clusters/eu/shop.yaml", SHOP);
    let request = clusters().with(&[("file", "eu")]);
    fixture.rendered("eu/shop.yaml -o eu --lock-only");
    let printed = generated(fixture.path(), &request).expect("it is in its lock");
    fixture.rendered("eu/shop.yaml -o . --lock-only");
    let twice = generated(fixture.path(), &request).expect_err("which of them is deployed?");
    assert!(twice.contains("shop/cassc.lock and eu/shop/cassc.lock are both locks"), "{twice}");
    fixture.remove("clusters/eu/shop");
    assert_eq!(generated(fixture.path(), &request), Ok(printed));
}

#[test]
fn neither_environment_nor_parameters_of_other_plugins_change_a_byte() {
    let fixture = Fixture::shop();
    let expected = generated(fixture.path(), &clusters()).expect("it is in its lock");
    let elsewhere = tempfile::tempdir().expect("a temporary folder can be made");
    let mut odd = clusters();
    let variables = [
        ("KUBE_VERSION", "1.20.0"),
        ("KUBE_API_VERSIONS", "v1,apps/v1"),
        ("ARGOCD_APP_NAMESPACE", "elsewhere"),
        ("ARGOCD_APP_REVISION", "0123456789abcdef"),
        ("ARGOCD_ENV_DIALECT", "flux"),
        ("PARAM_DIALECT", "flux"),
        ("CLICOLOR_FORCE", "1"),
        ("RUST_BACKTRACE", "1"),
        ("RAYON_NUM_THREADS", "1"),
        ("LC_ALL", "de_DE.UTF-8"),
        ("TMPDIR", "/there/is/no/such/folder"),
    ];
    for (name, value) in variables {
        odd = odd.variable(name, value);
    }
    let home = odd.clone().variable("HOME", &elsewhere.path().display().to_string());
    for request in [odd, home] {
        assert_eq!(generated(fixture.path(), &request).as_ref(), Ok(&expected));
    }
    assert_eq!(fs::read_dir(elsewhere.path()).expect("it is there").count(), 0, "nothing is written at home");
    for nothing in ["", "null", "[]"] {
        let request = Request { parameters: Some(nothing.to_owned()), ..clusters() };
        assert_eq!(generated(fixture.path(), &request).as_ref(), Ok(&expected), "{nothing:?}");
    }
    let garbage = Request { parameters: Some("{]".to_owned()), ..clusters() };
    let complaint = generated(fixture.path(), &garbage).expect_err("it cannot be read");
    assert!(complaint.contains("ARGOCD_APP_PARAMETERS"), "{complaint}");
}

#[test]
fn several_calls_at_once_print_the_same() {
    let fixture = Fixture::shop();
    let expected = generated(fixture.path(), &clusters()).expect("it is in its lock");
    thread::scope(|scope| {
        let callers: Vec<_> = (0..6).map(|_| scope.spawn(|| generated(fixture.path(), &clusters()))).collect();
        for caller in callers {
            assert_eq!(caller.join().expect("a caller does not panic").as_ref(), Ok(&expected));
        }
    });
}

/// Enough manifests that the pipe is full while nobody reads: the process is then in the midst of printing.
#[test]
fn whoever_is_stopped_in_the_midst_of_printing_ends_and_leaves_nothing() {
    let fixture = Fixture::new();
    let fleet: String = (0..4).fold(String::new(), |mut text, number| {
        write!(text, "---\n{}", SHOP.replace("shop", &format!("shop{number}")).replace("dc1", &format!("dc{number}")))
            .expect("writing to a String cannot fail");
        text
    });
    fixture.write("clusters/fleet.yaml", &fleet).lock("fleet.yaml");
    let unpacked = Unpacked::new(fixture.path());
    for (signal, number) in [("TERM", 15), ("KILL", 9)] {
        let child = started("generate", &unpacked, &clusters());
        wait_until_it_prints(child.id());
        let kill = Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status();
        assert!(kill.is_ok_and(|status| status.success()), "the process still prints");
        let ran = ended(child);
        assert_eq!(ran.status.signal(), Some(number), "{}", ran.stderr);
        assert!(condition(&ran).starts_with("`cassc argocd generate` failed signal"));
    }
    let whole = ended(started("generate", &unpacked, &clusters()));
    assert!(whole.status.success() && whole.stdout.len() > 128 * 1024, "{}", whole.stderr);
}

/// Nobody reads the pipe, so a process that sleeps in a write has filled it. Where the system does not tell, a while is
/// waited.
fn wait_until_it_prints(process: u32) {
    for _ in 0..500 {
        let waits_in = fs::read_to_string(format!("/proc/{process}/wchan")).unwrap_or_default();
        if waits_in.contains("pipe_write") {
            return;
        }
        thread::sleep(std::time::Duration::from_millis(10));
    }
}

#[test]
fn a_pipe_that_takes_nothing_is_a_failure() {
    let Ok(full) = fs::OpenOptions::new().write(true).open("/dev/full") else { return };
    let fixture = Fixture::shop();
    let mut cassc = Command::new(env!("CARGO_BIN_EXE_cassc"));
    cassc.args(["argocd", "generate"]).current_dir(fixture.path().join("clusters")).env_clear();
    let output = cassc.stdin(Stdio::null()).stdout(full).output().expect("the binary is built");
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("cannot write to standard output"));
}

#[test]
fn what_leads_out_of_the_folder_or_the_repository_is_refused() {
    let fixture = Fixture::shop();
    let outside = tempfile::tempdir().expect("a temporary folder can be made");
    let secret = outside.path().join("secret.yaml");
    fs::write(&secret, "password: hunter2\n").expect("it can be written");
    let secret = secret.display().to_string();
    fixture.link("clusters/absolute.yaml", &secret).link("clusters/config.yaml", "../.git/HEAD");
    fixture.link("clusters/folder", &outside.path().display().to_string());
    for file in
        [secret.as_str(), "../clusters/shop.yaml", "absolute.yaml", "config.yaml", "folder", "-", "*.yaml", "folder/*"]
    {
        let ran = run("generate", fixture.path(), &clusters().with(&[("file", file)]));
        assert!(!ran.status.success(), "{file} is rendered");
        assert!(!ran.stderr.contains("hunter2") && !ran.stderr.contains("refs/heads"), "{file}: {}", ran.stderr);
    }
    let whole = run("generate", fixture.path(), &clusters());
    assert!(whole.stderr.contains("leads out of the repository"), "{}", whole.stderr);
}

#[test]
fn a_lock_that_leads_out_of_the_repository_is_refused_and_not_shown() {
    let fixture = Fixture::shop();
    let outside = tempfile::tempdir().expect("a temporary folder can be made");
    let secret = outside.path().join("config.json");
    fs::write(&secret, r#"{"format": 2, "topology": {"hunter2": "hunter2"}, "files": "hunter2"}"#)
        .expect("it can be written");
    fixture.remove("clusters/shop/cassc.lock").link("clusters/shop/cassc.lock", &secret.display().to_string());
    let ran = run("generate", fixture.path(), &clusters());
    assert!(ran.stderr.contains("shop/cassc.lock leads out of the repository"), "{}", ran.stderr);
    assert!(!ran.status.success() && !ran.stderr.contains("hunter2"), "{}", ran.stderr);
}

#[test]
fn a_link_inside_the_repository_is_followed() {
    let fixture = Fixture::shop();
    let expected = generated(fixture.path(), &clusters()).expect("it is in its lock");
    fixture
        .remove("clusters/shop.yaml")
        .write("shared/shop.yaml", SHOP)
        .link("clusters/shop.yaml", "../shared/shop.yaml");
    assert_eq!(generated(fixture.path(), &clusters()), Ok(expected));
}

#[test]
fn an_application_gets_the_nodes_of_one_kubernetes_cluster() {
    let fixture = Fixture::new();
    let two = SHOP.replace("    - name: dc1\n", "    - name: dc1\n      kubeCluster: east\n")
        + "    - {name: dc2, kubeCluster: west, nodes: 3, racks: [{name: a}, {name: b}, {name: c}]}\n  \
           additionalSeeds: [seed.example.com]\n";
    fixture.write("clusters/shop.yaml", &two);
    let request = |kube_cluster| clusters().with(&[("first-install", "true"), ("kube-cluster", kube_cluster)]);
    let both = generated(fixture.path(), &request("")).expect_err("which one?");
    assert!(both.contains("`east` and `west`") && both.contains("parameter `kube-cluster`"), "{both}");
    let (east, west) = (generated(fixture.path(), &request("east")), generated(fixture.path(), &request("west")));
    let (east, west) = (east.expect("it is named"), west.expect("it is named"));
    assert!(east.contains("name: shop-dc1-a-sts\n") && !east.contains("name: shop-dc2-a-sts\n"));
    assert!(west.contains("name: shop-dc2-a-sts\n") && !west.contains("name: shop-dc1-a-sts\n"));
    let none = generated(fixture.path(), &request("north")).expect_err("there is none");
    assert!(none.contains("no datacenter runs in the Kubernetes cluster `north`"), "{none}");
}

#[test]
fn warnings_are_for_the_log_or_deny_the_rendering() {
    let fixture = Fixture::new();
    fixture.write(
        "clusters/shop.yaml",
        &SHOP.replace("[{name: a, zone: za}, {name: b, zone: zb}, {name: c, zone: zc}]", "[{name: a}]"),
    );
    fixture.lock("shop.yaml");
    let shown = run("generate", fixture.path(), &clusters());
    assert!(shown.status.success() && shown.stderr.contains("warning[W113]"), "{}", shown.stderr);
    let denied = generated(fixture.path(), &clusters().with(&[("warnings", "deny")])).expect_err("there is a warning");
    assert!(denied.contains("error[W113]"), "{denied}");
}

#[test]
fn a_thousand_complaints_are_five_and_a_number() {
    let fixture = Fixture::new();
    let mut text = SHOP.replace("kind: Cass", "hostile\u{7}: \"\\e[31m\"\nkind: Cass");
    for number in 0..1000 {
        writeln!(text, "  unknown{number}: {}", "x".repeat(400)).expect("writing to a String cannot fail");
    }
    fixture.write("clusters/shop.yaml", &text);
    let ran = run("generate", fixture.path(), &clusters());
    assert!(!ran.status.success());
    let fixture = Fixture::new();
    let many: String =
        (0..40).fold(String::new(), |text, number| text + "---\n" + &SHOP.replace("shop", &format!("Shop_{number}")));
    fixture.write("clusters/shop.yaml", &many);
    let ran = run("generate", fixture.path(), &clusters());
    let errors = ran.stderr.lines().filter(|line| line.contains(": error[")).count();
    assert_eq!(errors, 5, "{}", ran.stderr);
    assert!(ran.stderr.contains(" more; run `cassc validate`"), "{}", ran.stderr);
}
