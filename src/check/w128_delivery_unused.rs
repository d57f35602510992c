//! W128: what is said about a delivery tool that is not the one in use.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;
use crate::topology::Dialect;

pub(super) const RULE: Rule = Rule {
    code: "W128",
    name: "delivery-unused",
    summary: "`delivery` has a block for another tool than the one of its dialect",
    explain: "\
`delivery.argocd` counts with `dialect: argocd`, and `delivery.flux` with `dialect: flux`. The block of another dialect
renders nothing, which looks as if the cluster was delivered.

Write the `dialect` that is meant, or remove the block. Where one topology is rendered for both tools, with `--dialect`
on the command line, nothing is said; then only the block of that dialect counts.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let delivery = &subject.spec().delivery;
    let blocks =
        [(Dialect::Argocd, "argocd", delivery.argocd.is_some()), (Dialect::Flux, "flux", delivery.flux.is_some())];
    let unused = blocks.into_iter().filter(|(dialect, _, is_written)| *is_written && *dialect != delivery.dialect);
    for (_, block, _) in unused {
        let at = subject.key(Route::of("spec.delivery").key(block), "renders nothing");
        let message = format!("`delivery.{block}` has no effect: the dialect is another one");
        complaints.push(RULE.complain(message, at).help(format!("write `dialect: {block}`, or remove the block")));
    }
}
