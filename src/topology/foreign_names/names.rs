//! The table of the names of other tools.

use super::Here::{Field, Fixed, Missing};
use super::Row;

const STORAGE_BY_HAND: &str = "the data is always on a PVC";
const BACKUPS: &str = "back up by your own means; `spec.pod.containers` takes a sidecar";
const REPAIRS: &str = "run repairs by your own means";
const PODS: &str = "use the fields of `spec.pod`, `spec.scheduling` and `spec.storage.additionalVolumes`; `spec.overrides` patches the rest";
const BY_HAND: &str = "`cassc plan` lists what has to be done by hand";
const ORDER: &str = "the pods restart one at a time, in the order of the plan";
const ROLES: &str = "cassc writes no Secrets; README.md shows how to create the role";

/// The names. One that several tools use for different things is looked for in its own fields first.
pub(super) const ROWS: &[Row] = &[
    // Kubernetes.
    (
        &["affinity"],
        &[],
        Field("spec.scheduling.nodeAffinity", "the anti-affinity of the pods is `antiAffinity` beside it"),
    ),
    (&["nodeSelector", "nodeAffinityLabels"], &[], Field("spec.datacenters[].nodeLabels", "racks have it too")),
    (&["nodeAffinity"], &[], Field("spec.scheduling.nodeAffinity", "")),
    (
        &["podAntiAffinity", "podAntiAffinityPreset", "hardAntiAffinity", "softPodAntiAffinity", "antiAffinity"],
        &[],
        Field("spec.scheduling.antiAffinity", "`required` or `preferred`"),
    ),
    (&["podAffinity", "podAffinityPreset"], &[], Missing("write `spec.scheduling.nodeAffinity`")),
    (&["tolerations"], &[], Field("spec.scheduling.tolerations", "in the form of Kubernetes")),
    (
        &["topologySpreadConstraints"],
        &[],
        Field("spec.scheduling.topologySpread", "with `topologyKey`, `maxSkew` and `whenUnsatisfiable`"),
    ),
    (&["schedulerName"], &[], Field("spec.scheduling.schedulerName", "")),
    (&["priorityClassName", "priorityClass"], &[], Field("spec.scheduling.priorityClass", "")),
    (&["runtimeClassName"], &[], Field("spec.pod.runtimeClassName", "")),
    (
        &["imagePullSecrets", "imagePullSecret", "pullSecrets", "imagePullSecretName"],
        &[],
        Field("spec.pod.imagePullSecrets", "a list of names"),
    ),
    (&["imagePullPolicy", "pullPolicy"], &[], Field("spec.cassandra.imagePullPolicy", "")),
    (
        &["env", "extraEnvVars", "environmentVariables"],
        &[],
        Field("spec.cassandra.environment", "a map of names and values"),
    ),
    (
        &["envFrom", "extraEnvVarsSecret", "extraEnvVarsCM"],
        &[],
        Field("spec.cassandra.environment", "each variable by its name"),
    ),
    (
        &["serviceAccountName", "serviceAccount"],
        &[],
        Field("spec.pod.serviceAccount", "the name of an existing ServiceAccount"),
    ),
    (
        &["securityContext", "podSecurityContext", "containerSecurityContext"],
        &[],
        Field("spec.pod.securityContext", "in the form of Kubernetes"),
    ),
    (
        &["runAsUser", "runAsGroup", "fsGroup"],
        &[],
        Field("spec.pod.securityContext", "a map with `runAsUser` and `fsGroup`"),
    ),
    (&["hostNetwork"], &[], Field("spec.pod.hostNetwork", "")),
    (&["hostAliases"], &[], Field("spec.pod.hostAliases", "")),
    (&["dnsPolicy"], &[], Field("spec.pod.dnsPolicy", "")),
    (&["dnsConfig"], &[], Field("spec.pod.dnsConfig", "")),
    (&["terminationGracePeriodSeconds", "terminationGracePeriod"], &[], Field("spec.pod.terminationGraceSeconds", "")),
    (&["initContainers"], &[], Field("spec.pod.initContainers", "")),
    (&["containers", "sidecars", "sidecarConfigs", "extraContainers"], &[], Field("spec.pod.containers", "")),
    (
        &["livenessProbe", "livenessInitialDelaySeconds", "livenessPeriodSeconds"],
        &[],
        Field("spec.pod.probes.liveness", "timings only"),
    ),
    (
        &["readinessProbe", "readinessInitialDelaySeconds", "readinessPeriodSeconds"],
        &[],
        Field("spec.pod.probes.readiness", "timings only"),
    ),
    (&["startupProbe"], &[], Field("spec.pod.probes.startup", "timings only")),
    (&["labels", "additionalLabels", "commonLabels"], &["spec"], Field("metadata.labels", "")),
    (&["annotations", "additionalAnnotations", "commonAnnotations"], &["spec"], Field("metadata.annotations", "")),
    (&["podLabels"], &[], Field("spec.pod.labels", "")),
    (&["podAnnotations"], &[], Field("spec.pod.annotations", "")),
    (
        &["additionalLabels", "labels"],
        &["datacenters", "racks", "rack"],
        Missing("`metadata.labels` are the labels of all objects"),
    ),
    (
        &["volumes", "extraVolumes", "extraVolumeMounts", "volumeMounts", "storageConfigs"],
        &[],
        Field("spec.storage.additionalVolumes", "each with its `mountPath`"),
    ),
    (&["volumeClaimTemplates", "volumeClaimTemplate"], &[], Field("spec.storage", "with `class` and `size`")),
    (
        &["limits", "requests"],
        &["spec", "cassandra", "pod", "datacenters", "racks"],
        Field("spec.resources", "with `requests` and `limits`"),
    ),
    (&["resources"], &["cassandra", "pod"], Field("spec.resources", "")),
    (
        &["updateStrategy", "rollingPartition", "partition"],
        &[],
        Fixed("applying restarts no pod (`OnDelete`); `spec.rollout.canary` restarts some first"),
    ),
    (&["podManagementPolicy"], &[], Fixed("all pods start at once, and a gate in each pod orders them")),
    (
        &["minReadySeconds", "revisionHistoryLimit"],
        &[],
        Fixed("it is the same in every cluster; `spec.overrides` can patch it"),
    ),
    (&["persistentVolumeClaimRetentionPolicy"], &[], Fixed("PVCs are never deleted with their StatefulSet")),
    (&["lifecycle", "preStop", "postStart"], &[], Fixed("a pod drains its node before it ends")),
    (&["command", "args"], &["cassandra", "pod", "spec"], Fixed("the Management API starts Cassandra")),
    (&["ports"], &["cassandra", "pod", "spec"], Fixed("the ports are those of Cass Operator")),
    (&["enableServiceLinks", "automountServiceAccountToken"], &[], Fixed("it is `false`")),
    (
        &["shareProcessNamespace", "hostPID", "hostIPC"],
        &[],
        Fixed("each container has its own processes; `spec.overrides` can patch it"),
    ),
    (
        &["networkPolicy", "ingress", "serviceMonitor", "metrics", "telemetry", "vector"],
        &[],
        Missing("cassc renders no such object; write it beside the topology"),
    ),
    (
        &["podDisruptionBudget", "pdb", "maxPodUnavailable", "maxUnavailable", "minAvailable"],
        &[],
        Field("spec.disruptionBudget.maxUnavailable", "one budget per datacenter"),
    ),
    // Names of numbers and sizes.
    (
        &["replicas", "replicaCount", "size", "nodeCount", "nodesPerRack", "nodesPerRacks"],
        &["spec", "datacenters"],
        Field("spec.datacenters[].nodes", "the nodes of all racks together"),
    ),
    (&["replicas", "size", "nodesPerRacks", "nodesPerRack"], &["racks"], Field("spec.datacenters[].racks[].nodes", "")),
    (
        &["seedCount", "seeds", "autoUpdateSeedList", "seedList"],
        &[],
        Fixed("the first pod of each rack is a seed; seeds elsewhere are `spec.additionalSeeds`"),
    ),
    (&["extraSeeds", "externalSeeds", "additionalSeed"], &[], Field("spec.additionalSeeds", "")),
    // Storage.
    (&["storageClassName", "storageClass", "dataStorageClass"], &[], Field("spec.storage.class", "")),
    (&["dataCapacity", "capacity", "storageSize", "volumeSize"], &[], Field("spec.storage.size", "")),
    (&["accessModes"], &[], Field("spec.storage.accessMode", "one word")),
    (
        &["storageConfig", "cassandraDataVolumeClaimSpec", "dataVolumeClaimSpec", "persistence"],
        &[],
        Field("spec.storage", "with `class`, `size` and `accessMode`"),
    ),
    (
        &["commitLogStorageClass", "commitStorageClass", "commitLogMountPath"],
        &[],
        Field(
            "spec.storage.additionalVolumes[].claim",
            "a volume at the `commitlog_directory` of `spec.cassandra.config`",
        ),
    ),
    (&["emptyDir", "ephemeral", "deletePVC"], &["spec", "storage"], Fixed(STORAGE_BY_HAND)),
    (&["storageClassName", "storageClass"], &["claim"], Field("spec.storage.additionalVolumes[].claim.class", "")),
    (&["accessModes"], &["claim"], Field("spec.storage.additionalVolumes[].claim.accessMode", "one word")),
    (&["resources", "requests", "capacity"], &["claim"], Field("spec.storage.additionalVolumes[].claim.size", "")),
    (&["resources", "requests"], &["storage"], Field("spec.storage.size", "")),
    (
        &["claimName", "persistentVolumeClaim", "pvcSpec"],
        &["additionalVolumes"],
        Field("spec.storage.additionalVolumes[].claim", "with `class` and `size`, one PVC for each pod"),
    ),
    (
        &["volumeSource"],
        &["additionalVolumes"],
        Missing("write `configMap`, `secret`, `emptyDir` or another source itself"),
    ),
    (&["secretName"], &["secret"], Field("spec.storage.additionalVolumes[].secret.name", "")),
    // Cassandra itself.
    (
        &["cassandra-yaml", "cassandraYaml"],
        &["config"],
        Field("spec.cassandra.config", "write the keys themselves, without this level"),
    ),
    (&["serverVersion", "cassandraVersion"], &[], Field("spec.cassandra.version", "")),
    (&["version"], &["spec"], Field("spec.cassandra.version", "")),
    (&["serverImage", "cassandraImage", "baseImage", "imageRepository"], &[], Field("spec.cassandra.image", "")),
    (&["image"], &["spec"], Field("spec.cassandra.image", "")),
    (&["serverType"], &[], Fixed("the server is always Apache Cassandra")),
    (
        &["cassandraYaml", "cassandra-yaml", "cassandraConfig", "existingConfiguration"],
        &[],
        Field("spec.cassandra.config", "the keys of cassandra.yaml"),
    ),
    (
        &["config"],
        &["spec", "datacenters", "racks"],
        Field("spec.cassandra.config", "datacenters and racks have `cassandra.config` too"),
    ),
    (
        &["jvm", "jvmOptions", "jvm-options", "jvmServerOptions", "jvm-server-options"],
        &[],
        Field("spec.cassandra.jvm", "with `heap`, `gc` and `options`"),
    ),
    (
        &["heap", "heapSize", "maxHeapSize", "max_heap_size", "initialHeapSize", "heapMaxSize", "MAX_HEAP_SIZE"],
        &[],
        Field("spec.cassandra.jvm.heap", ""),
    ),
    (
        &["newHeapSize", "heapNewGenSize", "heap_size_young_generation", "HEAP_NEWSIZE"],
        &[],
        Field("spec.cassandra.jvm.options[]", "write `-Xmn…`"),
    ),
    (
        &[
            "extraOpts",
            "additionalJvmOptions",
            "additional-jvm-opts",
            "javaOpts",
            "jvmOpts",
            "jvmExtraOpts",
            "JVM_EXTRA_OPTS",
        ],
        &[],
        Field("spec.cassandra.jvm.options[]", "one option per element"),
    ),
    (&["garbageCollector", "garbage_collector", "gcType"], &[], Field("spec.cassandra.jvm.gc", "")),
    (&["gcStdout"], &[], Field("spec.cassandra.jvm.options[]", "write `-Xlog:gc…` or `-Xloggc:…`")),
    (&["logback", "logback-xml", "logLevel", "loggers"], &[], Field("spec.cassandra.logging", "levels by logger")),
    (&["mgmtAPIHeap", "managementApiHeap"], &[], Field("spec.cassandra.environment", "write `MGMT_API_HEAP_SIZE`")),
    (
        &["numTokens", "num_tokens"],
        &["spec", "cassandra", "datacenters", "cluster"],
        Field("spec.cassandra.config", "write `num_tokens`"),
    ),
    (
        &["endpointSnitch", "snitch", "endpoint_snitch"],
        &["spec", "cassandra", "cluster", "datacenters"],
        Fixed("the snitch is GossipingPropertyFileSnitch"),
    ),
    (
        &[
            "configMapName",
            "configSecret",
            "perNodeConfigMapRef",
            "existingConfigMap",
            "configBuilderImage",
            "configBuilderResources",
        ],
        &[],
        Missing("write the settings in `spec.cassandra`, where they are checked"),
    ),
    (
        &["dataCenter", "datacenter", "dataCenters", "datacenterName"],
        &["spec", "cassandra"],
        Field("spec.datacenters", "a list"),
    ),
    (&["datacenterName"], &["datacenters"], Field("spec.datacenters[].ringName", "Cassandra's name of it")),
    (&["dc"], &["topology", "spec"], Field("spec.datacenters", "")),
    (&["topology"], &["spec"], Field("spec.datacenters", "each with its `racks`")),
    (&["rack"], &["dc", "datacenters", "spec"], Field("spec.datacenters[].racks", "a list")),
    (&["racks"], &["spec"], Field("spec.datacenters[].racks", "")),
    (&["nodes"], &["spec"], Field("spec.datacenters[].nodes", "")),
    (&["clusterName"], &["metadata", "cassandra", "datacenters"], Field("spec.clusterName", "")),
    (&["availabilityZone", "failureDomain", "zones"], &[], Field("spec.datacenters[].racks[].zone", "")),
    (
        &["k8sContext", "context", "kubernetesCluster"],
        &[],
        Field("spec.datacenters[].kubeCluster", "a name that you choose"),
    ),
    (
        &["metadata"],
        &["datacenters"],
        Field("spec.datacenters[].name", "labels and annotations are those of `metadata` of the topology"),
    ),
    (&["additionalServiceConfig", "service"], &["spec", "datacenters", "cassandra"], Field("spec.services", "")),
    (&["dcService"], &[], Field("spec.services.cql", "")),
    (&["seedService"], &[], Field("spec.services.seed", "")),
    (&["allpodsService"], &[], Field("spec.services.allPods", "")),
    (&["additionalSeedService"], &[], Field("spec.services.additionalSeed", "")),
    (&["nodePortService"], &[], Field("spec.services.nodePort", "")),
    (&["networking"], &[], Field("spec.pod.hostNetwork", "or `nodePort.native` of a datacenter")),
    (
        &["superuserSecretName", "superuserSecretRef", "superuserSecret", "existingSecret"],
        &[],
        Field("spec.auth.superuser.secretName", ""),
    ),
    (&["dbUser", "users", "cqlUsers"], &[], Missing(ROLES)),
    (&["initDB", "initDBConfigMap", "startupCQL"], &[], Missing("create keyspaces with `cqlsh` once the ring is up")),
    (&["managementApiAuth"], &[], Field("spec.managementApi.tls.serverSecret", "mutual TLS")),
    (
        &["serverEncryptionStores", "clientEncryptionStores", "tls", "tlsEncryptionSecretName"],
        &["spec", "cassandra", "datacenters"],
        Field(
            "spec.storage.additionalVolumes[].secret",
            "mount the Secret, and write `server_encryption_options` or `client_encryption_options` in `spec.cassandra.config`",
        ),
    ),
    (&["systemLoggerImage"], &[], Field("spec.systemLogger.image", "")),
    (&["systemLoggerResources"], &[], Field("spec.systemLogger.resources", "")),
    (&["disableSystemLoggerSidecar"], &[], Field("spec.systemLogger.enabled", "`false` leaves the container out")),
    (&["allowMultipleNodesPerWorker"], &[], Field("spec.scheduling.severalNodesPerWorker", "")),
    (
        &["rollingRestartRequested", "rollingRestart"],
        &[],
        Field("spec.rollout.restart", "a new text restarts all pods once"),
    ),
    (&["canaryUpgrade", "canaryUpgradeCount"], &[], Field("spec.rollout.canary.pods", "")),
    (&["podTemplateSpec", "podTemplate", "template"], &[], Missing(PODS)),
    (&["patches", "patchesStrategicMerge", "patch"], &["", "spec"], Field("spec.overrides", "")),
    (
        &["stopped"],
        &["spec", "datacenters", "cassandra"],
        Missing("`spec.rollout.stopped` only pauses a rolling restart"),
    ),
    (&["replaceNodes"], &[], Missing("docs/when-a-pod-waits.md shows how to replace a node")),
    (
        &[
            "autoPilot",
            "noCheckStsAreEqual",
            "unlockNextOperation",
            "restartCountBeforePodDeletion",
            "forceUpgradeRacks",
        ],
        &[],
        Missing(BY_HAND),
    ),
    (&["secretsProvider", "externalDatacenters"], &[], Missing("nothing runs beside the cluster")),
    (
        &["readOnlyRootFilesystem", "dockerImageRunsAsCassandra"],
        &[],
        Fixed("the security context of the containers follows from the image"),
    ),
    (
        &["initContainerImage", "bootstrapImage", "imageJolokiaSecret", "debug"],
        &[],
        Fixed("the containers of cassc use the image of Cassandra; `spec.systemLogger.image` is the exception"),
    ),
    (&["reaper"], &["spec"], Missing(REPAIRS)),
    (&["medusa", "backRestSidecar", "backup", "backups"], &[], Missing(BACKUPS)),
    (&["stargate", "cdc", "dseWorkloads", "dse", "fqlEnabled"], &[], Missing("cassc renders Cassandra only")),
    (
        &["global", "kubeVersion", "fullnameOverride", "nameOverride", "namespaceOverride"],
        &["spec", ""],
        Missing("names follow from `metadata.name`"),
    ),
    (&["ordering", "rollingUpdate"], &[], Fixed(ORDER)),
    (&["status"], &[""], Missing("a topology has no status; `cassc.lock` knows what is deployed")),
];
