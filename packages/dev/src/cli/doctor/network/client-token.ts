import { issuerOfProject } from '../issuer-of-project.js'
import { oncePerProject } from '../once-per-project.js'
import type { Project } from '../project.js'
import { localClients } from './local-clients.js'
import { tenantDocuments } from './tenant-documents.js'
import { type ClientCredentials, requestToken, type TokenAnswer } from './token-request.js'

/** What the token endpoint says to a client of this project, for its own API. `undefined`: there is nobody to ask, or for. */
export const clientToken = oncePerProject(async (project): Promise<TokenAnswer | undefined> => {
  const tenant = await tenantDocuments(project)
  const audience = project.environment['AUTH0_AUDIENCE'] ?? ''
  if (tenant === undefined || audience === '' || tenant.lookupFailure !== undefined || tenant.failure !== undefined)
    return undefined
  const [credentials] = [...ownClient(project), ...(await seededClients(project, audience))]
  return credentials && requestToken({ ...credentials, issuer: tenant.issuer, audience })
})

/** A token that the tenant has signed for another API. */
export const foreignToken = oncePerProject(async (project): Promise<TokenAnswer | undefined> => {
  const issuer = issuerOfProject(project)
  const [credentials] = await seededClients(project, 'management')
  if (issuer === undefined || credentials === undefined) return undefined
  return requestToken({ ...credentials, issuer, audience: `${issuer}api/v2/` })
})

/** The secret goes to the tenant of the project only, and over http to this machine only. */
function ownClient({ environment }: Project): readonly ClientCredentials[] {
  const { AUTH0_CLIENT_ID: clientId = '', AUTH0_CLIENT_SECRET: clientSecret = '' } = environment
  return clientId === '' || clientSecret === '' ? [] : [{ clientId, clientSecret }]
}

/** A local tenant's own, which are no secrets; none for any other tenant. */
export async function seededClients(project: Project, api: string): Promise<readonly ClientCredentials[]> {
  return issuerOfProject(project)?.startsWith('http:') ? localClients(project, api) : []
}
