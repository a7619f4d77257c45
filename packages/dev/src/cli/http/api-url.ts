import { usageMistake } from '../failure.js'

/** The address of a route of an API, without a fragment. @throws {CliFailure} It is none. */
export function apiUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    const isHost = /^[\w.-]+(:\d+)?(\/|$)/.test(text)
    throw usageMistake(
      'The address of the API has to begin with http:// or https://.',
      isHost ? `Do you mean http://${text.slice(0, 200)} ?` : 'Such as http://localhost:3000/api/private',
    )
  }
  if (url.username !== '' || url.password !== '')
    throw usageMistake('The address has a user or a password in it: the token is what speaks for you.')
  url.hash = ''
  return url
}
