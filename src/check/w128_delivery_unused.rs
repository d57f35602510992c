//! W128: the block of a delivery tool that is not in use.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;
use crate::topology::Dialect;

pub(super) const RULE: Rule = Rule {
    code: "W128",
    name: "delivery-unused",
    summary: "`delivery.argocd` or `delivery.flux` does not match `dialect`",
    explain: "\
`delivery.argocd` is used only with `dialect: argocd`, and `delivery.flux` only with `dialect: flux`. A block of the other
tool has no effect, although the topology looks as if the tool delivered the cluster.

Write the right `dialect`, or remove the block. With `--dialect` on the command line this warning is not reported, so one
topology can be rendered for both tools.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let delivery = &subject.spec().delivery;
    let blocks =
        [(Dialect::Argocd, "argocd", delivery.argocd.is_some()), (Dialect::Flux, "flux", delivery.flux.is_some())];
    let unused = blocks.into_iter().filter(|(dialect, _, is_written)| *is_written && *dialect != delivery.dialect);
    for (_, block, _) in unused {
        let at = subject.key(Route::of("spec.delivery").key(block), "no effect");
        let message = format!("`delivery.{block}` has no effect with this `dialect`");
        complaints.push(RULE.complain(message, at).help(format!("write `dialect: {block}`, or remove the block")));
    }
}
