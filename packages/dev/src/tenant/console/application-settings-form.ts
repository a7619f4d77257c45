import * as v from 'valibot'
import type { Client } from '../model.js'
import { grantTypeLabels } from './application-types.js'
import { type Filled, field, filledWith } from './form.js'

/** Names the first line that does not fit. */
function eachLine(fits: (line: string) => boolean, example: string) {
  return v.pipe(
    field.lines(),
    v.rawCheck(({ dataset, addIssue }) => {
      const wrong = dataset.typed ? dataset.value.find((line) => !fits(line)) : undefined
      if (wrong !== undefined) addIssue({ message: `“${wrong.slice(0, 80)}” is not of the kind ${example}.` })
    }),
  )
}

/** A scheme of an app's own is fine; one that runs a script is not. */
function isAddress(line: string): boolean {
  return /^(?!(?:javascript|data|vbscript|blob|file):)[a-z][a-z0-9+.-]*:\/[^#]*$/i.test(line) && URL.canParse(line)
}

function isOrigin(line: string): boolean {
  return /^https?:/.test(line) && URL.canParse(line) && new URL(line).origin === line
}

export const applicationSettings = v.object({
  name: field.text('Give it a name, such as My web app.'),
  grants: field.many(),
  dpop: field.flag(),
  callbacks: eachLine(isAddress, 'http://localhost:3000/callback'),
  logoutUrls: eachLine(isAddress, 'http://localhost:3000'),
  webOrigins: eachLine(isOrigin, 'http://localhost:3000, without a path or a slash at the end'),
})

export function settingsOf(client: Client): Filled {
  return filledWith({
    name: client.name,
    grants: client.grant_types,
    dpop: client.require_proof_of_possession,
    callbacks: client.callbacks.join('\n'),
    logoutUrls: client.allowed_logout_urls.join('\n'),
    webOrigins: client.web_origins.join('\n'),
  })
}

export function withSettings(client: Client, given: v.InferOutput<typeof applicationSettings>): Client {
  const isKnown = (grant: string) => Object.hasOwn(grantTypeLabels, grant)
  return {
    ...client,
    name: given.name,
    // Those that the form does not show stay.
    grant_types: [...client.grant_types.filter((grant) => !isKnown(grant)), ...given.grants.filter(isKnown)],
    require_proof_of_possession: given.dpop,
    callbacks: given.callbacks,
    allowed_logout_urls: given.logoutUrls,
    web_origins: given.webOrigins,
  }
}
