import { request } from 'use-flow-socket/ack'

declare module 'use-flow-socket/ack' {
  interface RequestTypes {
    PRICE: { request: { article: string }; answer: { price: number } }
  }
}

export async function priceOfTea() {
  const { price } = await request('/ws', 'PRICE', { article: 'tea' })
  return price
}
