import { median } from './median.ts'

/** One thing to measure. `run` throws, rejects or gives a falsy value where it refuses its input. */
export interface Contender<Input = unknown> {
  readonly name: string
  /** Makes the input of one call, outside of the measured time. */
  prepare(index: number): Input
  run(input: Input): unknown
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

const batchMilliseconds = 7
const maxBatch = 3000

/**
 * Measures contenders side by side: every round runs one batch of each, in an order that rotates. A batch is as long as
 * the contender's speed allows in 7 ms. Garbage collection is left to itself.
 */
export async function measureInRounds(
  contenders: readonly Contender[],
  { rounds, warmUpMilliseconds }: RoundOptions,
): Promise<readonly Measured[]> {
  const lanes = []
  for (const contender of contenders) {
    const batch = await warmUp(contender, warmUpMilliseconds)
    lanes.push({ contender, batch, times: [] as number[], next: 0 })
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const [place] of lanes.entries()) {
      const lane = lanes[(place + round) % lanes.length]
      if (lane === undefined) continue
      lane.times.push(await timeBatch(lane.contender, lane.batch, lane.next))
      lane.next += lane.batch
    }
  }
  const limit = lanes[0]?.times ?? []
  return lanes.map(({ contender, times }) => ({
    name: contender.name,
    microseconds: median(times),
    ratio: median(times.map((time, round) => time / (limit[round] ?? Number.NaN))),
  }))
}

/** @returns the batch size. */
async function warmUp(contender: Contender, milliseconds: number): Promise<number> {
  const until = performance.now() + milliseconds
  let microseconds = 0
  for (let next = 0; performance.now() < until; next += 100) microseconds = await timeBatch(contender, 100, next)
  return Math.max(10, Math.min(maxBatch, Math.round((batchMilliseconds * 1000) / microseconds)))
}

/** @returns microseconds per call. */
async function timeBatch(contender: Contender, batch: number, from: number): Promise<number> {
  const inputs = Array.from({ length: batch }, (_, index) => contender.prepare(from + index))
  const start = performance.now()
  for (const input of inputs) {
    const result = contender.run(input)
    if (result instanceof Promise) await result
  }
  return ((performance.now() - start) * 1000) / batch
}
