import { type Challenge, readChallenges } from '../../http/challenge.js'
import type { LiveAnswer } from './answers.js'

/** A parameter of the challenges of an answer, the first that there is. */
export function challengeParameter(answer: LiveAnswer, name: string): string | undefined {
  return challengesOf(answer).flatMap(({ parameters }) => parameters[name] ?? [])[0]
}

/** Whether one of the schemes that an access token can be sent in is offered. */
export function hasChallenge(answer: LiveAnswer): boolean {
  return challengesOf(answer).some(({ scheme }) => /^(?:Bearer|DPoP)$/i.test(scheme))
}

/** Whether the API takes tokens that are bound to a key, and no others. */
export function offersDpopOnly(answer: LiveAnswer): boolean {
  const schemes = challengesOf(answer).map(({ scheme }) => scheme.toLowerCase())
  return schemes.includes('dpop') && !schemes.includes('bearer')
}

function challengesOf({ headers }: LiveAnswer): readonly Challenge[] {
  return readChallenges(headers.get('www-authenticate') ?? '')
}
