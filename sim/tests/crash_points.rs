//! A modest number of enumerated crash states; a night's run is one command of the binary.

use ringlog_sim::crash::{Options, run};

#[test]
fn every_state_that_a_power_cut_may_leave_is_recovered() {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let options = Options { seeds: 0..16, per_point: 12, every: 16, threads, ..Options::default() };
    let report = run(&options, &|sum| eprintln!("{} histories, {} states", sum.histories, sum.states));
    let failures: Vec<String> = report.failures.iter().map(ToString::to_string).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(report.states > 2000 && report.spoiled > 50 && report.worked_on > 100, "{report:?}");
}

#[test]
fn one_state_replays_alone() {
    let one = Options { only: Some((3, 40)), ..Options::default() };
    let report = run(&one, &|_| {});
    assert_eq!((report.states, report.repeated), (1, 0), "{report:?}");
    assert_eq!(report, run(&one, &|_| {}), "the same again");
}
