//! Which keys move when the ring changes: the replicas before and after, and where each new one gets the data from.

use super::Ring;
use super::member::Standing;
use super::operations::Transfer;
use super::placement::Tokens;

/// The replicas of a key before and after a change.
struct Move {
    slot: usize,
    before: Vec<usize>,
    after: Vec<usize>,
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

    /// The moves of every key between two rings, as a node with so much of the schema knows it.
    fn moved(&self, before: &Tokens, after: &Tokens, known: usize) -> Vec<Move> {
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

    /// One of the nodes that serves.
    fn source(&mut self, of: impl Iterator<Item = usize>) -> Option<usize> {
        let mut serving: Vec<usize> = of.filter(|member| self.serves(*member)).collect();
        self.rng.choose(&mut serving, 1);
        serving.first().copied()
    }

    /// What a joining node receives: each key from the node that loses it, which has to be up; where nobody loses it, from
    /// any replica (`cassandra.consistent.rangemovement`).
    pub(super) fn joining(&mut self, member: usize) -> Result<Vec<Transfer>, String> {
        let before = self.tokens();
        let after = self.tokens_of(|id| id == member || self.members[id].standing.owns_tokens());
        let known = self.members[member].schema;
        let mut transfers = Vec::new();
        for Move { slot, before, after } in self.moved(&before, &after, known) {
            if !after.contains(&member) {
                continue;
            }
            let loser = before.iter().find(|it| !after.contains(it)).copied();
            let from = match loser {
                Some(loser) if !self.serves(loser) => return Err(needed_is_down(&self.members[loser].address)),
                Some(loser) => Some(loser),
                None if before.is_empty() => None,
                None => Some(self.source(before.into_iter()).ok_or_else(no_sources)?),
            };
            transfers.push(Transfer { slot, from, to: member });
        }
        Ok(transfers)
    }

    /// What a node receives that takes the place of a dead one: each key from any other replica.
    pub(super) fn replacing(&mut self, member: usize, target: usize) -> Result<Vec<Transfer>, String> {
        let tokens = self.tokens();
        let known = self.members[member].schema;
        let mut transfers = Vec::new();
        for Move { slot, before, .. } in self.moved(&tokens, &tokens, known) {
            if before.contains(&target) {
                let others = before.into_iter().filter(|it| *it != target);
                let from = self.source(others).ok_or_else(no_sources)?;
                transfers.push(Transfer { slot, from: Some(from), to: member });
            }
        }
        Ok(transfers)
    }

    /// What a leaving node sends: each key to the nodes that become replicas by its leave. What an earlier decommission has
    /// sent already is not sent again (CASSANDRA-16290).
    pub(super) fn leaving(&mut self, member: usize) -> Vec<Transfer> {
        let before = self.tokens();
        let after = self.tokens_of(|id| id != member && self.members[id].standing == Standing::Normal);
        let known = self.known_schema(member, self.now);
        let is_sent = |slot| self.members[member].volume.is_some_and(|volume| self.volumes[volume].is_marked(slot));
        let mut transfers = Vec::new();
        for Move { slot, before, after } in self.moved(&before, &after, known) {
            if before.contains(&member) {
                let from = (!is_sent(slot)).then_some(member);
                let new = after.into_iter().filter(|it| !before.contains(it));
                transfers.extend(new.map(|to| Transfer { slot, from, to }));
            }
        }
        transfers
    }

    /// What others send each other when a dead node is removed.
    pub(super) fn removing(&mut self, target: usize) -> Vec<Transfer> {
        let before = self.tokens();
        let after = self.tokens_of(|id| id != target && self.members[id].standing == Standing::Normal);
        let mut transfers = Vec::new();
        for Move { slot, before, after } in self.moved(&before, &after, self.schema.len()) {
            if before.contains(&target) {
                let from = self.source(before.iter().copied().filter(|it| *it != target));
                let new = after.into_iter().filter(|it| !before.contains(it));
                transfers.extend(new.map(|to| Transfer { slot, from, to }));
            }
        }
        transfers
    }

    /// What a node copies from a datacenter, or from anywhere: the nearest replica, whatever it has.
    pub(super) fn rebuilding(&mut self, member: usize, source: Option<usize>) -> Vec<Transfer> {
        let tokens = self.tokens();
        let known = self.known_schema(member, self.now);
        let mut transfers = Vec::new();
        for Move { slot, before, .. } in self.moved(&tokens, &tokens, known) {
            if before.contains(&member) {
                let places: Vec<(usize, usize)> =
                    before.into_iter().map(|it| (it, self.members[it].place.datacenter)).collect();
                let of = places.into_iter().filter(|(it, at)| *it != member && source.is_none_or(|dc| dc == *at));
                let from = self.source(of.map(|(it, _)| it));
                transfers.extend(from.map(|from| Transfer { slot, from: Some(from), to: member }));
            }
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
