// The page's states, its report after a reconnect, and its accessibility.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { launchBrowser } from './browser.js'
import { contrasts } from './contrast.js'
import { startExample } from './example.js'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const SCREENSHOTS = fileURLToPath(new URL('../target/e2e', import.meta.url))
const TIMEOUT = { timeout: 120_000 }
const DESKTOP = { width: 1280, height: 900 }

const ledgerFolder = mkdtempSync(join(tmpdir(), 'signal-hub-page-'))
let example
let browser

before(
  async () => {
    mkdirSync(SCREENSHOTS, { recursive: true })
    example = await startExample({ port: 0, ledgerFolder })
    browser = await launchBrowser()
  },
  { timeout: 120_000 },
)

after(async () => {
  await browser?.close()
  await example?.kill()
  rmSync(ledgerFolder, { recursive: true, force: true })
})

test('until it is loaded it shows where things will be, and claims nothing', TIMEOUT, async () => {
  const page = await newPage()
  const load = await hold(page, '**/api/**')
  await page.goto(`${example.origin}/?still`)

  await page.locator('.flow.skeleton').first().waitFor()
  assert.equal(await page.locator('.flow.skeleton').count(), 4)
  assert.deepEqual(await columns(page), ['No.', 'Time', 'Flow', 'Entry', 'Amount'])
  assert.equal(await page.getByText(/None yet|No entries yet/).count(), 0)
  await notice(page, /^Loading…$/)
  await screenshot(page, 'state-loading')

  await load()
  await connected(page)
  assert.equal(await page.locator('.skeleton').count(), 0)
  await page.context().close()
})

test('an empty ledger has its columns', TIMEOUT, async () => {
  const page = await newPage()
  await page.route('**/api/ledger', (route) => route.fulfill({ json: { lastId: '', entries: [] } }))
  await page.goto(`${example.origin}/?still`)
  await page.getByText('No entries yet.').waitFor()

  assert.deepEqual(await columns(page), ['No.', 'Time', 'Flow', 'Entry', 'Amount'])
  const widths = await page.locator('th').evaluateAll((cells) => cells.map((cell) => cell.clientWidth))
  assert.ok(Math.min(...widths) > 40, `expected columns that can be read, was ${widths}`)
  await page.context().close()
})

for (const path of ['flows', 'ledger', 'suggestions']) {
  test(`a failure of /api/${path} is told, with what happens next`, TIMEOUT, async () => {
    const page = await newPage()
    let isBroken = true
    await page.route(`**/api/${path}`, (route) =>
      isBroken ? route.fulfill({ status: 500 }) : route.continue(),
    )
    await page.goto(`${example.origin}/?still`)

    await notice(
      page,
      new RegExp(
        `could not be loaded: /api/${path} answered with status 500\\. (Next try in \\d+\\ss, at \\d\\d:\\d\\d:\\d\\d\\.|Trying now…)`,
      ),
    )
    if (path === 'ledger') await screenshot(page, 'state-error')

    isBroken = false
    await page.getByRole('button', { name: 'Try now' }).click()
    await connected(page)
    await page.context().close()
  })
}

test('one flow runs by itself, and only one', TIMEOUT, async () => {
  const page = await newPage()
  const runs = []
  page.on('request', (request) => request.method() === 'POST' && runs.push(new URL(request.url()).pathname))
  await page.goto(example.origin)

  await page.locator('[data-node][data-state="RUNNING"]').first().waitFor()
  await page.locator('tr[data-entry]').first().waitFor()
  assert.deepEqual(runs, ['/api/flows/1/runs'])
  await page.context().close()
})

test('a reconnect says how many messages it recovered, and in how long', TIMEOUT, async () => {
  const { page, link } = await newPageWithLink()

  await awayDuringARun(page, link)
  await notice(page, /^Reconnected\. \d+ messages missed, recovered in \d+ ms\.$/)
  await screenshot(page, 'state-recovered')

  await awayDuring(page, link, async () => {})
  await notice(page, /^Reconnected\. No message was missed\.$/)
  await page.context().close()
})

test('a message that does not come back is 1 lost', TIMEOUT, async () => {
  const { page, link } = await newPageWithLink()

  link.dropNext = 3 // the third message after the reconnect
  await awayDuringARun(page, link)

  const text = await notice(page, /lost/)
  const [, missed, recovered] =
    /^Reconnected\. (\d+) messages missed, (\d+) recovered in \d+ ms, 1 lost\./.exec(text)
  assert.equal(Number(recovered), missed - 1)
  await page.context().close()
})

test('the focus stays where it is when the connection is lost and comes back', TIMEOUT, async () => {
  const { page, link } = await newPageWithLink()
  const run = page.getByRole('button', { name: 'Run Invoice batch' })
  await run.focus()

  link.cut()
  await page.getByRole('button', { name: 'Reconnect now' }).waitFor()
  await notice(page, /No connection to the server.*(Next try in \d+\ss, at \d\d:\d\d:\d\d\.|Trying now…)/)
  assert.equal(await focused(page), 'Run Invoice batch')
  assert.equal(await run.getAttribute('aria-disabled'), 'true')
  await screenshot(page, 'state-reconnecting')

  link.mend()
  await connected(page)
  assert.equal(await focused(page), 'Run Invoice batch')

  link.cut()
  await page.getByRole('button', { name: 'Reconnect now' }).focus()
  link.mend()
  await pressUntilConnected(page)
  await page.waitForFunction(() => document.activeElement?.id === 'notice')
  await page.context().close()
})

test('changes are announced once each', TIMEOUT, async () => {
  const { page, link } = await newPageWithLink()
  const announced = await page.evaluateHandle(() => {
    const texts = []
    const region = document.querySelector('[role="status"]')
    new MutationObserver(() => texts.push(region.textContent)).observe(region, {
      childList: true,
      characterData: true,
      subtree: true,
    })
    return texts
  })
  assert.equal(await page.locator('[role="status"], [aria-live]').count(), 1)

  const said = (text) =>
    page.waitForFunction(([texts, part]) => texts.some((each) => each.includes(part)), [announced, text])

  await page.getByRole('button', { name: 'Run Daily settlement' }).click()
  await said('Daily settlement finished.')
  const refused = link.refused
  link.cut()
  await said('No connection to the server.')
  while (link.refused < refused + 3)
    await page.getByRole('button', { name: 'Reconnect now' }).click({ force: true })
  link.mend()
  await pressUntilConnected(page)
  await said('Reconnected.')

  const texts = (await announced.evaluate((all) => [...all])).filter(Boolean)
  assert.equal(texts.length, 3, `expected three announcements, was ${JSON.stringify(texts)}`)
  await page.context().close()
})

for (const colorScheme of ['light', 'dark']) {
  test(`everything can be told apart in the ${colorScheme} theme`, TIMEOUT, async () => {
    const { page, link } = await newPageWithLink({ colorScheme, reducedMotion: 'reduce' }) // colors change at once
    await screenshot(page, `1280-${colorScheme}`)
    await assertContrasts(page)
    await assertAccessible(page)

    await page.getByRole('button', { name: 'Run Month-end close' }).click()
    await page.locator('[data-node][data-state="RUNNING"]').first().waitFor()
    assertAll(await contrasts(page, '.disc .arc', 'stroke', '.card'), 3, 'the arcs of running nodes')
    assertAll(await contrasts(page, '.disc .core', 'fill', '.card'), 3, 'the cores of running nodes')
    await assertAccessible(page)

    link.cut()
    await page.getByRole('button', { name: 'Reconnect now' }).waitFor()
    await assertContrasts(page)
    await assertAccessible(page)
    await screenshot(page, `1280-${colorScheme}-away`)
    await page.context().close()
  })

  test(`a telephone shows all of it in the ${colorScheme} theme`, TIMEOUT, async () => {
    const page = await newPage({ colorScheme, viewport: { width: 390, height: 844 } })
    await page.goto(`${example.origin}/?still`)
    await connected(page)
    await assertAccessible(page)
    await assertFits(page, 390)
    await page.screenshot({ path: join(SCREENSHOTS, `390-${colorScheme}.png`), fullPage: true })
    await page.context().close()
  })
}

test('320 pixels are enough, also when something is wrong', TIMEOUT, async () => {
  const { page, link } = await newPageWithLink({ viewport: { width: 320, height: 640 } })
  await assertFits(page, 320)

  link.cut()
  await page.getByRole('button', { name: 'Reconnect now' }).waitFor()
  await assertFits(page, 320)
  await page.screenshot({ path: join(SCREENSHOTS, '320-away.png'), fullPage: true })
  await page.context().close()
})

test('the keyboard is enough', TIMEOUT, async () => {
  const page = await newPage()
  await page.goto(`${example.origin}/?still`)
  await connected(page)
  const entries = await page.locator('tr[data-entry]').count()

  const reached = []
  for (let i = 0; i < 6; i++) {
    await page.keyboard.press('Tab')
    reached.push(await focused(page))
  }
  assert.deepEqual(reached, [
    'Skip to content',
    'Run Daily settlement',
    'Run Invoice batch',
    'Run Fraud screening',
    'Run Month-end close',
    'Ledger entries',
  ])
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle)
  assert.equal(outline, 'solid')

  for (let i = 0; i < 3; i++) await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Enter')
  await page.locator('tr[data-entry]').nth(entries).waitFor()

  await page.getByRole('link', { name: 'Skip to content' }).focus()
  await page.keyboard.press('Enter')
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main')
  await page.context().close()
})

test('nothing moves where less motion is asked for', TIMEOUT, async () => {
  const page = await newPage({ reducedMotion: 'reduce' })
  const load = await hold(page, '**/api/**')
  await page.goto(`${example.origin}/?still`)
  await page.locator('.skeleton').first().waitFor()
  assert.equal(await moving(page), 0)

  await load()
  await connected(page)
  await page.getByRole('button', { name: 'Run Daily settlement' }).click()
  await page.locator('[data-node][data-state="RUNNING"]').first().waitFor()
  assert.equal(await moving(page), 0)
  await page.context().close()
})

async function newPage(options = {}) {
  const context = await browser.newContext({ viewport: DESKTOP, colorScheme: 'light', ...options })
  const page = await context.newPage()
  page.on('pageerror', async (error) => {
    console.error(error)
    await context.close() // so that every wait ends at once
  })
  return page
}

/** Opens a live page whose WebSocket can be cut, and which can lose a message. */
async function newPageWithLink(options) {
  const page = await newPage(options)
  const link = { isCut: false, refused: 0, dropNext: 0, ends: [] } // `dropNext`: the number of the message to lose after a cut
  await page.routeWebSocket(/\/ws/, (near) => {
    if (link.isCut) {
      link.refused++
      return near.close()
    }
    const far = near.connectToServer()
    const dropped = link.wasCut ? link.dropNext : 0
    let received = 0
    far.onMessage((text) => {
      if (JSON.parse(text).type.startsWith('$') || ++received !== dropped) near.send(text)
    })
    link.ends.push(near, far)
  })
  link.cut = () => {
    link.isCut = true
    link.wasCut = true
    for (const end of link.ends.splice(0)) end.close()
  }
  link.mend = () => {
    link.isCut = false
  }
  await page.goto(`${example.origin}/?still`)
  await connected(page)
  return { page, link }
}

async function awayDuring(page, link, task) {
  link.cut()
  await page.getByRole('button', { name: 'Reconnect now' }).waitFor()
  await task()
  link.mend()
  await pressUntilConnected(page)
}

const awayDuringARun = (page, link) =>
  awayDuring(page, link, async () => {
    const before = await numberOfEntries()
    await fetch(`${example.origin}/api/flows/2/runs`, { method: 'POST' })
    while ((await numberOfEntries()) === before) await new Promise((resolve) => setTimeout(resolve, 50))
  })

async function numberOfEntries() {
  const { entries } = await fetch(`${example.origin}/api/ledger`).then((response) => response.json())
  return entries.length
}

/** Presses "Reconnect now" if the page shows it. The page may be quicker. */
async function pressUntilConnected(page) {
  const button = page.getByRole('button', { name: 'Reconnect now' })
  const press = button.click({ timeout: 60_000 }).catch(() => {})
  await Promise.race([press, connected(page)])
  await connected(page)
}

const connected = (page) =>
  page
    .locator('.connection')
    .filter({ hasText: /^Connected$/ })
    .waitFor()

/** Waits for a notice and returns its text. */
async function notice(page, text) {
  const found = page.locator('#notice p').filter({ hasText: text })
  await found.waitFor()
  return await found.textContent()
}

/** Holds matching requests until the returned function is called. */
async function hold(page, pattern) {
  let release
  const released = new Promise((resolve) => {
    release = resolve
  })
  await page.route(pattern, async (route) => {
    await released
    await route.continue()
  })
  return release
}

const columns = (page) => page.getByRole('columnheader').allInnerTexts()

const focused = (page) =>
  page.evaluate(() => {
    const element = document.activeElement
    return (element.getAttribute('aria-label') ?? element.textContent).trim()
  })

const moving = (page) =>
  page.evaluate(() => document.getAnimations().filter((each) => each.playState === 'running').length)

async function assertFits(page, width) {
  const tooWide = await page.evaluate(
    (limit) =>
      document.scrollingElement.scrollWidth > limit
        ? [...document.querySelectorAll('*')]
            .filter((element) => element.getBoundingClientRect().right > limit)
            .map((element) => element.outerHTML.slice(0, 80))
        : [],
    width,
  )
  assert.deepEqual(tooWide, [])
  const hidden = await page.locator('.scroll').evaluate((box) => box.scrollWidth - box.clientWidth)
  assert.ok(hidden <= 0, `expected the ledger to fit, was ${hidden} px too wide`)
}

function assertAll(found, least, what) {
  assert.ok(found.length > 0, `expected some of ${what}`)
  assert.ok(
    Math.min(...found) >= least,
    `expected ${what} of ${least}:1 or more, was ${Math.min(...found).toFixed(2)}:1`,
  )
}

/** Checks that meaningful graphics have a contrast of 3:1 to their ground. */
async function assertContrasts(page) {
  // A run of another test may go on. The arc and the core identify running nodes, and are measured where one
  // runs.
  const grounds = 'li:not([data-state="RUNNING"]) .ground'
  assertAll(await contrasts(page, grounds, 'stroke', '.card'), 3, 'nodes')
  assertAll(await contrasts(page, '.graph > svg path', 'stroke', '.card'), 3, 'edges')
  assertAll(await contrasts(page, 'button', 'borderTopColor', '.card, .notice'), 3, 'buttons')
  assertAll(await contrasts(page, '.lamp', 'backgroundColor', '.connection'), 3, 'the lamp')
}

async function assertAccessible(page) {
  await page.evaluate(AXE)
  const violations = await page.evaluate(async () => {
    const result = await window.axe.run(document, { resultTypes: ['violations'] })
    return result.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)
  })
  assert.deepEqual(violations, [])
}

const screenshot = (page, name) => page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) })
