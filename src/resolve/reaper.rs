//! Reaper: defaults for what is not written. Called by [`super::steps`].

use cassc_ring::names;
use cassc_ring::reaper as ring;
use cassc_ring::release::{Minor, Release};

use super::pod::with_defaults;
use super::steps::datacenter_in_ring;
use super::{access_mode, quantity};
use crate::cluster::{Reaper, VolumeClaim, generation};
use crate::sizing::HeapSetting;
use crate::topology::{self, REAPER_HEAP, REAPER_KEYSPACE, REAPER_LIMITS, REAPER_REQUESTS, ReaperStorage, Spec};

/// `cluster` is its name in Kubernetes. The default version is that of the generation of defaults, so that no newer cassc restarts
/// a pod for it.
pub(super) fn reaper(spec: &Spec, cluster: &str, revision: u32) -> Option<Reaper> {
    let written = spec.repair.reaper.as_ref()?;
    let version = written.version.clone().unwrap_or_else(|| version(spec, revision).to_owned());
    let in_cassandra = written.storage == ReaperStorage::Cassandra;
    let role = || written.auth.role_secret.clone().unwrap_or_else(|| names::reaper(cluster));
    Some(Reaper {
        mode: written.mode,
        image: written.image.clone().unwrap_or_else(|| format!("docker.io/thelastpickle/cassandra-reaper:{version}")),
        version,
        keyspace: in_cassandra.then(|| written.keyspace.clone().unwrap_or_else(|| REAPER_KEYSPACE.to_owned())),
        volume: written.volume.as_ref().map(volume),
        requests: with_defaults(&written.resources.requests, REAPER_REQUESTS),
        limits: with_defaults(&written.resources.limits, REAPER_LIMITS),
        heap_mebibytes: heap(written),
        ui_secret: written.auth.ui_secret.clone().unwrap_or_else(|| names::reaper_ui_secret(cluster)),
        generates_ui_secret: written.auth.generates(),
        role_secret: written.has_role(spec.auth.authenticator).then(role),
        keystores_secret: written.auth.keystores_secret.clone().filter(|_| written.shows_certificate(spec)),
        auto_schedule: written.auto_schedule,
        schedules: written.schedules.iter().map(|it| schedule(spec, it)).collect(),
    })
}

/// Its tables decide: those of a newer one do not fit into Cassandra 3.11.
fn version(spec: &Spec, revision: u32) -> &'static str {
    let defaults = generation::defaults(revision);
    let is_old = spec.cassandra.version.parse::<Release>().is_ok_and(|release| release.minor == Minor::V3_11);
    let in_cassandra = spec.repair.reaper.as_ref().is_some_and(|it| it.storage == ReaperStorage::Cassandra);
    if is_old && in_cassandra { defaults.reaper_in_3_11 } else { defaults.reaper }
}

fn volume(written: &topology::ReaperVolume) -> VolumeClaim {
    VolumeClaim { class: written.class.clone(), size: quantity(&written.size), access_mode: access_mode(None) }
}

fn heap(written: &topology::Reaper) -> u64 {
    let heap = written.heap.as_ref().map(|it| it.parse().expect("E620 refused what is no heap size"));
    match heap {
        Some(HeapSetting::Exactly(heap)) => heap,
        Some(HeapSetting::Auto) | None => REAPER_HEAP,
    }
}

/// Lists are sorted, so that their order decides nothing.
fn schedule(spec: &Spec, written: &topology::Schedule) -> ring::Schedule {
    let mut schedule = written.as_written();
    schedule.tables.sort();
    schedule.exclude_tables.sort();
    schedule.datacenters = schedule.datacenters.iter().map(|it| datacenter_in_ring(spec, it)).collect();
    schedule.datacenters.sort();
    schedule
}
