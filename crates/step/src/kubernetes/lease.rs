//! The Lease `<cluster>-step`: one process at a time acts. Whoever finds another holder waits until it has seen the same
//! version of the Lease for as long as that holds, by its own clock: clocks of two machines are never compared.

use std::time::Duration;

use cassc_ring::names;
use cassc_settle::cluster::{Answer, Failure, Time};
use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{MicroTime, ObjectMeta};
use k8s_openapi::jiff::Timestamp;

use super::failure::{act, read};
use super::{Kubernetes, written};
use crate::clock;

/// How long the Lease holds after it was renewed, in seconds.
const DURATION: i32 = 60;

/// What this process knows of the Lease.
#[derive(Debug, Default)]
pub(super) struct Held {
    /// When the renewal was sent that succeeded last.
    renewed: Option<Duration>,
    /// The version of the Lease of another holder, and when it was first seen.
    other: Option<(String, Duration)>,
}

impl Held {
    /// Whether a version of another holder's Lease has been there for as long as it holds.
    fn has_expired(&mut self, version: &str, duration: i32, now: Duration) -> bool {
        let holds = Duration::from_secs(u64::from(duration.unsigned_abs()));
        match &self.other {
            Some((seen, since)) if seen == version => now.saturating_sub(*since) > holds,
            _ => {
                self.other = Some((version.to_owned(), now));
                false
            }
        }
    }
}

impl Kubernetes {
    /// Seconds since the last renewal was sent that succeeded; the largest number where this process does not have it.
    pub(crate) fn lease_age(&self) -> Time {
        let renewed = self.held.borrow().renewed;
        renewed.map_or(Time::MAX, |renewed| clock::elapsed().saturating_sub(renewed).as_secs())
    }

    /// Takes or renews the Lease; the holder where it is another's.
    pub(crate) async fn lease(&self) -> Answer<Option<String>> {
        let began = clock::elapsed();
        let leases = self.api::<Lease>(&self.home);
        let name = names::step_account(&self.cluster);
        let written = match read(leases.get(&name)).await {
            Err(Failure::NotFound) => act(leases.create(&written(), &self.first_lease(&name))).await,
            Err(failure) => Err(failure),
            Ok(found) => match self.other_holder(&found, began) {
                Some(holder) => {
                    self.held.borrow_mut().renewed = None;
                    return Ok(Some(holder));
                }
                None => act(leases.replace(&name, &written(), &self.renewed(found))).await,
            },
        };
        written?;
        *self.held.borrow_mut() = Held { renewed: Some(began), other: None };
        Ok(None)
    }

    /// Gives the Lease back, if it is ours.
    pub(crate) async fn release(&self) -> Answer<()> {
        self.held.borrow_mut().renewed = None;
        let leases = self.api::<Lease>(&self.home);
        let name = names::step_account(&self.cluster);
        let mut found = match read(leases.get(&name)).await {
            Err(Failure::NotFound) => return Ok(()),
            found => found?,
        };
        match &mut found.spec {
            Some(spec) if spec.holder_identity.as_deref() == Some(self.holder.as_str()) => {
                (spec.holder_identity, spec.renew_time, spec.acquire_time) = (None, None, None);
                act(leases.replace(&name, &written(), &found)).await.map(|_| ())
            }
            _ => Ok(()),
        }
    }

    /// Who has a Lease, where that is another process and the Lease still holds.
    fn other_holder(&self, found: &Lease, now: Duration) -> Option<String> {
        let spec = found.spec.clone().unwrap_or_default();
        let holder = spec.holder_identity.filter(|holder| !holder.is_empty() && *holder != self.holder)?;
        let version = found.metadata.resource_version.clone().unwrap_or_default();
        let duration = spec.lease_duration_seconds.unwrap_or(DURATION);
        let has_expired = self.held.borrow_mut().has_expired(&version, duration, now);
        (!has_expired).then_some(holder)
    }

    fn first_lease(&self, name: &str) -> Lease {
        let metadata =
            ObjectMeta { name: Some(name.to_owned()), labels: Some(Self::labels()), ..ObjectMeta::default() };
        self.renewed(Lease { metadata, spec: None })
    }

    /// The Lease as ours, over the version that was read.
    fn renewed(&self, found: Lease) -> Lease {
        let now = Some(MicroTime(Timestamp::now()));
        let before = found.spec.unwrap_or_default();
        let is_ours = before.holder_identity.as_deref() == Some(self.holder.as_str());
        let transitions = before.lease_transitions.unwrap_or(0);
        let spec = LeaseSpec {
            holder_identity: Some(self.holder.clone()),
            lease_duration_seconds: Some(DURATION),
            acquire_time: if is_ours { before.acquire_time } else { now.clone() },
            renew_time: now,
            lease_transitions: Some(if is_ours { transitions } else { transitions.saturating_add(1) }),
            ..LeaseSpec::default()
        };
        Lease { metadata: found.metadata, spec: Some(spec) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_expires_only_for_who_has_seen_it_unchanged_for_its_whole_time() {
        let at = Duration::from_secs;
        let mut held = Held::default();
        assert!(!held.has_expired("1", 60, at(1000)), "seen for the first time, however old it is");
        assert!(!held.has_expired("1", 60, at(1060)));
        assert!(!held.has_expired("2", 60, at(1061)), "renewed meanwhile");
        assert!(!held.has_expired("2", 60, at(1121)));
        assert!(held.has_expired("2", 60, at(1122)));
    }
}
