//! `DelegationTokenRecord`: metadata, key 10, versions 0, flexible 0+. Generated; not to be edited.

use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `DelegationTokenRecord`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DelegationTokenRecord {
    /// `Owner` string.
    pub owner: String,
    /// `Requester` string.
    pub requester: String,
    /// `Renewers` array of string.
    pub renewers: Vec<String>,
    /// `IssueTimestamp` int64.
    pub issue_timestamp: i64,
    /// `MaxTimestamp` int64.
    pub max_timestamp: i64,
    /// `ExpirationTimestamp` int64.
    pub expiration_timestamp: i64,
    /// `TokenId` string.
    pub token_id: String,
}

impl DelegationTokenRecord {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            owner: r.string(true)?,
            requester: r.string(true)?,
            renewers: r.array(true, version, 1, |r, _| r.string(true))?,
            issue_timestamp: r.int64()?,
            max_timestamp: r.int64()?,
            expiration_timestamp: r.int64()?,
            token_id: r.string(true)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "DelegationTokenRecord", version });
        }
        s.string(true, &self.owner)?;
        s.string(true, &self.requester)?;
        writer::array(s, true, &self.renewers, version, |e, s, _| s.string(true, e))?;
        s.int64(self.issue_timestamp);
        s.int64(self.max_timestamp);
        s.int64(self.expiration_timestamp);
        s.string(true, &self.token_id)?;
        s.uvarint(0);
        Ok(())
    }
}

impl Message for DelegationTokenRecord {
    const NAME: &'static str = "DelegationTokenRecord";
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
