//! The connection: the pod's own account in a cluster, else what `kubectl` uses.

use std::cell::RefCell;
use std::time::Duration;

use kube::config::{InClusterError, KubeConfigOptions, KubeconfigError};
use kube::{Client, Config};

use super::{Held, Kubernetes, Seen};

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);

/// Whom to connect to, and what for.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// The cluster's name in Kubernetes.
    pub(crate) cluster: String,
    /// The name of this Kubernetes cluster in the topology.
    pub(crate) kube_cluster: Option<String>,
    /// The namespace; else that of the account or of the context.
    pub(crate) namespace: Option<String>,
    /// The context of the kubeconfig; outside of a cluster.
    pub(crate) context: Option<String>,
    /// Who holds the Lease where this process does.
    pub(crate) holder: String,
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectError {
    /// In a cluster, without an account.
    #[error("this pod has no account for the API server: {0}")]
    InCluster(#[from] InClusterError),
    /// Outside, without a kubeconfig.
    #[error("no kubeconfig: {0}")]
    Kubeconfig(#[from] KubeconfigError),
    /// The client cannot be made.
    #[error("no connection to the API server: {0}")]
    Client(#[from] kube::Error),
}

impl Kubernetes {
    /// Connects; nothing is asked yet. Kubernetes sets the variable in every container.
    pub(crate) async fn connect(target: Target) -> Result<Self, ConnectError> {
        let is_inside = target.context.is_none() && std::env::var_os("KUBERNETES_SERVICE_HOST").is_some();
        let mut config = if is_inside { Config::incluster()? } else { of_kubeconfig(target.context).await? };
        config.connect_timeout = Some(CONNECT);
        config.default_retry = false;
        let home = target.namespace.unwrap_or_else(|| config.default_namespace.clone());
        Ok(Self {
            client: Client::try_from(config)?,
            is_inside,
            home,
            cluster: target.cluster,
            kube_cluster: target.kube_cluster,
            holder: target.holder,
            held: RefCell::new(Held::default()),
            seen: RefCell::new(Seen::default()),
        })
    }
}

async fn of_kubeconfig(context: Option<String>) -> Result<Config, KubeconfigError> {
    Config::from_kubeconfig(&KubeConfigOptions { context, ..KubeConfigOptions::default() }).await
}
