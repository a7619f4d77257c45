import { type BoundClient, type BoundRequest, createBoundClient } from './bound-client.ts'
import { type DpopRow, type DpopVerifier, dpopRows, entriesHeld, warmMemoryRow } from './dpop-verifiers.ts'
import { startRedis } from './redis-server.ts'
import type { Run, Section } from './report.ts'
import { type Contender, measureInRounds } from './rounds.ts'
import { tampered } from './tampered.ts'

/** Verification of bound tokens and their proofs in this process: no HTTP, one request after the other. */
export async function measureDpop({ quick }: Run): Promise<Section> {
  const rounds = quick ? { rounds: 11, warmUpMilliseconds: 200 } : { rounds: 61, warmUpMilliseconds: 600 }
  const redis = await startRedis()
  const client = await createBoundClient(quick ? 6000 : 20_000)
  const { token, proof } = client.request(0)
  const contenders: Contender[] = []
  for (const row of dpopRows) {
    const verifier = await row.create(client, redis.client)
    await checkVerdicts(row, verifier, client)
    contenders.push(contender(verifier, row, client))
  }
  const measured = await measureInRounds(contenders, rounds)
  await Promise.all([client.close(), redis.close()])
  return {
    tables: [
      {
        title: 'Verifying a token and its proof in process',
        columns: ['', 'used proofs in', 'µs', '× raw'],
        rows: measured.map(({ name, microseconds, ratio }, index) => [
          name,
          dpopRows[index]?.usedProofs ?? '',
          microseconds.toFixed(1),
          ratio.toFixed(2),
        ]),
        notes: [
          `Median per call over ${rounds.rounds} interleaved rounds, and the median of the ratios to raw verification of the proof within each round. RS256 tokens of ${token.length} characters, 300 different ones; ES256 proofs of ${proof.length} characters. All are of one client with one key, which Sallyport knows after the first proof; its store in memory has its limits raised, since one client sends everything, and ${entriesHeld.toLocaleString('en')} entries to begin with, which expire spread over five minutes.`,
          'Every call has a new proof, signed beforehand: a contender sees each of them once, and all contenders see the same ones.',
          'Raw verification checks signatures alone, of bytes and keys prepared beforehand. Every other row starts from a request or its two headers, and checks the token (signature, issuer, audience, expiry) and the proof: signature, type, thumbprint of its key, hash of the token, method, URL and age. For jose these checks are written by hand, with a `Set` for used proofs.',
          'Before the measurement every contender accepted a good request and refused it with one character of a signature changed; those that check requests also refused a proof for another URL, and those that keep used proofs a second use. "-": used proofs are not kept.',
          `Redis ${redis.version} on loopback, one round trip per request. With Redis, and where WebCrypto verifies outside the calling thread (jose and express-oauth2-jwt-bearer), the number is the time until the answer is there.`,
        ],
      },
    ],
    figures: { dpopRatio: measured[dpopRows.indexOf(warmMemoryRow)]?.ratio },
  }
}

/** A proof is good once, so each contender counts for itself. The first one was used by the check. */
function contender(verifier: DpopVerifier, { name }: DpopRow, client: BoundClient): Contender {
  let used = 1
  return { name, prepare: () => verifier(client.request(used++)) }
}

async function checkVerdicts(row: DpopRow, verifier: DpopVerifier, client: BoundClient): Promise<void> {
  const good = client.request(0)
  const bad: Record<string, BoundRequest> = { 'a tampered proof': { ...good, proof: tampered(good.proof) } }
  if (row.checks !== 'proof signature') bad['a tampered token'] = { ...good, token: tampered(good.token) }
  if (row.checks === 'request') bad['a proof for another URL'] = client.requestElsewhere()
  for (const [what, request] of Object.entries(bad))
    if (await accepts(verifier, request)) throw new Error(`${row.name} accepts ${what}.`)
  if (!(await accepts(verifier, good))) throw new Error(`${row.name} refuses a good request.`)
  if (row.usedProofs !== '-' && (await accepts(verifier, good))) throw new Error(`${row.name} accepts a used proof.`)
}

async function accepts(verifier: DpopVerifier, request: BoundRequest): Promise<boolean> {
  try {
    return Boolean(await verifier(request)())
  } catch {
    return false
  }
}
