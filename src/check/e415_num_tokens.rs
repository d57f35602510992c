//! E415: racks of a datacenter with different `num_tokens`, or several nodes with the same tokens.

use std::collections::BTreeMap;

use serde_json::Value;

use super::config_places::config_route;
use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;
use crate::topology::merge::{Level, NestedRack};

pub(super) const RULE: Rule = Rule {
    code: "E415",
    name: "num-tokens",
    summary: "racks of a datacenter differ in `num_tokens`, or several nodes have the same tokens",
    explain: "\
A node owns data in proportion to its number of tokens. If the racks of a datacenter have different numbers, load and disk
usage become uneven, and `num_tokens` of a node cannot change once it has data. `initial_token` lists the tokens of one node; a
second node with the same tokens does not join.

Write one `num_tokens` for each datacenter. Use `initial_token` only for racks with a single node.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for index in 0..subject.spec().datacenters.len() {
        complaints.extend(different_numbers(subject, index));
    }
    complaints.extend(same_tokens(subject));
}

/// The value in `templates/cassandra/*/cassandra.yaml`, for every release line. (3.11 itself ships 256.)
const DEFAULT_TOKENS: i64 = 16;

fn different_numbers(subject: &Subject<'_>, datacenter: usize) -> Option<Diagnostic> {
    let racks = subject.racks_of(datacenter).map(|place| (place.rack, tokens_per_node(place)));
    let known: Vec<_> = racks.filter_map(|(rack, found)| Some((rack, found?))).collect();
    let (first, (number, level)) = known.first()?;
    let (other, (other_number, other_level)) = known.iter().find(|(_, (other, _))| other != number)?;
    let name = &subject.spec().datacenters[datacenter].name;
    let message = format!(
        "the racks of `{name}` differ: `{}` has {number} tokens per node, `{}` has {other_number}",
        first.name, other.name
    );
    let mut places = [(*level, number), (*other_level, other_number)];
    places.sort_by_key(|(level, _)| std::cmp::Reverse(*level));
    let mut labels = places.into_iter().filter_map(|(level, number)| {
        Some(subject.value(config_route(level?).key("num_tokens"), format!("{number} tokens")))
    });
    let complaint = RULE.complain(message, labels.next()?);
    Some(labels.fold(complaint, Diagnostic::label).help("write `num_tokens` once, at the datacenter"))
}

/// How many tokens the nodes of a rack have, and the level that writes it; `None` where that is no number.
pub(super) fn tokens_per_node(place: &NestedRack<'_>) -> Option<(i64, Option<Level>)> {
    let written = place.config_value("num_tokens").filter(|merged| !merged.value.is_null());
    let number = written.as_ref().map_or(Some(DEFAULT_TOKENS), |merged| whole_number(&merged.value));
    Some((number?, written.map(|merged| merged.level)))
}

/// A whole number, in quotes or not; E411 refuses other values.
fn whole_number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

fn same_tokens(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let mut nodes_at: BTreeMap<Level, u64> = BTreeMap::new();
    for place in &subject.racks {
        let tokens = place.config_value("initial_token").filter(|merged| !merged.value.is_null());
        let Some(tokens) = tokens else { continue };
        *nodes_at.entry(tokens.level).or_default() += u64::from(subject.nodes_of(place));
    }
    let several = nodes_at.into_iter().filter(|(_, nodes)| *nodes > 1);
    let complaint = |(level, nodes): (Level, u64)| {
        let at = subject.value(config_route(level).key("initial_token"), format!("for {nodes} nodes"));
        let complaint = RULE.complain(format!("{nodes} nodes would have the same tokens"), at);
        complaint.help("remove `initial_token`; nodes choose their tokens themselves")
    };
    several.map(complaint).collect()
}

#[cfg(test)]
mod tests {
    use cassc_ring::release::MINORS;

    use super::*;
    use crate::cluster::{Cluster, fixtures::shop};
    use crate::render::config::cassandra_keys;

    #[test]
    fn the_default_is_what_is_rendered_for_every_release_line() {
        for minor in MINORS {
            let mut cluster: Cluster = shop();
            cluster.version.minor = minor;
            let keys = cassandra_keys(&cluster, &cluster.datacenters[0], &BTreeMap::new());
            assert_eq!(keys["num_tokens"], DEFAULT_TOKENS, "{minor}");
        }
    }
}
