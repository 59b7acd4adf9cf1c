/** Stands for the module of that name: an app whose state a test changes. */
const listeners = new Set<(state: string) => void>()

export const AppState = {
  addEventListener(_: 'change', listener: (state: string) => void) {
    listeners.add(listener)
    return { remove: () => void listeners.delete(listener) }
  },
}

export const app = {
  become(state: string) {
    for (const listener of listeners) listener(state)
  },
  get listeners() {
    return listeners.size
  },
}
