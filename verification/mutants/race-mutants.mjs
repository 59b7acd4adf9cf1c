// Removes, one after another, the precautions that keep the core correct without locks, and checks that a
// jcstress test notices. Exits with 1 if no test notices a fault, or if a fault does not apply exactly once.
// Before: mvn -pl verification/stress -am package -DskipTests
//
//   node verification/mutants/race-mutants.mjs [--only TEXT] [--millis N]
//
// --only    only faults whose name contains this text
// --millis  the duration of each test (default 8000)
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const log = (name) => `signal-hub/src/main/java/io/github/signalhub/internal/log/${name}.java`
const session = (name) => `signal-hub/src/main/java/io/github/signalhub/internal/session/${name}.java`
const loop = (name) => `signal-hub-jdk-server/src/main/java/io/github/signalhub/jdkserver/internal/loop/${name}.java`

const mutations = [
  { test: 'Growing', name: 'the end moves before the entry is stored', file: log('RingLog'),
    find: 'SLOT.setRelease(ring.slots, ring.slot(entry.index), entry);', replace: 'end = entry.index + 1;\n      SLOT.setRelease(ring.slots, ring.slot(entry.index), entry);' },
  { test: 'Growing', name: 'a ring is published before it is filled', file: log('RingLog'),
    find: 'resized.slots[resized.slot(index)] = at(held, index);\n    }\n    held = resized;', replace: 'resized.slots[resized.slot(index)] = at(before, index);\n    }',
    also: ['Ring resized = new Ring(new Entry[slots], bytes());', 'Object before = held;\n    Ring resized = new Ring(new Entry[slots], bytes());\n    held = resized;'] },
  { test: 'Turning', name: 'the floor is raised after the slot is cleared', file: log('RingLog'),
    find: 'floor = entry.offset();\n    begin = entry.index + 1;', replace: 'begin = entry.index + 1;',
    also: ['SLOT.setRelease(ring.slots, ring.slot(entry.index), null);', 'SLOT.setRelease(ring.slots, ring.slot(entry.index), null);\n      floor = entry.offset();'] },
  { test: 'Flags', name: 'a flag is cleared after the log was looked at', file: log('LogReader'),
    find: 'link.flagged = false; // first the flag, then the log: see above\n      dirty.accept(link);', replace: 'dirty.accept(link);\n      link.flagged = false;' },
  { test: 'Flags', name: 'a flag is cleared before the next link is read', file: log('LogReader'),
    find: 'TopicSubscription next = link.nextFlagged;\n      link.nextFlagged = null;\n      link.flagged = false;', replace: 'link.flagged = false;\n      TopicSubscription next = link.nextFlagged;\n      link.nextFlagged = null;' },
  { test: 'Flags', name: 'the flagged links are taken in two steps', file: log('LogReader'),
    find: 'TopicSubscription link = flagged.getAndSet(null);', replace: 'TopicSubscription link = flagged.get();\n    flagged.set(null);' },
  { test: 'Running', name: 'a shard says late that it is not scheduled', file: session('Shard'),
    find: 'scheduled.set(false);\n    log.wakeAnother(this);\n    markSessions();', replace: 'log.wakeAnother(this);\n    markSessions();\n    scheduled.set(false);' },
  { test: 'Running', name: 'the horizon is read after the flags', file: session('Shard'),
    find: 'takeFlagged(mark);\n', replace: 'takeFlagged(mark);\n    horizon = log.horizon();\n' },
  { test: 'Chain', name: 'no other loop is woken', file: session('Shard'), find: 'log.wakeAnother(this);', replace: '' },
  { test: 'Counting', name: 'encoded bytes are counted without looking', file: log('Entry'),
    find: 'while (counted != EVICTED && !CACHED_BYTES.compareAndSet(this, counted, counted + bytes)) {\n      counted = cachedBytes;\n    }', replace: 'if (counted != EVICTED) {\n      cachedBytes = counted + bytes;\n    }' },
  { test: 'Ending', name: 'a private topic that ended takes messages', file: log('HubLog'), find: 'topic.dropped = true;\n        eviction.clear(topic);', replace: 'eviction.clear(topic);' },
  { test: 'Gate', name: 'a gate is held without a lock', file: session('ReadGate'), find: 'public synchronized void hold', replace: 'public void hold' },
  { test: 'Adding', name: 'two adders swap the end one after the other', file: loop('TaskQueue'), find: 'last.getAndSet(node).next = node;', replace: 'Node before = last.get();\n    last.set(node);\n    before.next = node;' },
  { test: 'Sleeping', name: 'a loop looks for tasks before it says that it sleeps', file: loop('NioLoop'),
    find: 'sleeping.set(true);\n      if (nanos == 0 || stopping || !tasks.isEmpty()) {', replace: 'boolean none = tasks.isEmpty();\n      sleeping.set(true);\n      if (nanos == 0 || stopping || !none) {' },
]

const { values: options } = parseArgs({ options: { only: { type: 'string', default: '' }, millis: { type: 'string', default: '8000' } } })
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const java = (tool) => (process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', tool) : tool)
const copy = mkdtempSync(join(tmpdir(), 'signal-hub-races-'))
process.on('exit', () => rmSync(copy, { recursive: true, force: true }))
process.on('SIGINT', () => process.exit(130))

const jar = join(root, 'verification', 'stress', 'target', 'stress.jar')
if (!existsSync(jar)) fail('expected verification/stress/target/stress.jar: mvn -pl verification/stress -am package -DskipTests')
const chosen = mutations.filter((mutation) => mutation.name.includes(options.only))
if (chosen.length === 0) fail('no fault has such a name')
let survivors = 0
for (const { test, name, file, find, replace, also } of chosen) {
  let source = readFileSync(join(root, file), 'utf8')
  for (const [text, fault] of [[find, replace], ...(also ? [also] : [])]) {
    const matches = source.split(text).length - 1
    if (matches !== 1) fail(`"${name}": expected its text once in ${file}, found ${matches} times`)
    source = source.replace(text, () => fault)
  }
  const mutant = join(copy, 'mutant')
  rmSync(mutant, { recursive: true, force: true })
  mkdirSync(mutant)
  const mutated = join(copy, basename(file))
  writeFileSync(mutated, source)
  const compiled = spawnSync(java('javac'), ['--release', '17', '-nowarn', '-cp', jar, '-d', mutant, mutated], { encoding: 'utf8' })
  if (compiled.status !== 0) fail(`a mutant does not compile:\n${compiled.stdout}${compiled.stderr}`)
  const caught = race([mutant, jar].join(delimiter), test)
  if (!caught) survivors++
  console.log(`${caught ? 'caught  ' : 'SURVIVED'}  ${test.padEnd(10)}  ${name}`)
}
console.log(`${chosen.length - survivors} of ${chosen.length} faults caught`)
if (survivors > 0) process.exit(1)

function race(classPath, test) {
  const arguments_ = ['-cp', classPath, 'org.openjdk.jcstress.Main', '-r', 'report', '-t', `${test}$`, '-f', '1', '-fsm', '1', '-iters', '1', '-time', options.millis,
    '-sc', 'false', '-af', 'NONE', '-spinStyle', 'THREAD_YIELD', '-jvmArgs', '-XX:+UseSerialGC']
  const run = spawnSync(java('java'), arguments_, { encoding: 'utf8', cwd: copy, timeout: 180_000, maxBuffer: 1 << 28 })
  if (run.error) fail(`jcstress did not end: ${run.error.message}`)
  return /Observed forbidden state/.test(run.stdout + run.stderr)
}

function fail(reason) {
  console.error(`race-mutants: ${reason}`)
  process.exit(1)
}
