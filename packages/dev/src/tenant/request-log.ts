import { randomUUID } from 'node:crypto'

/** One answer of the tenant, for the console and `/api/v2/logs`. It has no token, secret or password. */
export interface LogEntry {
  readonly log_id: string
  /** ISO 8601. */
  readonly date: string
  readonly method: string
  readonly path: string
  readonly status: number
  readonly client_id?: string
  readonly user_id?: string
  readonly audience?: string
  /** The OAuth error, where the answer is a refusal. */
  readonly error?: string
  readonly description?: string
}

export interface RequestLog {
  /** Cuts what a request can make long. */
  add(entry: GivenEntry): void
  /** The newest first. */
  list(): readonly LogEntry[]
  /** @returns A function that ends it. */
  follow(listener: (entry: LogEntry) => void): () => void
}

const maxEntries = 500
const maxLength = 200

type GivenEntry = Omit<LogEntry, 'log_id' | 'date'>

export function createRequestLog(): RequestLog {
  let entries: LogEntry[] = []
  const listeners = new Set<(entry: LogEntry) => void>()
  return {
    add: (given) => {
      const entry = { log_id: randomUUID(), date: new Date().toISOString(), ...given, ...cut(given) }
      entries.push(entry)
      if (entries.length > 2 * maxEntries) entries = entries.slice(-maxEntries)
      for (const listener of listeners) listener(entry)
    },
    list: () => entries.slice(-maxEntries).reverse(),
    follow: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

function cut({ client_id, audience, description }: GivenEntry): Partial<GivenEntry> {
  return {
    ...(client_id === undefined ? {} : { client_id: client_id.slice(0, maxLength) }),
    ...(audience === undefined ? {} : { audience: audience.slice(0, maxLength) }),
    ...(description === undefined ? {} : { description: description.slice(0, maxLength) }),
  }
}
