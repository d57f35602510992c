//! E122: a path that is none in a repository.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E122",
    name: "repository-path",
    summary: "the path of the rendered files is none in a repository",
    explain: "\
`delivery.argocd.path` and `delivery.flux.path` name the folder of this cluster's rendered files, from the root of the
repository on: with `cassc render shop.yaml -o deploy` it is `deploy/shop`. An absolute path is one of your machine, and
Argo CD and Flux refuse one that leaves the repository.

Write it with `/` between the folders and without `..`; `.` is the root itself.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let delivery = &subject.spec().delivery;
    let argocd = delivery.argocd.as_ref().map(|block| ("argocd", &block.path));
    let flux = delivery.flux.as_ref().map(|block| ("flux", &block.path));
    for (tool, path) in argocd.into_iter().chain(flux) {
        let Some(fault) = fault(path) else { continue };
        let at = subject.value(Route::of("spec.delivery").key(tool).key("path"), fault);
        let complaint = RULE.complain(format!("`{path}` is no path in a repository"), at);
        let example = format!("such as `deploy/{}`", subject.topology.metadata.name);
        complaints.push(complaint.expected(format!("the folder of the rendered files from the root on, {example}")));
    }
}

fn fault(path: &str) -> Option<&'static str> {
    let is_odd = |c: char| c.is_control() || c == '\\';
    match path {
        "" => Some("it is empty"),
        _ if path.starts_with('/') => Some("it is absolute"),
        _ if path.split('/').any(|segment| segment == "..") => Some("it leaves the folder that it begins at"),
        _ if path.contains(is_odd) || path.trim() != path => {
            Some("a backslash, a control character or a blank at an end")
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
