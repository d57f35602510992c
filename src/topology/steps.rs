//! The program in the cluster.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Resources;
use super::pod::ResourceTable;

/// The default requests of the program: it waits most of the time, and holds a few answers of a few hundred nodes.
pub(crate) const STEP_REQUESTS: ResourceTable = &[("cpu", "20m"), ("memory", "64Mi")];
/// The default limits of the program.
pub(crate) const STEP_LIMITS: ResourceTable = &[("memory", "256Mi")];

/// The program `cassc-step`, which does in the Kubernetes cluster what no manifest can express: nodes leave the ring before
/// their pods go, pods restart one at a time, roles are created. It runs as a Job.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Steps {
    /// Whether the program runs. Without `steps` it does not, and the steps of the plan are yours. Turning it on restarts
    /// no pod.
    pub enabled: bool,
    /// The image of the program, with a tag or, better, a digest. Defaults to the published image of the generation of defaults
    /// (`spec.revision`). Example: `registry.example.com/cassc-step:0.1.0`.
    pub image: Option<String>,
    /// Requests and limits of the program. Default: requests 20m CPU and 64Mi memory, limit 256Mi memory.
    #[serde(default)]
    pub resources: Resources,
    /// When the program runs again without a change of the topology, as a CronJob: five fields in the form of cron, in UTC, such
    /// as `"17 3 * * *"`. It finds what changed beside Git: a number of replicas, a rotated Secret. By default only the Job runs.
    pub schedule: Option<String>,
}

/// The longest name of a role, in bytes. Cassandra has no limit; what people type is far below.
pub(crate) const LONGEST_ROLE_NAME: usize = 200;

/// Whether a text can be the name of a role of the topology: on one line, without blanks at its ends. `cassandra` is the
/// default role, which the program locks.
pub(crate) fn is_role_name(name: &str) -> bool {
    let fits = !name.is_empty() && name.len() <= LONGEST_ROLE_NAME && name.trim() == name;
    fits && name != DEFAULT_ROLE && !name.contains(char::is_control)
}

/// The role that Cassandra creates by itself, with a known password.
pub(crate) const DEFAULT_ROLE: &str = "cassandra";

/// The five fields of a schedule: their names, the numbers that they may have, and the words that stand for the first of
/// these numbers and those after it.
const FIELDS: [(&str, u32, u32, &[&str]); 5] = [
    ("minute", 0, 59, &[]),
    ("hour", 0, 23, &[]),
    ("day of the month", 1, 31, &[]),
    ("month", 1, 12, &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]),
    ("day of the week", 0, 6, &["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
];

/// What is wrong with a schedule, as the parser of Kubernetes' CronJobs reads it (`github.com/robfig/cron/v3`, `ParseStandard`);
/// `None` for a valid one. Its descriptors (`@daily`) and time zones are not among what a topology may write: the first
/// have the program run in all clusters at once.
pub(crate) fn schedule_fault(schedule: &str) -> Option<String> {
    let written: Vec<&str> = schedule.split_ascii_whitespace().collect();
    if schedule.contains(|c: char| c.is_control()) || written.len() != FIELDS.len() {
        return Some("not five fields on one line".to_owned());
    }
    let field = |(written, (name, least, most, words)): (&str, (&str, u32, u32, &[&str]))| {
        let fits = written.split(',').all(|range| is_range(range, least, most, words));
        (!fits).then(|| format!("`{written}` is no {name}"))
    };
    written.into_iter().zip(FIELDS).find_map(field)
}

/// A number, `*` or `?`, `2-5`, and each with a step: `*/15`, `3/5`, `2-10/2`.
fn is_range(range: &str, least: u32, most: u32, words: &[&str]) -> bool {
    let (range, step) = range.split_once('/').map_or((range, None), |(range, step)| (range, Some(step)));
    let is_step = step.is_none_or(|step| digits(step).is_some_and(|step| step > 0 && step <= most));
    let value = |text: &str| {
        let word = words.iter().position(|word| text.eq_ignore_ascii_case(word));
        let number = word.and_then(|it| u32::try_from(it).ok()).map(|it| it + least).or_else(|| digits(text));
        number.filter(|number| (least..=most).contains(number))
    };
    let fits = match range.split_once('-') {
        None if range == "*" || range == "?" => true,
        None => value(range).is_some(),
        Some((from, to)) => value(from).zip(value(to)).is_some_and(|(from, to)| from <= to),
    };
    fits && is_step
}

fn digits(text: &str) -> Option<u32> {
    text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `ParseStandard` of robfig/cron accepts and refuses (its `parser_test.go`), but for descriptors and time zones.
    #[test]
    fn schedules_are_those_of_kubernetes() {
        let good = ["17 3 * * *", "*/15 * * * *", "0 0 1,15 * ?", "5-10/2 1-5 31 DEC sun-sat", "0/5 0 * jan-mar,7 6"];
        for schedule in good {
            assert_eq!(schedule_fault(schedule), None, "{schedule}");
        }
        let bad = [
            ("", "not five fields on one line"),
            ("* * * *", "not five fields on one line"),
            ("0 * * * * *", "not five fields on one line"),
            ("@daily", "not five fields on one line"),
            ("* * * *\n*", "not five fields on one line"),
            ("60 * * * *", "`60` is no minute"),
            ("* 24 * * *", "`24` is no hour"),
            ("* * 0 * *", "`0` is no day of the month"),
            ("* * * 13 *", "`13` is no month"),
            ("* * * * 7", "`7` is no day of the week"),
            ("* * * * xyz", "`xyz` is no day of the week"),
            ("5-1 * * * *", "`5-1` is no minute"),
            ("*/0 * * * *", "`*/0` is no minute"),
            ("+1 * * * *", "`+1` is no minute"),
            ("1,, * * * *", "`1,,` is no minute"),
            ("1-2-3 * * * *", "`1-2-3` is no minute"),
        ];
        for (schedule, fault) in bad {
            assert_eq!(schedule_fault(schedule).as_deref(), Some(fault), "{schedule}");
        }
    }

    #[test]
    fn names_of_roles_are_short_and_not_the_default_one() {
        assert!(["app", "shop_app", "Ünal", "two words"].into_iter().all(is_role_name));
        let long = "x".repeat(LONGEST_ROLE_NAME + 1);
        assert!(!["", " app", "cassandra", "a\nb", &long].into_iter().any(is_role_name));
    }
}
