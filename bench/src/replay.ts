import { startChild } from './child.ts'
import { median } from './median.ts'
import { startRedis } from './redis-server.ts'
import type { ReplayQuestion } from './replay-child.ts'
import type { Run, Section, Table } from './report.ts'

const processCounts = [1, 2, 4]
const waiting = 100
/** What the store in memory holds by default, and how many of one client. */
const maxEntries = 100_000
const maxEntriesPerClient = 1000

/** How many used proofs a replay store takes, and what they weigh in memory. */
export async function measureReplay({ quick }: Run): Promise<Section> {
  const { rounds, seconds } = quick ? { rounds: 3, seconds: 0.4 } : { rounds: 9, seconds: 1.5 }
  return { tables: [await claimsTable(rounds, seconds), await heldTable()], figures: {} }
}

async function claimsTable(rounds: number, seconds: number): Promise<Table> {
  const redis = await startRedis()
  const children = Array.from({ length: Math.max(...processCounts) }, startReplayChild)
  const claimTogether = async (processes: number, duration: number) => {
    const question = { measure: 'redis', port: redis.port, seconds: duration, waiting } as const
    const rates = await Promise.all(children.slice(0, processes).map((child) => child.ask(question)))
    await redis.client.flushall()
    return rates.reduce((sum, rate) => sum + rate, 0)
  }
  const inMemory = startReplayChild()
  const claimInMemory = () =>
    inMemory.ask({ measure: 'memory', claims: maxEntries, clients: maxEntries / maxEntriesPerClient })

  await claimTogether(children.length, seconds)
  await claimInMemory()
  const overRedis = new Map(processCounts.map((processes): [number, number[]] => [processes, []]))
  const memoryRates: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    for (const [processes, rates] of overRedis) rates.push(await claimTogether(processes, seconds))
    memoryRates.push(await claimInMemory())
  }
  await Promise.all([inMemory, ...children].map((child) => child.end()))
  await redis.close()
  return {
    title: 'Replay stores',
    columns: ['used proofs in', 'processes', 'claims/s'],
    rows: [
      ...[...overRedis].map(([processes, rates]) => ['Redis', String(processes), median(rates).toFixed(0)]),
      ['memory', '1', median(memoryRates).toFixed(0)],
    ],
    notes: [
      `Claims of new keys, every one of which was won; medians of ${rounds} interleaved rounds. Redis ${redis.version} on loopback without persistence, on the cores of the same machine; ioredis with its default options, one connection per process, ${waiting} claims under way per process, rounds of ${seconds} s. In memory a round fills an empty store with its ${count(maxEntries)} entries, ${count(maxEntriesPerClient)} of each client, which expire spread over five minutes.`,
    ],
  }
}

async function heldTable(): Promise<Table> {
  const rows: string[][] = []
  for (const clients of [maxEntries / maxEntriesPerClient, maxEntries]) {
    const child = startReplayChild()
    const held = await child.ask({ measure: 'held megabytes', claims: maxEntries, clients })
    await child.end()
    rows.push([`${count(maxEntries)} live entries of ${count(clients)} clients`, held.toFixed(2)])
  }
  return {
    title: 'Memory of used proofs',
    columns: ['the replay store in memory holds', 'MB'],
    rows,
    notes: [
      `heapUsed + external of a process of its own, after garbage collection, less what there was before the store was created. ${count(maxEntries)} live entries are the default limit; they too expire spread over five minutes.`,
    ],
  }
}

function startReplayChild() {
  return startChild<ReplayQuestion, number>('replay-child.ts', ['--expose-gc'])
}

function count(number: number): string {
  return number.toLocaleString('en')
}
