import { median } from './median.ts'

export interface Contender {
  readonly name: string
  /** Makes one call ready, outside of the measured time. */
  prepare(index: number): () => unknown
}

export interface Measured {
  readonly name: string
  /** Median over all rounds. */
  readonly microseconds: number
  /** Median of the ratios to the first contender, each within one round: what slows a whole round down cancels out. */
  readonly ratio: number
}

export interface RoundOptions {
  readonly rounds: number
  readonly warmUpMilliseconds: number
}

const laneMilliseconds = 7
/** Few enough for the prepared calls to stay in the processor's cache, as a request that was just read does. */
const callsPrepared = 200

/**
 * Measures contenders side by side: every round gives about 7 ms to each, in an order that rotates. Garbage collection is
 * left to itself.
 */
export async function measureInRounds(
  contenders: readonly Contender[],
  { rounds, warmUpMilliseconds }: RoundOptions,
): Promise<readonly Measured[]> {
  const lanes = []
  for (const contender of contenders) {
    const calls = await warmUp(contender, warmUpMilliseconds)
    lanes.push({ contender, calls, times: [] as number[], next: 0 })
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const [place] of lanes.entries()) {
      const lane = lanes[(place + round) % lanes.length]
      if (lane === undefined) continue
      lane.times.push(await timeCalls(lane.contender, lane.calls, lane.next))
      lane.next += lane.calls
    }
  }
  const limit = lanes[0]?.times ?? []
  return lanes.map(({ contender, times }) => ({
    name: contender.name,
    microseconds: median(times),
    ratio: median(times.map((time, round) => time / (limit[round] ?? Number.NaN))),
  }))
}

/** @returns how many calls fill a round. */
async function warmUp(contender: Contender, milliseconds: number): Promise<number> {
  const until = performance.now() + milliseconds
  let microseconds = 0
  for (let next = 0; performance.now() < until; next += 100) microseconds = await timeCalls(contender, 100, next)
  return Math.max(10, Math.min(3000, Math.round((laneMilliseconds * 1000) / microseconds)))
}

/** @returns microseconds per call. */
async function timeCalls(contender: Contender, calls: number, from: number): Promise<number> {
  let milliseconds = 0
  for (let done = 0; done < calls; done += callsPrepared) {
    const batch = Math.min(callsPrepared, calls - done)
    const prepared = Array.from({ length: batch }, (_, index) => contender.prepare(from + done + index))
    const start = performance.now()
    for (const call of prepared) {
      const result = call()
      if (result instanceof Promise) await result
    }
    milliseconds += performance.now() - start
  }
  return (milliseconds * 1000) / calls
}
