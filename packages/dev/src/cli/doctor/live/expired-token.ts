import { askForJson, type JsonAnswer } from '../../http/json-answer.js'
import { issuerOfProject } from '../issuer-of-project.js'
import { clientToken, foreignToken } from '../network/client-token.js'
import { knownInventory } from '../network/inventory.js'
import { localClients } from '../network/local-clients.js'
import { requestToken } from '../network/token-request.js'
import type { Project } from '../project.js'

const limitSeconds = 5
/** A token of the local tenant lives for a day where nobody says otherwise. */
const behindSeconds = -1_000_000

/**
 * A token that was good once: a local tenant with `--faults` gives one while its clock is behind. `undefined` where that
 * cannot be had, or somebody is at work with faults.
 */
export async function expiredToken(project: Project): Promise<string | undefined> {
  const issuer = issuerOfProject(project)
  const audience = project.environment['AUTH0_AUDIENCE'] ?? ''
  if (issuer?.startsWith('http:') !== true || audience === '') return undefined
  const faults = new URL('faults', issuer)
  const [credentials] = await localClients(project, audience)
  if (credentials === undefined || !(await hasNoFaults(faults))) return undefined
  await othersAreDone(project)
  try {
    const isSet = await send(faults, 'POST', { fault: 'skew', seconds: behindSeconds })
    const answer =
      isSet !== undefined && isSet.status < 300 ? await requestToken({ ...credentials, issuer, audience }) : undefined
    return answer !== undefined && 'token' in answer ? answer.token : undefined
  } finally {
    await send(faults, 'DELETE')
  }
}

/** Whoever asks the tenant meanwhile would be refused by its clock. */
async function othersAreDone(project: Project): Promise<void> {
  const inventory = await knownInventory(project)
  await Promise.all([inventory?.applications(), inventory?.grants(), clientToken(project), foreignToken(project)])
}

async function hasNoFaults(faults: URL): Promise<boolean> {
  const { status, json } = (await send(faults, 'GET')) ?? {}
  return status === 200 && Array.isArray(json) && json.length === 0
}

function send(url: URL, method: string, body?: object): Promise<JsonAnswer | undefined> {
  const json = body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
  return askForJson(url, { method, seconds: limitSeconds, ...json }).catch(() => undefined)
}
