//! Strategies for topologies as values: sensible ones, and ones with something nasty in any place.

use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use serde_json::{Map, Value, json};

use crate::readers::hostile_strings;

/// A topology that a careful person could have written.
pub(crate) fn sensible() -> impl Strategy<Value = Value> {
    let spec = (cassandra(), datacenters(), storage(), resources(), scheduling(), pod(), rest());
    (metadata(), spec).prop_map(|(metadata, (cassandra, datacenters, storage, resources, scheduling, pod, rest))| {
        let elsewhere = datacenters.as_array().is_some_and(|list| list.iter().any(|it| !it["kubeCluster"].is_null()));
        let mut spec = json!({"cassandra": cassandra, "datacenters": datacenters, "storage": storage,
            "resources": resources, "scheduling": scheduling, "pod": pod});
        merge(&mut spec, rest);
        if spec["steps"]["enabled"] == true && metadata["namespace"].is_null() {
            spec["steps"] = Value::Null;
        }
        if spec["steps"]["enabled"] == true {
            spec["stopped"] = json!(metadata["name"] == "a");
            spec["storage"]["whenNodesLeave"] = json!("delete");
            spec["auth"]["superuser"] = json!({"generate": !elsewhere});
            spec["auth"]["roles"] =
                json!([{"name": "app"}, {"name": "two words", "secretName": "two", "generate": !elsewhere}]);
            spec["repair"] = repair(&spec, elsewhere);
        }
        if elsewhere {
            spec["additionalSeeds"] = json!(["192.0.2.10", "2001:db8::10", "seed.example.com"]);
        }
        close_in(&mut spec, &metadata);
        let topology = json!({"apiVersion": "cassc/v1alpha1", "kind": "CassandraTopology", "metadata": metadata,
            "spec": spec});
        without_nulls(topology)
    })
}

/// Policies name the nodes elsewhere, where there are some; between namespaces of which one has no name there are none.
fn close_in(spec: &mut Value, metadata: &Value) {
    if spec["network"].is_null() {
        return;
    }
    let mut datacenters = spec["datacenters"].as_array().into_iter().flatten();
    if metadata["namespace"].is_null() && datacenters.any(|datacenter| !datacenter["namespace"].is_null()) {
        spec["network"] = Value::Null;
    } else if !spec["additionalSeeds"].is_null() {
        spec["network"]["nodesElsewhere"] = json!(["192.0.2.0/24", "2001:db8::/32"]);
    }
}

/// Reaper in the pods where all of them are in one namespace, and otherwise in a pod of its own.
fn repair(spec: &Value, elsewhere: bool) -> Value {
    let mut datacenters = spec["datacenters"].as_array().into_iter().flatten();
    let in_pods = datacenters.all(|datacenter| datacenter["namespace"].is_null());
    let has_role = elsewhere && spec["auth"]["authenticator"] != "AllowAll";
    let has_stores = !in_pods && !spec["managementApi"]["tls"].is_null();
    json!({"reaper": {
        "mode": if in_pods { "sidecar" } else { "deployment" },
        "autoSchedule": elsewhere,
        "auth": {"roleSecret": has_role.then_some("repairs"), "keystoresSecret": has_stores.then_some("stores")},
        "schedules": [{"keyspace": "shop", "tables": ["b", "a"]}, {"keyspace": "shop", "excludeTables": ["a", "b"], "everyDays": 3}],
    }})
}

/// A sensible topology with one to three changes that nobody would make on purpose.
pub(super) fn hostile() -> impl Strategy<Value = Value> {
    let change = (any::<Index>(), any::<Index>(), nasty());
    (sensible(), prop::collection::vec(change, 1..4)).prop_map(|(mut topology, changes)| {
        for (place, kind, nasty) in changes {
            let pointers = pointers("", &topology);
            let pointer: &String = place.get(&pointers);
            change_at(&mut topology, pointer, kind.index(4), nasty);
        }
        topology
    })
}

fn maybe(strategy: impl Strategy<Value = Value> + 'static) -> impl Strategy<Value = Value> {
    prop_oneof![Just(Value::Null), strategy]
}

fn one_of(values: &[Value]) -> impl Strategy<Value = Value> + use<> {
    select(values.to_vec())
}

fn merge(whole: &mut Value, part: Value) {
    if let (Value::Object(whole), Value::Object(part)) = (whole, part) {
        whole.extend(part);
    }
}

pub(crate) fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let kept = map.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(kept.map(|(key, value)| (key, without_nulls(value))).collect())
        }
        Value::Array(list) => list.into_iter().map(without_nulls).collect(),
        other => other,
    }
}

fn metadata() -> impl Strategy<Value = Value> {
    let labels = maybe(one_of(&[json!({"team": "data"}), json!({"example.com/cost": "12", "stage": "on"})]));
    let note = select(hostile_strings::all()).prop_filter("a character that the rules refuse", |text| {
        cassc::yaml::unsafe_character(text).is_none() && text.len() < 200
    });
    let annotations = maybe(note.prop_map(|note| json!({"example.com/note": note})));
    let namespace = maybe(one_of(&[json!("shop"), json!("cass-1")]));
    (select(vec!["demo", "a", "shop-2"]), namespace, labels, annotations).prop_map(
        |(name, namespace, labels, annotations)| {
            json!({"name": name, "namespace": namespace, "labels": labels, "annotations": annotations})
        },
    )
}

fn cassandra() -> impl Strategy<Value = Value> {
    let old = json!({"concurrent_reads": 64, "compaction_throughput_mb_per_sec": 32});
    let new = json!({"concurrent_writes": 128, "compaction_throughput": "128MiB/s"});
    let versions = [("3.11.17", &old, "CMS"), ("4.0.19", &old, "CMS"), ("4.1.9", &new, "G1"), ("5.0.6", &new, "ZGC")];
    let of_version = |(version, config, collector): &(&str, &Value, &str)| {
        let version = json!(version);
        let jvm = [json!({"heap": "auto"}), json!({"heap": "1Gi", "gc": collector}), json!({"gc": "G1"})];
        (maybe(one_of(&[(*config).clone()])), maybe(one_of(&jvm)))
            .prop_map(move |(config, jvm)| json!({"version": version, "config": config, "jvm": jvm}))
            .boxed()
    };
    let version = prop::strategy::Union::new(versions.iter().map(of_version));
    let extras = one_of(&[
        json!({}),
        json!({"imagePullPolicy": "Always", "logging": {"root": "WARN"}}),
        json!({"environment": {"TEAM": "data", "ANSWER": "on", "COUNT": "012"}}),
        json!({"environment": {"AGENT_TOKEN": {"secretKeyRef": {"name": "agent", "key": "token"}}}}),
    ]);
    (version, extras).prop_map(|(mut cassandra, extras)| {
        merge(&mut cassandra, extras);
        cassandra
    })
}

fn datacenters() -> impl Strategy<Value = Value> {
    let names = subsequence(vec!["dc1", "east", "w-2"], 1..=3);
    let kube_clusters = one_of(&[json!(null), json!(null), json!("kube-1")]);
    let several = (datacenter(), datacenter(), datacenter());
    (names, several, kube_clusters).prop_map(|(names, (first, second, third), kube_cluster)| {
        let name = |(name, mut datacenter): (&str, Value)| {
            datacenter["name"] = json!(name);
            datacenter
        };
        let mut datacenters: Vec<Value> = names.into_iter().zip([first, second, third]).map(name).collect();
        if datacenters.len() > 1 {
            let last = datacenters.len() - 1;
            datacenters[last]["kubeCluster"] = kube_cluster;
        }
        Value::Array(datacenters)
    })
}

fn datacenter() -> impl Strategy<Value = Value> {
    let racks = subsequence(vec!["a", "rack-1", "rack2", "z"], 1..=4);
    let rack_extras = prop::collection::vec((1..4_u32, rack()), 4);
    let extras = one_of(&[
        json!({}),
        json!({"ringName": "DC_1", "nodeLabels": {"pool": "cassandra"}}),
        json!({"namespace": "elsewhere", "storage": {"class": "slow"}}),
        json!({"cassandra": {"jvm": {"heap": "2Gi"}}, "resources": {"requests": {"cpu": "3"}}}),
        json!({"scheduling": {"antiAffinity": "preferred"}}),
    ]);
    (racks, rack_extras, extras, any::<bool>()).prop_map(|(names, rack_extras, mut datacenter, split)| {
        let counts: u32 = rack_extras.iter().take(names.len()).map(|(nodes, _)| nodes).sum();
        let rack = |(name, (nodes, mut rack)): (&str, (u32, Value))| {
            rack["name"] = json!(name);
            rack["nodes"] = if split { Value::Null } else { json!(nodes) };
            rack
        };
        datacenter["racks"] = names.into_iter().zip(rack_extras).map(rack).collect();
        datacenter["nodes"] = if split { json!(counts) } else { Value::Null };
        datacenter
    })
}

fn rack() -> impl Strategy<Value = Value> {
    one_of(&[
        json!({}),
        json!({}),
        json!({"zone": "zone-a"}),
        json!({"nodeLabels": {"example.com/street": "7"}, "storage": {"size": "2Ti"}}),
        json!({"cassandra": {"config": {"concurrent_reads": 16}}, "resources": {"requests": {"cpu": "2500m"}}}),
    ])
}

fn storage() -> impl Strategy<Value = Value> {
    let volumes = vec![
        json!({"name": "commitlog", "mountPath": "/var/lib/commitlog", "claim": {"size": "20Gi"}}),
        json!({"name": "settings", "mountPath": "/etc/settings", "configMap": {"name": "settings"}}),
        json!({"name": "keys", "mountPath": "/etc/keys", "secret": {"name": "keys.example"}}),
        json!({"name": "scratch", "mountPath": "/scratch", "emptyDir": {}}),
        json!({"name": "self", "mountPath": "/etc/self",
            "downwardAPI": {"items": [{"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}}]}}),
        json!({"name": "together", "mountPath": "/etc/together",
            "projected": {"sources": [{"secret": {"name": "keys.example"}}, {"configMap": {"name": "settings"}}]}}),
    ];
    let class = maybe(one_of(&[json!("fast-ssd")]));
    let size = one_of(&[json!("500Gi"), json!("1024Gi"), json!("1e12"), json!("1.5Ti")]);
    let mode = maybe(one_of(&[json!("ReadWriteOncePod")]));
    (class, size, mode, subsequence(volumes, 0..=6)).prop_map(
        |(class, size, mode, volumes)| json!({"class": class, "size": size, "accessMode": mode, "additionalVolumes": volumes}),
    )
}

fn resources() -> impl Strategy<Value = Value> {
    let memory = one_of(&[json!("8Gi"), json!("16384Mi"), json!("12000M"), json!("17179869184")]);
    let processor = one_of(&[json!("2"), json!("1500m"), json!("0.5"), json!(1)]);
    let limits = any::<bool>();
    (memory, processor, limits).prop_map(|(memory, processor, cpu_limit)| {
        let limit = if cpu_limit { json!("8") } else { Value::Null };
        json!({"requests": {"cpu": processor, "memory": memory}, "limits": {"cpu": limit, "memory": memory}})
    })
}

fn scheduling() -> impl Strategy<Value = Value> {
    let toleration = json!([{"key": "dedicated", "operator": "Equal", "value": "cassandra", "effect": "NoSchedule"}]);
    let not_spot = json!({"matchExpressions": [{"key": "example.com/spot", "operator": "DoesNotExist"}]});
    let required = json!({"nodeSelectorTerms": [not_spot]});
    let node_affinity = maybe(one_of(&[
        json!({"requiredDuringSchedulingIgnoredDuringExecution": required}),
        json!({"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1, "preference": not_spot}]}),
    ]));
    let spread = json!([{"topologyKey": "topology.kubernetes.io/zone", "maxSkew": 2}]);
    let anti_affinity = maybe(one_of(&[json!("required"), json!("preferred")]));
    (anti_affinity, maybe(one_of(&[toleration])), maybe(one_of(&[spread])), any::<bool>(), node_affinity).prop_map(
        |(anti_affinity, tolerations, spread, several, node_affinity)| {
            let several = if several && anti_affinity != "required" { json!(true) } else { Value::Null };
            json!({"antiAffinity": anti_affinity, "tolerations": tolerations, "topologySpread": spread,
                "severalNodesPerWorker": several, "priorityClass": "databases", "nodeAffinity": node_affinity})
        },
    )
}

fn pod() -> impl Strategy<Value = Value> {
    let resources = json!({"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "64Mi"}});
    let container = json!({"name": "exporter", "image": "registry.example.com/exporter:2.4.1",
        "ports": [{"name": "exporter", "containerPort": 9500}], "resources": resources});
    let init = json!({"name": "prepare", "image": "registry.example.com/prepare:1.0.0", "command": ["true"],
        "resources": resources});
    let parts = vec![
        ("containers", json!([container])),
        ("initContainers", json!([init])),
        ("labels", json!({"example.com/scrape": "yes"})),
        ("annotations", json!({"example.com/note": "012"})),
        ("serviceAccount", json!("cassandra")),
        ("imagePullSecrets", json!(["registry"])),
        ("terminationGraceSeconds", json!(300)),
        ("probes", json!({"liveness": {"periodSeconds": 30}, "readiness": {"failureThreshold": 5}, "startup": {}})),
        ("dnsConfig", json!({"options": [{"name": "ndots", "value": "2"}]})),
        ("hostAliases", json!([{"ip": "192.0.2.7", "hostnames": ["ldap.example.com"]}])),
        ("runtimeClassName", json!("gvisor")),
        ("securityContext", json!({"runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}})),
    ];
    let count = parts.len();
    subsequence(parts, 0..=count).prop_map(object)
}

fn rest() -> impl Strategy<Value = Value> {
    let parts = vec![
        ("clusterName", json!("Test Cluster")),
        ("founding", json!("never")),
        ("kubernetes", json!({"version": "1.34", "domain": "kube.example"})),
        ("disruptionBudget", json!({"maxUnavailable": 1})),
        (
            "services",
            json!({"cql": {"type": "LoadBalancer", "loadBalancerSourceRanges": ["10.0.0.0/8"], "labels": {"expose": "on"}, "annotations": {"example.com/dns": "cql"}}}),
        ),
        ("auth", json!({"authenticator": "AllowAll"})),
        ("steps", json!({"enabled": true})),
        ("steps", json!({"enabled": true, "schedule": "17 3 * * 1", "image": "registry.example.com/cassc-step:0.1.0"})),
        ("steps", json!({"enabled": false, "resources": {"limits": {"memory": "1Gi"}}})),
        ("systemLogger", json!({"enabled": false})),
        ("gate", json!({"resources": {"requests": {"cpu": "0.1"}, "limits": {"cpu": "0.1", "memory": "64Mi"}}})),
        ("managementApi", json!({"tls": {"serverSecret": "management-api"}})),
        ("additionalSeeds", json!(["192.0.2.7", "other.example.com"])),
        (
            "network",
            json!({"policies": true, "clients": [{"namespace": "shop"}, {"cidr": "10.0.0.0/8", "except": ["10.9.0.0/16"]}],
                "monitoring": [{"namespaceLabels": {"team": "ops"}, "podLabels": {"app": "prometheus"}}], "dns": {"ports": [53]}}),
        ),
    ];
    let count = parts.len();
    subsequence(parts, 0..=count).prop_map(object)
}

fn object(parts: Vec<(&str, Value)>) -> Value {
    Value::Object(parts.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

/// Values that do not belong anywhere.
fn nasty() -> impl Strategy<Value = Value> {
    const TEXTS: &[&str] = &[
        "",
        " ",
        "-",
        ".",
        "..",
        "../../x",
        "/",
        "/etc",
        "a/b",
        "A",
        "a.b",
        "-a",
        "a-",
        "a_b",
        "${x}",
        "$(x)",
        "0",
        "-1",
        "1e1000",
        "1e-9",
        "0.0001",
        "9223372036854775807",
        "18446744073709551616",
        "-1Gi",
        "0Ki",
        "16Ei",
        "9999999Ei",
        "1n",
        "5",
        "5.0",
        "5.0.0",
        "99.99.99",
        "4.1.99999999999",
        "1.31",
        "1.99",
        "2.0",
        "é",
        "日本",
        "tmp",
        "cassandra",
        "server-data",
        "default",
        "latest",
        "x:latest",
        "x@sha256:0",
        "::1",
        "localhost",
        "kubernetes.io/x",
        "true",
    ];
    let numbers = [json!(0), json!(-1), json!(1), json!(65_536), json!(2_147_483_648_u32), json!(4_294_967_295_u32)];
    let large = [json!(u64::MAX), json!(i64::MIN), json!(1.5), json!(1e300), json!("a".repeat(70))];
    let shapes = [json!(null), json!([]), json!({}), json!([[]]), json!({"a": {}}), json!([""]), json!({"": ""})];
    prop_oneof![
        select(TEXTS).prop_map(Value::from),
        select(numbers.into_iter().chain(large).chain(shapes).chain([json!(true)]).collect::<Vec<_>>()),
        hostile_strings::pieces().prop_map(Value::from),
    ]
}

/// The pointers of all places below the root.
fn pointers(at: &str, value: &Value) -> Vec<String> {
    let below = |(key, value): (String, &Value)| {
        let at = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
        let mut pointers = pointers(&at, value);
        pointers.push(at);
        pointers
    };
    match value {
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), value)).flat_map(below).collect(),
        Value::Array(list) => {
            list.iter().enumerate().map(|(n, value)| (n.to_string(), value)).flat_map(below).collect()
        }
        _ => Vec::new(),
    }
}

/// Replaces a value, removes it, writes it twice or gives it another key.
fn change_at(topology: &mut Value, pointer: &str, kind: usize, nasty: Value) {
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer begins with a slash");
    let key = key.replace("~1", "/").replace("~0", "~");
    match (topology.pointer_mut(parent).expect("the place was found in this value"), kind) {
        (Value::Array(list), 1) => list.clear(),
        (Value::Array(list), 2) => list.push(list[0].clone()),
        (Value::Object(map), 1) => drop(map.remove(&key)),
        (Value::Object(map), 2) => rename(map, &key, nasty),
        (Value::Array(list), _) => list[key.parse::<usize>().expect("an index is a number")] = nasty,
        (parent, _) => parent[key.as_str()] = nasty,
    }
}

fn rename(map: &mut Map<String, Value>, key: &str, name: Value) {
    if let (Value::String(name), Some(value)) = (name, map.remove(key)) {
        map.insert(name, value);
    }
}
