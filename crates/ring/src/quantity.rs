//! Sizes as Kubernetes writes them. Called by the program in the cluster; the compiler has its own reader with positions.

/// The suffixes and what they multiply by.
const SUFFIXES: [(&str, u64); 12] = [
    ("Ki", 1 << 10),
    ("Mi", 1 << 20),
    ("Gi", 1 << 30),
    ("Ti", 1 << 40),
    ("Pi", 1 << 50),
    ("Ei", 1 << 60),
    ("k", 1_000),
    ("M", 1_000_000),
    ("G", 1_000_000_000),
    ("T", 1_000_000_000_000),
    ("P", 1_000_000_000_000_000),
    ("E", 1_000_000_000_000_000_000),
];

/// The bytes of a quantity such as `500Gi`, `1.5Ti` or `1000`, rounded up; `None` for another text or more than `u64` holds.
pub fn bytes(quantity: &str) -> Option<u64> {
    let suffix = SUFFIXES.iter().find(|(suffix, _)| quantity.ends_with(suffix));
    let (number, factor) =
        suffix.map_or((quantity, 1), |(suffix, factor)| (&quantity[..quantity.len() - suffix.len()], *factor));
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) || fraction.len() > 9 {
        return None;
    }
    let parts = 10_u128.pow(u32::try_from(fraction.len()).ok()?);
    let numerator =
        whole.parse::<u128>().ok()? * parts + if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
    u64::try_from((numerator * u128::from(factor)).div_ceil(parts)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_bytes() {
        assert_eq!(bytes("500Gi"), Some(500 << 30));
        assert_eq!(bytes("1.5Ti"), Some(3 << 39));
        assert_eq!(bytes("1000"), Some(1000));
        assert_eq!(bytes("2G"), Some(2_000_000_000));
        assert_eq!([bytes(""), bytes("Gi"), bytes("1e3"), bytes("-1"), bytes("99999999Ei")], [None; 5]);
    }
}
