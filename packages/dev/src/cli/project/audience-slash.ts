/** The same audience but for the slash at its end, which counts. */
export function slashTwin(audience: string): string {
  return audience.endsWith('/') ? audience.slice(0, -1) : `${audience}/`
}

export function differsBySlash(one: string, other: string): boolean {
  return one !== '' && other !== '' && slashTwin(one) === other
}
