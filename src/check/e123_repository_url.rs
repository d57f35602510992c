//! E123: an invalid repository URL, or one that contains credentials.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;

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

/// Whether a text is a repository URL: a scheme that Argo CD supports, or the short form of SSH. A query is refused,
/// because it often contains a token.
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
