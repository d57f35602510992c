//! E607: a canary without pods, or an invalid `restart` or `retry` token, also of an operation.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;
use crate::topology::merge::Level;
use crate::topology::{LONGEST_TOKEN, is_token};

pub(super) const RULE: Rule = Rule {
    code: "E607",
    name: "rollout",
    summary: "`rollout.canary.pods` is 0, or a `restart` or `retry` token is empty or too long",
    explain: "\
`rollout.canary.pods` is the number of pods that restart before all others. With 0 the rolling restart would never start; to
pause it, write `rollout: {stopped: true}`. The tokens `restart` and `retry` are compared with their deployed values and stored
in annotations and ConfigMaps, where an empty token looks like a missing one.

Write at least one pod. For a token, write a short text on one line, such as a date or a ticket number.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let rollout = &subject.spec().rollout;
    if rollout.canary.is_some_and(|canary| canary.pods == 0) {
        let at = subject.value(Route::of("spec.rollout.canary.pods"), "");
        let complaint = RULE.complain("`rollout.canary.pods` is 0", at).expected("1 or more");
        complaints.push(complaint.help("to pause the rolling restart, write `rollout: {stopped: true}`"));
    }
    for (route, token) in tokens(subject) {
        if !is_token(token) {
            let message =
                if token.trim().is_empty() { "the token is empty" } else { "the token is too long or not one line" };
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
    let racks = subject.racks.iter().filter(|place| place.rack.restart.is_some());
    let racks = racks.map(|place| (place.level().route().key("restart"), &place.rack.restart));
    let racks: Vec<_> = racks.collect();
    let operations = spec.operations.iter().enumerate();
    let operations = operations.map(|(index, it)| (Route::of("spec.operations").index(index).key("retry"), &it.retry));
    let written = cluster.into_iter().chain(datacenters).chain(racks).chain(operations);
    written.filter_map(|(route, token)| Some((route, token.as_deref()?)))
}
