//! `ShareGroupHeartbeatRequest`: request, key 76, versions 1, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `ShareGroupHeartbeatRequest`, versions 1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ShareGroupHeartbeatRequest {
    /// `GroupId` string, a groupId.
    pub group_id: String,
    /// `MemberId` string.
    pub member_id: String,
    /// `MemberEpoch` int32.
    pub member_epoch: i32,
    /// `RackId` string.
    pub rack_id: Option<String>,
    /// `SubscribedTopicNames` array of string, a topicName.
    pub subscribed_topic_names: Option<Vec<String>>,
}

impl ShareGroupHeartbeatRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 1)?;
        let out = Self {
            group_id: r.string(true)?,
            member_id: r.string(true)?,
            member_epoch: r.int32()?,
            rack_id: r.nullable_string(true)?,
            subscribed_topic_names: r.nullable_array(true, version, 1, |r, _| r.string(true))?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(1..=1).contains(&version) {
            return Err(EncodeError::Version { message: "ShareGroupHeartbeatRequest", version });
        }
        s.string(true, &self.group_id)?;
        s.string(true, &self.member_id)?;
        s.int32(self.member_epoch);
        s.nullable_string(true, self.rack_id.as_deref())?;
        writer::nullable_array(s, true, self.subscribed_topic_names.as_deref(), version, |e, s, _| s.string(true, e))?;
        s.uvarint(0);
        Ok(())
    }
}

/// `ShareGroupHeartbeatRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct ShareGroupHeartbeatRequestView<'a> {
    pub group_id: &'a str,
    pub member_id: &'a str,
    pub member_epoch: i32,
    pub rack_id: Option<&'a str>,
    pub subscribed_topic_names: Option<ArrayView<'a, &'a str>>,
}

impl<'a> View<'a> for ShareGroupHeartbeatRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 1)?;
        let out = Self {
            group_id: r.text(true)?,
            member_id: r.text(true)?,
            member_epoch: r.int32()?,
            rack_id: r.nullable_text(true)?,
            subscribed_topic_names: r.nullable_array_view(true, version, (1, size_of::<String>()), |r, _| r.text(true))?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

impl Message for ShareGroupHeartbeatRequest {
    const NAME: &'static str = "ShareGroupHeartbeatRequest";
    const MIN: i16 = 1;
    const MAX: i16 = 1;
    const FLEXIBLE_FROM: i16 = 0;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Request for ShareGroupHeartbeatRequest {
    const API: ApiKey = ApiKey::ShareGroupHeartbeat;
    type Response = super::ShareGroupHeartbeatResponse;
    type View<'a> = ShareGroupHeartbeatRequestView<'a>;
}
