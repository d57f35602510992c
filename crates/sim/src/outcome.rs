//! How a run ended: L1 and L3 are judged here, at a time when nothing goes wrong any more.

use crate::check::Violation;
use crate::queue::{MINUTE, Ms, SECOND};
use crate::simulation::Simulation;
use crate::world::{Counters, End};

/// How many lines of the trace an outcome keeps.
const LINES: usize = 400;

/// Where a run came to rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rest {
    /// Everything is as the last commit asks.
    Settled,
    /// The program says of two runs, one after the other, that it cannot go on, with the same reasons.
    Stuck(Vec<String>),
    /// Neither, or something was violated first.
    Nowhere,
}

/// How a run ended.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What was violated.
    pub violations: Vec<Violation>,
    /// Where it came to rest.
    pub rest: Rest,
    /// When, in virtual time.
    pub at: Ms,
    /// What was counted.
    pub counters: Counters,
    /// The last lines of the trace.
    pub trace: Vec<String>,
    /// The choices that were made, where a list is followed.
    pub choices: Vec<crate::chance::Chosen>,
}

/// What the newest instance of one Kubernetes cluster said since the faults ended.
#[derive(Clone, Debug, Default)]
struct Said {
    instance: usize,
    last: Option<End>,
    /// How often in a row it said the same.
    times: u32,
}

/// Ends the faults, and waits until the program says that everything is done, twice where that is not true, or twice the same
/// reasons why it cannot go on.
pub(crate) fn finish(simulation: &mut Simulation, patience: Ms) -> Outcome {
    let deadline = {
        let mut world = simulation.world_mut();
        world.explores = false;
        let pending = std::mem::take(&mut world.pending);
        pending.iter().for_each(|op| world.happen(op));
        world.stop_faults();
        world.now + patience
    };
    let n_kubes = simulation.world().kubes.len();
    let first = simulation.world().instances.len();
    let mut said = vec![Said { instance: first, ..Said::default() }; n_kubes];
    // What was killed last, or ended before the faults did, has nothing to say about the world without them.
    let mut rest = Rest::Nowhere;
    while !simulation.is_violated() {
        let next = simulation.world().next_time();
        if next.is_none_or(|next| next > deadline) {
            let unsettled = simulation.world().is_settled().err().unwrap_or_else(|| "nobody says so".to_owned());
            simulation.world_mut().blame("L1", format!("no end within {} h: {unsettled}", patience / MINUTE / 60));
            break;
        }
        simulation.step();
        listen(simulation, &mut said);
        if let Some(found) = rests(simulation, &said, deadline - patience) {
            rest = found;
            break;
        }
    }
    judge_rest(simulation, &rest);
    simulation.world_mut().note_pods();
    let world = simulation.world();
    Outcome {
        violations: world.check.violations.clone(),
        rest: if world.check.violations.is_empty() { rest } else { Rest::Nowhere },
        at: world.now,
        counters: world.counters,
        trace: world.trace.last(LINES),
        choices: world.chooser.log().to_vec(),
    }
}

/// Notes what instances said, and has another one started where none is at work.
fn listen(simulation: &Simulation, said: &mut [Said]) {
    let mut world = simulation.world_mut();
    for (kube, said) in said.iter_mut().enumerate() {
        let new = (said.instance..world.instances.len()).find(|at| {
            let instance = &world.instances[*at];
            instance.kube == kube && instance.end.is_some()
        });
        if let Some(instance) = new {
            let end = world.instances[instance].end.clone();
            said.times = if said.last == end { said.times + 1 } else { 1 };
            (said.instance, said.last) = (instance + 1, end);
        }
        world.run_again(kube);
    }
}

/// Where everything has come to rest, if it has.
fn rests(simulation: &Simulation, said: &[Said], ended: Ms) -> Option<Rest> {
    if said.iter().all(|said| said.last == Some(End::Done)) {
        let is_settled = simulation.world().is_settled().is_ok();
        let is_sure = said.iter().all(|said| said.times > 1);
        return (is_settled || is_sure).then_some(Rest::Settled);
    }
    // Who gave up has waited for an hour for the same, and most of it without any fault.
    let now = simulation.world().now;
    let is_sure = said.iter().all(|said| match &said.last {
        Some(End::Failed(reasons)) if !reasons.is_empty() => said.times > 1 || now > ended + 45 * MINUTE,
        Some(End::Killed) | None => false,
        Some(_) => said.times > 1,
    });
    let reasons = said.iter().filter_map(|said| match &said.last {
        Some(End::Refused(reasons) | End::Failed(reasons)) => Some(reasons.clone()),
        _ => None,
    });
    is_sure.then(|| Rest::Stuck(reasons.flatten().collect()))
}

/// L1: what the program calls done is done, and nothing is lost.
fn judge_rest(simulation: &mut Simulation, rest: &Rest) {
    if *rest != Rest::Settled || simulation.is_violated() {
        return;
    }
    let unsettled = simulation.world().is_settled().err();
    let mut world = simulation.world_mut();
    if let Some(text) = unsettled {
        world.blame("L1", format!("the program says twice that it is done, and {text}"));
        return;
    }
    drop(world);
    // Hints are sent within some ten seconds.
    let time = simulation.world().now + MINUTE + SECOND;
    simulation.run_until(time);
    simulation.world_mut().check_rest();
}
