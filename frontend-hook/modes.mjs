// Makes the files of the package readable for everybody: npm packs their modes, which depend on the umask. Run when
// packing.
import { chmodSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

const folder = import.meta.dirname
const { files } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))

for (const name of ['LICENSE', 'README.md', 'package.json', ...files]) {
  const path = join(folder, name)
  const inside = statSync(path).isDirectory() ? readdirSync(path, { recursive: true }) : []
  for (const each of [path, ...inside.map((file) => join(path, file))])
    if (statSync(each).isFile()) chmodSync(each, 0o644)
}
