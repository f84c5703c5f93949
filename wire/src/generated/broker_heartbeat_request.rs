//! `BrokerHeartbeatRequest`: request, key 63, versions 0-2, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `BrokerHeartbeatRequest`, versions 0-2.
#[derive(Clone, PartialEq, Debug)]
pub struct BrokerHeartbeatRequest {
    /// `BrokerId` int32, a brokerId.
    pub broker_id: i32,
    /// `BrokerEpoch` int64, default -1.
    pub broker_epoch: i64,
    /// `CurrentMetadataOffset` int64.
    pub current_metadata_offset: i64,
    /// `WantFence` bool.
    pub want_fence: bool,
    /// `WantShutDown` bool.
    pub want_shut_down: bool,
    /// `OfflineLogDirs` array of uuid, versions 1-2, tag 0.
    pub offline_log_dirs: Vec<Uuid>,
    /// `CordonedLogDirs` array of uuid, versions 2, tag 1.
    pub cordoned_log_dirs: Option<Vec<Uuid>>,
}

impl Default for BrokerHeartbeatRequest {
    fn default() -> Self {
        Self {
            broker_id: 0,
            broker_epoch: -1,
            current_metadata_offset: 0,
            want_fence: false,
            want_shut_down: false,
            offline_log_dirs: Vec::new(),
            cordoned_log_dirs: None,
        }
    }
}

impl BrokerHeartbeatRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 2)?;
        let mut out = Self {
            broker_id: r.int32()?,
            broker_epoch: r.int64()?,
            current_metadata_offset: r.int64()?,
            want_fence: r.boolean()?,
            want_shut_down: r.boolean()?,
            offline_log_dirs: Vec::new(),
            cordoned_log_dirs: None,
        };
        let mut tags = r.tags(if version >= 1 { 0b1 } else { 0 } | if version == 2 { 0b10 } else { 0 })?;
        while let Some(tag) = tags.next(r)? {
            match tag {
                0 => out.offline_log_dirs = r.array(true, version, 16, |r, _| r.uuid())?,
                1 => out.cordoned_log_dirs = r.nullable_array(true, version, 16, |r, _| r.uuid())?,
                _ => {}
            }
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=2).contains(&version) {
            return Err(EncodeError::Version { message: "BrokerHeartbeatRequest", version });
        }
        s.int32(self.broker_id);
        s.int64(self.broker_epoch);
        s.int64(self.current_metadata_offset);
        s.boolean(self.want_fence);
        s.boolean(self.want_shut_down);
        if version < 1 {
            writer::absent(!self.offline_log_dirs.is_empty(), "BrokerHeartbeatRequest.OfflineLogDirs", version)?;
        }
        if version != 2 {
            writer::absent(self.cordoned_log_dirs.is_some(), "BrokerHeartbeatRequest.CordonedLogDirs", version)?;
        }
        let tag0 = version >= 1 && !self.offline_log_dirs.is_empty();
        let tag1 = version == 2 && self.cordoned_log_dirs.is_some();
        s.uvarint(u32::from(tag0) + u32::from(tag1));
        if tag0 {
            writer::tagged(s, 0, &|s| {
                writer::array(s, true, &self.offline_log_dirs, version, |e, s, _| { s.uuid(*e); Ok(()) })?;
                Ok(())
            })?;
        }
        if tag1 {
            writer::tagged(s, 1, &|s| {
                writer::nullable_array(s, true, self.cordoned_log_dirs.as_deref(), version, |e, s, _| { s.uuid(*e); Ok(()) })?;
                Ok(())
            })?;
        }
        Ok(())
    }
}

/// `BrokerHeartbeatRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct BrokerHeartbeatRequestView<'a> {
    pub broker_id: i32,
    pub broker_epoch: i64,
    pub current_metadata_offset: i64,
    pub want_fence: bool,
    pub want_shut_down: bool,
    pub offline_log_dirs: ArrayView<'a, Uuid>,
    pub cordoned_log_dirs: Option<ArrayView<'a, Uuid>>,
}

impl<'a> View<'a> for BrokerHeartbeatRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 2)?;
        let mut out = Self {
            broker_id: r.int32()?,
            broker_epoch: r.int64()?,
            current_metadata_offset: r.int64()?,
            want_fence: r.boolean()?,
            want_shut_down: r.boolean()?,
            offline_log_dirs: ArrayView::default(),
            cordoned_log_dirs: None,
        };
        let mut tags = r.tags(if version >= 1 { 0b1 } else { 0 } | if version == 2 { 0b10 } else { 0 })?;
        while let Some(tag) = tags.next(r)? {
            match tag {
                0 => out.offline_log_dirs = r.array_view(true, version, (16, size_of::<Uuid>()), |r, _| r.uuid())?,
                1 => out.cordoned_log_dirs = r.nullable_array_view(true, version, (16, size_of::<Uuid>()), |r, _| r.uuid())?,
                _ => {}
            }
        }
        Ok(out)
    }
}

impl Message for BrokerHeartbeatRequest {
    const NAME: &'static str = "BrokerHeartbeatRequest";
    const MIN: i16 = 0;
    const MAX: i16 = 2;
    const FLEXIBLE_FROM: i16 = 0;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Request for BrokerHeartbeatRequest {
    const API: ApiKey = ApiKey::BrokerHeartbeat;
    type Response = super::BrokerHeartbeatResponse;
    type View<'a> = BrokerHeartbeatRequestView<'a>;
}
