//! E122: an invalid path in a repository.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;
use crate::topology::repository::path_fault;

pub(super) const RULE: Rule = Rule {
    code: "E122",
    name: "repository-path",
    summary: "`path` of the delivery tool is not a path in a repository",
    explain: "\
`delivery.argocd.path` and `delivery.flux.path` name the folder with the rendered files of this cluster, relative to the root
of the repository. After `cassc render shop.yaml -o deploy` it is `deploy/shop`. Argo CD and Flux refuse absolute paths and
paths outside the repository.

Separate folders with `/`, and do not use `..`. The root of the repository is `.`.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let delivery = &subject.spec().delivery;
    let argocd = delivery.argocd.as_ref().map(|block| ("argocd", &block.path));
    let flux = delivery.flux.as_ref().map(|block| ("flux", &block.path));
    for (tool, path) in argocd.into_iter().chain(flux) {
        let Some(fault) = path_fault(path) else { continue };
        let at = subject.value(Route::of("spec.delivery").key(tool).key("path"), fault);
        let complaint = RULE.complain(format!("`{path}` is not a path in a repository"), at);
        let example = format!("such as `deploy/{}`", subject.topology.metadata.name);
        complaints
            .push(complaint.expected(format!("the folder of the rendered files, relative to the root, {example}")));
    }
}
