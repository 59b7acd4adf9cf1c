import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const CLASS_PATH = ['examples', 'examples/hello', 'signal-hub', 'signal-hub-jdk-server']
  .map((module) => join(ROOT, module, 'target', 'classes'))
  .join(delimiter)
const JAVA = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', 'java') : 'java'
const START_DEADLINE_MS = 30_000

/** Starts the real `Main` in its own process and waits until it prints the address of its page. */
export const startExample = ({ port, ledgerFolder }) =>
  start(
    ['-cp', CLASS_PATH, 'io.github.signalhub.examples.Main'],
    { PORT: String(port), LEDGER_DIR: ledgerFolder },
    /^signal-hub example: (http:\/\/127\.0\.0\.1:(\d+))\/$/,
  )

/** Starts the smallest example in the same way. */
export const startHello = () =>
  start(['-cp', CLASS_PATH, 'io.github.signalhub.hello.Hello', '0'], {}, /^(http:\/\/localhost:(\d+))\/$/)

/** Starts two nodes, their Redis and their balancer. It takes the class path that the build of the nodes has left. */
export function startNodes() {
  const target = join(ROOT, 'examples', 'nodes', 'target')
  const classPath = [join(target, 'classes'), readFileSync(join(target, 'class-path'), 'utf8')].join(
    delimiter,
  )
  const address = /^signal-hub example: (http:\/\/127\.0\.0\.1:(\d+))\/$/
  return start(['-cp', classPath, 'io.github.signalhub.examples.nodes.Nodes'], { PORT: '0' }, address)
}

async function start(args, env, address) {
  const child = spawn(JAVA, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const errors = []
  createInterface({ input: child.stderr }).on('line', (line) => errors.push(line))
  const output = []
  const lines = createInterface({ input: child.stdout }).on('line', (line) => output.push(line))
  const exited = once(child, 'exit').then(([code, signal]) => ({ code, signal }))

  const place = await Promise.race([
    once(lines, 'line').then(([line]) => {
      const match = address.exec(line)
      if (!match) throw new Error(`expected the address of the page, was "${line}"`)
      return { origin: match[1], port: Number(match[2]) }
    }),
    exited.then(({ code }) => {
      throw new Error(`the example ended with status ${code}:\n${errors.join('\n')}`)
    }),
    new Promise((_, reject) => {
      const late = () =>
        reject(new Error(`the example is not ready after ${START_DEADLINE_MS} ms:\n${errors.join('\n')}`))
      setTimeout(late, START_DEADLINE_MS).unref()
    }),
  ])

  return {
    ...place,
    log: errors,
    output,
    /** Kills the process, so that it closes no connection. */
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
    /** Asks the process to stop. Returns its exit status and signal. */
    async stop() {
      child.kill('SIGTERM')
      return await exited
    },
  }
}
