import type { DpopClient, ProofOptions, TestIssuer, TokenOptions } from '../../../src/testing/index.js'
import type { StackOptions } from '../contract.js'
import type { Answered } from './ask.js'
import type { SetupName } from './setups.js'

/** What a request may be made of. */
export interface Kit {
  readonly issuer: TestIssuer
  readonly client: DpopClient
  readonly thief: DpopClient
  /** Good ones: a bearer token, one of the client, one of the thief. */
  readonly tokens: Readonly<Record<'plain' | 'bound' | 'foreign', string>>
  /** The URL that is asked for, as the client knows it. */
  readonly url: string
  readonly options: StackOptions
  /** Sends another request first, to the core as well. */
  send(fields: readonly string[], path?: string): Promise<Answered>
}

export type Fields = (kit: Kit) => Promise<readonly string[]> | readonly string[]

/** A request, and what it gets in the `auth0` error profile. */
export interface Situation {
  readonly title: string
  readonly setup?: SetupName
  readonly method?: string
  /** The request target; a whole URI too. */
  readonly path?: string
  readonly version?: '1.0'
  readonly body?: string
  /** Field lines as they are sent, in order. */
  readonly fields: Fields
  readonly status: number
  readonly error?: string
  /** Stacks, as a pattern, and why their answer is another one: still a refusal, and no handler runs. */
  readonly differs?: Readonly<Record<string, string>>
}

/** By the letters of the attack list; `-` is a challenge without an error code. */
const outcomes = {
  A: { status: 200 },
  '-': { status: 400, error: 'invalid_request' },
  R: { status: 400, error: 'invalid_request' },
  T: { status: 401, error: 'invalid_token' },
  P: { status: 400, error: 'invalid_dpop_proof' },
  N: { status: 401, error: 'use_dpop_nonce' },
  S: { status: 403, error: 'insufficient_scope' },
} as const

export type More = Omit<Partial<Situation>, 'title' | 'fields' | 'status' | 'error'>

export function row(title: string, outcome: keyof typeof outcomes, fields: Fields, more: More = {}): Situation {
  return { title, fields, ...more, ...outcomes[outcome] }
}

/** Rows of one outcome. */
export function rows(
  outcome: keyof typeof outcomes,
  table: readonly (readonly [title: string, fields: Fields])[],
  more?: More,
): readonly Situation[] {
  return table.map(([title, fields]) => row(title, outcome, fields, more))
}

type Make<Made> = Made | ((kit: Kit) => Made | Promise<Made>)

export async function made<Made extends object>(make: Make<Made>, kit: Kit): Promise<Made> {
  return typeof make === 'function' ? make(kit) : make
}

export function bearer(claims?: object, options: TokenOptions = {}): Fields {
  return async ({ issuer, tokens }) => {
    const token = claims === undefined ? tokens.plain : await issuer.token({ ...claims }, options)
    return ['Authorization', `Bearer ${token}`]
  }
}

/** A bound token, and a proof with these changes. */
export function dpop(changes: Make<Partial<ProofOptions>> = {}, claims?: object): Fields {
  return async (kit) => {
    const { client, url, tokens } = kit
    const token = claims === undefined ? tokens.bound : await client.token({ ...claims })
    const proof = await client.proof({ url, token, ...(await made(changes, kit)) })
    return ['Authorization', `DPoP ${token}`, 'DPoP', proof]
  }
}

/** A proof with these claims instead of its own. */
export function claiming(claims: Make<Readonly<Record<string, unknown>>>): Fields {
  return dpop(async (kit) => ({ claims: await made(claims, kit) }))
}

/** A proof with this `htu`, in which `{url}`, `{origin}`, `{host}` and `{port}` are those of the request. */
export function htu(text: string): Fields {
  return claiming(({ url }) => {
    const { origin, host, port } = new URL(url)
    const values = new Map(Object.entries({ url, origin, host, port }))
    return { htu: text.replace(/\{(\w+)\}/g, (whole, name: string) => values.get(name) ?? whole) }
  })
}

/** A request with these `Host` lines, and a proof with this `htu`. */
export function at(hosts: readonly string[], text: string): Fields {
  return together(() => hosts.flatMap((host) => ['Host', host]), htu(text))
}

/** Proofs of the client by name, and the tokens that they are for. */
const proofs = { proof: 'bound', again: 'bound', plainProof: 'plain', foreignProof: 'foreign' } as const

/** Field lines with credentials in them: `Authorization: Bearer {plain}`. */
export function lines(...texts: readonly string[]): Fields {
  const names = Object.entries(proofs).filter(([name]) => texts.some((text) => text.includes(`{${name}}`)))
  return async ({ client, url, tokens }) => {
    const values = new Map(Object.entries(tokens))
    for (const [name, token] of names) values.set(name, await client.proof({ url, token: tokens[token] }))
    return texts.flatMap((text) => {
      const filled = text.replace(/\{(\w+)\}/g, (whole, name: string) => values.get(name) ?? whole)
      return [filled.slice(0, filled.indexOf(':')), filled.slice(filled.indexOf(':') + 1).replace(/^ /, '')]
    })
  }
}

/** The fields of several, one after the other. */
export function together(...parts: readonly Fields[]): Fields {
  return async (kit) => (await Promise.all(parts.map(async (part) => part(kit)))).flat()
}

export interface FirstRequest {
  /** Default: that of the request in question. */
  readonly path?: string
  /** Default `false`. */
  readonly isRefused?: boolean
}

/** Sends a request before the one in question; what is said of that one holds only if this goes as it should. */
export async function sendFirst(kit: Kit, fields: readonly string[], first: FirstRequest = {}): Promise<void> {
  const { path, isRefused = false } = first
  const { status } = await kit.send(fields, path)
  if (status >= 400 !== isRefused) throw new Error(`The first request was answered with ${status}.`)
}
