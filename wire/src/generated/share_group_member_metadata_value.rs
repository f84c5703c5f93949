//! `ShareGroupMemberMetadataValue`: coordinator-value, key 10, versions 0, flexible 0+. Generated; not to be edited.

use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `ShareGroupMemberMetadataValue`, versions 0.
#[derive(Clone, PartialEq, Debug)]
pub struct ShareGroupMemberMetadataValue {
    /// `RackId` string, default Some(String::new()).
    pub rack_id: Option<String>,
    /// `ClientId` string.
    pub client_id: String,
    /// `ClientHost` string.
    pub client_host: String,
    /// `SubscribedTopicNames` array of string.
    pub subscribed_topic_names: Vec<String>,
}

impl Default for ShareGroupMemberMetadataValue {
    fn default() -> Self {
        Self {
            rack_id: Some(String::new()),
            client_id: String::new(),
            client_host: String::new(),
            subscribed_topic_names: Vec::new(),
        }
    }
}

impl ShareGroupMemberMetadataValue {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            rack_id: r.nullable_string(true)?,
            client_id: r.string(true)?,
            client_host: r.string(true)?,
            subscribed_topic_names: r.array(true, version, 1, |r, _| r.string(true))?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "ShareGroupMemberMetadataValue", version });
        }
        s.nullable_string(true, self.rack_id.as_deref())?;
        s.string(true, &self.client_id)?;
        s.string(true, &self.client_host)?;
        writer::array(s, true, &self.subscribed_topic_names, version, |e, s, _| s.string(true, e))?;
        s.uvarint(0);
        Ok(())
    }
}

impl Message for ShareGroupMemberMetadataValue {
    const NAME: &'static str = "ShareGroupMemberMetadataValue";
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
