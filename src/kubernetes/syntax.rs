//! What the API server accepts as a name, a label, a port name: predicates over text, after apimachinery's
//! `pkg/util/validation/validation.go`. Called by the rules; nothing here changes a text except [`nearest_label`].

/// The longest DNS label, label value or name part of a label key, in characters.
pub(crate) const LABEL_LENGTH: usize = 63;
/// The longest object name or prefix of a label key, in characters.
pub(crate) const SUBDOMAIN_LENGTH: usize = 253;
/// The longest name of a StatefulSet whose pods can be made: 63 characters of the label `controller-revision-hash`, less
/// `-` and ten digits of hash (Kubernetes issue 64023).
pub(crate) const STATEFUL_SET_LENGTH: usize = 52;
/// The longest name of a port, in characters (`IsValidPortName`).
const PORT_NAME_LENGTH: usize = 15;

/// Whether a text is a DNS label (`IsDNS1123Label`): lower-case letters, digits and `-`, at most 63 characters.
pub(crate) fn is_label(text: &str) -> bool {
    text.len() <= LABEL_LENGTH && label_fault(text).is_none()
}

/// Why a text of any length is not made like a DNS label, in words; `None` where it is.
pub(crate) fn label_fault(text: &str) -> Option<String> {
    if text.is_empty() {
        return Some("empty".to_owned());
    }
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    match text.chars().find(|c| !allowed(*c)) {
        Some(c) if c.is_ascii_uppercase() => Some("upper-case letters are not allowed".to_owned()),
        Some(' ') => Some("spaces are not allowed".to_owned()),
        Some(c) => Some(format!("`{}` is not allowed", c.escape_debug())),
        None if text.starts_with('-') || text.ends_with('-') => Some("starts or ends with `-`".to_owned()),
        None => None,
    }
}

/// Whether a text is an object name (`IsDNS1123Subdomain`): DNS labels of any length, joined by dots, at most 253
/// characters.
pub(crate) fn is_subdomain(text: &str) -> bool {
    text.len() <= SUBDOMAIN_LENGTH && text.split('.').all(|part| label_fault(part).is_none())
}

/// Whether a text is the key of a label (`IsQualifiedName`): a name of at most 63 characters, which an object name and
/// a slash may precede.
pub(crate) fn is_label_key(key: &str) -> bool {
    match key.split_once('/') {
        Some((prefix, name)) => is_subdomain(prefix) && is_name_part(name),
        None => is_name_part(key),
    }
}

/// Whether a text is the key of an annotation: as that of a label, but the case of the letters does not matter
/// (`ValidateAnnotations` in apimachinery's `pkg/api/validation`).
pub(crate) fn is_annotation_key(key: &str) -> bool {
    is_label_key(&key.to_lowercase())
}

/// Whether a text is the value of a label (`IsValidLabelValue`). It may be empty.
pub(crate) fn is_label_value(value: &str) -> bool {
    value.is_empty() || is_name_part(value)
}

/// Whether a text is the name of a container's port (`IsValidPortName`): at most 15 lower-case letters, digits and
/// `-`, one letter at least.
pub(crate) fn is_port_name(name: &str) -> bool {
    name.len() <= PORT_NAME_LENGTH
        && label_fault(name).is_none()
        && !name.contains("--")
        && name.bytes().any(|byte| byte.is_ascii_lowercase())
}

/// Whether a text is a key of a Secret or a ConfigMap (`IsConfigMapKey`).
pub(crate) fn is_data_key(key: &str) -> bool {
    let letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    !key.is_empty() && key.len() <= SUBDOMAIN_LENGTH && key.chars().all(letter) && key != "." && !key.starts_with("..")
}

/// Whether a text is the name of an environment variable (`IsRelaxedEnvVarName`, on by default since Kubernetes 1.32):
/// printable ASCII without `=`.
pub(crate) fn is_environment_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'=')
}

/// Whether a text is the name of a variable that every shell passes on. Kubernetes would take more, dots and dashes among
/// it, which the scripts of the image cannot read.
pub(crate) fn is_shell_variable(name: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit()) && name.chars().all(word)
}

/// Whether volumes can be mounted at a path: absolute, more than the root, and the shortest spelling.
pub(crate) fn is_mount_path(path: &str) -> bool {
    let plain = |part: &str| !matches!(part, "" | "." | "..") && !part.contains([':', '\0']);
    path.strip_prefix('/').is_some_and(|rest| rest.split('/').all(plain))
}

/// The DNS label that a text most likely means: lower case, `-` for blanks, dots and underscores, the rest left out.
/// `None` where nothing remains.
pub(crate) fn nearest_label(text: &str) -> Option<String> {
    let lower = text.trim().to_lowercase().replace(['_', ' ', '.', '/'], "-");
    let kept: String = lower.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(LABEL_LENGTH).collect();
    let trimmed = kept.trim_matches('-');
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}

fn is_name_part(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let bytes = text.as_bytes();
    text.len() <= LABEL_LENGTH
        && bytes.iter().all(|byte| inner(*byte))
        && bytes.first().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.last().is_some_and(u8::is_ascii_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_those_of_the_api_server() {
        for good in ["a", "1", "a-b", "a--b", "0a9", &"a".repeat(63)] {
            assert!(is_label(good), "{good}");
        }
        for bad in ["", "-", "-a", "a-", "A", "a_b", "a.b", "a b", "ü", "a\n", &"a".repeat(64)] {
            assert!(!is_label(bad), "{bad}");
        }
    }

    #[test]
    fn object_names_may_have_dots() {
        assert!(is_subdomain("a.b-c.1") && is_subdomain("a"));
        for bad in ["", ".", "a.", ".a", "a..b", "a_b", &"a".repeat(254)] {
            assert!(!is_subdomain(bad), "{bad}");
        }
    }

    #[test]
    fn keys_of_labels_and_annotations_differ_in_case_only() {
        assert!(is_label_key("example.com/Team_1") && is_label_key("team") && is_annotation_key("Example.com/x"));
        for bad in ["", "/", "a/", "/a", "a/b/c", "Example.com/x", "team-", "a b", &"a".repeat(64)] {
            assert!(!is_label_key(bad), "{bad}");
        }
    }

    #[test]
    fn values_of_labels_may_be_empty() {
        assert!(is_label_value("") && is_label_value("A_b.c-9"));
        for bad in ["-a", "a-", ".", "a b", "a/b", &"a".repeat(64)] {
            assert!(!is_label_value(bad), "{bad}");
        }
    }

    #[test]
    fn names_of_ports_are_short_and_have_a_letter() {
        assert!(is_port_name("http") && is_port_name("p2"));
        for bad in ["", "80", "a--b", "-a", "Http", "sixteen-letters-"] {
            assert!(!is_port_name(bad), "{bad}");
        }
    }

    #[test]
    fn volumes_are_mounted_at_plain_absolute_paths() {
        for plain in ["/a", "/a/b.c", "/var/lib/cassandra/commitlog", "/..."] {
            assert!(is_mount_path(plain), "{plain}");
        }
        for other in ["", "/", "a", "/a/", "//a", "/a/../b", "/a/./b", "/a:b"] {
            assert!(!is_mount_path(other), "{other}");
        }
    }

    #[test]
    fn the_nearest_label_is_a_label_or_nothing() {
        assert_eq!(nearest_label("US_East 1").as_deref(), Some("us-east-1"));
        assert_eq!(nearest_label("_DC1."), Some("dc1".to_owned()));
        assert_eq!(nearest_label("東京"), None);
        let long = nearest_label(&"a-".repeat(40)).expect("letters remain");
        assert!(is_label(&long), "{long}");
    }
}
