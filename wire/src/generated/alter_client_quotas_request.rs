//! `AlterClientQuotasRequest`: request, key 49, versions 0-1, flexible 1+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `AlterClientQuotasRequest`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct AlterClientQuotasRequest {
    /// `Entries` array of EntryData.
    pub entries: Vec<EntryData>,
    /// `ValidateOnly` bool.
    pub validate_only: bool,
}

impl AlterClientQuotasRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 1)?;
        let flexible = version == 1;
        let out = Self {
            entries: r.array(flexible, version, if version <= 0 { 8 } else { 3 }, EntryData::decode)?,
            validate_only: r.boolean()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=1).contains(&version) {
            return Err(EncodeError::Version { message: "AlterClientQuotasRequest", version });
        }
        let flexible = version == 1;
        writer::array(s, flexible, &self.entries, version, EntryData::encode)?;
        s.boolean(self.validate_only);
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `EntryData` in `AlterClientQuotasRequest`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct EntryData {
    /// `Entity` array of EntityData.
    pub entity: Vec<EntityData>,
    /// `Ops` array of OpData.
    pub ops: Vec<OpData>,
}

impl EntryData {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 1;
        let out = Self {
            entity: r.array(flexible, version, if version <= 0 { 4 } else { 3 }, EntityData::decode)?,
            ops: r.array(flexible, version, 11, OpData::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version == 1;
        writer::array(s, flexible, &self.entity, version, EntityData::encode)?;
        writer::array(s, flexible, &self.ops, version, OpData::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `EntityData` in `AlterClientQuotasRequest`, versions 0-1.
#[derive(Clone, PartialEq, Debug)]
pub struct EntityData {
    /// `EntityType` string.
    pub entity_type: String,
    /// `EntityName` string, default Some(String::new()).
    pub entity_name: Option<String>,
}

impl Default for EntityData {
    fn default() -> Self {
        Self {
            entity_type: String::new(),
            entity_name: Some(String::new()),
        }
    }
}

impl EntityData {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 1;
        let out = Self {
            entity_type: r.string(flexible)?,
            entity_name: r.nullable_string(flexible)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version == 1;
        s.string(flexible, &self.entity_type)?;
        s.nullable_string(flexible, self.entity_name.as_deref())?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `OpData` in `AlterClientQuotasRequest`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct OpData {
    /// `Key` string.
    pub key: String,
    /// `Value` float64.
    pub value: f64,
    /// `Remove` bool.
    pub remove: bool,
}

impl OpData {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 1;
        let out = Self {
            key: r.string(flexible)?,
            value: r.float64()?,
            remove: r.boolean()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version == 1;
        s.string(flexible, &self.key)?;
        s.float64(self.value);
        s.boolean(self.remove);
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `AlterClientQuotasRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct AlterClientQuotasRequestView<'a> {
    pub entries: ArrayView<'a, EntryDataView<'a>>,
    pub validate_only: bool,
}

impl<'a> View<'a> for AlterClientQuotasRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 1)?;
        let flexible = version == 1;
        let out = Self {
            entries: r.array_view(flexible, version, (if version <= 0 { 8 } else { 3 }, size_of::<EntryData>()), EntryDataView::read)?,
            validate_only: r.boolean()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

/// `EntryData`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct EntryDataView<'a> {
    pub entity: ArrayView<'a, EntityDataView<'a>>,
    pub ops: ArrayView<'a, OpDataView<'a>>,
}

impl<'a> View<'a> for EntryDataView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 1;
        let out = Self {
            entity: r.array_view(flexible, version, (if version <= 0 { 4 } else { 3 }, size_of::<EntityData>()), EntityDataView::read)?,
            ops: r.array_view(flexible, version, (11, size_of::<OpData>()), OpDataView::read)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

/// `EntityData`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct EntityDataView<'a> {
    pub entity_type: &'a str,
    pub entity_name: Option<&'a str>,
}

impl<'a> View<'a> for EntityDataView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 1;
        let out = Self {
            entity_type: r.text(flexible)?,
            entity_name: r.nullable_text(flexible)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

/// `OpData`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct OpDataView<'a> {
    pub key: &'a str,
    pub value: f64,
    pub remove: bool,
}

impl<'a> View<'a> for OpDataView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 1;
        let out = Self {
            key: r.text(flexible)?,
            value: r.float64()?,
            remove: r.boolean()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

impl Message for AlterClientQuotasRequest {
    const NAME: &'static str = "AlterClientQuotasRequest";
    const MIN: i16 = 0;
    const MAX: i16 = 1;
    const FLEXIBLE_FROM: i16 = 1;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Request for AlterClientQuotasRequest {
    const API: ApiKey = ApiKey::AlterClientQuotas;
    type Response = super::AlterClientQuotasResponse;
    type View<'a> = AlterClientQuotasRequestView<'a>;
}
