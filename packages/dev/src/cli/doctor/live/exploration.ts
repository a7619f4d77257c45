import { randomUUID } from 'node:crypto'
import { isNetworkError, networkReason } from '../../http/network-failure.js'
import type { Project } from '../project.js'
import type { Mend } from '../rule.js'
import { ask, isAdmitted, type LiveAnswer, limitSeconds } from './answers.js'
import { forgedTokens } from './forged-tokens.js'
import { type LiveTokens, liveTokens } from './live-tokens.js'
import { askPreflights, type Preflights } from './preflights.js'

/** What the API has answered, request by request. */
export interface Exploration {
  readonly url: URL
  readonly withoutToken: LiveAnswer
  readonly garbage: LiveAnswer
  /** Text of the garbage, to find it again. */
  readonly garbageToken: string
  readonly badlySigned: LiveAnswer
  readonly unsigned: LiveAnswer
  readonly foreign: LiveAnswer | undefined
  readonly expired: LiveAnswer | undefined
  readonly valid: LiveAnswer | undefined
  /** The valid token in the query, as RFC 6750 section 2.3 has it. */
  readonly inQuery: LiveAnswer | undefined
  readonly preflights: Preflights
  /** What could not be tried, and why. */
  readonly notTried: readonly string[]
  /** What would make it possible, where that is not the local tenant. */
  readonly mendOfNotTried: Mend | undefined
}

export interface Unreachable {
  readonly unreachable: string
}

export interface LiveOptions {
  /** Asks no tenant for tokens. */
  readonly offline?: boolean
}

export async function explore(url: URL, project: Project, options: LiveOptions): Promise<Exploration | Unreachable> {
  const preflights = askPreflights(url, project)
  try {
    const withoutToken = await ask(url, { asked: 'GET without a token', headers: preflights.origin })
    const tokens = await liveTokens(url, project, { withoutToken, offline: options.offline === true })
    return await continued({ url, withoutToken, tokens, preflights: await preflights.answers(), project })
  } catch (error) {
    if (!isNetworkError(error)) throw error
    return { unreachable: networkReason(error, limitSeconds) }
  }
}

interface Beginning {
  readonly url: URL
  readonly withoutToken: LiveAnswer
  readonly tokens: LiveTokens
  readonly preflights: Preflights
  readonly project: Project
}

async function continued({ tokens, project, ...begun }: Beginning): Promise<Exploration> {
  const { url } = begun
  const garbageToken = `not-a-token-${randomUUID()}`
  const { badlySigned, unsigned } = forgedTokens(project, tokens.valid)
  const send = (what: string, token: string) =>
    ask(url, { asked: `GET with ${what}`, headers: { authorization: `Bearer ${token}` } })
  const sendIfAny = async (what: string, token: string | undefined) =>
    token === undefined ? undefined : send(what, token)
  return {
    ...begun,
    garbageToken,
    garbage: await send('a token that is none', garbageToken),
    badlySigned: await send('a token with a wrong signature', badlySigned),
    unsigned: await send('an unsigned token', unsigned),
    foreign: await sendIfAny('a token for another API', tokens.foreign),
    expired: await sendIfAny('an expired token', tokens.expired),
    valid: await sendIfAny('a valid token', tokens.valid),
    inQuery: await inQuery(begun, tokens.valid),
    notTried: tokens.notTried,
    mendOfNotTried: tokens.mend,
  }
}

/** Only on this machine: a URL gets into logs. And only where a request without a token is refused. */
async function inQuery({ url, withoutToken }: Pick<Beginning, 'url' | 'withoutToken'>, token?: string) {
  if (token === undefined || url.protocol !== 'http:' || isAdmitted(withoutToken)) return undefined
  const withQuery = new URL(url)
  withQuery.searchParams.set('access_token', token)
  return ask(withQuery, { asked: 'GET with a token in the query' })
}
