// Prevents a demo that only shows what it got: every row says beforehand what it must get.
export interface Row {
  readonly title: string
  readonly path: string
  readonly method?: 'GET' | 'POST' | 'DELETE'
  readonly headers?: Readonly<Record<string, string>>
  readonly promised: Promised
}

export interface Promised {
  readonly status: number
  readonly error?: string
  /** By scheme, the error that its challenge names; `null` for a challenge without one. */
  readonly challenges?: Readonly<Record<string, string | null>>
}

export interface Answer {
  readonly status: number
  readonly error: string | undefined
  /** The values of `WWW-Authenticate`, one per scheme. */
  readonly challenges: readonly string[]
}

export const granted: Promised = { status: 200 }

export async function ask(origin: string, { path, method = 'GET', headers = {} }: Row): Promise<Answer> {
  const response = await fetch(`${origin}${path}`, { method, headers })
  const body = (await response.json()) as { detail?: { error?: string } }
  const challenges = (response.headers.get('www-authenticate') ?? '').split(/, (?=DPoP )/).filter((text) => text !== '')
  return { status: response.status, error: body.detail?.error, challenges }
}

export function isKept({ status, error, challenges = {} }: Promised, given: Answer): boolean {
  const named = given.challenges.map((challenge) => [
    challenge.slice(0, challenge.indexOf(' ')),
    /error="(\w+)"/.exec(challenge)?.[1] ?? null,
  ])
  return (
    given.status === status &&
    given.error === error &&
    JSON.stringify(Object.fromEntries(named)) === JSON.stringify(challenges)
  )
}
