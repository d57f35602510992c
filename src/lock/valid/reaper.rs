//! Reaper of a lock.

use std::collections::BTreeSet;

use cassc_ring::reaper::{ReaperMode, Schedule};
use cassc_ring::ring_names;

use super::pod::image;
use super::rack::claim;
use super::{Fault, Valid, amounts, each, field, is, number, optional, subdomain};
use crate::cluster::Reaper;
use crate::topology::{
    MOST_SCHEDULES, bad_values_of_schedule, is_keyspace, keyspace_expected, misfits_of_schedule, version_fault,
};

/// The largest heap, in mebibytes: more than any node has.
const LARGEST_HEAP: u64 = 1 << 20;

/// Holds Reaper to what the rules hold it to.
pub(super) fn reaper(reaper: &Reaper) -> Valid {
    let Reaper { mode, version, image: of_reaper, keyspace, volume, requests, limits, heap_mebibytes, .. } = reaper;
    field("version", is(version, version_fault(version, None).is_none(), "a version of Reaper"))?;
    field("image", image(of_reaper))?;
    optional("keyspace", keyspace.as_ref(), |it| is(it, is_keyspace(it), &keyspace_expected()))?;
    optional("volume", volume.as_ref(), claim)?;
    if keyspace.is_some() == volume.is_some() || volume.is_some() && *mode == ReaperMode::Sidecar {
        return Err(Fault::new("keeps what it knows nowhere (expected a keyspace, or a volume of a deployment)"));
    }
    field("requests", amounts(requests))?;
    field("limits", amounts(limits))?;
    let heap = *heap_mebibytes;
    field("heapMebibytes", number(heap, (1..=LARGEST_HEAP).contains(&heap), &format!("1 to {LARGEST_HEAP}")))?;
    field("uiSecret", subdomain(&reaper.ui_secret))?;
    optional("roleSecret", reaper.role_secret.as_ref(), |name| subdomain(name))?;
    optional("keystoresSecret", reaper.keystores_secret.as_ref(), |name| subdomain(name))?;
    if reaper.schedules.len() > MOST_SCHEDULES {
        let what = format!("has {} entries (expected at most {MOST_SCHEDULES})", reaper.schedules.len());
        return field("schedules", Err(Fault::new(what)));
    }
    each("schedules", &reaper.schedules, schedule)
}

/// What a schedule is held to whatever the ring is like.
fn schedule(schedule: &Schedule) -> Valid {
    each("datacenters", &schedule.datacenters, |it| {
        is(it, ring_names::fault("datacenter", it).is_none(), "a datacenter in Cassandra")
    })?;
    let distinct: BTreeSet<&String> = schedule.datacenters.iter().collect();
    if distinct.len() < schedule.datacenters.len() {
        return field("datacenters", Err(Fault::new("names one of them twice (expected each of them once)")));
    }
    if let Some(bad) = bad_values_of_schedule(schedule).into_iter().next() {
        return field(bad.field, Err(Fault::new(format!("is wrong: {} (expected {})", bad.what, bad.expected))));
    }
    match misfits_of_schedule(schedule, None).into_iter().next() {
        Some(misfit) => field(misfit.field, Err(Fault::new(format!("does not go with the rest: {}", misfit.what)))),
        None => Ok(()),
    }
}
