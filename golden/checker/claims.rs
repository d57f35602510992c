//! Claims hold the data: they only grow, and go after their node and its pod are gone.

use cassc::kubernetes::quantity::Quantity;
use cassc::plan::ClaimGrowth;

use super::finding::Kind;
use super::world::{State, World};

fn bytes(size: &str) -> u128 {
    let quantity: Quantity = size.parse().expect("a size is a quantity");
    u128::from(quantity.bytes().expect("a size is whole bytes"))
}

impl World<'_> {
    /// Claims grow.
    pub(super) fn expand(&mut self, claims: &[ClaimGrowth]) {
        for ClaimGrowth { claim, from, to } in claims {
            // The Job expands a claim before its node streams: those of pods to come are born and expanded.
            let after = self.after;
            let to_come = after.claims.get(claim).filter(|_| after.job_scales()).map(|it| &it.born);
            let Some(size) = self.claims.get(claim).or(to_come) else {
                self.find(Kind::UnknownName, claim);
                continue;
            };
            let asked = self.after.claims.get(claim).and_then(|it| it.expanded.as_ref());
            if size != from || asked != Some(to) {
                self.find(Kind::ClaimSizeMisjudged, format!("{claim}: {from} → {to}, not {size} → {asked:?}"));
            }
            if bytes(to) <= bytes(from) {
                self.find(Kind::ClaimShrinks, format!("{claim}: {from} → {to}"));
            }
            self.claims.insert(claim.clone(), to.clone());
        }
    }

    /// Claims are deleted.
    pub(super) fn delete_claims(&mut self, claims: &[String]) {
        let (before, after) = (self.before, self.after);
        for claim in claims {
            let pod = before.claims.get(claim).or_else(|| after.claims.get(claim)).map(|it| &it.pod);
            let Some(pod) = pod.filter(|_| self.claims.contains_key(claim)) else {
                self.find(Kind::UnknownName, claim);
                continue;
            };
            let set = pod.rsplit_once('-').map_or("", |(set, _)| set);
            if after.keeps_claims(set) {
                self.find(Kind::ClaimKept, claim);
            }
            if after.pods.contains_key(pod) {
                self.find(Kind::ClaimOfStayingNode, claim);
            } else if let Some(state) = self.nodes.get(pod).map(|node| node.state) {
                let what = if state == State::Up { "its node is in the ring" } else { "its pod is there" };
                self.find(Kind::ClaimBeforeNodeLeft, format!("{claim}: {what}"));
            }
            self.claims.remove(claim);
        }
    }

    /// The claims are those of the pods, as large as asked for.
    pub(super) fn judge_claims_at_the_end(&mut self) {
        let (before, after) = (self.before, self.after);
        let is_kept = |claim: &str| {
            let pod = before.claims.get(claim).map_or("", |it| &it.pod);
            after.keeps_claims(pod.rsplit_once('-').map_or("", |(set, _)| set))
        };
        let left = self.claims.keys().filter(|it| !after.claims.contains_key(*it) && !is_kept(it));
        for claim in left.cloned().collect::<Vec<_>>() {
            self.find(Kind::ClaimLeftBehind, claim);
        }
        for (name, claim) in &self.after.claims {
            let Some(size) = self.claims.get(name).cloned() else {
                self.find(Kind::WrongEnd, format!("{name} is gone"));
                continue;
            };
            if claim.expanded.as_ref().is_some_and(|asked| bytes(asked) > bytes(&size)) {
                self.find(Kind::ClaimNotGrown, format!("{name} is {size}"));
            }
        }
    }
}
