import type { LogEntry } from '../request-log.js'
import type { TenantContext } from '../tenant-context.js'
import { selectFields } from './fields.js'
import { answerList, type ListRules, listQueryRules } from './listing.js'
import { badQuery, missing } from './management-failure.js'
import type { ManagementRequest, Operation } from './operation.js'

export const logList: ListRules<LogEntry> = { key: 'logs', pagination: 'offset', isSortable: true }

const managementPath = '/api/v2/'
const checkpointParameters = ['from', 'take']

export const logs: readonly Operation[] = [
  {
    method: 'GET',
    path: '/logs',
    scopes: ['read:logs'],
    query: {
      known: [...(listQueryRules(logList).known ?? []), ...checkpointParameters],
      notHere: ['q', 'search'],
    },
    answer: (request) => {
      const { context, query } = request
      if (checkpointParameters.some((name) => query.has(name))) return following(request)
      return answerList(entriesOf(context), query, logList, presentLog)
    },
  },
  {
    method: 'GET',
    path: '/logs/:id',
    scopes: ['read:logs'],
    answer: ({ context, param, query }) => {
      const entry = entriesOf(context).find(({ log_id }) => log_id === param('id'))
      if (entry === undefined) throw missing.log()
      return selectFields(query)(presentLog(entry))
    },
  },
]

/** Without what only reads here: a client that turns the pages of the log would find each turn in it. */
export function entriesOf({ log }: TenantContext): readonly LogEntry[] {
  const isReading = ({ method, path, status }: LogEntry) =>
    method === 'GET' && path.startsWith(managementPath) && status < 400
  return log.list().filter((entry) => !isReading(entry))
}

/** What came after an entry, the oldest first, as a bare list: so Auth0 answers here alone. */
function following({ context, query }: ManagementRequest): object {
  const take = query.number('take', { fallback: 50, least: 1, most: 100 })
  const from = query.text('from')
  const oldestFirst = entriesOf(context).toReversed()
  const at = from === undefined ? -1 : oldestFirst.findIndex(({ log_id }) => log_id === from)
  if (from !== undefined && at < 0) throw badQuery('The checkpoint is not known', 'from')
  return oldestFirst
    .slice(at + 1, at + 1 + take)
    .map(presentLog)
    .map(selectFields(query))
}

export function presentLog({ method, path, status, error, ...entry }: LogEntry): object {
  return {
    ...entry,
    type: typeOf(path, status),
    details: { request: { method, path }, response: { statusCode: status }, ...(error === undefined ? {} : { error }) },
  }
}

/** Auth0's codes for the success and the failure of an API operation, and of anything else. */
function typeOf(path: string, status: number): string {
  const [success, failure] = path.startsWith(managementPath) ? ['sapi', 'fapi'] : ['s', 'f']
  return status < 400 ? success : failure
}
