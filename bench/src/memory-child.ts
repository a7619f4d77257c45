import { createResourceServer, type ResourceServer } from 'sallyport'
import { badTokens, readGoodToken } from './bad-tokens.ts'
import { answerParent } from './child.ts'
import { heldMegabytes } from './held-memory.ts'
import type { IssuerFacts } from './issuer.ts'
import { readTokenFile } from './token-file.ts'
import { bearerRequest } from './verifiers.ts'

export interface MemoryQuestion extends IssuerFacts {
  readonly tokenFile: string
  readonly kind: 'good' | 'bad'
  /** Memory is read each time that this many tokens were seen. */
  readonly counts: readonly number[]
}

answerParent(async ({ tokenFile, kind, counts, ...issuer }: MemoryQuestion): Promise<readonly number[]> => {
  const tokens = readTokenFile(tokenFile)
  const send = kind === 'good' ? sendGood : sendBad
  // A first resource server, soon forgotten, so that compiled code and the like are there before the measurement.
  await send(await start(issuer), tokens, 0, 1000)
  const before = await heldMegabytes()
  const api = await start(issuer)
  const held: number[] = []
  let sent = 0
  for (const count of counts) {
    await send(api, tokens, sent, count)
    sent = count
    held.push((await heldMegabytes()) - before)
  }
  api.health()
  return held
})

async function start({ issuer, audience }: IssuerFacts): Promise<ResourceServer> {
  const api = createResourceServer({ issuer, audience })
  await api.warmUp()
  return api
}

async function sendGood(api: ResourceServer, tokens: readonly Buffer[], from: number, to: number): Promise<void> {
  for (const token of tokens.slice(from, to)) await api.authenticate(bearerRequest(token))
}

async function sendBad(api: ResourceServer, tokens: readonly Buffer[], from: number, to: number): Promise<void> {
  const good = readGoodToken(String(tokens[0]))
  const kinds = Object.values(badTokens)
  for (let number = from; number < to; number += 1) {
    const token = Buffer.from(kinds[number % kinds.length]?.(good, number) ?? '')
    if (await isAccepted(api, token)) throw new Error('Sallyport accepts a bad token.')
  }
}

async function isAccepted(api: ResourceServer, token: Buffer): Promise<boolean> {
  try {
    await api.authenticate(bearerRequest(token))
    return true
  } catch {
    return false
  }
}
