// The JSON schema of the configuration in the engine of an editor: Taplo, the language server of Even Better TOML.
// What is wrong is marked on its line, what is right is not; completion and hover show the documentation.
//
// Environment: RINGLOG, the broker's binary. Ends with 1 and a line for everything that is otherwise.
'use strict'
const { execFileSync } = require('child_process')
const fs = require('fs')
const os = require('os')
const path = require('path')
const { TaploLsp } = require('@taplo/lsp')

const PATIENCE_MS = 30_000
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'ringlog-editor-'))
process.on('exit', () => fs.rmSync(dir, { recursive: true, force: true }))
setTimeout(() => fail(`no answer after ${PATIENCE_MS / 1000} s`), PATIENCE_MS)

function fail(why) {
  console.log(`editor: FAILED ${why}`)
  process.exit(1)
}

const schema = JSON.parse(execFileSync(process.env.RINGLOG, ['config', 'schema']))
fs.writeFileSync(path.join(dir, 'ringlog.schema.json'), JSON.stringify(schema))
const FIRST = '#:schema ./ringlog.schema.json\n'

// The example of the package, with every line that is commented out for an example taken in.
const example = fs.readFileSync(path.join(__dirname, '../../../packaging/ringlog.toml'), 'utf8')
const whole = example.replace(/^# (?=[a-z_.]+ = )/gm, '')

// A mistake a line, and the word of what is said about it.
const WRONG = [
  ['[admin]', 'bindd'], // What is unexpected is marked at its table.
  ['bindd = "127.0.0.1:9644"', null],
  ['[commit_log]', null],
  ['completion = "disk"', 'not one of'],
  ['window_us = "soon"', 'not of type'],
  ['[cpu]', null],
  ['smp = 0', 'less than the minimum'],
  ['[core."2-7"]', null],
  ['spin_us = 5000000', 'greater than the maximum'],
  ['[kafka]', 'no.such.config'],
  ['"num.partitions" = "many"', 'not of type'],
  ['"no.such.config" = 3', null]
]

const EDITED = [
  '[commit_log]',
  'completion = "auto"',
  'size = "64MiB"',
  '',
  '[kafka]',
  'num.partitions = 3',
  'auto.create.topics.enable = true',
  '[core.default]',
  'spin_us = 3',
  ''
]

const files = {
  'example.toml': FIRST + example,
  'whole.toml': FIRST + whole,
  'wrong.toml': FIRST + WRONG.map(([line]) => line).join('\n') + '\n',
  'edited.toml': FIRST + EDITED.join('\n')
}

let server
let last = 0
const answers = new Map()
const told = new Map()
let heard = () => {}

function onMessage(message) {
  const { id, method, params } = message
  if (method === 'textDocument/publishDiagnostics') {
    told.set(path.basename(params.uri), params.diagnostics)
    heard()
  } else if (method !== undefined && id !== undefined) {
    // It asks for the editor's settings: there are none.
    const result = method === 'workspace/configuration' ? params.items.map(() => null) : null
    server.send({ jsonrpc: '2.0', id, result })
  } else if (answers.has(id)) {
    answers.get(id)(message)
    answers.delete(id)
  }
}

function ask(method, params) {
  const id = ++last
  return new Promise((done) => {
    answers.set(id, ({ error, result }) => (error ? fail(`${method}: ${error.message}`) : done(result)))
    server.send({ jsonrpc: '2.0', id, method, params })
  })
}

const tell = (method, params) => server.send({ jsonrpc: '2.0', method, params })
const uri = (name) => 'file://' + path.join(dir, name)
const uncoloured = (text) => (typeof text === 'string' ? text : text.value)
// The line of `edited.toml` that begins so; the first is the schema's.
const at = (begin, character, nth = 0) => ({
  textDocument: { uri: uri('edited.toml') },
  position: { line: 1 + EDITED.map((l, n) => [l, n]).filter(([l]) => l.startsWith(begin))[nth][1], character }
})

async function hover(begin, character) {
  const found = await ask('textDocument/hover', at(begin, character))
  return found && uncoloured(found.contents)
}

async function completion(position) {
  const found = await ask('textDocument/completion', position)
  return (found?.items ?? found ?? []).map((item) => ({
    label: item.label,
    about: item.documentation && uncoloured(item.documentation)
  }))
}

function same(what, found, expected) {
  const [a, b] = [found, expected].map((v) => JSON.stringify(v))
  if (a !== b) fail(`${what}: found ${a}; expected ${b}`)
}

const environment = {
  now: () => new Date(),
  envVar: () => undefined,
  envVars: () => [],
  stdErrAtty: () => false,
  stdin: async () => new Uint8Array(),
  stdout: async (bytes) => bytes.length,
  stderr: async (bytes) => bytes.length,
  glob: () => [],
  readFile: async (file) => fs.readFileSync(file),
  writeFile: async () => {},
  urlToFilePath: (url) => decodeURIComponent(new URL(url).pathname),
  isAbsolute: path.isAbsolute,
  cwd: () => dir,
  findConfigFile: () => undefined,
  fetch: { fetch, Headers, Request, Response }
}

function marked() {
  const found = told.get('wrong.toml').map((d) => [d.range.start.line, d.message])
  const expected = WRONG.flatMap(([, why], n) => (why ? [[n + 1, why]] : []))
  const off = (a) => expected.filter(([line, why]) => !a.some(([l, m]) => l === line && m.includes(why)))
  for (const [line, why] of off(found))
    fail(`line ${line} of wrong.toml is not marked ("${why}"): ${JSON.stringify(found)}`)
  same('marks in wrong.toml', found.length, expected.length)
}

async function main() {
  server = await TaploLsp.initialize(environment, { onMessage })
  const completionItem = { snippetSupport: true, documentationFormat: ['markdown'] }
  const capabilities = {
    workspace: { configuration: true },
    textDocument: { completion: { completionItem }, hover: { contentFormat: ['markdown'] } }
  }
  const root = 'file://' + dir
  await ask('initialize', {
    processId: null,
    rootUri: root,
    workspaceFolders: [{ uri: root, name: 'x' }],
    capabilities
  })
  tell('initialized', {})
  const all = new Promise((done) => {
    heard = () => Object.keys(files).every((name) => told.has(name)) && told.get('wrong.toml').length > 0 && done()
  })
  for (const [name, text] of Object.entries(files)) {
    fs.writeFileSync(path.join(dir, name), text)
    const textDocument = { uri: uri(name), languageId: 'toml', version: 1, text }
    tell('textDocument/didOpen', { textDocument })
  }
  await all
  for (const name of ['example.toml', 'whole.toml', 'edited.toml']) {
    same(
      `marks in ${name}`,
      told.get(name).map((d) => d.message),
      []
    )
  }
  marked()

  const { commit_log: log, core, kafka } = schema.properties
  const of = (table, key) => table.properties[key].description
  const spin = of(core.additionalProperties, 'spin_us')
  same('hover of completion', await hover('completion', 3), of(log, 'completion'))
  same('hover of num.partitions', await hover('num', 6), of(kafka, 'num.partitions'))
  same('hover of spin_us', await hover('spin_us', 3), spin)
  const fresh = await completion(at('', 0, EDITED.indexOf('')))
  same('keys that are left', fresh, [{ label: 'window_us', about: of(log, 'window_us') }])
  const words = await completion(at('completion', 14))
  same(
    'choices',
    words.map((w) => w.label),
    log.properties.completion.enum.map((w) => `"${w}"`)
  )
  same('their text', words[0].about, of(log, 'completion'))
  // One comes twice: as a value of its type, and as the default.
  const switches = await completion(at('auto', 28))
  same('values of a switch', [...new Set(switches.map((s) => s.label))].sort(), ['false', 'true'])
  console.log('editor: ok')
  process.exit(0)
}

main().catch((e) => fail(e.stack))
