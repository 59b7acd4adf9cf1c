// Builds and runs the example: the first command of the README. It needs a JDK and Node, but no Maven. It
// builds only parts that have changed since the last start. With `--nodes` it runs the example as two nodes of
// one hub. Then it needs Maven, because Maven fetches the client of Redis.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { delimiter, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const began = performance.now()
const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
const OUT = join(ROOT, 'examples', 'target', 'start')
const CLASSES = join(OUT, 'classes')
const PAGE = join(OUT, 'page') // the example looks for `page/index.html` on its class path
const OLDEST_JAVA = 17
const STILL_MS = 5_000

const JAVA_SOURCES = [
  ...['signal-hub', 'signal-hub-jdk-server', 'examples'].map((module) =>
    join(ROOT, module, 'src', 'main', 'java'),
  ),
  join(ROOT, 'signal-hub', 'src', 'annotations'),
]
const PAGE_SOURCES = [
  ...['index.html', 'package.json', 'tsconfig.json', 'vite.config.ts', 'public', 'src'].map((name) =>
    join(ROOT, 'examples', 'web', name),
  ),
  join(ROOT, 'frontend-hook', 'src'),
  join(ROOT, 'package-lock.json'),
]

class Failure extends Error {}

const say = (line) =>
  console.log(`[${((performance.now() - began) / 1000).toFixed(1).padStart(5)} s] ${line}`)

/** Runs one step. Prints a line at its start, every few seconds, and at its end. */
async function step(what, task) {
  say(`${what} …`)
  const timer = setInterval(() => say(`${what} … still at it`), STILL_MS)
  try {
    await task()
  } finally {
    clearInterval(timer)
  }
  say(`${what}: done`)
}

/** Calls `build`, unless `target` was built from the same sources, with none changed, added or removed. */
async function unlessBuilt(what, sources, target, build) {
  const stamp = `${target}.built-from`
  const wanted = fingerprint(sources.flatMap(filesBelow))
  if (existsSync(target) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) {
    return say(`${what}: built already, and nothing changed`)
  }
  rmSync(stamp, { force: true })
  await build()
  writeFileSync(stamp, wanted)
}

function filesBelow(path) {
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesBelow(join(path, name)))
}

function fingerprint(files) {
  const hash = createHash('sha256')
  for (const file of files) {
    const { size, mtimeMs } = statSync(file)
    hash.update(`${relative(ROOT, file)} ${size} ${mtimeMs}\n`)
  }
  return hash.digest('hex')
}

/** Runs a program to its end and returns its output. If the program fails, throws with its output. */
function run(program, args, cwd = ROOT) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout.on('data', (data) => (output += data))
    child.stderr.on('data', (data) => (output += data))
    child.on('error', (error) => reject(new Failure(`${program} could not be started: ${error.message}`)))
    child.on('close', (status) =>
      status === 0
        ? resolve(output)
        : reject(new Failure(`${program} ended with status ${status}\n${output}`)),
    )
  })
}

const javaTool = (name) => (process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', name) : name)

const noJdk = (name) =>
  `expected a JDK of ${OLDEST_JAVA} or newer: there is no ${javaTool(name)}; install one, or let JAVA_HOME name it`

/** Compiles the two modules and the example together. They depend only on the JDK. */
async function compile() {
  const version = await run(javaTool('javac'), ['--version']).catch(() => {
    throw new Failure(noJdk('javac'))
  })
  const major = Number(/javac (\d+)/.exec(version)?.[1])
  if (!(major >= OLDEST_JAVA))
    throw new Failure(`expected a JDK of ${OLDEST_JAVA} or newer, was ${version.trim()}`)

  const files = JAVA_SOURCES.flatMap(filesBelow).filter((file) => !file.endsWith('module-info.java'))
  const list = join(OUT, 'sources.txt')
  writeFileSync(list, files.map((file) => `"${file.replaceAll('\\', '/')}"`).join('\n'))
  const fresh = `${CLASSES}.fresh`
  rmSync(fresh, { recursive: true, force: true })
  await run(javaTool('javac'), [
    ...['-J-XX:TieredStopAtLevel=1', '-J-XX:+UseSerialGC'], // a short run: a quarter of the time
    ...['-d', fresh, '--release', String(OLDEST_JAVA), '-encoding', 'UTF-8'],
    ...['-parameters', '-proc:none', '-nowarn', `@${list}`],
  ])
  rmSync(CLASSES, { recursive: true, force: true })
  renameSync(fresh, CLASSES)
}

const install = () => run(process.execPath, [join(ROOT, 'npm-ci.mjs'), 'page'])

async function buildPage() {
  const vite = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js')
  const args = ['build', '--logLevel', 'warn', '--emptyOutDir', '--outDir', PAGE]
  await run(process.execPath, [vite, ...args], join(ROOT, 'examples', 'web'))
}

const SKIPPED = ['skipTests', 'maven.javadoc.skip', 'maven.source.skip', 'spotless.check.skip'].map(
  (name) => `-D${name}`,
)

/** Builds the nodes with everything that they need. Returns their class path. */
async function buildNodes() {
  await run('mvn', ['-q', '-pl', 'examples/nodes', '-am', 'package', ...SKIPPED])
  const target = join(ROOT, 'examples', 'nodes', 'target')
  return [join(target, 'classes'), readFileSync(join(target, 'class-path'), 'utf8')]
}

/** Runs a program until it ends or is stopped. Exits with its status. */
function serve(main, classPath) {
  const child = spawn(javaTool('java'), ['-cp', classPath.join(delimiter), main], {
    cwd: ROOT,
    stdio: 'inherit',
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', () => fail(noJdk('java')))
  child.on('exit', (status, signal) => process.exit(signal ? 143 : status))
}

function fail(reason) {
  console.error(`\nThe example cannot start: ${reason}`)
  process.exit(1)
}

const toCompile = '1/4 Compile the Java code'
const toInstall = '2/4 Install what the page needs'
const toBuild = '3/4 Build the page'

async function startAlone() {
  mkdirSync(OUT, { recursive: true })
  say('Four steps: compile the Java code, install what the page needs, build the page, start.')
  await Promise.all([
    unlessBuilt(toCompile, JAVA_SOURCES, CLASSES, () => step(toCompile, compile)),
    unlessBuilt(toBuild, PAGE_SOURCES, PAGE, () =>
      step(toInstall, install).then(() => step(toBuild, buildPage)),
    ),
  ])
  say('4/4 Start. Stop it with Ctrl-C.')
  serve('io.github.signalhub.examples.Main', [CLASSES, OUT])
}

async function startNodes() {
  let classPath
  await step('1/2 Build the nodes with Maven', async () => {
    classPath = await buildNodes()
  })
  say('2/2 Start. Stop it with Ctrl-C.')
  serve('io.github.signalhub.examples.nodes.Nodes', classPath)
}

try {
  await (process.argv.includes('--nodes') ? startNodes() : startAlone())
} catch (error) {
  if (!(error instanceof Failure)) throw error
  fail(error.message)
}
