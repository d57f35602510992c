//! The delivery tool: applies the objects of a commit, in any order, perhaps not all of them at first, and heals what others
//! changed. It ignores the replicas of live StatefulSets, or it does not.

use std::rc::Rc;

use cassc_ring::names;

use crate::commit::{Commit, Part};
use crate::kube::StatefulSet;
use crate::queue::{MINUTE, SECOND};
use crate::world::{Event, World};

/// How the tool treats the replicas of live StatefulSets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Replicas {
    /// As it is told: it leaves them alone, though it may write the number that it read a moment ago.
    #[default]
    Ignored,
    /// It was never told: it writes those of the manifest, and heals others.
    Written,
}

/// What it does in one Kubernetes cluster.
#[derive(Clone, Debug, Default)]
pub(crate) struct Delivery {
    pub(crate) replicas: Replicas,
    sync: u64,
    target: Option<Rc<Commit>>,
}

/// One thing that it does.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// Applies the desired ring.
    Ring,
    /// Applies the start order.
    Order,
    /// Applies the immutable ConfigMaps.
    ConfigMaps,
    /// Reads a StatefulSet, by its position in the commit.
    ReadSet(usize),
    /// Writes a StatefulSet with the replicas that it read.
    WriteSet(usize, Option<u32>),
    /// Applies the Job, and prunes those of other commits.
    Job,
    /// Looks whether everything is applied.
    Heal,
}

impl World {
    /// Applies a commit everywhere. With `partly`, some objects are only applied when the tool tries again.
    pub fn apply(&mut self, commit: Rc<Commit>, partly: bool) {
        self.counters.commits += 1;
        self.note(|| format!("commit with generation {} is applied: {}", commit.generation, sizes(&commit)));
        for kube in 0..self.kubes.len() {
            self.delivery[kube].target = Some(Rc::clone(&commit));
            self.begin_sync(kube, if partly { 40 } else { 0 });
        }
        self.check.commits.push(Rc::clone(&commit));
        self.check.applied.push(self.now);
        self.commits.push(commit);
    }

    /// Says how the tool treats replicas from now on.
    pub fn set_replicas_mode(&mut self, mode: Replicas) {
        self.delivery.iter_mut().for_each(|delivery| delivery.replicas = mode);
    }

    /// Begins a sync; each object is left out in so many of 100 cases.
    fn begin_sync(&mut self, kube: usize, left_out: u64) {
        let Some(part) = self.part(kube) else { return };
        let sets = (0..part.sets.len()).map(Step::ReadSet).collect();
        let kinds: [Vec<Step>; 3] = [vec![Step::Ring, Step::Order, Step::ConfigMaps], sets, vec![Step::Job]];
        self.delivery[kube].sync += 1;
        let sync = self.delivery[kube].sync;
        // ConfigMaps, StatefulSets, Jobs: so Argo CD and Flux order kinds. Somebody's script may not.
        let in_order = self.chooser.percent(85) || self.chooser.is_list();
        let mut begin = 0;
        for kind in kinds {
            let mut end = begin;
            for step in kind {
                let delay = begin + self.chooser.takes(SECOND, 8 * SECOND);
                end = delay.max(end);
                if !self.chooser.percent(left_out) {
                    self.after(delay, Event::Deliver { kube, sync, step });
                }
            }
            begin = if in_order { end + 500 } else { 0 };
        }
        self.after(3 * MINUTE, Event::Deliver { kube, sync, step: Step::Heal });
    }

    /// Does one thing, unless another sync has begun.
    pub(super) fn deliver(&mut self, kube: usize, sync: u64, step: Step) {
        if self.delivery[kube].sync != sync {
            return;
        }
        let (Some(part), Some(commit)) = (self.part(kube), self.delivery[kube].target.clone()) else { return };
        match step {
            Step::Ring => self.apply_ring(kube, &commit),
            Step::Order => {
                let is_same = self.kubes[kube].orders.back().is_some_and(|(_, order)| *order == part.order);
                if !is_same {
                    let now = self.now;
                    self.kubes[kube].put_order(now, Rc::clone(&part.order));
                }
            }
            Step::ConfigMaps => {
                for set in &part.sets {
                    self.apply_config_map(kube, &set.template.config_map);
                }
            }
            Step::ReadSet(position) => {
                let live = self.kubes[kube].set_position(&part.sets[position].name);
                let replicas = live.map(|live| self.kubes[kube].sets[live].replicas);
                let delay = self.chooser.takes(30, 400);
                self.after(delay, Event::Deliver { kube, sync, step: Step::WriteSet(position, replicas) });
            }
            Step::WriteSet(position, read) => self.apply_set(kube, &part, position, read),
            Step::Job => self.apply_job(kube, &commit),
            Step::Heal => self.heal(kube, &part, &commit),
        }
    }

    fn part(&self, kube: usize) -> Option<Part> {
        let name = &self.kubes[kube].name;
        self.delivery[kube].target.as_ref()?.parts.iter().find(|part| part.kube_cluster == *name).cloned()
    }

    fn apply_ring(&mut self, kube: usize, commit: &Commit) {
        if self.kubes[kube].desired.as_ref() != Some(&commit.document) {
            self.note(|| format!("the desired ring is that of generation {}", commit.generation));
            self.kubes[kube].desired = Some(commit.document.clone());
            self.kubes[kube].desired_since = self.now;
        }
    }

    fn apply_config_map(&mut self, kube: usize, name: &str) {
        if !self.kubes[kube].config_maps.contains_key(name) {
            let uid = self.kubes[kube].new_version();
            self.kubes[kube].config_maps.insert(name.to_owned(), (uid, self.now));
        }
    }

    fn apply_set(&mut self, kube: usize, part: &Part, position: usize, read: Option<u32>) {
        let manifest = &part.sets[position];
        let Some(live) = self.kubes[kube].set_position(&manifest.name) else {
            let version = self.kubes[kube].new_version();
            self.kubes[kube].sets.push(StatefulSet::new(version, manifest.clone(), self.now));
            let position = self.kubes[kube].sets.len() - 1;
            self.note(|| format!("StatefulSet {} created with {} replicas", manifest.name, manifest.replicas));
            self.ensure_workers(kube, position);
            self.arm_sets(kube);
            return;
        };
        let replicas = match self.delivery[kube].replicas {
            Replicas::Ignored => read,
            Replicas::Written => Some(manifest.replicas),
        };
        if self.kubes[kube].sets[live].manifest.template != manifest.template {
            let version = self.kubes[kube].new_version();
            let set = &mut self.kubes[kube].sets[live];
            (set.version, set.generation, set.changed) = (version, set.generation + 1, self.now);
            self.note(|| format!("StatefulSet {} has template {}", manifest.name, manifest.template.digest));
        }
        self.kubes[kube].sets[live].manifest = manifest.clone();
        if let Some(replicas) = replicas {
            let now = self.now;
            self.kubes[kube].set_replicas(now, live, replicas);
        }
        self.ensure_workers(kube, live);
        self.arm_sets(kube);
        self.arm_budgets(kube);
    }

    fn apply_job(&mut self, kube: usize, commit: &Commit) {
        let name = job_name(&self.kubes[kube].cluster, commit);
        let old: Vec<String> = self.kubes[kube].jobs.keys().filter(|it| **it != name).cloned().collect();
        // Argo CD prunes before it creates, Flux after; both orders are tried.
        let prunes_first = self.chooser.percent(50);
        if prunes_first {
            old.iter().for_each(|it| self.delete_job(kube, it));
        }
        self.create_job(kube, &name);
        if !prunes_first {
            old.iter().for_each(|it| self.delete_job(kube, it));
        }
    }

    /// Syncs again where something is not as in the commit.
    fn heal(&mut self, kube: usize, part: &Part, commit: &Commit) {
        let objects = &self.kubes[kube];
        let writes = self.delivery[kube].replicas == Replicas::Written;
        let is_applied = |manifest: &crate::commit::Manifest| {
            let live = objects.set_position(&manifest.name).map(|position| &objects.sets[position]);
            let same = |set: &StatefulSet| {
                set.manifest.template == manifest.template && (!writes || set.replicas == manifest.replicas)
            };
            live.is_some_and(same) && objects.config_maps.contains_key(&manifest.template.config_map)
        };
        let is_whole = part.sets.iter().all(is_applied)
            && objects.desired.as_ref() == Some(&commit.document)
            && objects.orders.back().is_some_and(|(_, order)| *order == part.order)
            && objects.jobs.contains_key(&job_name(&objects.cluster, commit));
        if is_whole {
            let sync = self.delivery[kube].sync;
            let pause = if writes { 30 * SECOND } else { 3 * MINUTE };
            self.after(pause, Event::Deliver { kube, sync, step: Step::Heal });
        } else {
            self.begin_sync(kube, 0);
        }
    }
}

/// The Job of a commit: its name changes with what the step has to do.
fn job_name(cluster: &str, commit: &Commit) -> String {
    names::step(cluster, "settle", &commit.document.generation)
}

fn sizes(commit: &Commit) -> String {
    let racks = commit.ring.datacenters.iter().flat_map(|it| it.racks.iter());
    racks.map(|rack| format!("{}={}", rack.stateful_set, rack.nodes)).collect::<Vec<_>>().join(" ")
}
