import { consoleAddress, grantPage } from '../../explain/setting-places.js'
import { shellWord } from '../shell-words.js'
import { shownLine } from '../shown-text.js'
import type { Got } from '../token/get-token.js'
import type { TokenValues } from '../token/token-options.js'
import type { ApiAnswer } from './send.js'

export interface Called {
  readonly answer: ApiAnswer
  /** `undefined`: the request went without a token. */
  readonly got: Got | undefined
  readonly values: TokenValues | undefined
}

interface Advice {
  readonly suits: (called: Called) => boolean
  readonly say: (called: Called) => string
}

/** The first that suits is said. */
const advices: readonly Advice[] = [
  {
    suits: ({ got, answer }) => got === undefined && answer.challenges.length > 0,
    say: () => 'That is right for a request without a token. Leave --no-token out to send one.',
  },
  {
    suits: (called) => errorOf(called) === 'insufficient_scope',
    say: scopeAdvice,
  },
  {
    suits: (called) => offersOnly('DPoP', called) && called.got?.issued.type === 'Bearer',
    say: () => 'This API takes tokens that are bound to a key only: add --dpop',
  },
  {
    suits: (called) => offersOnly('Bearer', called) && called.got?.issued.type === 'DPoP',
    say: () => "This API takes no bound tokens: leave --dpop out, or set the API's option dpop to 'allowed'.",
  },
  {
    suits: (called) => errorOf(called) === 'use_dpop_nonce',
    say: () =>
      'The API does not take the nonce that it gave: all its instances need the same nonce secrets. See docs/dpop.md',
  },
  {
    suits: (called) => errorOf(called) === 'invalid_dpop_proof',
    say: () =>
      'The API sees another address, method or clock than yours. Behind a proxy set its option trustProxy or publicUrl: docs/behind-a-proxy.md',
  },
  {
    suits: ({ got, answer }) =>
      got !== undefined && (answer.status === 401 || errorOf({ got, answer, values: undefined }) === 'invalid_token'),
    say: ({ values }) => `Ask why: ${tokenCommand(values)} | npx sallyport explain`,
  },
  {
    suits: ({ answer }) => answer.status === 403,
    say: () => 'The API refuses by a rule of its own: the answer names no scope. Look at its log.',
  },
]

/** One line on what to do about a refusal; `undefined` for any other answer. */
export function adviceOn(called: Called): string | undefined {
  const { status } = called.answer
  if (status !== 400 && status !== 401 && status !== 403) return undefined
  return advices.find(({ suits }) => suits(called))?.say(called)
}

function errorOf({ answer }: Called): string | undefined {
  return answer.challenges.flatMap(({ parameters }) => parameters['error'] ?? [])[0]
}

function offersOnly(scheme: string, { answer }: Called): boolean {
  const { challenges } = answer
  return challenges.length > 0 && challenges.every((one) => one.scheme.toLowerCase() === scheme.toLowerCase())
}

function scopeAdvice({ answer, got, values }: Called): string {
  const named = answer.challenges.flatMap(({ parameters }) => parameters['scope'] ?? [])[0]
  const own = got?.issued.scopes ?? []
  const missing = (named ?? '').split(' ').filter((scope) => scope !== '' && !own.includes(scope))
  if (got === undefined || missing.length === 0)
    return 'The token lacks a permission that the answer does not name: compare the route with what the token has.'
  const { client, audience, issuer } = got.wanted
  const lack = `The token lacks ${shownLine(missing.join(' '), 200)}.`
  if (values?.device === true)
    return missing.some((scope) => !got.wanted.scopes.includes(scope))
      ? `${lack} Ask for it: --scope ${shellWord(shownLine([...got.wanted.scopes, ...missing].join(' '), 200))}`
      : `${lack} The user needs it, by a role or a permission of ${audience}.`
  const place = consoleAddress(issuer, grantPage(client.id)) ?? 'Dashboard > Applications > APIs'
  return `${lack} Add it to the client grant of "${client.id}" for ${audience}: ${place}`
}

/** `sallyport token` as it would get such a token again. */
function tokenCommand(values: TokenValues = {}): string {
  const { 'client-secret-stdin': _, ...printable } = values
  const names = ['domain', 'audience', 'client-id', 'scope', 'device', 'dpop', 'dpop-key'] as const
  const given = names.flatMap((name) => {
    const value = printable[name]
    if (value === undefined || value === false) return []
    return value === true ? [`--${name}`] : [`--${name}`, shellWord(value)]
  })
  return ['npx sallyport token', ...given].join(' ')
}
