// React Native's own URL, out of its package: to install that package would bring all that it depends on.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const cache = fileURLToPath(new URL('../../../node_modules/.cache/react-native', import.meta.url))
const stub = fileURLToPath(new URL('app/NativeBlobModule.js', import.meta.url))

/** The version of each release that is tried, and the hash that its package must have. */
const releases = {
  0.72: [
    '0.72.17',
    'k3dNe0XqoYCGGWTenbupWSj+ljW3GIfmYS5P4s3if4j0csx2YbenKgH1aJNWLp+UP7ONwfId6G+uBoUJfyMxXg==',
  ],
  0.76: [
    '0.76.9',
    '+LRwecWmTDco7OweGsrECIqJu0iyrREd6CTCgC/uLLYipiHvk+MH9nd6drFtCw/6Blz6eoKTcH9YTTJusNtrWg==',
  ],
  0.81: [
    '0.81.4',
    'bt5bz3A/+Cv46KcjV0VQa+fo7MKxs17RCcpzjftINlen4ZDUl0I6Ut+brQ2FToa5oD0IB0xvQHfmsg2EDqsZdQ==',
  ],
}

/** Returns the folder of `URL.js` of a release. The package is fetched through npm once per installation. */
export function reactNativeUrl(release) {
  const [version, hash] = releases[release]
  const folder = `${cache}/${version}`
  if (existsSync(folder)) return folder

  const part = `${folder}.part`
  rmSync(part, { recursive: true, force: true })
  mkdirSync(part, { recursive: true })
  const npm = { cwd: part, stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' }
  execFileSync('npm', ['pack', `react-native@${version}`, '--loglevel=error'], npm)
  const archive = `react-native-${version}.tgz`
  assert.equal(
    createHash('sha512')
      .update(readFileSync(`${part}/${archive}`))
      .digest('base64'),
    hash,
  )
  execFileSync('tar', ['-xzf', archive, '--strip-components=3', 'package/Libraries/Blob'], { cwd: part })
  rmSync(`${part}/${archive}`)
  copyFileSync(stub, `${part}/NativeBlobModule.js`)
  renameSync(part, folder)
  return folder
}
