const FOUR = [1, 2, 3, 4]

/** Placeholders for the flows until they are loaded. */
export const FlowSkeletons = () =>
  FOUR.map((i) => (
    <div key={i} className="card flow skeleton" aria-hidden="true">
      <p className="bone title" />
      <p className="bone" />
      <p className="bone block" />
    </div>
  ))

/** Placeholders for the entries of the ledger. */
export const RowSkeletons = () =>
  FOUR.map((i) => (
    <tr key={i} className="skeleton">
      <td colSpan={5}>
        <p className="bone" aria-hidden="true" />
      </td>
    </tr>
  ))

/** Placeholders for the suggestions. */
export const SuggestionSkeletons = () =>
  FOUR.slice(2).map((i) => (
    <div key={i} className="card suggestion skeleton" aria-hidden="true">
      <p className="bone title" />
      <p className="bone" />
    </div>
  ))
