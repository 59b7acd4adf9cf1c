import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { DEFAULTS, type Options } from '../src/options.js'

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')

/** The rows of docs/limits.md that are the hook's: the name and the number. */
const rows = new Map(
  read('../../docs/limits.md')
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter(([, , of]) => of?.startsWith('hook'))
    .map(([, name = '', of = '', value = '']) => [
      `${of} ${name.replaceAll('`', '')}`,
      Number(value.replaceAll(',', '')),
    ]),
)

/** Options that limit nothing. A new option has to be here or among the defaults. */
const NO_LIMITS: Record<Exclude<keyof Options, keyof typeof DEFAULTS>, true> = {
  after: true,
  plain: true,
  protocols: true,
  logger: true,
  WebSocket: true,
}

/** A number of the source that nothing exports. */
function constant(file: string, name: string) {
  const [, digits = ''] = new RegExp(`^const ${name} = ([\\d_]+)$`, 'm').exec(read(`../src/${file}`)) ?? []
  return Number(digits.replaceAll('_', ''))
}

it('the page of limits has those of the hook, with their defaults', () => {
  for (const name of Object.keys(NO_LIMITS)) expect(rows.has(`hook ${name}`)).toBe(false)
  expect(Object.fromEntries(rows)).toEqual({
    ...Object.fromEntries(Object.entries(DEFAULTS).map(([name, value]) => [`hook ${name}`, value])),
    'hook, fixed messages that lastMessage has yet to show': constant('oneByOne.ts', 'MAX_UNSEEN'),
    'hook, fixed acknowledged messages without an answer': constant('ack.ts', 'MAX_WAITING'),
    'hook, fixed longest timeoutMs of sendAcknowledged': constant('ack.ts', 'MAX_TIMEOUT_MS'),
  })
})
