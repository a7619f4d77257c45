import type { Tenant } from '../../src/index.js'
import { type Browser, createBrowser } from './browser.js'
import { callback, secret } from './protocol-seed.js'
import { askForToken, type Fields, type TokenAnswer, textOf, userId } from './token-requests.js'

/** RFC 7636 appendix B. */
const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
export const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'

/** What the page of the seed asks for at `/authorize`. A field that is empty is left out. */
export function authorizePath(changed: Fields = {}): string {
  const fields = {
    client_id: 'page',
    redirect_uri: callback,
    response_type: 'code',
    scope: 'openid profile email',
    state: 'a-state',
    nonce: 'a-nonce',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...changed,
  }
  return `/authorize?${new URLSearchParams(Object.entries(fields).filter(([, value]) => value !== ''))}`
}

export interface Login {
  readonly fields?: Fields
  readonly email?: string
  readonly browser?: Browser
}

/** Goes to `/authorize` and logs in there. */
export async function logIn(tenant: Tenant, { fields, email = 'ada@example.com', browser }: Login = {}) {
  const used = browser ?? createBrowser(tenant)
  const page = await used.get(authorizePath(fields))
  if (page.status !== 200) return page
  return used.submit(await page.text(), { user_id: userId(tenant, email) })
}

/** @returns The parameters that a redirect takes back to the application. */
export function answerIn(response: Response): Readonly<Record<string, string>> {
  const location = response.headers.get('location')
  if (location === null) throw new Error(`A page with status ${response.status} instead of a redirect`)
  return Object.fromEntries(new URL(location).searchParams)
}

export async function codeFor(tenant: Tenant, login: Login = {}): Promise<string> {
  const { code, error_description } = answerIn(await logIn(tenant, login))
  if (code === undefined) throw new Error(`No code: ${error_description}`)
  return code
}

/** What the page of the seed sends for a code. */
export function codeRequest(code: string, changed: Fields = {}): Fields {
  return {
    grant_type: 'authorization_code',
    client_id: 'page',
    code,
    redirect_uri: callback,
    code_verifier: verifier,
    ...changed,
  }
}

/** The whole way of the page of the seed, or of another application of it, to its tokens. */
export async function tokensFor(tenant: Tenant, login: Login = {}, headers: Fields = {}): Promise<TokenAnswer> {
  const clientId = login.fields?.['client_id'] ?? 'page'
  const own: Fields = clientId === 'web' ? { client_secret: secret } : {}
  const code = await codeFor(tenant, login)
  const redirect_uri = login.fields?.['redirect_uri'] ?? callback
  return askForToken(tenant, codeRequest(code, { client_id: clientId, redirect_uri, ...own }), headers)
}

export async function accessTokenFor(tenant: Tenant, login: Login = {}): Promise<string> {
  return textOf(await tokensFor(tenant, login), 'access_token')
}
