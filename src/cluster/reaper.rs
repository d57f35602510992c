//! Reaper, complete.

use cassc_ring::names::{self, Named};
use cassc_ring::reaper::{self, ReaperMode, Schedule};
use serde::{Deserialize, Serialize};

use super::{Cluster, Datacenter, StringMap, VolumeClaim};
use crate::topology::ReaperVersion;

/// Where Reaper runs, what it runs with, and what it repairs when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reaper {
    /// Where it runs.
    pub mode: ReaperMode,
    /// Its version: three numbers.
    pub version: String,
    /// Its image.
    pub image: String,
    /// The keyspace with its tables; `None` keeps what it knows on a volume.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keyspace: Option<String>,
    /// That volume.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume: Option<VolumeClaim>,
    /// Its requests, canonical.
    pub requests: StringMap,
    /// Its limits, canonical.
    pub limits: StringMap,
    /// Its heap in MiB.
    pub heap_mebibytes: u64,
    /// The Secret of its web and REST interface.
    pub ui_secret: String,
    /// Whether that Secret is made where it is missing.
    pub generates_ui_secret: bool,
    /// The Secret of its role in Cassandra, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_secret: Option<String>,
    /// The Secret with its stores for the Management API.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keystores_secret: Option<String>,
    /// Whether it makes schedules for keyspaces without one.
    pub auto_schedule: bool,
    /// What is repaired when, datacenters as Cassandra calls them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schedules: Vec<Schedule>,
}

impl Reaper {
    /// Whether contact points are objects with host and port.
    pub(crate) fn names_ports(&self) -> bool {
        self.version.parse::<ReaperVersion>().is_ok_and(ReaperVersion::names_ports)
    }
}

impl Cluster {
    /// Reaper, where it runs.
    pub(crate) fn reaper(&self) -> Option<&Reaper> {
        self.steps.as_ref()?.reaper.as_ref()
    }

    /// Reaper, where it runs in every Cassandra pod.
    pub(crate) fn reaper_in_pods(&self) -> Option<&Reaper> {
        self.reaper().filter(|reaper| reaper.mode == ReaperMode::Sidecar)
    }

    /// The Secrets of Reaper that are made where they are missing.
    pub(crate) fn secrets_of_reaper(&self) -> Vec<String> {
        let Some(reaper) = self.reaper() else { return Vec::new() };
        let ui = reaper.generates_ui_secret.then(|| reaper.ui_secret.clone());
        ui.into_iter().chain([names::reaper_token_secret(&self.name)]).chain(reaper.role_secret.clone()).collect()
    }

    /// The objects of Reaper beside its Secrets.
    pub(crate) fn objects_of_reaper(&self) -> Vec<Named> {
        let Some(reaper) = self.reaper() else { return Vec::new() };
        let name = &self.name;
        let mut named = names::of_reaper(name);
        named.extend(reaper.keyspace.iter().flat_map(|_| names::of_reaper_tables(name)));
        named.extend(reaper.volume.iter().flat_map(|_| names::of_reaper_volume(name)));
        if reaper.mode == ReaperMode::Deployment {
            named.extend(names::of_reaper_deployment(name));
        }
        named
    }

    /// The datacenter of the Kubernetes cluster whose program keeps Reaper's keyspace, role and schedules: the first one, and where
    /// there are several Kubernetes clusters the first that is named.
    pub(crate) fn writer_of_reaper(&self) -> &Datacenter {
        let has_several = self.kube_clusters().len() > 1;
        let mut named = self.datacenters.iter().filter(|it| !has_several || it.kube_cluster.is_some());
        named.next().expect("a cluster has a datacenter, and of several Kubernetes clusters one has a name")
    }

    /// Reaper as the program in the cluster reads it.
    pub(super) fn reaper_of_ring(&self) -> Option<reaper::Reaper> {
        let reaper = self.reaper()?;
        let writer = self.writer_of_reaper();
        let host = || {
            let service = names::seed_service(&self.name);
            writer.namespace.as_ref().map_or(service.clone(), |it| format!("{service}.{it}.svc.{}", self.domain))
        };
        Some(reaper::Reaper {
            mode: reaper.mode,
            keyspace: reaper.keyspace.clone(),
            ui_secret: reaper.ui_secret.clone(),
            generates_ui_secret: reaper.generates_ui_secret,
            token_secret: names::reaper_token_secret(&self.name),
            role_secret: reaper.role_secret.clone(),
            service: names::reaper_service(&self.name),
            seed_host: (reaper.mode == ReaperMode::Deployment).then(host),
            written_by: writer.kube_cluster.clone().filter(|_| self.kube_clusters().len() > 1),
            schedules: reaper.schedules.clone(),
        })
    }
}
