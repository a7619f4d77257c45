/** What to do about a refusal, by what the tenant says. The first row that fits. */
const hints: readonly (readonly [text: RegExp, hint: string])[] = [
  [/client-grant/, 'Open the application, and let it use this API under “API access”.'],
  [
    /Service not (enabled within domain|found)/,
    'No API has this identifier. Compare letter by letter, the slash at the end included.',
  ],
  [/Non-global clients/, 'The request names no audience: send the identifier of the API.'],
  [/^Unauthorized$/, 'No application has this client_id, or the secret is another one.'],
  [/^Grant type/, 'Turn this grant type on in the settings of the application.'],
  [/A DPoP proof is required/, 'The API or the application requires DPoP: send a proof, or set DPoP to “Allowed”.'],
  [/requires nonce/, 'No mistake: the client now sends its proof again, with the nonce.'],
  [/Invalid authorization code/, 'A code is good once, for a short time, for the application that asked for it.'],
  [/Failed to verify code verifier/, 'The code_verifier does not belong to the code_challenge of /authorize.'],
  [/Unknown or invalid refresh token/, 'It has expired, was used before, or belongs to another application or key.'],
  [
    /Login required/,
    'Nobody is logged in in this browser. Mind that localhost and 127.0.0.1 are different sites to it.',
  ],
  [/list of Allowed Callback URLs/, 'Add the address to the callback URLs of the application, letter by letter.'],
  [/list of Allowed Logout URLs/, 'Add the address to the logout URLs of the application, letter by letter.'],
  [/user is blocked/, 'Unblock the user under “Users”.'],
  [/no application with this client_id/, 'Compare the client_id with that of the application.'],
]

export function hintFor(description: string): string | undefined {
  return hints.find(([text]) => text.test(description))?.[1]
}
