import type { OptimizationAvailable } from 'use-flow-socket'
import { SuggestionSkeletons } from './Skeletons.js'

/** Suggestions for faster flows, from the runs so far. */
export function Suggestions(props: {
  suggestions: readonly OptimizationAvailable[] | undefined
  nameOf: (flowId: number) => string
}) {
  const { suggestions, nameOf } = props
  if (!suggestions) return <SuggestionSkeletons />
  if (suggestions.length === 0) {
    return (
      <p className="card empty">
        None yet. They are computed from measured times, after three runs of a flow.
      </p>
    )
  }
  return (
    <ul>
      {suggestions.map((suggestion) => (
        <li key={suggestion.suggestionId} className="card suggestion">
          <p className="origin">{nameOf(suggestion.flowId)}</p>
          <h3>{suggestion.title}</h3>
          <p className="saving">
            <span className="hidden">saves </span>
            {suggestion.savingMillis}&nbsp;ms
          </p>
          <p className="detail">{suggestion.detail}</p>
        </li>
      ))}
    </ul>
  )
}
