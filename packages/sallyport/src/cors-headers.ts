/**
 * The headers that a browser client on another origin must be allowed to send and to read. Give them to your CORS plugin:
 * without the second list a client sees neither the challenge nor its nonce, nor how long it shall wait.
 *
 * @see RFC 9449 section 8.2, Fetch standard section 3.2
 * @example
 * await app.register(cors, { origin, allowedHeaders: [...corsHeaders.allowed], exposedHeaders: [...corsHeaders.exposed] })
 */
export const corsHeaders: { readonly allowed: readonly string[]; readonly exposed: readonly string[] } = Object.freeze({
  allowed: Object.freeze(['Authorization', 'DPoP']),
  exposed: Object.freeze(['WWW-Authenticate', 'DPoP-Nonce', 'Retry-After']),
})
