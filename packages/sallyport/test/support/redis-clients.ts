import { Cluster, Redis } from 'ioredis'
import { createClient, createCluster } from 'redis'
import type { RedisClient } from '../../src/stores/redis.js'
import { until } from './redis-server.js'

/** A client of one of the two libraries, as a test that must not know which one it has wants it. */
export interface OpenClient {
  readonly client: RedisClient
  /** What the client told its `error` listeners. */
  readonly errors: readonly Error[]
  close(): void
}

export type ClientLibrary = 'ioredis' | 'node-redis'
export const clientLibraries: readonly ClientLibrary[] = ['ioredis', 'node-redis']

/** The ports of one server, or of the nodes of a cluster. */
export type ConnectTo = number | readonly number[]

export interface ClientOptions {
  readonly password?: string
  readonly username?: string
}

/** They fail at once while there is no connection, and are back within a second after the server is: the options of docs/dpop.md. */
const reconnectMilliseconds = (times: number) => Math.min(times * 50, 500)
const patienceMilliseconds = 500

export function openClient(library: ClientLibrary, to: ConnectTo, options: ClientOptions = {}): OpenClient {
  const errors: Error[] = []
  const note = (error: Error) => void errors.push(error)
  if (library === 'ioredis') {
    const client = typeof to === 'number' ? ioredis(to, options) : ioredisCluster(to)
    client.on('error', note)
    return { client, errors, close: () => client.disconnect() }
  }
  const client = typeof to === 'number' ? nodeRedis(to, options) : nodeRedisCluster(to)
  client.on('error', note)
  // Not awaited: an API has to start while its Redis is down.
  client.connect().catch(note)
  return { client, errors, close: () => void client.destroy() }
}

export async function untilReady({ client }: OpenClient): Promise<void> {
  const get = client.get as unknown as (key: string) => Promise<unknown>
  await until('the client is ready', async () => {
    try {
      return (await get.call(client, 'nothing')) === null
    } catch {
      return false
    }
  })
}

function ioredis(port: number, options: ClientOptions): Redis {
  return new Redis({
    host: '127.0.0.1',
    port,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    connectTimeout: patienceMilliseconds,
    socketTimeout: patienceMilliseconds,
    maxLoadingRetryTime: patienceMilliseconds,
    retryStrategy: reconnectMilliseconds,
    ...options,
  })
}

function ioredisCluster(ports: readonly number[]): Cluster {
  return new Cluster(
    ports.map((port) => ({ host: '127.0.0.1', port })),
    {
      enableOfflineQueue: false,
      clusterRetryStrategy: reconnectMilliseconds,
      redisOptions: {
        maxRetriesPerRequest: 1,
        connectTimeout: patienceMilliseconds,
        socketTimeout: patienceMilliseconds,
        maxLoadingRetryTime: patienceMilliseconds,
      },
    },
  )
}

function nodeRedis(port: number, options: ClientOptions) {
  return createClient({
    ...nodeRedisOptions,
    socket: { ...nodeRedisOptions.socket, host: '127.0.0.1', port },
    ...options,
  })
}

function nodeRedisCluster(ports: readonly number[]) {
  return createCluster({
    rootNodes: ports.map((port) => ({ socket: { host: '127.0.0.1', port } })),
    defaults: nodeRedisOptions,
  })
}

const nodeRedisOptions = {
  disableOfflineQueue: true,
  // The time-out begins again with each write, so there has to be a pause: a store that fails is asked every 700 ms, and a
  // ping waits for the one before it.
  pingInterval: 200,
  socket: {
    connectTimeout: patienceMilliseconds,
    socketTimeout: patienceMilliseconds,
    reconnectStrategy: reconnectMilliseconds,
  },
} as const
