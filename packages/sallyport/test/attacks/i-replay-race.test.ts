import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestIssuer, type DpopClient, dpopClient, type TestIssuer } from '../../src/testing/index.js'
import type { RaceMessage, RaceSetup, RaceTask, RoundResult } from '../support/race-child.js'
import { clientLibraries } from '../support/redis-clients.js'
import { type RedisServer, startRedis } from '../support/redis-server.js'

const processes = 4
const copies = 16
const rounds = 2000
const roundsAtOnce = 8
const url = 'https://api.test/resource'

/** One process with a resource server of its own. */
interface Racer {
  readonly pid: number
  play(task: RaceTask): Promise<readonly RoundResult[]>
  stop(): Promise<void>
}

async function startRacer(setup: RaceSetup): Promise<Racer> {
  const child: ChildProcess = fork(
    fileURLToPath(new URL('../support/race-child.ts', import.meta.url)),
    [JSON.stringify(setup)],
    // Every version of Node runs it, also those that do not know TypeScript. The test's own switches are not for it.
    {
      execArgv: ['--import', 'tsx'],
      env: { ...process.env, NODE_OPTIONS: '' },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    },
  )
  let complaint = ''
  child.stderr?.on('data', (data) => {
    complaint += data
  })
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  const failed = ended.then((code) => Promise.reject(new Error(`A process ended with ${code}: ${complaint}`)))
  failed.catch(() => {})
  const heard = async (): Promise<RaceMessage> => (await Promise.race([once(child, 'message'), failed]))[0]

  const first = await heard()
  if (!('ready' in first)) throw new Error('A process plays before it is ready.')
  return {
    pid: first.pid,
    play: async (task) => {
      const answer = heard()
      child.send(task)
      const message = await answer
      return 'results' in message ? message.results : []
    },
    stop: async () => {
      child.disconnect()
      await ended
    },
  }
}

/** What came of one proof, over all processes. */
interface Round {
  readonly accepted: number
  readonly replayed: number
  readonly unavailable: number
  readonly others: readonly string[]
}

function sum(results: readonly (RoundResult | undefined)[]): Round {
  const total = (name: 'accepted' | 'replayed' | 'unavailable') =>
    results.reduce((count, result) => count + (result?.[name] ?? 0), 0)
  return {
    accepted: total('accepted'),
    replayed: total('replayed'),
    unavailable: total('unavailable'),
    others: results.flatMap((result) => result?.others ?? ['no result']),
  }
}

describe('I. Races between processes', () => {
  let redis: RedisServer
  let issuer: TestIssuer
  let client: DpopClient
  let token: string
  let racers: readonly Racer[] = []
  beforeAll(async () => {
    redis = await startRedis()
    issuer = await createTestIssuer({ algorithm: 'ES256', listen: true })
    client = await dpopClient({ issuer })
    token = await client.token()
    const setup = {
      issuer: issuer.issuer,
      audience: String(issuer.audience),
      redisPort: redis.port,
      copies,
      token,
      url,
    }
    racers = await Promise.all(
      Array.from({ length: processes }, (_, index) =>
        startRacer({ ...setup, library: clientLibraries[index % 2] ?? 'ioredis' }),
      ),
    )
  }, 30_000)
  afterAll(async () => {
    await Promise.all(racers.map(({ stop }) => stop()))
    await issuer.close()
    await redis.stop()
  })

  async function play(first: number): Promise<readonly Round[]> {
    const proofs = await Promise.all(Array.from({ length: roundsAtOnce }, () => client.proof({ url, token })))
    const results = await Promise.all(racers.map((racer) => racer.play({ first, proofs })))
    for (const [index, own] of results.entries())
      wins[index] = (wins[index] ?? 0) + own.filter(({ accepted }) => accepted > 0).length
    return proofs.map((_, index) => sum(results.map((own) => own[index])))
  }
  const wins: number[] = []

  it('G17 accepts exactly one of 64 copies that race over four processes and one Redis, 2,000 times', async () => {
    expect(new Set(racers.map(({ pid }) => pid)).size).toBe(processes)
    let [played, decided] = [0, 0]
    while (decided < rounds) {
      for (const { accepted, replayed, unavailable, others } of await play(played)) {
        played += 1
        expect(others).toEqual([])
        expect(accepted).toBeLessThanOrEqual(1)
        expect(accepted + replayed + unavailable).toBe(processes * copies)
        // A busy machine may be late with a verdict: then the round has no winner, and does not count.
        if (unavailable > 0) continue
        expect(accepted).toBe(1)
        decided += 1
      }
      expect(played).toBeLessThan(rounds * 1.1)
    }
    // Every process has won, so it was a race.
    expect(wins).toHaveLength(processes)
    for (const won of wins) expect(won).toBeGreaterThan(0)
    expect(Number(await redis.command('DBSIZE'))).toBe(played)
  }, 120_000)
})
