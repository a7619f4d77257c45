import type { JWK } from 'jose'

/** A line for a shell that sends a Bearer token. */
export function curlLine(url: string, token: string): string {
  return `curl -i ${quoted(url)} -H ${quoted(`Authorization: Bearer ${token}`)}`
}

/** For a POSIX shell, which reads nothing into what stands between single quotes. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/** A program for Node, without packages, that sends a bound token with a new proof each time. RFC 9449 section 4. */
export function dpopProgram(url: string, token: string, privateJwk: JWK): string {
  const { kty, crv, x, y } = privateJwk
  return `import { createHash, createPrivateKey, randomUUID, sign } from 'node:crypto'

const [url = ${JSON.stringify(url)}, method = 'GET'] = process.argv.slice(2)
const token = ${JSON.stringify(token)}
const publicJwk = ${JSON.stringify({ kty, crv, x, y })}
const key = createPrivateKey({ format: 'jwk', key: ${JSON.stringify(privateJwk)} })

const encode = (part) => Buffer.from(JSON.stringify(part)).toString('base64url')

async function call(nonce) {
  const { origin, pathname } = new URL(url)
  const signed = [
    encode({ typ: 'dpop+jwt', alg: 'ES256', jwk: publicJwk }),
    encode({
      jti: randomUUID(),
      htm: method,
      htu: origin + pathname,
      iat: Math.floor(Date.now() / 1000),
      ath: createHash('sha256').update(token).digest('base64url'),
      nonce,
    }),
  ].join('.')
  const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' })
  const proof = signed + '.' + signature.toString('base64url')
  return fetch(url, { method, headers: { authorization: 'DPoP ' + token, dpop: proof } })
}

let response = await call()
const nonce = response.headers.get('dpop-nonce')
if (response.status === 401 && nonce) response = await call(nonce)
console.log(response.status, await response.text())
`
}
