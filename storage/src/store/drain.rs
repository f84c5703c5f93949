//! Preparing a data directory for a number of cores: the first layout, or the change to another one.
//!
//! Owner: the boot, once per data directory, before any core opens its store. The change: drain every old commit
//! log into segments, sync, write checkpoints of the new generation beside the old ones, replace `layout`.
//! Invariant: until `layout` is replaced the old generation rules and a crash repeats the step; after that the
//! new checkpoints rule and the old logs only wait to be removed (`open` does it in folders that stay in use).

use super::delete::remove_folder;
use super::open::{OpenContext, io_error, make_dir};
use super::starts::{read_starts, starts_of, write_starts};
use super::wait::all;
use super::{Store, StoreConfig, StoreError};
use crate::checkpoint::{self, Encoder, Head, Record};
use crate::disk::Disk;
use crate::layout::{self, Layout, owner};
use crate::limits::CHECKPOINT_CHUNK;
use crate::planted::{Bug, planted};
use std::path::Path;
use std::rc::Rc;

/// Makes `dir` ready for `config.cores` data cores; `config.core` is not used.
///
/// Must be done before any store of the directory opens, by one task. Waits for locks as `Store::open` does.
/// Cost: nothing if the number of cores is as before; else the bytes that were not flushed, and checkpoints.
/// Errors: as `Store::open`; the old layout stays in force then.
pub async fn prepare<D: Disk, P: AsyncFn(u64)>(
    disk: &D,
    config: &StoreConfig,
    context: &OpenContext<'_, P>,
) -> Result<Layout, StoreError> {
    let dir = &config.dir;
    make_dir(disk, &layout::cores_dir(dir)).await?;
    let layout = Layout::read(disk, dir).await.map_err(|e| StoreError::Corrupt(e.to_string()))?;
    // A killed process may have left the layout's name un-synced, and what it replaces is removed below.
    let cores = layout::cores_dir(dir);
    disk.sync_dir(&cores).await.map_err(io_error(format!("syncing {}", cores.display())))?;
    let layout = match layout {
        None => first_layout(disk, config).await?,
        Some(layout) if layout.cores == config.cores => layout,
        Some(layout) => change(disk, config, layout, context).await?,
    };
    remove_unused(disk, dir, layout).await?;
    remove_deleted(disk, dir).await?;
    Ok(layout)
}

async fn core_numbers<D: Disk>(disk: &D, dir: &Path) -> Result<Vec<u16>, StoreError> {
    let cores = layout::cores_dir(dir);
    let entries = disk.list(&cores).await.map_err(io_error(format!("reading {}", cores.display())))?;
    Ok(entries.iter().filter(|e| e.is_dir).filter_map(|e| layout::parse_core(&e.name)).collect())
}

async fn first_layout<D: Disk>(disk: &D, config: &StoreConfig) -> Result<Layout, StoreError> {
    if let Some(core) = core_numbers(disk, &config.dir).await?.first() {
        return Err(StoreError::Corrupt(format!(
            "{} is missing, but {} is there",
            layout::layout_path(&config.dir).display(),
            layout::core_dir(&config.dir, *core).display()
        )));
    }
    let layout = Layout { generation: 1, cores: config.cores };
    layout.write(disk, &config.dir).await.map_err(io_error("writing the first layout"))?;
    Ok(layout)
}

async fn change<D: Disk, P: AsyncFn(u64)>(
    disk: &D,
    config: &StoreConfig,
    old: Layout,
    context: &OpenContext<'_, P>,
) -> Result<Layout, StoreError> {
    (context.progress)(&format!(
        "{}: changing from {} to {} data cores",
        config.dir.display(),
        old.cores,
        config.cores
    ));
    let mut records = Vec::new();
    for core in 0..old.cores {
        records.extend(
            drain_core(
                disk,
                // The smallest log has room for what is carried: none of the usual size is filled for it.
                StoreConfig { core, cores: old.cores, log_bytes_max: 0, ..config.clone() },
                context,
            )
            .await?,
        );
    }
    let new = Layout { generation: old.generation + 1, cores: config.cores };
    let mut of_core: Vec<Vec<Record>> = (0..new.cores).map(|_| Vec::new()).collect();
    for record in records {
        if let Some(list) = of_core.get_mut(usize::from(owner(record.id(), new.cores))) {
            list.push(record);
        }
    }
    // Until the layout is replaced the old cores' rule: nothing that they say is left out.
    let mut starts = read_starts(disk, &config.dir, old.cores).await?;
    starts.extend(starts_of(of_core.iter().flatten()));
    for (core, records) in (0..new.cores).zip(of_core) {
        write_next(disk, config, new, (core, records)).await?;
        let dir = layout::core_dir(&config.dir, core);
        write_starts(disk, &dir, &starts).await.map_err(io_error("writing the log starts"))?;
    }
    new.write(disk, &config.dir).await.map_err(io_error("replacing the layout"))?;
    Ok(new)
}

/// Recovers one core of the old layout, writes everything out and returns the state of its partitions.
async fn drain_core<D: Disk, P: AsyncFn(u64)>(
    disk: &D,
    config: StoreConfig,
    context: &OpenContext<'_, P>,
) -> Result<Vec<Record>, StoreError> {
    let context = OpenContext {
        known: context.known,
        progress: context.progress,
        pause: &context.pause,
        now_ms: context.now_ms,
    };
    let store = Store::open(disk.clone(), config, context).await?;
    let mut closed = Ok(());
    all(vec![
        Box::pin(commit_all(&store)),
        Box::pin(store.flush_loop()),
        Box::pin(async { closed = store.close().await }),
    ])
    .await;
    closed?;
    let mut records = store.records();
    if planted(Bug::DrainForgetsPartition) {
        records.pop();
    }
    if planted(Bug::DrainForgetsProducers) {
        records.iter_mut().for_each(|r| r.producers.clear());
    }
    Ok(records)
}

async fn commit_all<D: Disk>(store: &Rc<Store<D>>) {
    let mut durable = Vec::new();
    while store.commit_next(&mut durable).await.is_ok() {}
}

async fn write_next<D: Disk>(
    disk: &D,
    config: &StoreConfig,
    new: Layout,
    (core, records): (u16, Vec<Record>),
) -> Result<(), StoreError> {
    let dir = layout::core_dir(&config.dir, core);
    make_dir(disk, &dir).await?;
    let head = Head {
        layout_generation: new.generation,
        core,
        cores: new.cores,
        // Another salt per core, so that no frame of one can pass for one of another.
        salt: config.salt ^ (u64::from(core) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15),
        first_generation: 1,
        first_sequence: 1,
        first_prev_crc: 0,
        log_used: false,
        clean: true,
    };
    let mut encoder = Encoder::new(&head);
    for chunk in records.chunks(CHECKPOINT_CHUNK) {
        encoder.push(&chunk.to_vec());
    }
    let path = dir.join(checkpoint::NEXT);
    disk.replace_file(&path, &encoder.finish(1))
        .await
        .map_err(io_error(format!("writing {}", path.display())))
}

/// Folders of cores that the layout in force does not have.
async fn remove_unused<D: Disk>(disk: &D, dir: &Path, layout: Layout) -> Result<(), StoreError> {
    for core in core_numbers(disk, dir).await?.into_iter().filter(|core| *core >= layout.cores) {
        let path = layout::core_dir(dir, core);
        remove_folder(disk, &path).await.map_err(io_error(format!("removing {}", path.display())))?;
    }
    Ok(())
}

/// Folders of deleted partitions that the last process did not finish removing.
async fn remove_deleted<D: Disk>(disk: &D, dir: &Path) -> Result<(), StoreError> {
    for entry in disk.list(dir).await.map_err(io_error(format!("reading {}", dir.display())))? {
        if entry.is_dir && entry.name.ends_with(super::delete::DELETE_SUFFIX) {
            let path = dir.join(&entry.name);
            remove_folder(disk, &path).await.map_err(io_error(format!("removing {}", path.display())))?;
        }
    }
    Ok(())
}
