import { type Clock, isClock, systemClock } from '../clock.js'
import { RequestRefused } from '../errors.js'
import { checked, type OptionRule } from '../option-rules.js'
import { type ReplayStore, ReplayStoreFull } from './replay-store.js'

export interface MemoryReplayStoreOptions {
  /** Live entries. Default 100,000. */
  readonly maxEntries?: number
  /** Live entries of one proof key. Default 1,000: at the default age of proofs two requests a second without a pause. */
  readonly maxEntriesPerKey?: number
  /** Default: the system's clock. */
  readonly clock?: Clock
}

const count = {
  accepts: (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= 10_000_000,
  wants: 'a whole number from 1 to 10000000',
}
const rules: { readonly [Name in keyof Required<MemoryReplayStoreOptions>]: OptionRule } = {
  maxEntries: count,
  maxEntriesPerKey: count,
  clock: { accepts: isClock, wants: 'an object with epochMilliseconds() and monotonicMilliseconds()' },
}

/**
 * Keeps used proofs in this process, which is enough for an API that is one process. A live entry is never given up: when
 * the store is full the answer is 503, and a key that fills its share gets `proof_limit_reached`.
 *
 * @throws {InvalidOptions}
 */
export function memoryReplayStore(given: MemoryReplayStoreOptions = {}): ReplayStore {
  const options = checked<MemoryReplayStoreOptions>('replay.', given, rules)
  const { maxEntries = 100_000, maxEntriesPerKey = 1000, clock = systemClock } = options
  const live = new Set<string>()
  const livePerProofKey = new Map<string, number>()
  // By the second in which they expire: what is due is found without looking at what is not.
  const entriesBySecond = new Map<number, Entry[]>()
  const seconds = () => clock.monotonicMilliseconds() / 1000
  let sweptAt = Math.floor(seconds())

  function sweep(): void {
    const now = Math.floor(seconds())
    if (now === sweptAt) return
    sweptAt = now
    for (const [second, entries] of entriesBySecond) {
      if (second > now) continue
      entriesBySecond.delete(second)
      for (const entry of entries) release(entry)
    }
  }

  function release({ key, jkt }: Entry): void {
    live.delete(key)
    const remaining = (livePerProofKey.get(jkt) ?? 0) - 1
    if (remaining > 0) livePerProofKey.set(jkt, remaining)
    else livePerProofKey.delete(jkt)
  }

  return {
    claim: (key, ttlSeconds, jkt) => {
      sweep()
      if (live.has(key)) return false
      const ofThisKey = livePerProofKey.get(jkt) ?? 0
      if (ofThisKey >= maxEntriesPerKey) throw new RequestRefused('proof_limit_reached')
      if (live.size >= maxEntries) throw new ReplayStoreFull()
      const second = Math.ceil(seconds() + ttlSeconds)
      const entries = entriesBySecond.get(second) ?? []
      entriesBySecond.set(second, entries)
      entries.push({ key, jkt })
      live.add(key)
      livePerProofKey.set(jkt, ofThisKey + 1)
      return true
    },
  }
}

interface Entry {
  readonly key: string
  readonly jkt: string
}
