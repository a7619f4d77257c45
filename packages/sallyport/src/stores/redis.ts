import { InvalidOptions, type ReplayStore } from '../index.js'

/** A client of ioredis or of node-redis (`redis`), of a single server or of a cluster. It is yours: open it and close it. */
export interface RedisClient {
  set(...parameters: never[]): Promise<unknown>
  get(...parameters: never[]): Promise<unknown>
}

export interface RedisReplayStoreOptions {
  /** Default `sallyport:replay:`. */
  readonly keyPrefix?: string
  /** Hears, once, that the server may throw live entries away, or that this cannot be known. Default: `console.warn`. */
  readonly onWarning?: (message: string) => void
}

/**
 * Keeps used proofs in Redis, so that a proof accepted by one instance is refused by all others.
 *
 * @throws {InvalidOptions}
 * @example
 * const replay = redisReplayStore(new Redis(process.env.REDIS_URL, { enableOfflineQueue: false }))
 * const auth0 = createAuth({ domain, audience, dpop: { replay } })
 */
export function redisReplayStore(client: RedisClient, options: RedisReplayStoreOptions = {}): ReplayStore {
  const unknown = Object.keys(options).find((name) => !optionNames.includes(name))
  if (unknown !== undefined)
    throw new InvalidOptions(unknown, `There is no option "${unknown}". Known: ${optionNames.join(', ')}.`)
  const { keyPrefix = 'sallyport:replay:', onWarning = warn } = options
  const commands = commandsOf(client)
  const checkPolicy = createEvictionCheck(client, onWarning)
  checkPolicy()

  return {
    claim: async (key, ttlSeconds) => {
      const name = `${keyPrefix}${key}`
      // A client library may send a command again when the connection broke before the reply came: who finds its own marker
      // was first all the same.
      const marker = crypto.randomUUID()
      const reply = await commands.setIfAbsent(name, marker, ttlSeconds * 1000)
      if (reply !== null && reply !== 'OK') throw new TypeError('Redis answered SET with neither OK nor nothing.')
      checkPolicy()
      return reply === 'OK' || holds(await commands.get(name), marker)
    },
  }
}

/** An entry that expired a moment ago is nobody's marker any more. */
function holds(found: unknown, marker: string): boolean {
  if (found !== null && (typeof found !== 'string' || found === ''))
    throw new TypeError('Redis answered GET with something that is no marker.')
  return found === marker
}

const optionNames: readonly string[] = ['keyPrefix', 'onWarning'] satisfies (keyof RedisReplayStoreOptions)[]

interface Commands {
  /** One atomic command: `OK` when the key was set, `null` when there was one. */
  setIfAbsent(name: string, value: string, milliseconds: number): Promise<unknown>
  get(name: string): Promise<unknown>
}

function commandsOf(client: RedisClient): Commands {
  if (typeof Object(client).set !== 'function' || typeof Object(client).get !== 'function')
    throw new InvalidOptions('client', 'redisReplayStore takes a client of ioredis or node-redis.')
  const { set, get } = client as unknown as Record<'set' | 'get', (...parameters: unknown[]) => Promise<unknown>>
  return {
    setIfAbsent: isIoredis(client)
      ? (name, value, milliseconds) => set.call(client, name, value, 'PX', milliseconds, 'NX')
      : (name, value, milliseconds) => set.call(client, name, value, { NX: true, PX: milliseconds }),
    get: (name) => get.call(client, name),
  }
}

function isIoredis(client: RedisClient): client is RedisClient & { readonly isCluster: boolean } {
  return 'isCluster' in client
}

const maxLooks = 3

/** Looks until it has seen, as a server may not be there yet: a policy that evicts keys lets used proofs in again. */
function createEvictionCheck(client: RedisClient, onWarning: (message: string) => void): () => void {
  let looks = 0
  let isDone = false
  async function look(): Promise<void> {
    looks += 1
    const policies = await evictionPolicies(client).catch(() => [])
    const evicting = policies.find((policy) => policy !== 'noeviction')
    if (isDone || (policies.length === 0 && looks < maxLooks)) return
    isDone = true
    if (policies.length === 0) await onWarning(unknownPolicy)
    else if (evicting !== undefined) await onWarning(evictionWarning(evicting))
  }
  return () => {
    // What the listener throws stays with the listener.
    if (!isDone && looks < maxLooks) look().catch(() => {})
  }
}

const unknownPolicy =
  'sallyport: the maxmemory-policy of Redis cannot be read. See that it is "noeviction", or used proofs may be forgotten.'

function evictionWarning(policy: string): string {
  return `sallyport: Redis has the maxmemory-policy "${policy}" and may throw live replay entries away. Set it to "noeviction".`
}

/** `INFO` and not `CONFIG`, which managed servers do not allow. */
async function evictionPolicies(client: RedisClient): Promise<readonly string[]> {
  const infos = await Promise.all((await nodesOf(client)).map((node) => node.info('memory')))
  return infos.flatMap((info) => /maxmemory_policy:([a-z-]+)/.exec(String(info))?.[1] ?? [])
}

interface Node {
  info(section: string): Promise<unknown>
}

/** The servers that hold keys. */
async function nodesOf(client: RedisClient): Promise<readonly Node[]> {
  const { nodes, masters, nodeClient, info } = client as Partial<ClusterMembers> & Partial<Node>
  if (isIoredis(client) && client.isCluster && nodes !== undefined) return nodes.call(client, 'master')
  if (masters !== undefined && nodeClient !== undefined)
    return Promise.all(masters.map((master) => nodeClient.call(client, master)))
  return info === undefined ? [] : [client as unknown as Node]
}

/** What the two libraries' cluster clients have for it. */
interface ClusterMembers {
  /** ioredis */
  nodes(role: 'master'): readonly Node[]
  /** node-redis */
  readonly masters: readonly unknown[]
  nodeClient(master: unknown): Promise<Node>
}

function warn(message: string): void {
  console.warn(message)
}
