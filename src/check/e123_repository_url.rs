//! E123: an address of a repository that is none, or that carries a secret.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;

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

/// Whether Git or a registry can be behind it: a scheme that Argo CD knows, or the short form of SSH. A query has no
/// place in it; tokens are put there.
fn is_address(url: &str) -> bool {
    let schemes = ["https", "http", "ssh", "git", "oci", "file"];
    let is_known = |scheme: &str| schemes.iter().any(|known| scheme.eq_ignore_ascii_case(known));
    let has_place = match url.split_once("://") {
        Some((scheme, rest)) => is_known(scheme) && !rest.is_empty(),
        None => url.split_once(':').is_some_and(|(host, path)| host.contains('@') && !path.is_empty()),
    };
    has_place && !url.contains(['?', '\\'])
}

/// Whether a password or token stands in front of the host. An SSH address names a user there, which is no secret.
fn has_credentials(url: &str) -> bool {
    let (scheme, rest) = url.split_once("://").unwrap_or(("ssh", url));
    let authority = rest.split('/').next().unwrap_or_default();
    let Some((user, _)) = authority.rsplit_once('@') else { return false };
    !scheme.eq_ignore_ascii_case("ssh") || user.contains(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_of_ssh_is_no_secret_and_all_else_before_the_host_is() {
        for url in ["https://git.example.com/a.git", "git@github.com:a/b.git", "ssh://git@host:22/a", "oci://r/a@b"] {
            assert!(!has_credentials(url), "{url}");
        }
        for url in ["x", "../x", "javascript:x", "https:/h/x", "https://h/x.git?private_token=abc", "https://"] {
            assert!(!is_address(url), "{url}");
        }
        for url in ["https://git.example.com/a.git", "git@github.com:a/b.git", "ssh://git@host:22/a", "file:///srv/a"] {
            assert!(is_address(url), "{url}");
        }
        for url in ["https://token@host/a", "https://me:secret@host/a", "ssh://git:secret@host/a", "oci://x@r/a"] {
            assert!(has_credentials(url), "{url}");
        }
    }
}
