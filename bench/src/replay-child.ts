import { randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import { memoryReplayStore, type ReplayStore } from 'sallyport'
import { redisReplayStore } from 'sallyport/redis'
import { answerParent } from './child.ts'
import { heldMegabytes } from './held-memory.ts'

export type ReplayQuestion =
  | { readonly measure: 'redis'; readonly port: number; readonly seconds: number; readonly waiting: number }
  | { readonly measure: 'memory'; readonly claims: number; readonly clients: number }
  | { readonly measure: 'held megabytes'; readonly claims: number; readonly clients: number }

/** Of a proof that is new, and of one that is about to expire. */
const ttlSeconds = 420
const shortestTtlSeconds = 120
let redisStore: ReplayStore | undefined

/** Answers with claims per second, or with megabytes. */
answerParent((question: ReplayQuestion): number | Promise<number> => {
  if (question.measure === 'redis') return claimOverRedis(question)
  return question.measure === 'memory' ? claimInMemory(question) : holdInMemory(question)
})

/** Keeps so many claims waiting for an answer, the next when the last is answered. */
async function claimOverRedis({ port, seconds, waiting }: ReplayQuestion & { measure: 'redis' }): Promise<number> {
  redisStore ??= connect(port)
  const store = redisStore
  const start = performance.now()
  const until = start + seconds * 1000
  let claims = 0
  const keepClaiming = async () => {
    while (performance.now() < until) {
      won(await store.claim(nextKey(), ttlSeconds, thumbprint(0)))
      claims += 1
    }
  }
  await Promise.all(Array.from({ length: waiting }, keepClaiming))
  return (claims * 1000) / (performance.now() - start)
}

function connect(port: number): ReplayStore {
  const client = new Redis(port, '127.0.0.1')
  process.once('disconnect', () => client.disconnect())
  return redisReplayStore(client)
}

/** Fills an empty store. Keys are made beforehand, as fresh strings: nobody has hashed them yet. */
function claimInMemory({ claims, clients }: ReplayQuestion & { measure: 'memory' }): number {
  const store = memoryReplayStore()
  const keys = Array.from({ length: claims }, nextKey)
  const thumbprints = Array.from({ length: clients }, (_, number) => thumbprint(number))
  const start = performance.now()
  claimAll(store, keys, thumbprints)
  return (claims * 1000) / (performance.now() - start)
}

async function holdInMemory({ claims, clients }: ReplayQuestion & { measure: 'held megabytes' }): Promise<number> {
  // A first store, soon forgotten, so that compiled code and the like are there before the measurement.
  fill(memoryReplayStore(), 1000, 1000)
  const before = await heldMegabytes()
  const store = memoryReplayStore()
  const lastKey = fill(store, claims, clients)
  const held = (await heldMegabytes()) - before
  if (store.claim(lastKey, ttlSeconds, thumbprint(0)) !== false) throw new Error('A live entry was given up.')
  return held
}

function fill(store: ReplayStore, claims: number, clients: number): string {
  const thumbprints = Array.from({ length: clients }, (_, number) => thumbprint(number))
  return claimAll(store, newKeys(claims), thumbprints)
}

/** Proofs are of any age up to their limit, so entries expire in any second of five minutes. @returns the last key. */
function claimAll(store: ReplayStore, keys: Iterable<string>, thumbprints: readonly string[]): string {
  let number = 0
  let last = ''
  for (const key of keys) {
    won(store.claim(key, shortestTtlSeconds + (number % 300), thumbprints[number % thumbprints.length] ?? ''))
    number += 1
    last = key
  }
  return last
}

/** One after the other, so that nothing but the store holds them. */
function* newKeys(count: number): Generator<string> {
  for (let made = 0; made < count; made += 1) yield nextKey()
}

function won(first: unknown): void {
  if (first !== true) throw new Error('A new key was claimed before.')
}

const keyStart = randomBytes(24).toString('base64url')
let keysMade = 0

/** Shaped like the hashes that the resource server claims: 43 characters of base64url. */
function nextKey(): string {
  keysMade += 1
  return Buffer.from(keyStart + keysMade.toString(36).padStart(11, '0')).toString('latin1')
}

function thumbprint(number: number): string {
  return Buffer.from(`client-${number}`.padStart(43, '_')).toString('latin1')
}
