/** An environment variable, where the runtime has an environment. An empty one counts as missing. */
export function environment(name: string): string | undefined {
  const variables = (globalThis as { process?: { env?: Record<string, string | undefined> } }).process?.env
  return variables?.[name] || undefined
}

/**
 * Whether timers and fetches belong to one request and end with it. Cloudflare's workerd works so: a promise that another
 * request waits for may then never settle.
 */
export const ioEndsWithRequest: boolean =
  (globalThis as { navigator?: { userAgent?: unknown } }).navigator?.userAgent === 'Cloudflare-Workers'
