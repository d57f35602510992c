//! A pod's surroundings in a temporary folder: mounts, volume, name service, network and time.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use cassc::catalogue::Warnings;
use cassc::parse::source::{Origin, Source};
use cassc::render::config;
use cassc::{Options, compile};
use tempfile::TempDir;

use super::stand_ins::{CURL, GETENT, SLEEP};
use crate::real_tool::is_here;

const ALL_PODS: &str = "shop-dc1-all-pods-service.cass.svc.cluster.local";
const CQL: &str = "shop-dc1-service.cass.svc.cluster.local";
const CONTROL: &str = "kubernetes.default.svc.cluster.local";

/// Rounds after which a gate that still waits is stopped.
const ROUNDS: usize = 8;

/// The files of a real topology, as the `ConfigMap` holds them.
static CONFIGURATION: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let text = "apiVersion: cassc/v1alpha1\nkind: CassandraTopology\nmetadata: {name: shop, namespace: cass}\n\
        spec:\n  cassandra: {version: 4.1.9}\n  storage: {size: 10Gi}\n  \
        resources: {limits: {memory: 8Gi}}\n  datacenters:\n  - name: dc1\n    nodes: 3\n    \
        racks: [{name: r1}, {name: r2}, {name: r3}]\n";
    let source = Source { name: "shop.yaml".to_owned(), bytes: text.into(), origin: Origin::Named };
    let compilation = compile(vec![source], Options { dialect: None, warnings: Warnings::Deny });
    let (_, cluster) = compilation.clusters().next().unwrap_or_else(|| panic!("{:?}", compilation.complaints));
    let datacenter = &cluster.datacenters[0];
    config::files(&cluster, datacenter, config::Settings::of(datacenter, &datacenter.racks[0]))
});

/// A situation, built word by word; [`World::check`] runs the gate in it under every shell.
pub(super) struct World {
    pod: String,
    environment: BTreeMap<&'static str, String>,
    files: BTreeMap<String, String>,
    ready: BTreeSet<String>,
    has_tools: bool,
    runs: usize,
}

/// What became of it.
pub(super) struct Run {
    root: PathBuf,
    pub(super) status: Option<i32>,
    pub(super) stderr: String,
    pub(super) queries: Vec<String>,
    pub(super) connections: Vec<String>,
    pub(super) pauses: Vec<String>,
    rounds: usize,
}

impl World {
    /// The pod `pod` on an empty volume, alone with its start order and a name service that answers.
    pub(super) fn new(pod: &str) -> Self {
        let ordinal: u32 = pod.rsplit('-').next().and_then(|ordinal| ordinal.parse().ok()).expect("pods have ordinals");
        let rack: u32 = pod.split("-r").nth(1).and_then(|rest| rest[..1].parse().ok()).expect("racks have numbers");
        let pods = ["shop-dc1-r1-sts-0", "shop-dc1-r2-sts-0", "shop-dc1-r3-sts-0"];
        let order = lines(&pods.map(order_line));
        let seeds = lines(&pods.map(|pod| format!("{pod}.{ALL_PODS}")));
        let environment = [
            ("POD_NAME", pod),
            ("POD_IP", &format!("10.0.0.{}", rack + ordinal)),
            ("BROADCAST_RPC_ADDRESS", "192.0.2.1"),
            ("DATACENTER_NAME", "dc1"),
            ("RACK_NAME", "r1"),
            ("CONTROL_NAME", CONTROL),
            ("MGMT_API_LISTEN_TCP_PORT", "8080"),
            ("CASSC_NAMESPACE", "cass"),
            ("CASSC_CLAIMS", "server-data commit-log"),
            ("CASSC_STATE", "shop-state"),
        ];
        let own_address = environment[1].1.to_owned();
        let mut world = Self {
            pod: pod.to_owned(),
            environment: environment.map(|(name, value)| (name, value.to_owned())).into(),
            files: BTreeMap::new(),
            ready: BTreeSet::new(),
            has_tools: true,
            runs: 1,
        };
        for (name, text) in &*CONFIGURATION {
            world.files.insert(format!("etc/cassc/config/{name}"), text.clone());
        }
        world
            .file("etc/cassc/start-order/start-order", &order)
            .file("etc/cassc/start-order/seeds", &seeds)
            .file("etc/cassc/start-order/additional-seeds", "")
            .file("etc/cassc/start-order/founder", "yes\n")
            .file("etc/cassc/start-order/system-replication", "dc1:3,dc\\u00202:2\n")
            .file("etc/cassandra/cassandra-env.sh", "# of the image\n")
            .file("etc/cassandra/cassandra.yaml", "of the image\n")
            .file("etc/cassandra/triggers/README.txt", "of the image\n")
            .file("config/left-over", "of an earlier run\n")
            .file(&format!("dns/{CONTROL}"), "10.96.0.1\n")
            .exists(pod, &own_address)
    }

    pub(super) fn file(mut self, path: &str, text: &str) -> Self {
        self.files.insert(path.to_owned(), text.to_owned());
        self
    }

    fn environment(mut self, name: &'static str, value: &str) -> Self {
        self.environment.insert(name, value.to_owned());
        self
    }

    /// The pod has an address, and is not ready.
    pub(super) fn exists(self, pod: &str, address: &str) -> Self {
        self.named(&format!("{pod}.{ALL_PODS}"), address)
    }

    /// The name has an address.
    pub(super) fn named(self, name: &str, address: &str) -> Self {
        self.file(&format!("dns/{name}"), &format!("{address}\n"))
    }

    /// The pod is ready.
    pub(super) fn ready(mut self, pod: &str, address: &str) -> Self {
        self.ready.insert(address.to_owned());
        let ready: Vec<&str> = self.ready.iter().map(String::as_str).collect();
        let ready = lines(&ready);
        self.exists(pod, address).listens(pod).file(&format!("dns/{CQL}"), &ready)
    }

    /// The name service says that the pod is ready, and it is not so any more.
    pub(super) fn ready_by_name_only(self, pod: &str, address: &str) -> Self {
        self.exists(pod, address).named(CQL, address)
    }

    /// The image's curl has no FTP.
    pub(super) fn without_ftp(self) -> Self {
        self.with_file("no-ftp")
    }

    /// The image has no programs at all.
    pub(super) fn without_tools(mut self) -> Self {
        self.has_tools = false;
        self
    }

    /// The pod's Cassandra takes connections from other nodes.
    pub(super) fn listens(self, pod: &str) -> Self {
        self.open(&format!("{pod}.{ALL_PODS}:7000"))
    }

    /// The start order, by pod.
    pub(super) fn order(self, pods: &[&str]) -> Self {
        let order = lines(&pods.iter().map(|pod| order_line(pod)).collect::<Vec<_>>());
        self.file("etc/cassc/start-order/start-order", &order)
    }

    /// Every pod of the order but this one is ready.
    pub(super) fn all_ready(mut self) -> Self {
        for rack in 1..=3 {
            let pod = format!("shop-dc1-r{rack}-sts-0");
            if pod != self.pod {
                self = self.ready(&pod, &format!("10.0.0.{rack}"));
            }
        }
        self
    }

    /// The name service is away.
    pub(super) fn without_names(mut self) -> Self {
        self.files.retain(|path, _| !path.starts_with("dns/"));
        self
    }

    /// Something listens at `<host>:<port>`.
    pub(super) fn open(self, authority: &str) -> Self {
        self.file(&format!("open/{authority}"), "")
    }

    /// What the settle step wrote down.
    pub(super) fn state(self, key: &str, value: &str) -> Self {
        self.file(&format!("etc/cassc/state/{key}"), value)
    }

    pub(super) fn additional_seeds(self, lines: &str) -> Self {
        self.file("etc/cassc/start-order/additional-seeds", lines)
    }

    /// Cassandra ran on the volume.
    pub(super) fn with_data(self) -> Self {
        self.with_file("var/lib/cassandra/data/system/local-7ad54392bcdd35a684174e047860b377/nb-1-big-Data.db")
    }

    /// The topology has `cassandra.yaml` say something else.
    pub(super) fn configured(mut self, text: &str, instead: &str) -> Self {
        let yaml = self.files.get_mut("etc/cassc/config/cassandra.yaml").expect("it is there");
        assert!(yaml.contains(text), "{yaml}");
        *yaml = yaml.replace(text, instead);
        self
    }

    /// Readiness was reached on the volume.
    pub(super) fn with_marker(self) -> Self {
        self.with_file("var/lib/cassandra/.bootstrapped")
    }

    pub(super) fn with_file(self, path: &str) -> Self {
        self.file(path, "")
    }

    /// Nothing can be made on the volume.
    pub(super) fn volume_is_a_file(self) -> Self {
        self.file("var/lib/cassandra", "")
    }

    pub(super) fn founder(self, founder: &str) -> Self {
        self.file("etc/cassc/start-order/founder", &format!("{founder}\n"))
    }

    /// What stands in a file of the volume.
    pub(super) fn remembers(self, words: &str) -> Self {
        self.file("var/lib/cassandra/.joining", &format!("{words}\n"))
    }

    pub(super) fn rack(self, name: &str) -> Self {
        self.environment("RACK_NAME", name)
    }

    pub(super) fn pod_ip(self, address: &str) -> Self {
        self.environment("POD_IP", address)
    }

    /// What happens in the round of that number, from 1, as a shell command.
    pub(super) fn turn(self, round: usize, command: &str) -> Self {
        self.file(&format!("turns/{round}"), &format!("{command}\n"))
    }

    /// The gate runs a second time in what the first run left, as after a restart of the worker.
    pub(super) fn twice(mut self) -> Self {
        self.runs = 2;
        self
    }

    /// Runs the gate under every shell that is here.
    pub(super) fn check(&self, expectations: impl Fn(&Run)) {
        if is_here("dash", &["-c", ":"]) {
            expectations(&self.run(Command::new("dash")));
        }
        if is_here("busybox", &["sh", "-c", ":"]) {
            let mut shell = Command::new("busybox");
            shell.arg("sh");
            expectations(&self.run(shell));
        }
    }

    fn run(&self, mut shell: Command) -> Run {
        let folder = TempDir::new().expect("a temporary folder can be made");
        let root = folder.keep();
        self.build(&root);
        let path = format!("{}:/usr/bin:/bin", root.join("bin").display());
        if !self.has_tools {
            shell.args(["-c", "PATH=/nowhere; . \"$0\""]);
        }
        shell.arg(root.join("etc/cassc/config/gate.sh")).env_clear().envs(&self.environment);
        shell.env("PATH", path).env("CASSC_ROOT", &root);
        let outputs: Vec<_> = (0..self.runs).map(|_| shell.output().expect("the shell starts")).collect();
        let output = outputs.last().expect("the gate runs at least once");
        assert_eq!(output.stdout, b"", "the gate speaks on stderr only");
        let record = |name: &str| {
            let text = fs::read_to_string(root.join(name)).unwrap_or_default();
            text.lines().map(str::to_owned).collect()
        };
        Run {
            status: output.status.code(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            queries: record("queries"),
            connections: record("connections"),
            pauses: record("pauses"),
            rounds: fs::read_to_string(root.join("rounds")).expect("it was written").trim().parse().expect("a number"),
            root,
        }
    }

    fn build(&self, root: &Path) {
        for folder in ["bin", "dns", "open", "turns", "config", "var/lib"] {
            fs::create_dir_all(root.join(folder)).expect("the folder can be made");
        }
        if !self.files.contains_key("var/lib/cassandra") {
            fs::create_dir_all(root.join("var/lib/cassandra")).expect("the folder can be made");
        }
        for (path, text) in &self.files {
            write(&root.join(path), text);
            let number = path.split_once("/nb-").and_then(|(_, name)| name.split('-').next()?.parse::<u64>().ok());
            if let Some(number) = number {
                age(&root.join(path), 99 - number);
            }
        }
        write(&root.join("rounds"), "0");
        let sleep = SLEEP.replace("ROUNDS", &ROUNDS.to_string());
        for (name, text) in [("getent", GETENT), ("curl", CURL), ("sleep", &sleep)] {
            write_program(&root.join("bin").join(name), text);
        }
    }
}

/// Makes a file one of that day.
fn age(path: &Path, day: u64) {
    let file = fs::File::options().write(true).open(path).expect("it was just written");
    let written = SystemTime::UNIX_EPOCH + Duration::from_secs(86400 * day);
    file.set_modified(written).expect("the file is ours");
}

/// A line of the start order.
pub(super) fn order_line(pod: &str) -> String {
    format!("{pod} {ALL_PODS} {CQL}")
}

fn lines<T: AsRef<str>>(lines: &[T]) -> String {
    lines.iter().flat_map(|line| [line.as_ref(), "\n"]).collect()
}

pub(crate) fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("files lie in folders")).expect("the folder can be made");
    fs::write(path, text).expect("the file can be written");
}

pub(crate) fn write_program(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    write(path, text);
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("the file is ours");
}

impl Drop for Run {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.root);
    }
}

impl Run {
    /// The gate ended well, with that seed list.
    pub(super) fn started_with(&self, seeds: &str) {
        assert_eq!(self.status, Some(0), "{}", self.stderr);
        let yaml = self.result("cassandra.yaml");
        let line = yaml.lines().find(|line| line.contains("seeds:")).expect("there is a seed list");
        assert_eq!(line.trim().trim_start_matches("- seeds:").trim().trim_matches('"'), seeds, "{}", self.stderr);
    }

    /// The gate was stopped while it waited, wrote nothing, and had said all of that.
    pub(super) fn waits(&self, words: &[&str]) {
        assert_eq!((self.status, self.rounds), (Some(143), ROUNDS), "{}", self.stderr);
        self.has_no_file("config/cassandra.yaml");
        self.said(words);
    }

    /// These words were said, in this order.
    pub(super) fn said(&self, words: &[&str]) {
        let mut rest = self.stderr.as_str();
        for word in words {
            let (_, after) = rest.split_once(word).unwrap_or_else(|| panic!("{word:?} is missing in {}", self.stderr));
            rest = after;
        }
    }

    pub(super) fn slept(&self, rounds: usize) {
        assert_eq!(self.rounds, rounds, "{}", self.stderr);
    }

    /// A file of the resulting configuration.
    pub(super) fn result(&self, name: &str) -> String {
        fs::read_to_string(self.root.join("config").join(name)).unwrap_or_else(|_| panic!("{name}: {}", self.stderr))
    }

    /// The files of the resulting configuration that we rendered.
    pub(super) fn results(&self) -> Vec<(String, String)> {
        let ours = CONFIGURATION.keys().filter(|name| !name.contains(".sh"));
        ours.map(|name| (name.clone(), self.result(name))).collect()
    }

    /// A file of the result has one of the two lines (a value may be quoted or not).
    pub(super) fn has_line(&self, name: &str, line: &str, or: &str) {
        let text = self.result(name);
        assert!(text.lines().any(|found| found == line || (!or.is_empty() && found == or)), "{line}\n{text}");
    }

    /// What the volume remembers of the start that was begun.
    pub(super) fn remembered(&self, words: &str) {
        let found = fs::read_to_string(self.root.join("var/lib/cassandra/.joining")).unwrap_or_default();
        assert_eq!(found, words, "{}", self.stderr);
    }

    pub(super) fn has_no_file(&self, path: &str) {
        assert!(!self.root.join(path).exists(), "{path}: {}", self.stderr);
    }
}
