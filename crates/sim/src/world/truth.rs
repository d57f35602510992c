//! What is true: who is a member, who serves, since when not. Only for judging; the program never sees it.

use crate::check::{Anywhere, Owner};
use crate::kube::PodKey;
use crate::ring::{Phase, Rule, VolumeId};
use crate::world::World;

impl World {
    /// Brings up to date who is down, and what must hold at any time.
    pub(super) fn check_all(&mut self) {
        for kube in 0..self.kubes.len() {
            let keys: Vec<(PodKey, VolumeId)> =
                self.kubes[kube].claims.iter().map(|(key, claim)| (*key, claim.volume)).collect();
            for (key, volume) in keys {
                self.look_at_node(kube, key, volume);
            }
        }
        let moves = self.ring.moves();
        self.check.moving_since = if moves { self.check.moving_since.or(Some(self.now)) } else { None };
        for violation in self.ring.check() {
            // Gates of different Kubernetes clusters know nothing of each other, and first starts are theirs alone.
            let of_gates = violation.rule == Rule::P3 && self.kubes.len() > 1 && self.check.is_quiet(self.now);
            let by_hand = violation.rule == Rule::P3 && self.check.is_surprised(self.now);
            let by_person = violation.rule == Rule::P5 && self.check.replicates_unsafely;
            let by_death = matches!(violation.rule, Rule::P5 | Rule::P6) && self.check.died_leaving;
            // A ring of one node that is lost at once is founded once more.
            let was_lonely = violation.rule == Rule::OneRing && self.check.owners.len() < 2;
            if !(of_gates || by_hand || by_person || by_death || was_lonely) {
                self.blame(property(violation.rule), violation.text);
            }
        }
    }

    /// What the oracle says of the data once everything is done.
    pub(crate) fn check_rest(&mut self) {
        let is_stopped =
            |commit: &std::rc::Rc<crate::commit::Commit>| commit.ring.steps.as_ref().is_some_and(|steps| steps.stopped);
        if self.check.copies_by_hand || self.check.replicates_unsafely || self.commits.last().is_some_and(is_stopped) {
            return;
        }
        for violation in self.ring.check_settled() {
            self.blame(property(violation.rule), violation.text);
        }
    }

    /// Whether another replication of a keyspace changes its replicas where it has some.
    pub(super) fn is_unsafe(&self, keyspace: &str, replication: &cassc_settle::cluster::Replication) -> bool {
        let before = self.ring.replications().remove(keyspace).unwrap_or_default();
        before.iter().any(|(datacenter, replicas)| replication.get(datacenter) != Some(replicas))
    }

    /// Whether a datacenter has nodes since its beginning, and a keyspace that exists is not replicated to it yet: then
    /// replicating it is not enough, and the program has no part in it.
    pub(super) fn is_old_datacenter(&self, keyspace: &str, datacenter: &str) -> bool {
        let replications = self.ring.replications();
        let is_new = replications.get(keyspace).is_some_and(|replication| !replication.contains_key(datacenter));
        is_new && !self.check.emptied.contains(datacenter)
    }

    /// Whether a datacenter is to have more nodes than it has: one that joins while a person replicates to it may copy less than
    /// was acknowledged at QUORUM before.
    pub(super) fn is_still_joining(&self, datacenter: &str) -> bool {
        let asked =
            self.commits.last().and_then(|commit| commit.ring.datacenters.iter().find(|it| it.ring_name == datacenter));
        asked.is_some_and(|it| self.ring.members_in(datacenter) < it.nodes() as usize)
    }

    fn look_at_node(&mut self, kube: usize, key: PodKey, volume: VolumeId) {
        let place = (kube, key);
        let owns = self.ring.owns_tokens(volume);
        if owns && !self.serves(place) {
            let now = self.now;
            self.check.down.entry(place).or_insert(now);
        } else if self.check.down.remove(&place).is_some() {
            self.check.back.insert(place, self.now);
        }
        let is_back = self.check.restarting.get(&place).is_some_and(|uid| {
            owns && self.serves(place) && self.kubes[kube].pods.get(&key).is_some_and(|pod| pod.uid != *uid)
        });
        if is_back {
            self.check.restarting.remove(&place);
        }
        let known = self.check.owners.get(&place);
        if owns && known.is_none_or(|owner| !owner.owns || self.ring.host_id_of(volume) != Some(owner.host_id.as_str()))
        {
            if let Some(host_id) = self.ring.host_id_of(volume) {
                self.check.owners.insert(place, Owner { host_id: host_id.to_owned(), owns: true });
            }
        } else if !owns
            && known.is_some_and(|owner| owner.owns && !self.ring.is_member(&owner.host_id))
            && let Some(owner) = self.check.owners.get_mut(&place)
        {
            owner.owns = false;
        }
    }

    /// Whether the node of a pod serves: its Cassandra is up and not drained.
    pub(super) fn serves(&self, (kube, key): Anywhere) -> bool {
        let process = self.kubes[kube].pods.get(&key).and_then(|pod| pod.process);
        process.is_some_and(|process| self.ring.phase(process) == Phase::Serving)
    }

    /// Whether the node that a pod last had is a member of the ring.
    pub(super) fn is_owner(&self, place: Anywhere) -> bool {
        self.check.owners.get(&place).is_some_and(|owner| self.ring.is_member(&owner.host_id))
    }

    /// Remembers that a property did not hold.
    pub(crate) fn blame(&mut self, property: &'static str, text: String) {
        self.note(|| format!("VIOLATION {property}: {text}"));
        let now = self.now;
        self.check.blame(now, property, text);
    }

    /// Adds to the trace how every pod is.
    pub(crate) fn note_pods(&mut self) {
        if !self.trace.is_on() {
            return;
        }
        for kube in 0..self.kubes.len() {
            let sets: Vec<String> = self.kubes[kube]
                .sets
                .iter()
                .map(|it| format!("{} has {} replicas", it.manifest.name, it.replicas))
                .collect();
            sets.into_iter().for_each(|line| self.note(|| line));
            let keys: Vec<PodKey> = self.kubes[kube].claims.keys().copied().collect();
            for key in keys {
                let volume = self.kubes[kube].claims[&key].volume;
                let pod = self.kubes[kube].pods.get(&key);
                let life = pod
                    .and_then(|pod| pod.process)
                    .map(|process| (self.ring.phase(process), self.ring.last_lines(process)));
                let told = format!(
                    "{}: {:?}, {life:?}, template {:?}, ready {:?}, deleting {:?}, volume {:?} of {:?}, owns {}",
                    self.kubes[kube].pod_name(key),
                    pod.map(|pod| pod.phase),
                    pod.map(|pod| &pod.template.digest),
                    pod.map(|pod| pod.is_ready),
                    pod.map(|pod| pod.deleting),
                    self.ring.bootstrap_of(volume),
                    self.ring.host_id_of(volume),
                    self.ring.owns_tokens(volume)
                );
                self.note(|| told);
            }
        }
    }

    /// Whether everything is as the last commit asks: the truth behind `Done`. The text says what is not.
    pub fn is_settled(&self) -> Result<(), String> {
        let Some(commit) = self.commits.last() else { return Ok(()) };
        let is_stopped = commit.ring.steps.as_ref().is_some_and(|steps| steps.stopped);
        for (kube, objects) in self.kubes.iter().enumerate() {
            let Some(part) = commit.parts.iter().find(|part| part.kube_cluster == objects.name) else { continue };
            for manifest in &part.sets {
                let Some(position) = objects.set_position(&manifest.name) else {
                    return Err(format!("{} does not exist", manifest.name));
                };
                let set = &objects.sets[position];
                let wanted = if is_stopped { 0 } else { manifest.replicas };
                if set.replicas != wanted || set.manifest.template != manifest.template {
                    return Err(format!(
                        "{} has {} replicas and not {wanted}, or an old template",
                        manifest.name, set.replicas
                    ));
                }
                self.are_pods_settled(kube, position, wanted)?;
            }
        }
        Ok(())
    }

    fn are_pods_settled(&self, kube: usize, position: usize, wanted: u32) -> Result<(), String> {
        let objects = &self.kubes[kube];
        let stays = commit_holds_rolls(self);
        for ordinal in 0..wanted {
            let key = PodKey { set: u16::try_from(position).expect("a ring has fewer racks"), ordinal };
            let name = objects.pod_name(key);
            let Some(pod) = objects.pods.get(&key) else { return Err(format!("{name} does not exist")) };
            if !stays && pod.template != objects.set(key).manifest.template {
                return Err(format!("{name} has an old template"));
            }
            let owns = objects.claims.get(&key).is_some_and(|claim| self.ring.owns_tokens(claim.volume));
            if !owns || !self.serves((kube, key)) {
                return Err(format!("the node of {name} is not a member that serves"));
            }
        }
        match objects.pods.range(super::sets::pods_of(position)).find(|(key, _)| key.ordinal >= wanted) {
            Some((_, pod)) => Err(format!("{} is still there", pod.name)),
            None => Ok(()),
        }
    }
}

/// Whether the last commit holds restarts back.
fn commit_holds_rolls(world: &World) -> bool {
    let rollout = world.commits.last().map(|commit| &commit.ring.rollout);
    rollout.is_some_and(|rollout| rollout.stopped || rollout.canary_pods.is_some())
}

/// The name of a property of the ring.
fn property(rule: Rule) -> &'static str {
    match rule {
        Rule::P2 => "P2",
        Rule::P3 => "P3",
        Rule::P5 => "P5",
        Rule::P6 => "P6",
        Rule::P7 => "P7",
        Rule::P12 => "P12",
        Rule::OneRing => "one ring",
    }
}
