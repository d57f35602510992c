//! The only way from a topology to a cluster: [`check`] runs the rules, and what they find no error in is [`Checked`],
//! which alone can be resolved ([`crate::resolve`]). Called by [`crate::compile`] and the reader of what is
//! deployed.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;

use rayon::prelude::*;

use super::{OVERRIDE, complaints, complaints_beside};
use crate::diagnostic::{Diagnostic, DocumentId, Label, MOST_ERRORS, Part, Place, Route, Severity};
use crate::parse::{Doubtful, Parsed, Reading};

/// A topology in which no rule found an error. Its field is private, and there is no other way to make one than to run
/// the rules: whoever holds it may rely on them. It cannot be changed.
#[derive(Debug)]
pub struct Checked(Parsed);

impl Deref for Checked {
    type Target = Parsed;

    fn deref(&self) -> &Parsed {
        &self.0
    }
}

/// What came out of checking.
#[derive(Debug)]
pub struct Checkup {
    /// All diagnostics, those of reading first.
    pub complaints: Vec<Diagnostic>,
    /// The topologies, in their order; none when a complaint is an error.
    pub accepted: Vec<Checked>,
}

/// Checks topologies that are compiled together: what was read, with what reading complained about. One error anywhere, and
/// none is accepted. `of_overrides` looks at topologies with overrides in which the rules found no error
/// ([`crate::overrides::complaints`]). What was found goes through `settle`, which may take away warnings and add complaints
/// ([`crate::catalogue::settle`]); an error that it takes away counts all the same. Of what is doubtful only complaints come
/// out.
pub fn check(
    Reading { parsed, doubtful, complaints: read_errors, .. }: Reading,
    of_overrides: impl Fn(&Checked) -> Vec<Diagnostic> + Sync,
    settle: impl Fn(&[Parsed], Vec<Diagnostic>) -> Vec<Diagnostic>,
) -> Checkup {
    let mut found = complaints(&parsed);
    found.extend(complaints_of_overrides(&parsed, &found, of_overrides));
    let is_refused = has_error(&found) || !doubtful.is_empty();
    let settled = settle(&parsed, found);
    let of_doubtful = of_doubtful(&parsed, &doubtful, settle);
    let complaints: Vec<Diagnostic> = read_errors.into_iter().chain(settled).chain(of_doubtful).collect();
    let is_accepted = !is_refused && !has_error(&complaints);
    let accepted = parsed.into_iter().filter(|_| is_accepted).map(Checked).collect();
    Checkup { complaints, accepted }
}

/// Looks at overrides where the rules found no error. After so many errors that rules gave up, nobody looks any further.
fn complaints_of_overrides(
    parsed: &[Parsed],
    found: &[Diagnostic],
    of_overrides: impl Fn(&Checked) -> Vec<Diagnostic> + Sync,
) -> Vec<Diagnostic> {
    let errors: Vec<&Diagnostic> = found.iter().filter(|complaint| complaint.severity == Severity::Error).collect();
    if errors.len() >= MOST_ERRORS {
        return Vec::new();
    }
    let document = |label: &Label| match label.place {
        Place::Value { document, .. } => Some(document),
        Place::Bytes { .. } => None,
    };
    let refused: BTreeSet<DocumentId> = errors.iter().flat_map(|it| it.labels.iter().filter_map(document)).collect();
    let is_sound = |it: &&Parsed| !it.topology.spec.overrides.is_empty() && !refused.contains(&it.document);
    let sound: Vec<&Parsed> = parsed.iter().filter(is_sound).collect();
    let mut of_text: BTreeMap<usize, usize> = BTreeMap::new();
    let beyond = sound.iter().find(|it| {
        let seen = of_text.entry(it.document.text).or_default();
        *seen += 1;
        *seen > MOST_OVERRIDDEN
    });
    if let Some(beyond) = beyond {
        return vec![too_many_overridden(beyond.document)];
    }
    let checked = |it: &Parsed| Checked(Parsed { document: it.document, topology: it.topology.clone() });
    sound.par_iter().flat_map_iter(|parsed| of_overrides(&checked(parsed))).collect()
}

/// So many topologies of one file may have overrides: each is rendered to judge them.
const MOST_OVERRIDDEN: usize = 1000;

fn too_many_overridden(document: DocumentId) -> Diagnostic {
    let place = Place::Value { document, route: Route::of("spec.overrides"), part: Part::Key };
    let message = format!("more than {MOST_OVERRIDDEN} topologies of this file have overrides");
    let complaint = OVERRIDE.complain(message, Label { place, text: String::new() });
    complaint.help("split the fleet into several files")
}

/// Beside so many topologies a doubtful one is looked at for collisions; among more it is checked alone.
const MOST_BESIDE: usize = 100;

/// What is wrong with doubtful topologies whatever stands at the doubtful places: what every reading brings up, away from
/// those places. Readings whose stand-in is itself refused tell nothing of the rest, and count only where all are.
fn of_doubtful(
    sound: &[Parsed],
    doubtful: &[Doubtful],
    settle: impl Fn(&[Parsed], Vec<Diagnostic>) -> Vec<Diagnostic>,
) -> Vec<Diagnostic> {
    let sound = if sound.len() > MOST_BESIDE { &[] } else { sound };
    doubtful.iter().flat_map(|doubtful| common(sound, doubtful, &settle)).collect()
}

fn common(
    sound: &[Parsed],
    doubtful: &Doubtful,
    settle: impl Fn(&[Parsed], Vec<Diagnostic>) -> Vec<Diagnostic>,
) -> Vec<Diagnostic> {
    let checked = doubtful.readings.iter().map(|reading| {
        let found = settle(std::slice::from_ref(reading), complaints_beside(sound, reading));
        let is_refused = found.iter().any(|it| it.severity == Severity::Error && is_within(doubtful, it));
        (is_refused, found.into_iter().filter(|it| !touches(doubtful, it)).collect::<Vec<_>>())
    });
    let (refused, fitting): (Vec<_>, Vec<_>) = checked.partition(|(is_refused, _)| *is_refused);
    let mut readings = if fitting.is_empty() { refused } else { fitting }.into_iter().map(|(_, clear)| clear);
    let mut common = readings.next().unwrap_or_default();
    for other in readings {
        common.retain(|complaint| other.contains(complaint));
    }
    // The warning that an entry accepts may be at a doubtful place, and a doubtful entry may accept any.
    let accepts_any = doubtful.touches_below(&Route::of("spec.accept"));
    common.retain(|complaint| !is_judged_by(doubtful, complaint.code));
    common.retain(|complaint| complaint.code != "W604" && !(accepts_any && complaint.code.starts_with('W')));
    common
}

/// Rules that compare a value with others far from it, which their complaints do not show.
const JUDGED_BY: [(&str, &str); 5] = [
    ("E611", "spec.repair.reaper.storage"),
    ("E613", "spec.operations"),
    ("E614", "metadata.name"),
    ("E614", "spec.datacenters"),
    ("E619", "spec.repair.reaper.storage"),
];

/// Whether a rule compares with a value that is doubtful.
fn is_judged_by(doubtful: &Doubtful, code: &str) -> bool {
    JUDGED_BY.iter().any(|(of, place)| *of == code && doubtful.touches_below(&Route::of(place)))
}

/// Whether any of the places of a complaint is doubtful.
fn touches(doubtful: &Doubtful, complaint: &Diagnostic) -> bool {
    complaint.labels.iter().any(|label| is_doubtful(doubtful, label))
}

/// Whether a complaint is about a doubtful value alone.
fn is_within(doubtful: &Doubtful, complaint: &Diagnostic) -> bool {
    complaint.labels.iter().all(|label| is_doubtful(doubtful, label))
}

fn is_doubtful(doubtful: &Doubtful, label: &Label) -> bool {
    let document = doubtful.readings.first().map(|reading| reading.document);
    match &label.place {
        Place::Value { document: of, route, .. } => Some(*of) == document && doubtful.is_doubtful(route),
        Place::Bytes { .. } => false,
    }
}

fn has_error(complaints: &[Diagnostic]) -> bool {
    complaints.iter().any(|complaint| complaint.severity == Severity::Error)
}

/// Topologies for the tests of other modules.
#[cfg(test)]
pub(crate) mod fixtures {
    use super::{Checked, Checkup, check};
    use crate::parse::parse;
    use crate::parse::source::{Origin, Source};

    /// The only topology of a text in which nothing is wrong.
    pub(crate) fn checked(text: &str) -> Checked {
        let source = Source { name: "shop.yaml".to_owned(), bytes: text.into(), origin: Origin::Named };
        let Checkup { complaints, mut accepted } = check(parse(vec![source]), |_| Vec::new(), |_, found| found);
        assert_eq!(accepted.len(), 1, "{complaints:#?}\n{text}");
        accepted.remove(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{Warnings, settle};
    use crate::parse::parse;
    use crate::parse::source::{Origin, Source};

    const SHOP: &str = "apiVersion: cassc/v1alpha1\nkind: CassandraTopology\nmetadata: {name: shop}\nspec:\n  \
                        cassandra: {version: 4.1.9}\n  resources: {limits: {memory: 8Gi}}\n  storage: {size: 10Gi}\n  \
                        datacenters: [{name: dc1, nodes: 3}]\n";

    /// The codes of the complaints, and how many topologies were accepted.
    fn checked(texts: &[&str], warnings: Warnings) -> (Vec<&'static str>, usize) {
        let source = |text: &&str| Source { name: "a".to_owned(), bytes: (*text).into(), origin: Origin::Named };
        let reading = parse(texts.iter().map(source).collect());
        let settled = |parsed: &[Parsed], found| settle(parsed, found, warnings);
        let Checkup { complaints, accepted } = check(reading, |_| Vec::new(), settled);
        (complaints.iter().map(|complaint| complaint.code).collect(), accepted.len())
    }

    fn accepting(code: &str) -> String {
        format!("{SHOP}  accept: [{{code: {code}, reason: a test}}]\n")
    }

    #[test]
    fn a_warning_may_be_accepted_and_an_error_may_not() {
        assert_eq!(checked(&[SHOP], Warnings::Show), (vec!["W113"], 1));
        assert_eq!(checked(&[SHOP], Warnings::Deny), (vec!["W113"], 0));
        assert_eq!(checked(&[&accepting("W113")], Warnings::Deny), (vec![], 1));
        let without_size = accepting("E206").replace("{size: 10Gi}", "{}");
        assert_eq!(checked(&[&without_size], Warnings::Show), (vec!["E206", "W113", "E603"], 0));
    }

    #[test]
    fn an_error_in_one_text_accepts_none_of_the_topologies() {
        let other = SHOP.replace("name: shop", "name: other").replace("dc1", "dc2");
        assert_eq!(checked(&[SHOP, &other], Warnings::Show), (vec!["W113", "W113"], 2));
        assert_eq!(checked(&[SHOP, &other.replace("10Gi", "lots")], Warnings::Show), (vec!["W113", "E201", "W113"], 0));
        assert_eq!(checked(&[SHOP, "{}\n"], Warnings::Show), (vec!["E007", "W113"], 0));
        assert_eq!(checked(&[SHOP, SHOP], Warnings::Show).1, 0, "two clusters of one name");
    }

    #[test]
    fn a_file_of_more_topologies_with_overrides_than_can_be_judged_is_refused() {
        let spec = SHOP.split_once("spec:\n").map(|(_, spec)| spec).unwrap_or_default();
        let shop = |number: usize| {
            format!(
                "---\napiVersion: cassc/v1alpha1\nkind: CassandraTopology\nmetadata: {{name: c, namespace: n{number}}}\nspec:\n{spec}  \
                 overrides: [{{kind: Service, all: true, patch: {{spec: {{ipFamilyPolicy: PreferDualStack}}}}}}]\n"
            )
        };
        let errors = |count: usize| {
            let (codes, accepted) = checked(&[&(0..count).map(shop).collect::<String>()], Warnings::Show);
            (codes.into_iter().filter(|code| code.starts_with('E')).collect::<Vec<_>>(), accepted)
        };
        assert_eq!(errors(MOST_OVERRIDDEN), (vec![], MOST_OVERRIDDEN));
        assert_eq!(errors(MOST_OVERRIDDEN + 1), (vec!["E530"], 0));
    }

    #[test]
    fn whoever_takes_an_error_away_accepts_nothing() {
        let source = Source { name: "a".to_owned(), bytes: SHOP.replace("10Gi", "lots").into(), origin: Origin::Named };
        let reading = Reading { complaints: Vec::new(), ..parse(vec![source]) };
        let checkup = check(reading, |_| Vec::new(), |_, _| Vec::new());
        assert!(checkup.complaints.is_empty() && checkup.accepted.is_empty());
    }
}
