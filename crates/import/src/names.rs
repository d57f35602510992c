//! How Cass Operator makes names of Kubernetes (k8ssandra/cass-operator d5697290,
//! `apis/cassandra/v1beta1/cassandradatacenter_types.go`: `CleanupForKubernetes`, `CleanupSubdomain`). A topology must come
//! to the same names, or a cluster could not be adopted.

/// Names of objects are at most this long.
const LONGEST_LABEL: usize = 63;

/// `CleanupForKubernetes`: a DNS label as it is; else the parts of the lower-case text that are one, joined.
pub(crate) fn label(name: &str) -> String {
    if is_label(name) { name.to_owned() } else { parts(&lower(name), |first| first.is_ascii_lowercase()).concat() }
}

/// `CleanupSubdomain`, which makes the rack's part of a StatefulSet's name: the same, but digits may begin a part and dots
/// may stand between parts.
pub(crate) fn subdomain(name: &str) -> String {
    let lower = lower(name);
    let parts: Vec<String> =
        lower.split('.').map(|part| parts(part, |first| first.is_ascii_alphanumeric()).concat()).collect();
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(".")
}

/// A DNS label like a text, for a name that only cassc has; empty where nothing is left of it.
pub(crate) fn slug(name: &str) -> String {
    let word = |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' };
    let words: String = name.chars().map(word).collect();
    let words = words.split('-').filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-");
    let from_letter = words.trim_start_matches(|letter: char| !letter.is_ascii_lowercase());
    let short: String = from_letter.chars().take(LONGEST_LABEL).collect();
    short.trim_end_matches('-').to_owned()
}

/// Whether a text is a DNS label that begins with a letter (RFC 1035), as cassc asks for names.
pub(crate) fn is_label(name: &str) -> bool {
    let is_inner = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    name.len() <= LONGEST_LABEL
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && !name.ends_with('-')
        && name.chars().all(is_inner)
}

fn lower(name: &str) -> String {
    name.to_lowercase().replace('_', "-")
}

/// The parts of a text of letters, digits and hyphens that begin as they may and do not end with a hyphen.
fn parts(text: &str, begins: impl Fn(char) -> bool) -> Vec<String> {
    let is_inner = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    let words = text.split(|letter| !is_inner(letter));
    let trimmed = words.map(|word| word.trim_start_matches(|letter| !begins(letter)).trim_end_matches('-'));
    trimmed.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_out_as_the_operator_makes_them() {
        for (name, expected) in [
            ("cluster1", "cluster1"),
            ("cluster 2", "cluster"),
            ("1cluster", "cluster"),
            ("cluster.1", "cluster"),
            ("NotCool_Bob", "notcool-bob"),
            ("My Super DC", "mysuperdc"),
        ] {
            assert_eq!(label(name), expected);
        }
        assert_eq!(slug("arn:aws:eks:Cluster/1"), "arn-aws-eks-cluster-1");
        for (name, expected) in
            [("r1", "r1"), ("r1.r2", "r1.r2"), ("Rack1", "rack1"), ("invalid_pod_name*", "invalid-pod-name")]
        {
            assert_eq!(subdomain(name), expected);
        }
    }
}
