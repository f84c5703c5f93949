//! `OffsetFetchRequest`: request, key 9, versions 1-10, flexible 6+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `OffsetFetchRequest`, versions 1-10.
#[derive(Clone, PartialEq, Debug)]
pub struct OffsetFetchRequest {
    /// `GroupId` string, a groupId, versions 1-7.
    pub group_id: String,
    /// `Topics` array of OffsetFetchRequestTopic, versions 1-7, nullable 2-7, default Some(Vec::new()).
    pub topics: Option<Vec<OffsetFetchRequestTopic>>,
    /// `Groups` array of OffsetFetchRequestGroup, versions 8-10.
    pub groups: Vec<OffsetFetchRequestGroup>,
    /// `RequireStable` bool, versions 7-10.
    pub require_stable: bool,
}

impl Default for OffsetFetchRequest {
    fn default() -> Self {
        Self {
            group_id: String::new(),
            topics: Some(Vec::new()),
            groups: Vec::new(),
            require_stable: false,
        }
    }
}

impl OffsetFetchRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 10)?;
        let flexible = version >= 6;
        let out = Self {
            group_id: if version <= 7 { r.string(flexible)? } else { String::new() },
            topics: if version <= 7 { if version >= 2 { r.nullable_array(flexible, version, if version <= 5 { 6 } else { 3 }, OffsetFetchRequestTopic::decode)? } else { Some(r.array(flexible, version, if version <= 5 { 6 } else { 3 }, OffsetFetchRequestTopic::decode)?) } } else { Some(Vec::new()) },
            groups: if version >= 8 { r.array(flexible, version, if version <= 8 { 3 } else { 8 }, OffsetFetchRequestGroup::decode)? } else { Vec::new() },
            require_stable: if version >= 7 { r.boolean()? } else { false },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(1..=10).contains(&version) {
            return Err(EncodeError::Version { message: "OffsetFetchRequest", version });
        }
        let flexible = version >= 6;
        if version <= 7 {
            s.string(flexible, &self.group_id)?;
        } else {
            writer::absent(!self.group_id.is_empty(), "OffsetFetchRequest.GroupId", version)?;
        }
        if version <= 7 {
            if version >= 2 {
                writer::nullable_array(s, flexible, self.topics.as_deref(), version, OffsetFetchRequestTopic::encode)?;
            } else {
                writer::array(s, flexible, writer::required(&self.topics, "OffsetFetchRequest.Topics", version)?, version, OffsetFetchRequestTopic::encode)?;
            }
        } else {
            writer::absent(self.topics.as_ref().is_none_or(|v| !v.is_empty()), "OffsetFetchRequest.Topics", version)?;
        }
        if version >= 8 {
            writer::array(s, flexible, &self.groups, version, OffsetFetchRequestGroup::encode)?;
        } else {
            writer::absent(!self.groups.is_empty(), "OffsetFetchRequest.Groups", version)?;
        }
        if version >= 7 {
            s.boolean(self.require_stable);
        } else {
            writer::absent(self.require_stable, "OffsetFetchRequest.RequireStable", version)?;
        }
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `OffsetFetchRequestTopic` in `OffsetFetchRequest`, versions 1-7.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct OffsetFetchRequestTopic {
    /// `Name` string, a topicName.
    pub name: String,
    /// `PartitionIndexes` array of int32.
    pub partition_indexes: Vec<i32>,
}

impl OffsetFetchRequestTopic {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        let out = Self {
            name: r.string(flexible)?,
            partition_indexes: r.array(flexible, version, 4, |r, _| r.int32())?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 6;
        s.string(flexible, &self.name)?;
        writer::array(s, flexible, &self.partition_indexes, version, |e, s, _| { s.int32(*e); Ok(()) })?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `OffsetFetchRequestGroup` in `OffsetFetchRequest`, versions 8-10.
#[derive(Clone, PartialEq, Debug)]
pub struct OffsetFetchRequestGroup {
    /// `GroupId` string, a groupId.
    pub group_id: String,
    /// `MemberId` string, versions 9-10.
    pub member_id: Option<String>,
    /// `MemberEpoch` int32, versions 9-10, default -1.
    pub member_epoch: i32,
    /// `Topics` array of OffsetFetchRequestTopics, default Some(Vec::new()).
    pub topics: Option<Vec<OffsetFetchRequestTopics>>,
}

impl Default for OffsetFetchRequestGroup {
    fn default() -> Self {
        Self {
            group_id: String::new(),
            member_id: None,
            member_epoch: -1,
            topics: Some(Vec::new()),
        }
    }
}

impl OffsetFetchRequestGroup {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            group_id: r.string(true)?,
            member_id: if version >= 9 { r.nullable_string(true)? } else { None },
            member_epoch: if version >= 9 { r.int32()? } else { -1 },
            topics: r.nullable_array(true, version, if version <= 9 { 3 } else { 18 }, OffsetFetchRequestTopics::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.string(true, &self.group_id)?;
        if version >= 9 {
            s.nullable_string(true, self.member_id.as_deref())?;
        }
        if version >= 9 {
            s.int32(self.member_epoch);
        }
        writer::nullable_array(s, true, self.topics.as_deref(), version, OffsetFetchRequestTopics::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `OffsetFetchRequestTopics` in `OffsetFetchRequest`, versions 8-10.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct OffsetFetchRequestTopics {
    /// `Name` string, a topicName, versions 8-9.
    pub name: String,
    /// `TopicId` uuid, versions 10.
    pub topic_id: Uuid,
    /// `PartitionIndexes` array of int32.
    pub partition_indexes: Vec<i32>,
}

impl OffsetFetchRequestTopics {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            name: if version <= 9 { r.string(true)? } else { String::new() },
            topic_id: if version == 10 { r.uuid()? } else { Uuid::ZERO },
            partition_indexes: r.array(true, version, 4, |r, _| r.int32())?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if version <= 9 {
            s.string(true, &self.name)?;
        }
        if version == 10 {
            s.uuid(self.topic_id);
        }
        writer::array(s, true, &self.partition_indexes, version, |e, s, _| { s.int32(*e); Ok(()) })?;
        s.uvarint(0);
        Ok(())
    }
}

/// `OffsetFetchRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct OffsetFetchRequestView<'a> {
    pub group_id: &'a str,
    pub topics: Option<ArrayView<'a, OffsetFetchRequestTopicView<'a>>>,
    pub groups: ArrayView<'a, OffsetFetchRequestGroupView<'a>>,
    pub require_stable: bool,
}

impl<'a> View<'a> for OffsetFetchRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 10)?;
        let flexible = version >= 6;
        let out = Self {
            group_id: if version <= 7 { r.text(flexible)? } else { "" },
            topics: if version <= 7 { if version >= 2 { r.nullable_array_view(flexible, version, (if version <= 5 { 6 } else { 3 }, size_of::<OffsetFetchRequestTopic>()), OffsetFetchRequestTopicView::read)? } else { Some(r.array_view(flexible, version, (if version <= 5 { 6 } else { 3 }, size_of::<OffsetFetchRequestTopic>()), OffsetFetchRequestTopicView::read)?) } } else { Some(ArrayView::default()) },
            groups: if version >= 8 { r.array_view(flexible, version, (if version <= 8 { 3 } else { 8 }, size_of::<OffsetFetchRequestGroup>()), OffsetFetchRequestGroupView::read)? } else { ArrayView::default() },
            require_stable: if version >= 7 { r.boolean()? } else { false },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

/// `OffsetFetchRequestTopic`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct OffsetFetchRequestTopicView<'a> {
    pub name: &'a str,
    pub partition_indexes: ArrayView<'a, i32>,
}

impl<'a> View<'a> for OffsetFetchRequestTopicView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        let out = Self {
            name: r.text(flexible)?,
            partition_indexes: r.array_view(flexible, version, (4, size_of::<i32>()), |r, _| r.int32())?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

/// `OffsetFetchRequestGroup`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct OffsetFetchRequestGroupView<'a> {
    pub group_id: &'a str,
    pub member_id: Option<&'a str>,
    pub member_epoch: i32,
    pub topics: Option<ArrayView<'a, OffsetFetchRequestTopicsView<'a>>>,
}

impl<'a> View<'a> for OffsetFetchRequestGroupView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            group_id: r.text(true)?,
            member_id: if version >= 9 { r.nullable_text(true)? } else { None },
            member_epoch: if version >= 9 { r.int32()? } else { -1 },
            topics: r.nullable_array_view(true, version, (if version <= 9 { 3 } else { 18 }, size_of::<OffsetFetchRequestTopics>()), OffsetFetchRequestTopicsView::read)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

/// `OffsetFetchRequestTopics`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct OffsetFetchRequestTopicsView<'a> {
    pub name: &'a str,
    pub topic_id: Uuid,
    pub partition_indexes: ArrayView<'a, i32>,
}

impl<'a> View<'a> for OffsetFetchRequestTopicsView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            name: if version <= 9 { r.text(true)? } else { "" },
            topic_id: if version == 10 { r.uuid()? } else { Uuid::ZERO },
            partition_indexes: r.array_view(true, version, (4, size_of::<i32>()), |r, _| r.int32())?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

impl Message for OffsetFetchRequest {
    const NAME: &'static str = "OffsetFetchRequest";
    const MIN: i16 = 1;
    const MAX: i16 = 10;
    const FLEXIBLE_FROM: i16 = 6;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Request for OffsetFetchRequest {
    const API: ApiKey = ApiKey::OffsetFetch;
    type Response = super::OffsetFetchResponse;
    type View<'a> = OffsetFetchRequestView<'a>;
}
