//! Kafka's range assignor, and the formats in which members of the classic protocol tell each other what they want and
//! may read.
//!
//! Owner: nobody. Invariant: what came from other members takes bounded memory, and is never trusted to be whole.

use crate::frames::DECODE_MAX;
use bytes::{Bytes, BytesMut};
use ringlog_wire::generated::{
    ConsumerProtocolAssignment, ConsumerProtocolSubscription, consumer_protocol_assignment::TopicPartition,
};
use ringlog_wire::message::Message;
use ringlog_wire::reader::Reader;
use ringlog_wire::writer::Sink;
use std::collections::BTreeMap;
use std::io;

/// Its name, as members name what they speak.
pub const NAME: &str = "range";
/// What the newest Java client writes; older members read its beginning.
const SUBSCRIPTION: i16 = 3;
const ASSIGNMENT: i16 = 3;

/// The partitions of each topic, in order.
pub type Topics = BTreeMap<String, Vec<i32>>;

fn encode<M: Message>(message: &M, version: i16) -> io::Result<Bytes> {
    let mut out = BytesMut::new();
    out.int16(version);
    message.encode(&mut out, version).map_err(io::Error::other)?;
    Ok(out.freeze())
}

/// Later versions only append.
fn decode<M: Message>(what: &str, bytes: &Bytes) -> io::Result<M> {
    let mut reader = Reader::new(bytes, DECODE_MAX);
    let version = reader.int16();
    version
        .and_then(|version| M::decode(&mut reader, version.clamp(M::MIN, M::MAX)))
        .map_err(|e| io::Error::other(format!("{what} that is none: {e}")))
}

/// What a member says when it joins: these topics, nothing owned (an eager member).
/// Errors: a name that is too long.
pub fn subscription(topics: Vec<String>) -> io::Result<Bytes> {
    encode(&ConsumerProtocolSubscription { topics, ..Default::default() }, SUBSCRIPTION)
}

/// Divides `topics` among the members (id and subscription) that want them: each topic by itself, in runs, by member
/// id; the first members get one more. Returns each member's assignment, in the order of `members`.
/// O(members × topics). Errors: a subscription that is none.
/// Source: Kafka's `RangeAssignor`, for members without an instance id and without racks.
pub fn assign<'a>(
    topics: &Topics,
    members: impl Iterator<Item = (&'a str, &'a Bytes)>,
) -> io::Result<Vec<(String, Bytes)>> {
    let mut given: Vec<(String, Vec<TopicPartition>)> = Vec::new();
    let mut wanted_by: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, (id, metadata)) in members.enumerate() {
        let wants: ConsumerProtocolSubscription = decode(&format!("a subscription of {id}"), metadata)?;
        given.push((id.to_owned(), Vec::new()));
        for topic in wants.topics {
            wanted_by.entry(topic).or_default().push(at);
        }
    }
    for (topic, mut by) in wanted_by {
        let Some(partitions) = topics.get(&topic) else { continue };
        by.sort_by_key(|at| given.get(*at).map(|(id, _)| id.clone()));
        by.dedup();
        let (share, more) = (partitions.len() / by.len(), partitions.len() % by.len());
        let mut rest = partitions.iter().copied();
        for (n, at) in by.into_iter().enumerate() {
            let partitions: Vec<i32> = rest.by_ref().take(share + usize::from(n < more)).collect();
            if let Some((_, mine)) = given.get_mut(at).filter(|_| !partitions.is_empty()) {
                mine.push(TopicPartition { topic: topic.clone(), partitions });
            }
        }
    }
    let one = |(id, assigned_partitions)| {
        let assignment = ConsumerProtocolAssignment { assigned_partitions, user_data: None };
        Ok((id, encode(&assignment, ASSIGNMENT)?))
    };
    given.into_iter().map(one).collect()
}

/// What a member may read, as its leader wrote it; nothing at all is nothing. Errors: it is no assignment.
pub fn assigned(bytes: &Bytes) -> io::Result<Vec<(String, i32)>> {
    if bytes.is_empty() {
        return Ok(Vec::new());
    }
    let assignment: ConsumerProtocolAssignment = decode("an assignment", bytes)?;
    let one = |t: TopicPartition| {
        let TopicPartition { topic, partitions } = t;
        partitions.into_iter().map(move |p| (topic.clone(), p))
    };
    Ok(assignment.assigned_partitions.into_iter().flat_map(one).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Members as `id:topic,topic`, topics as `name/partitions`; who gets what.
    fn check(members: &[&str], topics: &[(&str, i32)], expect: &[&str]) {
        let topics = topics.iter().map(|(name, n)| ((*name).to_owned(), (0..*n).collect())).collect();
        let want = |m: &&str| {
            let (id, names) = m.split_once(':').unwrap();
            let names = names.split(',').map(str::to_owned).collect();
            (id.to_owned(), subscription(names).unwrap())
        };
        let members: Vec<_> = members.iter().map(want).collect();
        let given = assign(&topics, members.iter().map(|(id, m)| (id.as_str(), m))).unwrap();
        let said = given.iter().map(|(id, bytes)| {
            let has = assigned(bytes).unwrap();
            let has: Vec<_> = has.iter().map(|(topic, p)| format!("{topic}{p}")).collect();
            format!("{id}: {}", has.join(" "))
        });
        assert_eq!(said.collect::<Vec<_>>(), expect);
    }

    #[test]
    fn each_topic_is_divided_in_runs_by_member_id_and_the_first_get_one_more() {
        check(&["b:t", "a:t", "c:t"], &[("t", 4)], &["b: t2", "a: t0 t1", "c: t3"]);
        check(&["a:t", "b:t", "c:t"], &[("t", 2)], &["a: t0", "b: t1", "c: "]);
        check(&["a:t,u", "b:u,t"], &[("t", 3), ("u", 3)], &["a: t0 t1 u0 u1", "b: t2 u2"]);
        check(&["a:t", "b:u,other"], &[("t", 2), ("u", 1)], &["a: t0 t1", "b: u0"]);
    }

    #[test]
    fn other_versions_are_read_and_what_is_none_is_told() {
        let newer = [&9i16.to_be_bytes()[..], &assigned_bytes()[2..], b"more"].concat();
        assert_eq!(assigned(&newer.into()).unwrap(), [("t".to_owned(), 1)]);
        assert_eq!(assigned(&Bytes::new()).unwrap(), []);
        // An array that says it has more than there is.
        let cut = Bytes::from_static(&[0, 0, 0x7f, 0xff, 0xff, 0xff]);
        assert!(assigned(&cut).is_err_and(|e| e.to_string().starts_with("an assignment that is none: ")));
        let members = [("a", &cut)];
        let bad = assign(&Topics::new(), members.into_iter()).unwrap_err().to_string();
        assert!(bad.starts_with("a subscription of a that is none: "), "{bad}");
    }

    fn assigned_bytes() -> Bytes {
        let assigned_partitions = vec![TopicPartition { topic: "t".to_owned(), partitions: vec![1] }];
        encode(&ConsumerProtocolAssignment { assigned_partitions, user_data: None }, ASSIGNMENT).unwrap()
    }
}
