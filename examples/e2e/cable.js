import { once } from 'node:events'
import { connect, createServer } from 'node:net'

/** Opens a TCP relay to `port`. A cut breaks open connections and makes new ones fail. */
export async function layCable(port) {
  const ends = new Set()
  let whole = true
  const server = createServer((near) => {
    if (!whole) return near.destroy()
    const far = connect(port, '127.0.0.1')
    for (const [end, other] of [
      [near, far],
      [far, near],
    ]) {
      ends.add(end)
      end.pipe(other)
      end.on('error', () => other.destroy())
      end.on('close', () => {
        ends.delete(end)
        other.destroy()
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = () => {
    whole = false
    for (const end of ends) end.destroy()
  }
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    cut,
    mend() {
      whole = true
    },
    remove() {
      cut()
      server.close()
    },
  }
}
