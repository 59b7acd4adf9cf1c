// Gives the project its next version. Commit the result.
//
//   node verification/release/version.mjs 0.1.0 [--date 2026-12-01]   a release
//   node verification/release/version.mjs 0.2.0-SNAPSHOT               the work after it
//
// A release gets its date (default: today, UTC) in both changelogs, and as the time of all files in its jars. The
// documents name the release from then on. Text between "before the first release" and "after the first release" goes.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const PENDING = '-SNAPSHOT'
const FIRST_RELEASE = /<!-- before the first release -->[\s\S]*?<!-- after the first release\n([\s\S]*?)-->\n/g

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { date: { type: 'string', default: new Date().toISOString().slice(0, 10) } },
})
const [version = ''] = positionals
const isRelease = !version.endsWith(PENDING)
const number = version.replace(PENDING, '')
if (!/^\d+\.\d+\.\d+$/.test(number)) fail(`expected a version such as 0.1.0 or 0.2.0-SNAPSHOT, was "${version}"`)
if (!/^\d{4}-\d{2}-\d{2}$/.test(options.date)) fail(`expected a date such as 2026-12-01, was "${options.date}"`)

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const files = execFileSync('git', ['ls-files', '-z', '*pom.xml', '*.md'], { cwd: root, encoding: 'utf8' }).split('\0')
const [, old] = /<artifactId>signal-hub-parent<\/artifactId>\s*<version>(.+)<\/version>/.exec(read('pom.xml')) ?? []
if (old?.endsWith(PENDING) !== isRelease) fail(`expected ${old} to become a version of the other kind, not ${version}`)

for (const file of files.filter((name) => /(^|\/)pom\.xml$/.test(name)))
  edit(file, (text) => text.replace(/(<artifactId>signal-hub-parent<\/artifactId>\s*<version>).+(<\/version>)/, `$1${version}$2`))

if (isRelease) {
  edit('pom.xml', (text) => text.replace(/(<project.build.outputTimestamp>).+(<)/, `$1${options.date}T00:00:00Z$2`))
  for (const file of files.filter((name) => name.endsWith('.md')))
    edit(file, (text) =>
      text
        .replace(FIRST_RELEASE, '$1')
        .replace('    mavenLocal()\n', '')
        .replace(/(<artifactId>signal-hub[\w-]*<\/artifactId>\s*<version>)[\d.]+(?:-SNAPSHOT)?(?=<)/g, `$1${version}`)
        .replace(/(io\.github\.signalhub:signal-hub[\w-]*:)[\d.]+(?:-SNAPSHOT)?/g, `$1${version}`),
    )
  const { version: hook } = JSON.parse(read('frontend-hook/package.json'))
  edit('CHANGELOG.md', (text) => text.replace(`## Unreleased (${number})`, `## ${number} (${options.date})`))
  edit('frontend-hook/CHANGELOG.md', (text) => text.replace(`## ${hook} (not released)`, `## ${hook} (${options.date})`))
  if (!read('CHANGELOG.md').includes(`## ${number} (${options.date})`)) fail(`CHANGELOG.md has no part "Unreleased (${number})"`)
} else {
  edit('CHANGELOG.md', (text) => text.replace('\n## ', `\n## Unreleased (${number})\n\n## `))
}
console.log(`${old} is ${version} now`)

function read(file) {
  return readFileSync(join(root, file), 'utf8')
}

function edit(file, change) {
  const text = read(file)
  const changed = change(text)
  if (changed !== text) writeFileSync(join(root, file), changed)
}

function fail(reason) {
  console.error(`version: ${reason}`)
  process.exit(1)
}
