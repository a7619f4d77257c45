import { describe, expect, it } from 'vitest'
import {
  createResourceServer,
  type DpopOptions,
  InvalidOptions,
  memoryReplayStore,
  type ProofAlgorithmName,
  RequestRefused,
  type ResourceServerOptions,
} from '../../src/index.js'
import { resolveOptions } from '../../src/options.js'
import { createTestClock } from '../../src/testing/index.js'

const valid = { domain: 'tenant.eu.auth0.com', audience: 'https://api.test' }
/** Long enough for a nonce secret; must not be seen in a message. */
const secret = 'hidden-and-longer-than-32-characters'
const short = secret.slice(0, 31)
const proofAlgorithms = ['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519', 'PS256', 'RS256'] as const

/** The option that is refused and why, or `accepted`. */
function verdict(options: unknown): string {
  try {
    createResourceServer({ ...valid, ...(options as ResourceServerOptions) }).close()
    return 'accepted'
  } catch (error) {
    if (error instanceof InvalidOptions) return `${error.option}: ${error.message}`
    throw error
  }
}

function expectRefused(option: string, options: unknown): void {
  const message = verdict(options)
  expect(message).toMatch(/^([A-Za-z.]+): .*"\1"/)
  expect(message.slice(0, message.indexOf(':'))).toBe(option)
  expect(message).not.toMatch(/hidden|user|10\.66/)
}

describe('the option dpop', () => {
  it.for([undefined, 'allowed', 'required', 'disabled', {}, { mode: undefined }, { mode: 'required' }])(
    'takes %j',
    (dpop) => expect(verdict({ dpop })).toBe('accepted'),
  )

  it.each(
    [null, true, false, 1, '', 'off', 'Allowed', ' allowed', secret, [], ['allowed'], () => 'allowed'].map((dpop) => ({
      dpop,
    })),
  )('refuses $dpop', (options) => expectRefused('dpop', options))

  it.each<[keyof DpopOptions, readonly unknown[]]>([
    ['mode', ['allowed', 'required', 'disabled', undefined]],
    ['proofMaxAgeSeconds', [1, 1.5, 60, 3600, undefined]],
    ['clockToleranceSeconds', [0, 0.5, 300, undefined]],
    ['algorithms', [proofAlgorithms, ...proofAlgorithms.map((name) => [name]), undefined]],
    ['replay', ['off', memoryReplayStore(), { claim: () => true }, undefined]],
    [
      'nonce',
      ['off', { secrets: secret }, { secrets: 's'.repeat(32) }, { secrets: [secret, `${secret}2`] }, undefined],
    ],
  ])('takes %s of %j', (name, values) => {
    for (const value of values) expect(verdict({ dpop: { [name]: value } })).toBe('accepted')
  })

  it.each<[string, readonly unknown[]]>([
    ['mode', [null, true, '', 'Required', 'optional', ['allowed'], { mode: 'allowed' }, secret]],
    ['proofMaxAgeSeconds', [0, 0.5, -1, 3601, Number.NaN, Number.POSITIVE_INFINITY, '300', null, [300], secret]],
    ['clockToleranceSeconds', [-1, -0.001, 301, Number.NaN, Number.POSITIVE_INFINITY, '30', null, true, {}]],
    [
      'algorithms',
      [[], 'ES256', null, {}, [''], ['ES256', 'none'], ['HS256'], ['es256'], ['ES256K'], ['PS512'], [256]],
    ],
    [
      'replay',
      ['on', 'memory', '', null, true, {}, { claim: true }, [], new Map(), `redis://user:${secret}@10.66.0.1`],
    ],
    ['nonce', ['on', '', null, true, 1, [], [secret], secret, () => secret]],
  ])('names dpop.%s when it is wrong, and no value of it', (name, values) => {
    for (const value of values) expectRefused(`dpop.${name}`, { dpop: { [name]: value } })
  })

  it.each(
    [short, '', null, 5, [], [''], [short], [secret, short], [secret, null], [[secret]], { 0: secret }, undefined].map(
      (secrets) => ({ secrets }),
    ),
  )('refuses the nonce secrets $secrets without telling them', (nonce) =>
    expectRefused('dpop.nonce.secrets', { dpop: { nonce } }),
  )

  it('refuses a nonce without secrets', () => expectRefused('dpop.nonce.secrets', { dpop: { nonce: {} } }))

  it.each<[string, string, unknown]>([
    ['dpop.modes', 'dpop.mode', { modes: 'required' }],
    ['dpop.Mode', 'dpop.mode', { Mode: 'required' }],
    ['dpop.proofMaxAge', 'dpop.proofMaxAgeSeconds', { proofMaxAge: 300 }],
    ['dpop.clockTolerance', 'dpop.clockToleranceSeconds', { clockTolerance: 5 }],
    ['dpop.algorithm', 'dpop.algorithms', { algorithm: 'ES256' }],
    ['dpop.replayStore', 'dpop.replay', { replayStore: memoryReplayStore() }],
    ['dpop.nonces', 'dpop.nonce', { nonces: secret }],
    ['dpop.nonce.secret', 'dpop.nonce.secrets', { nonce: { secret } }],
    ['dpop.nonce.Secrets', 'dpop.nonce.secrets', { nonce: { Secrets: secret } }],
  ])('refuses the unknown name %s and suggests %s', (name, suggested, dpop) => {
    expect(verdict({ dpop })).toBe(`${name}: There is no option "${name}". Did you mean "${suggested}"?`)
  })

  it('lists the names there are where none is similar', () => {
    const all = 'mode, proofMaxAgeSeconds, clockToleranceSeconds, algorithms, replay, nonce'
    expect(verdict({ dpop: { enabled: true } })).toBe(`dpop.enabled: There is no option "dpop.enabled". Known: ${all}.`)
    expect(verdict({ dpop: { nonce: { key: secret } } })).toBe(
      'dpop.nonce.key: There is no option "dpop.nonce.key". Known: secrets.',
    )
  })

  it.for(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('does not know %s', (name) => {
    const dpop = JSON.parse(`{ "${name}": "required" }`)
    expect(verdict({ dpop })).toMatch(/^dpop\.\w+: There is no option/)
  })

  it('shows every default', () => {
    const { dpop, schemes, certificateSource, publicUrl } = resolveOptions(valid)
    expect(dpop).toMatchObject({
      ...{ mode: 'allowed', proofMaxAgeSeconds: 300, clockToleranceSeconds: 30, algorithms: ['ES256', 'EdDSA'] },
      ...{ checkNonce: undefined, store: { claim: expect.any(Function) } },
    })
    expect({ schemes, certificateSource, publicUrl }).toEqual({
      ...{ schemes: ['Bearer', 'DPoP'], certificateSource: 'connection', publicUrl: undefined },
    })
    expect(resolveOptions({ ...valid, dpop: { replay: 'off' } }).dpop.store).toBe(undefined)
    expect(Object.isFrozen(dpop) && Object.isFrozen(dpop.algorithms)).toBe(true)
  })

  it.each([
    ['allowed', ['Bearer', 'DPoP']],
    ['required', ['DPoP']],
    ['disabled', ['Bearer']],
  ] as const)('says %s as a word as in an object', (mode, schemes) => {
    expect(resolveOptions({ ...valid, dpop: mode }).schemes).toEqual(schemes)
    expect(resolveOptions({ ...valid, dpop: { mode } }).schemes).toEqual(schemes)
  })

  it('goes by the options as they were at creation', () => {
    const clock = createTestClock()
    const algorithms: ProofAlgorithmName[] = ['ES256']
    const secrets = [secret]
    const dpop = { algorithms, mode: 'required', nonce: { secrets } } satisfies DpopOptions
    const resolved = resolveOptions({ ...valid, clock, dpop }).dpop
    algorithms.splice(0, 1, 'EdDSA')
    secrets.splice(0, 1, `${secret}2`)
    Object.assign(dpop, { mode: 'disabled', nonce: 'off' })
    const nonceOf = ({ checkNonce }: typeof resolved) => {
      try {
        return checkNonce?.(undefined)
      } catch (error) {
        return error instanceof RequestRefused ? error.nonce : error
      }
    }
    const same = resolveOptions({ ...valid, clock, dpop: { nonce: { secrets: secret } } }).dpop
    expect(resolved).toMatchObject({ algorithms: ['ES256'], mode: 'required' })
    expect(nonceOf(resolved)).toMatch(/^[\w-]{43}$/)
    expect(nonceOf(resolved)).toBe(nonceOf(same))
  })
})

describe('options about the way to this API', () => {
  it.each<[keyof ResourceServerOptions, readonly unknown[]]>([
    ['trustProxy', [true, false, 1, 16, undefined]],
    ['trustProxy', [['127.0.0.1'], ['::1'], ['10.0.0.0/8', 'fd00::/8'], ['0.0.0.0/0'], ['::/0'], ['::ffff:10.0.0.1']]],
    ['trustProxy', [['10.0.0.1/32'], ['::1/128'], ['2001:DB8::1'], ['10.0.0.1/0']]],
    [
      'publicUrl',
      ['https://api.test', 'https://api.test/', 'http://localhost:3000', 'https://api.test:8443/v1/', undefined],
    ],
    ['publicUrl', ['HTTPS://API.test/v1', 'https://[::1]/v1', 'https://127.0.0.1/%7Euser', 'https://api.test/a/b']],
    ['certificateSource', ['connection', undefined]],
  ])('take %s of %j', (name, values) => {
    for (const value of values) expect(verdict({ [name]: value })).toBe('accepted')
  })

  it.each<[keyof ResourceServerOptions, readonly unknown[]]>([
    ['trustProxy', [0, -1, 17, 1.5, Number.NaN, Number.POSITIVE_INFINITY, null, '', {}, () => true]],
    ['trustProxy', ['true', 'loopback', '127.0.0.1', '10.66.0.0/8', [], [''], [1], [null], [['10.66.0.1']]]],
    ['trustProxy', [['hidden.test'], ['10.66.0'], ['10.66.0.256'], ['010.66.0.1'], ['0x0a.66.0.1'], ['10.66.0.1 ']]],
    ['trustProxy', [['10.66.0.0/33'], ['10.66.0.0/'], ['10.66.0.0/-1'], ['10.66.0.0/8/8'], ['10.66.0.0/ 8'], ['/8']]],
    [
      'trustProxy',
      [['::/129'], ['::1%eth0'], ['[::1]'], [':::'], ['1::2::3'], ['1:2:3:4:5:6:7:8:9'], ['10.66.0.0/1e1']],
    ],
    ['trustProxy', [['127.0.0.1', 'hidden.test'], ['10.66.0.1:80'], ['10.66.0.1', '']]],
    ['publicUrl', [null, 5, '', true, {}, ['https://api.test'], new URL('https://api.test')]],
    [
      'publicUrl',
      ['api.test', '//api.test', '/v1', 'ftp://api.test', 'urn:api', 'https:api.test', 'https:/api.test', 'https://'],
    ],
    ['publicUrl', ['https://api.test?hidden', 'https://api.test#hidden', 'https://api.test/?', 'https://api.test/#']],
    ['publicUrl', ['https://user:hidden@api.test', 'https://user@api.test', 'https://api.test@hidden.test']],
    [
      'publicUrl',
      [' https://api.test', 'https://api.test\n', 'https://api.test/a b', 'https://api.test\\v1', 'https://ä.test'],
    ],
    [
      'publicUrl',
      ['https://api.test.', 'https://api.test:0443', 'https://api.test:99999', 'https://0x7f.1', 'https://2130706433'],
    ],
    [
      'publicUrl',
      [
        'https://api.test/a/../b',
        'https://api.test/.',
        'https://api.test/%2e%2e/',
        'https://api.test/%zz',
        'https://[::1',
      ],
    ],
    ['certificateSource', [null, '', true, 'header', 'Client-Cert', 'Connection', ['connection'], {}]],
  ])('refuse %s of %j without telling it', (name, values) => {
    for (const value of values) expectRefused(name, { [name]: value })
  })

  it.each([
    ['trustproxy', 'trustProxy'],
    ['trustProxyHops', 'trustProxy'],
    ['publicURL', 'publicUrl'],
    ['certificate', 'certificateSource'],
  ])('refuse the unknown name %s and suggest %s', (name, suggested) => {
    expect(verdict({ [name]: true })).toBe(`${name}: There is no option "${name}". Did you mean "${suggested}"?`)
  })

  it('take certificates from a header only where somebody is trusted to set it', () => {
    const certificateSource = 'client-cert-header'
    for (const trustProxy of [true, 1, ['10.0.0.0/8']])
      expect(verdict({ certificateSource, trustProxy })).toBe('accepted')
    for (const trustProxy of [false, undefined]) expectRefused('certificateSource', { certificateSource, trustProxy })
    expectRefused('trustProxy', { certificateSource, trustProxy: ['hidden.test'] })
  })
})
