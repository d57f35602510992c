//! The text of a quantity, read as the API server reads it: its parts, its amount in nanos, and whether the text itself is
//! kept. After apimachinery pkg/api/resource/quantity.go. Called when a [`Quantity`](super::Quantity) is made of a text.

use super::{Format, NANOS, QuantityError};

/// Nanos in 1000E, where upstream loses the suffix when it prints (`10000E` becomes `10`): nothing so large is
/// accepted.
const TOO_LARGE: i128 = NANOS * 1_000_000_000_000_000_000_000;
/// The API server caps amounts with a binary suffix here, in whole units (`maxAllowed` in quantity.go).
const BINARY_CAP: i128 = i64::MAX as i128;

/// The three parts of a quantity's text.
struct Parts<'a> {
    negative: bool,
    /// Digits before the dot, without leading zeros, at least `0`.
    whole: &'a str,
    /// Digits after the dot.
    fraction: &'a str,
    suffix: &'a str,
}

/// A suffix, understood.
struct Suffix {
    format: Format,
    /// The exponent of 2 for a binary suffix, of 10 otherwise.
    exponent: i32,
}

/// The amount of a text in nanos, its family of suffixes, and whether the API server keeps the text as it stands.
pub(super) fn parse(text: &str) -> Result<(i128, Format, bool), QuantityError> {
    let not_a_quantity = || QuantityError::NotAQuantity(text.to_owned());
    let parts = split(text).ok_or_else(not_a_quantity)?;
    let suffix = interpret(parts.suffix).ok_or_else(not_a_quantity)?;
    let magnitude = magnitude_nanos(&parts, &suffix)
        .filter(|nanos| *nanos < TOO_LARGE)
        .ok_or_else(|| QuantityError::TooLarge(text.to_owned()))?;
    let capped = if suffix.format == Format::BinarySi { magnitude.min(BINARY_CAP * NANOS) } else { magnitude };
    let nanos = if parts.negative { -capped } else { capped };
    Ok((nanos, suffix.format, is_kept(&parts, &suffix)))
}

/// Cuts the text into its parts. Stricter than upstream in one point: there must be a digit (upstream reads `.` as 0).
fn split(text: &str) -> Option<Parts<'_>> {
    let (negative, unsigned) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let number_end = unsigned.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(unsigned.len());
    let (number, suffix) = unsigned.split_at(number_end);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if fraction.contains('.') || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let stripped = whole.trim_start_matches('0');
    Some(Parts { negative, whole: if stripped.is_empty() { "0" } else { stripped }, fraction, suffix })
}

/// The meaning of a suffix, `None` for an unknown one.
fn interpret(suffix: &str) -> Option<Suffix> {
    let binary = |exponent| Some(Suffix { format: Format::BinarySi, exponent });
    let decimal = |exponent| Some(Suffix { format: Format::DecimalSi, exponent });
    match suffix {
        "Ki" => binary(10),
        "Mi" => binary(20),
        "Gi" => binary(30),
        "Ti" => binary(40),
        "Pi" => binary(50),
        "Ei" => binary(60),
        "n" => decimal(-9),
        "u" => decimal(-6),
        "m" => decimal(-3),
        "" => decimal(0),
        "k" => decimal(3),
        "M" => decimal(6),
        "G" => decimal(9),
        "T" => decimal(12),
        "P" => decimal(15),
        "E" => decimal(18),
        _ => {
            let exponent = suffix.strip_prefix(['e', 'E'])?.parse().ok()?;
            Some(Suffix { format: Format::DecimalExponent, exponent })
        }
    }
}

/// The amount without its sign in nanos, rounded up to a whole nano as upstream does; `None` when it does not fit.
fn magnitude_nanos(parts: &Parts, suffix: &Suffix) -> Option<i128> {
    let significant = parts.fraction.trim_end_matches('0');
    let digits: i128 = format!("{}{significant}", parts.whole).parse().ok()?;
    if digits == 0 {
        return Some(0);
    }
    let places = i32::try_from(significant.len()).ok()?;
    match suffix.format {
        Format::BinarySi => scale_by_ten(digits.checked_mul(1 << suffix.exponent)?, 9 - places),
        Format::DecimalSi | Format::DecimalExponent => {
            scale_by_ten(digits, suffix.exponent.checked_sub(places)?.checked_add(9)?)
        }
    }
}

/// `number * 10^exponent`, rounded up; `number` is positive.
fn scale_by_ten(number: i128, exponent: i32) -> Option<i128> {
    let power = 10_i128.checked_pow(exponent.unsigned_abs());
    match power {
        Some(power) if exponent >= 0 => number.checked_mul(power),
        Some(power) => Some(number / power + i128::from(number % power != 0)),
        None if exponent >= 0 => None,
        None => Some(1),
    }
}

/// Whether the API server keeps the user's text as it stands: upstream takes a short cut for texts that it takes to be
/// canonical already (`ParseQuantity` in quantity.go), among them some that are not, such as `1.500` or `1E3`.
fn is_kept(parts: &Parts, suffix: &Suffix) -> bool {
    let n_digits = i32::try_from(parts.whole.len() + parts.fraction.len()).unwrap_or(i32::MAX);
    if suffix.format == Format::BinarySi {
        let precise = n_digits <= 14 - suffix.exponent * 3 / 10;
        let low_bits = parts.whole.parse::<u64>().map_or(0, |value| value & 0x07);
        return parts.fraction.is_empty() && precise && low_bits != 0;
    }
    let n_places = i32::try_from(parts.fraction.len()).unwrap_or(i32::MAX);
    let scale = suffix.exponent.saturating_sub(n_places);
    let ends_in_thousands = format!("{}{}", parts.whole, parts.fraction).ends_with("000");
    n_digits <= 18 && scale >= -9 && scale % 3 == 0 && !ends_in_thousands && !parts.whole.starts_with('0')
}
