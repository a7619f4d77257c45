import type { Clock } from '../clock.js'
import { InvalidOptions } from '../errors.js'
import type { EventListener } from '../events.js'
import { checked, isText, isTextList, numberBetween, type OptionRule, oneOf } from '../option-rules.js'
import { boundedStore } from './bounded-store.js'
import { memoryReplayStore } from './memory-store.js'
import { createNonceCheck } from './nonce.js'
import type { ProofRules } from './proof.js'
import type { ProofAlgorithmName } from './proof-key.js'
import type { ReplayRules } from './replay.js'
import type { ReplayStore } from './replay-store.js'

/** `allowed`: Bearer and DPoP. `required`: DPoP only. `disabled`: Bearer only. A bound token is never read as a bearer token. */
export type DpopMode = 'allowed' | 'required' | 'disabled'

export interface DpopOptions {
  /** Default `allowed`. */
  readonly mode?: DpopMode
  /** How long a proof is good from its `iat` on, 1 to 3600. Default 300. */
  readonly proofMaxAgeSeconds?: number
  /** How far a client's clock may be ahead of this one, 0 to 300. Default 30. */
  readonly clockToleranceSeconds?: number
  /** Algorithms that a proof may be signed with. Default `['ES256', 'EdDSA']`. */
  readonly algorithms?: readonly ProofAlgorithmName[]
  /** Where used proofs are kept. Default: the memory of this process. `off` accepts a captured proof again and again. */
  readonly replay?: ReplayStore | 'off'
  /**
   * Asks clients for a nonce of this server. `secrets`: one or several of at least 32 characters, the same on every
   * instance; the first makes nonces, all are accepted. Default `off`.
   */
  readonly nonce?: 'off' | { readonly secrets: string | readonly string[] }
}

/** Complete options. */
export interface DpopRules extends ProofRules, ReplayRules {
  readonly mode: DpopMode
}

const proofAlgorithms: readonly string[] = [
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
  'PS256',
  'RS256',
] satisfies readonly ProofAlgorithmName[]

const isMode = oneOf('allowed', 'required', 'disabled')
const wantsMode = "'allowed', 'required' or 'disabled'"

/** The rule of the option `dpop` as a whole. */
export const dpopRule: OptionRule = {
  accepts: (value) => isMode(value) || (typeof value === 'object' && value !== null && !Array.isArray(value)),
  wants: `${wantsMode}, or an object`,
}

const rules: { readonly [Name in keyof Required<DpopOptions>]: OptionRule } = {
  mode: { accepts: isMode, wants: wantsMode },
  proofMaxAgeSeconds: { accepts: numberBetween(1, 3600), wants: 'a number from 1 to 3600' },
  clockToleranceSeconds: { accepts: numberBetween(0, 300), wants: 'a number from 0 to 300' },
  algorithms: {
    accepts: (value) => isTextList(value) && value.every((name) => proofAlgorithms.includes(name)),
    wants: `a non-empty list out of ${proofAlgorithms.join(', ')}`,
  },
  replay: {
    accepts: (value) => value === 'off' || typeof Object(value).claim === 'function',
    wants: "a replay store (an object with claim()), or 'off'",
  },
  nonce: {
    accepts: (value) => value === 'off' || (typeof value === 'object' && value !== null && !Array.isArray(value)),
    wants: "'off' or { secrets }",
  },
}

const minSecretLength = 32
const nonceRules: Readonly<Record<'secrets', OptionRule>> = {
  secrets: {
    accepts: (value) => {
      const secrets = isText(value) ? [value] : value
      return isTextList(secrets) && secrets.every((secret) => secret.length >= minSecretLength)
    },
    wants: 'a secret of at least 32 characters, or a non-empty list of them',
  },
}

export interface DpopContext {
  readonly audiences: readonly string[]
  readonly clock: Clock
  readonly onEvent: EventListener | undefined
}

/** @throws {InvalidOptions} */
export function resolveDpop(given: DpopMode | DpopOptions, context: DpopContext): DpopRules {
  const options = checked<DpopOptions>('dpop.', typeof given === 'string' ? { mode: given } : given, rules)
  const { clock } = context
  const { replay = memoryReplayStore({ clock }) } = options
  return Object.freeze({
    mode: options.mode ?? 'allowed',
    proofMaxAgeSeconds: options.proofMaxAgeSeconds ?? 300,
    clockToleranceSeconds: options.clockToleranceSeconds ?? 30,
    algorithms: Object.freeze([...(options.algorithms ?? defaultAlgorithms)]),
    store: replay === 'off' ? undefined : boundedStore(replay, context),
    checkNonce: resolveNonce(options.nonce ?? 'off', context),
    clock,
  })
}

const defaultAlgorithms: readonly ProofAlgorithmName[] = ['ES256', 'EdDSA']

function resolveNonce(
  nonce: NonNullable<DpopOptions['nonce']>,
  { audiences, clock }: DpopContext,
): ProofRules['checkNonce'] {
  if (nonce === 'off') return undefined
  const { secrets } = checked<{ secrets: string | readonly string[] }>('dpop.nonce.', nonce, nonceRules)
  if (secrets === undefined) {
    throw new InvalidOptions(
      'dpop.nonce.secrets',
      'Option "dpop.nonce.secrets" is missing. It takes a secret of at least 32 characters, the same on every instance.',
    )
  }
  return createNonceCheck({ secrets: [secrets].flat(), audiences, clock })
}
