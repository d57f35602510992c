//! The fields of CassKop's resource, and what becomes of each.

/// What becomes of a field.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fate {
    /// Another module reads it.
    Read,
    /// Nothing needs to be written; why.
    Met(&'static str),
    /// It is lost, where it says something: what it did, what to do.
    Lost(&'static str, &'static str),
}

use Fate::{Lost, Met, Read};

const IMAGES: &str = "an image of CassKop's init containers; cassc's gate takes their place";
const LOOP: &str = "steers the loop of CassKop; cassc has none";

/// The fields of `spec` (api/v2 `CassandraClusterSpec`, and those of v1alpha1).
pub(super) const FIELDS: &[(&str, Fate)] = &[
    ("autoPilot", Read),
    ("autoUpdateSeedList", Met("cassc keeps the seeds outside the pods, and chooses three of each datacenter")),
    ("backRestSidecar", Read),
    ("bootstrapImage", Met(IMAGES)),
    ("cassandraImage", Read),
    ("config", Read),
    ("configBuilderImage", Met(IMAGES)),
    (
        "configMapName",
        Lost(
            "named a ConfigMap with pre_run.sh and post_run.sh, which changed the configuration; in CassKop 1 also whole files \
             of it",
            "write what the scripts and files set as `cassandra.config`, `cassandra.jvm` and `cassandra.environment`; keep \
             files in `storage.additionalVolumes`",
        ),
    ),
    ("dataCapacity", Read),
    ("dataStorageClass", Read),
    ("debug", Lost("kept the container running without Cassandra", "debug a pod with `kubectl debug`")),
    ("deletePVC", Read),
    ("envVars", Read),
    ("fsGroup", Met("the pods run with the group 999 of the image; new volumes are given to it")),
    ("gcStdout", Met("the JVM logs its collections to files, ten of 10 MiB")),
    ("hardAntiAffinity", Read),
    (
        "imageJolokiaSecret",
        Lost(
            "asked for a password at the Jolokia agent",
            "nothing: there is no Jolokia. Protect the Management API with `managementApi.tls`",
        ),
    ),
    ("imagePullSecret", Read),
    ("imagepullpolicy", Read),
    ("initContainerCmd", Met(IMAGES)),
    ("initContainerImage", Met(IMAGES)),
    (
        "jmxConfiguration",
        Lost(
            "set where JMX listens and whom it lets in",
            "nothing: JMX listens on the loopback address, and the Management API does what JMX was used for",
        ),
    ),
    (
        "keyspaceCleanupThreads",
        Lost(
            "set the jobs of a cleanup",
            "write `concurrent_compactors` in `cassandra.config`, if cleanups are too fast",
        ),
    ),
    ("livenessFailureThreshold", Read),
    ("livenessHealthCheckPeriod", Read),
    ("livenessHealthCheckTimeout", Read),
    ("livenessInitialDelaySeconds", Read),
    ("livenessSuccessThreshold", Met("the only value that Kubernetes accepts is the default")),
    ("maxPodUnavailable", Read),
    ("noCheckStsAreEqual", Met(LOOP)),
    ("nodesPerRacks", Read),
    ("pod", Read),
    (
        "readOnlyRootFilesystem",
        Met("cassc decides it by version: from 4.1 on the root file system of the published image is read-only"),
    ),
    ("readinessFailureThreshold", Read),
    ("readinessHealthCheckPeriod", Read),
    ("readinessHealthCheckTimeout", Read),
    ("readinessInitialDelaySeconds", Read),
    (
        "readinessSuccessThreshold",
        Lost("asked for several successes", "nothing: one success of cassc's probe is enough"),
    ),
    ("resources", Read),
    (
        "restartCountBeforePodDeletion",
        Lost(
            "deleted a pod that had restarted so often, because it might have the address of another one",
            "enable `steps`: they delete a pod that came back with a swapped address",
        ),
    ),
    ("runAsUser", Met("the pods run as user 999, that of the image; new volumes are given to its group")),
    ("serverType", Read),
    ("serverVersion", Read),
    ("service", Read),
    ("serviceAccountName", Read),
    (
        "shareProcessNamespace",
        Lost(
            "let the containers of a pod see each other's processes",
            "write an override of the StatefulSets, if one needs it",
        ),
    ),
    ("sidecarConfigs", Read),
    ("storageConfigs", Read),
    ("topology", Read),
    ("unlockNextOperation", Met(LOOP)),
];

/// Fields that stand in files, and that neither CassKop 1 nor 2 reads.
pub(super) const OBSOLETE: &[&str] =
    &["baseImage", "imagePullPolicy", "numTokens", "rollingPartition", "rollingRestart", "version"];
/// Fields that only CassKop 1 reads.
pub(super) const ONLY_FIRST: &[&str] = &["gcStdout", "initContainerCmd", "initContainerImage"];
/// Fields that only CassKop 2 reads.
pub(super) const ONLY_SECOND: &[&str] = &[
    "config",
    "configBuilderImage",
    "envVars",
    "jmxConfiguration",
    "keyspaceCleanupThreads",
    "serverType",
    "serverVersion",
];

/// The fields of a datacenter.
pub(super) const OF_DATACENTER: &[&str] = &[
    "config",
    "dataCapacity",
    "dataStorageClass",
    "labels",
    "name",
    "nodesPerRacks",
    "numTokens",
    "rack",
    "resources",
];
/// The fields of a rack.
pub(super) const OF_RACK: &[&str] = &["config", "labels", "name", "rollingPartition", "rollingRestart"];
