import type { IssuedToken } from './issued-token.js'
import type { WantedToken } from './wanted-token.js'

interface Circumstances {
  readonly isDevice: boolean
  readonly askedForDpop: boolean
}

/** What is not as somebody may have expected it, and what to do about it. */
export function notesOn(
  issued: IssuedToken,
  wanted: WantedToken,
  { isDevice, askedForDpop }: Circumstances,
): readonly string[] {
  const { type, missing, scopes } = issued
  const { audience, client } = wanted
  const isPlain = askedForDpop && type === 'Bearer'
  const isWider = !isDevice && wanted.scopes.length > 0 && scopes.some((scope) => !wanted.scopes.includes(scope))
  return [
    ...(missing.length === 0
      ? []
      : [`Asked for and not granted: ${missing.join(' ')}. ${mendOf(missing, wanted, isDevice)}`]),
    ...(isWider
      ? [
          `"${client.id}" gets all that its client grant has, whatever --scope says: so does Auth0. The grant is what narrows it.`,
        ]
      : []),
    ...(isPlain
      ? [
          `A plain Bearer token, in spite of the proof: ${audience} has sender-constraining switched off. ` +
            'Set the API to DPoP (its settings > Token Sender-Constraining; locally "dpop": "allowed" in the seed).',
        ]
      : []),
  ]
}

function mendOf(missing: readonly string[], { client, audience }: WantedToken, isDevice: boolean): string {
  const one = missing.length === 1 ? 'it' : 'them'
  return isDevice
    ? `The user needs ${one} by a role or a permission of ${audience}, and the API has to define ${one}.`
    : `The client grant of "${client.id}" for ${audience} needs ${one}.`
}
