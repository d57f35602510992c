//! For each alert series that raise it, and series that are alike and do not. `NODE-a0` stands for the labels of the first node of rack
//! `a`, `CLUSTER` for those of the cluster; values are in the form of promtool, one each minute: `0+60x9` begins at 0 and grows by 60
//! nine times, `5x9` is 5 ten times.

mod healthy;
mod nodes;
mod repairs;
mod requests;
mod resources;
mod steps;

pub(super) use healthy::HEALTHY;

/// An alert, and when it is looked for.
pub(super) struct Case {
    pub(super) alert: &'static str,
    pub(super) minute: u32,
    pub(super) wrong: &'static [(&'static str, &'static str)],
    pub(super) right: &'static [(&'static str, &'static str)],
}

const fn case(
    alert: &'static str,
    minute: u32,
    wrong: &'static [(&'static str, &'static str)],
    right: &'static [(&'static str, &'static str)],
) -> Case {
    Case { alert, minute, wrong, right }
}

/// Every alert, by what it is about, as the rules are (`src/render/monitoring/rules`).
pub(super) fn cases() -> impl Iterator<Item = &'static Case> {
    [nodes::CASES, requests::CASES, resources::CASES, steps::CASES, repairs::CASES].into_iter().flatten()
}
