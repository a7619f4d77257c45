import { describe, expect, it } from 'vitest'
import { clampFreshSeconds, freshSeconds } from '../../src/issuer/freshness.js'
import { createHarness } from '../support/harness.js'

interface Row {
  readonly headers: Readonly<Record<string, string>>
  readonly seconds: number
}

const unnamed = 600
const rows: readonly Row[] = [
  { headers: {}, seconds: unnamed },
  { headers: { 'cache-control': '' }, seconds: unnamed },
  { headers: { 'cache-control': 'public' }, seconds: unnamed },
  { headers: { 'cache-control': 'max-age=0' }, seconds: 60 },
  { headers: { 'cache-control': 'max-age=59' }, seconds: 60 },
  { headers: { 'cache-control': 'max-age=60' }, seconds: 60 },
  { headers: { 'cache-control': 'max-age=61' }, seconds: 61 },
  { headers: { 'cache-control': 'max-age=3600' }, seconds: 3600 },
  { headers: { 'cache-control': 'max-age=3601' }, seconds: 3600 },
  { headers: { 'cache-control': 'max-age=1000000000000' }, seconds: 3600 },
  { headers: { 'cache-control': 'max-age=000300' }, seconds: 300 },
  { headers: { 'cache-control': 'public, max-age=300, must-revalidate' }, seconds: 300 },
  { headers: { 'cache-control': 'public,max-age=300' }, seconds: 300 },
  { headers: { 'cache-control': 'MAX-AGE=300' }, seconds: 300 },
  { headers: { 'cache-control': 'max-age="300"' }, seconds: 300 },
  { headers: { 'cache-control': 'max-age=300, max-age=3000' }, seconds: 300 },
  { headers: { 'cache-control': 'max-age=3000, max-age=300' }, seconds: 300 },
  { headers: { 'cache-control': 's-maxage=3000' }, seconds: unnamed },
  { headers: { 'cache-control': 'x-max-age=3000' }, seconds: unnamed },
  { headers: { 'cache-control': 'no-store' }, seconds: 60 },
  { headers: { 'cache-control': 'no-cache' }, seconds: 60 },
  { headers: { 'cache-control': 'No-Store, max-age=3000' }, seconds: 60 },
  { headers: { 'cache-control': 'max-age=3000, no-cache' }, seconds: 60 },
  { headers: { 'cache-control': 'max-age=1000', age: '100' }, seconds: 900 },
  { headers: { 'cache-control': 'max-age=1000', age: '0' }, seconds: 1000 },
  { headers: { 'cache-control': 'max-age=1000', age: '1000' }, seconds: 60 },
  { headers: { 'cache-control': 'max-age=1000', age: '99999' }, seconds: 60 },
  { headers: { 'cache-control': 'max-age=1000', age: '-100' }, seconds: 1000 },
  { headers: { 'cache-control': 'max-age=1000', age: 'old' }, seconds: 1000 },
  { headers: { 'cache-control': 'max-age=100000', age: '90000' }, seconds: 3600 },
  { headers: { age: '500' }, seconds: unnamed },
  { headers: { expires: 'Thu, 01 Jan 1970 00:00:00 GMT' }, seconds: unnamed },
  { headers: { expires: '0', 'cache-control': 'max-age=300' }, seconds: 300 },
]

const nonsense = [
  '-1',
  'NaN',
  '1e12',
  '',
  ' 300',
  '3e2',
  '0x12c',
  '300.5',
  '٣٠٠',
  'Infinity',
  '9'.repeat(400),
  '"300',
  "'300'",
]

describe('freshSeconds', () => {
  it.each(rows)('H19 reads $headers as $seconds s', ({ headers, seconds }) => {
    expect(freshSeconds(new Headers(headers), unnamed)).toBe(seconds)
  })

  it.each(nonsense)('H19 keeps max-age=%s between 60 s and 1 h', (value) => {
    // Header values are byte strings: the other digits come as their UTF-8 bytes.
    const headers = new Headers({ 'cache-control': `max-age=${Buffer.from(value).toString('latin1')}` })
    const seconds = freshSeconds(headers, unnamed)
    expect(seconds).toBeGreaterThanOrEqual(60)
    expect(seconds).toBeLessThanOrEqual(3600)
  })

  it('H19 joins several Cache-Control field lines', () => {
    const headers = new Headers()
    headers.append('cache-control', 'max-age=3000')
    headers.append('cache-control', 'max-age=300')
    expect(freshSeconds(headers, unnamed)).toBe(300)
  })

  it.each([
    { given: -1, seconds: 60 },
    { given: 0, seconds: 60 },
    { given: 60, seconds: 60 },
    { given: 600, seconds: 600 },
    { given: 3600, seconds: 3600 },
    { given: 1e300, seconds: 3600 },
    { given: Number.POSITIVE_INFINITY, seconds: 3600 },
    { given: Number.NEGATIVE_INFINITY, seconds: 60 },
  ])('H19 keeps a default of $given s at $seconds s', ({ given, seconds }) => {
    expect(clampFreshSeconds(given)).toBe(seconds)
    expect(freshSeconds(new Headers(), given)).toBe(seconds)
  })
})

describe('The freshness of a key set', () => {
  it.each([
    { cacheControl: 'max-age=0', seconds: 60 },
    { cacheControl: 'no-store', seconds: 60 },
    { cacheControl: 'max-age=-1', seconds: 600 },
    { cacheControl: 'max-age=1800', seconds: 1800 },
    { cacheControl: 'max-age=1000000000000', seconds: 3600 },
  ])('H19 holds for $seconds s after $cacheControl', async ({ cacheControl, seconds }) => {
    const { api, clock, issuer, outcome } = await createHarness({
      algorithms: ['ES256'],
      testIssuer: { algorithm: 'ES256' },
    })
    issuer.jwksHeaders({ 'cache-control': cacheControl })
    expect(await outcome(await issuer.token())).toBe('A')
    clock.advance(seconds - 1)
    expect(api.health().status).toBe('ok')
    clock.advance(1)
    expect(api.health().issuers).toMatchObject([{ state: 'stale' }])
  })
})
