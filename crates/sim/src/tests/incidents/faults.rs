//! The ten faults that the incidents are made of, and what injects each. A new way to inject something has no place here until
//! somebody gives it one: then this does not compile.

use std::collections::BTreeSet;

use crate::fault::{Fault, StateWrite, Wrong};
use crate::ring::Distortion;
use crate::world::Op;

/// The ten faults.
const TEN: [&str; 10] = [
    "Answers of one pod's Management API: an error, a time-out after the act, an empty or partial list, fields missing, an old \
     view.",
    "The program is killed before and after any call; its state is written late, never, or over somebody else's.",
    "Two instances of the program: the old one wakes after a long pause and sends its next call.",
    "Reads lag behind, time goes back, and objects are made again with the same name.",
    "Streaming fails, hangs or is cut at any point; jobs are lost with a restart.",
    "A volume is wiped, full, or stuck on a dead worker.",
    "Addresses: new ones, others' ones, those of another cluster; dead entries in gossip.",
    "A kubelet is cut off: Terminating for ever, the process runs on, the worker returns later.",
    "Somebody else acts: scales, drains, reverts the commit, takes nodes away or adds them.",
    "Controllers run late or in another order; all restart, and one node is missing.",
];

/// Which of the ten a fault injects, from 1.
fn numbers(fault: &Fault) -> Vec<u8> {
    match fault {
        Fault::Calls { wrong, .. } => of_wrong(*wrong),
        Fault::Kill { .. } => vec![2],
        Fault::StateWrite(write) | Fault::KillAfterStateWrite(write) => of_write(*write),
        Fault::Pause { .. } | Fault::SecondInstance { .. } | Fault::Terminate { .. } => vec![3],
        Fault::OldReads { .. } | Fault::ClockJump { .. } => vec![4],
        Fault::StreamFails { .. } | Fault::CassandraDies { .. } => vec![5],
        Fault::VolumeLost { .. } | Fault::DiskFull { .. } => vec![6],
        Fault::AddressesReused | Fault::AddressesSwapped { .. } | Fault::ForeignNode { .. } => vec![7],
        Fault::WorkerDead { .. } | Fault::WorkerGone { .. } => vec![6, 8],
        Fault::KubeletCut { .. } => vec![8],
        Fault::HandDelete { .. } => vec![4, 9],
        Fault::HandScale { .. }
        | Fault::HandDecommission { .. }
        | Fault::HandReplace { .. }
        | Fault::HandDeleteState { .. }
        | Fault::Drain { .. }
        | Fault::OldCommit { .. } => vec![9],
        Fault::SlowControllers { .. } | Fault::BudgetFrozen { .. } | Fault::PowerLoss { .. } => vec![10],
    }
}

fn of_wrong(wrong: Wrong) -> Vec<u8> {
    match wrong {
        Wrong::Error | Wrong::Throttled | Wrong::AnswerLost | Wrong::RequestLost | Wrong::Twice => vec![1],
        Wrong::OldView | Wrong::Late(_) => vec![1, 4],
        Wrong::Distorted(distortion) => of_distortion(distortion),
    }
}

fn of_distortion(distortion: Distortion) -> Vec<u8> {
    match distortion {
        Distortion::Empty
        | Distortion::Partial
        | Distortion::WithoutItself
        | Distortion::WithoutHostIds
        | Distortion::MissingFields
        | Distortion::UnknownStatus => vec![1],
        Distortion::Foreign | Distortion::Ghost => vec![1, 7],
    }
}

fn of_write(write: StateWrite) -> Vec<u8> {
    match write {
        StateWrite::Lost | StateWrite::AnswerLost | StateWrite::Conflict => vec![2],
    }
}

#[test]
fn each_of_the_ten_faults_is_injected_by_some_row() {
    let ops = super::replayed().flat_map(|(_, history, ..)| history(1).ops);
    let injected: BTreeSet<u8> = ops
        .filter_map(|(_, op)| match op {
            Op::Fault(fault) => Some(numbers(&fault)),
            _ => None,
        })
        .flatten()
        .collect();
    let missing: Vec<&str> =
        TEN.iter().zip(1..).filter(|(_, number)| !injected.contains(number)).map(|it| *it.0).collect();
    assert!(missing.is_empty(), "no row has: {missing:#?}");
}
