//! E511: a spread of pods that the API server refuses.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::kubernetes::syntax::is_label_key;
use crate::subject::Subject;
use crate::topology::WhenUnsatisfiable;

pub(super) const RULE: Rule = Rule {
    code: "E511",
    name: "topology-spread",
    summary: "the API server refuses a topology spread",
    explain: "\
A spread that is not well formed makes the API server refuse every pod, while the StatefulSet is accepted.

`topologyKey` is the key of a label of workers, `maxSkew` at least 1; the same key stands once for each
`whenUnsatisfiable`.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for (level, scheduling) in subject.schedulings() {
        let list = level.route().key("scheduling").key("topologySpread");
        let mut first: BTreeMap<(&str, bool), Route> = BTreeMap::new();
        for (index, spread) in scheduling.topology_spread.iter().flatten().enumerate() {
            let route = list.index(index);
            let key = spread.topology_key.as_str();
            if !is_label_key(key) {
                let message = format!("`{}` cannot be the key of a label of workers", key.escape_debug());
                let at = subject.value(route.key("topologyKey"), "");
                complaints.push(RULE.complain(message, at).expected("a key such as `topology.kubernetes.io/zone`"));
            }
            if spread.max_skew == Some(0) {
                let at = subject.value(route.key("maxSkew"), "");
                let message = "a skew of 0 cannot be kept";
                complaints.push(RULE.complain(message, at).expected("1 or more"));
            }
            let strict = spread.when_unsatisfiable.unwrap_or_default() == WhenUnsatisfiable::DoNotSchedule;
            if let Some(other) = first.insert((key, strict), route.key("topologyKey")) {
                let message = format!("the pods are spread over `{}` twice", key.escape_debug());
                let complaint = RULE.complain(message, subject.value(route.key("topologyKey"), "and here"));
                complaints.push(complaint.label(subject.value(other, "here")).help("remove one of the two"));
            }
        }
    }
}
