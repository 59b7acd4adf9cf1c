// Applies deliberate faults to copies of the modules, one after another, and runs the models against each.
// The models of the core are stories of clients over all their connections, schedules that follow a connection
// to the byte, and races. Those of the engine in memory are stories of several nodes. Tests notice the faults of
// signal-hub-redis. Exits with 1 if nothing notices a fault, or if a fault does not apply exactly once.
//
//   node verification/mutants/mutants.mjs [--seeds N] [--only TEXT] [--part I/N] [--unit] [--check]
//
// --seeds  the most schedules and stories per fault (default 3000)
// --only   only faults whose name or file contains this text, such as signal-hub-redis
// --part   only part I of N, so that several can run at once
// --check  only checks that each fault applies and compiles
// --unit   also reports the faults of the core that its other tests notice (slow: a Maven run each)
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { mutations } from './mutations.mjs'

const CORE = 'signal-hub'
const KIT = 'signal-hub-testkit'
const REDIS = 'signal-hub-redis'
const COPIED = [CORE, KIT, REDIS, 'signal-hub-jdk-server'] // the last one has a certificate for tests
const PACKAGE = 'io/github/signalhub'
const SOURCES = [
  `${CORE}/src/annotations`,
  `${CORE}/src/main/java`,
  `${CORE}/src/test/java/${PACKAGE}/model`,
  `${KIT}/src/main/java`,
  ...['model', 'backbone', 'nodes'].map((part) => `${KIT}/src/test/java/${PACKAGE}/testkit/${part}`),
]
const MODEL_RUN = 'io.github.signalhub.model.ModelRun'
const STORY_RUN = 'io.github.signalhub.testkit.model.StoryRun'
const ENGINE_RUN = 'io.github.signalhub.testkit.backbone.EngineStoryRun'
const NODES_RUN = 'io.github.signalhub.testkit.nodes.NodesStoryRun'
const UNIT_TESTS = ['HubLogTest', 'TopicLogTest', 'ResumeTest', 'SlowClientTest', 'HubTest', 'BacklogTest', 'ConcurrencyTest']
const JVM = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'] // most runs are short
const TIMEOUT_MS = 3_600_000 // a run that hangs ends itself much sooner, even on a slow machine

const { values: options } = parseArgs({
  options: {
    seeds: { type: 'string', default: '3000' },
    only: { type: 'string', default: '' },
    part: { type: 'string', default: '1/1' },
    unit: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
  },
})
const seeds = Number(options.seeds)
const few = Math.ceil(seeds / 10)
const RUNS = {
  [CORE]: [
    ...fromSeed(1, few),
    ...fromSeed(few + 1, seeds - few),
    { by: 'race', main: MODEL_RUN, settings: ['-Dmodel.seeds=0', '-Drace.connections=60'] },
  ],
  [KIT]: [
    { by: 'engine', main: ENGINE_RUN, settings: [`-Dengine.seeds=${seeds}`] },
    { by: 'nodes', main: NODES_RUN, settings: [`-Dnodes.seeds=${few}`] },
  ],
}
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const java = (tool) => (process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', tool) : tool)

const copy = mkdtempSync(join(tmpdir(), 'signal-hub-mutants-'))
process.on('exit', () => rmSync(copy, { recursive: true, force: true }))
process.on('SIGINT', () => process.exit(130))
// Without .mvn and the properties nothing is logged in Maven's runs, and some tests want logging to fail.
for (const path of ['pom.xml', '.mvn', 'verification/logging.properties', 'docs/protocol']) copyOf(path)
for (const [, module] of readFileSync(join(root, 'pom.xml'), 'utf8').matchAll(/<module>(.*)<\/module>/g)) copyOf(`${module}/pom.xml`)
for (const module of COPIED) copyOf(`${module}/src`)

const [part, parts] = options.part.split('/').map(Number)
if (!(part >= 1 && part <= parts)) fail(`expected a part such as 1/2, was ${options.part}`)
const chosen = mutations
  .map(({ module = CORE, file, ...fault }) => ({ ...fault, module, file: `${module}/src/main/${file.endsWith('.lua') ? 'resources' : 'java'}/${PACKAGE}/${file}` }))
  .filter(({ name, file }, i) => [name, file].some((text) => text.includes(options.only)) && i % parts === part - 1)
const originals = new Map()
for (const { name, file, find } of chosen) {
  if (!originals.has(file)) originals.set(file, readFileSync(join(copy, file), 'utf8'))
  const matches = originals.get(file).split(find).length - 1
  if (matches !== 1) fail(`"${name}": expected its text once in ${file}, found ${matches} times`)
}
if (chosen.length === 0) fail('no fault has such a name')

const base = join(copy, 'base')
const mutant = join(copy, 'mutant')
const sources = SOURCES.flatMap((folder) => javaFiles(join(copy, folder)))
compile(base, sources.filter((path) => !/(Test|module-info)\.java$/.test(path)))
if (!options.check) {
  for (const module of new Set(chosen.map((fault) => fault.module))) {
    const faults = chosen.filter((fault) => fault.module === module)
    const modelled = faults.filter(({ test }) => !test)
    const unchanged = modelled.length > 0 && runModel(module, modelled)
    if (unchanged.noticed) fail(`a model fails on the unchanged ${module}:\n${unchanged.output}`)
    const named = new Set(faults.flatMap(({ test }) => test ?? []))
    if (named.size > 0 && testsNotice(module, [...named])) fail(`one of ${[...named]} fails on the unchanged ${module}`)
  }
}

let survivors = 0
for (const { module, name, file, find, replace, test, ...fault } of chosen) {
  const mutated = join(copy, file)
  writeFileSync(mutated, originals.get(file).replace(find, () => replace))
  if (module !== REDIS) {
    compile(mutant, [mutated])
  } else if (options.check && file.endsWith('.java')) {
    mavenPasses(module, ['compile']) // it has the jars
  }
  if (!options.check) {
    const check = test ? { noticed: testsNotice(module, [test]), by: test, rule: '' } : runModel(module, [fault])
    if (!check.noticed) survivors++
    const unit = options.unit && module === CORE ? `  ${testsNotice(module, UNIT_TESTS) ? 'unit tests too' : 'no unit test'}` : ''
    console.log(`${check.noticed ? 'caught  ' : 'SURVIVED'}  ${check.by.padEnd(10)}  ${name.padEnd(66)}${unit}  ${check.rule}`)
  }
  writeFileSync(mutated, originals.get(file))
}
console.log(options.check ? `${chosen.length} faults apply` : `${chosen.length - survivors} of ${chosen.length} faults caught`)
if (survivors > 0) process.exit(1)

function copyOf(path) {
  cpSync(join(root, path), join(copy, path), { recursive: true })
}

function compile(classes, files) {
  rmSync(classes, { recursive: true, force: true })
  mkdirSync(classes)
  const compiled = spawnSync(java('javac'), ['--release', '17', '-nowarn', '-cp', base, '-d', classes, ...files], { encoding: 'utf8' })
  if (compiled.status !== 0) fail(`${files.length === 1 ? files[0] : 'the code'} does not compile:\n${compiled.stdout}${compiled.stderr}`)
}

function fromSeed(first, count) {
  return [
    { by: 'story', main: STORY_RUN, settings: [`-Dstory.first=${first}`, `-Dstory.seeds=${count}`] },
    { by: 'seed', main: MODEL_RUN, settings: [`-Dmodel.first=${first}`, `-Dmodel.seeds=${count}`, '-Drace.connections=0'] },
  ]
}

// Starts with the seed that is known to notice the fault.
function runModel(module, faults) {
  const known = faults.flatMap(({ story, schedule, engine }) => [
    ...(story === undefined ? [] : [{ by: 'story', main: STORY_RUN, settings: [`-Dstory.seed=${story}`] }]),
    ...(schedule === undefined ? [] : [{ by: 'seed', main: MODEL_RUN, settings: [`-Dmodel.seed=${schedule}`, '-Drace.connections=0'] }]),
    ...(engine === undefined ? [] : [{ by: 'engine', main: ENGINE_RUN, settings: [`-Dengine.seed=${engine}`] }]),
  ])
  return [...known, ...RUNS[module]].reduce((found, next) => (found?.noticed ? found : run(next)), undefined)
}

function run({ by, main, settings }) {
  const run = spawnSync(java('java'), [...settings, ...JVM, '-cp', [mutant, base].join(delimiter), main], {
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
    maxBuffer: 1 << 28,
  })
  const output = `${run.stdout}${run.stderr}`
  const ended = run.error?.code ?? run.signal
  if (ended) fail(`${main} ${settings.join(' ')} did not end by itself (${ended}):\n${output}`)
  if (run.status === 0) return { noticed: false, by: '-', rule: '', output }
  const [, seed = 'crashed', rule = output.split('\n')[0]] = /^(seed \d+|race): (.*)$/m.exec(run.stdout) ?? []
  return { noticed: true, by: seed.replace('seed', by), rule: rule.replace(/^\S*(Violation|AssertionError): /, '').slice(0, 70), output }
}

function testsNotice(module, tests) {
  return !mavenPasses(module, ['test', `-Dtest=${tests}`, '-Dsurefire.failIfNoSpecifiedTests=false'])
}

/** Returns whether all tests of the run pass. Anything but a failed test that ends Maven is no answer. */
function mavenPasses(module, goals) {
  const maven = process.platform === 'win32' ? 'mvn.cmd' : 'mvn'
  const arguments_ = ['-q', '-B', '-o', '-f', join(copy, 'pom.xml'), '-pl', module, '-am', ...goals, '-Dspotless.check.skip=true']
  const run = spawnSync(maven, arguments_, { encoding: 'utf8', timeout: TIMEOUT_MS, maxBuffer: 1 << 28, shell: process.platform === 'win32' })
  if (run.status === 0) return true
  if (!/Tests run: .*(Failures|Errors): [1-9]/.test(run.stdout)) fail(`Maven could not run ${goals.join(' ')}:\n${run.stdout}${run.stderr}`)
  return false
}

function javaFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return javaFiles(path)
    return entry.name.endsWith('.java') && entry.name !== 'package-info.java' ? [path] : []
  })
}

function fail(reason) {
  console.error(`mutants: ${reason}`)
  process.exit(1)
}
