// kafkajs: idempotent, acks=all, the codecs that it has without native code, read back through a group, equal and
// in order.
//
// Arguments: bootstrap address, number of records per codec (of five; here spread over three).
'use strict'

const assert = require('node:assert')
const { CompressionCodecs, CompressionTypes, Kafka, logLevel } = require('kafkajs')
CompressionCodecs[CompressionTypes.Snappy] = require('kafkajs-snappy')

const [bootstrap, perCodec] = [process.argv[2], Number(process.argv[3])]
const count = Math.ceil((perCodec * 5) / 3)
const PARTITIONS = 3
const PER_REQUEST = 3000

// Record n as ../src/record.rs makes it, but for what this client refuses: null header values.
function record(n) {
  const key = n % 11 === 0 ? null : `key-${n % 1000}`
  let value = `value ${n} ${'abcdefgh'.repeat(n % 23)}`
  if (n % 13 === 0) value = null
  else if (n % 17 === 0) value = ''
  let headers = {}
  if (n % 5 === 0) headers = { h: [String(n), ''], g: '' }
  else if (n % 5 === 1) headers = { trace: '1' }
  return { key, value, headers, partition: n % PARTITIONS }
}

const text = (held) => (held === null || held === undefined ? null : held.toString())

function same(message, sent) {
  assert.strictEqual(text(message.key), sent.key)
  assert.strictEqual(text(message.value), sent.value)
  const headers = {}
  for (const [name, held] of Object.entries(message.headers)) {
    headers[name] = Array.isArray(held) ? held.map(text) : text(held)
  }
  assert.deepStrictEqual(headers, sent.headers)
}

async function produce(kafka, topic, compression) {
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  const acked = Array.from({ length: PARTITIONS }, () => new Map())
  for (let from = 0; from < count; from += PER_REQUEST) {
    const numbers = Array.from({ length: Math.min(PER_REQUEST, count - from) }, (_, i) => from + i)
    const answers = await producer.send({ topic, acks: -1, compression, messages: numbers.map(record) })
    for (const { partition, baseOffset } of answers) {
      numbers
        .filter((n) => n % PARTITIONS === partition)
        .forEach((n, i) => {
          const offset = Number(baseOffset) + i
          assert(!acked[partition].has(offset), `${topic}-${partition} offset ${offset} was given out twice`)
          acked[partition].set(offset, n)
        })
    }
  }
  await producer.disconnect()
  return acked
}

async function readBack(kafka, topic, acked) {
  const consumer = kafka.consumer({ groupId: `${topic}-readers`, maxWaitTimeInMs: 500 })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  const next = Array(PARTITIONS).fill(0)
  let left = count
  await new Promise((resolve, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error))
    consumer.run({
      eachMessage: async ({ partition, message }) => {
        try {
          const offset = Number(message.offset)
          assert.strictEqual(offset, next[partition]++, `${topic}-${partition} jumps`)
          assert(acked[partition].has(offset), `${topic}-${partition} offset ${offset} was never acknowledged`)
          same(message, record(acked[partition].get(offset)))
          if (--left === 0) resolve()
        } catch (error) {
          reject(error)
        }
      },
    })
  })
  await consumer.disconnect()
}

async function main() {
  const kafka = new Kafka({ brokers: [bootstrap], logLevel: logLevel.ERROR })
  const admin = kafka.admin()
  await admin.connect()
  for (const codec of ['None', 'GZIP', 'Snappy']) {
    const topic = `kafkajs-${codec.toLowerCase()}`
    await admin.createTopics({ topics: [{ topic, numPartitions: PARTITIONS, replicationFactor: 1 }] })
    await readBack(kafka, topic, await produce(kafka, topic, CompressionTypes[codec]))
    console.log(`ok   kafkajs ${codec.toLowerCase()}: ${count} records read back equal and in order`)
  }
  await admin.disconnect()
}

main().catch((error) => {
  console.error(error)
  process.exit(1)
})
