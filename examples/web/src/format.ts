const CLOCK = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const
const TIME = new Intl.DateTimeFormat('en', CLOCK)
const DAY_AND_TIME = new Intl.DateTimeFormat('en', {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  ...CLOCK,
})

/** The time of day. */
export const time = (iso: string): string => TIME.format(new Date(iso))

/** Day and time of day. */
export const dayAndTime = (iso: string): string => DAY_AND_TIME.format(new Date(iso))

/** The duration, such as "2.4 s". */
export const seconds = (from: string, to: string): string =>
  `${(Math.max(0, Date.parse(to) - Date.parse(from)) / 1000).toFixed(1)} s`

/** A decimal number as text, with its digits grouped. It never becomes a binary fraction. */
export function amount(text: string): string {
  const [whole = '', fraction] = text.split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return fraction === undefined ? grouped : `${grouped}.${fraction}`
}
