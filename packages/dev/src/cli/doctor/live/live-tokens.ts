import { isLoopback } from '../../project/issuer.js'
import { shellWord } from '../../shell-words.js'
import { issuerOfProject } from '../issuer-of-project.js'
import { clientToken, foreignToken } from '../network/client-token.js'
import type { Project } from '../project.js'
import type { Mend } from '../rule.js'
import { isAdmitted, type LiveAnswer } from './answers.js'
import { offersDpopOnly } from './challenges.js'
import { expiredToken } from './expired-token.js'

/** Genuine tokens of the tenant, as far as they can be had. */
export interface LiveTokens {
  readonly valid?: string | undefined
  readonly foreign?: string | undefined
  readonly expired?: string | undefined
  /** Phrases for "Not tried: …". */
  readonly notTried: readonly string[]
  /** What would make it possible, where the local tenant would not. */
  readonly mend?: Mend
}

interface Circumstances {
  readonly withoutToken: LiveAnswer
  readonly offline: boolean
}

const allThree = 'a valid, an expired and a foreign token'

export async function liveTokens(url: URL, project: Project, circumstances: Circumstances): Promise<LiveTokens> {
  const obstacle = obstacleFor(url, project, circumstances)
  if (obstacle !== undefined) return { notTried: [`${allThree} (${obstacle.why})`], mend: obstacle.mend }
  const [valid, foreign] = (await Promise.all([clientToken(project), foreignToken(project)])).map((answer) =>
    answer !== undefined && 'token' in answer ? answer : undefined,
  )
  const isBearer = valid?.type.toLowerCase() === 'bearer'
  const expired = await expiredToken(project)
  return {
    valid: isBearer ? valid.token : undefined,
    foreign: foreign?.token,
    expired,
    notTried: [
      ...(isBearer
        ? []
        : ['a valid token (set AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET of an application with a grant for the API)']),
      ...(foreign === undefined ? ['a token for another API (the local tenant has one)'] : []),
      ...(expired === undefined
        ? ['an expired token (the local tenant gives one with: npx sallyport dev --faults)']
        : []),
    ],
  }
}

interface Obstacle {
  readonly why: string
  readonly mend: Mend
}

/** Why no genuine token shall be sent. */
function obstacleFor(url: URL, project: Project, { withoutToken, offline }: Circumstances): Obstacle | undefined {
  if (offline) return { why: '--offline', mend: { text: 'Leave --offline out.' } }
  if (issuerOfProject(project) === undefined)
    return { why: 'AUTH0_DOMAIN is not set, or is wrong', mend: { text: 'Set it:', command: 'npx sallyport init' } }
  const isPrivate = url.protocol === 'https:' || isLoopback(url.host)
  if (!isPrivate)
    return { why: 'they are not sent over http to another machine', mend: { text: 'Name the API by https.' } }
  if (isAdmitted(withoutToken))
    return { why: 'the route lets in everybody', mend: { text: 'Name a route that wants a token.' } }
  if (!offersDpopOnly(withoutToken)) return undefined
  const command = `npx sallyport call ${shellWord(url.href)} --dpop`
  return { why: 'the API takes DPoP only', mend: { text: 'This sends a request with a proof:', command } }
}
