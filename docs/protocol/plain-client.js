// A complete client of this protocol in plain JavaScript: no dependency, no build step.
//   const hub = connect('wss://example.org/ws?topic=ledger', { onMessage: show, onGap: fetchStateAnew })
//   const answer = await hub.send('PRICE', { id: 7 }) // rejects with { code }: the server's, 'unknown' or 'closed'
const isNewer = (id, seen) => !seen || id.slice(0, 16) !== seen.slice(0, 16) || id > seen

export function connect(url, { onMessage, onGap = () => {}, onError = () => {}, after, baseMs = 1000 }) {
  const session = Array.from(crypto.getRandomValues(new Uint8Array(32)), (n) => (n & 15).toString(16)).join('')
  const all = { id: after } // the resume point
  const joined = new Map() // topics joined at run time, by name: { topic, id to go on after }
  const waiting = new Map() // messages not answered, by ref: { message, settle, epoch, sentAt }
  let catchUps = new Map(), running = all // topics that start elsewhere, by name; the one under way
  let socket, timer, epoch, silentMs, granted, attempt = -1, refs = 0
  function open() {
    const query = new URLSearchParams({ 'signal-hub': 1, session, ...(all.id && { after: all.id }) })
    for (const { topic, id } of catchUps.values()) if (granted.includes(topic)) query.append('topic', `${topic}@${id}`)
    const address = typeof url === 'function' ? url() : url // a function may add a fresh token each time
    socket = new WebSocket(address + (address.includes('?') ? '&' : '?') + query)
    socket.onmessage = ({ data }) => receive(JSON.parse(data))
    Object.assign(socket, { onclose: ({ code }) => lost(code), openedAt: Date.now() })
    timer = setTimeout(lost, 10_000, 1006) // to open and to greet
  }
  function lost(code, kind = code === 4001 ? 42 : Math.floor(code / 100)) { // 4001: the token has ended
    clearTimeout(timer)
    socket.onmessage = socket.onclose = epoch = undefined
    socket.close()
    if (kind === 40) return waiting.forEach((sent) => sent.settle({ code: 'closed' }))
    attempt = Date.now() - socket.openedAt > 5_000 ? 0 : attempt + 1 // a short connection counts as a failure
    const longestMs = kind === 42 && !attempt ? 0 : Math.min(30_000, baseMs * 2 ** attempt)
    timer = setTimeout(open, socket.retryAfterMs ?? Math.random() * longestMs)
  }
  function receive({ type, payload, topic, id }) {
    clearTimeout(timer)
    const reader = running.topic === topic ? running : all
    if (type.startsWith('$')) controls[type]?.(payload)
    else if (isNewer(id, reader.id)) {
      for (const place of [reader, joined.get(topic)]) if (place) place.id = id
      onMessage(type, payload, { topic, id })
    }
    if (epoch && silentMs) timer = setTimeout(lost, silentMs, 1006)
  }
  const controls = {
    $hello({ id, topics, syncMs, catchUps: starts = {} }) {
      [epoch, all.id, silentMs, granted, running] = [id.slice(0, 16), id, 2.5 * syncMs, topics, all]
      catchUps = new Map(Object.entries(starts).map(([topic, id]) => [topic, { topic, id }]))
      for (const place of joined.values()) if (!topics.includes(place.topic)) ask('$join', place)
      waiting.forEach(post)
    },
    $joined({ topic, after, upTo }) {
      catchUps.set(topic, (running = Object.assign(joined.get(topic) ?? {}, { topic, id: after })))
      all.id = upTo
    },
    $sync({ id }) {
      running.id = all.id = id
      catchUps.delete(running.topic)
      running = all
    },
    $gap(gap, place = running.topic === gap.topic ? running : (joined.get(gap.topic) ?? { topic: gap.topic })) {
      if (gap.reset) catchUps.set(gap.topic, Object.assign(place, { id: `${epoch}-${'0'.repeat(16)}` })) // it follows
      onGap(gap)
    },
    $bye: ({ retryAfterMs }) => Object.assign(socket, { retryAfterMs }),
    $ack: ({ ref, answer }) => waiting.get(ref)?.settle(undefined, answer),
    $error: (error) => (waiting.get(error.ref)?.settle ?? onError)(error),
  }
  const transmit = (message) => epoch && socket.readyState === 1 && !socket.send(JSON.stringify(message))
  const ask = (type, { topic, id }) => transmit({ type, payload: { topic, after: id } })
  function post(sent) { // again only where the hub remembers it: not after its restart, nor after minutes
    if (sent.epoch && (sent.epoch !== epoch || Date.now() - sent.sentAt > 240_000)) sent.settle({ code: 'unknown' })
    else if (transmit(sent.message)) Object.assign(sent, { epoch, sentAt: sent.sentAt ?? Date.now() })
  }
  open()
  const join = (topic, id) => ask('$join', joined.set(topic, { topic, id }).get(topic)) // after id, or from now on
  const leave = (topic) => joined.delete(topic) && ask('$leave', { topic })
  const send = (type, payload) => new Promise((resolve, reject) => {
    const message = { type, payload, ref: `${++refs}` }
    const settle = (error, answer) => waiting.delete(message.ref) && (error ? reject(error) : resolve(answer))
    post(waiting.set(message.ref, { message, settle }).get(message.ref))
  })
  return { join, leave, send, close: () => lost(4000) }
}
