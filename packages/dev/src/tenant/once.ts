import type { TenantContext } from './tenant-context.js'

/** Things that are good for a while, such as codes: each can be taken once, and none outlives its time. */
export interface Once<Value> {
  put(key: string, value: Value, lifetimeSeconds: number): void
  /** Looks without taking. */
  peek(key: string): Value | undefined
  take(key: string): Value | undefined
}

/** Makes a thing once for each tenant, for endpoints that share it. */
export function oncePerTenant<Thing>(make: (context: TenantContext) => Thing): (context: TenantContext) => Thing {
  const made = new WeakMap<TenantContext, Thing>()
  return (context) => {
    const thing = made.get(context) ?? make(context)
    made.set(context, thing)
    return thing
  }
}

const maxEntries = 10_000

export function createOnce<Value>(nowSeconds: () => number): Once<Value> {
  const entries = new Map<string, { readonly value: Value; readonly until: number }>()

  function peek(key: string): Value | undefined {
    const entry = entries.get(key)
    return entry === undefined || entry.until < nowSeconds() ? undefined : entry.value
  }

  function makeRoom(): void {
    for (const [key, { until }] of entries) if (until < nowSeconds()) entries.delete(key)
    for (const key of entries.keys()) {
      if (entries.size < maxEntries) return
      entries.delete(key)
    }
  }

  return {
    peek,
    put: (key, value, lifetimeSeconds) => {
      if (entries.size >= maxEntries) makeRoom()
      entries.set(key, { value, until: nowSeconds() + lifetimeSeconds })
    },
    take: (key) => {
      const value = peek(key)
      entries.delete(key)
      return value
    },
  }
}
