//! Crash-point enumeration: what a power cut may leave at every moment of short workloads, recovered and checked.
//!
//! `run` makes one history a seed (`history`), walks every moment of it (`states`), builds what a power cut may leave
//! there, recovers each such disk with the production code, and compares with the model (`model`). Of some states it
//! also loses both checkpoints, opens them with another number of cores, or works on and recovers once more.
//! A state is told by its seed and its number in that seed's history; `Options::only` does that one alone.
//! Owner: a test, or the binary. Invariants: the checker shares nothing with the code under test; histories are
//! independent of each other, so that threads change neither the states nor their numbers.

mod disk;
mod front;
mod history;
mod model;
mod states;
mod trace;

use crate::env::Sim;
use crate::rng::Rng;
use disk::CrashDisk;
use history::{Process, Setup, Stretch, setup, stretch};
use model::{Batch, Event, Model};
use ringlog_wire::ids::PartitionId;
use states::{Point, points};
use std::cell::Cell;
use std::collections::HashSet;
use std::ops::Range;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, Once};
use trace::Image;

/// Stretches of one history: the first on an empty disk, each further one on some state of the one before.
const STRETCHES: u64 = 3;
/// Failures after which `run` ends.
const FAILURES_MAX: usize = 20;

/// What to enumerate.
#[derive(Clone, Debug)]
pub struct Options {
    /// One history each.
    pub seeds: Range<u64>,
    /// At each point all combinations if there are at most so many, else so many samples; torn writes come on top.
    pub per_point: usize,
    /// One in so many points is looked at; 1: all.
    pub every: u64,
    /// Histories worked on at the same time.
    pub threads: usize,
    /// Only the state of this seed with this number.
    pub only: Option<(u64, u64)>,
    /// `run` ends after so many states.
    pub states_max: u64,
}

impl Default for Options {
    /// Everything, without end, on one thread.
    fn default() -> Self {
        Self { seeds: 0..u64::MAX, per_point: 256, every: 1, threads: 1, only: None, states_max: u64::MAX }
    }
}

/// A state that was not recovered as it must be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// Seed of its history.
    pub seed: u64,
    /// Number within it.
    pub state: u64,
    /// What was wrong.
    pub what: String,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "state {}:{}: {}", self.seed, self.state, self.what)
    }
}

/// What was done so far.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Report {
    /// Histories that are through.
    pub histories: u64,
    /// Moments at which the power was cut.
    pub points: u64,
    /// Different states, each recovered and checked.
    pub states: u64,
    /// States that had been checked before, with the same demands.
    pub repeated: u64,
    /// Of the states: those with both checkpoints lost.
    pub spoiled: u64,
    /// Of those: refused, since the log says nothing of a partition whose segment is torn. Loud, hence allowed.
    pub refused: u64,
    /// Of the states: those opened with another number of cores.
    pub other_cores: u64,
    /// Of the states: those in which work went on, and which were recovered again.
    pub worked_on: u64,
    /// What went wrong.
    pub failures: Vec<Failure>,
}

impl Report {
    fn add(&mut self, other: Self) {
        self.histories += other.histories;
        self.points += other.points;
        self.states += other.states;
        self.repeated += other.repeated;
        self.spoiled += other.spoiled;
        self.refused += other.refused;
        self.other_cores += other.other_cores;
        self.worked_on += other.worked_on;
        self.failures.extend(other.failures);
    }
}

thread_local! {
    /// The state that this thread works on, for the message of a panic.
    static AT: Cell<(u64, u64)> = const { Cell::new((0, 0)) };
}

/// States that one history checks before it adds them to the sum.
const TOLD_EVERY: u64 = 500;

/// What the threads of a run share.
struct Shared<'a> {
    total: Mutex<Report>,
    /// States that may still be checked.
    left: AtomicU64,
    progress: &'a (dyn Fn(&Report) + Sync),
}

impl Shared<'_> {
    /// Takes one state out of what is left.
    fn take(&self) -> bool {
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1)).is_ok()
    }

    fn is_over(&self) -> bool {
        let failed = self.total.lock().expect(PANICKED).failures.len();
        self.left.load(Ordering::Relaxed) == 0 || failed >= FAILURES_MAX
    }

    fn add(&self, report: &mut Report) {
        let mut total = self.total.lock().expect(PANICKED);
        total.add(std::mem::take(report));
        (self.progress)(&total);
    }
}

const PANICKED: &str = "a thread that panics ends the run";

/// Enumerates; `progress` hears the sum after every history, and now and then within one.
///
/// Ends when the seeds are used up, `states_max` is reached, or too much has failed. Cost: about a millisecond a state.
///
/// # Panics
/// Where the code under test does; a line before it names the state.
pub fn run(options: &Options, progress: &(dyn Fn(&Report) + Sync)) -> Report {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let (seed, state) = AT.get();
            if state > 0 {
                eprintln!("state {seed}:{state}:");
            }
            before(info);
        }));
    });
    let seeds = options.only.map_or(options.seeds.clone(), |(seed, _)| seed..seed + 1);
    let next = AtomicU64::new(seeds.start);
    let shared = Shared { total: Mutex::default(), left: AtomicU64::new(options.states_max), progress };
    std::thread::scope(|scope| {
        for _ in 0..options.threads.max(1) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end || shared.is_over() {
                        return;
                    }
                    let mut history = History::new(seed, options, &shared);
                    history.run();
                    history.report.histories = u64::from(!history.over);
                    shared.add(&mut history.report);
                }
            });
        }
    });
    shared.total.into_inner().expect(PANICKED)
}

struct History<'a> {
    seed: u64,
    options: &'a Options,
    shared: &'a Shared<'a>,
    /// What was not added to the sum yet.
    report: Report,
    /// All states of the run are used up.
    over: bool,
    rng: Rng,
    setup: Setup,
    /// Number of the next state.
    number: u64,
    /// Content and demands of the states that were checked.
    seen: HashSet<(u64, usize, u64)>,
}

/// How a state is looked at.
#[derive(Clone, Copy, Debug)]
struct Look {
    cores: u16,
    spoil: bool,
    work_on: bool,
    seed: u64,
}

impl<'a> History<'a> {
    fn new(seed: u64, options: &'a Options, shared: &'a Shared<'a>) -> Self {
        let rng = Rng::new(seed.wrapping_mul(0x2545_f491) ^ 0xc4a5);
        let setup = setup(&rng, seed);
        let report = Report::default();
        Self { seed, options, shared, report, over: false, rng, setup, number: 0, seen: HashSet::new() }
    }

    fn run(&mut self) {
        let (mut image, mut model) = (Image::default(), Model::default());
        for n in 0..STRETCHES {
            AT.set((self.seed, self.number));
            let stretch = match stretch(self.seed * STRETCHES + n, self.setup, image, &model) {
                Ok(stretch) => stretch,
                Err(what) => return self.fail(format!("stretch {n}: {what}")),
            };
            let Some(next) = self.enumerate(n, &stretch) else { return };
            (image, model) = next;
        }
    }

    fn fail(&mut self, what: String) {
        let failure = Failure { seed: self.seed, state: self.number, what };
        self.report.failures.push(failure);
    }

    /// Checks the states of one stretch; returns one of them to go on from.
    fn enumerate(&mut self, n: u64, stretch: &Stretch) -> Option<(Image, Model)> {
        let mut model_at = stretch.models();
        let mut next = None;
        let mut worth = 0;
        points(&stretch.trace, |point| {
            // Points at which more is undecided are the better ones to go on from; among equals by chance.
            let better = (point.undecided() as u64 + 1) * self.rng.below(8);
            let (model, version) = model_at(point.time);
            let look_here = self.rng.one_in(self.options.every);
            let choices = point.choices(self.options.per_point, &self.rng);
            if better >= worth
                && let Some(fates) = choices.get(self.rng.below(choices.len() as u64) as usize)
            {
                worth = better;
                next = Some((point.state(fates).0, model.clone()));
            }
            if look_here {
                self.report.points += 1;
                self.point(n, point, &choices, (&model, version));
            }
            self.over |= self.report.failures.len() >= FAILURES_MAX;
            !self.over
        });
        next.filter(|_| !self.over)
    }

    fn point(
        &mut self,
        n: u64,
        point: &Point,
        choices: &[Vec<states::Fate>],
        (model, version): (&Model, usize),
    ) {
        for fates in choices {
            self.number += 1;
            let look = self.look(model, fates.iter().any(|f| matches!(f, states::Fate::Torn(_))));
            if self.options.only.is_some_and(|(_, number)| number != self.number) {
                continue;
            }
            let (image, print) = point.state(fates);
            if !self.seen.insert((print, version, n)) {
                self.report.repeated += 1;
                continue;
            }
            if !self.shared.take() {
                self.over = true;
                return;
            }
            if self.report.states >= TOLD_EVERY {
                self.shared.add(&mut self.report);
            }
            AT.set((self.seed, self.number));
            self.report.states += 1;
            self.report.spoiled += u64::from(look.spoil);
            self.report.other_cores += u64::from(look.cores != model.cores);
            self.report.worked_on += u64::from(look.work_on);
            match self.check(image, model, look) {
                Ok(()) => {}
                Err(what) if look.spoil && what.contains("batches are missing at") => {
                    self.report.refused += 1
                }
                Err(what) => self.fail(format!(
                    "{what} (stretch {n}, time {}, {} undecided, {look:?}, {fates:?})",
                    point.time,
                    point.undecided()
                )),
            }
        }
    }

    /// `torn`: so is some write. What is torn is the more telling where nothing says which bytes count.
    fn look(&self, model: &Model, torn: bool) -> Look {
        let cores = if self.rng.one_in(6) { 1 + self.rng.below(3) as u16 } else { model.cores.max(1) };
        let spoil = self.rng.one_in(if torn { 4 } else { 16 });
        Look { cores, spoil, work_on: self.rng.one_in(8), seed: self.rng.next() }
    }

    /// Recovers `image` and compares.
    fn check(&self, image: Image, model: &Model, look: Look) -> Result<(), String> {
        let sim = Sim::new(look.seed);
        let disk = CrashDisk::new(image, None);
        if look.spoil {
            for (core, slot) in (0..3).flat_map(|core| [(core, "checkpoint-a"), (core, "checkpoint-b")]) {
                disk.spoil(&PathBuf::from(format!("/data/cores/{core:02}/{slot}")));
            }
        }
        let (setup, mut model) = (self.setup, model.clone());
        if look.spoil {
            model.on_lost_checkpoints();
        }
        let cores = if look.spoil { model.cores.max(1) } else { look.cores };
        let inner = sim.clone();
        sim.run(async move {
            let sim = inner;
            let (process, ends) = Process::open(&sim, &disk, setup, (cores, &model)).await?;
            model.on(&Event::Opened(ends));
            if !look.work_on {
                return Ok(());
            }
            let nobody: Rc<dyn Fn(PartitionId, u64)> = Rc::new(|_, _| {});
            process.start(&sim, &nobody);
            let ids: Vec<PartitionId> = model.logs.keys().copied().collect();
            for (id, tag) in ids.iter().zip(look.seed..) {
                let key = setup.front.then_some(tag);
                let batch = Batch { tag, count: 1, size: 100 + (look.seed % 9000) as usize, key };
                process.append(*id, setup, &batch).await?;
                process.durable(*id).await?;
                model.on(&Event::Appended(*id, batch));
                if let Some(log) = model.logs.get_mut(id) {
                    log.acked = log.end();
                }
            }
            if look.seed.is_multiple_of(2) {
                process.close().await?;
            }
            process.kill(&sim, &disk);
            let again = Process::open(&sim, &disk, setup, (cores, &model)).await;
            again.map(|_| ()).map_err(|e| format!("after more work: {e}"))
        })
    }
}
