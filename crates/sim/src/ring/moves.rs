//! Which keys move when the ring changes: the replicas before and after, and where each new one gets the data from.

use super::Ring;
use super::member::Standing;
use super::operations::{Kind, Transfer};
use super::placement::Tokens;

/// The replicas of a key before and after a change.
struct Move {
    slot: usize,
    before: Vec<usize>,
    after: Vec<usize>,
}

impl Move {
    /// Who becomes a replica.
    fn joined(&self) -> impl Iterator<Item = usize> {
        self.after.iter().copied().filter(|it| !self.before.contains(it))
    }
}

impl Ring {
    /// The tokens of the nodes that count.
    fn tokens_of(&self, counts: impl Fn(usize) -> bool) -> Tokens {
        let nodes = self.members.iter().enumerate().filter(|(id, member)| member.ring == super::MAIN && counts(*id));
        Tokens::new(nodes.map(|(id, member)| (id, member.place, &member.tokens[..])))
    }

    /// The tokens of all members.
    pub(super) fn tokens(&self) -> Tokens {
        self.tokens_of(|id| self.members[id].standing.owns_tokens())
    }

    /// The tokens of all members after an operation.
    fn tokens_after(&self, kind: Kind, member: usize) -> Tokens {
        let stays = |id: usize| self.members[id].standing == Standing::Normal;
        let owns = |id: usize| self.members[id].standing.owns_tokens();
        match kind {
            Kind::Join => self.tokens_of(|id| id == member || owns(id)),
            Kind::Replace(target) => self.tokens_of(|id| id == member || id != target && owns(id)),
            Kind::Leave => self.tokens_of(|id| id != member && stays(id)),
            Kind::Remove(target) => self.tokens_of(|id| id != target && stays(id)),
            Kind::Rebuild => self.tokens(),
        }
    }

    /// The moves of every key by an operation, as a node with so much of the schema knows it.
    fn moved(&self, kind: Kind, member: usize, known: usize) -> Vec<Move> {
        let (before, after) = (self.tokens(), self.tokens_after(kind, member));
        let mut moves = Vec::new();
        for (slot, key) in self.oracle.keys.iter().enumerate() {
            if let Some(factors) = self.factors_known(key.keyspace, known) {
                let mut it = Move { slot, before: Vec::new(), after: Vec::new() };
                before.replicas(factors, key.token, &mut it.before);
                after.replicas(factors, key.token, &mut it.after);
                moves.push(it);
            }
        }
        moves
    }

    /// The slots that are pending to nodes by an operation, by the newest schema.
    pub(super) fn pending(&self, kind: Kind, member: usize) -> Vec<(usize, usize)> {
        if kind == Kind::Rebuild {
            return Vec::new();
        }
        let moves = self.moved(kind, member, self.schema.len());
        moves.iter().flat_map(|it| it.joined().map(|to| (it.slot, to))).collect()
    }

    /// One of the nodes that serves.
    fn source(&mut self, of: impl Iterator<Item = usize>) -> Option<usize> {
        let mut serving: Vec<usize> = of.filter(|member| self.serves(*member)).collect();
        self.rng.choose(&mut serving, 1);
        serving.first().copied()
    }

    /// What a joining node receives: each key from the node that loses it, which has to be up; where nobody loses it, from
    /// any replica (`cassandra.consistent.rangemovement`).
    pub(super) fn joining(&mut self, member: usize) -> Result<Vec<Transfer>, String> {
        let known = self.members[member].schema;
        let mut transfers = Vec::new();
        for Move { slot, before, after } in self.moved(Kind::Join, member, known) {
            if !after.contains(&member) || before.is_empty() {
                continue;
            }
            let from = match before.iter().find(|it| !after.contains(it)) {
                Some(loser) if !self.serves(*loser) => return Err(needed_is_down(&self.members[*loser].address)),
                Some(loser) => *loser,
                None => self.source(before.into_iter()).ok_or_else(no_sources)?,
            };
            transfers.push(Transfer { slot, from, to: member });
        }
        Ok(transfers)
    }

    /// What a node receives that takes the place of a dead one: each key from any other replica.
    pub(super) fn replacing(&mut self, member: usize, target: usize) -> Result<Vec<Transfer>, String> {
        let known = self.members[member].schema;
        let mut transfers = Vec::new();
        for Move { slot, before, after } in self.moved(Kind::Replace(target), member, known) {
            if after.contains(&member) {
                let from = self.source(before.into_iter()).ok_or_else(no_sources)?;
                transfers.push(Transfer { slot, from, to: member });
            }
        }
        Ok(transfers)
    }

    /// What a leaving node sends: each key to the nodes that become replicas by its leave. What an earlier decommission has
    /// sent already is not sent again (CASSANDRA-16290).
    pub(super) fn leaving(&mut self, member: usize) -> Vec<Transfer> {
        let known = self.known_schema(member, self.now);
        let is_sent = |slot| self.members[member].volume.is_some_and(|volume| self.volumes[volume].is_marked(slot));
        let mut moves = self.moved(Kind::Leave, member, known);
        moves.retain(|it| it.before.contains(&member) && !is_sent(it.slot));
        moves.iter().flat_map(|it| it.joined().map(|to| Transfer { slot: it.slot, from: member, to })).collect()
    }

    /// What others send each other when a dead node is removed; what only that node had is gone.
    pub(super) fn removing(&mut self, by: usize, target: usize) -> Vec<Transfer> {
        let mut transfers = Vec::new();
        for it in self.moved(Kind::Remove(target), by, self.schema.len()) {
            if let Some(from) = self.source(it.before.iter().copied()) {
                transfers.extend(it.joined().map(|to| Transfer { slot: it.slot, from, to }));
            }
        }
        transfers
    }

    /// What a node copies from a datacenter: the nearest replica, whatever it has. Without a datacenter, from its own, where
    /// there is another replica (CASSANDRA-17870).
    pub(super) fn rebuilding(&mut self, member: usize, source: Option<usize>) -> Vec<Transfer> {
        let known = self.known_schema(member, self.now);
        let own = self.members[member].place.datacenter;
        let mut transfers = Vec::new();
        for Move { slot, mut before, .. } in self.moved(Kind::Rebuild, member, known) {
            if !before.contains(&member) {
                continue;
            }
            before.retain(|it| *it != member);
            let is_at = |it: &usize, datacenter| self.members[*it].place.datacenter == datacenter;
            let near: Vec<usize> = before.iter().copied().filter(|it| is_at(it, source.unwrap_or(own))).collect();
            let of = if near.is_empty() && source.is_none() { before } else { near };
            let from = self.source(of.into_iter());
            transfers.extend(from.map(|from| Transfer { slot, from, to: member }));
        }
        transfers
    }
}

fn needed_is_down(address: &str) -> String {
    format!(
        "A node required to move the data consistently is down (/{address}). If you wish to move the data from a potentially \
         inconsistent replica, restart the node with -Dcassandra.consistent.rangemovement=false"
    )
}

fn no_sources() -> String {
    "Unable to find sufficient sources for streaming range".to_owned()
}
