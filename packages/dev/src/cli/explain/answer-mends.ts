interface AnswerMend {
  readonly error: string
  /** Tells apart what has the same `error`. */
  readonly description?: RegExp
  readonly mend: string
}

/** What to do about an answer that refuses a token, or what a login SDK says in place of one. The first row that fits counts. */
const mends: readonly AnswerMend[] = [
  {
    error: 'login_required',
    mend: 'Nobody is logged in there, or the cookie does not come along: log in with a redirect. localhost and 127.0.0.1 are two sites: open the application by one of them only.',
  },
  {
    error: 'consent_required',
    mend: 'The user has to consent, which needs a page: log in with a redirect. Auth0 skips consent for no application on localhost.',
  },
  {
    error: 'interaction_required',
    mend: 'The user has something to do first, which needs a page: log in with a redirect.',
  },
  {
    error: 'missing_refresh_token',
    mend: 'Three things give one: “Allow Offline Access” of the API, the scope offline_access in the request, and the grant type Refresh Token of the application. Then log in again.',
  },
  {
    error: 'invalid_grant',
    description: /refresh token/i,
    mend: 'It has expired, was used twice (rotation), or belongs to another application or tenant: log in again.',
  },
  {
    error: 'invalid_grant',
    mend: 'A code is good once, for a short time, and with the code_verifier and the redirect_uri that it was asked for with.',
  },
  {
    error: 'access_denied',
    description: /^Service not/i,
    mend: 'The tenant has no API with this audience: compare it with the Identifier, to the letter, or create it: npx sallyport init',
  },
  {
    error: 'access_denied',
    description: /client[- ]grant|not authorized to access/i,
    mend: 'The application has no grant for the API: Dashboard > Applications > APIs > the API > Application Access (or Machine to Machine Applications).',
  },
  {
    error: 'access_denied',
    description: /^Unauthorized/i,
    mend: 'The client id or the secret is wrong, or of another tenant, or the application authenticates in another way.',
  },
  {
    error: 'unauthorized_client',
    mend: 'The application may not ask in this way: its settings > Grant Types.',
  },
  {
    error: 'use_dpop_nonce',
    mend: 'Send the proof again, with the nonce of the answer’s DPoP-Nonce header in it: SDKs do that by themselves.',
  },
]

export function mendOfAnswer(error: string, description: string): string {
  const found = mends.find((row) => row.error === error && (row.description?.test(description) ?? true))
  return found?.mend ?? 'sallyport token --help'
}
