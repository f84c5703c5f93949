//! The small files of the metadata directory: `quorum-state` and `leader-epoch-checkpoint`.
//!
//! Owner: the control core. Pure: text in, text out. Invariant: the text is Kafka's, so that its tools read it.
//! Source: KIP-595 (QuorumStateData version 1, JSON), KIP-101 (epoch checkpoint).

use ringlog_raft::{QuorumState, Voter};
use ringlog_wire::ids::{LeaderEpoch, NodeId, Offset, Uuid};
use serde_json::Value;
use std::fmt::Write;

/// The name of the quorum state file.
pub const QUORUM_STATE: &str = "quorum-state";
/// The name of the epoch checkpoint.
pub const EPOCH_CHECKPOINT: &str = "leader-epoch-checkpoint";

/// The text of `quorum-state`.
#[must_use]
pub fn quorum_state(state: &QuorumState) -> String {
    let voted = state.voted.map_or(Uuid::ZERO, |v| v.directory);
    format!(
        r#"{{"leaderId":{},"leaderEpoch":{},"votedId":{},"votedDirectoryId":"{voted}","data_version":1}}"#,
        state.leader.map_or(-1, |n| i64::from(n.0)),
        state.epoch.0,
        state.voted.map_or(-1, |v| i64::from(v.id.0)),
    )
}

/// Reads a `quorum-state`. Errors: what is wrong with it.
pub fn parse_quorum_state(text: &[u8]) -> Result<QuorumState, &'static str> {
    let json: Value = serde_json::from_slice(text).map_err(|_| "it is no JSON")?;
    let number = |key: &str| json.get(key).and_then(Value::as_i64);
    let node = |key: &str| match number(key) {
        Some(-1) => Ok(None),
        Some(n) => u32::try_from(n).map(|n| Some(NodeId(n))).map_err(|_| "a node id is out of range"),
        None => Err("a node id is missing"),
    };
    let epoch = number("leaderEpoch").and_then(|e| i32::try_from(e).ok()).and_then(LeaderEpoch::from_wire);
    let epoch = epoch.ok_or("leaderEpoch is missing or out of range")?;
    let directory = match json.get("votedDirectoryId").and_then(Value::as_str) {
        Some(text) => text.parse().map_err(|()| "votedDirectoryId is malformed")?,
        None => Uuid::ZERO,
    };
    let voted = node("votedId")?.map(|id| Voter { id, directory });
    Ok(QuorumState { epoch, leader: node("leaderId")?, voted })
}

/// The text of `leader-epoch-checkpoint`: version 0, count, then epoch and start offset per line.
#[must_use]
pub fn epoch_checkpoint(epochs: &[(LeaderEpoch, Offset)]) -> String {
    let mut text = format!("0\n{}\n", epochs.len());
    for (epoch, start) in epochs {
        let _ = writeln!(text, "{} {start}", epoch.0);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use ringlog_wire::ids::TopicId;

    #[test]
    fn quorum_state_is_kafkas_json() {
        let kafka = r#"{"leaderId":1,"leaderEpoch":1,"votedId":-1,"votedDirectoryId":"AAAAAAAAAAAAAAAAAAAAAA","data_version":1}"#;
        let state = QuorumState { epoch: LeaderEpoch(1), leader: Some(NodeId(1)), voted: None };
        assert_eq!(quorum_state(&state), kafka);
        assert_eq!(parse_quorum_state(kafka.as_bytes()), Ok(state));
        let voted = Some(Voter { id: NodeId(4), directory: TopicId([5; 16]) });
        let state = QuorumState { epoch: LeaderEpoch(9), leader: None, voted };
        assert_eq!(parse_quorum_state(quorum_state(&state).as_bytes()), Ok(state));
    }

    #[test]
    fn damage_is_an_error() {
        for bad in [
            "",
            "{}",
            "[1]",
            r#"{"leaderId":1,"leaderEpoch":-1,"votedId":-1}"#,
            r#"{"leaderId":1,"leaderEpoch":99999999999,"votedId":-1}"#,
        ] {
            assert!(parse_quorum_state(bad.as_bytes()).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_epoch_checkpoint_has_kafkas_form() {
        assert_eq!(
            epoch_checkpoint(&[(LeaderEpoch(1), Offset(0)), (LeaderEpoch(2), Offset(40))]),
            "0\n2\n1 0\n2 40\n"
        );
    }
}
