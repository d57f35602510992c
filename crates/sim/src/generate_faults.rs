//! Random faults.

use cassc_ring::Ring;
use cassc_ring::desired::Datacenter;

use crate::chance::Rng;
use crate::fault::{Fault, StateWrite, Whose, Wrong};
use crate::focus::Focus;
use crate::queue::{MINUTE, Ms, SECOND};
use crate::ring::DISTORTIONS;

/// How many kinds of faults are drawn.
const KINDS: u64 = 28;

/// Kinds that only a focus brings about.
const LOST_ANSWERS: u64 = 100;
const BROKEN_STREAM: u64 = 101;
const HAND_DECOMMISSION: u64 = 102;
const HAND_DELETE: u64 = 103;
const VERY_SLOW_CONTROLLERS: u64 = 104;
const WORKER_GONE: u64 = 105;

/// The kinds of faults that a focus has more of.
fn favourites(focus: Focus) -> &'static [u64] {
    match focus {
        Focus::Everything | Focus::Datacenters => &[],
        Focus::Instances => &[4, 4, 7, 8, 9, 9, 9, 11, 11, 12],
        Focus::Upgrades => &[4, 9, 25, 26, 26, 15],
        Focus::Space => &[17, 14],
        Focus::Hands => &[23, 23, 23, 15, 4],
        Focus::Growth => &[21, 16, 0, 14, 20, 4],
        Focus::Shrinks => &[0, 0, 4, 14, 15, 19, 20, 21],
        Focus::Answers => &[LOST_ANSWERS, LOST_ANSWERS, 4, 8],
        Focus::Copies => &[4, 14, 15],
        Focus::Failures => &[14, 15, BROKEN_STREAM, HAND_DECOMMISSION, HAND_DELETE],
        Focus::Operations => &[WORKER_GONE, WORKER_GONE, 16, 16, 21, 22, 4, 7, 11, 15, 14],
        Focus::Controllers => &[VERY_SLOW_CONTROLLERS, VERY_SLOW_CONTROLLERS, 11, 4],
    }
}

/// A random fault of a ring in so many Kubernetes clusters.
pub fn fault(random: &mut Rng, focus: Focus, ring: &Ring, n_kubes: usize) -> Fault {
    let pods: Vec<String> = ring.datacenters.iter().flat_map(Datacenter::pods_in_start_order).collect();
    let pod = random.of(&pods).cloned().unwrap_or_default();
    let kube = usize::try_from(random.below(n_kubes as u64)).unwrap_or(0);
    let lasts = minutes(random, 1, 20);
    let any = random.below(KINDS);
    let favourite = random.of(favourites(focus)).copied();
    match favourite.filter(|_| random.percent(65)).unwrap_or(any) {
        0..4 => calls(random, pod),
        4..7 => Fault::Kill { kube, after: suspensions(random) },
        7 => Fault::StateWrite(state_write(random)),
        8 => Fault::KillAfterStateWrite(state_write(random)),
        9..11 => Fault::Pause { kube, after: suspensions(random), lasts: minutes(random, 1, 5), in_send: false },
        11 => Fault::SecondInstance { kube },
        12 => Fault::Terminate { kube },
        13 => Fault::ClockJump { seconds: i64::try_from(random.below(7200)).unwrap_or(0) - 3600 },
        14 => {
            let percent = u8::try_from(random.below(101)).unwrap_or(50);
            Fault::StreamFails { pod, percent, hangs: random.percent(30) }
        }
        15 => Fault::CassandraDies { pod },
        // The only replica of a key would be lost with it.
        16 if focus == Focus::Failures => Fault::CassandraDies { pod },
        16 => Fault::VolumeLost { pod },
        17 => Fault::DiskFull { pod, lasts },
        18 => Fault::AddressesReused,
        19 => Fault::AddressesSwapped { other: random.of(&pods).cloned().unwrap_or_default(), one: pod },
        20 => Fault::ForeignNode { lasts },
        21 => Fault::WorkerDead { pod, lasts },
        22 => Fault::KubeletCut { pod, lasts },
        23 => by_hand(random, ring, pod),
        24 => Fault::Drain { pod, lasts },
        25 => Fault::OldCommit { back: usize::try_from(random.within(1, 2)).unwrap_or(1) },
        LOST_ANSWERS => lost_answers(random),
        BROKEN_STREAM => Fault::StreamFails { pod, percent: 50, hangs: false },
        HAND_DECOMMISSION => Fault::HandDecommission { pod },
        HAND_DELETE => Fault::HandDelete { pod },
        WORKER_GONE => Fault::WorkerGone { pod },
        VERY_SLOW_CONTROLLERS => {
            Fault::SlowControllers { times: u32::try_from(random.within(20, 300)).unwrap_or(20), lasts }
        }
        26 => Fault::SlowControllers { times: u32::try_from(random.within(2, 20)).unwrap_or(2), lasts },
        _ if random.percent(50) => Fault::BudgetFrozen { lasts },
        _ => Fault::PowerLoss { late: pod, by: lasts },
    }
}

fn minutes(random: &mut Rng, least: u64, most: u64) -> Ms {
    random.within(least, most) * MINUTE
}

/// A point of the program: one round has some fifty.
fn suspensions(random: &mut Rng) -> u32 {
    u32::try_from(random.within(1, 150)).unwrap_or(1)
}

fn state_write(random: &mut Rng) -> StateWrite {
    random.of(&[StateWrite::Lost, StateWrite::AnswerLost, StateWrite::Conflict]).copied().unwrap_or(StateWrite::Lost)
}

fn calls(random: &mut Rng, pod: String) -> Fault {
    let whose = match random.below(3) {
        0 => Whose::Kubernetes,
        1 => Whose::AllPods,
        _ => Whose::Pod(pod),
    };
    // A call may be late by as long as the program waits for its answer, 30 s, and no more.
    let late = Wrong::Late(random.within(5, 30) * SECOND);
    let common = [Wrong::Error, Wrong::AnswerLost, Wrong::RequestLost, late, Wrong::Twice];
    let special = match whose {
        Whose::Kubernetes => Wrong::Throttled,
        _ if random.percent(20) => Wrong::OldView,
        _ => Wrong::Distorted(random.of(&DISTORTIONS).copied().unwrap_or(DISTORTIONS[0])),
    };
    let wrong = if random.percent(40) { special } else { random.of(&common).copied().unwrap_or(Wrong::Error) };
    let percent = random.of(&[5, 20, 50, 100]).copied().unwrap_or(20);
    Fault::Calls { whose, wrong, percent, lasts: minutes(random, 1, 15) }
}

/// Nodes do what they are asked for, and nobody hears of it.
fn lost_answers(random: &mut Rng) -> Fault {
    let wrong = random.of(&[Wrong::AnswerLost, Wrong::AnswerLost, Wrong::Late(9 * SECOND)]).copied();
    let percent = random.of(&[20, 50, 100]).copied().unwrap_or(50);
    let wrong = wrong.unwrap_or(Wrong::AnswerLost);
    Fault::Calls { whose: Whose::AllPods, wrong, percent, lasts: minutes(random, 1, 15) }
}

fn by_hand(random: &mut Rng, ring: &Ring, pod: String) -> Fault {
    match random.below(4) {
        0 => {
            let racks: Vec<_> = ring.datacenters.iter().flat_map(|it| &it.racks).collect();
            let set = random.of(&racks).map(|rack| rack.stateful_set.clone()).unwrap_or_default();
            Fault::HandScale { set, replicas: u32::try_from(random.below(4)).unwrap_or(1) }
        }
        1 => Fault::HandDecommission { pod },
        2 => Fault::HandDeleteState { kube: 0 },
        _ => Fault::HandDelete { pod },
    }
}
