// Releases the last commit into a folder, and uses it as strangers do. Publishes nothing. Takes about five minutes.
//
//   node verification/release/rehearse.mjs [--date 2026-12-01]
//
// Two clones in different folders become the release. The second build has another umask, locale and time zone, and
// sends its files to a server on this machine in place of Maven Central. Both must have the same bytes. New projects of
// Maven, Gradle, OSGi and npm then take the files of the first build, and nothing else of ours. All files stay in
// target/rehearsal. Exits with 1 if a check fails. Needs a JDK, Maven, Node and GnuPG. Gradle takes part where it is
// installed.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, delimiter, dirname, join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'

const GROUP = 'io/github/signalhub'
const HOOK = 'use-flow-socket'
const LONGEST_COMMAND_MS = 600_000
const OPEN_UMASK = 0o022
const STRICT_UMASK = 0o077
const OTHER_PLACE = { LC_ALL: 'C', LANG: 'C', TZ: 'Asia/Kathmandu' }
const SAID = '2 null 0' // by the program of consumers/server
const CHECKSUM = /\.(md5|sha1|sha256|sha512)$/
const NOT_SHIPPED = /(\/maven-metadata.*|\.asc|\.md5|\.sha1|\.sha256|\.sha512)$/

/** What each module brings besides itself. */
const BRINGS = {
  'signal-hub': [],
  'signal-hub-jdk-server': ['signal-hub'],
  'signal-hub-testkit': ['signal-hub'],
  'signal-hub-redis': ['signal-hub', 'jedis', 'commons-pool2', 'error_prone_annotations', 'gson', 'json', 'redis-authx-core', 'slf4j-api'],
}

const { values: options } = parseArgs({ options: { date: { type: 'string', default: new Date().toISOString().slice(0, 10) } } })
if (process.platform === 'win32') fail('expected a system with a umask')

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const work = join(root, 'target', 'rehearsal')
const first = join(work, 'first')
const repository = join(work, 'repository')
const localRepository = join(work, 'local-repository') // the plugins in it are kept for the next rehearsal
const elsewhere = mkdtempSync(join(tmpdir(), 'signal-hub-'))
const second = join(elsewhere, 'another folder')
const keys = join(elsewhere, 'keys')
const settings = join(elsewhere, 'settings.xml') // instead of those of the installation, not of those of the user
process.on('exit', () => {
  spawnSync('gpgconf', ['--kill', 'all'], { env: { ...process.env, GNUPGHOME: keys } })
  rmSync(elsewhere, { recursive: true, force: true })
})
process.on('SIGINT', () => process.exit(130))

for (const made of existsSync(work) ? readdirSync(work) : [])
  if (join(work, made) !== localRepository) rmSync(join(work, made), { recursive: true, force: true })
rmSync(join(localRepository, GROUP), { recursive: true, force: true })
mkdirSync(work, { recursive: true })
if (run('git', ['status', '--porcelain'], { cwd: root }) !== '') console.log('note: changes without a commit take no part')

let failures = 0
mkdirSync(keys, { mode: 0o700 })
run('gpg', ['--batch', '--quiet', '--passphrase', '', '--quick-generate-key', 'rehearsal', 'default', 'sign', '1d'], {
  env: { GNUPGHOME: keys },
})

// The plugin that sends files to Maven Central asks for an account. No real one is used.
writeFileSync(
  settings,
  `<settings>
    <servers><server><id>rehearsal</id><username>nobody</username><password>none</password></server></servers>
    <profiles>
      <profile>
        <id>rehearsal</id>
        <repositories><repository><id>released</id><url>${pathToFileURL(repository)}</url></repository></repositories>
      </profile>
    </profiles>
  </settings>`,
)

const modules = Object.keys(BRINGS)
const reactor = (...more) => ['-pl', [...modules, ...more].join(','), '-Dmaven.install.skip=true', '-Dspotless.check.skip=true']
cloneTo(first, root, OPEN_UMASK)
const version = /<version>(.+)<\/version>/.exec(readFileSync(join(first, 'pom.xml'), 'utf8'))[1]
const withVersion = (module) => join(GROUP, module, version, `${module}-${version}`)

check('Nothing says that this is not released', () => {
  const words = '[0-9]-SNAPSHOT|[(]not released|not released yet|no release yet|unreleased [(]'
  const files = ['*.md', '*pom.xml', ':!RELEASING.md', ':!CONTRIBUTING.md']
  const said = run('git', ['grep', '-nEi', words, '--', ...files], { cwd: first, ok: [0, 1] })
  expect(said, '')
})
check('Maven deploys to a folder, with signatures; manifests and POMs are right', () =>
  maven(first, [
    '-Prelease',
    ...reactor('verification/api'),
    'deploy',
    `-DaltDeploymentRepository=rehearsal::${pathToFileURL(repository)}`,
    '-Dtest=none',
    '-Dsurefire.failIfNoSpecifiedTests=false',
    '-Dit.test=PublishedFilesIT',
    '-Dfailsafe.failIfNoSpecifiedTests=false',
  ]),
)
check('npm packs the hook', () => packHook(first))

cloneTo(second, first, STRICT_UMASK) // the same commit, also if there is a newer one now
const central = spawn(process.execPath, [join(root, 'verification', 'release', 'central.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] })
process.on('exit', () => central.kill())
const [address] = await once(central.stdout, 'data')
check('Maven sends the bundle that is for Maven Central', () =>
  withUmask(STRICT_UMASK, () => {
    const to = ['-DpublishingServerId=rehearsal', `-DcentralBaseUrl=${String(address).trim()}`]
    maven(second, ['-Prelease,central', ...reactor(), 'deploy', '-DskipTests', ...to], OTHER_PLACE)
  }),
)
check('npm packs the hook again', () => withUmask(STRICT_UMASK, () => packHook(second, OTHER_PLACE)))

const bundle = join(work, 'bundle')
check('The bundle has the files of the folder, and the same bytes', () => {
  extract(findFile(second, 'central-bundle.zip'), bundle)
  const [ours, theirs] = [repository, bundle].map((folder) => filesOf(folder).filter((file) => !NOT_SHIPPED.test(file)))
  expect(theirs.join('\n'), ours.join('\n'))
  const differing = ours.filter((file) => !readFileSync(join(repository, file)).equals(readFileSync(join(bundle, file))))
  expect(differing.join('\n'), '')
})
check('The packages of the hook have the same bytes', () =>
  expect(sha256(findFile(first, `${HOOK}-.*.tgz`)), sha256(findFile(second, `${HOOK}-.*.tgz`))),
)
check('Every file has its signature and its checksums', () => {
  for (const folder of [repository, bundle])
    for (const file of filesOf(folder)) {
      const path = join(folder, file)
      if (CHECKSUM.test(file)) {
        const [, algorithm] = CHECKSUM.exec(file)
        expect(`${file} ${readFileSync(path, 'utf8').trim()}`, `${file} ${hash(algorithm, path.replace(CHECKSUM, ''))}`)
      } else if (!NOT_SHIPPED.test(file)) {
        run('gpg', ['--batch', '--verify', `${path}.asc`, path], { env: { GNUPGHOME: keys } })
        expect(['.md5', '.sha1'].filter((end) => !existsSync(path + end)).join(), '')
      }
    }
})
for (const module of modules) {
  check(`${module} has jar, sources, Javadoc, POM and list of materials`, () => {
    const files = readdirSync(join(repository, GROUP, module, version)).filter((file) => !NOT_SHIPPED.test(`/${file}`))
    const ends = ['-cyclonedx.json', '-javadoc.jar', '-sources.jar', '.jar', '.pom']
    const expected = ends.map((end) => basename(withVersion(module)) + end)
    expect(
      files
        .filter((file) => !file.endsWith('-tests.jar'))
        .sort()
        .join('\n'),
      expected.sort().join('\n'),
    )
  })
  check(`${module}: sources are complete`, () => {
    const folder = unpacked(module, '-sources.jar')
    const sources = join(first, module, 'src', 'main', 'java')
    expect(sha256(join(folder, 'META-INF', 'LICENSE')), sha256(join(root, 'LICENSE')))
    expect(
      filesOf(sources)
        .filter((file) => !existsSync(join(folder, file)))
        .join('\n'),
      '',
    )
  })
  check(`${module}: Javadoc has pages without garbled letters`, () => {
    const folder = unpacked(module, '-javadoc.jar')
    const pages = filesOf(folder).filter((file) => file.endsWith('.html'))
    expect(pages.includes('index.html'), true)
    expect(pages.filter((page) => readFileSync(join(folder, page), 'utf8').includes('\ufffd')).join('\n'), '')
  })
  check(`${module}: the jar names no folder of a build`, () => {
    const folder = unpacked(module, '.jar')
    expect(
      filesOf(folder)
        .filter((file) => [root, second].some((path) => readFileSync(join(folder, file)).includes(path)))
        .join('\n'),
      '',
    )
  })
  check(`${module}: the list of materials has what it brings`, () => {
    const {
      bomFormat,
      metadata,
      components = [],
    } = JSON.parse(readFileSync(join(repository, `${withVersion(module)}-cyclonedx.json`), 'utf8'))
    expect(bomFormat, 'CycloneDX')
    expect(metadata.component.purl, `pkg:maven/io.github.signalhub/${module}@${version}?type=jar`)
    expect(
      components
        .map(({ name }) => name)
        .sort()
        .join(),
      [...BRINGS[module]].sort().join(),
    )
    for (const { name, hashes } of components.filter((component) => modules.includes(component.name)))
      expect(hashes.find(({ alg }) => alg === 'SHA-256').content, sha256(join(repository, `${withVersion(name)}.jar`)))
  })
}

check('Maven: a program on the class path', () => {
  const project = consumer('server', 'class-path', { without: 'module-info.java' })
  buildByMaven(project, ['signal-hub-jdk-server'])
  expect(java(['-cp', [join(project, 'target', 'classes'), ...jarsOf(project)].join(delimiter), 'consumer.Main']), SAID)
})
check('Maven: a program on the module path, and an image of jlink', () => {
  const project = consumer('server', 'module-path')
  buildByMaven(project, ['signal-hub-jdk-server'])
  const path = [join(project, 'target', 'consumer-1.jar'), ...jarsOf(project)].join(delimiter)
  expect(java(['-p', path, '-m', 'consumer/consumer.Main']), SAID)
  const image = join(project, 'target', 'image')
  run(tool('jlink'), ['--module-path', path, '--add-modules', 'consumer', '--output', image])
  expect(run(join(image, 'bin', 'java'), ['-m', 'consumer/consumer.Main']), SAID)
})
check('Maven: a program with signal-hub-redis and signal-hub-testkit', () => {
  const project = consumer('nodes', 'nodes')
  buildByMaven(project, ['signal-hub-redis', 'signal-hub-testkit'])
  expect(java(['-cp', [join(project, 'target', 'classes'), ...jarsOf(project)].join(delimiter), 'consumer.Nodes']), 'true\nno Redis')
})
check('OSGi: a program with the hub and the server as bundles', () => {
  const project = consumer('osgi', 'osgi')
  buildByMaven(project, ['signal-hub-jdk-server'], ['org.apache.felix.framework', 'animal-sniffer-annotations'])
  const bundles = jarsOf(project).filter((jar) => basename(jar).startsWith('signal-hub'))
  const path = [join(project, 'target', 'classes'), ...jarsOf(project).filter((jar) => !bundles.includes(jar))].join(delimiter)
  const program = join(work, 'consumers', 'class-path', 'target', 'classes')
  expect(java(['-cp', path, 'consumer.Bundles', join(project, 'target', 'osgi'), program, 'consumer.Main', ...bundles]), SAID)
})
if (spawnSync('gradle', ['--version']).error) {
  console.log('NOT RUN  Gradle: a program on the class path (gradle is not installed)')
} else {
  check('Gradle: a program on the class path', () => {
    const project = consumer('server', 'gradle', { without: 'module-info.java' })
    const properties = [`-PreleasedRepository=${pathToFileURL(repository)}`, `-PreleasedVersion=${version}`]
    run('gradle', ['-q', '--no-daemon', '-g', join(work, 'gradle-home'), ...properties, 'classes', 'jars'], { cwd: project })
    const jars = readdirSync(join(project, 'build', 'jars')).map((jar) => join(project, 'build', 'jars', jar))
    expect(namesOf(jars), namesWith(['signal-hub-jdk-server']))
    expect(java(['-cp', [join(project, 'build', 'classes', 'java', 'main'), ...jars].join(delimiter), 'consumer.Main']), SAID)
  })
}
check('npm: TypeScript, as an ES module and as CommonJS', () => {
  const project = consumer('npm', 'npm')
  for (const types of ['types.mts', 'types.cts']) cpSync(join(first, 'frontend-hook', 'test', 'package', types), join(project, types))
  run('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock', '--prefer-offline', findFile(first, `${HOOK}-.*.tgz`)], {
    cwd: project,
  })
  expect(run('npm', ['run', '--silent', 'start'], { cwd: project }), 'ESM idle true\nCJS idle true')
})

const next = version.replace(/\d+$/, (patch) => Number(patch) + 1)
for (const pom of run('git', ['grep', '-l', 'signal-hub-parent', '--', '*pom.xml'], { cwd: first }).split('\n'))
  change(join(first, pom), `<version>${version}</version>`, `<version>${next}</version>`)
check('bnd: a patch of the same API is one', () => expect(problemOfNext(), undefined))
check('bnd: a patch that takes a public method away is refused', () => {
  change(
    join(first, 'signal-hub', 'src', 'main', 'java', GROUP, 'PublishResult.java'),
    'public boolean isRetryable()',
    'boolean isRetryable()',
  )
  expect(/baseline/i.test(problemOfNext()), true)
})

console.log(failures === 0 ? `${version} can be released` : `${failures} checks failed; the files are in ${relative(process.cwd(), work)}`)
process.exit(failures === 0 ? 0 : 1)

/** Makes a clone, and gives it the version of the release. */
function cloneTo(folder, from, umask) {
  withUmask(umask, () => {
    run('git', ['clone', '--quiet', from, folder])
    const [, pending] = /<version>(.+)-SNAPSHOT<\/version>/.exec(readFileSync(join(folder, 'pom.xml'), 'utf8')) ?? []
    if (pending) run('node', ['verification/release/version.mjs', pending, '--date', options.date], { cwd: folder })
  })
}

function packHook(folder, env) {
  run('npm', ['ci', '--no-audit', '--no-fund', '--prefer-offline'], { cwd: folder, env })
  run('npm', ['pack', '--silent', '-w', HOOK], { cwd: folder, env })
}

function maven(folder, arguments_, env) {
  run('mvn', ['-B', '-gs', settings, ...arguments_], { cwd: folder, env: { GNUPGHOME: keys, ...env } })
}

/** Builds the hub of the next version, and returns why it cannot follow the released one. */
function problemOfNext() {
  try {
    maven(first, [
      `-Dmaven.repo.local=${localRepository}`,
      '-Prelease,rehearsal',
      '-pl',
      'signal-hub',
      'verify',
      '-Dmaven.test.skip',
      '-Dmaven.javadoc.skip',
      '-Dspotless.check.skip',
      '-Dgpg.skip',
    ])
  } catch (error) {
    return error.message
  }
}

function change(file, text, other) {
  const before = readFileSync(file, 'utf8')
  if (!before.includes(text)) throw new Error(`expected "${text}" in ${file}`)
  writeFileSync(
    file,
    before.replace(text, () => other),
  )
}

/** Copies the project of a user, so that it has nothing of ours around it. */
function consumer(name, copy, { without } = {}) {
  const consumers = join(first, 'verification', 'release', 'consumers')
  const project = join(work, 'consumers', copy)
  cpSync(join(consumers, name), project, { recursive: true, filter: (file) => basename(file) !== without })
  cpSync(join(consumers, 'pom.xml'), join(work, 'consumers', 'pom.xml'))
  return project
}

/** Builds the project of a user, which gets the modules with all that they bring, and no other jar. */
function buildByMaven(project, ours, others = []) {
  maven(project, [`-Dmaven.repo.local=${localRepository}`, '-Prehearsal', `-Dreleased.version=${version}`, 'package'])
  expect(namesOf(jarsOf(project)), namesWith([...ours, ...others]))
}

function jarsOf(project) {
  const jars = join(project, 'target', 'jars')
  return readdirSync(jars).map((jar) => join(jars, jar))
}

function namesOf(jars) {
  return jars
    .map((jar) => basename(jar).replace(/-\d[\w.-]*\.jar$/, ''))
    .sort()
    .join()
}

function namesWith(modules) {
  return [...new Set(modules.flatMap((module) => [module, ...(BRINGS[module] ?? [])]))].sort().join()
}

function unpacked(module, end) {
  const folder = join(work, 'unpacked', module + end)
  if (!existsSync(folder)) extract(join(repository, withVersion(module) + end), folder)
  return folder
}

function extract(archive, folder) {
  mkdirSync(folder, { recursive: true })
  run(tool('jar'), ['xf', archive], { cwd: folder })
}

/** Returns the one file with this name, outside of installed packages. */
function findFile(folder, name) {
  const found = readdirSync(folder, { recursive: true }).filter(
    (file) => !file.includes('node_modules') && new RegExp(`^${name}$`).test(basename(file)),
  )
  if (found.length !== 1) throw new Error(`expected one file ${name} in ${folder}, found ${found.length}`)
  return join(folder, found[0])
}

function filesOf(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((file) => statSync(join(folder, file)).isFile())
    .sort()
}

function sha256(path) {
  return hash('sha256', path)
}

function hash(algorithm, path) {
  return createHash(algorithm).update(readFileSync(path)).digest('hex')
}

function withUmask(umask, action) {
  const before = process.umask(umask)
  try {
    return action()
  } finally {
    process.umask(before)
  }
}

function tool(name) {
  return process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', name) : name
}

function java(arguments_) {
  return run(tool('java'), arguments_)
}

/** Returns what a command writes. Throws if its status is another one than 0. */
function run(command, arguments_, { cwd = work, env = {}, ok = [0] } = {}) {
  const result = spawnSync(command, arguments_, {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    timeout: LONGEST_COMMAND_MS,
    maxBuffer: 1 << 28,
  })
  if (result.error) throw new Error(`${command} could not be run: ${result.error.message}`)
  if (!ok.includes(result.status)) {
    const log = join(work, `failed-${basename(command)}.log`)
    writeFileSync(log, `${command} ${arguments_.join(' ')}\n${result.stdout}${result.stderr}`)
    const errors = `${result.stdout}${result.stderr}`.split('\n').filter((line) => /error|failed|BAD/i.test(line))
    throw new Error(`${command} ended with status ${result.status}; see ${relative(process.cwd(), log)}\n${errors.slice(0, 5).join('\n')}`)
  }
  return result.stdout.trim()
}

function expect(actual, expected) {
  if (actual !== expected) throw new Error(`expected\n${expected}\nwas\n${actual}`)
}

function check(name, action) {
  const start = performance.now()
  let problem
  try {
    action()
  } catch (error) {
    problem = error.message
    failures++
  }
  console.log(`${problem ? 'FAILED ' : 'ok     '}  ${name} (${Math.round((performance.now() - start) / 1000)} s)`)
  if (problem) console.log(problem.replace(/^/gm, '           '))
}

function fail(reason) {
  console.error(`rehearse: ${reason}`)
  process.exit(1)
}
