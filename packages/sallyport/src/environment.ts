/** An environment variable, where the runtime has an environment. An empty one counts as missing. */
export function environment(name: string): string | undefined {
  const variables = (globalThis as { process?: { env?: Record<string, string | undefined> } }).process?.env
  return variables?.[name] || undefined
}
