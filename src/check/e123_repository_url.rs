//! E123: an address of a repository that is none, or that carries a secret.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;
use crate::topology::repository::{has_credentials, is_address};

pub(super) const RULE: Rule = Rule {
    code: "E123",
    name: "repository-url",
    summary: "the address of the repository is none, or has credentials in it",
    explain: "\
`delivery.argocd.repoURL` is written into the Application, which lies in Git. A user and password, or a token, in it
could be read by whoever may read the repository, for ever. cassc renders no secrets.

Write the address alone and give Argo CD the credentials in a Secret (`argocd.argoproj.io/secret-type: repository`). The
`git@` of an SSH address is no secret. Change what was committed already.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let Some(argocd) = &subject.spec().delivery.argocd else { return };
    let at = |text: &str| subject.value(Route::of("spec.delivery.argocd.repoURL"), text);
    let url = argocd.repo_url.as_str();
    let expected =
        "an address such as `https://git.example.com/platform/clusters.git` or `git@github.com:platform/clusters.git`";
    if url.is_empty() || url.contains(|c: char| c.is_control() || c.is_whitespace()) {
        let complaint = RULE.complain("the address of the repository is empty or has blanks in it", at(""));
        complaints.push(complaint.expected(expected));
    } else if !is_address(url) {
        complaints.push(RULE.complain("this is no address of a repository", at("")).expected(expected));
    } else if has_credentials(url) {
        let message = "the address of the repository has credentials in it";
        let complaint = RULE.complain(message, at("would be readable in Git")).expected("the address alone");
        complaints.push(complaint.help("give them to Argo CD in a Secret, and change them: they are in Git already"));
    }
}
