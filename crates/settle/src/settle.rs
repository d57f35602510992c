//! The loop: look, remember, decide, look once more, do one act, again.

use std::collections::BTreeSet;

use cassc_ring::Ring;
use cassc_ring::names;

use crate::action::{Action, Decision, Reason};
use crate::cluster::{Answer, Cluster, Document, Failure, Line, Time};
use crate::conditions::conditions;
use crate::decide::{asks_reaper, decide};
use crate::guard::{Guard, Guards};
use crate::observe::observe;
use crate::perform::Hand;
use crate::progress::Progress;
use crate::reaper::{ReaperAt, ReaperSeen};
use crate::remember::remember;
use crate::situation::{Site, Situation};
use crate::state::State;
use crate::story;

/// Seconds between two looks while something is waited for.
const PAUSE: Time = 10;

/// Seconds between an act and the next look: more would only make every rollout longer, since acts are confirmed anyway.
const AFTER_ACT: Time = 1;

/// Seconds between the look that decides an act and the one that confirms it: more than a word of gossip needs to the
/// next node (1 s).
const CONFIRM: Time = 3;

/// How long the same reasons may hold before the run ends with them, in seconds. What takes long (streaming) does not count.
const PATIENCE: Time = 3600;

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Everything is as it is declared; the reasons say what the topology holds back.
    Done(Vec<Reason>),
    /// What is declared cannot be done without a person.
    Refused(Vec<Reason>),
    /// The same has been waited for during an hour.
    GaveUp(Vec<Reason>),
    /// The process was asked to end.
    Interrupted,
}

/// What one round came to.
enum Round {
    /// An act was done.
    Acted,
    /// Something changed between two looks, or a call failed: look again.
    Again(Vec<Reason>),
    /// As the decision says.
    Decided(Decision),
}

/// Runs until everything is as the desired ring says, or until that cannot be. May be stopped at any time and run again.
pub async fn settle<C: Cluster>(cluster: &C, site: &Site, guards: Guards) -> Verdict {
    let mut patience = Patience::default();
    let mut said = BTreeSet::new();
    let mut refused = false;
    let mut progress = Progress::default();
    loop {
        let mut pause = PAUSE;
        let (reasons, verdict) = match round(cluster, site, guards, &mut progress).await {
            Round::Acted => {
                (said, refused, patience, pause) = (BTreeSet::new(), false, Patience::default(), AFTER_ACT);
                (Vec::new(), None)
            }
            Round::Again(reasons) => (reasons, None),
            Round::Decided(Decision::Done(holds)) => (holds.clone(), Some(Verdict::Done(holds))),
            Round::Decided(Decision::Refuse(reasons)) if refused => (reasons.clone(), Some(Verdict::Refused(reasons))),
            Round::Decided(Decision::Refuse(reasons)) => {
                refused = true;
                (reasons, None)
            }
            Round::Decided(Decision::Wait(reasons)) => {
                refused = false;
                (reasons, None)
            }
            Round::Decided(Decision::Act(_)) => (Vec::new(), None),
        };
        say(cluster, &reasons, &mut said, matches!(verdict, Some(Verdict::Refused(_))));
        let verdict = verdict.or_else(|| patience.ends(cluster.now(), reasons, &progress).map(Verdict::GaveUp));
        if let Some(verdict) = verdict {
            let _ = cluster.release().await;
            return verdict;
        }
        if !cluster.sleep(pause).await {
            let _ = cluster.release().await;
            return Verdict::Interrupted;
        }
    }
}

/// One round.
async fn round<C: Cluster>(cluster: &C, site: &Site, guards: Guards, progress: &mut Progress) -> Round {
    if let Err(reason) = lease(cluster, guards).await {
        return Round::Again(vec![reason]);
    }
    let (first, hand) = match look(cluster, site, guards).await {
        Ok(found) => found,
        Err(round) => return round,
    };
    match first {
        Decision::Act(action) => confirm(cluster, site, guards, action).await,
        Decision::Refuse(reasons) => Round::Decided(Decision::Refuse(with_last_lines(&hand, reasons).await)),
        Decision::Wait(reasons) => {
            progress.tell(cluster, &hand, &reasons).await;
            Round::Decided(Decision::Wait(reasons))
        }
        done @ Decision::Done(_) => Round::Decided(done),
    }
}

/// Why a pod does not come up, in Cassandra's own words.
async fn with_last_lines<C: Cluster>(hand: &Hand<'_, C>, mut reasons: Vec<Reason>) -> Vec<Reason> {
    for reason in reasons.iter_mut().filter(|reason| reason.code == "PodNeverReady") {
        let found = reason.about.as_ref().and_then(|name| hand.seen.objects.pods.get_key_value(name));
        let Some((name, pod)) = found else { continue };
        let lines = hand.cluster.last_lines(name, pod).await;
        if !lines.is_empty() {
            reason.message = format!("{}. Cassandra said:\n{lines}", reason.message);
        }
    }
    reasons
}

/// Looks once more; an act that is decided again is done.
async fn confirm<C: Cluster>(cluster: &C, site: &Site, guards: Guards, action: Action) -> Round {
    if !cluster.sleep(CONFIRM).await {
        return Round::Again(Vec::new());
    }
    let (second, mut hand) = match look(cluster, site, guards).await {
        Ok(found) => found,
        Err(round) => return round,
    };
    if !guards.hold(Guard::Recheck, || second == Decision::Act(action.clone())) {
        return Round::Again(Vec::new());
    }
    if let Err(reason) = lease(cluster, guards).await {
        return Round::Again(vec![reason]);
    }
    let event = story::event(&action, &names::state(&site.cluster));
    if let Err(failure) = hand.perform(&action).await {
        return Round::Again(vec![failed(&event.name, &failure)]);
    }
    let about = Some(event.name.clone());
    cluster.say(&Line { warning: false, reason: event.reason, about, message: event.message.clone() });
    cluster.event(&event).await;
    Round::Acted
}

/// Takes or renews the Lease.
async fn lease<C: Cluster>(cluster: &C, guards: Guards) -> Result<(), Reason> {
    if guards.is_off(Guard::Lease) {
        let _ = cluster.lease().await;
        return Ok(());
    }
    match cluster.lease().await {
        Ok(None) => Ok(()),
        Ok(Some(holder)) => Err(Reason::about("LeaseHeld", &holder, format!("{holder} is at work")).that_takes_long()),
        Err(failure) => Err(failed("the Lease", &failure)),
    }
}

fn failed(what: &str, failure: &Failure) -> Reason {
    let text = match failure {
        Failure::NotFound => format!("{what}: not found"),
        Failure::Conflict => format!("{what}: it changed meanwhile"),
        Failure::TooManyRequests(text) => format!("{what}: not now: {text}"),
        Failure::Refused { status, text } => format!("{what}: {status} {text}"),
        Failure::Unknown(text) => format!("{what}: no answer: {text}"),
    };
    Reason::about("CallFailed", what, text)
}

/// One look: what is asked for, what is there, what is remembered; and the decision. What is remembered is stored first.
async fn look<'c, C: Cluster>(cluster: &'c C, site: &Site, guards: Guards) -> Result<(Decision, Hand<'c, C>), Round> {
    let again = |what: &str, failure: &Failure| Round::Again(vec![failed(what, failure)]);
    let document = cluster.desired().await.map_err(|failure| again("the desired ring", &failure))?;
    if let Some(reason) = older(site, &document) {
        // The run that this ring was made for may be there, and must not wait for this one.
        let _ = cluster.release().await;
        return Err(Round::Decided(Decision::Wait(vec![reason])));
    }
    let ring: Ring = serde_json::from_str(&document.ring)
        .map_err(|error| unreadable("DesiredRingUnreadable", &error.to_string()))?;
    let stored = cluster.state().await.map_err(|failure| again("the state", &failure))?;
    let before = State::read(&stored.data).map_err(|error| unreadable("StateUnreadable", &error))?;
    let mut seen =
        observe(cluster, site, &ring, &before, guards).await.map_err(|failure| again("the objects", &failure))?;
    let mut after = remember(&Situation::new(site, &ring, &seen, &before, guards));
    seen.reaper = see_reaper(cluster, &Situation::new(site, &ring, &seen, &after, guards)).await;
    if seen.reaper.is_some() {
        after = remember(&Situation::new(site, &ring, &seen, &before, guards));
    }
    let situation = Situation::new(site, &ring, &seen, &after, guards);
    let decision = decide(&situation);
    let conditions = conditions(&situation, &decision);
    after.memory.conditions = conditions;
    let events = story::events(&before, &after, &names::state(&site.cluster));
    let mut hand = Hand { cluster, guards, seen, state: after, stored };
    hand.write().await.map_err(|failure| again("the state", &failure))?;
    for event in &events {
        cluster.event(event).await;
    }
    Ok((decision, hand))
}

/// What Reaper says, where nothing else is to be done.
async fn see_reaper<C: Cluster>(cluster: &C, situation: &Situation<'_>) -> Option<Answer<ReaperSeen>> {
    let reaper = situation.reaper().filter(|_| asks_reaper(situation))?;
    Some(cluster.reaper(&ReaperAt::of(reaper, &situation.ring.cluster_name)).await)
}

/// Why nothing is decided from a desired ring: it is older than the one that this run was made for. A delivery tool may apply the Job
/// first, and about the ring before it would be done at once.
fn older(site: &Site, document: &Document) -> Option<Reason> {
    let wanted = site.generation?;
    let found = document.generation.trim().parse::<u64>();
    let is = match found {
        Ok(found) if found >= wanted => return None,
        Ok(found) => format!("is of generation {found}"),
        Err(_) => "has no generation that can be read".to_owned(),
    };
    let name = names::desired_ring(&site.cluster);
    let text = format!("the ConfigMap {name} {is}, this run was made for {wanted}");
    Some(Reason::about("OlderRing", &name, text))
}

fn unreadable(code: &'static str, error: &str) -> Round {
    Round::Decided(Decision::Refuse(vec![Reason::of_ring(code, error)]))
}

/// Says what is new of what is waited for.
fn say<C: Cluster>(cluster: &C, reasons: &[Reason], said: &mut BTreeSet<Reason>, refused: bool) {
    let now: BTreeSet<Reason> = reasons.iter().cloned().collect();
    for reason in now.difference(said) {
        let (about, message) = (reason.about.clone(), reason.message.clone());
        cluster.say(&Line { warning: refused, reason: reason.code, about, message });
    }
    *said = now;
}

/// How long the same has been waited for.
#[derive(Default)]
struct Patience {
    since: Option<Time>,
    codes: BTreeSet<(&'static str, Option<String>)>,
}

impl Patience {
    /// The reasons, when they have been the same for too long.
    fn ends(&mut self, now: Time, reasons: Vec<Reason>, progress: &Progress) -> Option<Vec<Reason>> {
        let codes = reasons.iter().map(|reason| (reason.code, reason.about.clone())).collect();
        let goes_on = reasons.is_empty() || reasons.iter().any(|reason| progress.goes_on(reason, now));
        if goes_on || self.codes != codes || self.since.is_none_or(|since| since > now) {
            (self.since, self.codes) = (Some(now), codes);
            return None;
        }
        (self.since.is_some_and(|since| now - since >= PATIENCE)).then_some(reasons)
    }
}
