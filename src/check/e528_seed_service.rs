//! E528: datacenters that want different values in the seed service that they have together.

use std::collections::BTreeMap;

use super::written::destination;
use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;
use crate::topology::ServiceOptions;
use crate::topology::merge::Level;

pub(super) const RULE: Rule = Rule {
    code: "E528",
    name: "seed-service",
    summary: "two datacenters give different values to the seed service that they have together",
    explain: "\
`<cluster>-seed-service` finds the seed nodes of all datacenters in a namespace, so it is one Service for all of them. It carries
what each of them writes in `services.seed`, and cannot carry two values of one label or annotation.

Write the same value in both datacenters, or write it once in `spec.services.seed`.",
};

/// Where the seed service of a datacenter is: Kubernetes cluster and namespace.
type Destination<'t> = (Option<&'t str>, Option<&'t str>);
/// A label or an annotation of a seed service.
type Entry<'t> = (Destination<'t>, &'static str, &'t str);

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let mut first: BTreeMap<Entry<'_>, (Route, &str)> = BTreeMap::new();
    for (index, datacenter) in subject.spec().datacenters.iter().enumerate() {
        let ServiceOptions { labels, annotations } = &datacenter.services.seed;
        for (field, entries) in [("labels", labels), ("annotations", annotations)] {
            for (key, value) in entries {
                let route = Level::Datacenter(index).route().join(&Route::of("services.seed").key(field).key(key));
                let entry = (destination(subject, datacenter), field, key.as_str());
                let (other, before) = first.entry(entry).or_insert_with(|| (route.clone(), value));
                if *before == value {
                    continue;
                }
                let message = format!("the seed service gets two values of `{}`", key.escape_debug());
                let complaint = RULE.complain(message, subject.value(route, "second value"));
                let complaint = complaint.label(subject.value(other.clone(), "first value"));
                complaints
                    .push(complaint.help("write the same value in both datacenters, or once in `spec.services.seed`"));
            }
        }
    }
}
