//! APIs: keys, version ranges, header versions, listeners.
//!
//! Owner: nobody. The table is generated; the rules on top of it are here.
//! Invariant: what is advertised can be decoded, except Produce 0-2 (see `ApiKey::advertised`).

use std::ops::RangeInclusive;

pub use crate::generated::api::{ALL, ApiKey};

/// What the definitions say about one API.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ApiFacts {
    /// Kafka's name, for example `Fetch`.
    pub name: &'static str,
    /// The lowest version that can be decoded.
    pub min: i16,
    /// The highest version that can be decoded.
    pub max: i16,
    /// The highest released version: `max`, or one below where `max` is unstable.
    pub stable_max: i16,
    /// The first flexible version; `i16::MAX` if there is none.
    pub flexible_from: i16,
    /// True if brokers answer it.
    pub broker: bool,
    /// True if controllers answer it (KIP-919).
    pub controller: bool,
}

impl ApiFacts {
    pub(crate) const fn new(
        name: &'static str,
        (min, max, stable_max): (i16, i16, i16),
        flexible_from: i16,
        (broker, controller): (bool, bool),
    ) -> Self {
        Self { name, min, max, stable_max, flexible_from, broker, controller }
    }
}

impl ApiKey {
    /// The number on the wire.
    #[must_use]
    pub const fn key(self) -> i16 {
        self as i16
    }

    /// Kafka's name, for example `Fetch`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.facts().name
    }

    /// True if a request of `version` can be decoded.
    #[must_use]
    pub const fn decodes(self, version: i16) -> bool {
        let facts = self.facts();
        facts.min <= version && version <= facts.max
    }

    /// The versions that ApiVersions lists: the released ones.
    ///
    /// Produce is listed from 0 although 0-2 are refused: older librdkafka stops compressing otherwise
    /// (KAFKA-18659).
    #[must_use]
    pub const fn advertised(self) -> RangeInclusive<i16> {
        let facts = self.facts();
        let min = if matches!(self, Self::Produce) { 0 } else { facts.min };
        min..=facts.stable_max
    }

    /// 2 with a tagged section, 1 without. A version above the known ones counts as flexible.
    #[must_use]
    pub const fn request_header_version(self, version: i16) -> i16 {
        if version >= self.facts().flexible_from { 2 } else { 1 }
    }

    /// 1 with a tagged section, 0 without. Always 0 for ApiVersions (KIP-511).
    #[must_use]
    pub const fn response_header_version(self, version: i16) -> i16 {
        if version >= self.facts().flexible_from && !matches!(self, Self::ApiVersions) { 1 } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_those_of_kafka_4_3_1() {
        let check = |api: ApiKey, min, stable, flexible| {
            let facts = api.facts();
            assert_eq!(
                (facts.min, facts.stable_max, facts.flexible_from),
                (min, stable, flexible),
                "{api:?}"
            );
        };
        check(ApiKey::Produce, 3, 13, 9);
        check(ApiKey::Fetch, 4, 18, 12);
        check(ApiKey::ListOffsets, 1, 11, 6);
        check(ApiKey::Metadata, 0, 13, 9);
        check(ApiKey::SaslHandshake, 0, 1, i16::MAX);
        check(ApiKey::ApiVersions, 0, 4, 3);
        check(ApiKey::InitProducerId, 0, 5, 2);
        assert_eq!(ApiKey::InitProducerId.facts().max, 6);
        assert_eq!(ApiKey::Produce.advertised(), 0..=13);
        assert_eq!(ApiKey::ApiVersions.response_header_version(4), 0);
        assert_eq!(ApiKey::Fetch.response_header_version(12), 1);
        assert_eq!(ApiKey::Fetch.request_header_version(11), 1);
    }

    #[test]
    fn keys_map_back() {
        assert_eq!(ALL.len(), 89);
        for api in ALL {
            assert_eq!(ApiKey::try_from(api.key()), Ok(api));
        }
        for removed in [-1, 4, 5, 6, 7, 93] {
            assert!(ApiKey::try_from(removed).is_err());
        }
    }
}
