import { control, type Hello } from './controls.js'

/** Returns the id of the message at `offset`, as a hub gives it. Each `epoch` stands for another hub. */
export const fakeId = (offset: number, epoch = 1): string =>
  `${epoch.toString(16).padStart(16, '0')}-${String(offset).padStart(16, '0')}`

/** One connection: the WebSocket of the page, and the server's end of it. */
export class FakeConnection {
  /** As of a WebSocket: 0 connecting, 1 open, 2 closing, 3 closed. */
  readyState = 0
  /** The texts that the page has sent, oldest first. */
  readonly sent: string[] = []
  /** The code that the page closed with; undefined until it does. */
  closedWith: number | undefined
  onopen: (() => void) | null = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  onclose: ((event: { code: number; reason: string }) => void) | null = null
  onerror: (() => void) | null = null

  constructor(
    /** The whole address, parameters included. */
    readonly url: string,
    readonly protocols?: string | string[],
  ) {}

  /** For the page. @throws Error unless open */
  send(text: string): void {
    if (this.readyState !== 1) throw new Error('expected an open connection to send on (InvalidStateError)')
    this.sent.push(text)
  }

  /** For the page. */
  close(code?: number): void {
    this.readyState = 2
    this.closedWith = code
  }

  /** The messages that the page has sent, parsed, oldest first. */
  get messages(): { type: string; payload: unknown; ref?: unknown }[] {
    return this.sent.map((text) => JSON.parse(text))
  }

  /** The server accepts the connection. */
  accept(): void {
    this.readyState = 1
    this.onopen?.()
  }

  /** The server greets as a hub does. By default it greets a new client, at offset 0, and promises no `$sync`. */
  hello(greeting: Partial<Hello> = {}): void {
    const payload = { clientId: 'fake', id: fakeId(0), resumed: false, topics: [], syncMs: 0, ...greeting }
    this.message(control('$hello', payload))
  }

  /** The server sends a message, or any text. */
  message(message: unknown): void {
    this.onmessage?.({ data: typeof message === 'string' ? message : JSON.stringify(message) })
  }

  /** The connection ends, by default as when a link is cut. For a server that falls silent, call nothing. */
  drop(code = 1006, reason = ''): void {
    this.readyState = 3
    this.onerror?.()
    this.onclose?.({ code, reason })
  }
}
