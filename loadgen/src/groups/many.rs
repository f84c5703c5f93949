//! Many groups of the consumer protocol, each with a member that commits: what they cost a running broker, and how
//! soon all of them answer after a restart, with `__consumer_offsets` compacted.
//!
//! Owner: one run. What every group answers after the restart is compared with what was acknowledged before.

use super::Options;
use super::ask::{self, Member};
use crate::frames;
use crate::versions::{Caller, Versions, good};
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::OffsetFetchRequest;
use ringlog_wire::generated::offset_fetch_request::{OffsetFetchRequestGroup, OffsetFetchRequestTopics};
use ringlog_wire::generated::offset_fetch_response::OffsetFetchResponseGroup;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

const TOPIC: &str = "read";
const PARTITIONS: i32 = 10;
/// Connections, each with one request in flight.
const CONNECTIONS: usize = 64;
/// Groups that one OffsetFetch asks for.
const AT_ONCE: usize = 200;
/// As long as the log of the offsets does not shrink, compaction is at its end.
const CALM: Duration = Duration::from_secs(4);
const COMPACTED_WITHIN: Duration = Duration::from_secs(120);

/// Runs it. Errors: the broker's, and a wrong answer.
pub fn run(options: &Options) -> io::Result<()> {
    let set = [
        "offsets.topic.segment.bytes=1048576".to_owned(),
        "log.cleaner.backoff.ms=200".to_owned(),
        "log.cleaner.min.cleanable.ratio=0.01".to_owned(),
        // Nobody sends heartbeats while others commit.
        "group.consumer.max.session.timeout.ms=3600000".to_owned(),
        "group.consumer.session.timeout.ms=3600000".to_owned(),
    ];
    let broker = options.start(true, &set)?;
    let addr = options.addr();
    frames::create_topic(addr, TOPIC, PARTITIONS as u32)?;
    ask::find_coordinator(addr, &group(0))?;
    let (began, cpu) = (Instant::now(), broker.cpu_seconds());
    let members = on_connections(addr, new_members(options.groups), |caller, member| {
        member.beat(caller, &[TOPIC.to_owned()])?;
        (0..options.commits).try_for_each(|n| commit(caller, member, n as i64))
    })?;
    println!(
        "many: {} groups with a member each joined and committed {} times in {:.1} s ({:.1} s of CPU), {:.0} MiB resident",
        options.groups,
        options.commits,
        began.elapsed().as_secs_f64(),
        broker.cpu_seconds() - cpu,
        broker.resident_mib()
    );
    let (began, cpu) = (Instant::now(), broker.cpu_seconds());
    on_connections(addr, members, |caller, member| member.beat(caller, &[TOPIC.to_owned()]).map(drop))?;
    let beats = options.groups as f64;
    println!(
        "many: a heartbeat of every group: {:.0} req/s, {:.1} us of CPU each",
        beats / began.elapsed().as_secs_f64(),
        (broker.cpu_seconds() - cpu) * 1e6 / beats
    );
    let (before, after) = compacted(&options.dir)?;
    println!("many: __consumer_offsets has {before} MiB, compacted {after} MiB");
    broker.stop()?;
    let broker = options.start(false, &set)?;
    let (loaded, waited) = all_answer(options)?;
    println!(
        "many: after a restart every group has answered OffsetFetch {} ms after READY ({waited} answers COORDINATOR_LOAD_IN_PROGRESS), {:.2} s of CPU since its start, {:.0} MiB resident",
        loaded.as_millis(),
        broker.cpu_seconds(),
        broker.resident_mib()
    );
    broker.stop().map(drop)
}

fn group(n: usize) -> String {
    format!("group-{n:06}")
}

fn new_members(count: usize) -> Vec<Member> {
    (0..count).map(|n| Member::new(&group(n), format!("member-of-{n:06}"))).collect()
}

fn commit(caller: &mut Caller, member: &Member, offset: i64) -> io::Result<()> {
    let who = (member.id.as_str(), member.epoch);
    ask::send_commit(caller, &ask::commit(&member.group, who, TOPIC, (PARTITIONS, offset)))
}

/// Does `work` with every member, over connections that share them. Errors: the first that any met.
fn on_connections(
    addr: SocketAddr,
    members: Vec<Member>,
    work: impl Fn(&mut Caller, &mut Member) -> io::Result<()> + Sync,
) -> io::Result<Vec<Member>> {
    let mut parts: Vec<Vec<Member>> = (0..CONNECTIONS).map(|_| Vec::new()).collect();
    for (n, member) in members.into_iter().enumerate() {
        if let Some(part) = parts.get_mut(n % CONNECTIONS) {
            part.push(member);
        }
    }
    let versions = Arc::new(Versions::ask(addr)?);
    let (versions, work, mut done) = (&versions, &work, Vec::new());
    std::thread::scope(|scope| {
        let one = |mut part: Vec<Member>| {
            scope.spawn(move || {
                let mut caller = Caller::with(addr, versions)?;
                part.iter_mut().try_for_each(|m| work(&mut caller, m))?;
                io::Result::Ok(part)
            })
        };
        let threads: Vec<_> = parts.into_iter().map(one).collect();
        for thread in threads {
            done.extend(thread.join().map_err(|_| io::Error::other("a connection's thread panicked"))??);
        }
        io::Result::Ok(())
    })?;
    Ok(done)
}

/// MiB of the segments of `__consumer_offsets`, before and after compaction has come to its end.
/// Errors: it does nothing.
fn compacted(dir: &Path) -> io::Result<(u64, u64)> {
    let before = log_bytes(dir)?;
    let (mut least, mut since, began) = (before, Instant::now(), Instant::now());
    while since.elapsed() < CALM || least == before {
        if began.elapsed() > COMPACTED_WITHIN {
            return Err(io::Error::other("the log of the offsets is not compacted after two minutes"));
        }
        std::thread::sleep(Duration::from_millis(200));
        let now = log_bytes(dir)?;
        if now < least {
            (least, since) = (now, Instant::now());
        }
    }
    Ok((before >> 20, least >> 20))
}

/// Bytes of all segments of `__consumer_offsets` below `dir`; a file that goes away meanwhile counts nothing.
fn log_bytes(dir: &Path) -> io::Result<u64> {
    let mut sum = 0;
    for entry in std::fs::read_dir(dir)?.filter_map(Result::ok) {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() {
            sum += log_bytes(&entry.path()).unwrap_or(0);
        } else if name.ends_with(".log") && dir.to_string_lossy().contains("__consumer_offsets-") {
            sum += entry.metadata().map_or(0, |m| m.len());
        }
    }
    Ok(sum)
}

/// Asks for the offsets of all groups until every group has answered with what it committed last; how long that
/// took, and how many answers said that the coordinator was loading.
fn all_answer(options: &Options) -> io::Result<(Duration, usize)> {
    let began = Instant::now();
    let mut caller = Caller::connect(options.addr())?;
    let mut open: Vec<String> = (0..options.groups).map(group).collect();
    let (mut waited, last) = (0, options.commits as i64 - 1);
    while !open.is_empty() {
        let mut later = Vec::new();
        for names in open.chunks(AT_ONCE) {
            let body =
                OffsetFetchRequest { groups: names.iter().map(|n| asked(n)).collect(), ..Default::default() };
            for g in caller.call(&body)?.groups {
                if g.error_code == ErrorCode::CoordinatorLoadInProgress.code() {
                    later.push(g.group_id);
                } else {
                    check(&g, last)?;
                }
            }
        }
        waited += later.len();
        open = later;
    }
    Ok((began.elapsed(), waited))
}

fn asked(group: &str) -> OffsetFetchRequestGroup {
    let topic = OffsetFetchRequestTopics {
        name: TOPIC.to_owned(),
        partition_indexes: (0..PARTITIONS).collect(),
        ..Default::default()
    };
    OffsetFetchRequestGroup {
        group_id: group.to_owned(),
        member_epoch: -1,
        topics: Some(vec![topic]),
        ..Default::default()
    }
}

fn check(g: &OffsetFetchResponseGroup, last: i64) -> io::Result<()> {
    good("OffsetFetch", g.error_code)?;
    let offsets: Vec<_> = g.topics.iter().flat_map(|t| &t.partitions).map(|p| p.committed_offset).collect();
    match offsets.len() == PARTITIONS as usize && offsets.iter().all(|o| *o == last) {
        true => Ok(()),
        false => Err(io::Error::other(format!("{} answers {offsets:?}, {last} was committed", g.group_id))),
    }
}
