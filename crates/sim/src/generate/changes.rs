//! The ring of the next commit: what changes in it is drawn, mostly from what the history is about.

use cassc_ring::desired::{Rack, Ring};

use super::Draft;
use crate::commit::Trouble;
use crate::focus::Focus;
use crate::generate_operations::change_operations;
use crate::world::Op;

impl Draft {
    /// The ring of the next commit.
    pub(super) fn changed(&mut self) -> Ring {
        let mut ring = self.ring();
        if let Some(given) = &mut self.given {
            return given.pop_front().unwrap_or(ring);
        }
        if self.focus == Focus::Operations && self.random.percent(65) {
            let id = self.next_id();
            change_operations(&mut self.random, &mut ring, &id);
            return ring;
        }
        match self.kind_of_change() {
            0..35 => self.shrink(&mut ring),
            35..55 => self.grow(&mut ring),
            55..72 => self.new_template(&mut ring),
            72..82 => ring = self.any_ring(),
            82..90 => {
                let steps = ring.steps.get_or_insert_default();
                steps.stopped = !steps.stopped;
            }
            90..95 => {
                let size = format!("{}Gi", 110 + self.random.below(50));
                racks(&mut ring).for_each(|rack| rack.expand_to = Some(size.clone()));
            }
            95..100 => self.upgrade(&mut ring),
            _ => self.move_datacenter(&mut ring),
        }
        if ring.steps.as_ref().is_some_and(|steps| steps.stopped) && self.random.percent(50) {
            ring.steps.get_or_insert_default().stopped = false;
        }
        ring
    }

    /// A number below 100 for any change, mostly one of the focus; 100 for a datacenter that comes or goes.
    fn kind_of_change(&mut self) -> u64 {
        let any = self.random.below(100);
        if self.random.percent(35) {
            return any;
        }
        let some: &[u64] = match self.focus {
            Focus::Everything | Focus::Instances => return any,
            Focus::Upgrades => &[0, 40, 98, 98, 60, 75],
            Focus::Datacenters => &[100, 100, 100, 0, 40],
            Focus::Space | Focus::Hands | Focus::Shrinks => &[0, 0, 0, 40],
            Focus::Growth => &[40, 40, 40, 0],
            Focus::Answers => &[40, 40, 0, 98],
            Focus::Copies => &[100, 100, 40],
            Focus::Failures => &[0, 0, 40],
            Focus::Controllers => &[60, 60, 75, 40],
            Focus::Operations => &[0, 40, 60],
        };
        self.random.of(some).copied().unwrap_or(any)
    }

    /// The last datacenter gets its first nodes, and perhaps somebody replicates to it, or it loses all of them.
    fn move_datacenter(&mut self, ring: &mut Ring) {
        let Some(last) = ring.datacenters.last_mut().filter(|it| it.name != "dc1") else { return };
        let (is_empty, name) = (last.nodes() == 0, last.ring_name.clone());
        last.racks.iter_mut().for_each(|rack| rack.nodes = u32::from(is_empty));
        let replicas = last.nodes().min(3);
        if self.random.percent(if self.focus == Focus::Copies { 85 } else { 60 }) {
            if is_empty {
                self.replication.insert(name, replicas);
            } else {
                self.replication.remove(&name);
            }
            let replicate = Op::Replicate("orders".to_owned(), self.replication.clone());
            if self.focus == Focus::Copies {
                self.afterwards = Some((self.random.within(300, 1500), replicate));
            } else {
                let after = self.random.within(0, 900);
                self.push(after, replicate);
            }
        }
    }

    /// A node or two less in one datacenter, from the largest racks.
    fn shrink(&mut self, ring: &mut Ring) {
        let least = u32::from(!self.random.percent(15));
        let Some(position) = self.some_datacenter(ring) else { return };
        for _ in 0..self.random.within(1, 2) {
            let datacenter = &mut ring.datacenters[position];
            let nodes = datacenter.nodes();
            let keeps = if position == 0 { least.max(1) } else { least };
            let Some(rack) = datacenter.racks.iter_mut().rev().max_by_key(|rack| rack.nodes) else { return };
            if nodes > keeps && rack.nodes > 0 {
                rack.nodes -= 1;
            }
        }
    }

    /// A node or two more in one datacenter, in the smallest racks.
    fn grow(&mut self, ring: &mut Ring) {
        let Some(position) = self.some_datacenter(ring) else { return };
        for _ in 0..self.random.within(1, 2) {
            let datacenter = &mut ring.datacenters[position];
            if let Some(rack) = datacenter.racks.iter_mut().min_by_key(|rack| rack.nodes) {
                rack.nodes += 1;
            }
        }
    }

    fn some_datacenter(&mut self, ring: &Ring) -> Option<usize> {
        let n = ring.datacenters.len() as u64;
        usize::try_from(self.random.below(n)).ok().filter(|_| n > 0)
    }

    /// Pods are to restart; sometimes with a template that never runs.
    fn new_template(&mut self, ring: &mut Ring) {
        self.n_templates += 1;
        let digest = format!("t{}", self.n_templates);
        if self.random.percent(15) {
            let trouble = self.random.of(&[Trouble::Image, Trouble::Unschedulable, Trouble::Crash]).copied();
            self.trouble.extend(trouble.map(|trouble| (digest.clone(), trouble)));
        }
        racks(ring).for_each(|rack| rack.template = Some(digest.clone()));
        if self.random.percent(15) {
            ring.rollout.canary_pods = Some(1);
        } else {
            ring.rollout.canary_pods = None;
        }
    }

    /// The next patch, or the next release line.
    fn upgrade(&mut self, ring: &mut Ring) {
        if self.random.percent(50) {
            ring.version.patch += 1;
        } else if let Some(next) = ring.version.minor.next() {
            (ring.version.minor, ring.version.patch) = (next, 9);
        }
        self.new_template(ring);
    }
}

fn racks(ring: &mut Ring) -> impl Iterator<Item = &mut Rack> {
    ring.datacenters.iter_mut().flat_map(|datacenter| &mut datacenter.racks)
}
