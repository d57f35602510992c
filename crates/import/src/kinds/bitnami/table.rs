//! The values of the chart, and what becomes of each.

/// What becomes of a value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fate {
    /// Another module reads it.
    Read,
    /// Nothing needs to be written; why.
    Met(&'static str),
    /// It is lost, where it says something: what it did, what to do.
    Lost(&'static str, &'static str),
    /// The values below it are looked at one by one.
    Inside(&'static [(&'static str, Fate)]),
}

use Fate::{Inside, Lost, Met, Read};

/// Why nothing needs to be written for a value that only the chart reads.
pub(super) const CHART: &str = "steers the chart and makes no difference in the pods";
const IDS: &str = "the pods run as user and group 999 of the image, and pass the Pod Security Standard `restricted`";
const PERMISSIONS: &str = "new volumes are given to the group of the pods";
const IMAGE: &str = "an image or its settings; cassc has its own";
const SCRIPTS: Fate = Lost(
    "ran CQL or scripts at the first start",
    "run them with cqlsh once the ring is up, as an `operations` entry or by hand",
);
const ENV_OBJECT: Fate = Lost(
    "set variables of the container from a whole object",
    "name them one by one in `cassandra.environment`, with `secretKeyRef` for secrets",
);
const STORES: Fate = Lost(
    "named keystores, truststores or their passwords",
    "set up certificates for the topology; passwords never stand in it",
);

/// The values of the chart (values.yaml of charts 9 to 12).
pub(super) const FIELDS: &[(&str, Fate)] = &[
    ("affinity", Read),
    (
        "args",
        Lost(
            "replaced the arguments of the container",
            "put it into an image of your own, and name that in `cassandra.image`",
        ),
    ),
    ("automountServiceAccountToken", Met("cassc's pods have no token of Kubernetes")),
    ("cluster", Inside(CLUSTER)),
    ("clusterDomain", Read),
    (
        "command",
        Lost(
            "replaced the command of the container",
            "put it into an image of your own, and name that in `cassandra.image`",
        ),
    ),
    ("commonAnnotations", Read),
    ("commonLabels", Read),
    ("containerPorts", Met("the ports are Cassandra's own")),
    ("containerSecurityContext", Met(IDS)),
    ("customLivenessProbe", Lost("replaced the liveness probe", "nothing: cassc's probes ask the Management API")),
    ("customReadinessProbe", Lost("replaced the readiness probe", "nothing: cassc's probes ask the Management API")),
    ("customStartupProbe", Lost("replaced the startup probe", "write `pod.probes.startup`")),
    ("dbUser", Read),
    ("diagnosticMode", Lost("kept the containers running without Cassandra", "debug a pod with `kubectl debug`")),
    (
        "existingConfiguration",
        Lost(
            "named a ConfigMap with files of the configuration",
            "write what they set as `cassandra.config`, `cassandra.jvm` and `cassandra.logging`",
        ),
    ),
    ("extraDeploy", Lost("made objects of your own", "commit them beside the rendered ones")),
    ("extraEnvVars", Read),
    ("extraEnvVarsCM", ENV_OBJECT),
    ("extraEnvVarsSecret", ENV_OBJECT),
    ("extraVolumeMounts", Read),
    ("extraVolumes", Read),
    ("fullnameOverride", Read),
    ("global", Inside(GLOBAL)),
    ("hostAliases", Read),
    ("hostNetwork", Read),
    ("hostPorts", Lost("opened ports on the workers", "write `nodePort` of the datacenter, or `pod.hostNetwork`")),
    ("image", Inside(OF_IMAGE)),
    ("initContainers", Read),
    ("initDB", SCRIPTS),
    ("initDBConfigMap", SCRIPTS),
    ("initDBSecret", SCRIPTS),
    ("jvm", Inside(&[("extraOpts", Read), ("maxHeapSize", Read), ("newHeapSize", Read)])),
    ("kubeVersion", Met(CHART)),
    (
        "lifecycleHooks",
        Lost("ran commands after the start or before the stop", "nothing, if they drain the node, as cassc's pods do"),
    ),
    ("livenessProbe", Read),
    (
        "metrics",
        Inside(&[
            ("enabled", Met("the Management API serves Cassandra's metrics on port 9000 of every pod")),
            (
                "serviceMonitor",
                Lost(
                    "made a ServiceMonitor for the exporter",
                    "make one for port 9000 of the pods; the names of the metrics differ",
                ),
            ),
            ("*", Met("a setting of the exporter, whose place the Management API takes")),
        ]),
    ),
    ("nameOverride", Met(CHART)),
    (
        "networkPolicy",
        Lost(
            "let in whom its rules name",
            "write a NetworkPolicy for the pods of cassc, which have other labels; nodes reach each other on 7000",
        ),
    ),
    (
        "nodeAffinityPreset",
        Lost("placed the pods by a label of the workers", "write `nodeLabels` or `scheduling.nodeAffinity`"),
    ),
    ("nodeSelector", Read),
    ("pdb", Inside(&[("create", Met("cassc always has a budget")), ("maxUnavailable", Read), ("minAvailable", Read)])),
    (
        "persistence",
        Inside(&[
            ("accessModes", Read),
            ("annotations", Lost("annotated the claims", "nothing: cassc's claims carry no annotations")),
            ("commitLogMountPath", Read),
            ("commitLogsize", Read),
            ("commitStorageClass", Read),
            ("enabled", Read),
            ("existingClaim", Lost("mounted a claim that was there", "nothing: every pod gets a claim of its own")),
            ("mountPath", Met("cassc keeps data below /var/lib/cassandra")),
            ("size", Read),
            ("storageClass", Read),
            ("*", Lost("a setting of the claims", "write it by hand, if `storage` has it")),
        ]),
    ),
    (
        "persistentVolumeClaimRetentionPolicy",
        Lost(
            "said what becomes of the claims",
            "write `storage.whenNodesLeave`; cassc keeps the claims when a cluster goes",
        ),
    ),
    (
        "podAffinityPreset",
        Lost("put the pods onto the same workers or zones", "nothing: nodes of Cassandra are better apart"),
    ),
    ("podAnnotations", Read),
    ("podAntiAffinityPreset", Read),
    ("podLabels", Read),
    ("podManagementPolicy", Met("cassc's pods start in the order that its gate keeps")),
    ("podSecurityContext", Met(IDS)),
    ("priorityClassName", Read),
    ("readinessProbe", Read),
    ("replicaCount", Read),
    ("resources", Read),
    ("resourcesPreset", Read),
    ("schedulerName", Read),
    ("service", Inside(SERVICE)),
    (
        "serviceAccount",
        Lost(
            "named or annotated the ServiceAccount",
            "name an existing one in `pod.serviceAccount`, if the pods need it",
        ),
    ),
    ("sidecars", Read),
    ("startupProbe", Read),
    ("terminationGracePeriodSeconds", Read),
    ("tls", Inside(TLS)),
    ("tlsEncryptionSecretName", STORES),
    ("tolerations", Read),
    ("topologySpreadConstraints", Read),
    ("updateStrategy", Met("cassc restarts pods one by one, rack by rack")),
    ("usePasswordFiles", Met(CHART)),
    ("volumePermissions", Met(PERMISSIONS)),
];

const CLUSTER: &[(&str, Fate)] = &[
    ("clientEncryption", Read),
    ("datacenter", Read),
    ("enableUDF", Read),
    ("endpointSnitch", Read),
    ("extraSeeds", Read),
    ("internodeEncryption", Read),
    ("name", Read),
    ("numTokens", Read),
    ("rack", Read),
    ("replicaCount", Met("the chart reads `replicaCount` at the root")),
    ("seedCount", Met("cassc chooses three seeds of each datacenter")),
];

const GLOBAL: &[(&str, Fate)] = &[
    ("compatibility", Met(CHART)),
    ("defaultStorageClass", Read),
    ("imagePullSecrets", Read),
    ("imageRegistry", Read),
    ("security", Met(CHART)),
    ("storageClass", Read),
    // Those of other charts.
    ("*", Read),
];

const OF_IMAGE: &[(&str, Fate)] = &[
    ("debug", Met(IMAGE)),
    ("digest", Met(IMAGE)),
    ("pullPolicy", Read),
    ("pullSecrets", Read),
    ("registry", Met(IMAGE)),
    ("repository", Met(IMAGE)),
    ("tag", Read),
];

const SERVICE: &[(&str, Fate)] = &[
    ("annotations", Read),
    (
        "clusterIP",
        Lost("chose the address of the service", "let Kubernetes choose it, and name the service to the clients"),
    ),
    ("externalTrafficPolicy", Read),
    ("extraPorts", Lost("opened other ports of the service", "make a service of your own for them")),
    ("headless", Inside(&[("annotations", Read)])),
    ("loadBalancerIP", Lost("chose the address of the load balancer", "write the annotation of your provider")),
    ("loadBalancerSourceRanges", Read),
    ("nodePorts", Inside(&[("cql", Read), ("metrics", Met("the metrics are on port 9000 of every pod"))])),
    (
        "ports",
        Inside(&[
            ("cql", Met("clients reach CQL on 9042")),
            ("metrics", Met("the metrics are on port 9000 of every pod")),
        ]),
    ),
    ("sessionAffinity", Lost("sent a client to the same pod", "nothing: drivers choose the node by themselves")),
    ("sessionAffinityConfig", Lost("sent a client to the same pod", "nothing: drivers choose the node by themselves")),
    ("type", Read),
];

const TLS: &[(&str, Fate)] = &[
    ("autoGenerated", STORES),
    ("certificatesSecret", STORES),
    ("clientEncryption", Read),
    ("existingSecret", STORES),
    ("existingTruststoreSecret", STORES),
    ("internodeEncryption", Read),
    ("keystorePassword", STORES),
    ("passwordsSecret", STORES),
    ("resources", Met(CHART)),
    ("resourcesPreset", Met(CHART)),
    ("secretKeys", STORES),
    ("tlsEncryptionSecretName", STORES),
    ("truststorePassword", STORES),
];
