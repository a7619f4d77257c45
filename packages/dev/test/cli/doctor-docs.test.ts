import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { allCodes } from '../../src/cli/doctor/rules.js'

const page = new URL('../../../../docs/doctor.md', import.meta.url)

test('docs/doctor.md has every rule, and no other', async () => {
  const rows = (await readFile(page, 'utf8')).split('\n').filter((line) => line.startsWith('| `'))
  const documented = rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, code]) => code),
  )
  expect([...new Set(documented)].sort()).toEqual([...new Set(allCodes())].sort())
})
