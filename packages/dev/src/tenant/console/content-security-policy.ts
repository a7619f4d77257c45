import { createHash } from 'node:crypto'
import { plainCss } from '../pages/styles.js'
import { consoleCss } from './console-styles.js'
import { script } from './script.js'

function sourceOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}

/** Only the console's own script and style run in it, and nothing reaches another host. */
export const contentSecurityPolicy: string = [
  `default-src 'none'`,
  `script-src ${sourceOf(script)}`,
  `style-src ${sourceOf(consoleCss)} ${sourceOf(plainCss)}`,
  `img-src data:`,
  `connect-src 'self'`,
  `form-action 'self'`,
  `base-uri 'none'`,
  `frame-ancestors 'none'`,
].join('; ')
