/** What a token endpoint says to client credentials. */
export type TokenAnswer =
  | { readonly token: string; readonly type: string; readonly scope: string }
  | { readonly status: number; readonly error: string; readonly description: string }

export interface ClientCredentials {
  readonly clientId: string
  readonly clientSecret: string
}

interface TokenRequest extends ClientCredentials {
  readonly issuer: string
  readonly audience: string
}

const limitMilliseconds = 10_000

/** @returns `undefined` where there is no answer, or none that makes sense. */
export async function requestToken(request: TokenRequest): Promise<TokenAnswer | undefined> {
  const { issuer, audience, clientId, clientSecret } = request
  const response = await fetch(new URL('oauth/token', issuer), {
    method: 'POST',
    redirect: 'error',
    signal: AbortSignal.timeout(limitMilliseconds),
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      audience,
    }),
  }).catch(() => undefined)
  const body: unknown = await response?.json().catch(() => undefined)
  if (response === undefined || typeof body !== 'object' || body === null) return undefined
  const text = (name: string) => {
    const value = (body as Readonly<Record<string, unknown>>)[name]
    return typeof value === 'string' ? value : ''
  }
  const token = text('access_token')
  if (response.ok && token !== '') return { token, type: text('token_type'), scope: text('scope') }
  return { status: response.status, error: text('error'), description: text('error_description') }
}
