import { InvalidOptions } from '../errors.js'
import type { ProtectedRequest } from './credentials.js'

/**
 * Whose forwarded headers are believed: nobody's, those of the nearest hop, of so many hops that each add or replace every
 * header, or those of a peer with one of these addresses.
 */
export type TrustProxy = boolean | number | readonly string[]

/** How many hops in front of this server are trusted; 0: the peer may be anyone. */
export type TrustedHops = (request: ProtectedRequest) => number

/** @throws {InvalidOptions} when an entry is neither an address nor a range in CIDR form. */
export function resolveTrustedHops(trustProxy: TrustProxy): TrustedHops {
  if (typeof trustProxy === 'boolean') return () => Number(trustProxy)
  if (typeof trustProxy === 'number') return () => trustProxy
  const ranges = trustProxy.map(parseRange)
  const isTrusted = (address: string | undefined) => {
    const bytes = address === undefined ? undefined : parseAddress(address)
    return bytes !== undefined && ranges.some((range) => isWithin(bytes, range))
  }
  // The peer and nobody behind it: what is said of hops further away is only as true as the peer makes it.
  return ({ remoteAddress }) => Number(isTrusted(remoteAddress))
}

interface Range {
  readonly bytes: readonly number[]
  readonly bits: number
}

function parseRange(text: string): Range {
  const [address = '', prefix, ...rest] = text.split('/')
  const bytes = parseAddress(address)
  const bits = prefix === undefined ? 128 : Number(prefix) + (isIpv4(address) ? 96 : 0)
  const isRange = bytes !== undefined && rest.length === 0 && (prefix === undefined || /^\d{1,3}$/.test(prefix))
  if (!isRange || bits > 128) {
    throw new InvalidOptions(
      'trustProxy',
      'Option "trustProxy" has an entry that is not an IP address or a range such as 10.0.0.0/8.',
    )
  }
  return { bytes, bits }
}

function isWithin(address: readonly number[], { bytes, bits }: Range): boolean {
  return address.every((byte, index) => {
    const counted = Math.min(8, Math.max(0, bits - index * 8))
    return byte >> (8 - counted) === (bytes[index] ?? 0) >> (8 - counted)
  })
}

const ipv4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/

function isIpv4(text: string): boolean {
  return ipv4.test(text)
}

/** The 16 bytes of an address; an IPv4 address is the IPv6 address that maps it. RFC 4291 section 2.5.5.2. */
function parseAddress(text: string): readonly number[] | undefined {
  if (isIpv4(text)) return [...new Array<number>(10).fill(0), 255, 255, ...text.split('.').map(Number)]
  const url = `http://[${text}]/`
  if (!/^[0-9a-f:.]+$/i.test(text) || !URL.canParse(url)) return undefined
  // Canonical by now: at most one "::", no dotted part. RFC 5952.
  const [left = '', right] = new URL(url).hostname.slice(1, -1).split('::')
  const groups = (part: string | undefined) => (part === undefined || part === '' ? [] : part.split(':'))
  const missing = 8 - groups(left).length - groups(right).length
  const all = [...groups(left), ...new Array<string>(missing).fill('0'), ...groups(right)]
  return all.map((group) => Number.parseInt(group, 16)).flatMap((group) => [group >> 8, group & 255])
}
