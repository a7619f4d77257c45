import { createHash } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { plainCss } from './pages/styles.js'

/**
 * There is no `form-action` in a policy here: Chromium applies it to every redirect that follows a form, and where an application
 * goes after its callback is its own affair.
 */
const headers = {
  'cache-control': 'no-store',
  'content-security-policy': policyOf(`style-src ${sourceOf(plainCss)}`, 'img-src data:', `frame-ancestors 'none'`),
  // Addresses of these pages have codes and hints in them, which are for no other origin.
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const

/** Gives its headers to every page outside the console that has none of its own. */
export const pageHeaders: MiddlewareHandler = async (c, next) => {
  await next()
  const answered = c.res.headers
  if (answered.get('content-type')?.startsWith('text/html') !== true) return
  if (answered.has('content-security-policy')) return
  for (const [name, value] of Object.entries(headers)) answered.set(name, value)
}

/**
 * For a page that takes an answer to an application, and may be in a frame of it.
 *
 * @param script The only one that runs there.
 * @param origin `null` for the address of an app, which has no pages.
 */
export function answerHeaders(script: string, origin: string): Record<string, string> {
  const { 'x-frame-options': _, ...others } = headers
  const ancestors = origin === 'null' ? `'none'` : origin
  return {
    ...others,
    'content-security-policy': policyOf(`script-src ${sourceOf(script)}`, `frame-ancestors ${ancestors}`),
    // With "same-origin" a form to the application would say "Origin: null".
    'referrer-policy': 'origin',
  }
}

function policyOf(...directives: readonly string[]): string {
  return [`default-src 'none'`, `base-uri 'none'`, ...directives].join('; ')
}

/** Lets exactly this text be a script or a style. */
export function sourceOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}
