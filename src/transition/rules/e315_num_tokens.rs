//! E315: another number of tokens for nodes that have data.

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::effective::Effective;
use crate::transition::{Force, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E315",
    name: "num-tokens-changed",
    summary: "`num_tokens` of nodes that have data is another one",
    explain: "\
A node keeps its tokens beside its data and does not start with another number of them (\"Cannot change the number of tokens
from … to …\"). It also counts when the number was never written: cassc's default (16) holds then.

Write the number that it was. For another one add a datacenter that has it (`cassandra.config` of the datacenter), let it be
rebuilt, move the clients, and let the old one leave.",
};

pub(super) const FORCE: Force = Force::Never("Cassandra does not start with another number of tokens");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    let number = |effective: &Effective| effective.text("num_tokens").unwrap_or_else(|| "1".to_owned());
    for change in transition.changed_config(number) {
        let (was, now) = (&change.before, &change.after);
        let at = change.at("cassandra.config.num_tokens", "config.num_tokens");
        let message = format!("the nodes of {} have {was} tokens each, not {now}", change.whose());
        let complaint = transition.refuse(&RULE, message, at, format!("{now} now"), format!("{was} before"));
        complaints.push(complaint.help(format!("write `num_tokens: {was}`; a new datacenter may have another number")));
    }
}
