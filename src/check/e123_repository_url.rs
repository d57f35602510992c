//! E123: an invalid repository URL, or one that contains credentials.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;
use crate::topology::repository::{has_credentials, is_address};

pub(super) const RULE: Rule = Rule {
    code: "E123",
    name: "repository-url",
    summary: "the repository URL is invalid or contains credentials",
    explain: "\
`delivery.argocd.repoURL` is written into the Application, which is stored in Git. Everyone who can read the repository could
read a password or token in it, and it stays in the history. cassc renders no secrets.

Write the URL without credentials, and give them to Argo CD in a Secret (`argocd.argoproj.io/secret-type: repository`). The
`git@` of an SSH URL is not a secret. Replace credentials that are already committed.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let Some(argocd) = &subject.spec().delivery.argocd else { return };
    let at = |text: &str| subject.value(Route::of("spec.delivery.argocd.repoURL"), text);
    let url = argocd.repo_url.as_str();
    let expected =
        "a URL such as `https://git.example.com/platform/clusters.git` or `git@github.com:platform/clusters.git`";
    if url.is_empty() || url.contains(|c: char| c.is_control() || c.is_whitespace()) {
        let complaint = RULE.complain("the repository URL is empty or contains spaces", at(""));
        complaints.push(complaint.expected(expected));
    } else if !is_address(url) {
        complaints.push(RULE.complain("the repository URL is invalid", at("")).expected(expected));
    } else if has_credentials(url) {
        let message = "the repository URL contains credentials";
        let complaint = RULE.complain(message, at("readable in Git")).expected("the URL without credentials");
        complaints.push(complaint.help("remove them, give them to Argo CD in a Secret, and replace them if committed"));
    }
}
