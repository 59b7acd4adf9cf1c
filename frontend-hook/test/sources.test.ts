import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

it('nothing forces React to render at once', () => {
  const folder = new URL('../src/', import.meta.url)
  const sources = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), 'utf8'))

  expect(sources.length).toBeGreaterThan(20)
  for (const source of sources) expect(source).not.toMatch(/flushSync|react-dom/)
})
