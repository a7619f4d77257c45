import { askForJson } from '../../http/json-answer.js'
import type { Project } from '../project.js'
import { seededClients } from './client-token.js'
import type { ManagementReader, NotReadable } from './management-reader.js'
import { requestToken } from './token-request.js'

const limitSeconds = 5

/** Reads by an application of the local tenant's seed that may use its Management API. */
export async function localManagement(project: Project, issuer: string): Promise<ManagementReader | NotReadable> {
  for (const credentials of await seededClients(project, 'management')) {
    const answer = await requestToken({ ...credentials, issuer, audience: `${issuer}api/v2/` })
    if (answer !== undefined && 'token' in answer)
      return {
        by: 'the local tenant',
        get: (path, query) => get(new URL(`api/v2/${path}`, issuer), query, answer.token),
      }
  }
  return {
    why: 'the local tenant has no application with a known secret and a grant for its Management API',
    mend: { text: 'Give an application of sallyport.tenant.json the grant { "api": "management" }.' },
  }
}

async function get(url: URL, query: Readonly<Record<string, string>>, token: string): Promise<unknown> {
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  const headers = { authorization: `Bearer ${token}` }
  const answer = await askForJson(url, { headers, seconds: limitSeconds }).catch(() => undefined)
  return answer?.status === 200 ? answer.json : undefined
}
