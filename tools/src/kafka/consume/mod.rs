//! `kafka-console-consumer`: prints records of topics.
//!
//! Owner: one process. Invariants: what a group commits was printed; without `--group` no group is made, the partitions
//! are read directly.

mod format;
mod member;

use super::{Json, Properties, Tool, login, shape};
use crate::client::commits::{Who, commit, committed};
use crate::client::fetch::{Fetcher, How, Read, Reset};
use crate::client::offsets::Partition;
use crate::client::{Client, Failure};
use crate::opts::{Options, Spec, Stop, flag, parse, value};
use crate::out::Out;
use crate::regex::Regex;
use format::Formatter;
use member::{Config, Member};
use ringlog_wire::ids::TopicId;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

const SPECS: &[Spec] = &[
    value(&["topic"], "What to read"),
    value(&["include"], "Pattern of topics to read"),
    value(&["partition"], "The one partition to read"),
    value(&["offset"], "From there: a number, earliest or latest (latest)"),
    value(&["formatter"], "DefaultMessageFormatter or NoOpMessageFormatter"),
    value(&["property"], "Deprecated: --formatter-property"),
    value(&["formatter-property"], "What is printed: print.key=true and others"),
    value(&["formatter-config"], "Properties file for --formatter-property"),
    flag(&["from-beginning"], "From the first record, where nothing is committed"),
    value(&["max-messages"], "End after so many records"),
    value(&["timeout-ms"], "End when nothing came for so long"),
    flag(&["skip-message-on-error"], "Taken, without effect: every record can be printed"),
    value(&["bootstrap-server"], "Broker to start from, HOST:PORT[,HOST:PORT]"),
    value(&["key-deserializer"], "How keys are read: StringDeserializer and others"),
    value(&["value-deserializer"], "How values are read"),
    flag(&["enable-systest-events"], "Print shutdown_complete at the end"),
    value(&["isolation-level"], "read_uncommitted or read_committed (read_uncommitted)"),
    value(&["group"], "The group whose member to be"),
    value(&["consumer-property"], "Deprecated: --command-property"),
    value(&["command-property"], "Consumer config, key=value"),
    value(&["consumer.config"], "Deprecated: --command-config"),
    value(&["command-config"], "Properties file for the consumer"),
];

/// The tool.
pub const TOOL: Tool = Tool {
    name: "console-consumer",
    about: "This tool helps to read data from Kafka topics and outputs it to standard output.",
    specs: SPECS,
    json: Json::All,
    run,
    on_failure: |out, failure, _| {
        out.complain(format!("ERROR Unknown error when running consumer: {failure}"))
    },
};

/// How often new partitions are looked for.
const LOOK: Duration = Duration::from_secs(5);

/// Makes the bytes of a record that is the so manieth.
pub type Print = Box<dyn Fn(&Read, u64) -> Vec<u8>>;

/// What the command line asks for.
struct Job {
    topic: Option<String>,
    include: Option<Regex>,
    partition: Option<i32>,
    offset: Option<i64>,
    max: Option<u64>,
    timeout: Option<Duration>,
    print: Print,
    how: How,
    group: Option<Config>,
    auto_commit: Option<Duration>,
}

fn run(args: &[String], out: &mut Out) -> Result<(), Stop> {
    let o = parse(&[SPECS, super::COMMON], args).map_err(super::as_usage)?;
    if args.is_empty() {
        return Err(Stop::Usage(TOOL.about.to_owned()));
    }
    o.help_or_version()?;
    check_args(&o)?;
    let mut config = configs(&o, out)?;
    let job = job(&o, &mut config, out)?;
    let mut access = login(&o, "", "bootstrap-server")?;
    access.client_id = "console-consumer".to_owned();
    config.apply(&mut access)?;
    if job.partition.is_none() && job.group.as_ref().is_none_or(|g| !g.new_protocol) {
        out.complain("The consumer rebalance protocol (KIP-848) is production-ready! Set group.protocol=consumer to try it out. See https://kafka.apache.org/documentation/#consumer_rebalance_protocol");
    }
    let mut count = 0;
    let done =
        Client::connect(access).map_err(Stop::from).and_then(|mut c| consume(&mut c, &job, out, &mut count));
    out.complain(format!("Processed a total of {count} messages"));
    if o.has("enable-systest-events") {
        out.line("shutdown_complete");
    }
    done
}

fn check_args(o: &Options) -> Result<(), Stop> {
    let usage = |text: &str| Err(Stop::Usage(text.to_owned()));
    if o.has("topic") == o.has("include") {
        return usage("Exactly one of the following arguments is required: [topic], [include]");
    }
    if o.has("partition") {
        if !o.has("topic") {
            return usage("The topic is required when partition is specified.");
        }
        if o.has("from-beginning") && o.has("offset") {
            return usage("Options from-beginning and offset cannot be specified together.");
        }
    } else if o.has("offset") {
        return usage("The partition is required when offset is specified.");
    }
    o.require(&["bootstrap-server"])
}

fn configs(o: &Options, out: &mut Out) -> Result<Properties, Stop> {
    let pairs = [
        ("consumer-property", "command-property"),
        ("consumer.config", "command-config"),
        ("property", "formatter-property"),
    ];
    for (old, new) in pairs {
        if o.has(old) && o.has(new) {
            return Err(Stop::Usage(format!("Options --{old} and --{new} cannot be specified together.")));
        }
        if o.has(old) {
            out.line(format!(
                "Option --{old} is deprecated and will be removed in a future version. Use --{new} instead."
            ));
        }
    }
    Properties::of(o, &["consumer.config", "command-config"], &["consumer-property", "command-property"])
}

fn job(o: &Options, config: &mut Properties, out: &mut Out) -> Result<Job, Stop> {
    let from_beginning = o.has("from-beginning");
    let reset = match config.take("auto.offset.reset") {
        Some(other) if from_beginning && other != "earliest" => {
            out.complain(format!("Can't simultaneously specify --from-beginning and 'auto.offset.reset={other}', please remove one option"));
            return Err(Stop::Exit(1));
        }
        Some(text) => match text.as_str() {
            "earliest" => Reset::Earliest,
            "latest" => Reset::Latest,
            "none" => Reset::None,
            other => {
                return Err(Stop::Refused(format!(
                    "ringctl does not support auto.offset.reset={other}: earliest, latest or none"
                )));
            }
        },
        None if from_beginning => Reset::Earliest,
        None => Reset::Latest,
    };
    let offset = match o.one("offset")? {
        Some(text) if text.eq_ignore_ascii_case("earliest") => Some(-2),
        Some(text) if text.eq_ignore_ascii_case("latest") => Some(-1),
        Some(text) => match text.parse::<i64>() {
            Ok(n) if n >= 0 => Some(n),
            _ => {
                return Err(Stop::Usage(format!(
                    "The provided offset value '{text}' is incorrect. Valid values are 'earliest', 'latest', or a non-negative long."
                )));
            }
        },
        None => None,
    };
    let isolation = config.take("isolation.level");
    let isolation = o.one("isolation-level")?.map(ToOwned::to_owned).or(isolation);
    let committed = match isolation.as_deref() {
        None | Some("read_uncommitted") => false,
        Some("read_committed") => true,
        Some(other) => return Err(Failure::of_class("org.apache.kafka.common.config.ConfigException", format!("Invalid value {other} for configuration isolation.level: String must be one of: read_committed, read_uncommitted")).into()),
    };
    let include = o.one("include")?.map(|p| Regex::new(p).map_err(Failure::illegal)).transpose()?;
    let group = group(o, config)?;
    let auto = config.take("enable.auto.commit").is_none_or(|v| v == "true");
    let every = config.millis("auto.commit.interval.ms", 5000)?;
    Ok(Job {
        topic: o.one("topic")?.map(ToOwned::to_owned),
        include,
        partition: o.number("partition")?,
        offset,
        max: o.number::<i64>("max-messages")?.and_then(|n| u64::try_from(n).ok()),
        timeout: o
            .number::<i64>("timeout-ms")?
            .and_then(|n| u64::try_from(n).ok())
            .map(Duration::from_millis),
        print: print(o, out.is_json())?,
        how: How {
            committed,
            reset,
            wait: config.millis("fetch.max.wait.ms", 500)?,
            min_bytes: config.number("fetch.min.bytes", 1)?,
            max_bytes: config.number("fetch.max.bytes", 50 << 20)?,
            partition_bytes: config.number("max.partition.fetch.bytes", 1 << 20)?,
        },
        auto_commit: (auto && group.is_some()).then_some(every),
        group,
    })
}

fn print(o: &Options, json: bool) -> Result<Print, Stop> {
    let mut properties = Vec::new();
    if let Some(path) = o.one("formatter-config")? {
        properties.extend(super::properties(path)?);
    }
    for (option, key) in
        [("key-deserializer", "key.deserializer"), ("value-deserializer", "value.deserializer")]
    {
        if let Some(class) = o.one(option)? {
            properties.push((key.to_owned(), class.to_owned()));
        }
    }
    properties.extend(o.all("property").into_iter().chain(o.all("formatter-property")).map(super::key_value));
    let formatter = Formatter::new(o.one("formatter")?, &properties)?;
    if json {
        return Ok(Box::new(|r, _| format!("{}\n", shape::record(r)).into_bytes()));
    }
    Ok(Box::new(move |r, _| formatter.write(r)))
}

fn group(o: &Options, config: &mut Properties) -> Result<Option<Config>, Stop> {
    let given: BTreeSet<String> =
        o.one("group")?.map(ToOwned::to_owned).into_iter().chain(config.take("group.id")).collect();
    let new_protocol = config.take("group.protocol").is_some_and(|p| p.eq_ignore_ascii_case("consumer"));
    let instance = config.take("group.instance.id");
    let session = config.millis("session.timeout.ms", 45_000)?;
    let rebalance = config.millis("max.poll.interval.ms", 300_000)?;
    let heartbeat = config.millis("heartbeat.interval.ms", 3000)?;
    config.take("max.poll.records");
    if given.len() > 1 {
        let list = given.iter().map(|g| format!("'{g}'")).collect::<Vec<_>>().join(", ");
        return Err(Stop::Usage(format!(
            "The group ids provided in different places (directly using '--group', via '--consumer-property', or via '--consumer.config') do not match. Detected group ids: {list}"
        )));
    }
    if !given.is_empty() && o.has("partition") {
        return Err(Stop::Usage("Options group and partition cannot be specified together.".to_owned()));
    }
    let topics = o.one("topic")?.map(ToOwned::to_owned).into_iter().collect();
    Ok(given.into_iter().next().map(|group| Config {
        group,
        new_protocol,
        instance,
        topics,
        session,
        rebalance,
        heartbeat,
    }))
}

/// Topics that the job names, as they are now; a topic that is missing may be created by the broker.
fn topics(client: &mut Client, job: &Job) -> Result<BTreeMap<String, Vec<i32>>, Failure> {
    let answer = match &job.topic {
        Some(topic) => client.metadata_with(Some(std::slice::from_ref(topic)), true)?,
        None => client.metadata(None)?,
    };
    let mut all = BTreeMap::new();
    for topic in answer.topics {
        let name = topic.name.unwrap_or_default();
        let wanted = job.include.as_ref().is_none_or(|p| p.matches(&name) && !topic.is_internal);
        if topic.error_code == 0 && wanted {
            all.insert(name, topic.partitions.iter().map(|p| p.partition_index).collect());
        }
    }
    Ok(all)
}

fn consume(client: &mut Client, job: &Job, out: &mut Out, count: &mut u64) -> Result<(), Stop> {
    let mut fetcher = Fetcher::new(job.how);
    let Some(group) = &job.group else { return alone(client, job, &mut fetcher, (out, count)) };
    let mut config = group.clone();
    if config.topics.is_empty() {
        config.topics = topics(client, job)?.into_keys().collect();
    }
    let nanos =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_nanos());
    let id = TopicId((nanos ^ (u128::from(std::process::id()) << 96)).to_be_bytes()).to_string();
    let mut member = Member::new(config, id);
    let done = together(client, job, (&mut fetcher, &mut member), (out, count));
    if job.auto_commit.is_some() {
        save(client, &member, &fetcher.positions(), out);
    }
    member.leave(client);
    done
}

fn save(client: &mut Client, member: &Member, positions: &BTreeMap<Partition, i64>, out: &mut Out) {
    let (group, id, epoch) = member.identity();
    let who = Who { group, member: id, epoch, instance: member.instance() };
    if let Err(e) = commit(client, who, positions) {
        out.complain(format!("WARN Offsets of group {group} were not committed: {e}"));
    }
}

/// Counts, prints, and says when it is enough.
struct Printer<'a> {
    out: &'a mut Out,
    count: &'a mut u64,
    max: Option<u64>,
    timeout: Option<Duration>,
    last: Instant,
}

impl Printer<'_> {
    fn full(&self) -> bool {
        self.max.is_some_and(|max| *self.count >= max)
    }

    fn print(&mut self, print: &Print, record: &Read) {
        *self.count += 1;
        self.out.raw(&print(record, *self.count));
        self.last = Instant::now();
    }

    /// Prints what is ready; true if the command is over.
    fn drain(&mut self, print: &Print, fetcher: &mut Fetcher) -> bool {
        while !self.full() {
            let Some(record) = fetcher.next() else { break };
            self.print(print, &record);
        }
        self.out.flush();
        if self.out.is_closed() {
            self.out.complain("Unable to write to standard out, closing consumer.");
            return true;
        }
        self.full() || self.timeout.is_some_and(|t| self.last.elapsed() > t)
    }
}

fn printer<'a>(job: &Job, (out, count): (&'a mut Out, &'a mut u64)) -> Printer<'a> {
    Printer { out, count, max: job.max, timeout: job.timeout, last: Instant::now() }
}

/// What a command of ours reads as a member of a group.
pub struct Joined {
    /// The group.
    pub group: String,
    /// What it reads.
    pub topics: Regex,
    /// How.
    pub how: How,
    /// End after so many records.
    pub num: Option<u64>,
    /// How a record is printed.
    pub print: Print,
}

/// Reads as a member of a group, with Kafka's defaults, and commits what was printed.
pub fn read_as_member(client: &mut Client, joined: Joined, out: &mut Out) -> Result<(), Stop> {
    let group = Config {
        group: joined.group,
        new_protocol: false,
        instance: None,
        topics: Vec::new(),
        session: Duration::from_secs(45),
        rebalance: Duration::from_secs(300),
        heartbeat: Duration::from_secs(3),
    };
    let job = Job {
        topic: None,
        include: Some(joined.topics),
        partition: None,
        offset: None,
        max: joined.num,
        timeout: None,
        print: joined.print,
        how: joined.how,
        group: Some(group),
        auto_commit: Some(Duration::from_secs(5)),
    };
    consume(client, &job, out, &mut 0)
}

/// Reads the partitions directly.
fn alone(
    client: &mut Client,
    job: &Job,
    fetcher: &mut Fetcher,
    to: (&mut Out, &mut u64),
) -> Result<(), Stop> {
    let mut printer = printer(job, to);
    if printer.full() {
        return Ok(());
    }
    let mut look: Option<Instant> = None;
    let mut known: BTreeMap<Partition, i64> = BTreeMap::new();
    loop {
        if look
            .is_none_or(|at| at.elapsed() > if known.is_empty() { Duration::from_millis(200) } else { LOOK })
        {
            // Partitions that appear later are read from their beginning: nothing in them was missed.
            let reset = if look.is_none() { job.how.reset } else { Reset::Earliest };
            look = Some(Instant::now());
            let all = topics(client, job)?;
            let fresh: Vec<Partition> = all
                .iter()
                .flat_map(|(topic, parts)| parts.iter().map(|p| (topic.clone(), *p)))
                .filter(|p| job.partition.is_none_or(|only| only == p.1) && !known.contains_key(p))
                .collect();
            if !fresh.is_empty() {
                let starts = match job.offset {
                    Some(n) if n >= 0 => fresh.iter().map(|p| (p.clone(), n)).collect(),
                    Some(-2) => fetcher.start(client, &fresh, Reset::Earliest)?,
                    Some(_) => fetcher.start(client, &fresh, Reset::Latest)?,
                    None => fetcher.start(client, &fresh, reset)?,
                };
                known = fetcher.positions();
                known.extend(starts);
                fetcher.assign(known.clone());
            }
        }
        fetcher.poll(client)?;
        if printer.drain(&job.print, fetcher) {
            return Ok(());
        }
    }
}

/// Reads as a member of a group.
fn together(
    client: &mut Client,
    job: &Job,
    (fetcher, member): (&mut Fetcher, &mut Member),
    to: (&mut Out, &mut u64),
) -> Result<(), Stop> {
    let mut printer = printer(job, to);
    let mut saved = Instant::now();
    loop {
        let positions = fetcher.positions();
        let keeps = job.auto_commit.is_some();
        let changed = member.tick(client, &mut |member, client| {
            if keeps {
                let (group, id, epoch) = member.identity();
                let who = Who { group, member: id, epoch, instance: member.instance() };
                // A member that was thrown out may not commit; another has its partitions.
                let _ = commit(client, who, &positions);
            }
        })?;
        if let Some(ours) = changed {
            let kept: BTreeMap<Partition, i64> =
                positions.into_iter().filter(|(p, _)| ours.contains(p)).collect();
            let fresh: Vec<Partition> = ours.into_iter().filter(|p| !kept.contains_key(p)).collect();
            let mut next = kept;
            if !fresh.is_empty() {
                let group = member.identity().0.to_owned();
                let known = committed(client, &group, Some(&fresh))?;
                let missing: Vec<Partition> =
                    fresh.iter().filter(|p| !known.contains_key(p)).cloned().collect();
                next.extend(known.into_iter().map(|(p, at)| (p, at.offset)));
                next.extend(fetcher.start(client, &missing, job.how.reset)?);
            }
            fetcher.assign(next);
        }
        if printer.full() {
            return Ok(());
        }
        fetcher.poll(client)?;
        if printer.drain(&job.print, fetcher) {
            return Ok(());
        }
        if job.auto_commit.is_some_and(|every| saved.elapsed() >= every) {
            save(client, member, &fetcher.positions(), printer.out);
            saved = Instant::now();
        }
    }
}
