//! E607: a canary of no pods, or a token that says nothing.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;
use crate::topology::merge::Level;

pub(super) const RULE: Rule = Rule {
    code: "E607",
    name: "rollout",
    summary: "a canary of no pods, or an empty or overlong token",
    explain: "\
`rollout.canary.pods` is how many pods restart before the rest; with none of them the roll would never begin: to let
nothing restart, write `rollout: {stopped: true}`. The tokens `restart` and `retry` are compared with what they were, and
stand in annotations and ConfigMaps: an empty one cannot be told from none.

Write one pod or more; for a token a short text on one line, such as a date or the number of a ticket.",
};

/// Enough for a sentence; annotations are small.
const LONGEST_TOKEN: usize = 200;

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let rollout = &subject.spec().rollout;
    if rollout.canary.is_some_and(|canary| canary.pods == 0) {
        let at = subject.value(Route::of("spec.rollout.canary.pods"), "");
        let complaint = RULE.complain("a canary of no pods", at).expected("1 or more");
        complaints.push(complaint.help("to let nothing restart, write `rollout: {stopped: true}`"));
    }
    for (route, token) in tokens(subject) {
        let wrong = token.trim().is_empty() || token.len() > LONGEST_TOKEN || token.contains(char::is_control);
        if wrong {
            let message = if token.trim().is_empty() { "a token is empty" } else { "a token is too long, or no line" };
            let complaint = RULE.complain(message, subject.value(route, ""));
            complaints.push(complaint.expected(format!("up to {LONGEST_TOKEN} bytes on one line, such as a date")));
        }
    }
}

fn tokens<'t>(subject: &Subject<'t>) -> impl Iterator<Item = (Route, &'t str)> {
    let spec = subject.spec();
    let route = Route::of("spec.rollout");
    let cluster = [(route.key("restart"), &spec.rollout.restart), (route.key("retry"), &spec.rollout.retry)];
    let datacenters = spec.datacenters.iter().enumerate();
    let datacenters = datacenters.map(|(index, it)| (Level::Datacenter(index).route().key("restart"), &it.restart));
    let racks = subject.racks.iter().map(|place| (place.level().route().key("restart"), &place.rack.restart));
    let racks: Vec<_> = racks.collect();
    let written = cluster.into_iter().chain(datacenters).chain(racks);
    written.filter_map(|(route, token)| Some((route, token.as_deref()?)))
}
