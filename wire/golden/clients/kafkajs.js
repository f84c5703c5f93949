// kafkajs: create a topic, produce idempotently with headers, consume in a group, commit.
const { Kafka, logLevel } = require("kafkajs");

async function main(address) {
  const kafka = new Kafka({ clientId: "golden", brokers: [address], logLevel: logLevel.ERROR });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: "golden-js", numPartitions: 1 }] });
  const producer = kafka.producer({ idempotent: true });
  await producer.connect();
  await producer.send({ topic: "golden-js", messages: [{ key: "k", value: "v", headers: { h: "1" } }] });
  await producer.send({ topic: "golden-js", messages: [{ value: "w".repeat(100) }] });
  await producer.disconnect();
  const consumer = kafka.consumer({ groupId: "golden-js" });
  await consumer.connect();
  await consumer.subscribe({ topic: "golden-js", fromBeginning: true });
  let got = 0;
  await new Promise((done) => {
    consumer.run({ eachMessage: async () => { got += 1; if (got === 2) done(); } });
  });
  await consumer.disconnect();
  await admin.fetchTopicOffsets("golden-js");
  await admin.deleteTopics({ topics: ["golden-js"] });
  await admin.disconnect();
  console.log("kafkajs:", got);
}

main(process.argv[2]).then(() => process.exit(0), (e) => { console.error(e); process.exit(1); });
