//! What a change asks of the Kubernetes cluster, in words.

use cassc_wording::counted_as;

use crate::plan::{Amount, Resources};

/// What a change asks of the Kubernetes cluster: `3 → 6 pods, 12 → 24 CPU, 48Gi → 96Gi memory`.
pub(in super::super) fn resources(resources: &Resources) -> String {
    let pods = resources.pods.map(|pods| {
        let to = counted_as(pods.to as usize, "pod", "pods");
        if pods.from == 0 { to } else { format!("{} → {to}", pods.from) }
    });
    let amount = |amount: &Option<Amount>, noun: &str| {
        amount.as_ref().map(|Amount { from, to }| {
            let (was, now) = (short(from), short(to));
            if from == "0" { format!("{now} {noun}") } else { format!("{was} → {now} {noun}") }
        })
    };
    let amounts = [
        pods,
        amount(&resources.cpu, "CPU"),
        amount(&resources.memory, "memory"),
        amount(&resources.storage, "storage"),
    ];
    amounts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// A quantity in few digits: `31500m` is 31.5, and `123840Mi` about 120.9Gi. The JSON has it exactly.
fn short(quantity: &str) -> String {
    const UNITS: [(&str, f64); 7] =
        [("m", 1000.0), ("Ki", 1024.0), ("Mi", 1024.0), ("Gi", 1024.0), ("M", 1000.0), ("G", 1000.0), ("", 1000.0)];
    const LARGER: [&str; 7] = ["", "Mi", "Gi", "Ti", "G", "T", "k"];
    let end = quantity.find(|c: char| !c.is_ascii_digit()).unwrap_or(quantity.len());
    let (number, unit) = quantity.split_at(end);
    let place = UNITS.iter().position(|(known, _)| *known == unit);
    let (Ok(number), Some(place)) = (number.parse::<f64>(), place) else { return quantity.to_owned() };
    if number < 10_000.0 && unit != "m" {
        return quantity.to_owned();
    }
    let places = if unit == "m" { 3 } else { 1 };
    let text = format!("{:.places$}", number / UNITS[place].1);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    short(&format!("{text}{}", LARGER[place]))
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn quantities_are_short() {
        let table = [
            ("31500m", "31.5"),
            ("6250m", "6.25"),
            ("500m", "0.5"),
            ("12", "12"),
            ("123840Mi", "120.9Gi"),
            ("1024000Mi", "1000Gi"),
            ("1500Gi", "1500Gi"),
            ("30000Gi", "29.3Ti"),
            ("12000G", "12T"),
            ("0", "0"),
        ];
        for (exact, expected) in table {
            assert_eq!(short(exact), expected);
        }
    }
}
