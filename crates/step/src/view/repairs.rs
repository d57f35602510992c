//! Reaper's schedules, as they are printed.

use cassc_settle::repairs::Told;

use super::text::{Page, since, wrapped};

/// A line each; those of others with their owner.
pub(super) fn repairs(schedules: &[Told], page: Page) -> Vec<String> {
    schedules.iter().flat_map(|it| wrapped("  ", &line(it, page), page)).collect()
}

fn line(told: &Told, page: Page) -> String {
    let owner = told.owner.as_ref().map(|owner| format!(" (of {owner})")).unwrap_or_default();
    let next = match (&told.next_run, told.paused) {
        (_, true) => ", paused".to_owned(),
        (Some(time), false) => format!(", next {time}"),
        (None, false) => String::new(),
    };
    let last = told.last_success.as_ref().map(|time| format!(", done {} ago", since(time, page)));
    format!("{}{owner}: every {} days{next}{}", told.what, told.every_days, last.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log;

    #[test]
    fn a_schedule_is_a_line() {
        let page = Page { columns: 100, wide: false, now: log::seconds("2026-12-01T03:00:00Z").expect("a time") };
        let ours = Told {
            what: "shop (only orders)".to_owned(),
            every_days: 7,
            next_run: Some("2026-12-07T00:00:00Z".to_owned()),
            last_success: Some("2026-11-30T01:00:00Z".to_owned()),
            ..Told::default()
        };
        let other = Told { owner: Some("alice".to_owned()), paused: true, last_success: None, ..ours.clone() };
        let expected = [
            "  shop (only orders): every 7 days, next 2026-12-07T00:00:00Z, done 26h ago",
            "  shop (only orders) (of alice): every 7 days, paused",
        ];
        assert_eq!(repairs(&[ours, other], page), expected);
    }
}
