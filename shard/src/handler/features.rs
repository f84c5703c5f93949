//! UpdateFeatures 0-2 (KIP-584, KIP-778): asked of the control core.
//!
//! Owner: one request. Invariant: all of a request's features change, or none.

use super::RequestContext;
use crate::conn::Close;
use crate::control::features::{FeatureUpdate, UpgradeType};
use crate::control::msg::{ControlReply, ControlRequest};
use crate::core::Core;
use crate::env::Env;
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::update_features_request::FeatureUpdateKey;
use ringlog_wire::generated::update_features_response::UpdatableFeatureResult;
use ringlog_wire::generated::{UpdateFeaturesRequest, UpdateFeaturesResponse};
use std::rc::Rc;

/// Features that one request may name. Kafka has seven.
const UPDATES_MAX: usize = 1000;

/// Answers one request.
pub async fn update<E: Env>(
    core: &Rc<Core<E>>,
    ctx: &RequestContext<E>,
    request: UpdateFeaturesRequest,
) -> Result<UpdateFeaturesResponse, Close> {
    if request.feature_updates.len() > UPDATES_MAX {
        return Err(ctx.malformed(&"too many features"));
    }
    let updates: Vec<_> = request.feature_updates.into_iter().map(update_of).collect();
    // Version 2 answers for all of them at once.
    let names: Vec<_> = match ctx.version {
        0 | 1 => updates.iter().map(|u| u.feature.clone()).collect(),
        _ => Vec::new(),
    };
    let validate_only = request.validate_only;
    let change = ControlRequest::UpdateFeatures { updates, validate_only };
    match core.control(change).await {
        ControlReply::FeaturesUpdated => Ok(done(names)),
        ControlReply::Failed(code, message) => Ok(UpdateFeaturesResponse {
            error_code: code.code(),
            error_message: Some(message),
            ..Default::default()
        }),
        other => Err(Close::Internal(format!("the control core answered something else: {other:?}"))),
    }
}

/// Version 0 has no types, only leave to downgrade; Kafka takes it for an upgrade all the same.
fn update_of(update: FeatureUpdateKey) -> FeatureUpdate {
    let kind = match update.upgrade_type {
        1 => UpgradeType::Upgrade,
        2 => UpgradeType::SafeDowngrade,
        3 => UpgradeType::UnsafeDowngrade,
        _ => UpgradeType::Unknown,
    };
    FeatureUpdate { feature: update.feature, level: update.max_version_level, kind }
}

fn done(names: Vec<String>) -> UpdateFeaturesResponse {
    let one = |feature| UpdatableFeatureResult {
        feature,
        error_code: ErrorCode::None.code(),
        error_message: Some(ErrorCode::None.name().to_owned()),
    };
    let results = names.into_iter().map(one).collect();
    UpdateFeaturesResponse { error_message: None, results, ..Default::default() }
}
