import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'

/** Launches a headless Chromium: the one of CHROME_PATH, of the system, or of npm. Fails if there is none. */
export async function launchBrowser() {
  const executablePath = await findBrowser()
  return await chromium.launch({ executablePath, args: ['--no-sandbox'] })
}

/** Returns the path of this Chromium. Unpacks the one of npm if that was not done before. */
export async function findBrowser() {
  const named = process.env.CHROME_PATH
  if (named) {
    if (!existsSync(named)) throw new Error(`CHROME_PATH names ${named}, which does not exist`)
    return named
  }
  const installed = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
    existsSync,
  )
  if (installed) return installed
  // With this variable, the package also unpacks the libraries that a bare machine lacks.
  process.env.AWS_EXECUTION_ENV ??= 'AWS_Lambda_nodejs20.x'
  const { default: packaged } = await import('@sparticuz/chromium')
  const unpacked = await packaged.executablePath()
  if (!unpacked || !existsSync(unpacked)) {
    throw new Error('no Chromium: set CHROME_PATH to one, or run `npm ci` in the root of the project')
  }
  return unpacked
}
