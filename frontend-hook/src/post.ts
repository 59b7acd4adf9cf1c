/** Runs `task` soon, in a task of its own. Before it, the browser can paint and take input. */
export function post(task: () => void): void {
  if (typeof MessageChannel === 'undefined') {
    setTimeout(task)
    return
  }
  const { port1, port2 } = new MessageChannel()
  port1.onmessage = () => {
    port1.close() // an open port would keep a Node process alive
    task()
  }
  port2.postMessage(0)
}
