//! `ConsumerGroupMemberMetadataValue`: coordinator-value, key 5, versions 0, flexible 0+. Generated; not to be edited.

use bytes::Bytes;

use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `ConsumerGroupMemberMetadataValue`, versions 0.
#[derive(Clone, PartialEq, Debug)]
pub struct ConsumerGroupMemberMetadataValue {
    /// `InstanceId` string, default Some(String::new()).
    pub instance_id: Option<String>,
    /// `RackId` string, default Some(String::new()).
    pub rack_id: Option<String>,
    /// `ClientId` string.
    pub client_id: String,
    /// `ClientHost` string.
    pub client_host: String,
    /// `SubscribedTopicNames` array of string.
    pub subscribed_topic_names: Vec<String>,
    /// `SubscribedTopicRegex` string, default Some(String::new()).
    pub subscribed_topic_regex: Option<String>,
    /// `RebalanceTimeoutMs` int32, default -1.
    pub rebalance_timeout_ms: i32,
    /// `ServerAssignor` string, default Some(String::new()).
    pub server_assignor: Option<String>,
    /// `ClassicMemberMetadata` ClassicMemberMetadata, tag 0, default Some(ClassicMemberMetadata::default()).
    pub classic_member_metadata: Option<ClassicMemberMetadata>,
}

impl Default for ConsumerGroupMemberMetadataValue {
    fn default() -> Self {
        Self {
            instance_id: Some(String::new()),
            rack_id: Some(String::new()),
            client_id: String::new(),
            client_host: String::new(),
            subscribed_topic_names: Vec::new(),
            subscribed_topic_regex: Some(String::new()),
            rebalance_timeout_ms: -1,
            server_assignor: Some(String::new()),
            classic_member_metadata: Some(ClassicMemberMetadata::default()),
        }
    }
}

impl ConsumerGroupMemberMetadataValue {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let mut out = Self {
            instance_id: r.nullable_string(true)?,
            rack_id: r.nullable_string(true)?,
            client_id: r.string(true)?,
            client_host: r.string(true)?,
            subscribed_topic_names: r.array(true, version, 1, |r, _| r.string(true))?,
            subscribed_topic_regex: r.nullable_string(true)?,
            rebalance_timeout_ms: r.int32()?,
            server_assignor: r.nullable_string(true)?,
            classic_member_metadata: Some(ClassicMemberMetadata::default()),
        };
        let mut tags = r.tags(0b1)?;
        while tags.next(r)?.is_some() {
            out.classic_member_metadata = r.tagged_nullable_struct(version, ClassicMemberMetadata::decode)?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "ConsumerGroupMemberMetadataValue", version });
        }
        s.nullable_string(true, self.instance_id.as_deref())?;
        s.nullable_string(true, self.rack_id.as_deref())?;
        s.string(true, &self.client_id)?;
        s.string(true, &self.client_host)?;
        writer::array(s, true, &self.subscribed_topic_names, version, |e, s, _| s.string(true, e))?;
        s.nullable_string(true, self.subscribed_topic_regex.as_deref())?;
        s.int32(self.rebalance_timeout_ms);
        s.nullable_string(true, self.server_assignor.as_deref())?;
        let tag0 = self.classic_member_metadata.as_ref() != Some(&Default::default());
        s.uvarint(u32::from(tag0));
        if tag0 {
            writer::tagged(s, 0, &|s| {
                writer::tagged_nullable_struct(s, self.classic_member_metadata.as_ref(), version, ClassicMemberMetadata::encode)?;
                Ok(())
            })?;
        }
        Ok(())
    }
}

/// `ClassicMemberMetadata` in `ConsumerGroupMemberMetadataValue`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ClassicMemberMetadata {
    /// `SessionTimeoutMs` int32.
    pub session_timeout_ms: i32,
    /// `SupportedProtocols` array of ClassicProtocol.
    pub supported_protocols: Vec<ClassicProtocol>,
}

impl ClassicMemberMetadata {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            session_timeout_ms: r.int32()?,
            supported_protocols: r.array(true, version, 3, ClassicProtocol::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.int32(self.session_timeout_ms);
        writer::array(s, true, &self.supported_protocols, version, ClassicProtocol::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `ClassicProtocol` in `ConsumerGroupMemberMetadataValue`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ClassicProtocol {
    /// `Name` string.
    pub name: String,
    /// `Metadata` bytes.
    pub metadata: Bytes,
}

impl ClassicProtocol {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            name: r.string(true)?,
            metadata: r.bytes(true)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.string(true, &self.name)?;
        s.bytes(true, &self.metadata)?;
        s.uvarint(0);
        Ok(())
    }
}

impl Message for ConsumerGroupMemberMetadataValue {
    const NAME: &'static str = "ConsumerGroupMemberMetadataValue";
    const MIN: i16 = 0;
    const MAX: i16 = 0;
    const FLEXIBLE_FROM: i16 = 0;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}
