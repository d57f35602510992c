//! Delivery, and accepted warnings and changes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The tool that applies the rendered files.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Delivery {
    /// The tool that applies the rendered files. Defaults to `plain`; `--dialect` on the command line overrides it.
    #[serde(default)]
    pub dialect: Dialect,
    /// Where Argo CD finds the rendered files. With it cassc also renders an `Application`, in the folder `argocd`.
    pub argocd: Option<ArgocdDelivery>,
    /// Where Flux finds the rendered files. With it cassc also renders a `Kustomization` for each stage, in the folder `flux`.
    pub flux: Option<FluxDelivery>,
    /// Whether the delivery tool leaves `/spec/replicas` of live StatefulSets alone, as `steps` need it. cassc tells it so in the
    /// Application and the Kustomizations that it renders; say it here where you tell it yourself (docs/delivery.md). Default:
    /// `false`.
    #[serde(default)]
    pub ignores_replicas: bool,
}

impl Delivery {
    /// Uses the dialect of the command line and removes what was said of other tools.
    pub(crate) fn override_dialect(&mut self, dialect: Dialect) {
        self.ignores_replicas &= self.dialect == dialect;
        self.dialect = dialect;
        self.argocd = self.argocd.take().filter(|_| dialect == Dialect::Argocd);
        self.flux = self.flux.take().filter(|_| dialect == Dialect::Flux);
    }
}

/// The tool that applies the rendered files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// Argo CD: objects get sync waves and sync options.
    Argocd,
    /// Flux: one folder per stage.
    Flux,
    /// `kubectl apply -k`: a kustomization for each stage and one for all stages.
    #[default]
    Plain,
}

/// Where Argo CD finds the rendered files; the field names are those of an Application. If datacenters have a `kubeCluster`,
/// each Kubernetes cluster gets its own Application with the `kubeCluster` as `destination.name`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct ArgocdDelivery {
    /// The URL of the repository, without credentials: those belong in a Secret of Argo CD. Example:
    /// `https://git.example.com/platform/clusters.git`.
    #[serde(rename = "repoURL")]
    pub repo_url: String,
    /// The folder of this cluster's rendered files in the repository, such as `deploy/shop`.
    pub path: String,
    /// The branch, tag or commit. Defaults to `HEAD`, the default branch of the repository.
    pub target_revision: Option<String>,
    /// The Argo CD project. Defaults to `default`.
    pub project: Option<String>,
    /// The namespace of the Application. Defaults to `argocd`.
    pub namespace: Option<String>,
    /// The name of the Application. Defaults to `metadata.name`. With a `kubeCluster`, cassc appends `-` and its name. Argo CD
    /// writes the name into all objects, so do not change it after the first delivery.
    pub name: Option<String>,
}

impl ArgocdDelivery {
    /// The name of the Application for a Kubernetes cluster.
    pub(crate) fn application_name(&self, cluster: &str, kube_cluster: Option<&str>) -> String {
        let name = self.name.as_deref().unwrap_or(cluster);
        kube_cluster.map_or_else(|| name.to_owned(), |kube_cluster| format!("{name}-{kube_cluster}"))
    }
}

/// Where Flux finds the rendered files; the field names are those of a Kustomization.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct FluxDelivery {
    /// The source, an object that you create yourself.
    pub source_ref: SourceRef,
    /// The folder of this cluster's rendered files in the source, such as `deploy/shop`.
    pub path: String,
    /// The namespace of the Kustomizations. Defaults to `flux-system`.
    pub namespace: Option<String>,
    /// The time between two reconciliations, such as `10m`, the default. New commits do not wait for it: the source has its own
    /// interval.
    pub interval: Option<String>,
    /// The service account that Flux uses to apply the objects. Defaults to that of Flux.
    pub service_account_name: Option<String>,
}

/// A Flux source.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct SourceRef {
    /// Its kind. Defaults to `GitRepository`.
    #[serde(default)]
    pub kind: SourceKind,
    /// Its name.
    pub name: String,
    /// Its namespace. Defaults to that of the Kustomizations.
    pub namespace: Option<String>,
}

/// The kind of a Flux source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "the names are Flux's own")]
pub enum SourceKind {
    #[default]
    GitRepository,
    #[serde(rename = "OCIRepository")]
    OciRepository,
    Bucket,
}

/// An accepted warning, or a forced change.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Acceptance {
    /// The code of the warning, such as `W113`, or of the refused change, such as `E310`.
    pub code: String,
    /// The reason, for the next reader. The reason of a change is valid for one change: remove the entry afterwards.
    pub reason: String,
}
