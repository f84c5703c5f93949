// One member of a group, with kafkajs: see ../python/member.py for its lines.
//
// Arguments: bootstrap address, group, topic, protocol (range), static name or -.
'use strict'

const { AssignerProtocol, Kafka, logLevel } = require('kafkajs')

const [bootstrap, groupId, topic] = process.argv.slice(2)
const PARTITIONS = 12

const say = (letter, what) => console.log([letter, Date.now(), ...what].join(' '))

// The same assignor as the other clients' "range", which this client does not have.
const range = ({ cluster }) => ({
  name: 'range',
  version: 0,
  protocol: ({ topics }) => ({
    name: 'range',
    metadata: AssignerProtocol.MemberMetadata.encode({ version: 0, topics, userData: Buffer.alloc(0) }),
  }),
  assign: async ({ members, topics }) => {
    const ids = members.map((m) => m.memberId).sort()
    const given = Object.fromEntries(ids.map((id) => [id, {}]))
    for (const name of topics) {
      const partitions = cluster.findTopicPartitionMetadata(name).map((p) => p.partitionId).sort((a, b) => a - b)
      const [share, more] = [Math.floor(partitions.length / ids.length), partitions.length % ids.length]
      let next = 0
      ids.forEach((id, i) => {
        const count = share + (i < more ? 1 : 0)
        given[id][name] = partitions.slice(next, (next += count))
      })
    }
    return ids.map((memberId) => ({
      memberId,
      memberAssignment: AssignerProtocol.MemberAssignment.encode({
        version: 0,
        assignment: given[memberId],
        userData: Buffer.alloc(0),
      }),
    }))
  },
})

async function main() {
  const kafka = new Kafka({
    brokers: [bootstrap],
    clientId: 'kafkajs',
    logLevel: logLevel.NOTHING,
    retry: { retries: 100, maxRetryTime: 1000, initialRetryTime: 200 },
  })
  const consumer = kafka.consumer({
    groupId,
    sessionTimeout: 6000,
    rebalanceTimeout: 20000,
    heartbeatInterval: 500,
    maxWaitTimeInMs: 100,
    partitionAssigners: [range],
  })
  let mine = []
  let fresh = new Set()
  const gone = (letter) => {
    if (mine.length) say(letter, mine)
    mine = []
  }
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    gone('R')
    mine = [...(payload.memberAssignment[topic] || [])].sort((a, b) => a - b)
    fresh = new Set(mine)
    if (mine.length) say('A', mine)
  })
  // Before it joins again it has stopped reading and waited for what runs.
  consumer.on(consumer.events.REBALANCING, () => gone('R'))
  consumer.on(consumer.events.CRASH, () => gone('L'))
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: PARTITIONS,
    eachBatch: async ({ batch, resolveOffset, heartbeat, isRunning, isStale }) => {
      let next = null
      for (const message of batch.messages) {
        if (!isRunning() || isStale() || !mine.includes(batch.partition)) break
        if (fresh.delete(batch.partition)) say('F', [`${batch.partition}:${message.offset}`])
        say('P', [`${batch.partition}:${message.offset}`])
        resolveOffset(message.offset)
        next = Number(message.offset) + 1
      }
      if (next !== null) {
        await consumer.commitOffsets([{ topic, partition: batch.partition, offset: String(next) }])
        say('C', [`${batch.partition}:${next}`])
      }
      await heartbeat()
    },
  })
  let ending = false
  process.on('SIGTERM', async () => {
    if (ending) return
    ending = true
    await consumer.stop()
    gone('R')
    await consumer.disconnect()
    process.exit(0)
  })
}

main().catch((error) => {
  console.error(error)
  process.exit(1)
})
