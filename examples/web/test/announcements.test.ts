import { expect, test } from 'vitest'
import { Announcements } from '../src/announcements.js'

function listen() {
  const said: string[] = []
  const tasks: (() => void)[] = []
  const announcements = new Announcements(
    (text) => said.push(text),
    (task) => tasks.push(task),
  )
  const timePasses = () => {
    for (const task of tasks.splice(0)) task()
  }
  return { announcements, said, tasks, timePasses }
}

test('what changes again and again is said once, as it is in the end', () => {
  const { announcements, said, timePasses } = listen()
  for (const text of ['No connection.', 'Connecting…', 'No connection.', 'Connecting…', 'Connected.']) {
    announcements.add('connection', text)
  }

  timePasses()

  expect(said).toEqual(['Connected.'])
})

test('what concerns different things is said together', () => {
  const { announcements, said, tasks, timePasses } = listen()
  announcements.add('flow 1', 'Daily settlement finished.')
  announcements.add('flow 2', 'Invoice batch failed.')
  expect(tasks).toHaveLength(1)

  timePasses()

  expect(said).toEqual(['Daily settlement finished. Invoice batch failed.'])
})

test('what comes later is said later', () => {
  const { announcements, said, timePasses } = listen()
  announcements.add('flow 1', 'Daily settlement finished.')
  timePasses()

  announcements.add('flow 1', 'Daily settlement finished.')
  timePasses()

  expect(said).toEqual(['Daily settlement finished.', 'Daily settlement finished.'])
})
