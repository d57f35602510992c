//! Image references: `registry.example.com:5000/team/name:tag@sha256:…` → their parts. Called by the rules about
//! images and by the reader of locks.

/// The parts of an image reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reference<'t> {
    /// Registry and repository, without tag and digest.
    pub(crate) name: &'t str,
    /// The tag.
    pub(crate) tag: Option<&'t str>,
    /// The digest, such as `sha256:…`.
    pub(crate) digest: Option<&'t str>,
}

/// The longest tag, in characters (distribution/reference `regexp.go`).
const TAG_LENGTH: usize = 128;

/// Reads a reference, or returns what is wrong with it (the grammar of distribution/reference `reference.go`).
pub(crate) fn read(text: &str) -> Result<Reference<'_>, &'static str> {
    if text.is_empty() {
        return Err("empty");
    }
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err("contains a space");
    }
    let (rest, digest) = match text.split_once('@') {
        Some((rest, digest)) => (rest, Some(digest)),
        None => (text, None),
    };
    let (name, tag) = match rest.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
        _ => (rest, None),
    };
    if digest.is_some_and(|digest| !is_digest(digest)) {
        return Err("invalid digest: not `sha256:` and 64 hexadecimal digits");
    }
    if tag.is_some_and(|tag| !is_tag(tag)) {
        return Err("invalid tag: not letters, digits, `_`, `.` and `-`");
    }
    name_fault(name).map_or(Ok(Reference { name, tag, digest }), Err)
}

fn is_digest(text: &str) -> bool {
    let hexadecimal = |text: &str| text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    match text.split_once(':') {
        Some(("sha256", digits)) => digits.len() == 64 && hexadecimal(digits),
        Some(("sha512", digits)) => digits.len() == 128 && hexadecimal(digits),
        _ => false,
    }
}

fn is_tag(text: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.len() <= TAG_LENGTH && text.starts_with(word) && text.chars().all(|c| word(c) || matches!(c, '.' | '-'))
}

/// The first part is a registry if it has a dot or a port, or is `localhost`. A registry may have upper-case letters.
fn name_fault(name: &str) -> Option<&'static str> {
    let (registry, repository) = match name.split_once('/') {
        Some((first, rest)) if first.contains(['.', ':']) || first == "localhost" => (Some(first), rest),
        _ => (None, name),
    };
    if registry.is_some_and(|registry| !is_registry(registry)) {
        return Some("invalid registry: not a host name with an optional port");
    }
    if repository.is_empty() {
        return Some("no repository");
    }
    if repository.contains(|c: char| c.is_uppercase()) {
        return Some("upper-case letter in the repository");
    }
    let parts_are_valid = repository.split('/').all(is_repository_part);
    (!parts_are_valid).then_some("invalid repository: not lower-case letters, digits, `.`, `_`, `-` and `/`")
}

fn is_registry(text: &str) -> bool {
    let (host, port) = text.rsplit_once(':').unwrap_or((text, "80"));
    let host_is_valid = !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'));
    host_is_valid && port.parse::<u16>().is_ok()
}

fn is_repository_part(part: &str) -> bool {
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let separator = |c: char| matches!(c, '.' | '_' | '-');
    part.starts_with(word) && part.ends_with(word) && part.chars().all(|c| word(c) || separator(c))
}

/// Why an image is not fixed; `None` if it has a digest or a fixed tag.
pub(crate) fn floating(reference: Reference<'_>) -> Option<&'static str> {
    match (reference.tag, reference.digest) {
        (None, None) => Some("no tag means `latest`"),
        (Some("latest"), None) => Some("`latest` can change"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_split_into_their_parts() {
        let digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
        let full = format!("registry.example.com:5000/team/name:4.1.9-ubi@{digest}");
        let expected =
            Reference { name: "registry.example.com:5000/team/name", tag: Some("4.1.9-ubi"), digest: Some(digest) };
        assert_eq!(read(&full), Ok(expected));
        for (text, name, tag) in [
            ("cassandra", "cassandra", None),
            ("localhost:5000/name", "localhost:5000/name", None),
            (
                "docker.io/k8ssandra/cass-management-api:5.0.6-ubi",
                "docker.io/k8ssandra/cass-management-api",
                Some("5.0.6-ubi"),
            ),
            ("Registry.Example.com/a__b/c--d:V_1", "Registry.Example.com/a__b/c--d", Some("V_1")),
        ] {
            assert_eq!(read(text), Ok(Reference { name, tag, digest: None }), "{text}");
        }
    }

    #[test]
    fn invalid_references_are_refused() {
        let texts = ["", " a:1", "a b:1", "Team/name:1", "a:", "a:-1", "a@sha256:12", ":1", "/a:1", "a//b:1", "a/:1"];
        for text in texts.into_iter().chain(["a:b:c", "https://a/b:1", "a.b:99999/c:1", "-a:1", "a.b/", "é:1"]) {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
