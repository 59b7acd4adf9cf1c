// Applies deliberate faults to a copy of signal-hub's core, one after another, and runs the models against
// each. The models are stories of clients over all their connections, schedules that follow a connection to
// the byte, and races. Exits with 1 if no model notices a fault, or if a fault does not apply exactly once.
//
//   node verification/mutants/mutants.mjs [--seeds N] [--only TEXT] [--part I/N] [--unit] [--check]
//
// --seeds  the most schedules and stories per fault (default 3000)
// --only   only faults whose name contains this text
// --part   only part I of N, so that several can run at once
// --check  only checks that each fault applies and compiles
// --unit   also reports the faults that the module's other core tests notice (slow: a Maven run each)
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { mutations } from './mutations.mjs'

const CORE = join('src', 'main', 'java', 'io', 'github', 'signalhub')
const MODEL = join('src', 'test', 'java', 'io', 'github', 'signalhub', 'model')
const KIT = ['src/main/java', 'src/test/java/io/github/signalhub/testkit/model'].map((path) => join(...path.split('/')))
const MODEL_RUN = 'io.github.signalhub.model.ModelRun'
const STORY_RUN = 'io.github.signalhub.testkit.model.StoryRun'
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
const RUNS = [
  ...fromSeed(1, few),
  ...fromSeed(few + 1, seeds - few),
  { by: 'race', main: MODEL_RUN, settings: ['-Dmodel.seeds=0', '-Drace.connections=60'] },
]
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const module = join(root, 'signal-hub')
const java = (tool) => (process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', tool) : tool)

const copy = mkdtempSync(join(tmpdir(), 'signal-hub-mutants-'))
process.on('exit', () => rmSync(copy, { recursive: true, force: true }))
process.on('SIGINT', () => process.exit(130))
cpSync(join(root, 'pom.xml'), join(copy, 'pom.xml'))
// Without these two nothing is logged in Maven's runs, and some tests want logging to fail.
cpSync(join(root, '.mvn'), join(copy, '.mvn'), { recursive: true })
cpSync(join(root, 'verification', 'logging.properties'), join(copy, 'verification', 'logging.properties'))
cpSync(join(root, 'docs', 'protocol'), join(copy, 'docs', 'protocol'), { recursive: true })
cpSync(join(module, 'pom.xml'), join(copy, 'signal-hub', 'pom.xml'))
cpSync(join(module, 'src'), join(copy, 'signal-hub', 'src'), { recursive: true })
const source = join(copy, 'signal-hub')

const [part, parts] = options.part.split('/').map(Number)
if (!(part >= 1 && part <= parts)) fail(`expected a part such as 1/2, was ${options.part}`)
const chosen = mutations.filter(({ name }, i) => name.includes(options.only) && i % parts === part - 1)
const originals = new Map()
for (const { name, file, find } of chosen) {
  if (!originals.has(file)) originals.set(file, readFileSync(join(module, CORE, file), 'utf8'))
  const matches = originals.get(file).split(find).length - 1
  if (matches !== 1) fail(`"${name}": expected its text once in ${file}, found ${matches} times`)
}
if (chosen.length === 0) fail('no fault has such a name')

const base = join(copy, 'base')
const mutant = join(copy, 'mutant')
const main = javaFiles(join(source, 'src', 'main', 'java')).filter((path) => !path.endsWith('module-info.java'))
const models = [join(source, MODEL), ...KIT.map((folder) => join(root, 'signal-hub-testkit', folder))].flatMap(javaFiles)
const annotations = javaFiles(join(source, 'src', 'annotations'))
compile(base, [...annotations, ...main, ...models.filter((path) => !/(Test|module-info)\.java$/.test(path))])
if (!options.check) {
  const unchanged = runModel(chosen)
  if (unchanged.noticed) fail(`a model fails on the unchanged core:\n${unchanged.output}`)
  const named = new Set(chosen.flatMap(({ test }) => test ?? []))
  if (named.size > 0 && unitTestsNotice([...named])) fail(`one of ${[...named]} fails on the unchanged core`)
}

let survivors = 0
for (const fault of chosen) {
  const { name, file, find, replace } = fault
  const mutated = join(source, CORE, file)
  writeFileSync(mutated, originals.get(file).replace(find, () => replace))
  compile(mutant, [mutated])
  if (options.check) {
    writeFileSync(mutated, originals.get(file))
    continue
  }
  const check = fault.test ? runTest(fault.test) : runModel([fault])
  if (!check.noticed) survivors++
  const unit = options.unit ? `  ${unitTestsNotice(UNIT_TESTS) ? 'unit tests too' : 'no unit test'}` : ''
  console.log(`${check.noticed ? 'caught  ' : 'SURVIVED'}  ${check.by.padEnd(10)}  ${name.padEnd(66)}${unit}  ${check.rule}`)
  writeFileSync(mutated, originals.get(file))
}
console.log(options.check ? `${chosen.length} faults apply` : `${chosen.length - survivors} of ${chosen.length} faults caught`)
if (survivors > 0) process.exit(1)

function compile(classes, files) {
  rmSync(classes, { recursive: true, force: true })
  mkdirSync(classes)
  const compiled = spawnSync(java('javac'), ['--release', '17', '-nowarn', '-cp', base, '-d', classes, ...files], { encoding: 'utf8' })
  if (compiled.status !== 0) fail(`${files.length === 1 ? files[0] : 'the core'} does not compile:\n${compiled.stdout}${compiled.stderr}`)
}

function fromSeed(first, count) {
  return [
    { by: 'story', main: STORY_RUN, settings: [`-Dstory.first=${first}`, `-Dstory.seeds=${count}`] },
    { by: 'seed', main: MODEL_RUN, settings: [`-Dmodel.first=${first}`, `-Dmodel.seeds=${count}`, '-Drace.connections=0'] },
  ]
}

// Starts with the story or the schedule whose seed is known to notice the fault.
function runModel(faults) {
  const known = faults.flatMap(({ story, schedule }) => [
    ...(story === undefined ? [] : [{ by: 'story', main: STORY_RUN, settings: [`-Dstory.seed=${story}`] }]),
    ...(schedule === undefined ? [] : [{ by: 'seed', main: MODEL_RUN, settings: [`-Dmodel.seed=${schedule}`, '-Drace.connections=0'] }]),
  ])
  return [...known, ...RUNS].reduce((found, next) => (found?.noticed ? found : run(next)), undefined)
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

function runTest(test) {
  return { noticed: unitTestsNotice([test]), by: test, rule: '' }
}

/** Returns whether a test of the module fails. Anything else that ends Maven is no answer. */
function unitTestsNotice(tests) {
  const maven = process.platform === 'win32' ? 'mvn.cmd' : 'mvn'
  const arguments_ = ['-q', '-B', '-o', '-f', join(source, 'pom.xml'), 'test', `-Dtest=${tests}`, '-Dspotless.check.skip=true']
  const run = spawnSync(maven, arguments_, { encoding: 'utf8', timeout: TIMEOUT_MS, maxBuffer: 1 << 28, shell: process.platform === 'win32' })
  if (run.status === 0) return false
  if (!run.stdout.includes('There are test failures')) fail(`Maven could not run ${tests}:\n${run.stdout}${run.stderr}`)
  return true
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
