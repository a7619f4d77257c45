import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DpopMode, DpopOptions, ErrorProfile, TrustProxy } from '../../src/index.js'
import { createTestIssuer, type TestIssuer } from '../../src/testing/index.js'
import { exchangeWith } from './exchange.js'
import { type Answered, askInOneGo } from './situations/ask.js'
import { admitted, type Bench, openBench, optionsFor } from './situations/bench.js'
import { situations } from './situations/index.js'
import type { Situation } from './situations/kit.js'
import { type SetupName, setups } from './situations/setups.js'

/** One app, somewhere. What it does is the same on each; a test must not be able to tell on which it is. */
export interface Stack {
  readonly origin: string
  /** The methods and paths of the requests that reached a handler since it was last asked. */
  takeHandled(): readonly string[] | Promise<readonly string[]>
  close(): Promise<void>
}

/** JSON: a stack may be another process. */
export interface StackOptions {
  readonly domain: string
  readonly audience: string
  readonly algorithms: readonly 'ES256'[]
  readonly errorProfile?: ErrorProfile
  readonly dpop?: DpopMode | Omit<DpopOptions, 'replay'>
  readonly trustProxy?: TrustProxy
  readonly publicUrl?: string
  /** Whether `onRefusal` gives the body `{ problem: status }`. */
  readonly problems?: boolean
}

export type StartStack = (options: StackOptions) => Promise<Stack>

const setupNames = Object.keys(setups) as readonly SetupName[]

/** Registers the whole contract for each stack. */
export function describeContract(stacks: ReadonlyMap<string, StartStack>): void {
  describe.each([...stacks])('The contract on %s', (name, start) => {
    // Side by side, as most of the time is spent in waiting.
    describe.concurrent.each<ErrorProfile>(['auth0', 'rfc'])('in the error profile %s', (errorProfile) => {
      let benches: ReadonlyMap<SetupName, Bench>
      const benchOf = (setup: SetupName) => benches.get(setup) ?? expect.unreachable(setup)
      beforeAll(async () => {
        const opened = setupNames.map(async (setup) => [setup, await openBench(start, setup, errorProfile)] as const)
        benches = new Map(await Promise.all(opened))
      }, 60_000)
      afterAll(async () => void (await Promise.all([...benches.values()].map((bench) => bench.close()))))

      describe.sequential.each(setupNames)('with the setup %s', (setup) => {
        const rows = situations.filter((situation) => (situation.setup ?? 'default') === setup)
        it.each(rows)('$title: $status', async (situation) => {
          if (setup === 'strict') await wellWithinOneMinute()
          const outcome = await perform(benchOf(setup), situation)
          if (errorProfile === 'auth0') expectStated(outcome, situation)
          expectAgreement(name, outcome, situation)
        })
      })

      describe.sequential('several requests', () => {
        it('E25 keeps the callers of requests apart that come in one go', async () => {
          const { issuer, stack } = benchOf('default')
          const subjects = ['first', 'second', 'third']
          const requests = subjects.map(async (sub) => {
            const fields = ['Authorization', `Bearer ${await issuer.token({ sub })}`]
            return { method: 'GET', target: '/private', fields }
          })
          const answers = await askInOneGo(stack.origin, await Promise.all(requests))
          expect(answers.map((text) => /"user":"(\w+)"/.exec(text)?.[1])).toEqual(subjects)
          expect(await stack.takeHandled()).toHaveLength(3)
        })

        it('K07 answers an unknown key, a bad signature and an expired token alike', async () => {
          const { kitFor, send } = benchOf('default')
          const answers: unknown[] = []
          for (const { fields } of situations.filter(({ title }) => title.startsWith('K07')))
            answers.push((await send({ path: '/private', fields: await fields(kitFor('/private')) })).answer)
          expect(answers).toEqual([answers[0], answers[0], answers[0]])
        })

        it('lets no preflight reach a handler, and refuses none', async () => {
          const { send, stack } = benchOf('default')
          const fields = ['Origin', 'https://app.test', 'Access-Control-Request-Method', 'GET']
          const preflightTo = async (path: string) => (await send({ method: 'OPTIONS', path, fields })).answer.status
          expect([400, 401]).not.toContain(await preflightTo('/private'))
          expect(await preflightTo('/files/a')).toBe(204)
          expect(await stack.takeHandled()).toEqual([])
        })

        it('gives a client the nonce that it needs', async () => {
          const { kitFor, stack } = benchOf('strict')
          const { url, client } = kitFor('/private')
          expect((await client.fetch(url)).status).toBe(200)
          expect(await stack.takeHandled()).toHaveLength(1)
        })
      })
    })

    it('answers 503 while the issuer is away', async () => {
      await using issuer = await createTestIssuer({ algorithm: 'ES256', listen: true })
      await using stack = disposable(await start(optionsFor(issuer)))
      issuer.outage('down')
      const response = await fetch(`${stack.origin}/private`, {
        headers: { authorization: `Bearer ${await issuer.token()}` },
      })
      expect([response.status, Number(response.headers.get('retry-after')) > 0]).toEqual([503, true])
      expect(await response.json()).toMatchObject({ detail: { error: 'temporarily_unavailable' } })
    })

    it('sends the body that onRefusal gives, with its own status and challenges', async () => {
      await using issuer = await createTestIssuer({ algorithm: 'ES256', listen: true })
      await using stack = disposable(await start({ ...optionsFor(issuer), problems: true }))
      expect(await exchangeWith(`${stack.origin}/private`, 'GET', [])).toMatchObject({
        status: 400,
        body: { problem: 400 },
        challenges: 'Bearer realm="api", DPoP algs="ES256 EdDSA"',
      })
    })
  })
}

interface Outcome {
  readonly answer: Answered
  /** What the core said. */
  readonly expected: Answered
  readonly handled: readonly string[]
}

async function perform(bench: Bench, situation: Situation): Promise<Outcome> {
  const { path = '/private' } = situation
  const fields = await situation.fields(bench.kitFor(path))
  const sent = { ...situation, path, fields }
  const { answer, text } = await bench.send(sent)
  const handled = await bench.stack.takeHandled()
  expect(toldIn(text, fields, bench.issuer)).toEqual([])
  return { answer, handled, expected: await bench.promised(sent) }
}

/** The core itself does as the row says. */
function expectStated({ expected }: Outcome, { method, status, error }: Situation): void {
  const { detail } = (expected.body ?? {}) as { readonly detail?: { readonly error?: string } }
  expect([expected.status, detail?.error]).toEqual([status, method === 'HEAD' ? undefined : error])
}

function expectAgreement(stack: string, outcome: Outcome, situation: Situation): void {
  const { differs = {} } = situation
  if (Object.keys(differs).some((stacks) => new RegExp(stacks).test(stack))) expectOtherRefusal(outcome)
  else expectPromised(outcome, situation)
}

function expectPromised({ answer, handled, expected }: Outcome, { path, status, error }: Situation): void {
  const isOfHandler = path === '/inside' && error === 'insufficient_scope'
  const { challenges, nonces } = answer
  const compared = status === 200 ? { ...admitted, status: answer.status, challenges, nonces } : answer
  expect({ ...compared, runs: handled.length }).toEqual({ ...expected, runs: status === 200 || isOfHandler ? 1 : 0 })
}

function expectOtherRefusal({ answer, handled, expected }: Outcome): void {
  expect(answer.status).toBeGreaterThanOrEqual(400)
  expect(handled).toEqual([])
  expect(answer).not.toEqual(expected)
}

/** What an answer shows of the request's credentials, of hostile text in it, and of how the server is made. */
function toldIn(text: string, fields: readonly string[], { domain, audience }: TestIssuer): readonly string[] {
  const credentials = fields.flatMap((value) => value.split(/[ .,]/)).filter((part) => /^[\w-]{16,}$/.test(part))
  const secrets = [...credentials, domain, String(audience)].filter((secret) => text.includes(secret))
  const traces = text.match(/\n +at |\.[cm]?[jt]s\b|jwks|set-cookie|<script|7\*7|x{20}/gi) ?? []
  const challenges = [...text.matchAll(/^www-authenticate: *([^\r]*)/gim)].map(([, challenge = '']) => challenge)
  return [...secrets, ...traces, ...challenges.filter((challenge) => !wellFormed.test(challenge))]
}

/** The characters that RFC 6750 section 3 allows, in one challenge of at most 512 bytes, or in all that a server joined. */
const wellFormed = /^(?:(?:Bearer|DPoP)(?: [a-z_]+="[\x20\x21\x23-\x5b\x5d-\x7e]{0,480}",?)+ ?)+$/

/** A nonce is that of a minute: none may end between two questions about one. */
async function wellWithinOneMinute(): Promise<void> {
  const left = 60_000 - (Date.now() % 60_000)
  if (left < 1000) await wait(left)
}

function disposable(stack: Stack): Stack & AsyncDisposable {
  return Object.assign(stack, { [Symbol.asyncDispose]: () => stack.close() })
}
