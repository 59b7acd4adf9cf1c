import { expect, test } from 'vitest'
import { layOut } from '../src/layout.js'

const node = (id: string, ...dependsOn: string[]) => ({ id, label: id, dependsOn, state: 'IDLE' as const })
const NODES = [node('a'), node('b'), node('c', 'a', 'b'), node('d', 'c', 'a')]

test('a wide drawing runs across, every node to the right of those that it depends on', () => {
  const { places, edges } = layOut(NODES, 600)

  for (const { from, to } of edges) {
    expect(places.get(from)?.x).toBeLessThan(places.get(to)?.x as number)
  }
  expect(edges).toHaveLength(4)
})

test('a narrow drawing runs down', () => {
  const { places, edges } = layOut(NODES, 200)

  for (const { from, to } of edges) {
    expect(places.get(from)?.y).toBeLessThan(places.get(to)?.y as number)
  }
})

test.each([200, 360, 600, 1200])('all of it lies within %i pixels', (width) => {
  const layout = layOut(NODES, width)

  for (const { x, y } of layout.places.values()) {
    expect(x).toBeGreaterThan(0)
    expect(x).toBeLessThan(width)
    expect(y).toBeGreaterThan(0)
    expect(y).toBeLessThan(layout.height)
  }
})

test('no two nodes share a place', () => {
  const places = [...layOut(NODES, 600).places.values()].map(({ x, y }) => `${x} ${y}`)

  expect(new Set(places).size).toBe(NODES.length)
})
