//! Sizes of heaps.

use crate::documents::At;
use crate::draft::Draft;
use crate::path::Path;

/// A size of the JVM in a field of a topology: letters of the JVM are binary, and a number without one is bytes.
pub(crate) fn size(draft: &mut Draft, at: &At<'_>, to: &Path, text: &str) {
    match size_of(text) {
        Some(size) if size == text => draft.carry(at, to, size),
        Some(size) => draft.change(at, to, size, "the same size, as cassc writes it"),
        None => draft.decide(Some(at), to, &format!("a size such as 8Gi: `{text}` is none")),
    }
}

/// A size as a topology has it: `800M` as it is, and what has another form in mebibytes.
fn size_of(text: &str) -> Option<String> {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let number: u64 = digits.parse().ok()?;
    let bytes = match &text[digits.len()..] {
        "G" | "M" | "Gi" | "Mi" => return Some(text.to_owned()),
        "g" | "m" => return Some(text.to_ascii_uppercase()),
        "" => number,
        "K" | "k" | "Ki" => number.checked_mul(1 << 10)?,
        "T" | "t" | "Ti" => number.checked_mul(1 << 40)?,
        _ => return None,
    };
    (bytes >= 1 << 20).then(|| format!("{}Mi", bytes >> 20))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_written_as_a_topology_has_them() {
        let size = |text| size_of(text).unwrap_or_default();
        assert_eq!(["800M", "2g", "536870912", "1T", "64Mi"].map(size), ["800M", "2G", "512Mi", "1048576Mi", "64Mi"]);
        assert_eq!(["", "G", "1024", "8 GiB"].map(size), [""; 4]);
    }
}
