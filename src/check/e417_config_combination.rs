//! E417: settings of cassandra.yaml with which Cassandra does not start, alone or in combination.

use std::collections::BTreeSet;

use cassc_cassandra::config_keys::table;
use cassc_ring::release::Minor;
use serde_json::Value;

use super::config_findings::{minor, shown};
use super::config_limits::{Equal, GUARDRAILS, LIMITS, Limits, PAIRS, Pair, SHIPPED_WARNINGS};
use super::config_refusal::Refusal;
use super::pod_files::PodFiles;
use super::settings::{Reader, Setting, Settings, amount, different_racks, in_form_of, name_in};
use super::{config_classes, config_conflicts, config_encryption, config_paths, config_sstables, config_words};
use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E417",
    name: "config-combination",
    summary: "Cassandra does not start with these settings",
    explain: "\
At its start Cassandra also checks limits and combinations of settings (`DatabaseDescriptor`), and stops at the first error.
The first pod of a rolling restart would not come back. cassc makes the same checks on the merged configuration of every rack,
as far as the topology is enough to decide them. Keystores, truststores and the directory of the audit log must be in the
published image or in a volume of the pod.

Change one of the settings that the message names, or add the volume.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let Some(minor) = minor(subject) else { return };
    let mut seen: BTreeSet<(Option<&str>, Vec<Route>)> = BTreeSet::new();
    let mut reader = Reader::new(minor);
    for place in different_racks(subject) {
        let settings = reader.settings(place);
        if settings.is_empty() {
            continue;
        }
        let found = limits(&settings, minor).into_iter().chain(pairs(&settings, minor));
        let found = found.chain(guardrails(&settings, minor)).chain(config_words::unknown_words(&settings, minor));
        let found = found.chain(config_encryption::without_key(place, &settings, minor));
        let found = found.chain(config_sstables::formats(&settings));
        let found = found.chain(config_classes::refusals(place, &settings, minor));
        for refusal in found.chain(config_conflicts::conflicts(place, &settings, minor)) {
            let routes = refusal.settings.iter().map(|(setting, _)| setting.route.clone()).collect();
            if seen.insert((refusal.topic, routes)) {
                complaints.extend(refusal.complaint(&RULE, subject));
            }
        }
    }
    let files = PodFiles::of(subject);
    for found in config_paths::faults(subject, &files).into_iter().filter(|found| found.fault.is_fatal()) {
        let at = |label: &str| subject.value(found.route.clone(), label);
        complaints.push(found.fault.complaint(&RULE, &files, &found.name, at));
    }
}

fn limits(settings: &Settings, minor: Minor) -> Vec<Refusal<'_>> {
    let known = LIMITS.iter().filter(|limits| (limits.since..=limits.until).contains(&minor));
    known.filter_map(|limits| beyond(limits, settings.get(limits.name)?, minor)).collect()
}

fn beyond<'s>(limits: &Limits, setting: &'s Setting, minor: Minor) -> Option<Refusal<'s>> {
    let value = amount(&setting.value)?;
    let of = |limit: &str| amount(&Value::String(limit.to_owned()));
    let below = limits.least.is_some_and(|least| of(least).is_some_and(|least| value < least));
    let above = limits.most.is_some_and(|most| of(most).is_some_and(|most| value > most));
    if !below && !above {
        return None;
    }
    let shown = |limit: &'static str| in_form_of(minor, limits.name, limit);
    let expected = match (limits.least.map(shown), limits.most.map(shown)) {
        (Some(least), Some(most)) => format!("{least} to {most}"),
        (Some(least), None) => format!("{least} or more"),
        (None, most) => format!("at most {}", most.unwrap_or_default()),
    };
    let message = format!("Cassandra does not start with `{}: {}`", setting.name, setting.written);
    Some(Refusal { expected: Some(expected), ..Refusal::new(message, &[setting]) })
}

fn pairs(settings: &Settings, minor: Minor) -> Vec<Refusal<'_>> {
    PAIRS.iter().filter_map(|pair| crossed(pair, settings, minor)).collect()
}

/// One side of a pair: what is written, or the default.
struct Side<'s> {
    value: f64,
    name: String,
    text: String,
    written: Option<&'s Setting>,
}

fn side<'s>(settings: &'s Settings, name: &str, default: Option<&str>, minor: Minor) -> Option<Side<'s>> {
    if let Some(setting) = settings.get(name) {
        let (name, text) = (setting.name.clone(), setting.written.clone());
        return Some(Side { value: amount(&setting.value)?, name, text, written: Some(setting) });
    }
    let value = amount(&Value::String(default?.to_owned()))?;
    let (name, text) = (name_in(minor, name), in_form_of(minor, name, default?));
    Some(Side { value, name, text, written: None })
}

fn crossed<'s>(pair: &Pair, settings: &'s Settings, minor: Minor) -> Option<Refusal<'s>> {
    let low = side(settings, pair.low, pair.defaults.0, minor)?;
    let high = side(settings, pair.high, pair.defaults.1, minor)?;
    let needed = low.value * pair.times;
    let refused = needed > high.value || (pair.equal == Equal::Refused && needed >= high.value);
    let written: Vec<&Setting> = [low.written, high.written].into_iter().flatten().collect();
    if !refused || written.is_empty() {
        return None;
    }
    let relation = match (pair.times > 1.0, pair.equal) {
        (true, _) => "more than half of",
        (false, Equal::Refused) => "not lower than",
        (false, Equal::Allowed) => "higher than",
    };
    let default = |side: &Side<'_>| if side.written.is_some() { "" } else { " (the default)" };
    let message = format!(
        "`{}` of {}{} is {relation} `{}` of {}{}",
        low.name,
        low.text,
        default(&low),
        high.name,
        high.text,
        default(&high)
    );
    let refusal = Refusal::new(message, &written).help(format!("lower `{}` or raise `{}`", low.name, high.name));
    Some(Refusal { topic: Some(pair.high), ..refusal })
}

/// Only by their own names: an older key that became a guardrail accepts other values.
fn guardrails(settings: &Settings, minor: Minor) -> Vec<Refusal<'_>> {
    let named = |name: &str, side: &str| {
        let name = format!("{name}_{side}_threshold");
        settings.get(&name).filter(|setting| setting.name == name)
    };
    let thresholds = GUARDRAILS.iter().copied().chain(["minimum_replication_factor"]);
    let found = thresholds.flat_map(|name| {
        let (warn, fail) = (named(name, "warn"), named(name, "fail"));
        let alone = [warn, fail].into_iter().flatten().filter_map(move |setting| not_a_threshold(name, setting));
        let together = warn.zip(fail).and_then(|(warn, fail)| wrong_way_round(name, warn, fail));
        alone.chain(together.or_else(|| below_default(name, warn, fail?, minor)))
    });
    found.collect()
}

/// A fail threshold below the default of its warn threshold, which is in our cassandra.yaml or in the code.
fn below_default<'s>(name: &str, warn: Option<&Setting>, fail: &'s Setting, minor: Minor) -> Option<Refusal<'s>> {
    let warning = format!("{name}_warn_threshold");
    let shipped = SHIPPED_WARNINGS.into_iter().find(|(guardrail, _)| minor >= Minor::V5_0 && *guardrail == name);
    let default = match shipped {
        Some((_, shipped)) => Value::String(shipped.to_owned()),
        None => table(minor).get(&warning)?.default.clone()?,
    };
    let (warns, fails) = (amount(&default)?, amount(&fail.value)?);
    (warn.is_none() && !name.starts_with("minimum_") && fails > 0.0 && fails < warns).then(|| {
        let default = shown(&default);
        let message =
            format!("`{warning}` of {default} (the default) is higher than `{}` of {}", fail.name, fail.written);
        Refusal::new(message, &[fail]).help(format!("add a lower `{warning}`"))
    })
}

fn not_a_threshold<'s>(name: &str, setting: &'s Setting) -> Option<Refusal<'s>> {
    let value = amount(&setting.value)?;
    let too_much = name == "data_disk_usage_percentage" && value > 100.0;
    let off = setting.value.is_number() && (-1.0..0.0).contains(&value);
    if value > 0.0 && !too_much || off {
        return None;
    }
    let message = format!("Cassandra does not start with `{}: {}`", setting.name, setting.written);
    let most = if too_much { " up to 100" } else { "" };
    let expected = match setting.value {
        Value::Number(_) => format!("a number{most}, at least 1, or -1 to disable it"),
        _ => "more than 0; remove it to disable it".to_owned(),
    };
    Some(Refusal { expected: Some(expected), ..Refusal::new(message, &[setting]) })
}

fn wrong_way_round<'s>(name: &str, warn: &'s Setting, fail: &'s Setting) -> Option<Refusal<'s>> {
    let (warns, fails) = (amount(&warn.value)?, amount(&fail.value)?);
    let on = warns > 0.0 && fails > 0.0;
    let minimum = name.starts_with("minimum_");
    let wrong = if minimum { fails > warns } else { fails < warns };
    (on && wrong).then(|| {
        let (relation, repair) = if minimum { ("lower", "raise") } else { ("higher", "lower") };
        let message =
            format!("`{}` of {} is {relation} than `{}` of {}", warn.name, warn.written, fail.name, fail.written);
        Refusal::new(message, &[warn, fail]).help(format!("{repair} `{}`, so that it warns first", warn.name))
    })
}
