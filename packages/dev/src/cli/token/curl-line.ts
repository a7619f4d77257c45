import { shellLine } from '../shell-words.js'
import type { IssuedToken } from './issued-token.js'

/** A line for a shell that sends the token to an API, with a proof where the token is bound. */
export async function curlLine(url: URL, { token, type, key }: IssuedToken): Promise<string> {
  const proof = await key?.prove({ method: 'GET', url: url.href, token })
  const headers = [`Authorization: ${type} ${token}`, ...(proof === undefined ? [] : [`DPoP: ${proof}`])]
  // Without globs, as curl would take brackets of the address for a range.
  return shellLine(['curl', '-g', '-i', url.href, ...headers.flatMap((header) => ['-H', header])])
}
