import { KeyObject, sign } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { parseJsonObject } from '../../src/encoding/strict-json.js'
import { createHarness, type Harness } from '../support/harness.js'
import { describeVectors, listVectors, readVectorBytes } from '../support/vectors.js'

const duplicateNames = /^y_object_duplicated_key|^object_same_key/

/** What RFC 8259 leaves open and this kit takes: a number that a double can come near, and an escaped lone surrogate. */
const openAndTaken = new Set([
  'i_number_double_huge_neg_exp.json',
  'i_number_real_underflow.json',
  'i_number_too_big_neg_int.json',
  'i_number_too_big_pos_int.json',
  'i_number_very_big_negative_int.json',
  'i_object_key_lone_2nd_surrogate.json',
  'i_string_1st_surrogate_but_2nd_missing.json',
  'i_string_1st_valid_surrogate_2nd_invalid.json',
  'i_string_incomplete_surrogate_and_escape_valid.json',
  'i_string_incomplete_surrogate_pair.json',
  'i_string_incomplete_surrogates_escape_valid.json',
  'i_string_invalid_lonely_surrogate.json',
  'i_string_invalid_surrogate.json',
  'i_string_inverted_surrogates_U+1D11E.json',
  'i_string_lone_second_surrogate.json',
])

describeVectors('JSONTestSuite', () => {
  const documents = listVectors('json-test-suite/test_parsing').map(named)
  const kind = (letter: string) => documents.filter(({ name }) => name.startsWith(`${letter}_`))
  const transforms = listVectors('json-test-suite/test_transform').map(named)

  describe('the parser', () => {
    it.each(kind('y').filter(({ name }) => !duplicateNames.test(name)))('reads $name as a member', ({ bytes }) => {
      expect(parseJsonObject(asMember(bytes))).toEqual({ v: JSON.parse(bytes.toString('utf8')) })
    })

    it.each(kind('y'))('reads $name itself when it is an object without duplicate names', ({ name, bytes }) => {
      const value: unknown = JSON.parse(bytes.toString('utf8'))
      const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
      expect(parseJsonObject(bytes)).toEqual(isObject && !duplicateNames.test(name) ? value : undefined)
    })

    it.each(kind('n'))('refuses $name, itself and as a member', ({ bytes }) => {
      expect(parseJsonObject(bytes)).toBeUndefined()
      expect(parseJsonObject(asMember(bytes))).toBeUndefined()
    })

    it.each(kind('i'))('decides about $name by its own rule', ({ name, bytes }) => {
      expect(parseJsonObject(asMember(bytes)) !== undefined).toBe(openAndTaken.has(name))
      expect(parseJsonObject(bytes) !== undefined).toBe(name === 'i_object_key_lone_2nd_surrogate.json')
    })

    it.each([...documents, ...transforms].filter(({ name }) => duplicateNames.test(name)))(
      'refuses $name for its duplicate names',
      ({ bytes }) => {
        expect(parseJsonObject(bytes)).toBeUndefined()
        expect(parseJsonObject(asMember(bytes))).toBeUndefined()
      },
    )

    it.each(transforms.filter(({ name }) => !duplicateNames.test(name)))(
      'reads $name as JSON.parse does, or refuses it for its bytes',
      ({ name, bytes }) => {
        const isWellFormed = !/_invalid_codepoints?\.json$/.test(name) || name.includes('escaped')
        expect(parseJsonObject(asMember(bytes))).toEqual(
          isWellFormed ? { v: JSON.parse(bytes.toString('utf8')) } : undefined,
        )
      },
    )
  })

  describe('the resource server', () => {
    let harness: Harness
    let claims: Record<string, unknown>
    let privateKey: KeyObject
    beforeAll(async () => {
      harness = await createHarness()
      const token = await harness.issuer.token()
      expect(await harness.outcome(token)).toBe('A')
      claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
      privateKey = KeyObject.from(harness.issuer.currentKey().privateKey)
    })

    const signed = (header: Uint8Array, payload: Uint8Array) => {
      const input = [header, payload].map((part) => Buffer.from(part).toString('base64url')).join('.')
      return `${input}.${sign('sha256', Buffer.from(input), privateKey).toString('base64url')}`
    }
    const honestHeader = () => ({ alg: 'RS256', typ: 'at+jwt', kid: harness.issuer.currentKey().kid })

    it.each(documents)('refuses $name as payload and as header', async ({ bytes }) => {
      const fetches = harness.fetches()
      expect(await harness.outcome(signed(json(honestHeader()), bytes))).toBe('T')
      expect(await harness.outcome(signed(bytes, json(claims)))).toBe('T')
      expect(harness.fetches()).toBe(fetches)
    })

    it.each(documents.filter(({ bytes }) => bytes.length < 4096))(
      'takes $name as a claim and as a header parameter when the parser reads it',
      async ({ bytes }) => {
        const expected = parseJsonObject(asMember(bytes)) === undefined ? 'T' : 'A'
        expect(await harness.outcome(signed(json(honestHeader()), asLastMember(claims, bytes)))).toBe(expected)
        expect(await harness.outcome(signed(asLastMember(honestHeader(), bytes), json(claims)))).toBe(expected)
      },
    )
  })
})

function named(path: string): { readonly name: string; readonly bytes: Buffer } {
  return { name: path.slice(path.lastIndexOf('/') + 1), bytes: readVectorBytes(path) }
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}

function asMember(document: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from('{"v":'), document, Buffer.from('}')])
}

function asLastMember(object: object, document: Uint8Array): Buffer {
  return Buffer.concat([json(object).subarray(0, -1), Buffer.from(',"v":'), document, Buffer.from('}')])
}
