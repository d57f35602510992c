//! What a JVM makes of a list of options: findings, each at the position of its option. Follows `Arguments` of `HotSpot`
//! (`arguments.cpp` of JDK 8, 11 and 17), which reads options in their order and ends at the first that it refuses.

use cassc_wording::nearest;

use super::replaced::instead;
use super::table::{Architecture, JDKS, OptionTable, Unlock, VmOption, options_of};

/// A finding about an option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The position of the option in the list.
    pub index: usize,
    /// Its name, without `-XX:` and sign.
    pub name: String,
    /// What it is.
    pub problem: Problem,
}

/// What is wrong with an option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The JDK has no such option.
    Unknown {
        /// The newest older JDK that has it.
        last_in: Option<u32>,
        /// The oldest newer JDK that has it.
        first_in: Option<u32>,
        /// What to do.
        help: Option<String>,
    },
    /// It has to be unlocked first.
    Locked(Unlock),
    /// It is a switch, but written as an amount or a text, or with something behind its name.
    NotASwitch,
    /// It takes a value, but is written as a switch or without one.
    NoValue,
    /// It does not take the value: what it takes.
    WrongValue(String),
    /// It works, but was deprecated: since when, and what to write instead.
    Deprecated(u32, Option<&'static str>),
    /// It has no effect since a release of the JDK.
    Ignored(u32),
    /// It would be refused, but `-XX:+IgnoreUnrecognizedVMOptions` makes the JVM ignore it.
    Tolerated,
    /// Only a JVM for 64-bit ARM has it.
    ArmOnly,
}

impl Problem {
    /// Whether the JVM refuses to start.
    pub fn is_fatal(&self) -> bool {
        matches!(self, Self::Unknown { .. } | Self::Locked(_) | Self::NotASwitch | Self::NoValue | Self::WrongValue(_))
    }
}

/// What a JVM makes of options that follow others in its command line; of those only what they unlock matters. Options that
/// do not begin with `-XX:` are passed over, and so is everything for a JDK without a table.
pub fn examine(jdk: u32, before: &[&str], options: &[&str]) -> Vec<Finding> {
    let Some(table) = options_of(jdk) else { return Vec::new() };
    let ignores = options.iter().rev().find_map(|option| switched(option, "IgnoreUnrecognizedVMOptions"));
    let found = options.iter().enumerate().filter_map(|(index, option)| {
        let written = Written::of(option)?;
        let unlocked = |unlock: Unlock| {
            let earlier = before.iter().chain(&options[..index]).rev();
            earlier.into_iter().find_map(|option| is_switched(option, unlock.option())) == Some(true)
        };
        let problem = problem(jdk, table, written, unlocked)?;
        // JDK 8 ignores everything that it cannot read, later ones only unknown names.
        let overlooked = ignores == Some(true) && problem.is_fatal();
        let overlooked = overlooked && (jdk <= 8 || matches!(problem, Problem::Unknown { .. }));
        let problem = if overlooked { Problem::Tolerated } else { problem };
        Some(Finding { index, name: written.name.to_owned(), problem })
    });
    let mut found: Vec<Finding> = found.collect();
    let unknown = found.iter_mut().filter(|finding| matches!(finding.problem, Problem::Unknown { help: None, .. }));
    unknown.take(SUGGESTIONS).for_each(|finding| suggest(table, finding));
    found
}

/// So many misspelt options get a suggestion: each is compared with a thousand names.
const SUGGESTIONS: usize = 50;

fn suggest(table: &OptionTable, finding: &mut Finding) {
    let known = table.options().iter().filter(|option| option.kind.is_some()).map(|option| option.name);
    let near = nearest(&finding.name, known).map(|near| format!("did you mean `{near}`?"));
    if let Problem::Unknown { help, .. } = &mut finding.problem {
        *help = near;
    }
}

/// An option, taken apart.
#[derive(Clone, Copy, Debug)]
struct Written<'o> {
    sign: bool,
    name: &'o str,
    value: Option<&'o str>,
}

impl<'o> Written<'o> {
    fn of(option: &'o str) -> Option<Self> {
        let text = option.trim().strip_prefix("-XX:")?;
        let unsigned = text.strip_prefix(['+', '-']);
        let (name, value) = match unsigned.unwrap_or(text).split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (unsigned.unwrap_or(text), None),
        };
        Some(Self { sign: unsigned.is_some(), name, value })
    }
}

/// Whether an option is switched on or off; `None` when neither.
fn switched(option: &str, name: &str) -> Option<bool> {
    is_switched(option, &format!("-XX:+{name}"))
}

fn is_switched(option: &str, on: &str) -> Option<bool> {
    let option = option.trim();
    if option == on {
        return Some(true);
    }
    (option == on.replacen('+', "-", 1)).then_some(false)
}

fn problem(jdk: u32, table: &OptionTable, written: Written<'_>, unlocked: impl Fn(Unlock) -> bool) -> Option<Problem> {
    let Some(option) = table.get(written.name) else { return Some(unknown(jdk, written.name)) };
    if let Some(release) = option.ignored_since {
        return Some(Problem::Ignored(release));
    }
    if let Some(unlock) = option.unlock.filter(|unlock| !unlocked(*unlock)) {
        return Some(Problem::Locked(unlock));
    }
    let kind = option.kind.unwrap_or_default();
    let malformed = match (kind, written.sign, written.value) {
        ("bool", true, None) => None,
        ("bool", ..) => Some(Problem::NotASwitch),
        (_, true, _) | (_, _, None) => Some(Problem::NoValue),
        (_, false, Some(value)) => expected(jdk, option, kind, value).map(Problem::WrongValue),
    };
    let deprecated = || option.deprecated_in.map(|release| Problem::Deprecated(release, option.instead));
    let arm_only = || (option.only_on == Some(Architecture::Arm)).then_some(Problem::ArmOnly);
    malformed.or_else(deprecated).or_else(arm_only)
}

/// Without a suggestion for a name that no JDK has.
fn unknown(jdk: u32, name: &str) -> Problem {
    let has_it = |jdk: u32| options_of(jdk).is_some_and(|table| table.get(name).is_some_and(|it| it.kind.is_some()));
    let last_in = JDKS.into_iter().rev().find(|older| *older < jdk && has_it(*older));
    let first_in = JDKS.into_iter().find(|newer| *newer > jdk && has_it(*newer));
    let elsewhere = (last_in.is_some() || first_in.is_some()).then(|| "remove it".to_owned());
    Problem::Unknown { last_in, first_in, help: instead(jdk, name).or(elsewhere) }
}

/// What an option takes, when it does not take a value.
fn expected(jdk: u32, option: &VmOption, kind: &str, value: &str) -> Option<String> {
    let (least, most): (i128, i128) = match kind {
        "int" => (i32::MIN.into(), i32::MAX.into()),
        "uint" => (0, u32::MAX.into()),
        "intx" => (i64::MIN.into(), i64::MAX.into()),
        "uintx" | "uint64_t" | "size_t" => (0, u64::MAX.into()),
        "double" => return (!is_decimal(value)).then(|| "a number such as 1.5".to_owned()),
        _ => return None,
    };
    let bounds = option.range.and_then(|(least, most)| Some((least.parse().ok()?, most.parse().ok()?)));
    let (least, most) = bounds.unwrap_or((least, most));
    let fits = amount(jdk, value).is_some_and(|amount| (least..=most).contains(&amount));
    (!fits).then(|| {
        // Limits that are the type's own are not printed.
        let huge = most >= i128::from(i32::MAX);
        match (least.is_negative(), huge) {
            (_, false) => format!("a whole number from {} to {most}", least.max(i64::from(i32::MIN).into())),
            (true, true) => "a whole number such as 100, 64m or 2g".to_owned(),
            (false, true) => format!("a whole number such as 100, 64m or 2g, at least {least}"),
        }
    })
}

/// A whole number with an optional suffix `k`, `m`, `g` or `t`; hexadecimal since JDK 9.
fn amount(jdk: u32, text: &str) -> Option<i128> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let hexadecimal = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")).filter(|_| jdk > 8);
    let (digits, base) = hexadecimal.map_or((digits, 10), |digits| (digits, 16));
    let size = digits.chars().last().and_then(|suffix| match suffix.to_ascii_lowercase() {
        'k' => Some(1 << 10),
        'm' => Some(1 << 20),
        'g' => Some(1 << 30),
        't' => Some(1_i128 << 40),
        _ => None,
    });
    let digits = if size.is_some() { &digits[..digits.len() - 1] } else { digits };
    let plain = !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(base));
    let number = i128::from(u64::from_str_radix(digits, base).ok().filter(|_| plain)?);
    let number = number.checked_mul(size.unwrap_or(1))?;
    Some(if negative { -number } else { number })
}

fn is_decimal(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-')) && text.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(jdk: u32, option: &str) -> Option<Problem> {
        examine(jdk, &[], &[option]).pop().map(|finding| finding.problem)
    }

    fn help(jdk: u32, option: &str) -> Option<String> {
        let Some(Problem::Unknown { help, .. }) = only(jdk, option) else { unreachable!("no JDK has {option}") };
        help
    }

    #[test]
    fn what_every_jdk_has_is_taken_by_every_one() {
        for jdk in JDKS {
            for option in
                ["-XX:MaxGCPauseMillis=500", "-XX:MaxDirectMemorySize=4G", "-XX:+AlwaysPreTouch", "-Xss1m", "x"]
            {
                assert_eq!(only(jdk, option), None, "{jdk} {option}");
            }
        }
    }

    #[test]
    fn a_misspelt_option_gets_the_nearest_name() {
        assert_eq!(help(17, "-XX:MaxGCPauseMilis=300").as_deref(), Some("did you mean `MaxGCPauseMillis`?"));
        assert_eq!(help(8, "-XX:+alwayspretouch").as_deref(), Some("did you mean `AlwaysPreTouch`?"));
        assert_eq!(help(11, "-XX:Nonsense=1"), None);
    }

    #[test]
    fn an_option_of_another_jdk_is_told_apart_from_nonsense() {
        let gone = only(17, "-XX:CMSInitiatingOccupancyFraction=66");
        assert!(matches!(gone, Some(Problem::Unknown { last_in: Some(11), first_in: None, .. })), "{gone:?}");
        let not_yet = only(8, "-XX:SoftMaxHeapSize=4G");
        assert!(matches!(not_yet, Some(Problem::Unknown { last_in: None, first_in: Some(17), .. })), "{not_yet:?}");
    }

    #[test]
    fn what_needs_an_unlock_needs_it_before() {
        let unlock = "-XX:+UnlockDiagnosticVMOptions";
        let locked = Some(Problem::Locked(Unlock::Diagnostic));
        assert_eq!(only(17, "-XX:+PrintInlining"), locked);
        assert_eq!(examine(17, &[], &[unlock, "-XX:+PrintInlining"]), []);
        assert_eq!(examine(17, &[unlock], &["-XX:+PrintInlining"]), []);
        assert_eq!(examine(17, &[], &["-XX:+PrintInlining", unlock]).len(), 1);
        assert_eq!(examine(17, &[unlock], &["-XX:-UnlockDiagnosticVMOptions", "-XX:+PrintInlining"]).len(), 1);
    }

    #[test]
    fn values_are_judged_by_the_type_and_the_range() {
        let refused = ["abc", "", "-1", "0", "1kk", "1.5", "18446744073709551616", "1 0"];
        for value in refused {
            let found = only(17, &format!("-XX:MaxGCPauseMillis={value}"));
            assert!(matches!(found, Some(Problem::WrongValue(_))), "{value}: {found:?}");
        }
        assert_eq!(only(17, "-XX:MaxGCPauseMillis=0x10"), None);
        assert!(only(8, "-XX:MaxGCPauseMillis=0x10").is_some());
        assert_eq!(
            only(17, "-XX:MaxTenuringThreshold=17"),
            Some(Problem::WrongValue("a whole number from 0 to 16".into()))
        );
        assert_eq!(only(17, "-XX:+MaxGCPauseMillis"), Some(Problem::NoValue));
        assert_eq!(only(17, "-XX:UseLargePages=true"), Some(Problem::NotASwitch));
        assert_eq!(only(17, "-XX:HeapDumpPath=/x y"), None);
    }

    #[test]
    fn ignoring_what_is_not_recognized_makes_a_jvm_lenient() {
        let ignoring = |jdk, option| examine(jdk, &[], &["-XX:+IgnoreUnrecognizedVMOptions", option]).pop();
        assert_eq!(ignoring(17, "-XX:Nonsense=1").map(|it| it.problem), Some(Problem::Tolerated));
        assert_eq!(ignoring(8, "-XX:MaxGCPauseMillis=abc").map(|it| it.problem), Some(Problem::Tolerated));
        assert!(ignoring(17, "-XX:MaxGCPauseMillis=abc").is_some_and(|it| it.problem.is_fatal()));
    }

    #[test]
    fn old_options_that_still_pass_are_named_so() {
        assert_eq!(only(17, "-XX:-UseBiasedLocking"), Some(Problem::Deprecated(15, None)));
        assert_eq!(only(11, "-XX:+PrintGCDetails"), Some(Problem::Deprecated(9, Some("-Xlog:gc*"))));
        assert_eq!(only(8, "-XX:MaxPermSize=256m"), Some(Problem::Ignored(8)));
    }
}
