//! A partition whose leader is another node: refusals that say who leads (KIP-951).

use crate::harness::*;
use ringlog_shard::env::{CoreId, Env, Mesh};
use ringlog_shard::image::{Identity, MetadataDelta};
use ringlog_shard::msg::ShardMsg;
use ringlog_wire::ErrorCode as E;
use ringlog_wire::generated::records::MetadataRecord;
use ringlog_wire::generated::register_broker_record::BrokerEndpoint;
use ringlog_wire::generated::{
    DescribeClusterRequest, FetchRequest, FetchResponse, PartitionChangeRecord, ProduceResponse,
    RegisterBrokerRecord,
};
use ringlog_wire::ids::{LeaderEpoch, Offset, TopicId};
use std::sync::Arc;

/// Hands records to the data cores as the control core would.
async fn commit(b: &Broker, c: &mut Client, disk: &ringlog_sim::MemDisk, records: Vec<MetadataRecord>) {
    let described = c.call(0, &DescribeClusterRequest::default()).await;
    let meta = disk.content(std::path::Path::new("/d/meta.properties")).unwrap();
    let meta = String::from_utf8(meta).unwrap();
    let directory: TopicId =
        meta.lines().find_map(|l| l.strip_prefix("directory.id=")).unwrap().parse().unwrap();
    let delta = Arc::new(MetadataDelta {
        identity: Identity { cluster_id: described.cluster_id.into(), directories: [directory].into() },
        end: Offset::ZERO,
        epoch: LeaderEpoch(0),
        records: records.into(),
    });
    let control = b.node.envs().last().unwrap();
    for core in 0..control.mesh().data_cores() {
        control.mesh().try_send(CoreId(core), ShardMsg::Delta(Arc::clone(&delta))).unwrap();
    }
    b.sim.sleep_ms(50).await;
}

fn leads(topic_id: TopicId, partition_id: i32, leader: i32) -> MetadataRecord {
    let change = PartitionChangeRecord { topic_id, partition_id, leader, ..Default::default() };
    MetadataRecord::PartitionChange(change)
}

#[test]
fn a_refused_client_is_told_the_leader_and_its_address() {
    with_disk(2, |b, disk| async move {
        let mut c = b.client(0);
        let id = c.create("t", 2, &[]).await;
        for index in 0..2 {
            assert_eq!(c.produce("t", index, batch(&[b"x"])).await.error_code, 0);
        }
        let mut parked = b.client(1);
        let mut wait = fetch_request("t", &[(0, 1), (1, 1)]);
        wait.max_wait_ms = 60_000;
        parked.send(11, &wait).await;
        b.sim.sleep_ms(20).await;
        let two = RegisterBrokerRecord {
            broker_id: 2,
            fenced: false,
            end_points: vec![BrokerEndpoint {
                name: "PLAINTEXT".into(),
                host: "two.example".into(),
                port: 9999,
                security_protocol: 0,
            }],
            ..RegisterBrokerRecord::default()
        };
        commit(
            &b,
            &mut c,
            &disk,
            vec![MetadataRecord::RegisterBroker(two), leads(id, 0, 2), leads(id, 1, 2)],
        )
        .await;
        let (_, woken) = parked.receive::<FetchResponse>(11).await;
        assert!(summary(&woken).iter().any(|p| p.1 == E::NotLeaderOrFollower.code()), "{woken:?}");

        for version in 9..=13 {
            let mut request =
                produce_request(-1, "t", vec![(0, Some(batch(&[b"y"]))), (1, Some(batch(&[b"y"])))]);
            request.topic_data[0].topic_id = id;
            let response: ProduceResponse = c.call(version, &request).await;
            for p in &response.responses[0].partition_responses {
                assert_eq!(p.error_code, E::NotLeaderOrFollower.code());
                let told = (p.current_leader.leader_id, p.current_leader.leader_epoch);
                assert_eq!(told, if version >= 10 { (2, 1) } else { (-1, -1) });
            }
            let nodes: Vec<_> =
                response.node_endpoints.iter().map(|n| (n.node_id, &*n.host, n.port)).collect();
            let both = vec![(1, "127.0.0.1", 9092), (2, "two.example", 9999)];
            assert_eq!(nodes, if version >= 10 { both } else { Vec::new() });
        }
        for version in 12..=18 {
            let mut request: FetchRequest = fetch_request("t", &[(0, 0), (1, 0)]);
            request.topics[0].topic_id = id;
            let response: FetchResponse = c.call(version, &request).await;
            for p in &response.responses[0].partitions {
                assert_eq!(p.error_code, E::NotLeaderOrFollower.code());
                assert_eq!((p.current_leader.leader_id, p.current_leader.leader_epoch), (2, 1));
            }
            assert_eq!(response.node_endpoints.len(), if version >= 16 { 2 } else { 0 });
        }

        // The leadership comes back: everything that was acknowledged is there.
        commit(&b, &mut c, &disk, vec![leads(id, 0, 1), leads(id, 1, 1)]).await;
        for index in 0..2 {
            assert_eq!(c.produce("t", index, batch(&[b"z"])).await.base_offset, 1);
            let got = c.fetch("t", index, 0).await;
            assert_eq!(records(&got.records.unwrap()), [(0, b"x".to_vec()), (1, b"z".to_vec())]);
        }
    });
}
