import { afterEach, describe, expect, it, vi } from 'vitest'
import { resolveUrl } from '../src/url.js'

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('resolveUrl()', () => {
  it.each([
    ['wss://hub/ws', 'wss://hub/ws'],
    ['ws://hub', 'ws://hub'],
    ['https://hub/ws?room=1', 'wss://hub/ws?room=1'],
    ['http://hub:8080/ws#here', 'ws://hub:8080/ws'],
    ['HTTPS://hub/ws', 'wsS://hub/ws'],
    ['ws://user:p%40ss@hub/%7Eme/../ws?a=b|c&d=é', 'ws://user:p%40ss@hub/%7Eme/../ws?a=b|c&d=é'],
  ])('leaves the absolute %s as it is written, but for scheme and hash', (url, expected) => {
    vi.stubGlobal('location', { href: 'https://shop.example/app/' })
    vi.stubGlobal('URL', undefined) // which is not asked

    expect(resolveUrl(url)).toBe(expected)
  })

  it.each([
    ['/ws', 'https://shop.example/app/', 'wss://shop.example/ws'],
    ['ws?a=1#here', 'http://shop.example/app/', 'ws://shop.example/app/ws?a=1'],
    ['//hub/ws', 'https://shop.example/app/', 'wss://hub/ws'],
  ])('resolves %s against the page %s', (url, href, expected) => {
    vi.stubGlobal('location', { href })

    expect(resolveUrl(url)).toBe(expected)
  })

  it('leaves a relative one where there is no page', () => {
    vi.stubGlobal('location', undefined)

    expect(resolveUrl('/ws')).toBe('/ws')
  })
})
