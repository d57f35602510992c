//! Locks that nobody rendered: what a pull request may put into each field, and how the complaint names it.

mod steps;

use serde_json::{Value, json};

use super::changed;

/// A change of a lock: the JSON pointer of what is replaced or added, the value, and what the complaint says.
pub(super) struct Row {
    pub(super) pointer: String,
    value: Value,
    pub(super) told: &'static str,
}

/// The first rack of the first datacenter.
const RACK: &str = "/cluster/datacenters/0/racks/0";
/// The first datacenter.
const DATACENTER: &str = "/cluster/datacenters/0";
/// A digest.
const DIGEST: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
/// Lost on the way through kustomize.
const UNSAFE: &str = "a\u{85}b";

impl Row {
    /// The text of the lock with the change.
    pub(super) fn of(&self, lock: &Value) -> String {
        serde_json::to_string_pretty(&changed(lock, &self.pointer, self.value.clone())).expect("a lock is JSON")
    }

    /// What the row is about, for messages.
    pub(super) fn title(&self) -> String {
        self.value.to_string().chars().take(60).collect::<String>() + " at " + &self.pointer
    }
}

fn row(pointer: impl Into<String>, value: Value, told: &'static str) -> Row {
    Row { pointer: pointer.into(), value, told }
}

/// Every hostile value.
pub(super) fn rows() -> Vec<Row> {
    let program = steps::rows();
    [frame(), names(), counts(), runtime(), racks(), pods(), services_and_volumes(), delivery(), program, together()]
        .into_iter()
        .flatten()
        .collect()
}

fn frame() -> Vec<Row> {
    let deep = (0..200).fold(json!(1), |value, _| json!([value]));
    vec![
        row("/format", json!(0), "there never was a format 0"),
        row("/format", json!("2"), "it names no `format`"),
        row("/format", json!(3), "has format 3, which a later cassc wrote"),
        row("/topology", json!("/etc/passwd"), "`topology` is \"/etc/passwd\""),
        row("/topology", json!("a\0b"), "`topology` is \"a\\0b\""),
        row("/topology", json!(["a"]), "`topology`: invalid type: sequence, expected a string"),
        row("/files", json!({"../outside.yaml": DIGEST}), "`files` has the key \"../outside.yaml\""),
        row("/files", json!({"/etc/cron.d/x": DIGEST}), "`files` has the key \"/etc/cron.d/x\""),
        row("/files", json!({"cassc.lock": DIGEST}), "`files` has the key \"cassc.lock\""),
        row("/files", json!({"a\u{1b}[2Jb.yaml": DIGEST}), "`files` has the key \"a\\u{1b}[2Jb.yaml\""),
        row("/files", json!({"a": DIGEST, "a/b.yaml": DIGEST}), "`files` has the key \"a\""),
        row("/files", json!({"a.yaml": "?"}), "`files[\"a.yaml\"]` is \"?\""),
        row("/templates", json!({"../sts": DIGEST}), "`templates` has the key \"../sts\""),
        row("/templates", json!({"every-east-a-sts": 5}), "`templates.every-east-a-sts`: invalid type: integer `5`"),
        row("/cluster", json!([]), "`cluster`: invalid"),
        row("/more", json!(1), "unknown field `more`"),
        row(format!("{RACK}/config/deep"), deep, "recursion limit exceeded"),
    ]
}

fn names() -> Vec<Row> {
    vec![
        row("/cluster/name", json!("../../etc"), "`cluster.name` is \"../../etc\""),
        row("/cluster/name", json!(""), "`cluster.name` is \"\""),
        row("/cluster/name", json!("1every"), "`cluster.name` is \"1every\""),
        row("/cluster/name", json!("a".repeat(64)), "`cluster.name` is \"aaa"),
        row("/cluster/label", json!("a; rm -rf /"), "`cluster.label` is \"a; rm -rf /\""),
        row("/cluster/ringName", json!("a\n- b: c"), "`cluster.ringName` is \"a\\n- b: c\""),
        row("/cluster/ringName", json!(UNSAFE), "`cluster.ringName` holds the character U+0085"),
        row("/cluster/labels", json!({"<<": "x"}), "`cluster.labels` has the key \"<<\""),
        row("/cluster/labels", json!({"team": "a b"}), "`cluster.labels.team` is \"a b\""),
        row("/cluster/annotations", json!({"<<": "x"}), "`cluster.annotations` has the key \"<<\""),
        row("/cluster/annotations", json!({"a": UNSAFE}), "`cluster.annotations.a` holds the character U+0085"),
        row("/cluster/superuserSecret", json!("a b"), "`cluster.superuserSecret` is \"a b\""),
        row("/cluster/managementApiSecret", json!("../x"), "`cluster.managementApiSecret` is \"../x\""),
        row(format!("{DATACENTER}/name"), json!("a/b"), "`cluster.datacenters[0].name` is \"a/b\""),
        row(format!("{DATACENTER}/name"), json!("a".repeat(40)), "`every-aaaa"),
        row(format!("{DATACENTER}/ringName"), json!("a=b:c"), "`cluster.datacenters[0].ringName` is \"a=b:c\""),
        row(format!("{DATACENTER}/kubeCluster"), json!("base"), "`cluster.datacenters[0].kubeCluster` is \"base\""),
        row(format!("{DATACENTER}/kubeCluster"), json!(".."), "`cluster.datacenters[0].kubeCluster` is \"..\""),
        row(format!("{DATACENTER}/namespace"), json!("a/b"), "`cluster.datacenters[0].namespace` is \"a/b\""),
        row(format!("{DATACENTER}/seeds"), json!(["other-east-a-sts-0"]), "`cluster.datacenters[0].seeds[0]` is"),
        row(format!("{DATACENTER}/seeds"), json!(["every-east-a-sts-01"]), "`cluster.datacenters[0].seeds[0]` is"),
        row(format!("{RACK}/name"), json!(""), "`cluster.datacenters[0].racks[0].name` is \"\""),
        row(format!("{RACK}/label"), json!("-"), "`cluster.datacenters[0].racks[0].label` is \"-\""),
        row(format!("{RACK}/ringName"), json!(" a"), "`cluster.datacenters[0].racks[0].ringName` is \" a\""),
        row(
            format!("{RACK}/statefulSet"),
            json!("other"),
            "`cluster.datacenters[0].racks[0].statefulSet` is \"other\"",
        ),
    ]
}

fn counts() -> Vec<Row> {
    let many: serde_json::Map<_, _> = (0..20_001).map(|number| (format!("A{number}"), json!(""))).collect();
    vec![
        row(format!("{RACK}/nodes"), json!(4_294_967_295_u32), "`cluster.datacenters[0].racks[0].nodes` is 4294967295"),
        row(format!("{RACK}/nodes"), json!(2001), "`cluster.datacenters[0].racks[0].nodes` is 2001"),
        row(format!("{RACK}/nodes"), json!(-1), "`cluster.datacenters[0].racks[0].nodes`: invalid value: integer `-1`"),
        row(format!("{RACK}/nodes"), json!(4_294_967_296_u64), "racks[0].nodes`: invalid value: integer `4294967296`"),
        row(format!("{RACK}/nodes"), json!("3"), "racks[0].nodes`: invalid type: string \"3\", expected u32"),
        row("/cluster/systemReplication", json!(0), "`cluster.systemReplication` is 0"),
        row("/cluster/systemReplication", json!(4_294_967_295_u32), "`cluster.systemReplication` is 4294967295"),
        row("/cluster/revision", json!(99), "`cluster.revision` is 99"),
        row("/cluster/revision", json!(0), "`cluster.revision` is 0"),
        row("/cluster/generation", json!(u64::MAX), "`cluster.generation` is 18446744073709551615"),
        row("/cluster/generation", json!(0), "`cluster.generation` is 0"),
        row("/cluster/rollout/canaryPods", json!(0), "`cluster.rollout.canaryPods` is 0"),
        row("/cluster/rollout/retry", json!(""), "`cluster.rollout.retry` is \"\""),
        row(format!("{DATACENTER}/nativePort"), json!(0), "`cluster.datacenters[0].nativePort` is 0"),
        row(
            format!("{DATACENTER}/nativePort"),
            json!(65536),
            "datacenters[0].nativePort`: invalid value: integer `65536`",
        ),
        row(format!("{DATACENTER}/nodePort"), json!(0), "`cluster.datacenters[0].nodePort` is 0"),
        row(
            format!("{DATACENTER}/maxUnavailable"),
            json!(4_294_967_295_u32),
            "datacenters[0].maxUnavailable` is 4294967295",
        ),
        row(format!("{RACK}/jvm/heapMebibytes"), json!(0), "racks[0].jvm.heapMebibytes` is 0"),
        row(
            format!("{RACK}/jvm/heapMebibytes"),
            json!(u64::MAX),
            "racks[0].jvm.heapMebibytes` is 18446744073709551615",
        ),
        row(format!("{RACK}/jvm/youngMebibytes"), json!(u64::MAX), "racks[0].jvm.youngMebibytes` is"),
        row("/cluster/environment", many.into(), "`cluster.environment` has 20001 entries"),
    ]
}

fn runtime() -> Vec<Row> {
    vec![
        row("/cluster/founding", json!("maybe"), "`cluster.founding`: unknown variant `maybe`"),
        row("/cluster/kubernetes", json!("latest"), "`cluster.kubernetes`: "),
        row("/cluster/domain", json!("a b"), "`cluster.domain` is \"a b\""),
        row("/cluster/version", json!("9.9.9"), "`cluster.version`: Cassandra 9.9.9 is not known"),
        row("/cluster/image", json!("a b"), "`cluster.image` is \"a b\""),
        row("/cluster/image", json!(""), "`cluster.image` is \"\""),
        row("/cluster/imagePullPolicy", json!("Sometimes"), "`cluster.imagePullPolicy` is \"Sometimes\""),
        row("/cluster/environment", json!({"A B": ""}), "`cluster.environment` has the key \"A B\""),
        row("/cluster/environment", json!({"A": UNSAFE}), "`cluster.environment.A` holds the character U+0085"),
        row("/cluster/logging", json!({"a\"/><x": "INFO"}), "`cluster.logging` has the key \"a\\\"/><x\""),
        row("/cluster/logging", json!({"root": "LOUD"}), "`cluster.logging.root`: unknown variant `LOUD`"),
        row("/cluster/authenticator", json!("Nobody"), "`cluster.authenticator`: unknown variant `Nobody`"),
        row(
            "/cluster/additionalSeeds/ipv4",
            json!(["127.0.0.1"]),
            "`cluster.additionalSeeds.ipv4[0]` is \"127.0.0.1\"",
        ),
        row("/cluster/additionalSeeds/ipv6", json!(["10.0.0.1"]), "`cluster.additionalSeeds.ipv6[0]` is \"10.0.0.1\""),
        row("/cluster/additionalSeeds/names", json!(["a b.c"]), "`cluster.additionalSeeds.names[0]` is \"a b.c\""),
        row("/cluster/additionalSeeds/names", json!(vec!["a.b"; 101]), "`cluster.additionalSeeds` holds 103 addresses"),
        row("/cluster/systemLogger/image", json!("A B"), "`cluster.systemLogger.image` is \"A B\""),
        row("/cluster/systemLogger/limits", json!({"gold": "1"}), "`cluster.systemLogger.limits` has the key \"gold\""),
        row("/cluster/gate/requests", json!({"cpu": "lots"}), "`cluster.gate.requests.cpu` is \"lots\""),
        row("/cluster/accept/0/reason", json!(UNSAFE), "`cluster.accept[0].reason` holds the character U+0085"),
    ]
}

fn racks() -> Vec<Row> {
    let long = "\"".repeat(600);
    vec![
        row(format!("{RACK}/nodeLabels"), json!({"<<": "x"}), "racks[0].nodeLabels` has the key \"<<\""),
        row(format!("{RACK}/config"), json!({"<<": {}}), "racks[0].config` has the key \"<<\""),
        row(format!("{RACK}/config/a"), json!({"b": [{"<<": 1}]}), "racks[0].config.a.b[0]` has the key \"<<\""),
        row(format!("{RACK}/config"), json!({long: 1}), "racks[0].config` has the key \"\\\"\\\"\\\""),
        row(format!("{RACK}/config/a"), json!([[UNSAFE]]), "racks[0].config.a[0][0]` holds the character U+0085"),
        row(format!("{RACK}/jvm/heapReason"), json!("a\n-XX:OnError=evil"), "racks[0].jvm.heapReason` is"),
        row(format!("{RACK}/jvm/options"), json!(["rm -rf /"]), "racks[0].jvm.options[0]` is \"rm -rf /\""),
        row(format!("{RACK}/jvm/options"), json!(["-Da=b\n-Xmx1"]), "racks[0].jvm.options[0]` is"),
        row(format!("{RACK}/requests"), json!({"cpu": "-1"}), "racks[0].requests.cpu` is \"-1\""),
        row(format!("{RACK}/limits"), json!({"memory": "1e400"}), "racks[0].limits.memory` is \"1e400\""),
        row(format!("{RACK}/limits"), json!({"<<": "1"}), "racks[0].limits` has the key \"<<\""),
        row(format!("{RACK}/storage/size"), json!("0"), "racks[0].storage.size` is \"0\""),
        row(format!("{RACK}/storage/size"), json!("9999999999999Ei"), "racks[0].storage.size` is"),
        row(format!("{RACK}/storage/class"), json!("A B"), "racks[0].storage.class` is \"A B\""),
        row(format!("{RACK}/storage/accessMode"), json!("Any"), "racks[0].storage.accessMode` is \"Any\""),
        row(format!("{RACK}/expandTo"), json!("more"), "racks[0].expandTo` is \"more\""),
        row(format!("{RACK}/restart/rack"), json!("a\nb"), "racks[0].restart.rack` is \"a\\nb\""),
        row(format!("{RACK}/restart/cluster"), json!("a".repeat(201)), "racks[0].restart.cluster` is"),
        row(format!("{RACK}/scheduling/priorityClass"), json!("A"), "racks[0].scheduling.priorityClass` is \"A\""),
        row(format!("{RACK}/scheduling/schedulerName"), json!("A"), "racks[0].scheduling.schedulerName` is \"A\""),
        row(format!("{RACK}/scheduling/tolerations"), json!([{"key": UNSAFE}]), "scheduling.tolerations[0].key` holds"),
        row(format!("{RACK}/scheduling/topologySpread/0/maxSkew"), json!(0), "topologySpread[0].maxSkew` is 0"),
        row(
            format!("{RACK}/scheduling/topologySpread/0/topologyKey"),
            json!("a b"),
            "topologySpread[0].topologyKey` is",
        ),
        row(
            format!("{RACK}/scheduling/nodeAffinity/preferredDuringSchedulingIgnoredDuringExecution/0/weight"),
            json!("x"),
            "racks[0].scheduling.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight`: invalid type",
        ),
    ]
}

fn pods() -> Vec<Row> {
    vec![
        row("/cluster/pod/labels", json!({"<<": "x"}), "`cluster.pod.labels` has the key \"<<\""),
        row("/cluster/pod/annotations", json!({"a b": "x"}), "`cluster.pod.annotations` has the key \"a b\""),
        row("/cluster/pod/containers", json!([{"name": "A"}]), "`cluster.pod.containers[0].name` is \"A\""),
        row(
            "/cluster/pod/containers",
            json!([{"name": "a", "resources": {"limits": {"<<": "1"}}}]),
            "`cluster.pod.containers[0].resources.limits` has the key \"<<\"",
        ),
        row("/cluster/pod/initContainers/0/image", json!(UNSAFE), "`cluster.pod.initContainers[0].image` holds"),
        row("/cluster/pod/serviceAccount", json!("A B"), "`cluster.pod.serviceAccount` is \"A B\""),
        row("/cluster/pod/imagePullSecrets", json!(["a b"]), "`cluster.pod.imagePullSecrets[0]` is \"a b\""),
        row("/cluster/pod/terminationGraceSeconds", json!(-1), "`cluster.pod.terminationGraceSeconds`: invalid value"),
        row("/cluster/pod/hostAliases/0/ip", json!(UNSAFE), "`cluster.pod.hostAliases[0].ip` holds the character"),
        row("/cluster/pod/dnsPolicy", json!("Any"), "`cluster.pod.dnsPolicy` is \"Any\""),
        row("/cluster/pod/dnsConfig/searches", json!([UNSAFE]), "`cluster.pod.dnsConfig.searches[0]` holds"),
        row("/cluster/pod/runtimeClassName", json!("A"), "`cluster.pod.runtimeClassName` is \"A\""),
        row(
            "/cluster/pod/probes/readiness/timeoutSeconds",
            json!(1),
            "`cluster.pod.probes.readiness.timeoutSeconds` is 1",
        ),
        row(
            "/cluster/pod/probes/liveness/periodSeconds",
            json!(4_294_967_295_u32),
            "`cluster.pod.probes.liveness.periodSeconds` is 4294967295",
        ),
        row(
            "/cluster/pod/securityContext/seccompProfile/type",
            json!(UNSAFE),
            "securityContext.seccompProfile.type` holds",
        ),
    ]
}

fn services_and_volumes() -> Vec<Row> {
    vec![
        row("/cluster/services/cql/labels", json!({"<<": "x"}), "`cluster.services.cql.labels` has the key \"<<\""),
        row("/cluster/services/seed/annotations", json!({"a": UNSAFE}), "`cluster.services.seed.annotations.a` holds"),
        row(format!("{DATACENTER}/cqlService/labels"), json!({"<<": "x"}), "cqlService.labels` has the key \"<<\""),
        row(
            format!("{DATACENTER}/cqlService/loadBalancerClass"),
            json!("a b"),
            "cqlService.loadBalancerClass` is \"a b\"",
        ),
        row(
            format!("{DATACENTER}/cqlService/loadBalancerSourceRanges"),
            json!(["10.0.0.0/99"]),
            "cqlService.loadBalancerSourceRanges[0]` is \"10.0.0.0/99\"",
        ),
        row("/cluster/additionalVolumes/0/name", json!("A"), "`cluster.additionalVolumes[0].name` is \"A\""),
        row("/cluster/additionalVolumes/0/mountPath", json!("/a/../b"), "`cluster.additionalVolumes[0].mountPath` is"),
        row(
            "/cluster/additionalVolumes/0/source",
            json!({"claim": {"class": null, "size": "", "accessMode": "ReadWriteOnce"}}),
            "`cluster.additionalVolumes[0].source.claim.size` is \"\"",
        ),
        row(
            "/cluster/additionalVolumes/0/source",
            json!({"secret": "a b"}),
            "additionalVolumes[0].source.secret` is \"a b\"",
        ),
        row(
            "/cluster/additionalVolumes/0/source",
            json!({"emptyDir": "lots"}),
            "additionalVolumes[0].source.emptyDir` is",
        ),
        row("/cluster/additionalVolumes/0/source", json!({"csi": {"driver": UNSAFE}}), "source.csi.driver` holds"),
        row("/cluster/additionalVolumes/0/source", json!({"door": 1}), "source`: unknown variant `door`"),
    ]
}

fn delivery() -> Vec<Row> {
    let argocd = |field: &str, value: &str| {
        let mut source = json!({"repoURL": "https://git.example.com/a.git", "path": "deploy", "targetRevision": "HEAD",
            "project": "default", "namespace": "argocd", "name": "every"});
        source[field] = json!(value);
        json!({"argocd": source})
    };
    let flux = |field: &str, value: &str| {
        let mut source = json!({"sourceKind": "GitRepository", "sourceName": "a", "path": "deploy",
            "namespace": "flux-system", "interval": "10m"});
        source[field] = json!(value);
        json!({"flux": source})
    };
    vec![
        row("/cluster/dialect", json!("helm"), "`cluster.dialect`: unknown variant `helm`"),
        row("/cluster/delivery", argocd("path", "../x"), "`cluster.delivery.argocd.path` is \"../x\""),
        row(
            "/cluster/delivery",
            argocd("repoURL", "https://me:secret@h/x"),
            "`cluster.delivery.argocd.repoURL` is not",
        ),
        row("/cluster/delivery", argocd("name", "../x"), "`cluster.delivery.argocd.name` is \"../x\""),
        row("/cluster/delivery", argocd("namespace", "A"), "`cluster.delivery.argocd.namespace` is \"A\""),
        row("/cluster/delivery", flux("path", "/etc"), "`cluster.delivery.flux.path` is \"/etc\""),
        row("/cluster/delivery", flux("interval", "soon"), "`cluster.delivery.flux.interval` is \"soon\""),
        row("/cluster/delivery", flux("sourceName", "a b"), "`cluster.delivery.flux.sourceName` is \"a b\""),
    ]
}

/// Parts that look right by themselves.
fn together() -> Vec<Row> {
    vec![
        row("/cluster/datacenters", json!([]), "`cluster.datacenters` is empty"),
        row(format!("{DATACENTER}/racks"), json!([]), "`cluster.datacenters[0].racks` is empty"),
        row("/cluster/datacenters/1/ringName", json!("EAST_1"), "`cluster.datacenters[1].ringName` is \"EAST_1\""),
        row("/cluster/datacenters/1/name", json!("east"), "`cluster.datacenters[1].racks[0].statefulSet` is"),
        row(
            format!("{DATACENTER}/racks/1/ringName"),
            json!("RAC1"),
            "`cluster.datacenters[0].racks[1].ringName` is \"RAC1\"",
        ),
        row(
            "/cluster/additionalVolumes/1/name",
            json!("commitlog"),
            "`cluster.additionalVolumes[1].name` is \"commitlog\"",
        ),
        row("/cluster/datacenters/2/racks/2/nodes", json!(2000), "`cluster.datacenters[2].racks[2].nodes` is 2000"),
    ]
}
