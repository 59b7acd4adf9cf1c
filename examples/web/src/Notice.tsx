import { useEffect, useRef } from 'react'
import { time } from './format.js'
import { useSecondsUntil } from './useSecondsUntil.js'

/** A notice of the page about its own state: a text and, after a failure, the next step. */
export interface NoticeText {
  kind: 'plain' | 'good' | 'bad'
  text: string
  /** The time of the next try, in ms since 1970; null during a try; undefined if there is none. */
  retryAt?: number | null
  /** Tries at once. */
  retry?: () => void
  /** The label of the button for a try. */
  action?: string
}

/** The place of the notice always exists, so that nothing moves when it changes. */
export function Notice({ kind, text, retryAt, retry, action }: NoticeText) {
  const secondsLeft = useSecondsUntil(retryAt ?? null)
  const [line, onFocus, onBlur] = useKeptFocus(retry !== undefined)
  return (
    <div className={`notice ${kind}`} id="notice" ref={line} tabIndex={-1}>
      <p>
        {text}
        {retryAt === null && ' Trying now…'}
        {secondsLeft !== null && retryAt && (
          <>
            {' '}
            Next try in {secondsLeft}&nbsp;s, at <time>{time(new Date(retryAt).toISOString())}</time>.
          </>
        )}
      </p>
      {retry && (
        <button
          type="button"
          className="quiet"
          aria-disabled={retryAt === null}
          onClick={() => retryAt !== null && retry()}
          onFocus={onFocus}
          onBlur={onBlur}
        >
          {action}
        </button>
      )}
    </div>
  )
}

/**
 * If the button disappears while it has the focus, the line takes the focus. The next Tab then continues from
 * here.
 */
function useKeptFocus(hasButton: boolean) {
  const line = useRef<HTMLDivElement>(null)
  const hadFocus = useRef(false)
  useEffect(() => {
    if (!hasButton && hadFocus.current) line.current?.focus({ preventScroll: true })
    if (!hasButton) hadFocus.current = false
  }, [hasButton])
  const onFocus = () => {
    hadFocus.current = true
  }
  const onBlur = ({ relatedTarget }: { relatedTarget: unknown }) => {
    if (relatedTarget) hadFocus.current = false // the focus moved to another element, not because the button disappeared
  }
  return [line, onFocus, onBlur] as const
}
