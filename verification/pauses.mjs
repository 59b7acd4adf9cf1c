// Runs test classes again and again. Each run has its own JVM on one core, which is stopped (SIGSTOP) for a
// while at a random moment. A test whose outcome depends on time fails here. Exits with 1 if a run fails, and
// keeps its output in target/pauses. Maven compiles the classes first. ModulePathIT cannot run here, because
// it needs the packaged jars.
//
//   node verification/pauses.mjs [--runs N] [--at-once N] [--millis N] [--core N] [--seed N] CLASS...
//
// --runs     the number of runs per class (default 50); one more run without a pause measures the duration
// --at-once  the number of runs of a class that share the core (default 1); most tests wait more than they work
// --millis   the duration of the pause (default 1000)
// --core     the core to use if taskset is installed (default 0)
// --seed     the seed of the random moments (default: another one each time; it is printed)
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { delimiter, dirname, join, relative, sep } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const DEPENDENCY_PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1'
const LONGEST_RUN_MS = 900_000

const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '50' },
    'at-once': { type: 'string', default: '1' },
    millis: { type: 'string', default: '1000' },
    core: { type: 'string', default: '0' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
})
if (names.length === 0) fail('expected the names of test classes')
if (process.platform === 'win32') fail('expected a system with signals')

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const output = join(root, 'target', 'pauses')
const java = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', 'java') : 'java'
const isPinned = spawnSync('taskset', ['--version']).error === undefined
const random = generator(Number(options.seed))

const classes = names.map(find)
const launcher = prepare([...new Set(classes.map(({ module }) => module))])
mkdirSync(output, { recursive: true })
console.log(`${isPinned ? `core ${options.core}` : 'any core, without taskset'}, --seed ${options.seed}`)

let failures = 0
for (const each of classes) {
  const { millis: duration, problem } = await run(each, 0)
  let failed = problem ? 1 : 0
  let next = 1
  const lane = async () => {
    while (next <= Number(options.runs)) {
      const { problem } = await run(each, next++, random() * duration)
      failed += problem ? 1 : 0
    }
  }
  await Promise.all(Array.from({ length: Number(options['at-once']) }, lane))
  console.log(`${failed ? 'FAILED' : 'passed'}  ${each.simpleName.padEnd(40)}  ${failed} failures, ${options.runs} runs of about ${Math.round(duration / 1000)} s`)
  failures += failed
}
process.exit(failures ? 1 : 0)

/** Runs a class, and pauses its JVM after a time if one is given. Returns the duration and the failure. */
async function run({ simpleName, className, module }, number, pauseAfterMs) {
  const log = join(output, `${simpleName}-${number}.log`)
  const file = openSync(log, 'w')
  const command = [
    ...(isPinned ? ['taskset', '-c', options.core] : []),
    java,
    '-Xmx1g',
    '-Djava.awt.headless=true',
    `-Djava.util.logging.config.file=${join(root, 'verification', 'logging.properties')}`,
    '-cp',
    [classPath(module), launcher].join(delimiter),
    'org.junit.platform.console.ConsoleLauncher',
    'execute',
    '--disable-banner',
    '--details=tree',
    `--select-class=${className}`,
    '--include-classname=.*',
  ]
  const start = performance.now()
  const jvm = spawn(command[0], command.slice(1), { cwd: join(root, module), stdio: ['ignore', file, file] })
  const ended = once(jvm, 'exit')
  const deadline = setTimeout(() => jvm.kill('SIGKILL'), LONGEST_RUN_MS)
  if (pauseAfterMs !== undefined) {
    await Promise.race([sleep(pauseAfterMs), ended])
    jvm.kill('SIGSTOP')
    await Promise.race([sleep(Number(options.millis)), ended])
    jvm.kill('SIGCONT')
  }
  const [code, signal] = await ended
  clearTimeout(deadline)
  closeSync(file)
  const problem = code === 0 ? undefined : `${signal ?? `status ${code}`}`
  if (problem) {
    const moment = pauseAfterMs === undefined ? 'without a pause' : `stopped after ${Math.round(pauseAfterMs)} ms`
    console.log(`        ${simpleName}, run ${number}, ${moment}: ${problem}; see ${relative(process.cwd(), log)}`)
  } else {
    rmSync(log)
  }
  return { millis: performance.now() - start, problem }
}

function find(simpleName) {
  for (const [, module] of readFileSync(join(root, 'pom.xml'), 'utf8').matchAll(/<module>(.+)<\/module>/g)) {
    const tests = join(root, module, 'src', 'test', 'java')
    if (!existsSync(tests)) continue
    const path = readdirSync(tests, { recursive: true }).find((file) => file.endsWith(`${sep}${simpleName}.java`))
    if (path) return { simpleName, module, className: path.slice(0, -'.java'.length).split(sep).join('.') }
  }
  fail(`no module has a test class ${simpleName}`)
}

/** Compiles the modules, notes their class paths, and returns the path of JUnit's launcher. */
function prepare(modules) {
  const version = /<junit.version>(.+)<\/junit.version>/.exec(readFileSync(join(root, 'pom.xml'), 'utf8'))[1]
  const target = join(root, 'target')
  maven(['-pl', modules.join(','), '-am', '-DskipTests', '-Dspotless.check.skip=true', 'test-compile',
    `${DEPENDENCY_PLUGIN}:build-classpath`, '-Dmdep.outputFile=target/test.classpath'])
  maven(['-N', `${DEPENDENCY_PLUGIN}:copy`, `-DoutputDirectory=${target}`,
    `-Dartifact=org.junit.platform:junit-platform-console-standalone:${version}`])
  return join(target, `junit-platform-console-standalone-${version}.jar`)
}

function classPath(module) {
  const target = join(root, module, 'target')
  const others = readFileSync(join(target, 'test.classpath'), 'utf8').trim()
  return [join(target, 'test-classes'), join(target, 'classes'), others].join(delimiter)
}

function maven(arguments_) {
  const run = spawnSync('mvn', ['-q', '-B', ...arguments_], { cwd: root, stdio: 'inherit' })
  if (run.error) fail(`Maven could not be started: ${run.error.message}`)
  if (run.status !== 0) fail('Maven failed')
}

/** Returns a generator of numbers from 0 to 1, the same for the same seed (mulberry32). */
function generator(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), 1 | state)
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }
}

function fail(reason) {
  console.error(`pauses: ${reason}`)
  process.exit(1)
}
