//! ApiVersions 0-4 (KIP-35, KIP-511, KIP-584).
//!
//! Owner: one request. Invariants: exactly what is served is listed; a version that is not known gets an answer
//! of version 0 with error 35 and the range of this API, in an array that is never null; the response header is
//! always version 0.

use super::{RequestContext, served};
use crate::conn::Close;
use crate::control::start::supported_features;
use crate::core::Core;
use crate::env::Env;
use crate::image::MetadataImage;
use crate::limits::Limits;
use ringlog_wire::generated::api_versions_response::{ApiVersion, FinalizedFeatureKey, SupportedFeatureKey};
use ringlog_wire::generated::{ApiVersionsRequest, ApiVersionsResponse};
use ringlog_wire::{ApiKey, ErrorCode};
use std::rc::Rc;

/// Answers a request of a known version.
pub async fn handle<E: Env>(
    core: &Rc<Core<E>>,
    ctx: &RequestContext<E>,
    request: ApiVersionsRequest,
) -> Result<ApiVersionsResponse, Close> {
    let response = answer(&core.image.borrow(), &core.limits, ctx.version, &request);
    if ctx.version >= 3 && response.error_code == 0 {
        ctx.connection.set_software(&request.client_software_name, &request.client_software_version);
    }
    Ok(response)
}

/// Answers a request of a version that is not known; to be encoded as version 0 (KIP-511).
#[must_use]
pub fn unsupported() -> ApiVersionsResponse {
    ApiVersionsResponse {
        error_code: ErrorCode::UnsupportedVersion.code(),
        api_keys: vec![listed(ApiKey::ApiVersions)],
        ..Default::default()
    }
}

fn listed(api: ApiKey) -> ApiVersion {
    let range = api.advertised();
    ApiVersion { api_key: api.key(), min_version: *range.start(), max_version: *range.end() }
}

pub(super) fn answer(
    image: &MetadataImage,
    limits: &Limits,
    version: i16,
    request: &ApiVersionsRequest,
) -> ApiVersionsResponse {
    let named = |s: &str| {
        let ends = |c: char| c.is_ascii_alphanumeric();
        s.starts_with(ends) && s.ends_with(ends) && s.chars().all(|c| ends(c) || matches!(c, '.' | '-'))
    };
    if version >= 3 && !(named(&request.client_software_name) && named(&request.client_software_version)) {
        let error_code = ErrorCode::InvalidRequest.code();
        return ApiVersionsResponse { error_code, ..Default::default() };
    }
    // Clients up to version 3 cannot read a lowest level of 0 (KAFKA-17011).
    let supported = supported_features().into_iter().filter(|(_, min, _)| version >= 4 || *min > 0);
    let supported = supported.map(|(name, min_version, max_version)| SupportedFeatureKey {
        name,
        min_version,
        max_version,
    });
    let finalized = image.features().map(|(name, level)| FinalizedFeatureKey {
        name: name.to_owned(),
        max_version_level: level,
        min_version_level: level,
    });
    let kraft =
        FinalizedFeatureKey { name: "kraft.version".to_owned(), max_version_level: 1, min_version_level: 1 };
    ApiVersionsResponse {
        error_code: 0,
        api_keys: served(limits).map(listed).collect(),
        throttle_time_ms: 0,
        supported_features: supported.collect(),
        finalized_features_epoch: image.end().to_wire().saturating_sub(1),
        finalized_features: finalized.chain([kraft]).collect(),
        zk_migration_ready: false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::SERVED;
    use super::*;
    use crate::image::empty_for_tests;

    fn answer(image: &MetadataImage, version: i16, request: &ApiVersionsRequest) -> ApiVersionsResponse {
        super::answer(image, &Limits::default(), version, request)
    }

    fn request(name: &str, version: &str) -> ApiVersionsRequest {
        ApiVersionsRequest { client_software_name: name.into(), client_software_version: version.into() }
    }

    #[test]
    fn everything_served_is_listed_and_nothing_else() {
        let response = answer(&empty_for_tests(), 4, &request("java", "4.3.1"));
        let keys: Vec<_> = response.api_keys.iter().map(|k| k.api_key).collect();
        assert_eq!(keys, SERVED.iter().map(|a| a.key()).collect::<Vec<_>>());
        assert!(keys.is_sorted());
        let range = |api: ApiKey| {
            response.api_keys.iter().find(|k| k.api_key == api.key()).map(|k| (k.min_version, k.max_version))
        };
        assert_eq!(range(ApiKey::ApiVersions), Some((0, 4)));
        assert_eq!(range(ApiKey::InitProducerId), Some((0, 5)), "version 6 is not released");
        let features: Vec<_> = response.supported_features.iter().map(|f| f.name.as_str()).collect();
        assert_eq!(features, ["group.version", "kraft.version", "metadata.version"]);
        assert!(!response.finalized_features.iter().any(|f| f.name == "transaction.version"));
    }

    #[test]
    fn without_a_receiver_nobody_is_asked_for_metrics() {
        let limits = Limits { telemetry: false, ..Limits::default() };
        let response = super::answer(&empty_for_tests(), &limits, 4, &request("java", "4.3.1"));
        let keys: Vec<_> = response.api_keys.iter().map(|k| k.api_key).collect();
        assert_eq!(keys.len(), SERVED.len() - 2);
        for api in [ApiKey::GetTelemetrySubscriptions, ApiKey::PushTelemetry] {
            assert!(!keys.contains(&api.key()) && !super::super::serves(api, 0, &limits));
            assert!(super::super::serves(api, 0, &Limits::default()));
        }
    }

    #[test]
    fn old_versions_hide_features_that_start_at_0() {
        let response = answer(&empty_for_tests(), 3, &request("java", "3.9"));
        assert!(response.supported_features.iter().all(|f| f.min_version > 0));
    }

    #[test]
    fn odd_client_names_are_refused_from_version_3_on() {
        for bad in [request("", "1"), request("a b", "1"), request("-a", "1"), request("a", "1.")] {
            assert_eq!(answer(&empty_for_tests(), 3, &bad).error_code, 42);
        }
        assert_eq!(answer(&empty_for_tests(), 2, &request("", "")).error_code, 0);
    }

    #[test]
    fn an_unknown_version_is_told_the_range() {
        let response = unsupported();
        assert_eq!(response.error_code, 35);
        assert_eq!((response.api_keys[0].api_key, response.api_keys[0].max_version), (18, 4));
    }
}
