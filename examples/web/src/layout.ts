import type { FlowNode } from './api.js'

/** The centre of a node's disc in a drawing, in pixels. */
export interface Place {
  x: number
  y: number
}

/** A drawing of a flow's graph. */
export interface Layout {
  width: number
  height: number
  /** Room for a label, in pixels. */
  labelWidth: number
  places: Map<string, Place>
  edges: { from: string; to: string; path: string }[]
}

/** With fewer pixels per step, a flow runs down instead of across. */
const MIN_STEP_ACROSS = 84
const STEP_DOWN = 76
const ROW = 62
const TALL_ROW = 76
const TOP = 12 // half a disc
const LABEL_HEIGHT = 34
const LINE = 16 // the height of a second line of a label
/** A label of this width holds most names on one line. */
const ONE_LINE = 92

/** Lays the graph out within `width` pixels, with one step per level. Nodes of a level stand side by side. */
export function layOut(nodes: readonly FlowNode[], width: number): Layout {
  const levels = levelsOf(nodes)
  const breadth = Math.max(...levels.map((level) => level.length))
  const across = width / levels.length >= MIN_STEP_ACROSS
  const step = across ? width / levels.length : STEP_DOWN
  const labelWidth = Math.floor(across ? step : width / breadth) - 6
  const row = labelWidth >= ONE_LINE ? ROW : TALL_ROW
  const lane = across ? row : width / breadth
  const places = new Map<string, Place>()
  levels.forEach((level, i) => {
    level.forEach((node, j) => {
      const along = across ? step * (i + 0.5) : TOP + step * i
      const beside = lane * (j + (breadth - level.length) / 2)
      places.set(node.id, across ? { x: along, y: TOP + beside } : { x: beside + lane / 2, y: along })
    })
  })
  return {
    width,
    height:
      TOP +
      LABEL_HEIGHT +
      (across ? row * (breadth - 1) : STEP_DOWN * (levels.length - 1)) +
      (labelWidth >= ONE_LINE ? 0 : LINE),
    labelWidth,
    places,
    edges: edgesOf(nodes, places, across),
  }
}

/**
 * Returns the nodes by level. A node's level is one above the highest level of its dependencies. A node
 * without dependencies stands just before its first successor.
 */
function levelsOf(nodes: readonly FlowNode[]): FlowNode[][] {
  const levelOf = new Map<string, number>()
  for (const node of nodes) {
    // the server sends every node after its dependencies
    levelOf.set(node.id, 1 + Math.max(-1, ...node.dependsOn.map((id) => levelOf.get(id) ?? -1)))
  }
  const levels: FlowNode[][] = []
  for (const node of nodes) {
    const successors = nodes.filter((other) => other.dependsOn.includes(node.id))
    const first = Math.min(...successors.map((other) => levelOf.get(other.id) ?? 0))
    const level =
      node.dependsOn.length === 0 && successors.length > 0 ? first - 1 : (levelOf.get(node.id) ?? 0)
    levels[level] = [...(levels[level] ?? []), node]
  }
  return levels
}

function edgesOf(nodes: readonly FlowNode[], places: Map<string, Place>, across: boolean): Layout['edges'] {
  return nodes.flatMap((node) =>
    node.dependsOn.flatMap((from) => {
      const a = places.get(from)
      const b = places.get(node.id)
      return a && b ? [{ from, to: node.id, path: curve(a, b, across) }] : []
    }),
  )
}

function curve(a: Place, b: Place, across: boolean): string {
  if (across) {
    const middle = (a.x + b.x) / 2
    return `M${a.x} ${a.y}C${middle} ${a.y} ${middle} ${b.y} ${b.x} ${b.y}`
  }
  const begin = a.y + LABEL_HEIGHT // below the label
  const middle = (begin + b.y) / 2
  return `M${a.x} ${begin}C${a.x} ${middle} ${b.x} ${middle} ${b.x} ${b.y}`
}
