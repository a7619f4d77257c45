import { isAdmitted } from './answers.js'
import type { LiveRule } from './live-rule.js'

/** Says what the other rules could not look at. */
export const notTried: LiveRule = {
  code: 'live-not-tried',
  severity: 'info',
  mend: {
    text: 'Run the API beside the local tenant with its faults on, and all of it is tried.',
    command: 'npx sallyport dev --faults -- npm start',
  },
  look: ({ notTried: left, mendOfNotTried: mend, withoutToken }) =>
    left.length === 0 || withoutToken.status === 404 || isAdmitted(withoutToken)
      ? []
      : [{ message: `Not tried: ${left.join('; ')}.`, ...(mend === undefined ? {} : { mend }) }],
}
