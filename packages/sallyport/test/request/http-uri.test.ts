import { describe, expect, it } from 'vitest'
import { formatHttpUri, normalPath, parseAuthority, parseHttpUri, parseScheme } from '../../src/request/http-uri.js'

function normal(text: string, dotSegments: 'removed' | 'refused' = 'removed'): string | undefined {
  const uri = parseHttpUri(text, dotSegments)
  return uri && formatHttpUri(uri)
}

const words = (text: string): readonly string[] => text.split(' ')

/** RFC 3986 section 5.4, as far as they have a path: each reference behind the path of the base `http://a/b/c/d;p?q`. */
const references: readonly (readonly [reference: string, path: string])[] = [
  ['g', '/b/c/g'],
  ['./g', '/b/c/g'],
  ['g/', '/b/c/g/'],
  ['g?y', '/b/c/g'],
  ['g#s', '/b/c/g'],
  ['g?y#s', '/b/c/g'],
  [';x', '/b/c/;x'],
  ['g;x', '/b/c/g;x'],
  ['g;x?y#s', '/b/c/g;x'],
  ['.', '/b/c/'],
  ['./', '/b/c/'],
  ['..', '/b/'],
  ['../', '/b/'],
  ['../g', '/b/g'],
  ['../..', '/'],
  ['../../', '/'],
  ['../../g', '/g'],
  ['../../../g', '/g'],
  ['../../../../g', '/g'],
  ['g.', '/b/c/g.'],
  ['.g', '/b/c/.g'],
  ['g..', '/b/c/g..'],
  ['..g', '/b/c/..g'],
  ['./../g', '/b/g'],
  ['./g/.', '/b/c/g/'],
  ['g/./h', '/b/c/g/h'],
  ['g/../h', '/b/c/h'],
  ['g;x=1/./y', '/b/c/g;x=1/y'],
  ['g;x=1/../y', '/b/c/y'],
  ['g?y/./x', '/b/c/g'],
  ['g?y/../x', '/b/c/g'],
  ['g#s/./x', '/b/c/g'],
  ['g#s/../x', '/b/c/g'],
]

/** What section 5.2.4 makes of paths that its examples leave out. */
const dottedPaths: readonly (readonly [written: string, path: string])[] = [
  ['/a/b/c/./../../g', '/a/g'],
  ['/.', '/'],
  ['/..', '/'],
  ['/./', '/'],
  ['/../', '/'],
  ['/../..', '/'],
  ['/a/..', '/'],
  ['/a/../', '/'],
  ['/a/../b/', '/b/'],
  ['/a//../b', '/a/b'],
  ['/a/..//b', '//b'],
  ['//.', '//'],
  ['//..', '/'],
  ['///..', '//'],
  ['/a/./..', '/'],
  ['/a/b/./..', '/a/'],
  ['/...', '/...'],
  ['/.../..', '/'],
]

describe('the normal form of an http(s) URI', () => {
  it.each(references)('resolves the reference %s of RFC 3986 section 5.4 to the path %s', (reference, path) => {
    expect(normal(`http://a/b/c/${reference}`)).toBe(`http://a${path}`)
  })

  it.each(dottedPaths)('removes the dot segments of %s as RFC 3986 section 5.2.4 does: %s', (written, path) => {
    expect(normal(`http://a${written}`)).toBe(`http://a${path}`)
    expect(new URL(`http://a${written}`).pathname).toBe(path)
  })

  it.each([...references, ...dottedPaths.map(([written, path]) => [written.slice(1), path] as const)])(
    'refuses %s where nobody has removed dot segments, if it has any',
    (written) => {
      const hasDots = words('. ..').some((dots) =>
        written
          .replace(/[?#].*/, '')
          .split('/')
          .includes(dots),
      )
      const uri = normal(`http://a/b/c/${written}`, 'refused')
      expect(uri === undefined).toBe(hasDots)
      if (!hasDots) expect(uri).toBe(normal(`http://a/b/c/${written}`))
    },
  )

  it.each([
    // Sections 6.2.2, 6.2.2.1, 6.2.2.2 and 6.2.3, with http for the scheme that they call "example".
    ['hTTP://a/./b/../b/%63/%7bfoo%7d', 'http://a/b/c/%7Bfoo%7D'],
    ['HTTP://www.EXAMPLE.com/', 'http://www.example.com/'],
    ['http://example.com/%7Esmith', 'http://example.com/~smith'],
    ['http://example.com/%3a%3A', 'http://example.com/%3A%3A'],
    ['http://example.com', 'http://example.com/'],
    ['http://example.com:/', 'http://example.com/'],
    ['http://example.com:80/', 'http://example.com/'],
    ['https://example.com:443', 'https://example.com/'],
    ['https://example.com:80/', 'https://example.com:80/'],
    ['http://example.com:443/', 'http://example.com:443/'],
    // Section 3.2.2.
    ['http://[2001:DB8:0:0::7]/c=GB', 'http://[2001:db8::7]/c=GB'],
    ['http://[::FFFF:129.144.52.38]:8080/', 'http://[::ffff:8190:3426]:8080/'],
    ['http://192.0.2.16:80/', 'http://192.0.2.16/'],
  ])('makes %s of RFC 3986 into %s', (written, uri) => {
    expect(normal(written)).toBe(uri)
    expect(normal(uri)).toBe(uri)
    expect(normal(uri, 'refused')).toBe(uri)
  })

  it('is its own normal form, whatever it came from', () => {
    for (const [written] of [...references, ...dottedPaths]) {
      const uri = normal(`http://a/%41%2f/${written}`)
      expect(uri).toBeDefined()
      expect(normal(uri ?? '')).toBe(uri)
    }
  })

  it.each([
    ...words('a /a //a ?a #a http: http:a http:/a http:///a http://?a http://#a http://:80 ftp://a mailto:a@a http//a'),
    ...words(
      'http://a@a/ http://a:80:80/ http://a:b/ http://a/% http://a/%4 http://a/%g0 http://a/[ http://a/] http://a\\a',
    ),
    ...words('http://[::1 http://[::1]a/ http://a..:1x/ http://%61/ http://a/"'),
    ...[
      'http://a/ b',
      ' http://a/',
      'http://a/\n',
      'http://a\t/',
      'http://a/\u00e9',
      'http://\u00e9/',
      'http://a/\ud800',
      '',
    ],
  ])('is not there for %j', (text) => {
    expect(normal(text)).toBeUndefined()
    expect(normal(text, 'refused')).toBeUndefined()
  })

  it.each(words('/%zz/../a /%/../a /%2e%2e/../a /a/%2e/../b /[/../a /a/%2E%2e/../../b'))(
    'is not there for the path %s, though its dot segments would take away what is wrong',
    (path) => expect(normal(`http://a${path}`)).toBeUndefined(),
  )

  it.each(words('/a/../b /./b /b/../a/../b'))('leaves the query of %s alone', (path) => {
    expect(normal(`http://a${path}?x=/../y#/../z`)).toBe('http://a/b')
  })
})

describe('the normal form of a path', () => {
  it('decodes what is unreserved, and no other of the 256 octets', () => {
    for (let octet = 0; octet < 256; octet += 1) {
      const hex = octet.toString(16).padStart(2, '0')
      const character = String.fromCharCode(octet)
      const expected = /[A-Za-z0-9\-._~]/.test(character) ? character : `%${hex.toUpperCase()}`
      expect(normalPath(`/x%${hex}`)).toBe(`/x${expected}`)
      expect(normalPath(`/x%${hex.toUpperCase()}`)).toBe(`/x${expected}`)
    }
  })

  it('takes the characters of RFC 3986 section 3.3, and no other', () => {
    for (let code = 0; code < 256; code += 1) {
      const path = `/x${String.fromCharCode(code)}`
      const isAllowed = /[A-Za-z0-9\-._~!$&'()*+,;=:@/]$/.test(path)
      expect(normalPath(path)).toBe(isAllowed ? path : undefined)
    }
  })

  it.each([
    ['/a%25%32%66b', '/a%252fb'],
    ['/%25', '/%25'],
    ['//', '//'],
    ['/a%2F', '/a%2F'],
  ])('makes %s into %s, decoding once', (written, path) => expect(normalPath(written)).toBe(path))

  it.each(['', 'a', '?', '*', ...words('/. /.. /a/. /./a /%2e /%2E%2e /.%2e /%2e. /a/%2e%2E/b ./a /a? /a#')])(
    'is not there for %j',
    (path) => expect(normalPath(path)).toBeUndefined(),
  )

  it('is found in time that grows with the length only, or this would end after the time limit', () => {
    expect(normalPath(`/${'a%'.repeat(200_000)}`)).toBeUndefined()
    expect(normalPath(`/${'a'.repeat(400_000)}%`)).toBeUndefined()
    expect(normalPath(`${'/%2e.a'.repeat(80_000)}/..`)).toBeUndefined()
  })
})

describe('the normal form of an authority', () => {
  it.each([
    ['a', 'a'],
    ['A.b-C_d~', 'a.b-c_d~'],
    ['a:80', 'a:80'],
    ['a:443', 'a'],
    ['a:', 'a'],
    ['a:0', 'a:0'],
    ['a:65535', 'a:65535'],
    ['xn--mnchen-3ya', 'xn--mnchen-3ya'],
    ['127.0.0.1', '127.0.0.1'],
    ['[::]', '[::]'],
    ['[0:0:0:0:0:0:0:0]:1', '[::]:1'],
    ['[1:0:0:2:0:0:0:3]', '[1:0:0:2::3]'],
  ])('makes %s into %s', (written, authority) => {
    expect(parseAuthority(written, 'https')).toBe(authority)
    expect(parseAuthority(authority, 'https')).toBe(authority)
  })

  const noPorts = 'a:65536 a:00 a:01 a:-1 a:x a:1:2 a:123456 a::'
  const noHosts =
    ', a,a a@a a/ a? a# a% %61 a\\ a. . : :80 * 1 0x1 1.2.3 1.2.3.4.5 256.1.1.1 01.2.3.4 a.1 [] [1] ::1 [::g] [::1%25a]'
  it.each([...words(noPorts), ...words(noHosts), '', ' a', 'a ', 'a b', 'a\n', 'a\u0000', '\u00e9', '\u212a'])(
    'is not there for %j',
    (text) => expect(parseAuthority(text, 'https')).toBeUndefined(),
  )
})

describe('a scheme', () => {
  it.each(['http', 'https', 'HTTP', 'Https'])('is read in any case: %s', (text) => {
    expect(parseScheme(text)).toBe(text.toLowerCase())
  })
  it.each(['', 'httpx', 'ws', 'https:', ' http', 'http\n', 'http\u017f'])('is no other: %j', (text) => {
    expect(parseScheme(text)).toBeUndefined()
  })
})
