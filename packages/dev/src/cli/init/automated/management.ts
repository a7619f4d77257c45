import type { Auth0Cli } from './auth0-cli.js'

export interface Api {
  readonly id: string
  readonly name: string
  readonly identifier: string
  readonly scopes: readonly { readonly value: string; readonly description?: string }[]
  readonly signing_alg?: string
  readonly proof_of_possession?: { readonly mechanism?: string; readonly required?: boolean } | null
}

export interface Application {
  readonly client_id: string
  readonly name: string
}

export interface ClientGrant {
  readonly id: string
  readonly audience: string
  readonly scope: readonly string[]
  readonly subject_type?: string
}

const perPage = 100
/** Far more than a tenant can have; an answer that never gets shorter must not go on for ever. */
const maxPages = 100

/** All of a list of the Management API. @param query `name=value`, without commas. @throws {CliFailure} */
export async function listAll<Item>(
  cli: Auth0Cli,
  { path, query = [], what }: { readonly path: string; readonly query?: readonly string[]; readonly what: string },
): Promise<readonly Item[]> {
  const items: Item[] = []
  for (let page = 0; page < maxPages; page += 1) {
    const parameters = [...query, `per_page=${perPage}`, `page=${page}`].flatMap((pair) => ['-q', pair])
    const answer = await cli.ask({ parameters: ['api', 'get', path, ...parameters], what })
    const found = Array.isArray(answer) ? (answer as readonly Item[]) : []
    items.push(...found)
    if (found.length < perPage) break
  }
  return items
}

/** @returns What it is afterwards. @throws {CliFailure} */
export async function change(
  cli: Auth0Cli,
  { method, path, body, what }: { method: 'post' | 'patch'; path: string; body: object; what: string },
): Promise<unknown> {
  return cli.ask({ parameters: ['api', method, path, '-d', JSON.stringify(body)], what, changes: true })
}
