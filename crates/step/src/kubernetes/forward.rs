//! A port of a pod on this machine, through the API server: from outside of a cluster its pods cannot be reached directly.

use std::net::{Ipv4Addr, SocketAddr};

use cassc_settle::cluster::{Answer, Failure};
use k8s_openapi::api::core::v1::Pod;
use kube::Api;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::Kubernetes;
use super::failure::read;

/// An open port; dropping it closes it.
pub(crate) struct Forward {
    task: JoinHandle<()>,
    /// Where it listens.
    pub(crate) address: SocketAddr,
}

impl Drop for Forward {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Kubernetes {
    /// Opens a port of a pod, which the caller needs the right to create `pods/portforward` for. It is tried once, for the reason where
    /// it cannot be done; a later connection that the API server does not carry on is closed.
    pub(crate) async fn forward(&self, namespace: &str, pod: &str, port: u16) -> Answer<Forward> {
        let (pods, pod): (Api<Pod>, String) = (self.api(namespace), pod.to_owned());
        drop(read(pods.portforward(&pod, &[port])).await?);
        let local = |error: std::io::Error| Failure::Unknown(format!("no port on this machine: {error}"));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(local)?;
        let address = listener.local_addr().map_err(local)?;
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                carry(&pods, &pod, port, stream).await;
            }
        });
        Ok(Forward { task, address })
    }

    /// Whether pods can be reached by their addresses.
    pub(crate) const fn reaches_pods(&self) -> bool {
        self.is_inside
    }
}

/// One connection, until either side closes it.
async fn carry(pods: &Api<Pod>, pod: &str, port: u16, mut stream: TcpStream) {
    let Ok(mut forwarder) = pods.portforward(pod, &[port]).await else { return };
    if let Some(mut upstream) = forwarder.take_stream(port) {
        let _ = copy_bidirectional(&mut stream, &mut upstream).await;
    }
}
