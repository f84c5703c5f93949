//! A broker on a simulated node: started, stopped, killed and cut off from power, in any order.
//!
//! Owner: a test or a swarm. Invariant: the cores run the code of `shard` and `storage` unchanged; what a broker
//! said and how it ended is known without asking it.

use crate::config::broker_config_in;
use crate::env::{Node, Sim, SimEnv};
use crate::{MemDisk, rng::Rng};
use ringlog_shard::control::{Control, ControlBoot};
use ringlog_shard::env::{CoreId, Env, Lane, Level, Mesh};
use ringlog_shard::limits::Limits;
use ringlog_shard::msg::ShardMsg;
use ringlog_shard::{Core, CoreBoot};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What a broker is started with.
#[derive(Clone, Debug)]
pub struct Shape {
    /// Data cores.
    pub cores: u16,
    /// Bounds of each core.
    pub limits: Limits,
    /// Data directories.
    pub dirs: &'static [&'static str],
    /// Static configuration.
    pub statics: BTreeMap<String, String>,
}

#[derive(Default)]
struct Progress {
    ended: Cell<u16>,
    control: RefCell<Option<Result<(), String>>>,
}

/// One broker process.
pub struct Broker {
    node: Node,
    cores: u16,
    ready: Arc<AtomicBool>,
    progress: Rc<Progress>,
}

impl Broker {
    /// Starts a broker on `disk`; it is not ready yet.
    #[must_use]
    pub fn start(sim: &Sim, disk: &MemDisk, shape: &Shape) -> Self {
        let node = sim.node(disk, shape.cores, 1);
        let ready = Arc::new(AtomicBool::new(false));
        let progress = Rc::<Progress>::default();
        let config = broker_config_in(shape.dirs, &shape.statics);
        let (data, control): (Vec<&SimEnv>, Vec<&SimEnv>) =
            node.envs().iter().partition(|e| e.mesh().core().0 < shape.cores);
        for env in data {
            let boot = CoreBoot { config: config.clone(), limits: shape.limits.clone() };
            let (own, progress) = (env.clone(), Rc::clone(&progress));
            env.spawn(Lane::Produce, async move {
                Core::run(own, boot).await;
                progress.ended.set(progress.ended.get() + 1);
            });
        }
        for env in control {
            let told = Arc::clone(&ready);
            let boot = ControlBoot {
                config: config.clone(),
                cluster_id: None,
                on_ready: Box::new(move |_| told.store(true, Ordering::SeqCst)),
            };
            let (own, progress) = (env.clone(), Rc::clone(&progress));
            env.spawn(Lane::Consensus, async move {
                let end = Control::run(own, boot).await.map_err(|e| format!("{e}"));
                *progress.control.borrow_mut() = Some(end);
            });
        }
        Self { node, cores: shape.cores, ready, progress }
    }

    /// True once connections are accepted.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.ready.load(Ordering::SeqCst)
    }

    /// Why the start failed, if it did.
    #[must_use]
    pub fn failure(&self) -> Option<String> {
        match &*self.progress.control.borrow() {
            Some(Err(why)) => Some(why.clone()),
            _ => None,
        }
    }

    /// Data cores.
    #[must_use]
    pub fn cores(&self) -> u16 {
        self.cores
    }

    /// The process.
    #[must_use]
    pub fn node(&self) -> &Node {
        &self.node
    }

    /// SIGTERM: asks all cores to stop.
    pub async fn ask_to_stop(&self, sim: &Sim) {
        let Some(env) = self.node.envs().last() else { return };
        for core in 0..=self.cores {
            while env.mesh().try_send(CoreId(core), ShardMsg::Stop).is_err() {
                sim.sleep_ms(1).await;
            }
        }
    }

    /// True once every data core has ended.
    #[must_use]
    pub fn has_stopped(&self) -> bool {
        self.progress.ended.get() == self.cores
    }

    /// Log lines of at least `level` that contain `text`.
    #[must_use]
    pub fn logged(&self, level: Level, text: &str) -> Vec<String> {
        let all = self.node.log().into_iter();
        all.filter(|(l, line)| *l >= level && line.contains(text)).map(|(_, line)| line).collect()
    }

    /// SIGKILL.
    pub fn kill(self) {
        self.node.kill();
    }

    /// SIGKILL and loss of power at the same moment.
    pub fn cut_power(self, rng: &Rng) {
        self.node.cut_power(rng);
    }
}
