//! E511: invalid topology spread constraints.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::kubernetes::syntax::is_label_key;
use crate::subject::Subject;
use crate::topology::WhenUnsatisfiable;

pub(super) const RULE: Rule = Rule {
    code: "E511",
    name: "topology-spread",
    summary: "an entry of `topologySpread` is invalid",
    explain:
        "\
The API server accepts a StatefulSet with an invalid topology spread constraint, but refuses all its pods.

`topologyKey` is the key of a node label. `maxSkew` is at least 1. Write each key at most once per `whenUnsatisfiable`.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for (level, scheduling) in subject.schedulings() {
        let list = level.route().key("scheduling").key("topologySpread");
        let mut first: BTreeMap<(&str, bool), Route> = BTreeMap::new();
        for (index, spread) in scheduling.topology_spread.iter().flatten().enumerate() {
            let route = list.index(index);
            let key = spread.topology_key.as_str();
            if !is_label_key(key) {
                let message = match key {
                    "" => "`topologyKey` is empty".to_owned(),
                    _ => format!("`{}` is not a valid label key", key.escape_debug()),
                };
                let at = subject.value(route.key("topologyKey"), "");
                complaints.push(RULE.complain(message, at).expected("a key such as `topology.kubernetes.io/zone`"));
            }
            if spread.max_skew == Some(0) {
                let at = subject.value(route.key("maxSkew"), "");
                let message = "`maxSkew` is 0";
                complaints.push(RULE.complain(message, at).expected("1 or more"));
            }
            let strict = spread.when_unsatisfiable.unwrap_or_default() == WhenUnsatisfiable::DoNotSchedule;
            if let Some(other) = first.insert((key, strict), route.key("topologyKey")) {
                let message = format!("two entries spread the pods over `{}`", key.escape_debug());
                let complaint = RULE.complain(message, subject.value(route.key("topologyKey"), "used twice"));
                complaints.push(complaint.label(subject.value(other, "first use")).help("remove one of the two"));
            }
        }
    }
}
