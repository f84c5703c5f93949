//! Why a command fails, in the words and with the class names that Kafka's Java tools print.
//!
//! Owner: nobody. Invariant: code, class and message of an error that a broker sent are those of Kafka 4.3.1 for every
//! code that an operator's command can meet; for the rest the class follows from the name, the message is ours.

use ringlog_wire::ErrorCode;
use std::fmt;

const ERRORS: &str = "org.apache.kafka.common.errors.";

/// One failure.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// The Java class that stands for it, with its package.
    pub class: String,
    /// What happened.
    pub message: String,
    /// The broker's code, if a broker said it.
    pub code: Option<ErrorCode>,
    /// True if the connection is gone.
    pub lost: bool,
}

impl Failure {
    /// One of `class` (with package).
    pub fn of_class(class: &str, message: impl Into<String>) -> Self {
        Self { class: class.to_owned(), message: message.into(), code: None, lost: false }
    }

    /// Found by this program: an address, a file, an answer.
    pub fn client(message: String) -> Self {
        Self::of_class("org.apache.kafka.common.KafkaException", message)
    }

    /// The connection is gone.
    pub fn lost(message: String) -> Self {
        Self { lost: true, ..Self::of_class(&format!("{ERRORS}DisconnectException"), message) }
    }

    /// Java's IllegalArgumentException.
    pub fn illegal(message: impl Into<String>) -> Self {
        Self::of_class("java.lang.IllegalArgumentException", message)
    }

    /// A broker's `code`, with its own message if it sent one.
    pub fn kafka(code: i16, message: Option<&str>) -> Self {
        let known = ErrorCode::from_code(code).unwrap_or(ErrorCode::UnknownServerError);
        let message = message.map_or_else(|| default_message(known), ToOwned::to_owned);
        Self { class: class_of(known), message, code: Some(known), lost: false }
    }

    /// True if the same call may succeed later.
    pub fn is_retriable(&self) -> bool {
        self.lost || self.code.is_some_and(ErrorCode::is_retriable)
    }

    /// True for the broker's code `code`.
    pub fn is(&self, code: ErrorCode) -> bool {
        self.code == Some(code)
    }

    /// As Java prints it behind a future: `ExecutionException: CLASS: MESSAGE`, then its cause.
    pub fn of_future(&self) -> String {
        format!("java.util.concurrent.ExecutionException: {self}\nCaused by: {self}")
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.class, self.message)
    }
}

/// `Ok` for code 0, else the failure. `message`: what the broker said beside the code.
pub fn check(code: i16, message: Option<&str>) -> Result<(), Failure> {
    if code == 0 { Ok(()) } else { Err(Failure::kafka(code, message)) }
}

fn class_of(code: ErrorCode) -> String {
    let name = code.name();
    let odd = match name {
        "UNKNOWN_SERVER_ERROR" => "UnknownServerException",
        "CORRUPT_MESSAGE" => "CorruptRecordException",
        "REQUEST_TIMED_OUT" => "TimeoutException",
        "MESSAGE_TOO_LARGE" => "RecordTooLargeException",
        "STALE_CONTROLLER_EPOCH" => "ControllerMovedException",
        "OFFSET_METADATA_TOO_LARGE" => "OffsetMetadataTooLarge",
        "INVALID_TOPIC_EXCEPTION" => "InvalidTopicException",
        "RECORD_LIST_TOO_LARGE" => "RecordBatchTooLargeException",
        "TOPIC_AUTHORIZATION_FAILED" => "TopicAuthorizationException",
        "GROUP_AUTHORIZATION_FAILED" => "GroupAuthorizationException",
        "CLUSTER_AUTHORIZATION_FAILED" => "ClusterAuthorizationException",
        "TOPIC_ALREADY_EXISTS" => "TopicExistsException",
        "INVALID_CONFIG" => "InvalidConfigurationException",
        "OUT_OF_ORDER_SEQUENCE_NUMBER" => "OutOfOrderSequenceException",
        "INVALID_PRODUCER_ID_MAPPING" => "InvalidPidMappingException",
        "SASL_AUTHENTICATION_FAILED" => "SaslAuthenticationException",
        "NON_EMPTY_GROUP" => "GroupNotEmptyException",
        "FETCH_SESSION_TOPIC_ID_ERROR" => "FetchSessionTopicIdException",
        "INVALID_REGULAR_EXPRESSION" => "InvalidRegularExpression",
        "KAFKA_STORAGE_ERROR" => "KafkaStorageException",
        _ => "",
    };
    if !odd.is_empty() {
        return format!("{ERRORS}{odd}");
    }
    let camel: String = name
        .split('_')
        .map(|word| {
            let (first, rest) = word.split_at(word.len().min(1));
            format!("{first}{}", rest.to_ascii_lowercase())
        })
        .collect();
    format!("{ERRORS}{camel}Exception")
}

/// What Kafka's clients print for a code that came without a message.
fn default_message(code: ErrorCode) -> String {
    let known = match code {
        ErrorCode::UnknownServerError => {
            "The server experienced an unexpected error when processing the request."
        }
        ErrorCode::OffsetOutOfRange => {
            "The requested offset is not within the range of offsets maintained by the server."
        }
        ErrorCode::UnknownTopicOrPartition => "This server does not host this topic-partition.",
        ErrorCode::RequestTimedOut => "The request timed out.",
        ErrorCode::CoordinatorLoadInProgress => {
            "The coordinator is loading and hence can't process requests."
        }
        ErrorCode::CoordinatorNotAvailable => "The coordinator is not available.",
        ErrorCode::NotCoordinator => "This is not the correct coordinator.",
        ErrorCode::InvalidGroupId => "The configured groupId is invalid.",
        ErrorCode::UnknownMemberId => "The coordinator is not aware of this member.",
        ErrorCode::TopicAuthorizationFailed => "Topic authorization failed.",
        ErrorCode::GroupAuthorizationFailed => "Group authorization failed.",
        ErrorCode::ClusterAuthorizationFailed => "Cluster authorization failed.",
        ErrorCode::UnsupportedVersion => "The version of API is not supported.",
        ErrorCode::TopicAlreadyExists => "Topic with this name already exists.",
        ErrorCode::InvalidPartitions => "Number of partitions is below 1.",
        ErrorCode::InvalidConfig => "Configuration is invalid.",
        ErrorCode::NonEmptyGroup => "The group is not empty.",
        ErrorCode::GroupIdNotFound => "The group id does not exist.",
        ErrorCode::GroupSubscribedToTopic => {
            "Deleting offsets of a topic is forbidden while the consumer group is actively subscribed to it."
        }
        ErrorCode::MessageTooLarge => {
            "The request included a message larger than the max message size the server will accept."
        }
        ErrorCode::NotLeaderOrFollower => {
            "For requests intended only for the leader, this error indicates that the broker is not the current leader. For requests intended for any replica, this error indicates that the broker is not a replica of the topic partition."
        }
        ErrorCode::InvalidRequest => {
            "This most likely occurs because of a request being malformed by the client library or the message was sent to an incompatible broker. See the broker logs for more details."
        }
        ErrorCode::TopicDeletionDisabled => "Topic deletion is disabled.",
        ErrorCode::UnknownTopicId => "This server does not host this topic ID.",
        ErrorCode::KafkaStorageError => "Disk error when trying to access log file on the disk.",
        ErrorCode::InvalidReplicaAssignment => "Replica assignment is invalid.",
        ErrorCode::LogDirNotFound => "The user-specified log directory is not found in the broker config.",
        ErrorCode::InvalidUpdateVersion => "The given update version was invalid.",
        _ => "",
    };
    if known.is_empty() { code.message().to_owned() } else { known.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_java_tools() {
        let class = |code| Failure::kafka(code, None).class;
        assert_eq!(class(3), "org.apache.kafka.common.errors.UnknownTopicOrPartitionException");
        assert_eq!(class(69), "org.apache.kafka.common.errors.GroupIdNotFoundException");
        assert_eq!(class(68), "org.apache.kafka.common.errors.GroupNotEmptyException");
        assert_eq!(class(40), "org.apache.kafka.common.errors.InvalidConfigurationException");
        assert_eq!(
            Failure::kafka(36, Some("Topic 'a' already exists.")).message,
            "Topic 'a' already exists."
        );
        assert_eq!(Failure::kafka(69, None).message, "The group id does not exist.");
    }
}
