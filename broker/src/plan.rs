//! Which CPUs and how much memory each core gets.
//!
//! Pure: settings and machine in, plan or a numbered error out. Invariants: every CPU is one that the process
//! may use; the control core has a CPU of its own from four CPUs on, and shares the last data core's below.

use crate::config::{Completion, Settings, parse};
use crate::error::Failure;
use crate::machine::Machine;

/// A data core needs at least this much memory: commit frame buffers, tail cache, request bytes.
pub const CORE_MEMORY_MIN: u64 = 48 << 20;
/// Memory that is set aside for the control core, metadata, threads and code.
pub const RESERVE: u64 = 64 << 20;
/// `dev` takes at most this much memory and so many CPUs unless told otherwise.
const DEV_MEMORY_MAX: u64 = 2 << 30;
const DEV_CPUS_MAX: usize = 4;
/// From so many CPUs on the control core is alone on one (architecture.md D6).
const OWN_CONTROL_CPU: usize = 4;

/// One data core.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CorePlan {
    /// Pinned to this CPU.
    pub cpu: u16,
    /// Memory budget, bytes.
    pub memory: u64,
    /// Spin before sleeping, microseconds.
    pub spin_us: u32,
    /// How long a commit frame may wait for more entries, microseconds.
    pub commit_window_us: u32,
    /// Who waits for the device.
    pub completion: Completion,
}

/// All cores.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Plan {
    /// In the order of their ids.
    pub data: Vec<CorePlan>,
    /// The control core's CPU.
    pub control_cpu: u16,
    /// True if no data core runs on the control core's CPU.
    pub control_alone: bool,
    /// All memory, bytes.
    pub memory: u64,
}

impl Plan {
    /// Every CPU that a core is pinned to.
    pub fn cpus(&self) -> impl Iterator<Item = u16> + '_ {
        self.data.iter().map(|core| core.cpu).chain([self.control_cpu])
    }
}

/// Makes the plan. `dev`: be modest on a machine that is somebody's desk. Errors: P014, P015.
pub fn plan(settings: &Settings, machine: &Machine, dev: bool) -> Result<Plan, Failure> {
    let cpus = chosen_cpus(settings, machine, dev)?;
    let own_control = cpus.len() >= OWN_CONTROL_CPU;
    let most = if own_control { cpus.len() - 1 } else { cpus.len() };
    let count = settings.smp.map_or(most, usize::from);
    if count > most {
        let need = format!("at most {most} data cores on the CPUs {}", parse::show_cpu_list(&cpus));
        return Err(Failure::new("P015", format!("{count} data cores are too many")).need(need));
    }
    let memory = settings.memory.unwrap_or_else(|| {
        let half = machine.memory / 2;
        if dev { half.min(DEV_MEMORY_MAX) } else { half }
    });
    let share = memory.saturating_sub(RESERVE) / count.max(1) as u64;
    let mut data = Vec::with_capacity(count);
    for (core, &cpu) in (0u16..).zip(cpus.iter().take(count)) {
        let own = settings.core(core);
        let cpu = own.cpu.unwrap_or(cpu);
        if !machine.cpus.contains(&cpu) {
            return Err(not_allowed(&format!("`core.{core}.cpu` = {cpu}"), machine));
        }
        let part = own.memory.unwrap_or(share);
        if part < CORE_MEMORY_MIN {
            let need = parse::show_size(CORE_MEMORY_MIN * count as u64 + RESERVE);
            return Err(Failure::new("P014", format!("not enough memory for {count} data cores"))
                .found(format!(
                    "{} in all, {} for core {core}",
                    parse::show_size(memory),
                    parse::show_size(part)
                ))
                .need(format!("at least {need} in all")));
        }
        data.push(CorePlan {
            cpu,
            memory: part,
            spin_us: own.spin_us.unwrap_or(settings.spin_us),
            commit_window_us: own.commit_window_us.unwrap_or(settings.commit_window_us),
            completion: own.completion.unwrap_or(settings.completion),
        });
    }
    let control_cpu = if count < cpus.len() { cpus.last() } else { cpus.get(count.saturating_sub(1)) };
    let control_cpu = *control_cpu.expect("the list of CPUs is not empty");
    let control_alone = own_control && data.iter().all(|core| core.cpu != control_cpu);
    Ok(Plan { data, control_cpu, control_alone, memory })
}

fn chosen_cpus(settings: &Settings, machine: &Machine, dev: bool) -> Result<Vec<u16>, Failure> {
    if let Some(set) = &settings.cpuset {
        if let Some(cpu) = set.iter().find(|cpu| !machine.cpus.contains(cpu)) {
            return Err(not_allowed(&format!("CPU {cpu} of the list"), machine));
        }
        return Ok(set.clone());
    }
    let most = if dev && settings.smp.is_none() { DEV_CPUS_MAX } else { usize::MAX };
    Ok(machine.cpus.iter().copied().take(most).collect())
}

fn not_allowed(what: &str, machine: &Machine) -> Failure {
    Failure::new("P015", format!("{what} is not available to this process"))
        .need(format!("one of {}", parse::show_cpu_list(&machine.cpus)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{CoreSettings, CoreSpec};

    fn machine(cpus: u16) -> Machine {
        Machine { cpus: (0..cpus).collect(), memory: 16 << 30, kernel: "6.18".into() }
    }

    fn cpus(plan: &Plan) -> (Vec<u16>, u16, bool) {
        (plan.data.iter().map(|c| c.cpu).collect(), plan.control_cpu, plan.control_alone)
    }

    #[test]
    fn control_shares_below_four_cpus_and_is_alone_from_there() {
        let s = Settings::default();
        let on = |n, dev| cpus(&plan(&s, &machine(n), dev).expect("plan"));
        assert_eq!(on(1, true), (vec![0], 0, false));
        assert_eq!(on(2, true), (vec![0, 1], 1, false));
        assert_eq!(on(3, false), (vec![0, 1, 2], 2, false));
        assert_eq!(on(4, false), (vec![0, 1, 2], 3, true));
        assert_eq!(on(8, true), (vec![0, 1, 2], 3, true));
        assert_eq!(on(8, false), (vec![0, 1, 2, 3, 4, 5, 6], 7, true));
    }

    #[test]
    fn smp_and_cpuset_choose() {
        let s = Settings { smp: Some(1), ..Settings::default() };
        assert_eq!(cpus(&plan(&s, &machine(2), true).expect("plan")), (vec![0], 1, false));
        let s = Settings { cpuset: Some(vec![1]), ..Settings::default() };
        assert_eq!(cpus(&plan(&s, &machine(2), true).expect("plan")), (vec![1], 1, false));
        let s = Settings { cpuset: Some(vec![5]), ..Settings::default() };
        assert_eq!(plan(&s, &machine(2), true).expect_err("refused").code, "P015");
        let s = Settings { smp: Some(3), ..Settings::default() };
        assert_eq!(plan(&s, &machine(2), true).expect_err("refused").code, "P015");
    }

    #[test]
    fn memory_is_shared_and_has_a_floor() {
        let mut s = Settings { memory: Some(256 << 20), ..Settings::default() };
        let p = plan(&s, &machine(2), true).expect("plan");
        assert!(p.data.iter().all(|c| c.memory == 96 << 20));
        s.cores.push((
            CoreSpec::Cores(vec![1]),
            CoreSettings { memory: Some(50 << 20), ..CoreSettings::default() },
        ));
        let p = plan(&s, &machine(2), true).expect("plan");
        assert_eq!(p.data.iter().map(|c| c.memory >> 20).collect::<Vec<_>>(), [96, 50]);
        s.memory = Some(100 << 20);
        assert_eq!(plan(&s, &machine(2), true).expect_err("refused").code, "P014");
    }
}
