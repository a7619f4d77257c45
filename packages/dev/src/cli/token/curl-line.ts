import type { IssuedToken } from './issued-token.js'
import { shellWord } from './shell-word.js'

/** A line for a shell that sends the token to an API, with a proof where the token is bound. */
export async function curlLine(url: URL, { token, type, key }: IssuedToken): Promise<string> {
  const proof = await key?.prove({ method: 'GET', url: url.href, token })
  const headers = [`Authorization: ${type} ${token}`, ...(proof === undefined ? [] : [`DPoP: ${proof}`])]
  // Without globs, as curl would take brackets of the address for a range.
  return ['curl', '-g', '-i', shellWord(url.href), ...headers.flatMap((header) => ['-H', shellWord(header)])].join(' ')
}
