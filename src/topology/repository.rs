//! What Argo CD and Flux accept as the source of the manifests: path, URL, revision, interval. Called by the rules
//! about delivery and by the reader of locks.

/// What is wrong with the path of a folder in a repository, in two or three words; `None` for a valid path.
pub(crate) fn path_fault(path: &str) -> Option<&'static str> {
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

/// Whether a text is the URL of a Git repository or an OCI registry: a scheme that Argo CD supports, or the short form of
/// SSH. A query is refused, because it often holds a token.
pub(crate) fn is_address(url: &str) -> bool {
    let schemes = ["https", "http", "ssh", "git", "oci", "file"];
    let is_known = |scheme: &str| schemes.iter().any(|known| scheme.eq_ignore_ascii_case(known));
    let has_place = match url.split_once("://") {
        Some((scheme, rest)) => is_known(scheme) && !rest.is_empty(),
        None => url.split_once(':').is_some_and(|(host, path)| host.contains('@') && !path.is_empty()),
    };
    has_place && !url.contains(['?', '\\'])
}

/// Whether a URL contains a password or token in front of the host. The user of an SSH URL is not a secret.
pub(crate) fn has_credentials(url: &str) -> bool {
    let (scheme, rest) = url.split_once("://").unwrap_or(("ssh", url));
    let authority = rest.split('/').next().unwrap_or_default();
    let Some((user, _)) = authority.rsplit_once('@') else { return false };
    !scheme.eq_ignore_ascii_case("ssh") || user.contains(':')
}

/// Whether a text may be a branch, tag, commit or range of versions.
pub(crate) fn is_revision(text: &str) -> bool {
    !text.is_empty() && text.trim() == text && !text.contains(char::is_control)
}

/// The milliseconds of a duration such as `1h30m`. Flux also accepts fractions; they are refused here.
pub(crate) fn milliseconds(text: &str) -> Option<u64> {
    let mut rest = text;
    let mut sum: u64 = 0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: u64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let unit = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let factor = match &rest[..unit] {
            "ms" => 1,
            "s" => 1000,
            "m" => 60_000,
            "h" => 3_600_000,
            _ => return None,
        };
        sum = sum.checked_add(number.checked_mul(factor)?)?;
        rest = &rest[unit..];
    }
    (!text.is_empty()).then_some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_in_a_repository_pass_and_others_do_not() {
        for path in [".", "deploy/shop", "./deploy/shop/", "..shop", "a b/c"] {
            assert_eq!(path_fault(path), None, "{path}");
        }
        for path in ["", "/deploy", "../x", "a/../b", "a\\b", "a\n", " a"] {
            assert!(path_fault(path).is_some(), "{path}");
        }
    }

    #[test]
    fn credentials_are_found_before_the_host_and_the_user_of_ssh_is_not_a_secret() {
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

    #[test]
    fn durations_are_numbers_with_units() {
        assert_eq!(milliseconds("1h30m"), Some(5_400_000));
        assert_eq!(milliseconds("90s500ms"), Some(90_500));
        for text in ["", "10", "m", "10 m", "1.5h", "-1m", "10min", "99999999999999999999h"] {
            assert_eq!(milliseconds(text), None, "{text}");
        }
    }
}
