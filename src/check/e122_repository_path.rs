//! E122: an invalid path in a repository.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;

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
        let Some(fault) = fault(path) else { continue };
        let at = subject.value(Route::of("spec.delivery").key(tool).key("path"), fault);
        let complaint = RULE.complain(format!("`{path}` is not a path in a repository"), at);
        let example = format!("such as `deploy/{}`", subject.topology.metadata.name);
        complaints
            .push(complaint.expected(format!("the folder of the rendered files, relative to the root, {example}")));
    }
}

fn fault(path: &str) -> Option<&'static str> {
    let is_odd = |c: char| c.is_control() || c == '\\';
    match path {
        "" => Some("empty"),
        _ if path.starts_with('/') => Some("absolute path"),
        _ if path.split('/').any(|segment| segment == "..") => Some("`..` is not allowed"),
        _ if path.contains(is_odd) || path.trim() != path => {
            Some("backslash, control character, or leading or trailing space")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_in_a_repository_pass_and_others_do_not() {
        for path in [".", "deploy/shop", "./deploy/shop/", "..shop", "a b/c"] {
            assert_eq!(fault(path), None, "{path}");
        }
        for path in ["", "/deploy", "../x", "a/../b", "a\\b", "a\n", " a"] {
            assert!(fault(path).is_some(), "{path}");
        }
    }
}
