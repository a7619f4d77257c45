const titles = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  501: 'Not Implemented',
  503: 'Service Unavailable',
} as const

type Headers = Readonly<Record<string, string | readonly string[]>>

/** An answer of the Management API that is not a success. */
export class ManagementFailure extends Error {
  readonly status: keyof typeof titles
  readonly errorCode: string | undefined
  /** A list stands for several field lines. */
  readonly headers: Headers

  constructor(status: keyof typeof titles, message: string, errorCode?: string, headers: Headers = {}) {
    super(message)
    this.status = status
    this.errorCode = errorCode
    this.headers = headers
  }

  get body(): { readonly statusCode: number; readonly error: string; readonly message: string } {
    const { status, message, errorCode } = this
    return {
      statusCode: status,
      error: titles[status],
      message,
      ...(errorCode === undefined ? {} : { errorCode }),
    }
  }
}

/** What is not there; the texts are those that Auth0 sends. */
export const missing = {
  resourceServer: () => new ManagementFailure(404, 'The resource server does not exist', 'inexistent_resource_server'),
  client: () => new ManagementFailure(404, 'The client does not exist', 'inexistent_client'),
  clientGrant: () => new ManagementFailure(404, 'The grant does not exist.', 'inexistent_client_grant'),
  user: () => new ManagementFailure(404, 'The user does not exist.', 'inexistent_user'),
  role: () => new ManagementFailure(404, 'The role does not exist.'),
  organization: () => new ManagementFailure(404, 'No organization found by that id or name'),
  connection: () => new ManagementFailure(404, 'The connection does not exist', 'inexistent_connection'),
  permission: () => new ManagementFailure(404, 'The permission does not exist.'),
  member: () => new ManagementFailure(404, 'The user is not a member of the organization.'),
  signingKey: () => new ManagementFailure(404, 'The signing key does not exist.'),
  log: () => new ManagementFailure(404, 'The log does not exist.'),
} as const

/** @param what As a schema check says it; Auth0 puts it between quotes. */
export function badPayload(what: string, property = ''): ManagementFailure {
  return new ManagementFailure(400, `Payload validation error: '${what}'${on(property)}.`, 'invalid_body')
}

export function badQuery(what: string, parameter = ''): ManagementFailure {
  return new ManagementFailure(400, `Query validation error: '${what}'${on(parameter)}.`, 'invalid_query_string')
}

function on(property: string): string {
  return property === '' ? '' : ` on property ${property}`
}

export function conflict(message: string, errorCode?: string): ManagementFailure {
  return new ManagementFailure(409, message, errorCode)
}

/** Auth0 has it, and this tenant does not: an empty success would be worse. */
export function notHere(what: string): ManagementFailure {
  return new ManagementFailure(501, `The local tenant does not serve ${what}.`, 'not_implemented')
}
