import { createResourceServer } from 'sallyport'
import { badTokens, readGoodToken, wrongSignature } from './bad-tokens.ts'
import { createBenchIssuer } from './issuer.ts'
import type { Run, Section } from './report.ts'
import { type Contender, measureInRounds } from './rounds.ts'
import { bearerRequest } from './verifiers.ts'

/** What it costs Sallyport to refuse a token. */
export async function measureRefusals({ quick }: Run): Promise<Section> {
  const issuer = await createBenchIssuer('RS256')
  const [token = ''] = await issuer.tokens(1)
  const good = readGoodToken(token)
  const api = createResourceServer({ issuer: issuer.issuer, audience: issuer.audience })
  await api.warmUp()
  await api.authenticate(bearerRequest(Buffer.from(token)))

  const contenders = Object.entries(badTokens).map(([name, make]): Contender => {
    return {
      name,
      prepare: (index) => {
        const request = bearerRequest(Buffer.from(make(good, index)))
        return () => refusalOf(() => api.authenticate(request))
      },
    }
  })
  const rounds = quick ? { rounds: 11, warmUpMilliseconds: 150 } : { rounds: 31, warmUpMilliseconds: 400 }
  const measured = await measureInRounds(contenders, rounds)
  await issuer.close()
  const unsigned = measured.filter(({ name }) => name !== wrongSignature)
  return {
    tables: [
      {
        title: 'Refusing a bad token',
        columns: ['', 'µs'],
        rows: measured.map(({ name, microseconds }) => [name, microseconds.toFixed(1)]),
        notes: [
          `Sallyport, RS256, in process; median per call over ${rounds.rounds} interleaved rounds, every token different. The time includes making the exception. A wrong signature costs a signature check.`,
        ],
      },
    ],
    figures: { slowestMalformedMicroseconds: Math.max(...unsigned.map(({ microseconds }) => microseconds)) },
  }
}

/** @throws when there was nothing to refuse. */
function refusalOf(authenticate: () => unknown): unknown {
  try {
    const decision = authenticate()
    if (decision instanceof Promise) return decision.then(wasAccepted, (error: unknown) => error)
  } catch (error) {
    return error
  }
  return wasAccepted()
}

function wasAccepted(): never {
  throw new Error('Sallyport accepts a bad token.')
}
