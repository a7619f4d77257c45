// One of several processes that race for the same proofs, each with the built package: i-replay-race.test.ts starts them.
import { createResourceServer, DependencyUnavailable, RequestRefused } from 'sallyport'
import { redisReplayStore } from 'sallyport/redis'
import { type ClientLibrary, openClient, untilReady } from './redis-clients.js'

export interface RaceSetup {
  readonly issuer: string
  readonly audience: string
  readonly redisPort: number
  readonly library: ClientLibrary
  /** Copies of each proof that a process sends at once. */
  readonly copies: number
  readonly token: string
  readonly url: string
}

/** A batch of rounds: one proof each. */
export interface RaceTask {
  readonly first: number
  readonly proofs: readonly string[]
}

export interface RoundResult {
  readonly round: number
  readonly accepted: number
  readonly replayed: number
  /** The store gave no verdict in time. */
  readonly unavailable: number
  /** Anything else, by its code. */
  readonly others: readonly string[]
}

export type RaceMessage = { readonly ready: true; readonly pid: number } | { readonly results: readonly RoundResult[] }

const setup: RaceSetup = JSON.parse(process.argv[2] ?? '{}')
const { issuer, audience, redisPort, library, copies, token } = setup
const { pathname, host } = new URL(setup.url)

const opened = openClient(library, redisPort)
const api = createResourceServer({
  issuer,
  audience,
  algorithms: ['ES256'],
  dpop: { mode: 'required', replay: redisReplayStore(opened.client) },
})

async function outcome(proof: string): Promise<'accepted' | 'unavailable' | string> {
  try {
    const headers = { host, authorization: `DPoP ${token}`, dpop: proof }
    await api.authenticate({ method: 'GET', url: pathname, scheme: 'https', headers })
    return 'accepted'
  } catch (error) {
    if (error instanceof RequestRefused) return error.code
    return error instanceof DependencyUnavailable ? 'unavailable' : String(error)
  }
}

async function play(round: number, proof: string): Promise<RoundResult> {
  const outcomes = await Promise.all(Array.from({ length: copies }, () => outcome(proof)))
  const count = (wanted: string) => outcomes.filter((one) => one === wanted).length
  const expected = ['accepted', 'proof_replayed', 'unavailable']
  return {
    round,
    accepted: count('accepted'),
    replayed: count('proof_replayed'),
    unavailable: count('unavailable'),
    others: outcomes.filter((one) => !expected.includes(one)),
  }
}

function tell(message: RaceMessage): void {
  process.send?.(message)
}

process.on('message', async ({ first, proofs }: RaceTask) => {
  tell({ results: await Promise.all(proofs.map((proof, index) => play(first + index, proof))) })
})
process.once('disconnect', () => {
  opened.close()
  api.close()
})
await Promise.all([untilReady(opened), api.warmUp()])
tell({ ready: true, pid: process.pid })
