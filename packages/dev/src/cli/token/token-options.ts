/** The options that say what token it shall be; `call` takes them too. */
export const tokenOptionTable = {
  scope: { type: 'string' },
  audience: { type: 'string' },
  domain: { type: 'string' },
  'client-id': { type: 'string' },
  'client-secret-stdin': { type: 'boolean' },
  device: { type: 'boolean' },
  dpop: { type: 'boolean' },
  'dpop-key': { type: 'string' },
} as const

/** What was typed of them. */
export interface TokenValues {
  readonly scope?: string | undefined
  readonly audience?: string | undefined
  readonly domain?: string | undefined
  readonly 'client-id'?: string | undefined
  readonly 'client-secret-stdin'?: boolean | undefined
  readonly device?: boolean | undefined
  readonly dpop?: boolean | undefined
  readonly 'dpop-key'?: string | undefined
}
