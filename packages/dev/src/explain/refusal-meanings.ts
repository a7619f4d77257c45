import type { RefusalCode } from 'sallyport'

interface RefusalMeaning {
  /** What has happened. */
  readonly meaning: string
  readonly mend: string
}

/** Every code that an API refuses with; docs/errors.md says more about each. */
export const refusalMeanings: Readonly<Record<RefusalCode, RefusalMeaning>> = {
  credentials_missing: {
    meaning: 'The request has no Authorization header. A token in the query, the body or a cookie is not read.',
    mend: 'Send “Authorization: Bearer <token>”. If the client does, look for a proxy or a redirect that drops the header.',
  },
  scheme_unsupported: {
    meaning: 'The Authorization header has another scheme than those in the challenges of the answer.',
    mend: 'Use Bearer or DPoP. “dpop: disabled” takes Bearer alone, “dpop: required” DPoP alone.',
  },
  credentials_malformed: {
    meaning: 'There is no token behind the scheme, or a space, a quote or a character in it that a token cannot have.',
    mend: 'Send one space between scheme and token, and the token without quotes and line breaks.',
  },
  credentials_repeated: {
    meaning: 'There are two Authorization headers, or two in one with a comma. Which one counts is not guessed.',
    mend: 'Look for a proxy or a client library that adds its own.',
  },
  credentials_twice: {
    meaning: 'There is an “access_token” in the query besides the header. RFC 6750 allows one way only.',
    mend: 'Take it out of the URL, where it ends up in logs, too.',
  },
  request_target_refused: {
    meaning: 'The URL of a DPoP request cannot be told: no Host header, a malformed one, or a path with dot segments.',
    mend: 'Send a whole URL as it is. Behind a proxy see docs/behind-a-proxy.md.',
  },
  proof_with_bearer: {
    meaning: 'There is a DPoP header, but the token is sent as Bearer.',
    mend: 'Send “Authorization: DPoP <token>”, or leave the proof out.',
  },
  proof_missing: {
    meaning: 'The token is sent with the DPoP scheme, but there is no DPoP header.',
    mend: 'Send a new proof with every request. If the client does, look for a proxy that drops the header.',
  },
  token_too_large: {
    meaning: 'The token has more than 8 KiB.',
    mend: 'Mostly hundreds of permissions or groups are in it: ask for fewer.',
  },
  token_encrypted: {
    meaning: 'It is an opaque token, which Auth0 issues where nobody asked for an audience. No API can read it.',
    mend: 'Pass the API’s identifier as “audience” when you ask for the token.',
  },
  token_malformed: {
    meaning:
      'It is not a JWT: cut off, opaque, or a word such as “undefined”. A member twice in the JSON ends here, too.',
    mend: 'Look at what the client really sends, and copy the whole token.',
  },
  token_type_refused: {
    meaning: 'It is an ID token, a logout token or a DPoP proof.',
    mend: 'Send the access token. With the profile rfc9068 its header has to say “at+jwt”.',
  },
  algorithm_refused: {
    meaning: 'It is signed with an algorithm that the option “algorithms” does not name; RS256 alone by default.',
    mend: 'Set the signing algorithm of the API to RS256 at the issuer.',
  },
  header_parameter_refused: {
    meaning: 'Its header has “crit” or “b64”, which change what a signature means.',
    mend: 'Have the issuer leave them out.',
  },
  issuer_refused: {
    meaning: '“iss” is not the issuer that the API trusts.',
    mend: 'Compare both letter by letter: the slash at the end, a custom domain, another tenant or region.',
  },
  key_unknown: {
    meaning: 'The issuer publishes no key with the “kid” of the token.',
    mend: 'It comes from somewhere else, or is older than a change of keys: get a new token.',
  },
  signature_invalid: {
    meaning: 'The token was changed on its way, or signed by somebody else.',
    mend: 'Get the token again and copy all of it. If the issuer changed its key without a new “kid”, wait for the keys to be fetched again.',
  },
  token_expired: {
    meaning: '“exp” has passed.',
    mend: 'Get a new token. If it was made just now, compare the clocks of both machines.',
  },
  token_not_yet_valid: {
    meaning: '“nbf” or “iat” lies in the future by more than is allowed: a clock is wrong.',
    mend: 'Set the clocks right. “clockToleranceSeconds” says how far they may be apart.',
  },
  token_lifetime_refused: {
    meaning:
      'From “iat” to “exp” it is more than “maxTokenLifetimeSeconds” (7 days). A time in milliseconds ends here, too.',
    mend: 'Shorten the lifetime of the API’s tokens at the issuer, or raise the option.',
  },
  claim_refused: {
    meaning: 'A registered claim is missing or has the wrong type. “iss”, “aud”, “exp” and “iat” have to be there.',
    mend: 'Put it right at the issuer. The profile rfc9068 also wants “sub”, “client_id” and “jti”.',
  },
  audience_refused: {
    meaning: '“aud” does not name this API. Both are compared letter by letter; a slash at the end counts.',
    mend: 'Ask for the token with the API’s identifier as “audience”, or put AUTH0_AUDIENCE right.',
  },
  confirmation_refused: {
    meaning: '“cnf” is empty, malformed, or has another member than “jkt” and “x5t#S256”.',
    mend: 'Put it right at the issuer: a binding that is not understood never counts as none.',
  },
  bound_token_as_bearer: {
    meaning: 'The token is bound to a key (“cnf.jkt”), but was sent as Bearer.',
    mend: 'Send “Authorization: DPoP <token>”, and a proof in the DPoP header. With “dpop: disabled” it cannot be used at all.',
  },
  token_not_bound: {
    meaning: 'The token was sent with the DPoP scheme, but is bound to no key.',
    mend: 'Send a proof to the token endpoint, too. If one was sent: the API is set to take none, and Auth0 gives a plain token then.',
  },
  certificate_missing: {
    meaning: 'The token is bound to a client certificate, and the connection shows none.',
    mend: 'Connect with the certificate. If a proxy ends TLS see “certificateSource” in docs/behind-a-proxy.md.',
  },
  certificate_mismatch: {
    meaning: 'The connection shows another client certificate than the one that the token is bound to.',
    mend: 'Use the certificate with which the token was got, or get a new token.',
  },
  proof_key_mismatch: {
    meaning: 'The proof is signed with another key than the one that the token is bound to.',
    mend: 'Keep the key for as long as the token. The client made a new one, or mixed up two tokens.',
  },
  actor_malformed: {
    meaning: 'A handler asked who acts for the subject, and “act” is malformed or longer than 16 links.',
    mend: 'Each link has to be an object with a “sub”: put it right where the token is exchanged.',
  },
  session_caller_changed: {
    meaning: 'A session was to go on with a token of another caller.',
    mend: 'Renew it with a token of the same subject, client, organization, scheme and key. See docs/long-lived-connections.md.',
  },
  scope_missing: {
    meaning: '“scope” of the token lacks what the route asks for; the challenge of the answer names it.',
    mend: 'Ask for the scope when you get the token. A user needs the permission, an application a client grant with it.',
  },
  permission_missing: {
    meaning: '“permissions” of the token lacks what the route asks for.',
    mend: 'Turn on RBAC and “Add Permissions in the Access Token” for the API, and give the user a role with the permission.',
  },
  proof_repeated: {
    meaning: 'There are two DPoP headers, or two in one with a comma.',
    mend: 'Often a client adds the header again when it retries: replace it instead.',
  },
  proof_too_large: {
    meaning: 'The proof has more than 4 KiB.',
    mend: 'Sign with a key on an elliptic curve: such a proof has about 500 characters.',
  },
  proof_malformed: {
    meaning: 'The proof is not a JWT in three parts, or its header has “crit” or “b64”.',
    mend: 'Look at what the client really sends as DPoP header.',
  },
  proof_type_refused: {
    meaning: 'The header of the proof does not say “typ”: “dpop+jwt”.',
    mend: 'Set the type. The access token itself is no proof.',
  },
  proof_algorithm_refused: {
    meaning:
      'The proof is signed with an algorithm that the API does not allow; the challenge of the answer names those that it does.',
    mend: 'Make the key for ES256, or allow the other with “dpop: { algorithms }”.',
  },
  proof_key_refused: {
    meaning: 'The “jwk” of the proof is missing, private, malformed, or does not fit its algorithm.',
    mend: 'Put the public key there. If it had a private member, make a new key: that one is known by now.',
  },
  proof_token_mismatch: {
    meaning: '“ath” is not the hash of the access token that was sent.',
    mend: 'Make the proof for the token that goes with it: SHA-256 of its text, base64url, no padding.',
  },
  proof_method_mismatch: {
    meaning: '“htm” is not the method of the request.',
    mend: 'Write it in capitals. A client that follows a redirect may have changed the method.',
  },
  proof_uri_mismatch: {
    meaning: '“htu” is not the URL that the API sees; mostly a proxy stands between them.',
    mend: 'Tell the API which proxy to trust: docs/behind-a-proxy.md. A slash at the end and capitals in the path count.',
  },
  forwarded_refused: {
    meaning: 'The headers of a trusted proxy (X-Forwarded-…, Forwarded) are malformed, or contradict each other.',
    mend: 'Have the proxy set one of both ways, replacing what the client sent: docs/behind-a-proxy.md.',
  },
  proof_time_refused: {
    meaning: 'The proof is older than 5 minutes, or from the future.',
    mend: 'Make a new one for each request. If the client’s clock is wrong, have the API ask for nonces: docs/dpop.md.',
  },
  proof_signature_invalid: {
    meaning: 'The proof was changed, or signed with another key than its “jwk”.',
    mend: 'Sign with the private half of the key in the header.',
  },
  proof_claim_refused: {
    meaning: '“jti”, “iat” or “nonce” of the proof is missing or has the wrong type.',
    mend: '“jti” is text of 1 to 256 characters, “iat” a number of seconds, “nonce” text.',
  },
  proof_replayed: {
    meaning: 'The proof was used before.',
    mend: 'Make a new one for every request, retries included. If the client does, somebody else has sent a copy: look into it.',
  },
  proof_limit_reached: {
    meaning: 'One key has made more proofs than the memory store keeps (1,000 at a time).',
    mend: 'Raise “maxEntriesPerKey”, or keep proofs in Redis: docs/dpop.md.',
  },
  nonce_wanted: {
    meaning: 'The API uses nonces, and the proof did not have the current one. That is not a fault.',
    mend: 'Send the request again, with the value of the DPoP-Nonce header as “nonce” of a new proof. SDKs do that by themselves.',
  },
}
