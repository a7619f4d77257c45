import type { Finding } from '../rule.js'
import { evidenceOf } from './answers.js'
import type { Exploration } from './exploration.js'
import type { LiveRule } from './live-rule.js'
import { strangeOrigin } from './preflights.js'

interface CorsMistake {
  readonly severity: NonNullable<Finding['severity']>
  is(exploration: Exploration): boolean
  readonly message: string
  readonly mend: string
}

/** The first is named alone. */
const mistakes: readonly CorsMistake[] = [
  {
    severity: 'error',
    is: ({ preflights: { stranger } }) =>
      allowed(stranger.headers) === strangeOrigin && hasCredentials(stranger.headers),
    message: 'Every origin is allowed, with credentials: any page may call the API as its visitor.',
    mend: 'List the origins of your front ends. Access tokens need no credentials: leave them out.',
  },
  {
    severity: 'warning',
    is: ({ preflights: { answer } }) => allowed(answer.headers) === '*' && hasCredentials(answer.headers),
    message: 'Access-Control-Allow-Origin is * with credentials, which browsers refuse.',
    mend: 'Leave out Access-Control-Allow-Credentials: access tokens do not need it.',
  },
  {
    severity: 'info',
    is: ({ preflights: { answer } }) => allowed(answer.headers) === undefined,
    message: 'The API names no allowed origin: no browser on another origin can call it.',
    mend: 'Fine where no browser calls it, or another origin is allowed. Else register CORS before the guards.',
  },
  {
    severity: 'error',
    is: ({ preflights: { answer } }) => !names(answer.headers, 'access-control-allow-headers', 'authorization'),
    message: 'CORS does not allow the header Authorization: a browser cannot send a token. * does not cover it.',
    mend: 'Allow it: allowedHeaders: [...corsHeaders.allowed] of sallyport.',
  },
  {
    severity: 'warning',
    is: ({ withoutToken }) => allowed(withoutToken.headers) === undefined,
    message: 'Refusals have no CORS headers: a browser shows a network error instead of 401.',
    mend: 'Register CORS before the guards.',
  },
  {
    severity: 'info',
    is: ({ withoutToken: { headers, status } }) =>
      status >= 400 && !names(headers, 'access-control-expose-headers', 'www-authenticate', '*'),
    message: 'CORS does not expose WWW-Authenticate: a client in a browser does not learn why it was refused.',
    mend: 'Expose it: exposedHeaders: [...corsHeaders.exposed] of sallyport.',
  },
]

export const corsHeadersLive: LiveRule = {
  code: 'live-cors-headers',
  severity: 'warning',
  mend: { text: 'Allow what clients in a browser need, and no more.' },
  docs: 'docs/frameworks.md',
  look: (exploration) => {
    const { url, preflights, withoutToken } = exploration
    const { answer } = preflights
    // What no preflight gets past is a matter of its own; so is a route that is not there.
    const isRefused = answer.status >= 300 && answer.status !== 404 && answer.status !== 405
    if (isRefused || withoutToken.status === 404) return []
    const found = mistakes.find(({ is }) => is(exploration))
    if (found === undefined) return []
    const { severity, message, mend } = found
    return [{ severity, message, evidence: evidenceOf(url, answer), mend: { text: mend } }]
  },
}

function allowed(headers: Headers): string | undefined {
  return headers.get('access-control-allow-origin') ?? undefined
}

function hasCredentials(headers: Headers): boolean {
  return headers.get('access-control-allow-credentials') === 'true'
}

function names(headers: Headers, field: string, ...wanted: readonly string[]): boolean {
  const listed = (headers.get(field) ?? '').split(',').map((name) => name.trim().toLowerCase())
  return wanted.some((name) => listed.includes(name))
}
