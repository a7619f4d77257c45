import { oncePerProject } from '../once-per-project.js'
import type { Project } from '../project.js'
import { cliManagement } from './auth0-cli.js'
import { localManagement } from './local-management.js'
import type { ManagementReader, NotReadable } from './management-reader.js'
import { tenantDocuments } from './tenant-documents.js'

/** An API, as far as the rules want to know. */
export interface Api {
  readonly id: string
  readonly name: string
  readonly identifier: string
  readonly scopes?: readonly { readonly value: string }[]
  readonly signing_alg?: string
  readonly proof_of_possession?: { readonly mechanism: string; readonly required: boolean } | null
  readonly is_system?: boolean
}

interface Application {
  readonly client_id: string
  readonly name: string
  readonly app_type?: string
}

interface Grant {
  readonly client_id: string
  readonly audience: string
  readonly subject_type?: string
}

/** What the tenant has. */
export interface Inventory {
  readonly by: string
  readonly apis: readonly Api[]
  /** The API that the project's audience names. */
  readonly api: Api | undefined
  readonly audience: string
  applications(): Promise<readonly Application[] | undefined>
  grants(): Promise<readonly Grant[] | undefined>
}

const perPage = 100
const maxPages = 10

/** `undefined` where the project has no tenant that answers, or no audience. */
export const inventoryOf = oncePerProject(async (project): Promise<Inventory | NotReadable | undefined> => {
  const tenant = await tenantDocuments(project)
  const audience = project.environment['AUTH0_AUDIENCE'] ?? ''
  const isThere = tenant?.failure === undefined && tenant?.lookupFailure === undefined
  if (tenant === undefined || !isThere || audience === '') return undefined
  const reader = tenant.issuer.startsWith('http:')
    ? await localManagement(project, tenant.issuer)
    : await cliManagement(tenant.host)
  if ('why' in reader) return reader
  const apis = await listed<Api>(reader, 'resource-servers')
  if (apis === undefined)
    return {
      why: `${reader.by} was not allowed to read the APIs`,
      mend: { text: 'Log in with the right to read them.', command: 'auth0 login --scopes read:resource_servers' },
    }
  return inventory(reader, { apis, audience })
})

/** The inventory, where there is one. */
export async function knownInventory(project: Project): Promise<Inventory | undefined> {
  const found = await inventoryOf(project)
  return found === undefined || 'why' in found ? undefined : found
}

/** The project's own API, where the tenant has it. */
export async function knownApi(project: Project): Promise<Api | undefined> {
  const api = (await knownInventory(project))?.api
  return api?.is_system === true ? undefined : api
}

function inventory(reader: ManagementReader, { apis, audience }: Pick<Inventory, 'apis' | 'audience'>): Inventory {
  let applications: ReturnType<Inventory['applications']> | undefined
  let grants: ReturnType<Inventory['grants']> | undefined
  return {
    by: reader.by,
    apis,
    audience,
    api: apis.find(({ identifier }) => identifier === audience),
    applications: () => {
      applications ??= listed(reader, 'clients')
      return applications
    },
    grants: () => {
      grants ??= listed<Grant>(reader, 'client-grants').then((all) => all?.filter((one) => one.audience === audience))
      return grants
    },
  }
}

/** All pages; `undefined` where one of them cannot be had, or there are too many to tell what is missing. */
async function listed<Item>(reader: ManagementReader, path: string): Promise<readonly Item[] | undefined> {
  const items: Item[] = []
  for (let page = 0; page < maxPages; page += 1) {
    const found = await reader.get(path, { per_page: String(perPage), page: String(page) })
    if (!Array.isArray(found)) return undefined
    items.push(...found)
    if (found.length < perPage) return items
  }
  return undefined
}
