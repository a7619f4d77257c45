import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  both,
  deviceGrant,
  machine,
  native,
  type Parties,
  type Party,
  type StartedDevice,
  startParties,
} from './oracle.js'

let parties: Parties

beforeAll(async () => {
  parties = await startParties()
})
afterAll(() => parties.close())

type Step = (party: Party, device: StartedDevice) => Promise<unknown>

const poll: Step = (party, { device_code }) => party.token({ ...native, grant_type: deviceGrant, device_code })
const accept: Step = (party, device) => party.decide(device, 'accept')
const decline: Step = (party, device) => party.decide(device, 'decline')
const pollWith =
  (changed: Readonly<Record<string, string>>): Step =>
  (party, { device_code }) =>
    party.token({ ...native, grant_type: deviceGrant, device_code, ...changed })
const pollByUserCode: Step = (party, { user_code }) =>
  party.token({ ...native, grant_type: deviceGrant, device_code: user_code })

const rows: readonly (readonly [string, readonly Step[], readonly string[]])[] = [
  ['a device that nobody has let in', [poll], ['refused']],
  ['a device that asks too soon', [poll, poll], ['refused', 'refused']],
  ['a device that was let in', [accept, poll], ['accepted']],
  ['a device that was let in after it asked', [poll, accept, poll], ['refused', 'accepted']],
  ['a device that asks twice after it was let in', [accept, poll, poll], ['accepted', 'refused']],
  ['a device that was let in twice', [accept, accept, poll, poll], ['accepted', 'refused']],
  ['a device that was not let in', [decline, poll, poll], ['refused', 'refused']],
  ['a device that was let in too late', [decline, accept, poll], ['refused']],
  ['an unknown code', [accept, pollWith({ device_code: 'unknown' })], ['refused']],
  ['no code', [accept, pollWith({ device_code: '' })], ['refused']],
  ['the code that the person types', [accept, pollByUserCode], ['refused']],
  ['the code of another client', [accept, pollWith(machine)], ['refused']],
]

it.each(rows)('%s', async (_, steps, expected) => {
  const outcomes = await both(parties, async (party) => {
    const device = await party.device(native)
    const made: unknown[] = []
    for (const step of steps) made.push(await step(party, device))
    return made.filter((outcome) => outcome !== undefined)
  })
  expect(outcomes).toEqual({ tenant: expected, oracle: expected })
})
