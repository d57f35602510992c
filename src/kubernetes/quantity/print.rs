//! An amount, printed as the API server prints it (`CanonicalizeBytes` in apimachinery's quantity.go): the largest suffix of
//! its family that needs no fraction. Called by [`Quantity::canonical`](super::Quantity::canonical).

use super::Format;

/// An amount of whole units, not zero, with the largest binary suffix that divides it.
pub(super) fn binary(mut units: i128) -> String {
    let mut suffixes = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"].into_iter();
    let mut suffix = "";
    while units % 1024 == 0 {
        units /= 1024;
        suffix = suffixes.next().expect("an amount is at most 2^63 - 1, which 1024 divides six times at the most");
    }
    format!("{units}{suffix}")
}

/// An amount of nanos, not zero, with the largest power of 1000 that divides it.
pub(super) fn decimal(nanos: i128, format: Format) -> String {
    let (mut mantissa, mut exponent) = (nanos, -9_i32);
    while mantissa % 1000 == 0 {
        mantissa /= 1000;
        exponent += 3;
    }
    if format == Format::DecimalExponent {
        return if exponent == 0 { mantissa.to_string() } else { format!("{mantissa}e{exponent}") };
    }
    let suffix = match exponent {
        -9 => "n",
        -6 => "u",
        -3 => "m",
        0 => "",
        3 => "k",
        6 => "M",
        9 => "G",
        12 => "T",
        15 => "P",
        _ => "E",
    };
    format!("{mantissa}{suffix}")
}
