//! `AlterReplicaLogDirsRequest`: request, key 34, versions 1-2, flexible 2+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `AlterReplicaLogDirsRequest`, versions 1-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct AlterReplicaLogDirsRequest {
    /// `Dirs` array of AlterReplicaLogDir.
    pub dirs: Vec<AlterReplicaLogDir>,
}

impl AlterReplicaLogDirsRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 2)?;
        let flexible = version == 2;
        let out = Self {
            dirs: r.array(flexible, version, if version <= 1 { 6 } else { 3 }, AlterReplicaLogDir::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(1..=2).contains(&version) {
            return Err(EncodeError::Version { message: "AlterReplicaLogDirsRequest", version });
        }
        let flexible = version == 2;
        writer::array(s, flexible, &self.dirs, version, AlterReplicaLogDir::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `AlterReplicaLogDir` in `AlterReplicaLogDirsRequest`, versions 1-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct AlterReplicaLogDir {
    /// `Path` string.
    pub path: String,
    /// `Topics` array of AlterReplicaLogDirTopic.
    pub topics: Vec<AlterReplicaLogDirTopic>,
}

impl AlterReplicaLogDir {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 2;
        let out = Self {
            path: r.string(flexible)?,
            topics: r.array(flexible, version, if version <= 1 { 6 } else { 3 }, AlterReplicaLogDirTopic::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version == 2;
        s.string(flexible, &self.path)?;
        writer::array(s, flexible, &self.topics, version, AlterReplicaLogDirTopic::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `AlterReplicaLogDirTopic` in `AlterReplicaLogDirsRequest`, versions 1-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct AlterReplicaLogDirTopic {
    /// `Name` string, a topicName.
    pub name: String,
    /// `Partitions` array of int32.
    pub partitions: Vec<i32>,
}

impl AlterReplicaLogDirTopic {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 2;
        let out = Self {
            name: r.string(flexible)?,
            partitions: r.array(flexible, version, 4, |r, _| r.int32())?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version == 2;
        s.string(flexible, &self.name)?;
        writer::array(s, flexible, &self.partitions, version, |e, s, _| { s.int32(*e); Ok(()) })?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `AlterReplicaLogDirsRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct AlterReplicaLogDirsRequestView<'a> {
    pub dirs: ArrayView<'a, AlterReplicaLogDirView<'a>>,
}

impl<'a> View<'a> for AlterReplicaLogDirsRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 2)?;
        let flexible = version == 2;
        let out = Self {
            dirs: r.array_view(flexible, version, (if version <= 1 { 6 } else { 3 }, size_of::<AlterReplicaLogDir>()), AlterReplicaLogDirView::read)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

/// `AlterReplicaLogDir`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct AlterReplicaLogDirView<'a> {
    pub path: &'a str,
    pub topics: ArrayView<'a, AlterReplicaLogDirTopicView<'a>>,
}

impl<'a> View<'a> for AlterReplicaLogDirView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 2;
        let out = Self {
            path: r.text(flexible)?,
            topics: r.array_view(flexible, version, (if version <= 1 { 6 } else { 3 }, size_of::<AlterReplicaLogDirTopic>()), AlterReplicaLogDirTopicView::read)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

/// `AlterReplicaLogDirTopic`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct AlterReplicaLogDirTopicView<'a> {
    pub name: &'a str,
    pub partitions: ArrayView<'a, i32>,
}

impl<'a> View<'a> for AlterReplicaLogDirTopicView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 2;
        let out = Self {
            name: r.text(flexible)?,
            partitions: r.array_view(flexible, version, (4, size_of::<i32>()), |r, _| r.int32())?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

impl Message for AlterReplicaLogDirsRequest {
    const NAME: &'static str = "AlterReplicaLogDirsRequest";
    const MIN: i16 = 1;
    const MAX: i16 = 2;
    const FLEXIBLE_FROM: i16 = 2;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Request for AlterReplicaLogDirsRequest {
    const API: ApiKey = ApiKey::AlterReplicaLogDirs;
    type Response = super::AlterReplicaLogDirsResponse;
    type View<'a> = AlterReplicaLogDirsRequestView<'a>;
}
