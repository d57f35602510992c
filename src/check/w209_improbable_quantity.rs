//! W209: an amount that no worker has, or that nothing can run with: usually a unit is missing.

use k8s_openapi::api::core::v1::ResourceRequirements;

use super::quantities::{WrittenQuantity, requests_and_limits, sizes};
use super::written::containers;
use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::kubernetes::resource::amount;
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "W209",
    name: "improbable-quantity",
    summary: "an amount of CPU, memory or storage is probably in the wrong unit",
    explain: "\
Kubernetes reads a number without a suffix as cores or bytes: `cpu: 8000` are 8,000 cores, and `memory: 8` are 8 bytes. A pod
that requests more than any worker has stays Pending, and a container with too little memory is killed at once.

Write the unit: `8000m` are 8 cores, `8Gi` are 8 GiB. If the amount is right, accept W209.",
};

/// The most CPU that is expected, in thousandths of a core: more than the workers that clouds offer for databases.
const MOST_CPU: u64 = 256_000;
/// The least CPU of the Cassandra container, in thousandths of a core. It does not start in time with less.
const LEAST_CPU: u64 = 50;
/// The most memory that is expected: 8 TiB.
const MOST_MEMORY: u64 = 8 << 40;
/// The least memory that a container can run with: 1 MiB.
const LEAST_MEMORY: u64 = 1 << 20;
/// The largest volume that is expected: 512 TiB.
const LARGEST_VOLUME: u64 = 512 << 40;

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for written in requests_and_limits(subject).iter().chain(&sizes(subject)) {
        complaints.extend(complaint(subject, written));
    }
    for (route, resource, text) in of_containers(subject) {
        complaints.extend(complaint(subject, &WrittenQuantity { route, resource: &resource, text: &text }));
    }
}

/// Requests and limits of the user's own containers.
fn of_containers(subject: &Subject<'_>) -> Vec<(Route, String, String)> {
    let resources = containers(subject).into_iter().filter_map(|written| {
        let ResourceRequirements { limits, requests, .. } = written.container.resources.as_ref()?;
        let route = written.route.key("resources");
        Some([("requests", requests.clone()), ("limits", limits.clone())].map(|(key, map)| (route.key(key), map)))
    });
    let amounts = resources.flatten().flat_map(|(route, map)| {
        map.into_iter().flatten().map(move |(resource, quantity)| (route.key(&resource), resource, quantity.0))
    });
    amounts.collect()
}

fn complaint(subject: &Subject<'_>, written: &WrittenQuantity<'_>) -> Option<Diagnostic> {
    let number = amount(written.resource, written.text).ok().filter(|number| *number > 0)?;
    let (what, expected, repaired) = improbable(written.resource, number, is_of_cassandra(&written.route))?;
    let at = subject.value(written.route.clone(), "");
    let complaint =
        RULE.complain(format!("`{}: {}` is {what}", last_key(written), written.text), at).expected(expected);
    Some(match repaired.filter(|_| written.text.bytes().all(|byte| byte.is_ascii_digit())) {
        Some(unit) => complaint.help(format!("did you mean `{}{unit}`?", written.text)),
        None => complaint,
    })
}

fn last_key<'w>(written: &'w WrittenQuantity<'_>) -> &'w str {
    written.route.last_key().unwrap_or(written.resource)
}

/// Whether requests or limits are those of the Cassandra container.
fn is_of_cassandra(route: &Route) -> bool {
    let route = route.to_string();
    let of_pod = route.contains(".pod.");
    !of_pod && !["spec.gate", "spec.systemLogger", "spec.steps"].into_iter().any(|other| route.starts_with(other))
}

/// What an amount is, what is expected, and the unit that a number without one probably lacks.
fn improbable(
    resource: &str,
    number: u64,
    is_of_cassandra: bool,
) -> Option<(String, &'static str, Option<&'static str>)> {
    let unit = if number < 100 { "Gi" } else { "Mi" };
    match resource {
        "cpu" if number > MOST_CPU => {
            Some((format!("{} cores", number / 1000), "at most 256 cores, such as 8 or 8000m", Some("m")))
        }
        "cpu" if is_of_cassandra && number < LEAST_CPU => {
            Some((format!("0.{number:03} cores"), "50m or more for Cassandra, such as 4 or 4000m", None))
        }
        "memory" | "ephemeral-storage" if number < LEAST_MEMORY => {
            Some((format!("{number} bytes"), "1Mi or more, such as 512Mi or 16Gi", Some(unit)))
        }
        "memory" if number > MOST_MEMORY => {
            Some((format!("{} TiB of memory", number >> 40), "at most 8Ti, such as 16Gi", None))
        }
        "storage" if number < LEAST_MEMORY => {
            Some((format!("{number} bytes"), "1Mi or more, such as 500Gi", Some("Gi")))
        }
        "storage" if number > LARGEST_VOLUME => {
            Some((format!("{} TiB", number >> 40), "at most 512Ti, such as 500Gi", None))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_in_the_wrong_unit_are_found_and_others_are_not() {
        let is_improbable = |resource: &str, text: &str| {
            let number = amount(resource, text).expect("a quantity");
            improbable(resource, number, true).is_some()
        };
        for (resource, text) in [
            ("cpu", "8000"),
            ("cpu", "500"),
            ("cpu", "4m"),
            ("memory", "8"),
            ("memory", "16384"),
            ("memory", "16384Gi"),
            ("storage", "500"),
            ("storage", "500Pi"),
            ("ephemeral-storage", "10"),
        ] {
            assert!(is_improbable(resource, text), "{resource}: {text}");
        }
        for (resource, text) in [
            ("cpu", "8"),
            ("cpu", "128"),
            ("cpu", "100m"),
            ("memory", "512Mi"),
            ("memory", "17179869184"),
            ("memory", "2Ti"),
            ("storage", "1Gi"),
            ("storage", "64Ti"),
            ("hugepages-2Mi", "2Mi"),
            ("example.com/device", "8000"),
        ] {
            assert!(!is_improbable(resource, text), "{resource}: {text}");
        }
    }
}
