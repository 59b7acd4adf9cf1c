import { useEffect, useRef } from 'react'
import { time } from './format.js'
import { useSecondsUntil } from './useSecondsUntil.js'

/** What the page has to say about itself: a text, and if something failed, what happens next. */
export interface NoticeText {
  kind: 'plain' | 'good' | 'bad'
  text: string
  /** When the next try is due, in ms since 1970; null if it is under way; undefined if none is to come. */
  retryAt?: number | null
  /** Tries at once. */
  retry?: () => void
  /** What the button for that says. */
  action?: string
}

/** The notice's place is always there, so that nothing moves when it changes. */
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

/** When the button goes while it has the focus, the line takes it: the next Tab goes on from here. */
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
    if (relatedTarget) hadFocus.current = false // it went elsewhere, and not because the button is gone
  }
  return [line, onFocus, onBlur] as const
}
