import { isLoopback } from '../../project/issuer.js'
import { issuerOfProject } from '../issuer-of-project.js'
import { clientToken, foreignToken } from '../network/client-token.js'
import type { Project } from '../project.js'
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
}

interface Circumstances {
  readonly withoutToken: LiveAnswer
  readonly offline: boolean
}

const allThree = 'a valid, an expired and a foreign token'

export async function liveTokens(url: URL, project: Project, circumstances: Circumstances): Promise<LiveTokens> {
  const obstacle = obstacleFor(url, project, circumstances)
  if (obstacle !== undefined) return { notTried: [`${allThree} (${obstacle})`] }
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

/** Why no genuine token shall be sent. */
function obstacleFor(url: URL, project: Project, { withoutToken, offline }: Circumstances): string | undefined {
  if (offline) return '--offline'
  if (issuerOfProject(project) === undefined) return 'AUTH0_DOMAIN is not set, or is wrong'
  const isPrivate = url.protocol === 'https:' || isLoopback(url.host)
  if (!isPrivate) return 'they are not sent over http to another machine'
  if (isAdmitted(withoutToken)) return 'the route lets in everybody'
  return offersDpopOnly(withoutToken)
    ? 'the API takes DPoP only: sallyport call --dpop sends such a request'
    : undefined
}
