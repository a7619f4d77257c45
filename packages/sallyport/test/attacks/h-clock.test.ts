import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHarness, type Harness, type HarnessOptions } from '../support/harness.js'
import { eventually } from '../support/hostile-harness.js'

const fast: HarnessOptions = { algorithms: ['ES256'], testIssuer: { algorithm: 'ES256' } }
const hour = 3600

/** A token that no jump of this file takes out of its time. */
async function warmHarness(options: HarnessOptions = {}): Promise<Harness & { readonly token: string }> {
  const harness = await createHarness({ ...fast, ...options })
  const iat = harness.clock.nowSeconds() - 30 * hour
  const token = await harness.issuer.token({ iat }, { expiresInSeconds: 30 * hour })
  expect(await harness.outcome(token)).toBe('A')
  return { ...harness, token }
}

function keySetFetches({ issuer }: Harness): number {
  return issuer.requests.get('/.well-known/jwks.json') ?? 0
}

describe('H. Clocks that jump', () => {
  it.each([hour, -hour, 60, -60])(
    'H25 accepts through a jump of the wall clock by %i s, with one fetch at most',
    async (seconds) => {
      const harness = await warmHarness()
      harness.clock.jump(seconds)
      const outcomes = await Promise.all(Array.from({ length: 100 }, () => harness.outcome(harness.token)))
      expect(new Set(outcomes)).toEqual(new Set(['A']))
      await new Promise((resolve) => setTimeout(resolve, 20))
      expect(keySetFetches(harness)).toBeLessThanOrEqual(2)
    },
  )

  it.each([hour, -hour])('H25 accepts through a jump by %i s while the issuer is down', async (seconds) => {
    const { clock, issuer, outcome, token } = await warmHarness()
    issuer.outage('down')
    clock.jump(seconds)
    expect(await outcome(token)).toBe('A')
  })

  it('H25 does not keep keys alive by setting the wall clock back', async () => {
    const harness = await warmHarness()
    harness.clock.jump(-hour)
    await harness.issuer.rotateKey({ dropOld: true })
    harness.clock.advance(600)
    expect(await harness.outcome(harness.token)).toBe('A')
    await eventually(() => harness.api.health().issuers[0]?.ageSeconds === 0)
    expect(await harness.outcome(harness.token)).toBe('T')
  })

  it('H25 serves stale no longer for a wall clock that was set back', async () => {
    const { clock, issuer, outcome, token } = await warmHarness()
    issuer.outage('down')
    clock.jump(-hour)
    clock.advance(600 + hour)
    expect(await outcome(token)).toBe('U')
  })

  it('H25 does not fetch in a loop after a jump ahead and back', async () => {
    const harness = await warmHarness()
    const before = keySetFetches(harness)
    for (let round = 0; round < 10; round += 1) {
      harness.clock.jump(hour)
      expect(await harness.outcome(harness.token)).toBe('A')
      await new Promise((resolve) => setTimeout(resolve, 5))
      harness.clock.jump(-hour)
      expect(await harness.outcome(harness.token)).toBe('A')
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    expect(keySetFetches(harness) - before).toBeLessThanOrEqual(10)
  })

  it.each([hour, -hour])(
    'H25 neither shortens nor lengthens cooldown and back-off by a jump of %i s',
    async (seconds) => {
      const harness = await warmHarness()
      const { clock, issuer, outcome } = harness
      await issuer.rotateKey()
      const renewed = await issuer.token({ iat: clock.nowSeconds() - 30 * hour }, { expiresInSeconds: 30 * hour })
      clock.advance(31)
      issuer.outage('down')
      expect(await outcome(renewed)).toBe('U')
      const before = keySetFetches(harness)
      clock.jump(Math.min(seconds, 300))
      clock.advance(20)
      expect(await outcome(renewed)).toBe('U')
      expect(keySetFetches(harness)).toBe(before)
      issuer.restore()
      clock.advance(11)
      expect(await outcome(renewed)).toBe('A')
    },
  )
})

describe('H. Processes that were asleep', () => {
  // A laptop that sleeps and a function that is frozen: the wall clock has moved on, the monotonic one may have stood still.
  it.each([
    { asleep: 1800, how: 'jump' as const },
    { asleep: 1800, how: 'advance' as const },
    { asleep: 24 * hour, how: 'jump' as const },
    { asleep: 24 * hour, how: 'advance' as const },
  ])('H26 wakes after $asleep s with one fetch and no burst ($how)', async ({ asleep, how }) => {
    const harness = await warmHarness()
    harness.clock[how](asleep)
    const outcomes = await Promise.all(Array.from({ length: 1000 }, () => harness.outcome(harness.token)))
    expect(new Set(outcomes)).toEqual(new Set(['A']))
    await eventually(() => harness.api.health().status === 'ok')
    expect(keySetFetches(harness)).toBe(2)
  })

  it('H26 does not trust a key that was removed while it slept beyond the stale window', async () => {
    const { clock, issuer, outcome, token } = await warmHarness()
    await issuer.rotateKey({ dropOld: true })
    clock.jump(600 + hour)
    expect(await outcome(token)).toBe('T')
  })

  it('H26 answers 503 after a long sleep while the issuer is down, and recovers within 2 s', async () => {
    const { clock, issuer, outcome, token } = await warmHarness()
    issuer.outage('down')
    clock.jump(2 * hour)
    expect(await outcome(token)).toBe('U')
    issuer.restore()
    clock.advance(2)
    expect(await outcome(token)).toBe('A')
  })
})

describe.concurrent('H. Processes that want to end', () => {
  const root = fileURLToPath(new URL('../../../..', import.meta.url))
  const source = (path: string) => JSON.stringify(new URL(`../../src/${path}`, import.meta.url).href)
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sallyport-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  /** Runs a script that has `api`, `issuer` and `request(token)`. */
  async function run(
    name: string,
    script: string,
  ): Promise<{ readonly code: number | null; readonly seconds: number }> {
    const file = join(folder, `${name}.mts`)
    await writeFile(
      file,
      `import { createResourceServer } from ${source('index.ts')}
       import { createTestIssuer } from ${source('testing/index.ts')}
       const issuer = await createTestIssuer({ algorithm: 'ES256' })
       issuer.jwksHeaders({ 'cache-control': 'max-age=60' })
       const clock = { ahead: 0, epochMilliseconds: () => Date.now(), monotonicMilliseconds: () => performance.now() + clock.ahead }
       const { audience, fetch } = issuer
       const api = createResourceServer({ issuer: issuer.issuer, audience, fetch, clock, algorithms: ['ES256'] })
       const request = (token) => ({ method: 'GET', url: '/', headers: ['Authorization', 'Bearer ' + token] })
       const token = await issuer.token()
       await api.authenticate(request(token))
       ${script}
       process.stdout.write('done')`,
    )
    const child = spawn(process.execPath, ['--import', 'tsx', file], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    const timer = setTimeout(() => child.kill('SIGKILL'), 15_000)
    let doneAt = Number.NaN
    let complaints = ''
    child.stdout.once('data', () => {
      doneAt = performance.now()
    })
    child.stderr.on('data', (chunk) => {
      complaints += chunk
    })
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
    clearTimeout(timer)
    expect(complaints.replace(/^npm warn.*$/gm, '')).toBe('')
    return { code, seconds: (performance.now() - doneAt) / 1000 }
  }

  it('H27 ends by itself with a set whose refresh is due in a minute', async () => {
    const { code, seconds } = await run('idle', '')
    expect(code).toBe(0)
    expect(seconds).toBeLessThan(1.5)
  })

  it('H27 ends by itself once the time limit of a refresh to a silent issuer is over', async () => {
    const { code, seconds } = await run(
      'silent',
      "issuer.outage('silent'); clock.ahead = 70_000; await api.authenticate(request(token))",
    )
    expect(code).toBe(0)
    expect(seconds).toBeLessThan(6.5)
  })

  it('H27 ends at once when it is closed during a refresh to a silent issuer', async () => {
    const { code, seconds } = await run(
      'closed',
      "issuer.outage('silent'); clock.ahead = 70_000; await api.authenticate(request(token)); api.close()",
    )
    expect(code).toBe(0)
    expect(seconds).toBeLessThan(1.5)
  })
})
