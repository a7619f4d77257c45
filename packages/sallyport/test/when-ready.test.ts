import { afterEach, describe, expect, it } from 'vitest'
import { isSigned } from '../src/signature/is-signed.js'
import { whenReady } from '../src/when-ready.js'
import { createHarness } from './support/harness.js'

const intrinsic = globalThis.Promise

/** As a polyfill or an instrumentation may do: the promises of async functions are no instances of it. */
function replacePromise(): void {
  globalThis.Promise = class Replaced<Value> extends intrinsic<Value> {} as PromiseConstructor
}

describe('where the global Promise is not that of async functions', () => {
  afterEach(() => {
    globalThis.Promise = intrinsic
  })

  it('waits for a promise', async () => {
    replacePromise()
    expect(await whenReady(intrinsic.resolve(1), (value) => value + 1)).toBe(2)
  })

  it('does not take the promise of a bad signature for a good one', async () => {
    replacePromise()
    const signed = { signingInput: '', signature: new Uint8Array() }
    expect(await isSigned(signed, [async () => false, async () => false])).toBe(false)
    expect(await isSigned(signed, [async () => false, async () => true])).toBe(true)
  })

  it('decides about a request as ever', async () => {
    const { issuer, outcome } = await createHarness()
    const token = await issuer.token()
    replacePromise()
    expect(await outcome(token)).toBe('A')
    expect(await outcome(`${token.slice(0, -5)}AAAAA`)).toBe('T')
  })
})
