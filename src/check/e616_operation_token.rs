//! E616: a token that its partitioner does not have, or a node with several tokens that is to move.

use cassc_ring::operation::OperationKind;

use super::config_places::config_route;
use super::e415_num_tokens::tokens_per_node;
use super::e614_operation_scope::rack_of_pod;
use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;
use crate::topology::bad_token;
use crate::topology::merge::NestedRack;

pub(super) const RULE: Rule = Rule {
    code: "E616",
    name: "operation-token",
    summary: "`move` has an invalid token, or its node has several tokens",
    explain: "\
`move` gives a node another token, for a ring in which each node has one (`num_tokens: 1`) and its owner balances the ring by hand.
Cassandra refuses to move a node with several tokens. With `Murmur3Partitioner`, the default, a token is a number of 64 bits with its
sign.

Write a token of the partitioner. Where nodes have several tokens, the data spreads by itself: remove the operation.",
};

const DEFAULT_PARTITIONER: &str = "Murmur3Partitioner";

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let operations = subject.spec().operations.iter().enumerate();
    for (index, operation) in operations.filter(|(_, it)| it.kind == OperationKind::Move) {
        let route = Route::of("spec.operations").index(index);
        let place = operation.pods.first().and_then(|pod| rack_of_pod(subject, pod));
        if let Some(token) = &operation.token {
            let partitioner = place.map_or(DEFAULT_PARTITIONER.to_owned(), partitioner);
            if let Some(expected) = bad_token(&partitioner, token) {
                let message = format!("`{}` is no token of `{partitioner}`", token.escape_debug());
                complaints.push(RULE.complain(message, subject.value(route.key("token"), "")).expected(expected));
            }
        }
        let several = place.and_then(|place| tokens_per_node(place)).filter(|(number, _)| *number > 1);
        if let Some((number, level)) = several {
            let message = format!("`move` needs `num_tokens: 1`, and the node has {number} tokens");
            let written = level.map(|level| subject.value(config_route(level).key("num_tokens"), "written here"));
            let complaint = RULE.complain(message, subject.value(route.key("kind"), "")).labels(written);
            complaints.push(complaint.help("remove the operation: nodes with several tokens do not move"));
        }
    }
}

/// The partitioner of a rack, without the package of Cassandra's own.
fn partitioner(place: &NestedRack<'_>) -> String {
    let written = place.config_value("partitioner").and_then(|merged| merged.value.as_str().map(str::to_owned));
    let written = written.unwrap_or(DEFAULT_PARTITIONER.to_owned());
    written.strip_prefix("org.apache.cassandra.dht.").unwrap_or(&written).to_owned()
}
