import type { LiveAnswer } from './answers.js'

/** A parameter of the challenges of an answer, the first that there is. RFC 9110 section 11.6.1. */
export function challengeParameter({ headers }: LiveAnswer, name: string): string | undefined {
  const value = headers.get('www-authenticate') ?? ''
  const [, quoted, token] = new RegExp(`\\b${name}=(?:"([^"]*)"|([^\\s,"]+))`, 'i').exec(value) ?? []
  return quoted ?? token
}

/** Whether one of the schemes that an access token can be sent in is offered. */
export function hasChallenge({ headers }: LiveAnswer): boolean {
  return /(^|,\s*)(Bearer|DPoP)\b/i.test(headers.get('www-authenticate') ?? '')
}
