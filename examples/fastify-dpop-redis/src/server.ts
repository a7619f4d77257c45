import { Redis } from 'ioredis'
import { createApp } from './app.js'

const { REDIS_URL = 'redis://localhost:6379', PORT = '3000', PUBLIC_URL = `http://localhost:${PORT}` } = process.env

// A request must not wait for a Redis that is away: it gets 503 and a Retry-After.
const redis = new Redis(REDIS_URL, {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 1,
  connectTimeout: 500,
  socketTimeout: 500,
  maxLoadingRetryTime: 500,
  retryStrategy: (attempt) => Math.min(attempt * 50, 500),
})
redis.on('error', ({ message }) => console.error('Redis:', message))

const app = await createApp(redis, PUBLIC_URL)
const address = await app.listen({ port: Number(PORT) })
console.log(`The API listens at ${address}`)

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    await app.close()
    redis.disconnect()
  })
}
