import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { refusals } from '../src/errors.js'

const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8')
const sections = new Map([...page.matchAll(/^### `(\w+)`\n\n> (.+)$/gm)].map(([, code, sentence]) => [code, sentence]))
const rows = new Map(
  [...page.matchAll(/^\| `(\w+)` \| (\d+) \| (\d+) \| `(\w+)` \|$/gm)].map(([, code, ...facts]) => [code, facts]),
)

describe('docs/errors.md', () => {
  it('has a section with the sentence of every refusal, and no other', () => {
    const described = Object.entries(refusals).map(([code, { description }]) => [code, description])
    expect(Object.fromEntries(sections)).toEqual(Object.fromEntries(described))
  })

  it('has a row with the statuses and the error of every refusal, and no other', () => {
    const facts = Object.entries(refusals).map(([code, row]) => [code, [String(row.auth0), String(row.rfc), row.error]])
    expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(facts))
  })

  it('describes refusals in the characters that RFC 6750 section 3 allows', () => {
    for (const { description } of Object.values(refusals))
      expect(description).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/)
  })
})
