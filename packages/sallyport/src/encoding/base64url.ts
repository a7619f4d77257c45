/**
 * Decodes base64url, or gives `undefined` for anything that is not its one canonical, unpadded spelling: another alphabet,
 * padding, white space, or unused bits that are not zero. RFC 7515 section 2, RFC 4648 section 3.5.
 */
export const decodeBase64url: (text: string) => Uint8Array | undefined =
  typeof Buffer === 'function' ? decodeWithBuffer : decodeWithTable

function decodeWithBuffer(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64url')
  return isCanonical(text, bytes.length) ? bytes : undefined
}

const beyondLatin1 = /[^\0-\xff]/

/**
 * Whether what `Buffer` decoded was canonical base64url. `Buffer` skips what is in neither alphabet and stops at padding,
 * which shows in the length; takes `+` and `/` as well; cuts characters beyond Latin-1 down to a byte; and drops unused bits.
 */
export function isCanonical(text: string, byteLength: number): boolean {
  const tail = text.length % 4
  return (
    tail !== 1 &&
    byteLength === Math.floor((text.length * 3) / 4) &&
    !text.includes('+') &&
    !text.includes('/') &&
    !beyondLatin1.test(text) &&
    (tail === 0 || lastCharacters[tail]?.includes(text.charAt(text.length - 1)) === true)
  )
}

/** Those whose unused bits are zero, after a group of two and of three characters. */
const lastCharacters: readonly (string | undefined)[] = [undefined, undefined, 'AQgw', 'AEIMQUYcgkosw048']

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const invalid = 64
const sextets = new Uint8Array(128).fill(invalid)
for (let value = 0; value < alphabet.length; value += 1) sextets[alphabet.charCodeAt(value)] = value

/** Encodes without padding. RFC 7515 section 2. */
export function encodeBase64url(bytes: Uint8Array): string {
  let text = ''
  for (let index = 0; index < bytes.length; index += 3) {
    const group = ((bytes[index] ?? 0) << 16) | ((bytes[index + 1] ?? 0) << 8) | (bytes[index + 2] ?? 0)
    for (let shift = 18; shift >= 0; shift -= 6) text += alphabet.charAt((group >> shift) & 63)
  }
  return text.slice(0, Math.ceil((bytes.length * 4) / 3))
}

/** For runtimes without `Buffer`. */
export function decodeWithTable(text: string): Uint8Array | undefined {
  const tail = text.length % 4
  if (tail === 1) return undefined
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4))
  let bits = 0
  let bitCount = 0
  let length = 0
  for (let index = 0; index < text.length; index += 1) {
    const value = sextets[text.charCodeAt(index)] ?? invalid
    if (value === invalid) return undefined
    bits = ((bits << 6) | value) & 0xffff
    bitCount += 6
    if (bitCount >= 8) {
      bitCount -= 8
      bytes[length] = bits >> bitCount
      length += 1
    }
  }
  const unusedBits = bits & ((1 << bitCount) - 1)
  return unusedBits === 0 ? bytes : undefined
}
