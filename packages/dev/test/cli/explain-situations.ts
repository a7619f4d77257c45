import type { RefusalCode } from 'sallyport'
import { createTestKey, signCompact } from 'sallyport/testing'
import { audience, type ExplainBench, type Sent, url } from './explain-bench.js'

type Make = (bench: ExplainBench) => Promise<Sent>

type Changes = Readonly<Record<string, unknown>>

const now = () => Math.floor(Date.now() / 1000)

const plain =
  (claims: Changes = {}, header?: Changes, rest: Partial<Sent> = {}): Make =>
  async ({ issuer }) => ({ token: await issuer.token(claims, header === undefined ? {} : { header }), ...rest })

/** A bound token with a proof for it, and what is different about the proof. */
const bound =
  (claims: Changes = {}, header: Changes = {}, rest: Partial<Sent> = {}): Make =>
  async ({ client }) => {
    const token = await client.token()
    return { token, scheme: 'DPoP', proof: await client.proof({ url, token, claims, header }), ...rest }
  }

const withProof =
  (change: (proof: string) => string): Make =>
  async (bench) => {
    const sent = await bound()(bench)
    return { ...sent, proof: change(sent.proof ?? '') }
  }

/** A signature of which some characters in the middle are others. */
const changed = (token: string) =>
  `${token.slice(0, -40)}${[...token.slice(-40, -20)].reverse().join('')}${token.slice(-20)}`

const part = (json: object) => Buffer.from(JSON.stringify(json)).toString('base64url')

/** By code: what a token or a proof has to be like for an API to answer so. All else is the request's or the server's. */
export const situations: Readonly<Partial<Record<RefusalCode, Readonly<Record<string, Make>>>>> = {
  credentials_malformed: {
    'a quotation mark within': async ({ issuer }) => ({ token: (await issuer.token()).replace('.', '".') }),
  },
  proof_with_bearer: { 'a proof beside a bearer token': bound({}, {}, { scheme: 'Bearer' }) },
  token_too_large: {
    'a thousand groups': plain({ groups: Array.from({ length: 1000 }, (_, index) => `group-${index}`) }),
  },
  token_encrypted: { 'five parts': async () => ({ token: `${part({ alg: 'dir', enc: 'A256GCM' })}..aaaa.bbbb.cccc` }) },
  token_malformed: {
    'a word': async () => ({ token: 'undefined' }),
    'one part': async () => ({ token: 'YMvAYYLNhK4MtRD7' }),
    'no JSON': async () => ({ token: 'abcd.efgh.ijkl' }),
    'a signature that cannot end so': async ({ issuer }) => ({ token: (await issuer.token()).slice(0, -1) }),
    'a member twice': async ({ issuer }) => ({
      token: await signCompact(
        { alg: 'RS256', kid: issuer.currentKey().kid },
        `{"iss":"${issuer.issuer}","aud":"${audience}","exp":${now() + 60},"iat":${now()},"sub":"a","sub":"b"}`,
        issuer.currentKey(),
      ),
    }),
  },
  token_type_refused: {
    'an ID token': plain({ nonce: 'n', aud: 'YMvAYYLNhK4MtRD7YMvAYYLNhK4MtRD7' }),
    'a logout token': plain({ events: { 'http://schemas.openid.net/event/backchannel-logout': {} } }),
    'the type of a logout token': plain({}, { typ: 'logout+jwt' }),
    'a DPoP proof': async ({ client }) => ({ token: await client.proof({ url }) }),
    'an unknown type': plain({}, { typ: 'made-up+jwt' }),
  },
  algorithm_refused: {
    'no signature': async ({ issuer }) => ({ token: `${part({ alg: 'none' })}.${part({ iss: issuer.issuer })}.` }),
    HS256: plain({}, { alg: 'HS256' }),
    'an ID token with HS256': plain({ nonce: 'n' }, { alg: 'HS256' }),
  },
  header_parameter_refused: { crit: plain({}, { crit: ['exp'] }), b64: plain({}, { b64: false }) },
  issuer_refused: {
    'no issuer': plain({ iss: undefined }),
    'no slash at the end': async ({ issuer }) => ({ token: await issuer.token({ iss: issuer.issuer.slice(0, -1) }) }),
    'another tenant': plain({ iss: 'https://other.eu.auth0.com/' }),
    'an ID token of another tenant': plain({ iss: 'https://other.eu.auth0.com/', nonce: 'n' }),
    'another tenant, and expired': plain({ iss: 'https://other.eu.auth0.com/', exp: 60, iat: 1 }),
  },
  key_unknown: {
    'another kid': plain({}, { kid: 'rotated-away' }),
    'another kid, and expired': plain({ exp: 60, iat: 1 }, { kid: 'rotated-away' }),
  },
  signature_invalid: {
    'a changed token': async ({ issuer }) => ({ token: changed(await issuer.token()) }),
    'a copy without its end': async ({ issuer }) => ({ token: (await issuer.token()).slice(0, -42) }),
    'a key that only says so': async ({ issuer }) => ({
      token: await issuer.token({}, { key: { ...(await createTestKey('RS256')), kid: issuer.currentKey().kid } }),
    }),
  },
  token_expired: {
    'an hour ago': async ({ issuer }) => ({ token: await issuer.token({}, { expiresInSeconds: -3600 }) }),
  },
  token_not_yet_valid: {
    nbf: plain({ nbf: now() + 7200 }),
    iat: plain({ iat: now() + 600, exp: now() + 7200 }),
  },
  token_lifetime_refused: {
    'a month': plain({ exp: now() + 2_592_000 }),
    milliseconds: plain({ exp: Date.now() + 3_600_000 }),
  },
  claim_refused: {
    'no exp': plain({ exp: undefined }),
    'no iat': plain({ iat: undefined }),
    'exp as text': plain({ exp: '2030-01-01' }),
    'no aud': plain({ aud: undefined }),
    'aud as number': plain({ aud: [audience, 7] }),
    'jti as number': plain({ jti: 7 }),
    'iat after exp': plain({ iat: now() + 50, exp: now() + 40 }),
  },
  audience_refused: {
    'a slash at the end': plain({ aud: `${audience}/` }),
    capitals: plain({ aud: audience.toUpperCase() }),
    'the userinfo endpoint': plain({ aud: 'https://tenant.test/userinfo' }),
    'an ID token without a nonce': plain({ aud: 'YMvAYYLNhK4MtRD7YMvAYYLNhK4MtRD7', sid: 's' }),
    'another API, and expired': plain({ aud: 'https://other.test', exp: now() - 60 }),
  },
  confirmation_refused: {
    empty: plain({ cnf: {} }),
    'no thumbprint': plain({ cnf: { jkt: 'short' } }),
    text: plain({ cnf: 'jkt' }),
  },
  bound_token_as_bearer: {
    'sent as Bearer': async ({ client }) => ({ token: await client.token(), scheme: 'Bearer' }),
  },
  token_not_bound: {
    'a plain token with a proof': async ({ client, issuer }) => {
      const token = await issuer.token()
      return { token, scheme: 'DPoP', proof: await client.proof({ url, token }) }
    },
  },
  proof_key_mismatch: {
    'bound to another key': async ({ client }) => {
      const token = await client.token({ cnf: { jkt: Buffer.alloc(32, 7).toString('base64url') } })
      return { token, scheme: 'DPoP', proof: await client.proof({ url, token }) }
    },
  },
  scope_missing: {
    'of a user': plain({ scope: 'openid read:messages' }, undefined, {
      requirement: { scopes: 'read:messages write:messages' },
    }),
    'of a machine': plain({ gty: 'client-credentials' }, undefined, { requirement: { scopes: 'write:messages' } }),
  },
  permission_missing: {
    'no claim': plain({ scope: 'write:messages' }, undefined, { requirement: { permissions: 'write:messages' } }),
    'too few': plain({ permissions: ['read:messages'] }, undefined, { requirement: { permissions: 'write:messages' } }),
  },
  proof_repeated: { 'two in one': withProof((proof) => `${proof}, ${proof}`) },
  proof_too_large: { 'long claims': bound({ filling: 'x'.repeat(4096) }) },
  proof_malformed: { 'no JWT': withProof(() => 'not-a-proof'), crit: bound({}, { crit: ['exp'] }) },
  proof_type_refused: { JWT: bound({}, { typ: 'JWT' }) },
  proof_algorithm_refused: { RS256: bound({}, { alg: 'RS256' }) },
  proof_key_refused: {
    'no key': bound({}, { jwk: undefined }),
    'a private key': bound({}, { jwk: { kty: 'EC', d: 'x' } }),
  },
  proof_token_mismatch: { 'no ath': bound({ ath: undefined }), 'another ath': bound({ ath: 'x' }) },
  proof_method_mismatch: { POST: bound({ htm: 'POST' }), 'small letters': bound({ htm: 'get' }) },
  proof_uri_mismatch: {
    http: bound({ htu: url.replace('https', 'http') }),
    'a slash at the end': bound({ htu: `${url}/` }),
    'no URL': bound({ htu: 'messages' }),
  },
  proof_time_refused: {
    old: bound({ iat: now() - 600 }),
    'of the future': bound({ iat: now() + 600 }),
    expired: bound({ exp: now() - 600 }),
  },
  proof_signature_invalid: {
    'another key': async ({ client }) => {
      const token = await client.token()
      return {
        token,
        scheme: 'DPoP',
        proof: await client.proof({ url, token, signWith: await createTestKey('ES256') }),
      }
    },
  },
  proof_claim_refused: { 'no jti': bound({ jti: undefined }), 'no iat': bound({ iat: undefined }) },
  nonce_wanted: {
    none: bound({}, {}, { wantsNonce: true }),
    another: bound({ nonce: 'old' }, {}, { wantsNonce: true }),
  },
}

/** What an API takes as long as nothing more is asked of it: explain takes it too, and names the code in a note. */
export const notes: Readonly<Partial<Record<RefusalCode, Make>>> = {
  certificate_missing: plain({ cnf: { 'x5t#S256': Buffer.alloc(32, 7).toString('base64url') } }),
  actor_malformed: plain({ act: { sub: 'agent', act: 'nobody' } }),
}

/** What a token or a proof alone cannot bring about. */
export const ofRequestOrServer: readonly RefusalCode[] = [
  'credentials_missing',
  'scheme_unsupported',
  'credentials_repeated',
  'credentials_twice',
  'request_target_refused',
  'proof_missing',
  'certificate_mismatch',
  'session_caller_changed',
  'forwarded_refused',
  'proof_replayed',
  'proof_limit_reached',
]

/** What an API takes. */
export const taken: Readonly<Record<string, Make>> = {
  'a bearer token': plain(),
  'a scope that the route asks for': plain({ scope: 'a b' }, undefined, { requirement: { scopes: 'b a' } }),
  'a permission that the route asks for': plain({ permissions: ['a'] }, undefined, {
    requirement: { permissions: 'a' },
  }),
  'the audience among others': plain({ aud: ['https://tenant.test/userinfo', audience] }),
  'a bound token with a proof': bound(),
  'a proof with a query in its URL': bound({ htu: `${url}?page=2#top` }),
}
