import { describe, expect, it } from 'vitest'
import { createResourceServer, InvalidOptions, type TrustProxy } from '../../src/index.js'
import { resolveTrustedHops } from '../../src/request/trusted-hops.js'

/** How many hops are trusted for a peer and what its hops say of the addresses that they heard from. */
function hops(trustProxy: TrustProxy, remoteAddress?: string, ...forwardedFor: readonly string[]): number {
  const headers = forwardedFor.flatMap((value) => ['X-Forwarded-For', value])
  return resolveTrustedHops(trustProxy)({ method: 'GET', url: '/', headers, remoteAddress })
}

const words = (text: string): readonly string[] => text.split(' ')

describe('trusted hops without addresses', () => {
  it.each<[TrustProxy, number]>([
    [false, 0],
    [true, 1],
    [1, 1],
    [16, 16],
  ])('are as many as trustProxy says: %s', (trustProxy, count) => {
    for (const peer of [undefined, '', '127.0.0.1', 'nonsense'])
      expect(hops(trustProxy, peer, '10.0.0.1, 10.0.0.2', '10.0.0.3')).toBe(count)
  })
})

/** A range, the addresses at its ends, and their neighbours outside. */
const ranges: readonly (readonly [range: string, inside: string, outside: string])[] = [
  ['10.0.0.1', '10.0.0.1', '10.0.0.0 10.0.0.2 10.0.1.1 11.0.0.1 110.0.0.1'],
  ['10.0.0.1/32', '10.0.0.1', '10.0.0.0 10.0.0.2'],
  ['10.0.0.2/31', '10.0.0.2 10.0.0.3', '10.0.0.1 10.0.0.4'],
  ['10.0.0.128/25', '10.0.0.128 10.0.0.255', '10.0.0.127 10.0.1.128'],
  ['10.1.2.0/24', '10.1.2.0 10.1.2.255', '10.1.1.255 10.1.3.0'],
  ['172.16.0.0/12', '172.16.0.0 172.31.255.255', '172.15.255.255 172.32.0.0'],
  ['10.0.0.0/8', '10.0.0.0 10.255.255.255', '9.255.255.255 11.0.0.0'],
  ['128.0.0.0/1', '128.0.0.0 255.255.255.255', '0.0.0.0 127.255.255.255'],
  ['0.0.0.0/0', '0.0.0.0 255.255.255.255 ::ffff:1.2.3.4', '::1 ::1.2.3.4 ::fffe:1.2.3.4 2001:db8::1'],
  ['10.7.7.7/8', '10.0.0.0 10.255.255.255', '9.255.255.255 11.0.0.0'],
  ['::1', '::1', ':: ::2 0.0.0.1 1::1 ::ffff:0.0.0.1'],
  ['::1/128', '::1', ':: ::2'],
  ['2001:db8::2/127', '2001:db8::2 2001:db8::3', '2001:db8::1 2001:db8::4'],
  ['2001:db8:0:8::/61', '2001:db8:0:8:: 2001:db8:0:f:ffff::', '2001:db8:0:7:: 2001:db8:0:10::'],
  ['fd00::/8', 'fd00:: fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'fcff:: fe00:: ::fd00'],
  ['fc00::/7', 'fc00:: fdff::', 'fb00:: fe00::'],
  ['::/0', ':: ::1 1.2.3.4 ffff::', ''],
  ['::ffff:0:0/96', '0.0.0.0 255.255.255.255 ::ffff:0:0', '::1.2.3.4 ::fffe:ffff:ffff ::1:0:0:0'],
  ['::ffff:10.0.0.0/104', '10.0.0.0 10.255.255.255', '9.255.255.255 11.0.0.0'],
]

/** Texts that are one address; RFC 4291 section 2.2, RFC 5952 section 2. */
const spellings = [
  ['10.0.0.1', '::ffff:10.0.0.1', '::FFFF:a00:1', '0:0:0:0:0:ffff:0a00:0001'],
  ['2001:db8::1', '2001:DB8:0:0::1', '2001:0db8:0000:0000:0000:0000:0000:0001', '2001:db8:0:0:0:0:0.0.0.1'],
  ['::', '0::0', '0:0:0:0:0:0:0:0', '::0.0.0.0'],
  ['1:2:3:4:5:6:7:8', '0001:2:3:4:5:6:0.7.0.8'],
]

describe('trusted hops by addresses', () => {
  it.each(ranges)('has the addresses within %s, and no others', (range, inside, outside) => {
    for (const address of words(inside)) expect([address, hops([range], address)]).toEqual([address, 1])
    for (const address of words(outside)) expect([address, hops([range], address)]).toEqual([address, 0])
    expect(hops(['192.0.2.1', range], words(inside)[0])).toBe(1)
  })

  it.each(spellings)('takes every spelling of %s for one', (...texts) => {
    for (const one of texts)
      for (const other of texts) expect([one, other, hops([one], other)]).toEqual([one, other, 1])
  })

  const noIpv4 =
    '10.0.0 10.0.0.01 010.0.0.1 10.0.0.256 10.0.0.1.1 0x0a000001 167772161 10.1 10.0.0.1. .10.0.0.1 10.0.0.1:80'
  const noIpv6 =
    '[::1] ::1%lo fe80::1%eth0 ::g ::1:: 1:2:3:4:5:6:7 1:2:3:4:5:6:7:8:9 : ::: ::ffff:10.0.0.256 ::1]:80/[::1'
  const noAddresses = ['', ' ', ...words(`${noIpv4} ${noIpv6} localhost unknown _hidden`), ' 10.0.0.1', '10.0.0.1\n']
  it.each([undefined, ...noAddresses])('has no peer %j', (peer) => {
    expect(hops(['0.0.0.0/0', '::/0'], peer)).toBe(0)
    expect(hops(['0.0.0.0/0', '::/0'], peer, '10.0.0.1, 10.0.0.2')).toBe(0)
  })

  const noPrefixes =
    '10.0.0.0/33 10.0.0.0/-1 10.0.0.0/ 10.0.0.0/x 10.0.0.0/8.0 10.0.0.0/0x8 10.0.0.0/255.0.0.0 10.0.0.0/8/8'
  const noRanges =
    '::1/129 ::1/ /8 / * 10.0.0.* 10.0.0.1-10.0.0.9 10.0.0.1,10.0.0.2 ::/1e2 10.0.0.0/+8 loopback linklocal'
  it.each([...noAddresses, ...words(`${noPrefixes} ${noRanges}`), '10.0.0.0/ 8', '10.0.0.0 /8', '10.0.0.1 10.0.0.2'])(
    'refuses the entry %j when it is created',
    (entry) => {
      const create = () =>
        createResourceServer({ issuer: 'https://issuer.test/', audience: 'api', trustProxy: ['10.0.0.1', entry] })
      expect(create).toThrow(InvalidOptions)
      expect(create).toThrow(expect.objectContaining({ option: 'trustProxy' }))
    },
  )
})

describe('trusted hops behind the peer', () => {
  it.each([[], ['192.0.2.1'], ['10.0.0.2'], ['192.0.2.1, 10.0.0.2'], ['10.0.0.3', '10.0.0.2']])(
    'are not found by X-Forwarded-For: %j',
    (...forwardedFor) => {
      expect(hops(['10.0.0.0/8'], '10.0.0.1', ...forwardedFor)).toBe(1)
      expect(hops(['10.0.0.0/8'], '192.0.2.7', ...forwardedFor)).toBe(0)
    },
  )
})
