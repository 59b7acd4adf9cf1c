// The smallest example: its own page and the page in React share one counter.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { createServer } from 'vite'
import { launchBrowser } from './browser.js'
import { startHello } from './example.js'

const REACT = fileURLToPath(new URL('../hello/react', import.meta.url))

let hello
let vite
let browser

before(
  async () => {
    hello = await startHello()
    vite = await createServer({
      root: REACT,
      logLevel: 'error',
      cacheDir: fileURLToPath(new URL('../target/vite', import.meta.url)),
      server: { host: '127.0.0.1', port: 0, proxy: { '/ws': { target: hello.origin, ws: true } } },
    })
    await vite.listen()
    browser = await launchBrowser()
  },
  { timeout: 120_000 },
)

after(async () => {
  await browser?.close()
  await vite?.close()
  await hello?.kill()
})

test('a click in either page counts in both', { timeout: 120_000 }, async () => {
  const complaints = []
  const open = async (url) => {
    const page = await browser.newPage()
    page.on('pageerror', (error) => complaints.push(String(error)))
    await page.goto(url)
    await shows(page, 0)
    return page
  }
  const plain = await open(hello.origin)
  const react = await open(`http://127.0.0.1:${vite.httpServer.address().port}/`)

  await plain.getByRole('button', { name: 'Count' }).click()
  for (const page of [plain, react]) await shows(page, 1)

  await react.getByRole('button', { name: 'Count' }).click()
  for (const page of [plain, react]) await shows(page, 2)
  assert.deepEqual(complaints, [])
})

const shows = (page, count) =>
  page
    .locator('output')
    .filter({ hasText: new RegExp(`^${count}$`) })
    .waitFor()
