//! E201: an invalid CPU, memory or storage quantity.

use super::quantities::{WrittenQuantity, requests_and_limits, sizes};
use crate::diagnostic::{Diagnostic, Rule};
use crate::kubernetes::quantity::QuantityError;
use crate::kubernetes::resource::{Counted, amount, counted, page_size};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E201",
    name: "quantity",
    summary: "a CPU, memory or storage quantity is invalid",
    explain: "\
Quantities have the format of Kubernetes: `4` or `500m` cores; `16Gi`, `512Mi` or `100G` bytes; whole numbers for all other
resources. `Mi` and `Gi` are powers of 1024, `M` and `G` powers of 1000, and `m` means thousandths: `512m` of memory is half
a byte, which Kubernetes silently rounds up. Memory and storage must be more than 0.

Write a whole number of bytes, or at least a thousandth of a core (`1m`).",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let written = requests_and_limits(subject).into_iter().chain(sizes(subject));
    complaints.extend(written.filter_map(|quantity| complaint(subject, &quantity)));
}

fn complaint(subject: &Subject<'_>, written: &WrittenQuantity<'_>) -> Option<Diagnostic> {
    let WrittenQuantity { route, resource, text } = written;
    let complain = |message: String| RULE.complain(message, subject.value(route.clone(), ""));
    let shown = text.escape_debug();
    let with_help = |complaint: Diagnostic| match repaired(resource, text) {
        Some(repaired) => complaint.help(format!("did you mean `{repaired}`?")),
        None => complaint,
    };
    let pieces = counted(resource) == Counted::Pieces;
    match amount(resource, text) {
        Err(QuantityError::NotAQuantity(_)) => {
            let message = match *text {
                "" => "a quantity is empty".to_owned(),
                _ => format!("`{shown}` is not a valid quantity"),
            };
            Some(with_help(complain(message).expected(expected(resource))))
        }
        Err(QuantityError::Negative(_)) => {
            Some(complain(format!("the quantity `{shown}` is negative")).expected(expected(resource)))
        }
        Err(QuantityError::TooLarge(_)) => {
            Some(complain(format!("`{shown}` is too large for Kubernetes")).expected("less than 8Ei"))
        }
        Err(QuantityError::FractionalBytes(_)) if pieces => {
            Some(complain(format!("`{shown}` is not a whole number of `{resource}`")).expected(expected(resource)))
        }
        Err(QuantityError::FractionalBytes(_)) => {
            Some(with_help(complain(format!("`{shown}` is not a whole number of bytes")).expected(expected(resource))))
        }
        Err(QuantityError::BelowOneMilli(_)) => {
            Some(complain(format!("`{shown}` is more precise than `1m`")).expected(expected(resource)))
        }
        Ok(0) if matches!(*resource, "memory" | "storage") => {
            Some(complain(format!("the {resource} quantity `{shown}` is zero")).expected("more than 0"))
        }
        Ok(bytes) => page_size(resource).filter(|page| bytes % page != 0).map(|page| {
            complain(format!("`{shown}` is not a multiple of the page size"))
                .expected(format!("a multiple of {page} bytes"))
        }),
    }
}

fn expected(resource: &str) -> &'static str {
    match counted(resource) {
        Counted::Millis => "a number of cores, such as 4, 1.5 or 500m",
        Counted::Bytes => "a number of bytes with a suffix, such as 16Gi, 512Mi or 100G",
        Counted::Pieces => "a whole number, such as 1",
    }
}

/// The quantity that was probably meant: `8Gi` for `8GB` and `8gi`, `512Mi` for `512m` and `512MB`, with or without a
/// space.
fn repaired(resource: &str, text: &str) -> Option<String> {
    if counted(resource) != Counted::Bytes {
        return None;
    }
    let trimmed = text.trim();
    let digits = trimmed.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, suffix) = trimmed.split_at(digits);
    let suffix = match suffix.trim().to_lowercase().as_str() {
        "k" | "kb" | "ki" | "kib" => "Ki",
        "m" | "mb" | "mi" | "mib" => "Mi",
        "g" | "gb" | "gi" | "gib" => "Gi",
        "t" | "tb" | "ti" | "tib" => "Ti",
        _ => return None,
    };
    let repaired = format!("{number}{suffix}");
    amount(resource, &repaired).ok().filter(|bytes| *bytes > 0).map(|_| repaired)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_units_are_repaired() {
        assert_eq!(repaired("memory", "8GB").as_deref(), Some("8Gi"));
        assert_eq!(repaired("memory", "512m").as_deref(), Some("512Mi"));
        assert_eq!(repaired("storage", "1.5 tb").as_deref(), Some("1.5Ti"));
        for text in ["", "8", "lots", "-8G", "G", ".m", "99999999999Tb"] {
            assert_eq!(repaired("memory", text), None, "{text}");
        }
        assert_eq!(repaired("cpu", "4m"), None);
    }
}
