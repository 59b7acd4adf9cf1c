// Runs `npm ci` at the root of the repository, unless what is installed is already what the lockfile says.
// With the argument `page` it installs only what the build of the example's page needs.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PAGE_ONLY = ['--workspace=signal-hub-example-web', '--omit=dev']

const root = dirname(fileURLToPath(import.meta.url))
const marker = join(root, 'node_modules', '.installed-from')
const part = process.argv[2] === 'page' ? 'page' : 'all'

const [major] = process.versions.node.split('.').map(Number)
if (major < 20) fail(`expected Node 20 or newer, was ${process.version}`)

const { workspaces } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const inputs = ['package.json', 'package-lock.json', ...workspaces.map((folder) => join(folder, 'package.json'))]
const hash = createHash('sha256').update(`${process.version} ${process.platform} ${process.arch}\n`)
for (const input of inputs) hash.update(readFileSync(join(root, input)))
const wanted = hash.digest('hex')

const installed = existsSync(marker) ? readFileSync(marker, 'utf8') : ''
if (installed === `all ${wanted}` || installed === `${part} ${wanted}`) {
  console.log('node_modules is in step with package-lock.json')
} else {
  // npm removes node_modules first, and the marker with it: a cut installation is never taken for a whole one.
  const args = ['ci', '--no-audit', '--no-fund', ...(part === 'page' ? PAGE_ONLY : [])]
  const result = spawnSync('npm', args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32', // npm is a script there
  })
  if (result.error) fail(`npm could not be started: ${result.error.message}`)
  if (result.status !== 0) fail(`npm ci ended with status ${result.status}`)
  writeFileSync(marker, `${part} ${wanted}`)
}

function fail(reason) {
  console.error(`npm-ci: ${reason}`)
  process.exit(1)
}
