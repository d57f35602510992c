//! Where the delivery tool finds what is rendered: the block of the dialect in force, with every default. Kept in the
//! lock like the rest of the cluster; nothing in a pod depends on it.

use serde::{Deserialize, Serialize};

use crate::topology::{ArgocdDelivery, Delivery, Dialect, FluxDelivery, SourceKind};

/// Where the delivery tool finds what is rendered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Repository {
    /// Argo CD.
    Argocd(ArgocdSource),
    /// Flux.
    Flux(FluxSource),
}

/// What an `Application` is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ArgocdSource {
    /// The repository.
    #[serde(rename = "repoURL")]
    pub repo_url: String,
    /// The cluster's folder in it, plain: `deploy/shop`, or `.`.
    pub path: String,
    /// Branch, tag or commit.
    pub target_revision: String,
    /// The project of Argo CD.
    pub project: String,
    /// The namespace of the Application.
    pub namespace: String,
    /// The name of the Application.
    pub name: String,
}

/// What the `Kustomization`s are made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FluxSource {
    /// The kind of the source.
    pub source_kind: SourceKind,
    /// The name of the source.
    pub source_name: String,
    /// The namespace of the source; `None` is that of the Kustomizations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_namespace: Option<String>,
    /// The cluster's folder in it, plain: `deploy/shop`, or `.`.
    pub path: String,
    /// The namespace of the Kustomizations.
    pub namespace: String,
    /// How often everything is compared.
    pub interval: String,
    /// The service account that objects are applied with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_account_name: Option<String>,
}

impl Repository {
    /// The namespace of the delivery tool's own objects.
    pub(crate) fn namespace(&self) -> &str {
        match self {
            Self::Argocd(source) => &source.namespace,
            Self::Flux(source) => &source.namespace,
        }
    }

    /// Only the block of the dialect in force counts.
    pub(crate) fn of(delivery: &Delivery, cluster: &str) -> Option<Self> {
        match delivery.dialect {
            Dialect::Argocd => delivery.argocd.as_ref().map(|written| Self::Argocd(argocd(written, cluster))),
            Dialect::Flux => delivery.flux.as_ref().map(|written| Self::Flux(flux(written))),
            Dialect::Plain => None,
        }
    }
}

/// The defaults are those of Argo CD's own examples.
fn argocd(written: &ArgocdDelivery, cluster: &str) -> ArgocdSource {
    let or = |written: &Option<String>, default: &str| written.clone().unwrap_or_else(|| default.to_owned());
    ArgocdSource {
        repo_url: written.repo_url.clone(),
        path: plain(&written.path),
        target_revision: or(&written.target_revision, "HEAD"),
        project: or(&written.project, "default"),
        namespace: or(&written.namespace, "argocd"),
        name: or(&written.name, cluster),
    }
}

/// The defaults are those of `flux bootstrap`.
fn flux(written: &FluxDelivery) -> FluxSource {
    FluxSource {
        source_kind: written.source_ref.kind,
        source_name: written.source_ref.name.clone(),
        source_namespace: written.source_ref.namespace.clone(),
        path: plain(&written.path),
        namespace: written.namespace.clone().unwrap_or_else(|| "flux-system".to_owned()),
        interval: written.interval.clone().unwrap_or_else(|| "10m".to_owned()),
        service_account_name: written.service_account_name.clone(),
    }
}

/// A path without `.` and empty segments; `.` where nothing remains. Rules refused `..` and absolute paths.
fn plain(path: &str) -> String {
    let segments: Vec<&str> = path.split('/').filter(|segment| !matches!(*segment, "" | ".")).collect();
    if segments.is_empty() { ".".to_owned() } else { segments.join("/") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn however_a_path_is_written_it_is_one_folder() {
        for written in ["deploy/shop", "./deploy/shop/", "deploy//./shop"] {
            assert_eq!(plain(written), "deploy/shop");
        }
        assert_eq!(plain("./"), ".");
    }
}
