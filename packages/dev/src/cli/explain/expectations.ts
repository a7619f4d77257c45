import type { Expectations, Keys } from '../../explain/facts.js'
import { requiredIssuer } from '../project/issuer.js'
import { readSettings } from '../project/settings.js'
import type { Terminal } from '../terminal.js'
import type { ExplainOptions } from './explain-options.js'
import { type IssuerDocuments, issuerDocuments } from './issuer-documents.js'
import type { GivenToken } from './read-token.js'

/** Where the keys come from. */
export type KeySource =
  | { readonly kind: 'fetched'; readonly documents: Extract<IssuerDocuments, { keys: unknown }> }
  | { readonly kind: 'unreachable'; readonly problem: string; readonly advice: string }
  | { readonly kind: 'offline' | 'nobody' }

interface Expected {
  readonly expectations: Expectations
  readonly source: KeySource
}

/** What the API expects, by options, environment, `.env`, and what its issuer publishes. @throws {CliFailure} */
export async function expectationsOf(
  options: ExplainOptions,
  given: GivenToken,
  terminal: Terminal,
): Promise<Expected> {
  const settings = await readSettings(process.cwd())
  const domain = options.domain ?? settings.AUTH0_DOMAIN
  const audience = options.audience ?? settings.AUTH0_AUDIENCE
  const issuer = domain === undefined ? undefined : requiredIssuer(domain)
  const source = await sourceOf(issuer, options.isOffline, terminal)
  const { proof, method, url, apiAnswer } = options
  const scheme = options.scheme ?? given.scheme ?? (proof === undefined ? undefined : 'DPoP')
  const ahead = source.kind === 'fetched' ? source.documents.aheadOfIssuerSeconds : apiAnswer?.aheadSeconds
  const expectations: Expectations = {
    issuers: issuer === undefined ? [] : [issuer],
    audiences: audience === undefined ? [] : [audience],
    algorithms: options.algorithms,
    dpop: options.dpop,
    scopes: options.scopes,
    permissions: options.permissions,
    maxTokenLifetimeSeconds: 604_800,
    clock: { nowSeconds: () => Math.floor(Date.now() / 1000), aheadOfIssuerSeconds: ahead },
    keys: async () => keysOf(source),
    request: { scheme, proof, method, url, nonce: apiAnswer?.nonce },
    known: { issuerName: issuer === undefined ? 'the issuer' : new URL(issuer).host },
  }
  return { expectations, source }
}

async function sourceOf(issuer: string | undefined, isOffline: boolean, terminal: Terminal): Promise<KeySource> {
  if (isOffline) return { kind: 'offline' }
  if (issuer === undefined) return { kind: 'nobody' }
  const documents = await terminal.during(`asking ${new URL(issuer).host} for its keys`, issuerDocuments(issuer))
  return 'problem' in documents ? { kind: 'unreachable', ...documents } : { kind: 'fetched', documents }
}

function keysOf(source: KeySource): Keys {
  switch (source.kind) {
    case 'fetched':
      return { kind: 'published', keys: source.documents.keys.map((jwk) => ({ jwk })) }
    case 'unreachable':
      return { kind: 'withheld', why: source.problem, advice: source.advice }
    case 'offline':
      return {
        kind: 'withheld',
        why: 'Not looked at: --offline leaves out the keys, and so anybody may have written it.',
      }
    case 'nobody':
      return {
        kind: 'withheld',
        why: 'Not looked at: nobody has said whose keys count.',
        advice: 'Say which issuer the API trusts: --domain, or AUTH0_DOMAIN.',
      }
  }
}
