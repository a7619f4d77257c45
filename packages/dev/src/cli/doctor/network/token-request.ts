import { isJsonObject } from '../../../explain/json-part.js'
import { askForJson } from '../../http/json-answer.js'

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

const limitSeconds = 10

/** @returns `undefined` where there is no answer, or none that makes sense. */
export async function requestToken(request: TokenRequest): Promise<TokenAnswer | undefined> {
  const { issuer, audience, clientId, clientSecret } = request
  const answer = await askForJson(new URL('oauth/token', issuer), {
    method: 'POST',
    seconds: limitSeconds,
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      audience,
    }),
  }).catch(() => undefined)
  if (answer === undefined || !isJsonObject(answer.json)) return undefined
  const { status, json } = answer
  const text = (name: string) => {
    const value = json[name]
    return typeof value === 'string' ? value : ''
  }
  const token = text('access_token')
  if (status === 200 && token !== '') return { token, type: text('token_type'), scope: text('scope') }
  return { status, error: text('error'), description: text('error_description') }
}
