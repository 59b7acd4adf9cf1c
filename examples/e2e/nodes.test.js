// Two nodes of one hub, and a page that loses the one it is on.

import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { launchBrowser } from './browser.js'
import { startNodes } from './example.js'

const SCREENSHOTS = fileURLToPath(new URL('../target/e2e', import.meta.url))
const TIMEOUT = { timeout: 60_000 }

let example
let browser
let page

before(
  async () => {
    mkdirSync(SCREENSHOTS, { recursive: true })
    example = await startNodes()
    browser = await launchBrowser()
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
    await page.goto(`${example.origin}/?still`) // with `?still`, only the tests start runs
  },
  { timeout: 120_000 },
)

after(async () => {
  await browser?.close()
  await example?.stop()
})

test('the page says which node it is on, and shows the runs of all', TIMEOUT, async () => {
  assert.match(await node(), /^[AB]$/)
  await page.setViewportSize({ width: 320, height: 640 })
  await page.waitForFunction(() => document.scrollingElement.scrollWidth === 320)
  await page.setViewportSize({ width: 1280, height: 900 })

  await run('Daily settlement')

  await rows(1)
  await screenshot('nodes-1')
})

test('the page goes on at the other node with every row when its node is killed', TIMEOUT, async (t) => {
  const first = await node()
  const second = first === 'A' ? 'B' : 'A'

  await kill(first)
  const began = performance.now()
  const response = await fetch(`${example.origin}/api/flows/2/runs`, { method: 'POST' })
  assert.equal(response.status, 202)
  await on(second)
  t.diagnostic(`on node ${second} after ${Math.round(performance.now() - began)} ms`)

  await rows(2)
  await assertEveryRow()
  await screenshot('nodes-2')
})

test('a node that comes back has every row, too', TIMEOUT, async () => {
  const second = await node()
  const first = second === 'A' ? 'B' : 'A'
  await pidOf(first)

  await kill(second)
  await on(first)

  await run('Fraud screening') // it may fail, and then books nothing
  await page
    .locator('article', { hasText: 'Fraud screening' })
    .getByText(/ at \d/)
    .waitFor()
  await assertEveryRow()
  await screenshot('nodes-3')
})

const run = (flow) => page.getByRole('button', { name: `Run ${flow}` }).click()

const shown = () => page.getByRole('table', { name: 'Ledger' }).locator('tbody tr[data-entry]')

const rows = (count) =>
  shown()
    .nth(count - 1)
    .waitFor()

const label = () => page.locator('.node')

const node = async () => (await label().textContent()).slice('Node '.length)

const on = (name) => label().getByText(`Node ${name}`).waitFor()

/** Returns the process of a node. Waits until it runs. */
async function pidOf(name) {
  const line = new RegExp(`node ${name}\\b.*kill -9 (\\d+)`)
  for (;;) {
    const pid = Number(example.output.map((text) => line.exec(text)?.[1]).findLast(Boolean))
    if (pid && !killed.has(pid)) return pid
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const killed = new Set()

async function kill(name) {
  const pid = await pidOf(name)
  killed.add(pid)
  process.kill(pid, 'SIGKILL')
}

/** Checks that the page has the rows that the nodes have, each once. */
async function assertEveryRow() {
  const { entries } = await fetch(`${example.origin}/api/ledger`).then((response) => response.json())
  const booked = entries.map(({ entryId }) => entryId).sort((a, b) => b - a)
  const cells = await shown().locator('td:first-child').allTextContents()
  assert.deepEqual(cells.map(Number), booked)
}

const screenshot = (name) => page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) })
