//! Kubernetes quantities (`1.5Gi`, `500m`, `1e3`): text in, an exact amount out, and back in the form that the API
//! server prints, so that a manifest never differs from what is stored. After apimachinery
//! pkg/api/resource/quantity.go. Called by the checks (amounts, comparisons), by the heap arithmetic (bytes) and by
//! the renderer (canonical text).

mod parse;
mod print;

use std::{cmp::Ordering, fmt, str::FromStr};

use thiserror::Error;

/// Nanos in one unit: the API server keeps no finer amounts.
const NANOS: i128 = 1_000_000_000;
/// Nanos in one thousandth of a unit.
const NANOS_PER_MILLI: i128 = 1_000_000;
/// Which family of suffixes an amount was written with; it is kept when the amount is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// `Ki`, `Mi`, `Gi`, `Ti`, `Pi`, `Ei`.
    BinarySi,
    /// `n`, `u`, `m`, nothing, `k`, `M`, `G`, `T`, `P`, `E`.
    DecimalSi,
    /// `e3`, `E-3`.
    DecimalExponent,
}

/// An exact amount of bytes, cores or pieces. Two quantities are equal when their amounts are: `1024Mi` equals `1Gi`.
#[derive(Clone, Debug)]
pub struct Quantity {
    nanos: i128,
    format: Format,
    /// The user's own text where the API server keeps it instead of printing the amount anew.
    kept: Option<Box<str>>,
}

/// Why a text is no usable quantity.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum QuantityError {
    /// The API server would refuse the text.
    #[error("`{0}` is not a quantity; write a number with a suffix, such as 16Gi, 500m or 4")]
    NotAQuantity(String),
    /// More than fits into any machine.
    #[error("`{0}` is too large")]
    TooLarge(String),
    /// A negative amount where only a positive one makes sense.
    #[error("`{0}` is negative")]
    Negative(String),
    /// Not a whole number of bytes.
    #[error("`{0}` is not a whole number of bytes")]
    FractionalBytes(String),
    /// Finer than the thousandth of a core.
    #[error("`{0}` is finer than 1m, a thousandth of a core")]
    BelowOneMilli(String),
}

impl FromStr for Quantity {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (nanos, format, is_kept) = parse::parse(text)?;
        Ok(Self { nanos, format, kept: is_kept.then(|| text.into()) })
    }
}

impl Quantity {
    /// The amount as bytes, for memory and storage.
    pub fn bytes(&self) -> Result<u64, QuantityError> {
        let amount = self.not_negative()?;
        if amount % NANOS != 0 {
            return Err(QuantityError::FractionalBytes(self.canonical()));
        }
        u64::try_from(amount / NANOS).map_err(|_| QuantityError::TooLarge(self.canonical()))
    }

    /// The amount in thousandths, for processors: `4` is 4000.
    pub(crate) fn millis(&self) -> Result<u64, QuantityError> {
        let amount = self.not_negative()?;
        if amount % NANOS_PER_MILLI != 0 {
            return Err(QuantityError::BelowOneMilli(self.canonical()));
        }
        u64::try_from(amount / NANOS_PER_MILLI).map_err(|_| QuantityError::TooLarge(self.canonical()))
    }

    /// Nothing.
    pub(crate) fn zero() -> Self {
        Self { nanos: 0, format: Format::DecimalSi, kept: None }
    }

    /// The sum, in the family of suffixes of the first that is not nothing; at most what fits.
    pub(crate) fn plus(&self, other: &Self) -> Self {
        let format = if self.nanos == 0 { other.format } else { self.format };
        Self { nanos: self.nanos.saturating_add(other.nanos), format, kept: None }
    }

    /// So many of it; at most what fits.
    pub(crate) fn times(&self, number: u32) -> Self {
        Self { nanos: self.nanos.saturating_mul(i128::from(number)), format: self.format, kept: None }
    }

    fn not_negative(&self) -> Result<i128, QuantityError> {
        if self.nanos < 0 { Err(QuantityError::Negative(self.canonical())) } else { Ok(self.nanos) }
    }

    /// The text that the API server stores and prints for this amount (`CanonicalizeBytes` in quantity.go): the largest
    /// suffix of the same family that needs no fraction. An amount with a binary suffix that is below 1024 or not whole
    /// is printed with a decimal one.
    pub(crate) fn canonical(&self) -> String {
        if self.nanos == 0 {
            return "0".to_owned();
        }
        if let Some(kept) = &self.kept {
            return kept.to_string();
        }
        let is_binary = self.format == Format::BinarySi && self.nanos % NANOS == 0 && self.nanos.abs() >= 1024 * NANOS;
        if is_binary { print::binary(self.nanos / NANOS) } else { print::decimal(self.nanos, self.format) }
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.canonical())
    }
}

impl PartialEq for Quantity {
    fn eq(&self, other: &Self) -> bool {
        self.nanos == other.nanos
    }
}

impl Eq for Quantity {}

impl PartialOrd for Quantity {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Quantity {
    fn cmp(&self, other: &Self) -> Ordering {
        self.nanos.cmp(&other.nanos)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn quantity(text: &str) -> Quantity {
        text.parse().expect("the test's quantity is well-formed")
    }

    /// Expectations after the tables of apimachinery `pkg/api/resource/quantity_test.go` (`TestQuantityString`,
    /// `TestQuantityParseEmit`, `TestQuantityParse`) and Argo CD `docs/faq.md`.
    #[test]
    fn canonical_texts_are_those_of_the_api_server() {
        let table = [
            ("1000m", "1"),
            ("0.1", "100m"),
            ("3072Mi", "3Gi"),
            ("3072", "3072"),
            ("1024Mi", "1Gi"),
            ("307200Ki", "300Mi"),
            ("1025024Mi", "1001Gi"),
            ("1024Gi", "1Ti"),
            ("5000m", "5"),
            ("0.5", "500m"),
            ("1000M", "1G"),
            ("0.001T", "1G"),
            ("1000u", "1m"),
            ("1.08", "1080m"),
            ("1080000000n", "1080m"),
            ("1025", "1025"),
            ("00", "0"),
            (".001e12", "1e9"),
            ("0.001e0", "1e-3"),
            ("1000e-12", "1e-9"),
            (".001Ki", "1024m"),
            (".000001Ki", "1024u"),
            (".000000001Ki", "1024n"),
            (".000000000001Ki", "2n"),
            ("1.5", "1500m"),
            ("1.5Gi", "1536Mi"),
            ("0Gi", "0"),
            ("9Ei", "9223372036854775807"),
            ("12E", "12E"),
            ("3.001n", "4n"),
            ("0.00000012345", "124n"),
            ("0.5Ki", "512"),
            ("100.035Ki", "102435840m"),
            ("1.3E+6", "1300e3"),
            ("1e14", "100e12"),
            ("0.05Gi", "53687091200m"),
            ("1500e-3", "1500e-3"),
        ];
        for (text, expected) in table {
            assert_eq!(quantity(text).canonical(), expected, "{text}");
            if expected != "0" {
                assert_eq!(quantity(&format!("-{text}")).canonical(), format!("-{expected}"), "-{text}");
            }
        }
    }

    #[test]
    fn a_text_that_the_api_server_takes_for_canonical_is_kept() {
        for text in ["1E3", "1.500", "500m", "16Gi", "100M", "1e3", "+5Mi", "1."] {
            assert_eq!(quantity(text).canonical(), text);
        }
    }

    #[test]
    fn texts_that_the_api_server_refuses_are_refused() {
        let upstream = ["", "1.1.M", "1+1.0M", "0.1mi", "0.1am", "aoeu", ".5i", "1i", "-3.01i", "-3.01e-", " 1", "1 "];
        let ours = [".", "-", "+", "-.", "e3", "1K", "1gi", "1GB", "1Gib", "0x10", "1_000", "١", "1é", "é", "++1"];
        for text in upstream.into_iter().chain(ours) {
            assert_eq!(text.parse::<Quantity>(), Err(QuantityError::NotAQuantity(text.to_owned())), "{text:?}");
        }
    }

    #[test]
    fn bytes_are_exact_or_an_error() {
        assert_eq!(quantity("1.5Gi").bytes(), Ok(1_610_612_736));
        assert_eq!(quantity("100M").bytes(), Ok(100_000_000));
        assert_eq!(quantity("1e3").bytes(), Ok(1000));
        assert_eq!(quantity("12E").bytes(), Ok(12_000_000_000_000_000_000));
        assert_eq!(quantity("500m").bytes(), Err(QuantityError::FractionalBytes("500m".into())));
        assert_eq!(quantity("-1Gi").bytes(), Err(QuantityError::Negative("-1Gi".into())));
        assert_eq!(quantity("20E").bytes(), Err(QuantityError::TooLarge("20E".into())));
        for text in ["1e40", "1000E", "-10000000000000T", "1e99999"] {
            assert_eq!(text.parse::<Quantity>(), Err(QuantityError::TooLarge(text.to_owned())));
        }
    }

    #[test]
    fn millis_are_exact_or_an_error() {
        assert_eq!(quantity("4").millis(), Ok(4000));
        assert_eq!(quantity("0.5").millis(), Ok(500));
        assert_eq!(quantity("1500m").millis(), Ok(1500));
        assert_eq!(quantity("0").millis(), Ok(0));
        assert_eq!(quantity("100u").millis(), Err(QuantityError::BelowOneMilli("100u".into())));
        assert_eq!(quantity("-1").millis(), Err(QuantityError::Negative("-1".into())));
    }

    #[test]
    fn sums_and_multiples_keep_the_suffixes() {
        let sum = |one: &str, other: &str| quantity(one).plus(&quantity(other)).canonical();
        assert_eq!(sum("500Gi", "524Gi"), "1Ti");
        assert_eq!(sum("1500m", "500m"), "2");
        assert_eq!(Quantity::zero().plus(&quantity("1Gi")).canonical(), "1Gi");
        assert_eq!(quantity("500Gi").times(3).canonical(), "1500Gi");
        assert_eq!(quantity("500m").times(0).canonical(), "0");
    }

    #[test]
    fn equality_is_of_amounts() {
        assert_eq!(quantity("1024Mi"), quantity("1Gi"));
        assert_eq!(quantity("1000m"), quantity("1"));
        assert!(quantity("1G") < quantity("1Gi") && quantity("-1") < quantity("0"));
    }

    proptest! {
        #[test]
        fn canonical_text_means_the_same_amount_and_is_stable(whole in 0_u64..1 << 32, places in 0_u32..1_000_000,
            suffix in prop::sample::select(vec!["", "n", "u", "m", "k", "M", "G", "Ki", "Mi", "Gi", "e2", "E-2"])) {
            let amount = quantity(&format!("{whole}.{places}{suffix}"));
            let again = quantity(&amount.canonical());
            prop_assert_eq!(&again, &amount);
            prop_assert_eq!(again.canonical(), amount.canonical());
        }

        #[test]
        fn no_text_makes_the_parser_stumble(text in "[-+]?[0-9.]{0,45}[eEinumkKMGTP]{0,3}[-+]?[0-9]{0,11}") {
            if let Ok(amount) = text.parse::<Quantity>() {
                let canonical = amount.canonical();
                prop_assert!(canonical.parse::<Quantity>().is_ok(), "{}", canonical);
            }
        }
    }
}
