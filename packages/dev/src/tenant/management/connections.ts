import type { Connection } from '../model.js'
import { selectFields } from './fields.js'
import { answerList, type ListRules, listQueryRules } from './listing.js'
import { missing } from './management-failure.js'
import type { Operation } from './operation.js'

const list: ListRules<Connection> = {
  key: 'connections',
  pagination: 'checkpoint',
  filters: {
    strategy: ({ strategy }, wanted) => strategy === wanted,
    name: ({ name }, wanted) => name === wanted,
  },
}

/** They can be read; what connections there are, the seed says. */
export const connections: readonly Operation[] = [
  {
    method: 'GET',
    path: '/connections',
    scopes: ['read:connections'],
    query: listQueryRules(list),
    answer: ({ context, query }) => answerList(context.state.connections.list(), query, list, presentConnection),
  },
  {
    method: 'GET',
    path: '/connections/:id',
    scopes: ['read:connections'],
    answer: ({ context, param, query }) => {
      const connection = context.state.connections.get(param('id'))
      if (connection === undefined) throw missing.connection()
      return selectFields(query)(presentConnection(connection))
    },
  },
]

/** Without the token that it gives. */
function presentConnection({ id, name, strategy, enabled_clients }: Connection): object {
  return { id, name, strategy, enabled_clients, realms: [name], is_domain_connection: false, options: {} }
}
