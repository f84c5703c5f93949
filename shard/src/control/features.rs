//! The decision on UpdateFeatures: which levels of features are finalized from here on (KIP-584, KIP-778).
//!
//! Owner: the control core. Pure. Invariants: nothing is finalized that this program does not support;
//! `metadata.version` never goes down, since its records may already be in the log; `kraft.version` stands in the
//! metadata log as a control record and does not change here. Codes and messages are those of Apache Kafka 4.3.1.

use super::plan::{Refusal, bounded, refuse};
use super::start::{METADATA_VERSION_MIN, supported_features};
use crate::image::MetadataImage;
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::FeatureLevelRecord;
use ringlog_wire::generated::records::MetadataRecord;

/// Which way a level may change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UpgradeType {
    /// Up only.
    Upgrade,
    /// Down, if nothing is lost.
    SafeDowngrade,
    /// Down, even if something is lost.
    UnsafeDowngrade,
    /// A number that nobody knows.
    Unknown,
}

/// One level that is to be finalized.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FeatureUpdate {
    /// The feature's name.
    pub feature: String,
    /// The level; 0 means none.
    pub level: i16,
    /// Which way.
    pub kind: UpgradeType,
}

const METADATA: &str = "metadata.version";
const KRAFT: &str = "kraft.version";
/// The level of `kraft.version` in every log of ours.
pub const KRAFT_VERSION: i16 = 1;

/// The level of `name` that holds now; 0 if none is finalized.
#[must_use]
pub fn finalized(image: &MetadataImage, name: &str) -> i16 {
    if name == KRAFT {
        return KRAFT_VERSION;
    }
    image.features().find(|(known, _)| *known == name).map_or(0, |(_, level)| level)
}

/// Plans the new levels. Errors: the first update that cannot be; none of them is done then.
pub fn plan_features(
    image: &MetadataImage,
    updates: &[FeatureUpdate],
) -> Result<Vec<MetadataRecord>, Refusal> {
    let mut records = Vec::new();
    for update in updates {
        let checked = check(image, update);
        checked.map_err(|(code, why)| {
            let all = "The update failed for all features since the following feature had an error: ";
            (code, bounded(format!("{all}{why}")))
        })?;
        if finalized(image, &update.feature) != update.level {
            records.push(MetadataRecord::FeatureLevel(FeatureLevelRecord {
                name: update.feature.clone(),
                feature_level: update.level,
            }));
        }
    }
    Ok(records)
}

fn check(image: &MetadataImage, update: &FeatureUpdate) -> Result<(), Refusal> {
    let FeatureUpdate { feature, level, kind } = update;
    let invalid = |why: &str| {
        let message = format!("Invalid update version {level} for feature {feature}. {why}");
        refuse(ErrorCode::InvalidUpdateVersion, message)
    };
    if *kind == UpgradeType::Unknown {
        return invalid("The controller does not support the given upgrade type.");
    }
    let current = finalized(image, feature);
    if *level < 0 {
        return invalid("A feature version cannot be less than 0.");
    }
    let node = image.node().0;
    let known = supported_features().into_iter().find(|(name, _, _)| name == feature);
    let Some((_, min, max)) = known else {
        if *level == 0 {
            return invalid(&format!("Feature {feature} not found."));
        }
        return invalid(&format!("Local controller {node} does not support this feature."));
    };
    // Level 0 is the absence of a feature; metadata.version is never absent.
    let lowest = if feature == METADATA { METADATA_VERSION_MIN } else { min };
    if !(lowest..=max).contains(level) {
        return invalid(&format!("Local controller {node} only supports versions {min}-{max}"));
    }
    if *level < current && *kind == UpgradeType::Upgrade {
        return invalid(
            "Can't downgrade the version of this feature without setting the upgrade type to either safe or unsafe \
             downgrade.",
        );
    }
    if *level > current && *kind != UpgradeType::Upgrade {
        return invalid("Can't downgrade to a newer version.");
    }
    match feature.as_str() {
        KRAFT if *level < current => invalid("Can't downgrade the version of this feature."),
        METADATA if *level < current => {
            let why = match kind {
                UpgradeType::UnsafeDowngrade => "Unsafe metadata downgrade is not supported in this version.",
                _ => {
                    "Refusing to perform the requested downgrade because it might delete metadata information."
                }
            };
            let message = format!("Unsupported metadata.version downgrade from {current} to {level}. {why}");
            refuse(ErrorCode::InvalidUpdateVersion, message)
        }
        _ => Ok(()),
    }
}
