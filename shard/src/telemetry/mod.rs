//! What clients tell about themselves (KIP-714): who is asked for what and how often, and who may push now.
//!
//! Owner: one core, for the clients of its connections. Pure but for what it is handed. Invariants: the rules and the
//! subscription's id are Kafka's; a client that comes back on another core is asked for the same under the same id,
//! so nothing has to be told between cores; at most `INSTANCES_MAX` clients are known, the longest silent goes first,
//! and a client goes with its connection.

pub mod otlp;
mod requested;
#[cfg(test)]
mod tests;

use crate::config::client_metrics::{Subscription, Trait};
use crate::env::Instant;
use crate::image::MetadataImage;
use hashbrown::HashMap;
use requested::{Requested, requested, subscription_id};
use ringlog_wire::ErrorCode;
use ringlog_wire::compress::Codec;
use ringlog_wire::generated::PushTelemetryRequest;
use ringlog_wire::ids::Uuid;
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;

/// Clients that one core knows. Kafka's bound for a broker.
pub const INSTANCES_MAX: usize = 16_384;
/// Codecs that a client may choose from, the best first, as Kafka names them.
pub const CODECS: [Codec; 4] = [Codec::Zstd, Codec::Lz4, Codec::Gzip, Codec::Snappy];

/// The library that a client says it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Software {
    /// Such as `apache-kafka-java`.
    pub name: String,
    /// Such as `4.3.1`.
    pub version: String,
}

/// What a client is known by; subscriptions are matched with it.
#[derive(Clone, Debug)]
pub struct Traits {
    instance: String,
    client_id: Option<Rc<str>>,
    software: Option<Rc<Software>>,
    address: String,
    port: String,
}

impl Traits {
    /// Of the client `instance` at `peer`.
    #[must_use]
    pub fn new(
        instance: Uuid,
        client_id: Option<Rc<str>>,
        software: Option<Rc<Software>>,
        peer: SocketAddr,
    ) -> Self {
        let address = match peer.ip() {
            IpAddr::V4(ip) => ip.to_string(),
            // Java writes all eight groups.
            IpAddr::V6(ip) => ip.segments().map(|group| format!("{group:x}")).join(":"),
        };
        Self { instance: instance.to_string(), client_id, software, address, port: peer.port().to_string() }
    }

    fn of(&self, what: Trait) -> Option<&str> {
        match what {
            Trait::InstanceId => Some(&self.instance),
            Trait::ClientId => self.client_id.as_deref(),
            Trait::SoftwareName => self.software.as_ref().map(|s| s.name.as_str()),
            Trait::SoftwareVersion => self.software.as_ref().map(|s| s.version.as_str()),
            Trait::SourceAddress => Some(&self.address),
            Trait::SourcePort => Some(&self.port),
        }
    }
}

/// What a client is to push.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Asked {
    /// To be given back with each push.
    pub subscription_id: i32,
    /// Between two pushes.
    pub interval_ms: i32,
    /// Beginnings of names.
    pub metrics: Vec<String>,
}

/// One push, accepted.
#[derive(Clone, PartialEq, Debug)]
pub struct ClientReport {
    /// The client's id.
    pub instance: Uuid,
    /// `client.id`.
    pub client_id: String,
    /// Its library; empty if it did not say.
    pub software_name: String,
    /// The library's version; empty if it did not say.
    pub software_version: String,
    /// When its next push is due.
    pub interval_ms: i32,
    /// What it said.
    pub pushed: otlp::Pushed,
}

/// What came of requests, counted from the start.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// Pushes that reached the receiver.
    pub taken: u64,
    /// Requests that came before their time.
    pub throttled: u64,
    /// Pushes for a subscription that has changed, or that never was.
    pub unknown_subscription: u64,
    /// Pushes that were too large, or could not be read.
    pub refused: u64,
    /// Clients that were forgotten because others came.
    pub forgotten: u64,
}

/// A client, between its requests.
#[derive(Debug)]
struct Instance {
    /// Of the subscriptions that these facts were made from.
    version: u64,
    subscription_id: i32,
    interval_ms: i32,
    last_get: Option<Instant>,
    last_push: Option<Instant>,
    last_error: ErrorCode,
    terminating: bool,
    /// Its place among the others, by their last requests.
    place: u64,
}

impl Instance {
    fn is_over(&self, since: Option<Instant>, now: Instant) -> bool {
        let interval = Duration::from_millis(u64::try_from(self.interval_ms).unwrap_or(0));
        since.is_none_or(|since| now.since(since) >= interval)
    }

    /// A Get is accepted once in an interval, whatever the last request was.
    fn may_get(&mut self, now: Instant) -> bool {
        let over = self.is_over(self.last_get.max(self.last_push), now);
        if over {
            self.last_get = Some(now);
        }
        // These two send a client back to Get at once.
        let sent_back = matches!(
            self.last_error,
            ErrorCode::UnknownSubscriptionId | ErrorCode::UnsupportedCompressionType
        );
        over || sent_back
    }

    /// The first push after a Get is accepted at any time: clients spread it over half to one and a half intervals.
    fn may_push(&mut self, now: Instant) -> bool {
        let may = self.last_get > self.last_push || self.is_over(self.last_push, now);
        if may {
            self.last_push = Some(now);
        }
        may
    }
}

/// See the module's text.
#[derive(Debug, Default)]
pub struct Telemetry {
    subscriptions: Vec<Subscription>,
    /// Of the image that they were read from.
    version: Option<u64>,
    instances: HashMap<Uuid, Instance>,
    places: BTreeMap<u64, Uuid>,
    next_place: u64,
    counts: Counts,
}

impl Telemetry {
    /// Clients that are known.
    #[must_use]
    pub fn instances(&self) -> usize {
        self.instances.len()
    }

    /// What came of their requests.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Reads the subscriptions again if they have changed. What another version wrote and this one cannot read is
    /// passed over.
    pub fn follow(&mut self, image: &MetadataImage) {
        if self.version != Some(image.client_metrics_version()) {
            self.version = Some(image.client_metrics_version());
            let all = image.client_metrics_subscriptions();
            self.subscriptions = all.filter_map(|(_, set)| Subscription::read(set).ok()).collect();
        }
    }

    /// The client's connection has ended.
    pub fn forget(&mut self, id: Uuid) {
        if let Some(gone) = self.instances.remove(&id) {
            self.places.remove(&gone.place);
        }
    }

    fn requested(&self, traits: &Traits) -> Requested {
        requested(self.subscriptions.iter().filter(|s| s.matches(&|what| traits.of(what))))
    }

    /// The client `id`, made anew if the subscriptions have changed since its last request.
    fn instance(&mut self, id: Uuid, traits: &Traits) -> &mut Instance {
        let version = self.version.unwrap_or(0);
        let known = self.instances.get(&id).filter(|i| i.version == version).map(|i| i.place);
        if known.is_none() {
            self.forget(id);
            let requested = self.requested(traits);
            if self.instances.len() >= INSTANCES_MAX
                && let Some((_, oldest)) = self.places.pop_first()
            {
                self.instances.remove(&oldest);
                self.counts.forgotten += 1;
            }
            let instance = Instance {
                version,
                subscription_id: subscription_id(&requested, id),
                interval_ms: requested.interval_ms,
                last_get: None,
                last_push: None,
                last_error: ErrorCode::None,
                terminating: false,
                place: self.next_place,
            };
            self.instances.insert(id, instance);
        }
        if let Some(place) = known {
            self.places.remove(&place);
        }
        self.places.insert(self.next_place, id);
        let instance = self.instances.get_mut(&id).expect("it was there or was just put in");
        instance.place = self.next_place;
        self.next_place += 1;
        instance
    }

    /// Answers a GetTelemetrySubscriptions. Errors: THROTTLING_QUOTA_EXCEEDED before its time.
    pub fn get(&mut self, id: Uuid, traits: &Traits, now: Instant) -> Result<Asked, ErrorCode> {
        let instance = self.instance(id, traits);
        if !instance.may_get(now) {
            self.counts.throttled += 1;
            return Err(ErrorCode::ThrottlingQuotaExceeded);
        }
        instance.last_error = ErrorCode::None;
        let (subscription_id, interval_ms) = (instance.subscription_id, instance.interval_ms);
        Ok(Asked { subscription_id, interval_ms, metrics: self.requested(traits).metrics })
    }

    /// Decides if a push is taken, by everything but its content. Returns the interval until the next one.
    ///
    /// Errors: what the client is told; `failed` if the content is refused later.
    pub fn push(
        &mut self,
        request: &PushTelemetryRequest,
        traits: &Traits,
        (now, bytes_max): (Instant, usize),
    ) -> Result<i32, ErrorCode> {
        let id = request.client_instance_id;
        if is_reserved(id) {
            return Err(ErrorCode::InvalidRequest);
        }
        let instance = self.instance(id, traits);
        let verdict = instance.judge(request, now, bytes_max);
        instance.terminating = request.terminating;
        let interval_ms = instance.interval_ms;
        match verdict {
            Ok(()) => {
                instance.last_error = ErrorCode::None;
                self.counts.taken += 1;
                Ok(interval_ms)
            }
            Err(error) => {
                instance.last_error = error;
                let count = match error {
                    ErrorCode::ThrottlingQuotaExceeded => &mut self.counts.throttled,
                    ErrorCode::UnknownSubscriptionId => &mut self.counts.unknown_subscription,
                    _ => &mut self.counts.refused,
                };
                *count += 1;
                Err(error)
            }
        }
    }

    /// The content of a push that was taken is refused.
    pub fn failed(&mut self, id: Uuid, error: ErrorCode) {
        self.counts.taken = self.counts.taken.saturating_sub(1);
        self.counts.refused += 1;
        if let Some(instance) = self.instances.get_mut(&id) {
            instance.last_error = error;
        }
    }
}

impl Instance {
    fn judge(
        &mut self,
        request: &PushTelemetryRequest,
        now: Instant,
        bytes_max: usize,
    ) -> Result<(), ErrorCode> {
        if self.terminating {
            return Err(ErrorCode::InvalidRequest);
        }
        // Asked first: it notes the time also of a last push, which is taken at any time.
        let in_time = self.may_push(now);
        if !in_time && !request.terminating {
            return Err(ErrorCode::ThrottlingQuotaExceeded);
        }
        if request.subscription_id != self.subscription_id {
            return Err(ErrorCode::UnknownSubscriptionId);
        }
        if codec_of(request).is_none() {
            return Err(ErrorCode::UnsupportedCompressionType);
        }
        if request.metrics.len() > bytes_max {
            return Err(ErrorCode::TelemetryTooLarge);
        }
        Ok(())
    }
}

/// The codec of a push; `None` if there is no such one.
#[must_use]
pub fn codec_of(request: &PushTelemetryRequest) -> Option<Codec> {
    u8::try_from(request.compression_type).ok().and_then(Codec::from_id)
}

/// True for ids that no client may have.
#[must_use]
pub fn is_reserved(id: Uuid) -> bool {
    u128::from_be_bytes(id.0) <= 1
}
