// A page in Chromium that follows the hub at WS_URL with the hook. Prints `started`. For an offset on its
// input, it waits until the page has reached it, and prints the messages of the page.

import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'
import { launchBrowser } from '../../../examples/e2e/browser.js'

const { PAGE_URL, WS_URL } = process.env
const { outputFiles } = buildSync({
  entryPoints: [fileURLToPath(new URL('page.jsx', import.meta.url))],
  bundle: true,
  write: false,
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': '"production"' },
})
const browser = await launchBrowser()
try {
  const page = await browser.newPage()
  await page.goto(PAGE_URL)
  await page.addScriptTag({ content: outputFiles[0].text })
  await page.evaluate((url) => window.follow(url), WS_URL)
  await page.waitForFunction(() => window.isGreeted())
  console.log('started')
  for await (const offset of createInterface({ input: process.stdin })) {
    await page.waitForFunction((end) => window.isAt(end), Number(offset), { timeout: 30_000 }).catch(() => {})
    console.log(JSON.stringify(await page.evaluate(() => window.report())))
  }
} finally {
  await browser.close()
}
