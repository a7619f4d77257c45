import { sourceOf } from '../page-headers.js'
import { plainCss } from '../pages/styles.js'
import { consoleCss } from './console-styles.js'
import { script } from './script.js'

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
