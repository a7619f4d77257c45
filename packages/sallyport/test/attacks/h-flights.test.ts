import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHarness, type HarnessOptions } from '../support/harness.js'

const fast: HarnessOptions = { algorithms: ['ES256'], testIssuer: { algorithm: 'ES256' } }

describe('H. Flights that fail', () => {
  const unhandled: unknown[] = []
  const note = (reason: unknown) => void unhandled.push(reason)
  beforeAll(() => void process.on('unhandledRejection', note))
  afterAll(() => {
    process.off('unhandledRejection', note)
    expect(unhandled).toEqual([])
  })

  const broken: readonly { readonly fault: string; readonly fetch: () => unknown }[] = [
    { fault: 'throws', fetch: () => raise(new TypeError('no')) },
    { fault: 'throws what is no error', fetch: () => raise('no') },
    { fault: 'throws undefined', fetch: () => raise(undefined) },
    { fault: 'rejects', fetch: () => Promise.reject(new Error('no')) },
    { fault: 'rejects with undefined', fetch: () => Promise.reject(undefined) },
    { fault: 'gives nothing', fetch: () => undefined },
    { fault: 'gives an empty object', fetch: () => Promise.resolve({}) },
    { fault: 'gives Response.error()', fetch: () => Promise.resolve(Response.error()) },
    { fault: 'gives a used body', fetch: () => usedResponse() },
    { fault: 'gives a body that fails', fetch: () => Promise.resolve(new Response(failingBody(), { headers })) },
    { fault: 'gives a body of text chunks', fetch: () => Promise.resolve(new Response(textBody(), { headers })) },
  ]
  const headers = { 'content-type': 'application/json' }

  it.each(broken)('H22 gives 503, and no unhandled rejection, when fetch $fault', async ({ fetch }) => {
    let isBroken = true
    const { clock, issuer, outcome } = await createHarness({
      ...fast,
      fetch: ((input, init) => (isBroken ? fetch() : issuer.fetch(input, init))) as typeof globalThis.fetch,
    })
    const token = await issuer.token()
    expect(await Promise.all([outcome(token), outcome(token)])).toEqual(['U', 'U'])
    isBroken = false
    clock.advance(2)
    expect(await outcome(token)).toBe('A')
  })
})

function raise(what: unknown): never {
  throw what
}

async function usedResponse(): Promise<Response> {
  const response = Response.json({})
  await response.text()
  return response
}

function failingBody(): ReadableStream {
  return new ReadableStream({ pull: (controller) => controller.error(new Error('no')) })
}

function textBody(): ReadableStream {
  return new ReadableStream({
    start: (controller) => {
      controller.enqueue('{"keys":[]}')
      controller.close()
    },
  })
}
