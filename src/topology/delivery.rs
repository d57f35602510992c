//! What a user may write about delivery and accepted complaints.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the objects travel to Kubernetes.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Delivery {
    /// The tool that applies the output. Defaults to `plain`; `--dialect` of the command line overrides it.
    #[serde(default)]
    pub dialect: Dialect,
    /// Where Argo CD finds what is rendered: with it an `Application` is rendered, to the folder `argocd`.
    pub argocd: Option<ArgocdDelivery>,
    /// Where Flux finds what is rendered: with it a `Kustomization` for each stage is rendered, to the folder `flux`.
    pub flux: Option<FluxDelivery>,
}

impl Delivery {
    /// Takes the dialect of the command line; what is said about other tools is then of no concern.
    pub fn override_dialect(&mut self, dialect: Dialect) {
        self.dialect = dialect;
        self.argocd = self.argocd.take().filter(|_| dialect == Dialect::Argocd);
        self.flux = self.flux.take().filter(|_| dialect == Dialect::Flux);
    }
}

/// The tool that applies the output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// Argo CD: what it may prune and delete.
    Argocd,
    /// Flux: a folder per stage.
    Flux,
    /// `kubectl apply -k`: a kustomization per stage and one for all.
    #[default]
    Plain,
}

/// Where Argo CD finds what is rendered, in Argo CD's own words. Where datacenters name a `kubeCluster`, each Kubernetes
/// cluster gets an Application of its own: `destination.name` is the `kubeCluster`, under which Argo CD must know it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct ArgocdDelivery {
    /// The repository, without a name and password in it: those belong into a Secret of Argo CD.
    #[serde(rename = "repoURL")]
    pub repo_url: String,
    /// The folder of this cluster's rendered files in the repository, such as `deploy/shop`.
    pub path: String,
    /// The branch, tag or commit. Defaults to `HEAD`, the repository's default branch.
    pub target_revision: Option<String>,
    /// The project of Argo CD. Defaults to `default`.
    pub project: Option<String>,
    /// The namespace of the Application. Defaults to `argocd`.
    pub namespace: Option<String>,
    /// The name of the Application. Defaults to `metadata.name`; where datacenters name a `kubeCluster`, that follows
    /// after a `-`. Argo CD writes it on every object, so it does not change once they are delivered.
    pub name: Option<String>,
}

impl ArgocdDelivery {
    /// The name of the Application for a Kubernetes cluster.
    pub fn application_name(&self, cluster: &str, kube_cluster: Option<&str>) -> String {
        let name = self.name.as_deref().unwrap_or(cluster);
        kube_cluster.map_or_else(|| name.to_owned(), |kube_cluster| format!("{name}-{kube_cluster}"))
    }
}

/// Where Flux finds what is rendered, in Flux's own words.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct FluxDelivery {
    /// The source, which you make yourself.
    pub source_ref: SourceRef,
    /// The folder of this cluster's rendered files in the source, such as `deploy/shop`.
    pub path: String,
    /// The namespace of the Kustomizations. Defaults to `flux-system`.
    pub namespace: Option<String>,
    /// How often Flux looks whether everything is as rendered, such as `10m`, the default; new commits are seen by the
    /// source.
    pub interval: Option<String>,
    /// The service account that Flux applies with. Defaults to Flux's own.
    pub service_account_name: Option<String>,
}

/// A source of Flux.
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

/// The kinds of sources (Flux's own words).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "the names are Flux's own")]
pub enum SourceKind {
    #[default]
    GitRepository,
    #[serde(rename = "OCIRepository")]
    OciRepository,
    Bucket,
}

/// A complaint that is meant to be so.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Acceptance {
    /// The code of the warning, such as `W113`, or of the refused change, such as `E310`.
    pub code: String,
    /// Why it is meant to be so, for the next reader.
    pub reason: String,
}
