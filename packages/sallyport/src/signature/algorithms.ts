/** What a JWS algorithm means: which keys it takes and how its signature is made. RFC 7518 section 3.1, RFC 8037, RFC 9864. */
export interface Algorithm {
  readonly name: AlgorithmName
  readonly kty: 'RSA' | 'EC' | 'OKP'
  readonly crv?: 'P-256' | 'P-384' | 'P-521' | 'Ed25519'
  readonly scheme: 'pkcs1' | 'pss' | 'ecdsa' | 'eddsa'
  readonly hash: 'sha256' | 'sha384' | 'sha512'
  /** Exact length; RSA signatures are as long as the modulus. */
  readonly signatureBytes?: number
}

export type AlgorithmName =
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'PS256'
  | 'PS384'
  | 'PS512'
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'EdDSA'
  | 'Ed25519'

/** Every algorithm there is here: asymmetric only, so that a public key can never serve as an HMAC secret. */
export const algorithms: ReadonlyMap<string, Algorithm> = new Map(
  (
    [
      { name: 'RS256', kty: 'RSA', scheme: 'pkcs1', hash: 'sha256' },
      { name: 'RS384', kty: 'RSA', scheme: 'pkcs1', hash: 'sha384' },
      { name: 'RS512', kty: 'RSA', scheme: 'pkcs1', hash: 'sha512' },
      { name: 'PS256', kty: 'RSA', scheme: 'pss', hash: 'sha256' },
      { name: 'PS384', kty: 'RSA', scheme: 'pss', hash: 'sha384' },
      { name: 'PS512', kty: 'RSA', scheme: 'pss', hash: 'sha512' },
      { name: 'ES256', kty: 'EC', crv: 'P-256', scheme: 'ecdsa', hash: 'sha256', signatureBytes: 64 },
      { name: 'ES384', kty: 'EC', crv: 'P-384', scheme: 'ecdsa', hash: 'sha384', signatureBytes: 96 },
      { name: 'ES512', kty: 'EC', crv: 'P-521', scheme: 'ecdsa', hash: 'sha512', signatureBytes: 132 },
      { name: 'EdDSA', kty: 'OKP', crv: 'Ed25519', scheme: 'eddsa', hash: 'sha512', signatureBytes: 64 },
      { name: 'Ed25519', kty: 'OKP', crv: 'Ed25519', scheme: 'eddsa', hash: 'sha512', signatureBytes: 64 },
    ] satisfies readonly Algorithm[]
  ).map((algorithm): [string, Algorithm] => [algorithm.name, algorithm]),
)
