// Runs the first command of the README on a copy of the sources.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, cpSync, mkdtempSync, rmSync, symlinkSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const COPIED = [
  'examples',
  'frontend-hook',
  'signal-hub',
  'signal-hub-jdk-server',
  'verification',
  'npm-ci.mjs',
]
const LEFT_OUT = new Set(['node_modules', 'target', 'dist', 'data', '.git'])
const TIMEOUT = { timeout: 300_000 }

let copy

before(() => {
  copy = mkdtempSync(join(tmpdir(), 'signal-hub-start-'))
  for (const name of [...COPIED, 'package.json', 'package-lock.json', '.npmrc']) {
    const filter = (path) => !LEFT_OUT.has(basename(path))
    cpSync(join(ROOT, name), join(copy, name), { recursive: true, preserveTimestamps: true, filter })
  }
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'), 'junction')
})

after(() => rmSync(copy, { recursive: true, force: true }))

test('builds, serves the page, and says so from the beginning', TIMEOUT, async () => {
  const { lines, page } = await start()

  assert.match(
    lines[0],
    /Four steps: compile the Java code, install what the page needs, build the page, start/,
  )
  for (const done of ['1/4 Compile the Java code: done', '3/4 Build the page: done', '4/4 Start']) {
    assert.ok(
      lines.some((line) => line.includes(done)),
      `expected "${done}", was\n${lines.join('\n')}`,
    )
  }
  assert.match(page, /<title>signal-hub/)
  assert.ok(!lines.some((line) => /warn/i.test(line)), `expected no warning, was\n${lines.join('\n')}`)
})

test('builds nothing twice', TIMEOUT, async () => {
  const { lines } = await start()

  assert.deepEqual(built(lines), [])
})

test('builds what was touched', TIMEOUT, async () => {
  const hub = join(copy, 'signal-hub', 'src', 'main', 'java', 'io', 'github', 'signalhub', 'Hub.java')
  utimesSync(hub, new Date(), new Date())
  assert.deepEqual(built((await start()).lines), ['1/4'])

  appendFileSync(join(copy, 'frontend-hook', 'src', 'index.ts'), '\n')
  const { lines, page } = await start()
  assert.deepEqual(built(lines), ['2/4', '3/4'])
  assert.match(page, /<title>signal-hub/)
})

test(
  'says in one piece why it cannot start, whether or not there is something to compile',
  TIMEOUT,
  async () => {
    for (const prepare of [() => {}, () => rmSync(join(copy, 'examples', 'target'), { recursive: true })]) {
      prepare()
      const { status, output } = await run({ JAVA_HOME: join(copy, 'nowhere') })

      assert.equal(status, 1)
      assert.match(output, /The example cannot start: expected a JDK of 17 or newer: there is no .*nowhere/)
      assert.doesNotMatch(output, /at .*start\.mjs/)
    }
  },
)

test('shows what the compiler says about a mistake', TIMEOUT, async () => {
  const main = 'examples/src/main/java/io/github/signalhub/examples/Main.java'
  appendFileSync(join(copy, main), 'mistake\n')

  const { status, output } = await run({})

  assert.equal(status, 1)
  assert.match(output, /Main\.java:\d+: error:/)
})

const built = (lines) =>
  ['1/4', '2/4', '3/4'].filter((step) => lines.some((line) => line.includes(step) && line.endsWith(': done')))

/** Runs the command until it prints the page's address. Then fetches the page, and stops the command. */
async function start() {
  let page
  const { lines, output } = await run({}, async (address) => {
    page = await fetch(address).then((response) => response.text())
  })
  assert.ok(page, `expected an address, was\n${output}`)
  return { lines, page }
}

async function run(env, onAddress = () => {}) {
  const child = spawn(process.execPath, [join(copy, 'examples', 'start.mjs')], {
    env: { ...process.env, PORT: '0', LEDGER_DIR: join(copy, 'ledger'), ...env },
  })
  let output = ''
  let isFound = false
  child.stderr.on('data', (data) => {
    output += data
  })
  child.stdout.on('data', async (data) => {
    output += data
    const address = /signal-hub example: (\S+)/.exec(output)?.[1]
    if (!address || isFound) return
    isFound = true
    await onAddress(address)
    child.kill()
  })
  const [status] = await once(child, 'close')
  return { status, output, lines: output.split('\n') }
}
