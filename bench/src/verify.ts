import type { AlgorithmName } from 'sallyport'
import { type BenchIssuer, createBenchIssuer } from './issuer.ts'
import type { Run, Section, Table } from './report.ts'
import { type Contender, type Measured, measureInRounds } from './rounds.ts'
import { tampered } from './tampered.ts'
import { rawName, sallyportCold, sallyportWarm, type Verifier, verifiers } from './verifiers.ts'

const algorithms: readonly AlgorithmName[] = ['RS256', 'ES256', 'EdDSA']
const distinctTokens = 300
const noToken = Buffer.alloc(0)

/** Verification in this process: no HTTP, no network, one token after the other. */
export async function measureVerification({ quick }: Run): Promise<Section> {
  const rounds = quick ? { rounds: 11, warmUpMilliseconds: 200 } : { rounds: 61, warmUpMilliseconds: 600 }
  const results = new Map<string, readonly Measured[]>()
  let tokenLength = 0
  for (const algorithm of algorithms) {
    const issuer = await createBenchIssuer(algorithm)
    const tokens = (await issuer.tokens(distinctTokens)).map((token) => Buffer.from(token))
    if (algorithm === 'RS256') tokenLength = tokens[0]?.length ?? 0
    const contenders = await usableVerifiers(issuer, tokens)
    results.set(algorithm, await measureInRounds(contenders, rounds))
    await issuer.close()
  }
  const find = (name: string) => results.get('RS256')?.find((measured) => measured.name === name)
  return {
    tables: [
      {
        title: 'Verifying a token in process',
        columns: ['', ...algorithms.flatMap((name) => [`${name} µs`, '× raw'])],
        rows: Object.keys(verifiers).map((name) => [
          name,
          ...[...results.values()].flatMap((measured) => cells(measured.find((one) => one.name === name))),
        ]),
        notes: [
          `Median per call over ${rounds.rounds} interleaved rounds, and the median of the ratios to raw verification within each round. RS256 tokens have ${tokenLength} characters; ${distinctTokens} different tokens per algorithm, as fresh strings.`,
          'Raw verification checks the signature alone, of bytes and keys prepared beforehand. Every other row also reads the token and checks issuer, audience and expiry. Sallyport and express-oauth2-jwt-bearer start from a request, the others from the token.',
          'Before the measurement every contender accepted a good token and refused it with one character of its signature changed. "-": the library does not offer this algorithm.',
          'jose and express-oauth2-jwt-bearer verify with WebCrypto, outside the calling thread: the number is the time until the answer is there, one token after the other.',
        ],
      },
      againstEach(results),
    ],
    figures: {
      coldRatio: find(sallyportCold)?.ratio,
      warmMicroseconds: find(sallyportWarm)?.microseconds,
      rawMicroseconds: find(rawName)?.microseconds,
    },
  }
}

async function usableVerifiers(issuer: BenchIssuer, tokens: readonly Buffer[]): Promise<readonly Contender[]> {
  const contenders: Contender[] = []
  for (const [name, create] of Object.entries(verifiers)) {
    const verifier = await create(issuer)
    if (verifier === undefined) continue
    await checkVerdicts(name, verifier, tokens[0] ?? noToken)
    contenders.push({ name, prepare: (index) => verifier(tokens[index % tokens.length] ?? noToken) })
  }
  return contenders
}

async function checkVerdicts(name: string, verifier: Verifier, good: Buffer): Promise<void> {
  if (!(await accepts(verifier, good))) throw new Error(`${name} refuses a good token.`)
  if (await accepts(verifier, tampered(good))) throw new Error(`${name} accepts a tampered token.`)
}

async function accepts(verifier: Verifier, token: Buffer): Promise<boolean> {
  try {
    return Boolean(await verifier(token)())
  } catch {
    return false
  }
}

/** The median of each contender as a multiple of Sallyport's, new tokens beside new tokens and known beside known. */
function againstEach(results: ReadonlyMap<string, readonly Measured[]>): Table {
  const own: readonly string[] = [rawName, sallyportCold, sallyportWarm]
  const peers = Object.keys(verifiers).filter((name) => !own.includes(name))
  return {
    title: 'Each library as a multiple of Sallyport',
    columns: ['', ...results.keys()],
    rows: peers.map((peer) => [
      peer,
      ...[...results.values()].map((measured) => {
        const beside = peer.endsWith('cached') ? sallyportWarm : sallyportCold
        const [other, sallyport] = [peer, beside].map((name) => measured.find((one) => one.name === name)?.microseconds)
        return other === undefined || sallyport === undefined ? '-' : `${(other / sallyport).toFixed(2)} ×`
      }),
    ]),
    notes: ['The medians of the table above: "cached" beside remembered tokens, the others beside new ones.'],
  }
}

function cells(measured: Measured | undefined): readonly string[] {
  if (measured === undefined) return ['-', '-']
  const { microseconds, ratio } = measured
  return [microseconds.toFixed(microseconds < 10 ? 2 : 1), ratio.toFixed(2)]
}
