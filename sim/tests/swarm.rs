//! A few seeds of the swarm in every test run, and that a seed is a run.

use ringlog_sim::swarm;

#[test]
fn two_runs_of_a_seed_are_one_run() {
    for seed in [3, 12, 30] {
        let (one, two) = (swarm::run(seed, false), swarm::run(seed, false));
        assert_eq!(one, two, "seed {seed}");
    }
}

#[test]
fn other_seeds_are_other_runs() {
    assert_ne!(swarm::run(9, false).trace, swarm::run(20, false).trace);
}

#[test]
fn some_seeds_pass() {
    for seed in 1000..1010 {
        let report = swarm::run(seed, false);
        assert!(report.read > 0, "{report:?}");
    }
}
