//! What ConsumerGroupDescribe says of a group.
//!
//! Owner: the group. Pure. Invariant: topics are named as they are called now; one that is gone has no name.

use super::{Consumer, Partitions};
use crate::image::MetadataImage;
use ringlog_wire::generated::consumer_group_describe_response::{
    Assignment, DescribedGroup, Member as Described, TopicPartitions,
};

/// What a member speaks, in the words of version 1.
const CLASSIC_MEMBER: i8 = 0;
const CONSUMER_MEMBER: i8 = 1;

impl Consumer {
    /// The description; the group's id is the caller's.
    #[must_use]
    pub fn describe(&self, image: &MetadataImage) -> DescribedGroup {
        let nothing = Partitions::default();
        let members = self.members.iter().map(|(id, m)| Described {
            member_id: id.to_string(),
            instance_id: m.instance.clone(),
            rack_id: m.rack.clone(),
            member_epoch: m.epoch,
            client_id: m.client.id.clone(),
            client_host: m.client.host.clone(),
            subscribed_topic_names: m.names.iter().cloned().collect(),
            subscribed_topic_regex: Some(m.pattern.clone()).filter(|p| !p.is_empty()),
            assignment: named(&m.assigned, image),
            target_assignment: named(self.target.get(id).unwrap_or(&nothing), image),
            member_type: if m.classic.is_some() { CLASSIC_MEMBER } else { CONSUMER_MEMBER },
        });
        DescribedGroup {
            group_state: self.state_name().to_owned(),
            group_epoch: self.epoch,
            assignment_epoch: self.target_epoch,
            assignor_name: self.assignor().to_owned(),
            members: members.collect(),
            ..Default::default()
        }
    }
}

fn named(partitions: &Partitions, image: &MetadataImage) -> Assignment {
    let topics = partitions.0.iter().map(|(topic_id, ps)| TopicPartitions {
        topic_id: *topic_id,
        topic_name: image.topic(*topic_id).map(|t| t.name.to_string()).unwrap_or_default(),
        partitions: ps.iter().copied().collect(),
    });
    Assignment { topic_partitions: topics.collect() }
}
