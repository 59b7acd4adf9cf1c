// Makes a folder with a package.json for every entry but the main one, from `exports` of package.json: tools that know
// no `exports`, such as older versions of Metro and TypeScript's `node10` resolution, look there. Run when packing.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { posix } from 'node:path'

const { exports } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'))

for (const [entry, target] of Object.entries(exports)) {
  if (entry === '.' || typeof target === 'string') continue
  const from = (path) => posix.relative(entry, path)
  const stub = {
    main: from(target.require.default),
    module: from(target.import.default),
    types: from(target.require.types),
  }
  const folder = new URL(`${entry}/`, import.meta.url)
  mkdirSync(folder, { recursive: true })
  writeFileSync(new URL('package.json', folder), `${JSON.stringify(stub, null, 2)}\n`)
}
