// The example as its users meet it: the real program, two real pages, and faults between them.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { launchBrowser } from './browser.js'
import { layCable } from './cable.js'
import { startExample } from './example.js'
import { ownPort } from './port.js'

const SCREENSHOTS = fileURLToPath(new URL('../target/e2e', import.meta.url))
const OUTAGE = /net::ERR_|WebSocket connection to|Failed to load resource/ // errors of the browser itself

const ledgerFolder = mkdtempSync(join(tmpdir(), 'signal-hub-example-'))
const complaints = []
let outage = false // while true, the browser may say that it cannot reach the server
let example
let cable
let browser
let near // a page directly at the server
let far // a page behind the cable

before(
  async () => {
    mkdirSync(SCREENSHOTS, { recursive: true })
    example = await startExample({ port: await ownPort(), ledgerFolder })
    cable = await layCable(example.port)
    browser = await launchBrowser()
    near = await open(example.origin, { viewport: { width: 1280, height: 900 }, colorScheme: 'light' })
    far = await open(cable.origin, { viewport: { width: 390, height: 844 }, colorScheme: 'dark' })
  },
  { timeout: 120_000 },
)

after(async () => {
  await browser?.close()
  cable?.remove()
  await example?.kill()
  rmSync(ledgerFolder, { recursive: true, force: true })
})

const TIMEOUT = { timeout: 60_000 }

test('both pages connect and show an empty ledger', TIMEOUT, async () => {
  for (const page of [near, far]) {
    await connected(page)
    assert.deepEqual(await entryNumbers(page), [])
  }
  await screenshot(near, '1-empty')
})

test(
  'a click in one page makes nodes change and a row appear in both, without a reload',
  TIMEOUT,
  async () => {
    const seen = await Promise.all([near, far].map(recordNodeStates))

    const isRunning = running(near)
    await near.getByRole('button', { name: 'Run Daily settlement' }).click()
    await isRunning
    await screenshot(near, '2-running')
    for (const page of [near, far]) await rows(page, 1)

    for (const states of seen) {
      const all = await states.evaluate((record) => [...record])
      assert.ok(
        all.some((each) => each.endsWith(' RUNNING')),
        `expected to see a node running, was ${all}`,
      )
      assert.ok(all.includes('report DONE'), `expected to see report done, was ${all}`)
    }
    await screenshot(far, '3-mobile-dark')
  },
)

test('a page that was cut off says so and shows what it missed once it is back', TIMEOUT, async () => {
  outage = true
  cable.cut()
  await disconnected(far)
  await screenshot(far, '4-cut-off')

  const response = await fetch(`${example.origin}/api/flows/2/runs`, { method: 'POST' })
  assert.equal(response.status, 202)
  await rows(near, 2)
  assert.deepEqual(await entryNumbers(far), [1])

  cable.mend()
  await connected(far)
  outage = false
  await rows(far, 2)
  assert.deepEqual(await entryNumbers(far), [2, 1])
})

test('a server that dies in the middle of a run comes back with the true state', TIMEOUT, async () => {
  const areRunning = Promise.all([near, far].map(running))
  await near.getByRole('button', { name: 'Run Month-end close' }).click()
  await areRunning

  outage = true
  await example.kill()
  for (const page of [near, far]) await disconnected(page)
  await screenshot(near, '5-server-gone')

  example = await startExample({ port: example.port, ledgerFolder })
  for (const page of [near, far]) await connected(page)
  outage = false
  const booked = await bookedNumbers() // the run may also have been booked, if it was quicker than this test
  for (const page of [near, far]) {
    assert.deepEqual(await entryNumbers(page), booked)
    assert.equal(await page.locator('[data-node][data-state="RUNNING"]').count(), 0)
  }
  await screenshot(near, '6-server-back')

  await far.getByRole('button', { name: 'Run Daily settlement' }).click()
  for (const page of [near, far]) {
    await rows(page, booked.length + 1)
    assert.deepEqual(await entryNumbers(page), [booked.length + 1, ...booked])
  }
})

test('three runs of a flow bring suggestions to both pages', TIMEOUT, async () => {
  const before = (await bookedNumbers()).length
  for (let i = 0; i < 3; i++) await near.getByRole('button', { name: 'Run Invoice batch' }).click()

  for (const page of [near, far]) {
    await rows(page, before + 3)
    await page.getByRole('heading', { name: 'Speed up “Render”' }).waitFor()
  }
  await screenshot(near, '7-suggestions')
})

test('a server that is asked to stop does so in good order', TIMEOUT, async () => {
  outage = true

  const { code, signal } = await example.stop()

  assert.ok(code === 143 || signal === 'SIGTERM', `expected to end by SIGTERM, was ${code} ${signal}`)
  for (const page of [near, far]) await disconnected(page)
})

test('no page was reloaded and none complained', async () => {
  for (const page of [near, far]) assert.equal(await page.evaluate(() => window.openedOnce), true)
  assert.deepEqual(complaints, [])
})

async function open(origin, options) {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (!['error', 'warning'].includes(message.type())) return
    if (!outage || !OUTAGE.test(message.text())) complaints.push(message.text())
  })
  await page.goto(`${origin}/?still`) // with `?still`, only the tests start runs
  await page.evaluate(() => {
    window.openedOnce = true
  })
  return page
}

const connection = (page) => page.locator('.connection')

const connected = (page) =>
  connection(page)
    .filter({ hasText: /^Connected$/ })
    .waitFor()

const disconnected = (page) =>
  connection(page)
    .filter({ hasNotText: /^Connected$/ })
    .waitFor()

/** Waits until a node is shown running. Call it before the run begins, because the state does not last. */
const running = (page) => page.locator('[data-state="RUNNING"][data-node]').first().waitFor()

const bodyRows = (page) => page.getByRole('table', { name: 'Ledger' }).locator('tbody tr[data-entry]')

/** Waits until the ledger has at least `count` rows. It never counts a row twice. */
const rows = (page, count) =>
  bodyRows(page)
    .nth(count - 1)
    .waitFor()

/** Returns the numbers of all entries of the ledger, newest first. */
async function bookedNumbers() {
  const response = await fetch(`${example.origin}/api/ledger`)
  const { entries } = await response.json()
  return entries.map(({ entryId }) => entryId).sort((a, b) => b - a)
}

async function entryNumbers(page) {
  const cells = await bodyRows(page).locator('td:first-child').allTextContents()
  return cells.map(Number)
}

/** Records each later "node STATE" of the page. */
function recordNodeStates(page) {
  return page.evaluateHandle(() => {
    const seen = new Set()
    new MutationObserver((changes) => {
      for (const { target } of changes) seen.add(`${target.dataset.node} ${target.dataset.state}`)
    }).observe(document.body, { subtree: true, attributeFilter: ['data-state'] })
    return seen
  })
}

const screenshot = (page, name) => page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) })
