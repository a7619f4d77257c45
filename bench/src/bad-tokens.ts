/** The one kind of bad token that costs a signature check. */
export const wrongSignature = 'wrong signature'

/** Tokens that must be refused, each made from a good one and a number, so that no two are alike. */
export const badTokens: Readonly<Record<string, (good: GoodToken, number: number) => string>> = {
  'garbage of 850 characters': ({ token }, number) => `${number}_${token.replaceAll('.', '_')}`.slice(0, 850),
  '8 KiB of dots': (_, number) => String(number).padStart(8192, '.'),
  'unknown algorithm': ({ header, claims, encodedPayload, signature }, number) =>
    `${encode({ ...header, alg: `X${number}`, kid: claims['jti'] })}.${encodedPayload}.${signature}`,
  'wrong issuer': ({ encodedHeader, claims, signature }, number) =>
    `${encodedHeader}.${encode({ ...claims, iss: `https://tenant-${number}.example.net/` })}.${signature}`,
  'unknown key': ({ header, encodedPayload, signature }, number) =>
    `${encode({ ...header, kid: `key-${number}` })}.${encodedPayload}.${signature}`,
  [wrongSignature]: ({ encodedHeader, claims, signature }, number) =>
    `${encodedHeader}.${encode({ ...claims, jti: `other-${number}` })}.${signature}`,
}

export interface GoodToken {
  readonly token: string
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
  readonly encodedHeader: string
  readonly encodedPayload: string
  readonly signature: string
}

export function readGoodToken(token: string): GoodToken {
  const [encodedHeader = '', encodedPayload = '', signature = ''] = token.split('.')
  return {
    token,
    header: decode(encodedHeader),
    claims: decode(encodedPayload),
    encodedHeader,
    encodedPayload,
    signature,
  }
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}

function decode(segment: string): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(segment, 'base64url').toString()) as Readonly<Record<string, unknown>>
}
