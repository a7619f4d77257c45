/** One challenge of a `WWW-Authenticate` field. RFC 9110 section 11.6.1. */
export interface Challenge {
  readonly scheme: string
  /** Lower-case names. */
  readonly parameters: Readonly<Record<string, string>>
}

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
const parameter = new RegExp(`^(${token})\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|(${token}))`)
const scheme = new RegExp(`^(${token})(?=\\s|,|$)`)

/** Takes a field apart, whose challenges may be joined by commas. What cannot be read ends it. */
export function readChallenges(field: string): readonly Challenge[] {
  const challenges: { scheme: string; parameters: Record<string, string> }[] = []
  let rest = field
  while (rest !== '') {
    const [whole, name = '', quoted, bare] = parameter.exec(rest) ?? []
    const current = challenges.at(-1)
    const [begun] = scheme.exec(rest) ?? []
    if (whole !== undefined && current !== undefined)
      current.parameters[name.toLowerCase()] = bare ?? (quoted ?? '').replace(/\\(.)/g, '$1')
    else if (begun !== undefined) challenges.push({ scheme: begun, parameters: {} })
    else break
    rest = rest.slice((whole ?? begun ?? '').length).replace(/^[\s,]+/, '')
  }
  return challenges
}
