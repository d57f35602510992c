//! E315: `num_tokens` of deployed nodes changed.

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::effective::Effective;
use crate::transition::{Force, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E315",
    name: "num-tokens-changed",
    summary: "`num_tokens` of deployed nodes changed",
    explain: "\
A node stores its tokens with its data and does not start with a different number (\"Cannot change the number of tokens from
… to …\"). This also applies if the topology never set `num_tokens`: cassc's default is 16.

Write the deployed number. To change it, add a datacenter with the new number (`cassandra.config` of the datacenter), rebuild
it, move the clients, and decommission the old datacenter.",
};

pub(super) const FORCE: Force = Force::Never("Cassandra does not start with a different number of tokens");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    let number = |effective: &Effective| effective.text("num_tokens").unwrap_or_else(|| "1".to_owned());
    for change in transition.changed_config(number) {
        let (was, now) = (&change.before, &change.after);
        let at = change.at("cassandra.config.num_tokens", "config.num_tokens");
        let whose = change.whose();
        let message = format!("`num_tokens` of {whose} changed from {was} to {now}: its nodes would not start");
        let complaint = transition.refuse(&RULE, message, at, format!("now {now}"), format!("deployed: {was}"));
        let help = format!("write `num_tokens: {was}`; only a new datacenter can have a different number");
        complaints.push(complaint.help(help));
    }
}
