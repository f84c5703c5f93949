//! `DescribeClientQuotasRequest`: request, key 48, versions 0-1, flexible 1+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `DescribeClientQuotasRequest`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DescribeClientQuotasRequest {
    /// `Components` array of ComponentData.
    pub components: Vec<ComponentData>,
    /// `Strict` bool.
    pub strict: bool,
}

impl DescribeClientQuotasRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 1)?;
        let flexible = version == 1;
        let out = Self {
            components: r.array(flexible, version, if version <= 0 { 5 } else { 4 }, ComponentData::decode)?,
            strict: r.boolean()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=1).contains(&version) {
            return Err(EncodeError::Version { message: "DescribeClientQuotasRequest", version });
        }
        let flexible = version == 1;
        writer::array(s, flexible, &self.components, version, ComponentData::encode)?;
        s.boolean(self.strict);
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `ComponentData` in `DescribeClientQuotasRequest`, versions 0-1.
#[derive(Clone, PartialEq, Debug)]
pub struct ComponentData {
    /// `EntityType` string.
    pub entity_type: String,
    /// `MatchType` int8.
    pub match_type: i8,
    /// `Match` string, default Some(String::new()).
    pub r#match: Option<String>,
}

impl Default for ComponentData {
    fn default() -> Self {
        Self {
            entity_type: String::new(),
            match_type: 0,
            r#match: Some(String::new()),
        }
    }
}

impl ComponentData {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 1;
        let out = Self {
            entity_type: r.string(flexible)?,
            match_type: r.int8()?,
            r#match: r.nullable_string(flexible)?,
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
        s.int8(self.match_type);
        s.nullable_string(flexible, self.r#match.as_deref())?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `DescribeClientQuotasRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct DescribeClientQuotasRequestView<'a> {
    pub components: ArrayView<'a, ComponentDataView<'a>>,
    pub strict: bool,
}

impl<'a> View<'a> for DescribeClientQuotasRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 1)?;
        let flexible = version == 1;
        let out = Self {
            components: r.array_view(flexible, version, (if version <= 0 { 5 } else { 4 }, size_of::<ComponentData>()), ComponentDataView::read)?,
            strict: r.boolean()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

/// `ComponentData`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct ComponentDataView<'a> {
    pub entity_type: &'a str,
    pub match_type: i8,
    pub r#match: Option<&'a str>,
}

impl<'a> View<'a> for ComponentDataView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 1;
        let out = Self {
            entity_type: r.text(flexible)?,
            match_type: r.int8()?,
            r#match: r.nullable_text(flexible)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

impl Message for DescribeClientQuotasRequest {
    const NAME: &'static str = "DescribeClientQuotasRequest";
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

impl crate::message::Request for DescribeClientQuotasRequest {
    const API: ApiKey = ApiKey::DescribeClientQuotas;
    type Response = super::DescribeClientQuotasResponse;
    type View<'a> = DescribeClientQuotasRequestView<'a>;
}
