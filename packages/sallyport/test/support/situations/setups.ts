import type { StackOptions } from '../contract.js'

const secrets = ['a secret of this API, and of no other', 'the secret that this API had before'] as const

/** What stacks are started with besides the issuer and the error profile. */
export const setups = {
  default: {},
  strict: { dpop: { mode: 'required', nonce: { secrets } } },
  bearerOnly: { dpop: 'disabled' },
  proxied: { trustProxy: true },
  customised: {
    publicUrl: 'https://api.test/v1',
    dpop: {
      algorithms: ['ES256', 'ES384', 'ES512', 'EdDSA', 'PS256', 'RS256'],
      proofMaxAgeSeconds: 60,
      clockToleranceSeconds: 10,
    },
  },
} as const satisfies Readonly<Record<string, Partial<StackOptions>>>

export type SetupName = keyof typeof setups
