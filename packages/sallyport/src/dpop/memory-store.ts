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
  const options = checked<MemoryReplayStoreOptions>('', given, rules)
  const { maxEntries = 100_000, maxEntriesPerKey = 1000, clock = systemClock } = options
  const live = new Set<string>()
  const livePerProofKey = new Map<string, number>()
  // By the second in which they expire: what is due is found without looking at what is not.
  const due = new Map<number, Batch>()
  let nextSweep = Number.NEGATIVE_INFINITY
  const seconds = () => clock.monotonicMilliseconds() / 1000
  const epochSeconds = () => clock.epochMilliseconds() / 1000

  /** Releases what is past on both clocks: a wall clock that is set back makes old proofs good again. */
  function sweep(mostEntries: number): void {
    const now = { monotonic: seconds(), epoch: epochSeconds() }
    if (now.monotonic < nextSweep) return
    nextSweep = Math.floor(now.monotonic) + 1
    let remaining = mostEntries
    for (const [second, batch] of due) {
      if (second > now.monotonic || batch.until > now.epoch) continue
      for (; remaining > 0 && batch.entries.length > 0; remaining -= 1) release(batch.entries.pop())
      if (remaining === 0) {
        nextSweep = now.monotonic
        return
      }
      due.delete(second)
    }
  }

  function release(entry: Entry | undefined): void {
    if (entry === undefined) return
    const { key, jkt } = entry
    live.delete(key)
    const others = (livePerProofKey.get(jkt) ?? 0) - 1
    if (others > 0) livePerProofKey.set(jkt, others)
    else livePerProofKey.delete(jkt)
  }

  function keep(entry: Entry, ttlSeconds: number): void {
    const second = Math.ceil(seconds() + ttlSeconds)
    const batch = due.get(second) ?? { entries: [], until: 0 }
    due.set(second, batch)
    batch.entries.push(entry)
    batch.until = Math.max(batch.until, epochSeconds() + ttlSeconds)
    live.add(entry.key)
    livePerProofKey.set(entry.jkt, (livePerProofKey.get(entry.jkt) ?? 0) + 1)
  }

  return {
    claim: (key, ttlSeconds, jkt) => {
      sweep(releasedPerClaim)
      if (live.has(key)) return false
      const ofThisKey = () => livePerProofKey.get(jkt) ?? 0
      if (live.size >= maxEntries || ofThisKey() >= maxEntriesPerKey) sweep(Number.POSITIVE_INFINITY)
      if (ofThisKey() >= maxEntriesPerKey) throw new RequestRefused('proof_limit_reached')
      if (live.size >= maxEntries) throw new ReplayStoreFull()
      keep({ key, jkt }, ttlSeconds)
      return true
    },
  }
}

/** More than a claim adds, and few enough that no request waits for the others' entries to go. */
const releasedPerClaim = 1000

interface Entry {
  readonly key: string
  readonly jkt: string
}

interface Batch {
  readonly entries: Entry[]
  /** Seconds since 1970. */
  until: number
}
