/** Verifies one signature with one key and one algorithm: at once on Node, by a promise where there is only WebCrypto. */
export type PreparedKey = (signingInput: string, signature: Uint8Array) => boolean | Promise<boolean>
