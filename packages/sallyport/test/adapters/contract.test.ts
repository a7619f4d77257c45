import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { describeContract } from '../support/contract.js'
import { outsideOfTheContract, situations } from '../support/situations/index.js'
import { stacks } from '../support/stacks.js'

describeContract(stacks)

const repository = fileURLToPath(new URL('../../../../', import.meta.url))
const attacks = resolve(repository, process.env['SALLYPORT_ATTACKS'] ?? '../shared/ATTACKS.md')
const isAbsent = !existsSync(attacks)

describe.skipIf(isAbsent)('The rows of the contract', () => {
  if (isAbsent) return it('the attack list is absent: put it at ../shared/ATTACKS.md or name it in SALLYPORT_ATTACKS')

  const listed = [...readFileSync(attacks, 'utf8').matchAll(/^- ([EFGK]\d\d) /gm)].map(([, id = '']) => id)
  const inRows = new Set(situations.map(({ title }) => title.slice(0, 3)).filter((id) => /^[EFGK]\d\d$/.test(id)))
  const outside = Object.keys(outsideOfTheContract)

  it('are about every case of the groups E, F, G and K that a client can bring about', () => {
    expect(listed.length).toBeGreaterThan(100)
    expect([...inRows, ...outside].sort()).toEqual(listed.sort())
  })
})
